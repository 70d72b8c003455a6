//! The master key, with which every stored secret is sealed.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretBox, SecretString};

use super::{Config, ConfigError, Key, wrong};
use crate::private;

/// How many bytes the key has: AES-256.
const KEY_BYTES: usize = 32;
/// The key's file in the data folder, if the key is no setting.
const FILE: &str = "master.key";

/// The key from the settings, or from its file in the data folder, which is made at the first start so that only its
/// owner can read it. Whoever loses the key loses the stored credentials, and whoever has it and the database has them.
pub fn master_key(config: &Config) -> Result<SecretBox<[u8; KEY_BYTES]>, ConfigError> {
    if let Some(text) = &config.master_key {
        let reason = "not 32 bytes in base64; `openssl rand -base64 32` makes some";
        return decode(text).ok_or_else(|| wrong(Key::MasterKey, reason));
    }
    let path = config.data.join(FILE);
    let failed = |what: &str, error: &io::Error| file_error(&path, format!("{what}: {error}"));
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            create(&path).map_err(|error| failed("cannot be made", &error))?;
            fs::read_to_string(&path)
        }
        read => read,
    };
    let text = SecretString::from(text.map_err(|error| failed("cannot be read", &error))?);
    if private::is_open_to_others(&path).map_err(|error| failed("cannot be looked at", &error))? {
        return Err(file_error(&path, "other users can read it; chmod 600 makes it yours alone".into()));
    }
    decode(&text).ok_or_else(|| file_error(&path, "not 32 bytes in base64".into()))
}

fn file_error(path: &Path, reason: String) -> ConfigError {
    ConfigError::File { file: path.display().to_string(), reason }
}

fn decode(text: &SecretString) -> Option<SecretBox<[u8; KEY_BYTES]>> {
    let bytes = BASE64_STANDARD.decode(text.expose_secret().trim()).ok()?;
    let key: [u8; KEY_BYTES] = bytes.try_into().ok()?;
    Some(SecretBox::new(Box::new(key)))
}

/// Makes the file whole or not at all: it is written beside its place and then linked to it. If another server did the
/// same a moment earlier, its key stays.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private::folder(folder)?;
    }
    let mut key = [0_u8; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let beside = beside(path)?;
    let mut file = private::new_file().open(&beside)?;
    let written = file
        .write_all(format!("{}\n", BASE64_STANDARD.encode(key)).as_bytes())
        .and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&beside)?;
    linked
}

/// A name that no other server uses at the same time.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let random = getrandom::u64().map_err(|error| io::Error::other(error.to_string()))?;
    Ok(path.with_extension(format!("key.{random:016x}")))
}
