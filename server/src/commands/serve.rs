//! `selltrac serve`.

use std::path::PathBuf;

use super::{CommandError, environment};
use crate::{config::Config, start};

/// Serves until it is told to stop.
pub fn run(file: Option<PathBuf>) -> Result<(), CommandError> {
    let config = Config::load(file.as_deref(), &environment)?;
    start::log(config.log_format);
    start::allow_files(config.connections);
    start::runtime()?.block_on(async {
        let services = start::services(&config).await?;
        let listener = start::listen(config.address).await?;
        tracing::info!(address = %config.address, public_url = config.public_origin(), "SellTrac is ready");
        start::serve(&config, services, listener, None).await?;
        Ok(())
    })
}
