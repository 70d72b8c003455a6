//! Keeping files, such as pictures, where every server of a business finds them.

use tokio::io::AsyncRead;

use super::Answer;

/// A file while it is read.
pub struct OpenFile {
    /// Bytes.
    pub length: u64,
    pub content: Box<dyn AsyncRead + Send + Unpin>,
}

/// A place for files. A key is a path of letters, digits, `-`, `_`, `.` and `/` that this program made.
///
/// Implementations bound every call by a time-out. A file is either there as a whole or not at all, and stays as it was
/// written: keys are never used twice.
pub trait Store: Send + Sync {
    /// Writes a file. Writing it again is fine.
    fn put<'a>(&'a self, key: &'a str, content: Vec<u8>) -> Answer<'a, ()>;

    /// Reads a file as a whole; [`Gone`](super::PortError::Gone) if there is none.
    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Vec<u8>>;

    /// Opens a file for reading piece by piece; [`Gone`](super::PortError::Gone) if there is none.
    fn open<'a>(&'a self, key: &'a str) -> Answer<'a, OpenFile>;

    /// Removes a file. One that is not there (any more) is no error.
    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, ()>;

    /// The keys in a folder: those that begin with `folder` and a slash. Meant for folders of a few files.
    fn list<'a>(&'a self, folder: &'a str) -> Answer<'a, Vec<String>>;
}
