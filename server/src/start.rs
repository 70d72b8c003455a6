//! Starting: from a configuration to running services, and to a listening server that stops in an orderly way.

use std::{collections::HashMap, io, net::SocketAddr, path::Path, time::Duration};

use domain::{payments::Gateway, shipping::Carrier};
use secrecy::ExposeSecret;
use services::{
    Parts, Services, Settings,
    accounts::password::Hasher,
    clock::Clock,
    database::Database,
    jobs::{
        Lane,
        worker::{self, Pace},
    },
    live::{self, Live},
    places::ServerPlaces,
    ports::{Mailer, Store},
    retention,
    vault::Vault,
};
use tokio::{net::TcpListener, runtime::Runtime, task::JoinSet};
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
    config::{Config, ConfigError, LogFormat, master_key},
    connections,
    http::{self, Demo, Incoming},
    limits::Limits,
    private,
    stop::Stop,
};

/// How long the workers may take to give back their jobs, after the time in which they may end them.
const GIVING_BACK: Duration = Duration::from_secs(2);

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
pub fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,security=info,server=info,services=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // A second call is a test that starts two servers; the first one's log serves both.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}

/// Files that a server has open beside its connections: the database's, pictures, what is asked outside.
#[cfg(unix)]
const OTHER_FILES: u64 = 256;

/// Lets the process have a file open for each of so many connections, where the system allows it; the usual bound of a
/// shell is lower.
pub fn allow_files(connections: usize) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHER_FILES);
        let mut limit = getrlimit(Resource::Nofile);
        if limit.current.is_none_or(|current| current >= wanted) {
            return;
        }
        let most = limit.maximum.unwrap_or(wanted);
        limit.current = Some(wanted.min(most));
        if setrlimit(Resource::Nofile, limit).is_err() || most < wanted {
            tracing::warn!(wanted, most, "the system allows fewer open files than there may be connections");
        }
    }
    #[cfg(not(unix))]
    let _ = connections;
}

/// Opens the database of a configuration and brings it up to date.
pub async fn database(config: &Config) -> Result<Database, StartError> {
    private_folder(&config.data)?;
    if let Some(file) = config.database_file() {
        private_database(file)?;
    }
    let database = Database::connect(config.database_url()).await?;
    database.migrate().await?;
    services::customers::search::complete(&database).await?;
    Ok(database)
}

fn private_folder(folder: &Path) -> Result<(), StartError> {
    private::folder(folder).map_err(StartError::io(format!("the data folder {}", folder.display())))
}

/// Makes the file of the database where there is none, and shuts it to others, with the files that SQLite keeps beside it:
/// those it makes with the rights that the database has.
fn private_database(file: &Path) -> Result<(), StartError> {
    let told = || format!("the database {}", file.display());
    match private::new_file().open(file) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(StartError::io(told())(error)),
    }
    for ending in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        private::file(Path::new(&path)).map_err(StartError::io(told()))?;
    }
    Ok(())
}

/// The services of a configuration.
pub async fn services(config: &Config) -> Result<Services, StartError> {
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

/// Serves and works until the process is told to stop.
pub async fn serve(
    config: &Config,
    services: Services,
    listener: TcpListener,
    demo: Option<Demo>,
) -> Result<(), StartError> {
    let limits = Limits { connections: config.connections, ..Limits::default() };
    let (say_stop, stop) = Stop::new();
    let told = tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping");
        // Where nobody hears it any more everything has stopped.
        let _ = say_stop.send(true);
    });
    serve_until(config, services, listener, demo, limits, stop).await?;
    told.abort();
    Ok(())
}

/// Serves and works until `stop` is told. Then no more connections are taken, and requests under way are answered for as long
/// as the limits allow. The workers hear the word at once and take nothing new: they end what they have in hand or give it
/// back, which must be done before whoever stops the server loses patience, however long a request takes. What the last
/// requests queue is in the database for the next server.
pub async fn serve_until(
    config: &Config,
    services: Services,
    listener: TcpListener,
    demo: Option<Demo>,
    limits: Limits,
    stop: Stop,
) -> Result<(), StartError> {
    Incoming::below(&config.data).sweep().map_err(StartError::io("the folder of files on their way in"))?;
    let router = http::router(config, services.clone(), demo, &limits, &stop);
    let mut background = JoinSet::new();
    let mut workers = JoinSet::new();
    let pace = Pace { stop_patience: limits.ending_jobs, ..Pace::default() };
    for lane in Lane::ALL {
        for _ in 0..config.workers {
            workers.spawn(worker::run_at(services.clone(), *lane, pace, stop.receiver()));
        }
    }
    let patience = limits.ending_jobs.saturating_add(GIVING_BACK);
    background.spawn(live::run(services.clone()));
    background.spawn(retention::run(services));
    connections::serve(listener, router, limits, config.trusted_proxies.clone(), stop).await;
    background.shutdown().await;
    ended(workers, patience).await;
    Ok(())
}

/// Waits until the workers, which were told to stop, have ended what they had in hand, or given it back. What they cannot
/// even give back is taken up by another server after its lease.
async fn ended(mut workers: JoinSet<()>, patience: Duration) {
    let ended = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(patience, ended).await.is_err() {
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[tokio::test]
    async fn others_do_not_read_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let variable = |name: &str| (name == "SELLTRAC_DATA").then(|| data.to_str().unwrap().to_owned());
        let config = Config::load(None, &variable).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let look = |when: &str| {
            assert_eq!(mode(&data), 0o700, "{when}");
            let files: Vec<_> = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert!(files.iter().any(|file| file.ends_with("selltrac.db")), "{when}: {files:?}");
            for file in files {
                assert_eq!(mode(&file), 0o600, "{when}: {}", file.display());
            }
        };
        let first = database(&config).await.unwrap();
        look("made");
        first.close().await.unwrap();
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(data.join("selltrac.db"), fs::Permissions::from_mode(0o644)).unwrap();
        let again = database(&config).await.unwrap();
        look("repaired");
        again.close().await.unwrap();
    }
}
