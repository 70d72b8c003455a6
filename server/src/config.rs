//! The settings: defaults, then one TOML file, then the environment. `docs/configuration.md` explains every key.
//!
//! Every wrong value is reported with its key as it is written in the file and in the environment. Values that may hold
//! secrets are never shown, neither in an error nor in `Debug`.

mod database;
mod keys;
mod master_key;
mod pictures;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
    value::{Dict, Value},
};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

pub use keys::{KEYS, Key};
pub use master_key::master_key;

use crate::{
    adapters::{Smtp, easypost, smtp::MailSettingsError, store::BucketSettings, stripe},
    connections::TrustedProxies,
    limits::DEFAULT_CONNECTIONS,
};

/// The file that is read if it is there and no other was named.
const DEFAULT_FILE: &str = "selltrac.toml";
/// Names the file in the environment. It is not a setting itself.
pub const FILE_VARIABLE: &str = "SELLTRAC_CONFIG";
/// Where cargo-leptos tells a server it started that the site lies.
const SITE_ROOT_VARIABLE: &str = "LEPTOS_SITE_ROOT";
/// More workers than this would only wait for one another.
const MAX_WORKERS: usize = 64;
/// Fewer connections than this would not serve one browser, and more than this no machine.
const CONNECTIONS: std::ops::RangeInclusive<usize> = 10..=100_000;

/// The settings of one server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub address: SocketAddr,
    /// Where people and gateways reach it: scheme, host and port, no path. Links in mails begin with it.
    pub public_url: Url,
    /// The folder for the database, the master key and files.
    pub data: PathBuf,
    /// `sqlite://…` or `postgres://…`; may hold a password.
    pub database: SecretString,
    /// 32 bytes in base64. Without it the key lies in the data folder; [`master_key()`] reads either.
    pub master_key: Option<SecretString>,
    /// How mail is sent; without it mails wait.
    pub mail: Option<MailConfig>,
    pub stripe: ProviderConfig,
    pub easypost: ProviderConfig,
    /// The bucket for pictures; without it they lie in the data folder.
    pub pictures: Option<BucketSettings>,
    /// The folder with the browser's files.
    pub site_root: PathBuf,
    /// How many jobs of each lane are worked on at once.
    pub workers: usize,
    /// Whether anyone may register a business.
    pub registration: bool,
    /// The proxies whose word on their clients is believed.
    pub trusted_proxies: TrustedProxies,
    /// Connections at once.
    pub connections: usize,
    pub log_format: LogFormat,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// A line that a person reads.
    #[default]
    Text,
    /// A line of JSON, for what collects logs.
    Json,
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The mail server, as [`Smtp::new`] takes it; may hold a password.
    pub url: SecretString,
    /// The sender's address.
    pub from: String,
}

/// Where a provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    pub url: Url,
}

/// Why there are no settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{key} ({}): {reason}", key.variable())]
    Value { key: Key, reason: String },
    #[error("{file}: {reason}")]
    File { file: String, reason: String },
    #[error("{file}: there is no setting `{key}`; docs/configuration.md lists all")]
    Unknown { file: String, key: String },
}

impl Config {
    /// Reads the settings. The file is `file` (from the command line), or the one that `SELLTRAC_CONFIG` names, or
    /// `selltrac.toml` in the current folder if it is there. `variable` finds a variable of the environment; an empty
    /// one counts as not set, and variables of other names are ignored.
    pub fn load(
        file: Option<&Path>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Config, ConfigError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let named = file.map(Path::to_path_buf).or_else(|| variable(FILE_VARIABLE).map(PathBuf::from));
        let file = named.or_else(|| Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()));
        let mut figment = match &file {
            Some(file) => read_file(file)?,
            None => Figment::new(),
        };
        for key in KEYS {
            if let Some(value) = variable(&key.variable()) {
                figment = figment.merge(Serialized::default(key.name(), value));
            }
        }
        if let Some(site_root) = variable(SITE_ROOT_VARIABLE) {
            figment = figment.join(Serialized::default(Key::SiteRoot.name(), site_root));
        }
        read(&Settings { figment })
    }

    /// [`Config::public_url`] without the slash at its end, to which a path is appended.
    pub fn public_origin(&self) -> &str {
        self.public_url.as_str().trim_end_matches('/')
    }
}

