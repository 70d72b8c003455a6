//! Writing rows into files that are sent while they are written.

use std::io::{self, Write as _};

use domain::transfer::export::ExportKind;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::{runtime::Handle, sync::mpsc, task};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    Cell, Export, Rows,
    pieces::{Download, ON_THE_WAY, PIECE_BYTES, Pieces},
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    security_log::{Event, Outcome, note},
};

/// Rows of a sheet at most, by its format.
const SHEET_ROWS: u32 = 1_048_576;
/// Spreadsheets know by this mark that the text is UTF-8.
const MARK: &str = "\u{FEFF}";

/// A kind of rows as CSV.
///
/// # Errors
/// The member's role does not allow it, or too many files are being fetched.
pub fn csv(services: &Services, actor: &Actor, kind: ExportKind) -> Result<Download> {
    let export = Export::begin(services, actor, kind)?;
    let (pieces, download) = Pieces::begin(services.places.downloads.take_free(actor.member_id)?)?;
    tokio::spawn(async move {
        match write_csv(kind, export, &pieces).await {
            Ok(()) => pieces.finish(),
            Err(error) => tracing::warn!(%error, "a file was not written to its end"),
        }
    });
    Ok(download)
}

async fn write_csv(kind: ExportKind, mut export: Export, pieces: &Pieces) -> Result<(), WriteError> {
    let mut gathered = csv_heading(kind);
    while let Some(rows) = export.page().await.map_err(Box::new)? {
        gathered.extend(csv_rows(&rows));
        drop(rows);
        pieces.send_full(&mut gathered).await?;
    }
    if !gathered.is_empty() {
        pieces.send(gathered).await?;
    }
    Ok(())
}

fn csv_heading(kind: ExportKind) -> Vec<u8> {
    let mut bytes = MARK.as_bytes().to_vec();
    bytes.extend(csv_lines(std::iter::once(kind.heading().into_iter().map(str::to_owned).collect())));
    bytes
}

/// Writes CSV whose cells all stand in quotes, also those that need none where commas part them: where a spreadsheet parts
/// them by semicolons, a name with one in it would become two cells, and the second could begin like a formula.
pub(crate) fn quoted(to: Vec<u8>) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(to)
}

fn csv_lines(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = quoted(Vec::new());
    for row in rows {
        // Writing to memory fails only if rows differ in length, and each kind has its columns.
        if let Err(error) = writer.write_record(row) {
            tracing::error!(%error, "a row could not be written");
        }
    }
    writer.into_inner().unwrap_or_default()
}

fn csv_rows(rows: &Rows) -> Vec<u8> {
    csv_lines(rows.iter().map(|row| row.iter().map(Cell::written).collect()))
}

/// What a thread that writes is told.
enum Step {
    Begin(ExportKind),
    Rows(Rows),
    /// All rows were read; without this the file stays unfinished.
    End,
}

/// A kind of rows as a workbook.
///
/// # Errors
/// The member's role does not allow it, or too many files are being fetched.
pub fn xlsx(services: &Services, actor: &Actor, kind: ExportKind) -> Result<Download> {
    let export = Export::begin(services, actor, kind)?;
    let (pieces, download) = Pieces::begin(services.places.downloads.take_free(actor.member_id)?)?;
    let (steps, to_write) = mpsc::channel(ON_THE_WAY);
    tokio::spawn(read_all(vec![(kind, export)], steps));
    write_on_a_thread(pieces, move |output| workbook(kind, to_write, output));
    Ok(download)
}

/// All kinds of rows as CSV files in one zip, for the owner alone.
///
/// # Errors
/// The member's role does not allow it, or too many files are being fetched.
pub fn everything(services: &Services, actor: &Actor) -> Result<Download> {
    actor.must_own()?;
    let (pieces, download) = Pieces::begin(services.places.downloads.take_free(actor.member_id)?)?;
    note(Event::ExportEverything, Outcome::Done, actor.into());
    let exports = ExportKind::ALL
        .iter()
        .map(|kind| Ok((*kind, Export::begin(services, actor, *kind)?)))
        .collect::<Result<Vec<_>>>()?;
    let (steps, to_write) = mpsc::channel(ON_THE_WAY);
    tokio::spawn(read_all(exports, steps));
    write_on_a_thread(pieces, move |output| folder(to_write, output));
    Ok(download)
}

