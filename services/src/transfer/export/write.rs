//! Writing rows into files that are sent while they are written. Whoever receives them takes pieces from a channel; when
//! nobody does any more, the writing ends.

use std::io::{self, Write as _};

use domain::transfer::export::ExportKind;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{Cell, Export, Rows};
use crate::{Result, Services, accounts::Actor};

/// A piece of a file, or that it could not be written on.
pub type Piece = io::Result<Vec<u8>>;

/// Pieces and pages on their way at most.
const ON_THE_WAY: usize = 4;
/// Bytes of a piece.
const PIECE_BYTES: usize = 64 * 1024;
/// Rows of a sheet at most, by its format.
const SHEET_ROWS: u32 = 1_048_576;
/// Spreadsheets know by this mark that the text is UTF-8.
const MARK: &str = "\u{FEFF}";

/// A kind of rows as CSV.
pub fn csv(services: &Services, actor: &Actor, kind: ExportKind) -> Result<mpsc::Receiver<Piece>> {
    let mut export = Export::begin(services, actor, kind)?;
    let (sender, receiver) = mpsc::channel(ON_THE_WAY);
    tokio::spawn(async move {
        let mut piece = csv_heading(kind);
        loop {
            match export.page().await {
                Ok(Some(rows)) => piece.extend(csv_rows(&rows)),
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "an export stopped");
                    let _ = sender.send(Err(io::Error::other("the export stopped"))).await;
                    return;
                }
            }
            if sender.send(Ok(std::mem::take(&mut piece))).await.is_err() {
                return;
            }
        }
        if !piece.is_empty() {
            let _ = sender.send(Ok(piece)).await;
        }
    });
    Ok(receiver)
}

fn csv_heading(kind: ExportKind) -> Vec<u8> {
    let mut bytes = MARK.as_bytes().to_vec();
    bytes.extend(csv_lines(std::iter::once(kind.heading().into_iter().map(str::to_owned).collect())));
    bytes
}

fn csv_lines(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
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
pub fn xlsx(services: &Services, actor: &Actor, kind: ExportKind) -> Result<mpsc::Receiver<Piece>> {
    let export = Export::begin(services, actor, kind)?;
    let (steps, to_write) = mpsc::channel(ON_THE_WAY);
    let (pieces, receiver) = mpsc::channel(ON_THE_WAY);
    tokio::spawn(read_all(vec![(kind, export)], steps));
    write_on_a_thread(pieces, move |output| workbook(kind, to_write, output));
    Ok(receiver)
}

/// All kinds of rows as CSV files in one zip, for the owner alone.
pub fn everything(services: &Services, actor: &Actor) -> Result<mpsc::Receiver<Piece>> {
    actor.must_own()?;
    let exports = ExportKind::ALL
        .iter()
        .map(|kind| Ok((*kind, Export::begin(services, actor, *kind)?)))
        .collect::<Result<Vec<_>>>()?;
    let (steps, to_write) = mpsc::channel(ON_THE_WAY);
    let (pieces, receiver) = mpsc::channel(ON_THE_WAY);
    tokio::spawn(read_all(exports, steps));
    write_on_a_thread(pieces, move |output| folder(to_write, output));
    Ok(receiver)
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

fn write_on_a_thread(
    pieces: mpsc::Sender<Piece>,
    write: impl FnOnce(&mut Output) -> Result<(), WriteError> + Send + 'static,
) {
    tokio::task::spawn_blocking(move || {
        let mut output = Output { pieces, piece: Vec::with_capacity(PIECE_BYTES) };
        if let Err(error) = write(&mut output).and_then(|()| output.flush().map_err(WriteError::from)) {
            tracing::warn!(%error, "a file was not written to its end");
            let _ = output.pieces.blocking_send(Err(io::Error::other("the export stopped")));
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
    #[error("the rows ended early")]
    Unfinished,
}

fn workbook(
    kind: ExportKind,
    mut steps: mpsc::Receiver<Step>,
    output: &mut Output,
) -> Result<(), WriteError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let mut sheets = 1;
    let mut line = 0;
    begin_sheet(book.add_worksheet_with_constant_memory()?, kind, sheets, &bold)?;
    loop {
        match steps.blocking_recv() {
            Some(Step::Begin(_)) => {}
            Some(Step::Rows(rows)) => {
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
            Some(Step::End) => break,
            None => return Err(WriteError::Unfinished),
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
    let mut zip = ZipWriter::new_stream(output);
    loop {
        match steps.blocking_recv() {
            Some(Step::Begin(kind)) => {
                // More than four gigabytes of one kind need a wider directory.
                let options = SimpleFileOptions::default().large_file(true);
                zip.start_file(format!("selltrac-{}.csv", kind.as_str()), options)?;
                zip.write_all(&csv_heading(kind))?;
            }
            Some(Step::Rows(rows)) => zip.write_all(&csv_rows(&rows))?,
            Some(Step::End) => break,
            None => return Err(WriteError::Unfinished),
        }
    }
    zip.finish()?;
    Ok(())
}

/// Gathers what is written into pieces and sends them.
struct Output {
    pieces: mpsc::Sender<Piece>,
    piece: Vec<u8>,
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "nobody takes the file any more");
        self.pieces.blocking_send(Ok(piece)).map_err(gone)
    }
}
