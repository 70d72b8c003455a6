//! Files on their way in: the folder that they are kept in.
//!
//! They hold names and addresses, so nobody but the server's own user may read them, and what a server that was killed
//! left there is swept when the next one begins. Several servers may share a data folder, so each has a folder of its own in it,
//! beside a file that it keeps locked while it lives: the system frees the lock of a process that is dead, and nobody's else.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::NamedTempFile;

use crate::private;

/// Below the data folder.
const FOLDER: &str = "incoming";
/// What the name of a server's locked file ends in; without it, it is the name of the server's folder.
const LOCK: &str = "lock";

/// The folder of a server's files; made with the first one.
#[derive(Clone)]
pub struct Incoming {
    /// What the servers of a data folder share.
    shared: Arc<PathBuf>,
    own: Arc<Mutex<Option<Own>>>,
}

/// A server's own folder.
struct Own {
    folder: PathBuf,
    /// Locked until it is dropped.
    _lock: File,
}

impl Own {
    fn make(shared: &Path) -> io::Result<Own> {
        private::folder(shared)?;
        loop {
            let lock_path = shared.join(services::new_id().to_string()).with_extension(LOCK);
            let lock = private::new_file().open(&lock_path)?;
            match lock.try_lock() {
                // Only now nobody takes it for one that was left.
                Ok(()) if lock_path.try_exists()? => {
                    return Ok(Own { folder: lock_path.with_extension(""), _lock: lock });
                }
                // A server that began in this very moment took it for one.
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

impl Incoming {
    pub fn below(data: &Path) -> Self {
        Incoming { shared: Arc::new(data.join(FOLDER)), own: Arc::default() }
    }

    /// A file that goes when it is dropped.
    ///
    /// # Errors
    /// The folder or the file cannot be made, or the file system knows no locks.
    pub fn file(&self) -> io::Result<NamedTempFile> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let own = match &mut *own {
            Some(own) => own,
            none => none.insert(Own::make(&self.shared)?),
        };
        private::folder(&own.folder)?;
        NamedTempFile::new_in(&own.folder)
    }

    /// Removes what servers left that are dead by now.
    ///
    /// # Errors
    /// The folder cannot be read, or something in it not be removed.
    pub fn sweep(&self) -> io::Result<()> {
        let entries = match fs::read_dir(&*self.shared) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry?.path();
            let swept = match path.extension().is_some_and(|ending| ending == LOCK) {
                true => sweep_after(&path),
                // Its locked file is made before a folder and removed after it.
                false if path.is_dir() => Ok(()),
                // From before servers had folders of their own.
                false => fs::remove_file(&path),
            };
            // Another server that begins may sweep at the same time.
            match swept {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Removes the folder of a server if nobody holds its lock, and then its locked file.
fn sweep_after(lock_path: &Path) -> io::Result<()> {
    let lock = File::open(lock_path)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    match fs::remove_dir_all(lock_path.with_extension("")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_file(lock_path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_server_left_behind_is_swept() {
        let data = tempfile::tempdir().unwrap();
        let killed = Incoming::below(data.path());
        killed.sweep().unwrap();
        drop(killed.file().unwrap());
        let left = killed.file().unwrap().into_temp_path().keep().unwrap();
        // The system frees what it had locked.
        drop(killed);
        Incoming::below(data.path()).sweep().unwrap();
        assert!(!left.exists());
        assert_eq!(fs::read_dir(data.path().join(FOLDER)).unwrap().count(), 0, "nothing of it stays");
    }

    #[test]
    fn the_files_of_a_server_that_lives_are_left_alone() {
        let data = tempfile::tempdir().unwrap();
        let first = Incoming::below(data.path());
        let file = first.file().unwrap();
        let second = Incoming::below(data.path());
        second.sweep().unwrap();
        assert!(file.path().exists());
        let other = second.file().unwrap();
        first.sweep().unwrap();
        assert!(other.path().exists() && file.path().exists());
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