/// The file's settings, after every key in it was found to be one of ours.
fn read_file(path: &Path) -> Result<Figment, ConfigError> {
    let file = path.display().to_string();
    let wrong = |reason: String| ConfigError::File { file: file.clone(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let figment = Figment::from(Toml::string(&text));
    let settings: Dict = figment.extract().map_err(|error| {
        // The parser quotes the wrong line, which may hold a password. Quoted lines carry a bar.
        let told = error.kind.to_string();
        wrong(told.lines().filter(|line| !line.contains('|')).collect::<Vec<_>>().join(": "))
    })?;
    match unknown_key("", &settings) {
        Some(key) => Err(ConfigError::Unknown { file, key }),
        None => Ok(figment),
    }
}

fn unknown_key(prefix: &str, settings: &Dict) -> Option<String> {
    settings.iter().find_map(|(name, value)| {
        let path = format!("{prefix}{name}");
        match value {
            _ if KEYS.iter().any(|key| key.name() == path) => None,
            Value::Dict(_, inner) if KEYS.iter().any(|key| key.name().starts_with(&format!("{path}."))) => {
                unknown_key(&format!("{path}."), inner)
            }
            _ => Some(path),
        }
    })
}

/// All layers as one, read key by key, so that an error can name the key.
struct Settings {
    figment: Figment,
}

impl Settings {
    /// A setting as text, whatever it was written as.
    fn text(&self, key: Key) -> Result<Option<String>, ConfigError> {
        match self.figment.find_value(key.name()) {
            Ok(Value::String(_, text)) => Ok(Some(text)),
            Ok(Value::Bool(_, value)) => Ok(Some(value.to_string())),
            Ok(Value::Num(_, number)) => match (number.to_u128(), number.to_i128()) {
                (Some(value), _) => Ok(Some(value.to_string())),
                (_, Some(value)) => Ok(Some(value.to_string())),
                _ => Err(wrong(key, "not a text or a whole number")),
            },
            Ok(_) => Err(wrong(key, "not a text, a whole number, true or false")),
            Err(_) => Ok(None),
        }
    }

    /// A setting as `parse` makes it of its text, or `default`.
    fn get<T>(
        &self,
        key: Key,
        default: impl FnOnce() -> T,
        parse: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Result<T, ConfigError> {
        match self.text(key)? {
            None => Ok(default()),
            Some(text) => parse(&text).map_err(|reason| wrong(key, reason)),
        }
    }
}

fn wrong(key: Key, reason: impl Into<String>) -> ConfigError {
    ConfigError::Value { key, reason: reason.into() }
}

fn read(settings: &Settings) -> Result<Config, ConfigError> {
    let address = settings.get(
        Key::Address,
        || SocketAddr::from(([127, 0, 0, 1], 3000)),
        |text| text.parse().map_err(|_| "not an address and a port, such as 127.0.0.1:3000"),
    )?;
    let data = settings.get(Key::Data, || PathBuf::from("./data"), folder)?;
    let database =
        settings.get(Key::Database, || format!("sqlite://{}/selltrac.db", data.display()), database::url)?;
    Ok(Config {
        address,
        public_url: public_url(settings, address)?,
        database: SecretString::from(database),
        master_key: settings.text(Key::MasterKey)?.map(SecretString::from),
        mail: mail(settings)?,
        stripe: provider(settings, Key::StripeUrl, stripe::DEFAULT_URL)?,
        easypost: provider(settings, Key::EasypostUrl, easypost::DEFAULT_URL)?,
        pictures: pictures::bucket(settings)?,
        site_root: settings.get(Key::SiteRoot, || PathBuf::from("target/site"), folder)?,
        workers: settings.get(Key::Workers, || 2, workers)?,
        registration: settings.get(Key::Registration, || true, yes_or_no)?,
        trusted_proxies: settings.get(Key::TrustedProxies, TrustedProxies::default, trusted_proxies)?,
        connections: settings.get(Key::Connections, || DEFAULT_CONNECTIONS, connections)?,
        log_format: settings.get(Key::LogFormat, LogFormat::default, log_format)?,
        data,
    })
}

fn folder(text: &str) -> Result<PathBuf, &'static str> {
    if text.trim().is_empty() { Err("not a folder") } else { Ok(PathBuf::from(text)) }
}

fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "neither true nor false")
}

fn workers(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|count| (1..=MAX_WORKERS).contains(count)).ok_or("not a number from 1 to 64")
}

fn connections(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|count| CONNECTIONS.contains(count)).ok_or("not a number from 10 to 100000")
}

fn log_format(text: &str) -> Result<LogFormat, &'static str> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("neither text nor json"),
    }
}

fn trusted_proxies(text: &str) -> Result<TrustedProxies, &'static str> {
    TrustedProxies::parse(text)
        .ok_or("not addresses or networks with commas between, such as 127.0.0.1, 10.0.0.0/8")
}

fn public_url(settings: &Settings, address: SocketAddr) -> Result<Url, ConfigError> {
    let key = Key::PublicUrl;
    let Some(text) = settings.text(key)? else {
        let here = Url::parse(&format!("http://{address}")).map_err(|_| wrong(key, "not a URL"))?;
        return if is_loopback(&here) {
            Ok(here)
        } else {
            Err(wrong(
                key,
                "must be given when the server listens to other machines, such as https://shop.example.com",
            ))
        };
    };
    let url = web_url(&text).map_err(|reason| wrong(key, reason))?;
    if url.path() == "/" { Ok(url) } else { Err(wrong(key, "must have no path")) }
}

fn provider(settings: &Settings, key: Key, default: &str) -> Result<ProviderConfig, ConfigError> {
    let text = settings.text(key)?;
    let url = web_url(text.as_deref().unwrap_or(default)).map_err(|reason| wrong(key, reason))?;
    Ok(ProviderConfig { url })
}

/// A URL over TLS, or to this machine, without what does not belong into a base.
fn web_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "not a URL")?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err("http:// is not encrypted and only for this machine; use https://"),
        _ => return Err("not a URL that begins with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must hold no user and no password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end with its host or path");
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Both settings or none; tried out here, so that a mistake shows at the start and not with the first mail.
fn mail(settings: &Settings) -> Result<Option<MailConfig>, ConfigError> {
    let (url, from) = match (settings.text(Key::MailUrl)?, settings.text(Key::MailFrom)?) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(wrong(Key::MailFrom, "must be given together with mail.url")),
        (None, Some(_)) => return Err(wrong(Key::MailUrl, "must be given together with mail.from")),
        (Some(url), Some(from)) => (SecretString::from(url), from),
    };
    match Smtp::new(&url, &from) {
        Ok(_) => Ok(Some(MailConfig { url, from })),
        Err(error @ MailSettingsError::From) => Err(wrong(Key::MailFrom, error.to_string())),
        Err(error) => Err(wrong(Key::MailUrl, error.to_string())),
    }
}

impl Config {
    /// Where the database is, to be handed to what connects to it.
    pub fn database_url(&self) -> &str {
        self.database.expose_secret()
    }

    /// The file of the database, if it is one.
    pub fn database_file(&self) -> Option<&Path> {
        database::file(self.database_url())
    }
}

#[cfg(test)]
mod tests;
