//! Starting: from a configuration to running services, and to a listening server that stops in an orderly way.

use std::{collections::HashMap, io, net::SocketAddr, path::Path, time::Duration};

use axum::extract::Request;
use domain::{payments::Gateway, shipping::Carrier};
use secrecy::ExposeSecret;
use services::{
    Parts, Services, Settings,
    accounts::password::Hasher,
    clock::Clock,
    database::Database,
    jobs::{Lane, worker},
    live::{self, Live},
    places::ServerPlaces,
    ports::{Mailer, Store},
    retention,
    vault::Vault,
};
use tokio::{net::TcpListener, runtime::Runtime, sync::watch, task::JoinSet};
use tracing_subscriber::EnvFilter;

use crate::{
    adapters::{
        easypost::EasyPost,
        http::client,
        no_mail::NoMail,
        smtp::{MailSettingsError, Smtp},
        store::{Bucket, BucketError, Folder},
        stripe::Stripe,
    },
    config::{Config, ConfigError, master_key},
    http::{self, Demo},
};

/// How long the workers may take to end or give back their jobs.
const WORKERS_PATIENCE: Duration = worker::STOP_PATIENCE.saturating_add(Duration::from_secs(5));

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("mail: {0}")]
    Mail(#[from] MailSettingsError),
    #[error("pictures: {0}")]
    Pictures(#[from] BucketError),
    #[error("the database cannot be used: {0}")]
    Database(#[from] services::database::DbErr),
    #[error("rows from before cannot be completed: {0}")]
    Completing(#[from] services::Error),
    #[error("the HTTP client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
    #[error("{what}: {error}")]
    Io { what: String, error: io::Error },
}

impl StartError {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> StartError {
        let what = what.into();
        move |error| StartError::Io { what, error }
    }
}

/// A runtime for a command.
pub fn runtime() -> Result<Runtime, StartError> {
    Runtime::new().map_err(StartError::io("the runtime does not start"))
}

/// Writes the log to the error stream, as `RUST_LOG` asks; warnings and the program's own news without it.
pub fn log() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,security=info,server=info,services=info"));
    // A second call is a test that starts two servers; the first one's log serves both.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).try_init();
}

/// Opens the database of a configuration and brings it up to date.
pub async fn database(config: &Config) -> Result<Database, StartError> {
    make_folder(&config.data)?;
    let database = Database::connect(config.database_url()).await?;
    database.migrate().await?;
    services::customers::search::complete(&database).await?;
    Ok(database)
}

fn make_folder(folder: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(folder).map_err(StartError::io(format!("the data folder {}", folder.display())))
}

/// The services of a configuration.
pub async fn services(config: &Config) -> Result<Services, StartError> {
    make_folder(&config.data)?;
    let database = database(config).await?;
    let key = master_key(config)?;
    let client = client()?;
    let mailer: Box<dyn Mailer> = match &config.mail {
        Some(mail) => Box::new(Smtp::new(&mail.url, &mail.from)?),
        None => Box::new(NoMail),
    };
    let store: Box<dyn Store> = match &config.pictures {
        Some(bucket) => Box::new(Bucket::new(bucket)?),
        None => Box::new(Folder::new(config.data.join("pictures"))),
    };
    Ok(Services::new(Parts {
        database,
        clock: Clock::System,
        vault: Vault::new(key.expose_secret()),
        hasher: Hasher::default(),
        places: ServerPlaces::default(),
        gateways: HashMap::from([(
            Gateway::Stripe,
            Box::new(Stripe::new(client.clone(), config.stripe.url.clone())) as _,
        )]),
        carriers: HashMap::from([(
            Carrier::EasyPost,
            Box::new(EasyPost::new(client, config.easypost.url.clone())) as _,
        )]),
        mailer,
        store,
        live: Live::default(),
        settings: Settings {
            public_url: config.public_origin().to_owned(),
            registration: config.registration,
        },
    }))
}

/// Listens at an address.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(StartError::io(format!("{address} cannot be listened at")))
}

/// Serves and works until the process is told to stop. Requests under way are answered; jobs under way are ended, or given
/// back for the next server to take.
pub async fn serve(
    config: &Config,
    services: Services,
    listener: TcpListener,
    demo: Option<Demo>,
) -> Result<(), StartError> {
    let router = http::router(config, services.clone(), demo);
    let mut background = JoinSet::new();
    let mut workers = JoinSet::new();
    let (stop, stopped) = watch::channel(false);
    for lane in Lane::ALL {
        for _ in 0..config.workers {
            workers.spawn(worker::run(services.clone(), *lane, stopped.clone()));
        }
    }
    background.spawn(live::run(services.clone()));
    background.spawn(retention::run(services.clone()));
    let service = axum::ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(router);
    tokio::select! {
        served = async { axum::serve(listener, service).await } => {
            served.map_err(StartError::io("serving ended"))?;
        }
        () = told_to_stop() => tracing::info!("stopping"),
    }
    background.shutdown().await;
    finish_work(&stop, workers).await;
    Ok(())
}

/// Lets the workers end what they have in hand, or give it back. What they cannot even give back is taken up by another
/// server after its lease.
async fn finish_work(stop: &watch::Sender<bool>, mut workers: JoinSet<()>) {
    stop.send_replace(true);
    let ended = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(WORKERS_PATIENCE, ended).await.is_err() {
        tracing::warn!("some jobs were cut off");
    }
    workers.shutdown().await;
}

/// Ends with Ctrl-C or, on Unix, SIGTERM.
async fn told_to_stop() {
    let interrupt = async {
        // Without a handler the signal ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