/// Reads page by page and hands on what was read, until it ends, fails or nobody writes any more.
async fn read_all(exports: Vec<(ExportKind, Export)>, steps: mpsc::Sender<Step>) {
    for (kind, mut export) in exports {
        if steps.send(Step::Begin(kind)).await.is_err() {
            return;
        }
        loop {
            match export.page().await {
                Ok(Some(rows)) => {
                    if steps.send(Step::Rows(rows)).await.is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "an export stopped");
                    return;
                }
            }
        }
    }
    let _ = steps.send(Step::End).await;
}

/// The thread keeps the place of the download, which goes with the pieces, until it ends or the place is given up; then it ends
/// soon.
fn write_on_a_thread(
    pieces: Pieces,
    write: impl FnOnce(&mut Output) -> Result<(), WriteError> + Send + 'static,
) {
    let runtime = Handle::current();
    task::spawn_blocking(move || {
        let mut output = Output { runtime, pieces, piece: Vec::with_capacity(PIECE_BYTES) };
        match write(&mut output).and_then(|()| output.flush().map_err(WriteError::from)) {
            Ok(()) => output.pieces.finish(),
            Err(error) => tracing::warn!(%error, "a file was not written to its end"),
        }
    });
}

/// Why a file was not written to its end.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("workbook: {0}")]
    Workbook(#[from] XlsxError),
    #[error("zip: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("{0}")]
    Reading(#[from] Box<Error>),
    #[error("the rows ended early")]
    Unfinished,
    #[error("nobody takes the file any more")]
    Gone,
}

/// A workbook hands over nothing before its last row, and what repeats itself is small in a zip; so whether anybody still
/// takes the file is asked at each step. Otherwise a thread and a reading could go on without a place.
fn next_step(steps: &mut mpsc::Receiver<Step>, is_taken: impl Fn() -> bool) -> Result<Step, WriteError> {
    let step = steps.blocking_recv().ok_or(WriteError::Unfinished)?;
    if is_taken() { Ok(step) } else { Err(WriteError::Gone) }
}

fn workbook(
    kind: ExportKind,
    mut steps: mpsc::Receiver<Step>,
    output: &mut Output,
) -> Result<(), WriteError> {
    let is_taken = output.pieces.taken();
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let mut sheets = 1;
    let mut line = 0;
    begin_sheet(book.add_worksheet_with_constant_memory()?, kind, sheets, &bold)?;
    loop {
        match next_step(&mut steps, &is_taken)? {
            Step::Begin(_) => {}
            Step::Rows(rows) => {
                for row in rows {
                    line += 1;
                    if line >= SHEET_ROWS {
                        sheets += 1;
                        line = 1;
                        begin_sheet(book.add_worksheet_with_constant_memory()?, kind, sheets, &bold)?;
                    }
                    write_row(book.worksheet_from_index(sheets - 1)?, line, &row)?;
                }
            }
            Step::End => break,
        }
    }
    book.save_to_writer(output)?;
    Ok(())
}

fn begin_sheet(
    sheet: &mut Worksheet,
    kind: ExportKind,
    number: usize,
    bold: &Format,
) -> Result<(), XlsxError> {
    let name = if number == 1 { kind.as_str().to_owned() } else { format!("{} {number}", kind.as_str()) };
    sheet.set_name(name)?;
    for (column, word) in (0..).zip(kind.heading()) {
        sheet.write_string_with_format(0, column, word, bold)?;
    }
    Ok(())
}

fn write_row(sheet: &mut Worksheet, line: u32, row: &[Cell]) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(row) {
        match cell {
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(_) => {
                sheet.write_string(line, column, cell.written())?;
            }
            // A workbook has no other numbers than floating ones. All our amounts have fewer than the fifteen digits that
            // these keep, and they are read back from their decimal digits.
            Cell::Number(number) => match number.parse::<f64>() {
                Ok(value) => {
                    sheet.write_number(line, column, value)?;
                }
                Err(_) => {
                    sheet.write_string(line, column, number)?;
                }
            },
        }
    }
    Ok(())
}

