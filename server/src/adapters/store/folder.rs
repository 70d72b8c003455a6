//! Files in a folder of this machine.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use services::ports::{Answer, PortError, Store, store::OpenFile};
use tokio::{fs, io::AsyncWriteExt};

/// A folder whose sub-folders and files are the keys.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Files below `root`, which is made with the first of them.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Folder { root: root.into() }
    }

    /// The file of a key. Keys are made by this program; one that could lead out of the folder is not there.
    fn path(&self, key: &str) -> Result<PathBuf, PortError> {
        let is_part = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if key.split('/').all(is_part) {
            Ok(self.root.join(key))
        } else {
            Err(PortError::Gone("a key that no file has".into()))
        }
    }
}

fn failed(error: &io::Error) -> PortError {
    match error.kind() {
        ErrorKind::NotFound => PortError::Gone("there is no such file".into()),
        kind => PortError::Unavailable(format!("the folder of files: {kind}")),
    }
}

/// Writes a file beside its place and moves it there, so that it is there as a whole or not at all, and stays there when
/// the machine loses its power.
async fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).await?;
    let beside = path.with_extension("part");
    let mut file = fs::File::create(&beside).await?;
    file.write_all(content).await?;
    file.sync_all().await?;
    drop(file);
    fs::rename(&beside, path).await?;
    #[cfg(unix)]
    fs::File::open(folder).await?.sync_all().await?;
    Ok(())
}

impl Store for Folder {
    fn put<'a>(&'a self, key: &'a str, content: Vec<u8>) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = self.path(key)?;
            write_whole(&path, &content).await.map_err(|error| failed(&error))
        })
    }

    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Vec<u8>> {
        Box::pin(async move { fs::read(self.path(key)?).await.map_err(|error| failed(&error)) })
    }

    fn open<'a>(&'a self, key: &'a str) -> Answer<'a, OpenFile> {
        Box::pin(async move {
            let path = self.path(key)?;
            let file = fs::File::open(&path).await.map_err(|error| failed(&error))?;
            let length = file.metadata().await.map_err(|error| failed(&error))?.len();
            Ok(OpenFile { length, content: Box::new(file) })
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = self.path(key)?;
            match fs::remove_file(&path).await {
                Ok(()) => {
                    // The folder goes with its last file; one that still holds others stays.
                    if let Some(folder) = path.parent().filter(|folder| *folder != self.root) {
                        let _ = fs::remove_dir(folder).await;
                    }
                    Ok(())
                }
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                Err(error) => Err(failed(&error)),
            }
        })
    }

    fn list<'a>(&'a self, folder: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let mut entries = match fs::read_dir(self.path(folder)?).await {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(failed(&error)),
            };
            let mut keys = Vec::new();
            while let Some(entry) = entries.next_entry().await.map_err(|error| failed(&error))? {
                if let Some(name) = entry.file_name().to_str() {
                    keys.push(format!("{folder}/{name}"));
                }
            }
            Ok(keys)
        })
    }
}
