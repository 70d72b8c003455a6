//! Files on their way in: the folder that they are kept in.
//!
//! They hold names and addresses, so nobody but the server's own user may read them, and what a server that was killed
//! left there is swept when the next one begins.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::NamedTempFile;

use crate::private;

/// Below the data folder.
const FOLDER: &str = "incoming";

/// The folder; made with its first file.
#[derive(Clone)]
pub struct Incoming(Arc<PathBuf>);

impl Incoming {
    pub fn below(data: &Path) -> Self {
        Incoming(Arc::new(data.join(FOLDER)))
    }

    /// A file that goes when it is dropped.
    pub fn file(&self) -> io::Result<NamedTempFile> {
        private::folder(&self.0)?;
        NamedTempFile::new_in(&*self.0)
    }

    /// Removes what an earlier server left. Call it when no other server can be at work in the same folder.
    pub fn sweep(&self) -> io::Result<()> {
        let entries = match fs::read_dir(&*self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_file() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_behind_is_swept() {
        let data = tempfile::tempdir().unwrap();
        let incoming = Incoming::below(data.path());
        incoming.sweep().unwrap();
        drop(incoming.file().unwrap());
        let left = incoming.file().unwrap().into_temp_path().keep().unwrap();
        incoming.sweep().unwrap();
        assert!(!left.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_what_comes_in() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let file = Incoming::below(data.path()).file().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(file.path()), mode(file.path().parent().unwrap())), (0o600, 0o700));
    }
}
