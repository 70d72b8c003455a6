//! Files as tables: whatever the encoding, the separator or the kind, rows of cells come out, one at a time.
//!
//! A file lies on the disk and is read from there, so that a large one takes no more memory than a small one. Everything
//! here blocks and belongs on a thread that may.

mod encoding;
mod separated;
mod workbook;

use std::{
    fs::File,
    io::{Read, Seek},
    path::Path,
};

use domain::transfer::{FileProblem, MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROW_BYTES, MAX_ROWS, Row};

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file is not what it must be; a person is told.
    #[error("the file is refused: {}", .0.as_str())]
    Problem(FileProblem),
    /// The disk failed.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

impl From<FileProblem> for FileError {
    fn from(problem: FileProblem) -> Self {
        FileError::Problem(problem)
    }
}

/// What takes the rows. It says whether it wants more.
pub type Sink<'a> = dyn FnMut(Row) -> bool + 'a;

/// Bytes by which kinds of files are told apart.
const HEAD_BYTES: u64 = 8;
const ZIP: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP: &[u8] = b"PK\x05\x06";
/// The container of old workbooks, and of new ones under a password.
const OLD_CONTAINER: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];

/// Reads a file and hands its rows on, the first one included. Gives how it was read, in words.
///
/// # Errors
/// The file is no table, is damaged, or larger than is read. Rows that were handed on before count for nothing then.
pub fn read(path: &Path, sink: &mut Sink<'_>) -> Result<String, FileError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length == 0 {
        return Err(FileProblem::Empty.into());
    }
    if length > MAX_FILE_BYTES {
        return Err(FileProblem::TooLarge.into());
    }
    let mut head = Vec::new();
    (&mut file).take(HEAD_BYTES).read_to_end(&mut head)?;
    file.rewind()?;
    let mut bounds = Bounds { sink, rows: 0 };
    let format = if head.starts_with(ZIP) || head.starts_with(EMPTY_ZIP) {
        workbook::read(file, &mut bounds)?
    } else if head.starts_with(OLD_CONTAINER) {
        return Err(FileProblem::OldWorkbook.into());
    } else {
        separated::read(file, &mut bounds)?
    };
    match bounds.rows {
        0 => Err(FileProblem::Empty.into()),
        _ => Ok(format),
    }
}

/// Keeps rows within the limits on their way to whoever takes them.
pub(crate) struct Bounds<'a, 'b> {
    sink: &'a mut Sink<'b>,
    rows: i64,
}

impl Bounds<'_, '_> {
    /// Hands a row on, unless it is blank. Says whether more are wanted.
    fn take(&mut self, line: i64, mut cells: Vec<String>) -> Result<bool, FileError> {
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(true);
        }
        if cells.len() > MAX_COLUMNS {
            return Err(FileProblem::TooManyColumns.into());
        }
        if cells.iter().map(String::len).sum::<usize>() > MAX_ROW_BYTES {
            return Err(FileProblem::RowTooLong.into());
        }
        self.rows += 1;
        if self.rows > MAX_ROWS + 1 {
            return Err(FileProblem::TooManyRows.into());
        }
        Ok((self.sink)(Row { line, cells }))
    }
}

#[cfg(test)]
mod tests;