fn folder(mut steps: mpsc::Receiver<Step>, output: &mut Output) -> Result<(), WriteError> {
    let is_taken = output.pieces.taken();
    let mut zip = ZipWriter::new_stream(output);
    loop {
        match next_step(&mut steps, &is_taken)? {
            Step::Begin(kind) => {
                // More than four gigabytes of one kind need a wider directory.
                let options = SimpleFileOptions::default().large_file(true);
                zip.start_file(format!("selltrac-{}.csv", kind.as_str()), options)?;
                zip.write_all(&csv_heading(kind))?;
            }
            Step::Rows(rows) => zip.write_all(&csv_rows(&rows))?,
            Step::End => break,
        }
    }
    zip.finish()?;
    Ok(())
}

/// Gathers what is written into pieces and sends them.
struct Output {
    runtime: Handle,
    pieces: Pieces,
    piece: Vec<u8>,
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What does not fit any more is offered again.
        let (fits, _) = bytes.split_at(bytes.len().min(PIECE_BYTES - self.piece.len()));
        self.piece.extend_from_slice(fits);
        if self.piece.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(fits.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        self.runtime.block_on(self.pieces.send(piece))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;
    use crate::places::{Limits, Places};

    #[tokio::test]
    async fn a_file_that_nobody_takes_says_that_it_is_not_whole_and_keeps_its_place_with_its_pieces() {
        let places: Places<char> = Places::new(Limits { at_once: 1, of_one: 1, waiting: 1 });
        let (pieces, mut download) = Pieces::new(places.take_free('a').unwrap(), Duration::ZERO).unwrap();
        let (gives_up, has_given_up) = oneshot::channel();
        write_on_a_thread(pieces, |output| {
            let error = loop {
                if let Err(error) = output.write_all(&[0; PIECE_BYTES]) {
                    break error;
                }
            };
            gives_up.send(()).unwrap();
            Err(error.into())
        });
        has_given_up.await.unwrap();
        for _ in 0..ON_THE_WAY {
            assert!(download.recv().await.unwrap().is_ok(), "what was on the way comes");
        }
        assert!(download.recv().await.unwrap().is_err(), "and then the word that the rest does not");
        assert_eq!(places.free(), 0, "it is not free before the last piece is gone");
        drop(download);
        assert!(places.take('a').await.is_ok());
    }

    #[tokio::test]
    async fn a_file_that_nobody_takes_any_more_is_not_written_on() {
        let places: Places<char> = Places::new(Limits { at_once: 2, of_one: 2, waiting: 0 });
        type Write = fn(mpsc::Receiver<Step>, &mut Output) -> Result<(), WriteError>;
        let workbook: Write = |steps, output| workbook(ExportKind::Items, steps, output);
        for write in [workbook, folder] {
            let (pieces, download) = Pieces::begin(places.take_free('a').unwrap()).unwrap();
            let (steps, to_write) = mpsc::channel(ON_THE_WAY);
            write_on_a_thread(pieces, move |output| write(to_write, output));
            assert!(steps.send(Step::Begin(ExportKind::Items)).await.is_ok());
            drop(download);
            let mut goes_on = true;
            // One is taken, those on the way have room, and for one more there is none.
            for _ in 0..ON_THE_WAY + 2 {
                goes_on = steps.send(Step::Rows(Rows::new())).await.is_ok();
            }
            assert!(!goes_on, "its rows are neither read nor written any more");
        }
    }
}
