//! Text with separators: CSV and its relatives.

use std::{
    fs::File,
    io::{self, Read, Seek},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::transfer::{FileProblem, MAX_COLUMNS, MAX_ROW_BYTES};
use encoding_rs::Encoding;

use super::{Bounds, FileError, encoding};

/// Bytes by which the separator is found.
const SAMPLE_BYTES: u64 = 64 * 1024;
/// Rows that are compared for it.
const SAMPLE_ROWS: usize = 30;
const SEPARATORS: [(u8, &str); 4] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars")];
/// What is read ahead of the row that is looked at.
const READ_AHEAD: usize = 64 * 1024;

/// Reads a file of text.
pub fn read(mut file: File, bounds: &mut Bounds<'_, '_>) -> Result<String, FileError> {
    let encoding = encoding::find(&mut file)?.ok_or(FileProblem::NotATable)?;
    let mut sample = Vec::new();
    encoding::decoded(&mut file, encoding).take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    file.rewind()?;
    // Spreadsheets write their separator into the first line on request.
    let named = sample.strip_prefix(b"sep=").and_then(|rest| rest.first().copied());
    let separator = named.unwrap_or_else(|| separator(&sample));
    rows(file, encoding, separator, named.is_some(), bounds)?;
    let words =
        SEPARATORS.iter().find(|(known, _)| *known == separator).map_or("other marks", |(_, words)| words);
    Ok(format!("CSV, {}, {words}", encoding.name()))
}

/// The separator with which the first rows have the same number of cells, and more of them than with others.
fn separator(sample: &[u8]) -> u8 {
    let score = |separator: u8| -> usize {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(sample);
        let widths: Vec<usize> =
            reader.byte_records().take(SAMPLE_ROWS).map_while(Result::ok).map(|row| row.len()).collect();
        let Some(first) = widths.first().copied().filter(|width| *width > 1) else { return 0 };
        let same = widths.iter().filter(|width| **width == first).count();
        // Agreement counts before width: prose has commas too, but not in every line the same number.
        same * 1_000 / widths.len() * MAX_COLUMNS + first.min(MAX_COLUMNS)
    };
    SEPARATORS
        .iter()
        .map(|(separator, _)| *separator)
        .rev()
        .max_by_key(|separator| score(*separator))
        .unwrap_or(b',')
}

fn rows(
    file: File,
    encoding: &'static Encoding,
    separator: u8,
    skip_first: bool,
    bounds: &mut Bounds<'_, '_>,
) -> Result<(), FileError> {
    let left = Arc::new(AtomicUsize::new(MAX_ROW_BYTES + READ_AHEAD));
    let limited = Limited { inner: encoding::decoded(file, encoding), left: left.clone() };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(limited);
    let mut record = csv::ByteRecord::new();
    let mut is_first = true;
    let mut before = 1;
    loop {
        left.store(MAX_ROW_BYTES + READ_AHEAD, Ordering::Relaxed);
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => return Err(refused(error)),
        }
        let after = reader.position().line();
        let line = line_of(&record, before, after);
        before = after;
        if std::mem::take(&mut is_first) && skip_first {
            continue;
        }
        if record.len() > 4 * MAX_COLUMNS {
            return Err(FileProblem::TooManyColumns.into());
        }
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        if !bounds.take(line, cells)? {
            return Ok(());
        }
    }
}

/// The line in which a row begins that ends before line `after`. The reader counts blank lines before a row as its own.
fn line_of(record: &csv::ByteRecord, before: u64, after: u64) -> i64 {
    let within = record.iter().flatten().filter(|byte| **byte == b'\n').count() as u64;
    // The last row of a file may not end its line.
    let ended = u64::from(after - before > within);
    i64::try_from(after - within - ended).unwrap_or(i64::MAX)
}

/// The mark that a row is longer than is read.
#[derive(Debug, thiserror::Error)]
#[error("a row does not end")]
struct Endless;

fn refused(error: csv::Error) -> FileError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<Endless>()) => {
            FileProblem::RowTooLong.into()
        }
        csv::ErrorKind::Io(error) => FileError::Io(error),
        _ => FileProblem::Unreadable.into(),
    }
}

/// Bytes of one row: a quotation mark that is never closed would make the rest of the file one cell in memory.
struct Limited<R> {
    inner: R,
    left: Arc<AtomicUsize>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other(Endless));
        }
        let wanted = buffer.len().min(left);
        let read = self.inner.read(&mut buffer[..wanted])?;
        self.left.store(left - read, Ordering::Relaxed);
        Ok(read)
    }
}
