//! `selltrac migrate`.

use std::path::PathBuf;

use super::{CommandError, environment};
use crate::{config::Config, start};

/// Brings the database to the present schema.
pub fn run(file: Option<PathBuf>) -> Result<(), CommandError> {
    let config = Config::load(file.as_deref(), &environment)?;
    start::runtime()?.block_on(async {
        start::database(&config).await?;
        Ok(())
    })
}
