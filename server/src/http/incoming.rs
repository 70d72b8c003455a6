//! Files on their way in: their places, and the folder that they are kept in.
//!
//! They hold names and addresses, so nobody but the server's own user may read them, and what a server that was killed
//! left there is swept when the next one begins.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tempfile::NamedTempFile;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::{AppState, errors::BUSY};
use crate::{
    places::{Place, Places},
    private,
};

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

/// The place of a file or a large body that comes in: one of its business and one of the server.
pub struct FilePlace {
    _of_the_business: Place<Uuid>,
    _of_the_server: OwnedSemaphorePermit,
}

impl AppState {
    /// A place for a form with files while it comes, if there is one.
    pub fn upload_place(&self, business_id: Uuid) -> Option<FilePlace> {
        place(&self.uploads, business_id)
    }

    /// A place for a large body while it is held in memory, if there is one.
    pub fn large_body_place(&self, business_id: Uuid) -> Option<FilePlace> {
        place(&self.large_bodies, business_id)
    }
}

fn place((businesses, server): &(Places<Uuid>, Arc<Semaphore>), business_id: Uuid) -> Option<FilePlace> {
    let of_the_business = businesses.take(business_id)?;
    let of_the_server = server.clone().try_acquire_owned().ok()?;
    Some(FilePlace { _of_the_business: of_the_business, _of_the_server: of_the_server })
}

/// What is answered where no place is left.
pub fn busy() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, BUSY).into_response()
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
