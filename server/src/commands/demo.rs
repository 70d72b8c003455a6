//! `selltrac demo`: everything on this machine, nothing to set up.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clap::Args;
use sandbox::{Options, Sandbox};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use url::Url;

use super::{CommandError, environment, seed};
use crate::{
    config::{Config, MailConfig},
    http::Demo,
    start::{self, StartError},
};

/// Where the demo listens and keeps its data.
#[derive(Args)]
pub struct DemoArguments {
    /// Where it listens; port 0 takes a free one and keeps to it.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    address: SocketAddr,
    /// The folder for its data.
    #[arg(long, default_value = "data/demo", value_name = "FOLDER")]
    data: PathBuf,
    /// Lets the address be one that other machines reach, by which they then call it. Everybody who does owns the demo.
    #[arg(long)]
    open_to_network: bool,
}

impl DemoArguments {
    /// Whoever reaches a demo is its owner with one press of a button.
    fn check(&self) -> Result<(), CommandError> {
        let is_here = self.address.ip().to_canonical().is_loopback();
        if is_here || self.open_to_network { Ok(()) } else { Err(CommandError::OpenDemo(self.address)) }
    }
}

/// Ports that a demo took, so that links and events find it again after a restart.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
struct Ports {
    server: u16,
    sandbox: u16,
    mail: u16,
}

impl Ports {
    const FILE: &str = "demo-ports.json";

    /// The ports of the last run, or none.
    fn remembered(data: &Path) -> Self {
        let text = std::fs::read_to_string(data.join(Self::FILE)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn remember(self, data: &Path) -> io::Result<()> {
        std::fs::write(data.join(Self::FILE), serde_json::to_string(&self)?)
    }
}

/// Serves a demo until it is told to stop.
pub fn run(file: Option<PathBuf>, arguments: DemoArguments) -> Result<(), CommandError> {
    let config = Config::load(file.as_deref(), &environment)?;
    arguments.check()?;
    start::log(config.log_format);
    start::allow_files(config.connections);
    start::runtime()?.block_on(demo(config, arguments))
}

async fn demo(
    mut config: Config,
    DemoArguments { address, data, .. }: DemoArguments,
) -> Result<(), CommandError> {
    std::fs::create_dir_all(&data)?;
    let remembered = Ports::remembered(&data);
    let sandbox = start_sandbox(&data, remembered).await?;
    let listener = listen(address, remembered.server).await?;
    let address = listener.local_addr()?;
    let (server, mail) = (address.port(), sandbox.smtp_address().port());
    let sandbox_port = Url::parse(&sandbox.url()).ok().and_then(|url| url.port()).unwrap_or_default();
    Ports { server, sandbox: sandbox_port, mail }.remember(&data)?;

    point_at_sandbox(&mut config, &sandbox, address, &data)?;
    let services = start::services(&config).await?;
    seed::seed(&services).await?;
    writeln!(io::stdout(), "SellTrac is ready at {} (sandbox {})", config.public_origin(), sandbox.url())?;
    let demo = Demo { email: seed::EMAIL, password: seed::PASSWORD, sandbox_url: sandbox.url() };
    start::serve(&config, services, listener, Some(demo)).await?;
    sandbox.stop().await;
    Ok(())
}

/// Listens at the address. A port that is to be chosen freely is the one of the last run, if that is free.
async fn listen(address: SocketAddr, last: u16) -> Result<TcpListener, StartError> {
    if address.port() == 0
        && let Ok(listener) = start::listen(SocketAddr::new(address.ip(), last)).await
    {
        return Ok(listener);
    }
    start::listen(address).await
}

async fn start_sandbox(data: &Path, ports: Ports) -> io::Result<Sandbox> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let state_file = Some(data.join("sandbox.json"));
    let options = Options { http: at(ports.sandbox), smtp: at(ports.mail), state_file: state_file.clone() };
    match Sandbox::start(options).await {
        Ok(sandbox) => Ok(sandbox),
        // Somebody else has one of the last run's ports.
        Err(_) => Sandbox::start(Options { http: at(0), smtp: at(0), state_file }).await,
    }
}

/// Everything outside is the sandbox, whatever the configuration says; a demo never talks to a provider.
fn point_at_sandbox(
    config: &mut Config,
    sandbox: &Sandbox,
    address: SocketAddr,
    data: &Path,
) -> Result<(), CommandError> {
    let url = |text: &str| Url::parse(text).map_err(|error| io::Error::other(format!("{text}: {error}")));
    config.address = address;
    config.public_url = url(&format!("http://{address}"))?;
    config.data = data.to_owned();
    config.database = SecretString::from(format!("sqlite://{}", data.join("selltrac.db").display()));
    config.stripe.url = url(&sandbox.stripe_url())?;
    config.easypost.url = url(&sandbox.easypost_url())?;
    config.mail = Some(MailConfig {
        url: SecretString::from(format!("smtp://{}", sandbox.smtp_address())),
        from: "shop@selltrac.example".into(),
    });
    // A demo's visitors write where the demo's data lies, and its secrets are sealed with its own key.
    config.pictures = None;
    config.master_key = None;
    config.registration = true;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{adapters::store::BucketSettings, config::LogFormat};

    fn arguments(address: &str, open_to_network: bool) -> DemoArguments {
        DemoArguments { address: address.parse().unwrap(), data: PathBuf::new(), open_to_network }
    }

    #[test]
    fn a_demo_is_open_to_this_machine_unless_more_is_asked_for() {
        for (address, open, refused) in [
            ("127.0.0.1:0", false, false),
            ("[::1]:0", false, false),
            ("0.0.0.0:0", false, true),
            ("192.168.1.2:3000", false, true),
            ("0.0.0.0:0", true, false),
        ] {
            let outcome = arguments(address, open).check();
            assert_eq!(outcome.is_err(), refused, "{address}");
            if let Err(error) = outcome {
                assert!(error.to_string().contains("--open-to-network"), "{error}");
            }
        }
    }

    #[tokio::test]
    async fn a_demo_uses_nothing_of_the_configuration_that_lies_outside() {
        let folder = tempfile::tempdir().unwrap();
        let at = || SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = Sandbox::start(Options { http: at(), smtp: at(), state_file: None }).await.unwrap();
        let mut config = Config::load(None, &|_| None).unwrap();
        config.master_key = Some("production".to_owned().into());
        config.pictures = Some(BucketSettings {
            url: "s3://production".parse().unwrap(),
            endpoint: None,
            region: "us-east-1".into(),
            credentials: None,
        });
        config.log_format = LogFormat::Json;
        point_at_sandbox(&mut config, &sandbox, at(), folder.path()).unwrap();
        assert!(config.pictures.is_none() && config.master_key.is_none());
        assert!(config.database_url().contains(folder.path().to_str().unwrap()));
        assert_eq!(config.stripe.url.host_str(), Some("127.0.0.1"));
        sandbox.stop().await;
    }
}
