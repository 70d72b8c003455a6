//! Workbooks: the first sheet that has rows, cell by cell. A workbook is a packed folder, so before it is read as one it is
//! unpacked into nothing and measured: what it says of its own size is not believed.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
};

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use domain::transfer::{FileProblem, MAX_COLUMNS, MAX_TEXTS_BYTES, MAX_UNPACKED_BYTES};
use zip::ZipArchive;

use super::{Bounds, FileError};

/// Parts of a workbook at most.
const MAX_PARTS: usize = 500;
/// Sheets of which the first with rows is looked for.
const MAX_SHEETS: usize = 20;
const PIECE_BYTES: usize = 64 * 1024;
/// Digits of a number that a spreadsheet keeps.
const DIGITS: usize = 15;

/// Reads a workbook.
pub fn read(mut file: File, bounds: &mut Bounds<'_, '_>) -> Result<String, FileError> {
    measure(&mut file)?;
    file.rewind()?;
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(refused)?;
    let sheets: Vec<String> = workbook.sheet_names().into_iter().take(MAX_SHEETS).collect();
    for sheet in sheets {
        let before = bounds.rows;
        read_sheet(&mut workbook, &sheet, bounds)?;
        if bounds.rows > before {
            return Ok(format!("XLSX, sheet “{}”", sheet.chars().take(40).collect::<String>()));
        }
    }
    Ok("XLSX".into())
}

fn refused(error: XlsxError) -> FileError {
    match error {
        XlsxError::Io(error) => FileError::Io(error),
        XlsxError::Password => FileProblem::OldWorkbook.into(),
        _ => FileProblem::BrokenWorkbook.into(),
    }
}

/// Unpacks every part into nothing, within limits for each and for all.
fn measure(file: &mut File) -> Result<(), FileError> {
    let broken = |_| FileError::from(FileProblem::BrokenWorkbook);
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.len() > MAX_PARTS {
        return Err(FileProblem::Unpacks.into());
    }
    let mut left = MAX_UNPACKED_BYTES;
    let mut piece = vec![0; PIECE_BYTES];
    let mut has_workbook = false;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(broken)?;
        let name = String::from_utf8_lossy(part.name_raw()).to_ascii_lowercase();
        has_workbook |= name.ends_with("workbook.xml");
        // Everything but sheets is held in memory while the workbook is read.
        let of_part = if name.contains("worksheets/") { left } else { left.min(MAX_TEXTS_BYTES) };
        let mut unpacked = 0_u64;
        loop {
            let read = part.read(&mut piece).map_err(|_| FileError::from(FileProblem::BrokenWorkbook))?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            if unpacked > of_part {
                return Err(FileProblem::Unpacks.into());
            }
        }
        left -= unpacked;
    }
    if has_workbook { Ok(()) } else { Err(FileProblem::NotATable.into()) }
}

fn read_sheet<R: Read + Seek>(
    workbook: &mut Xlsx<R>,
    sheet: &str,
    bounds: &mut Bounds<'_, '_>,
) -> Result<(), FileError> {
    let mut reader = match workbook.worksheet_cells_reader(sheet) {
        Ok(reader) => reader,
        // Charts have sheets of their own.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(refused(error)),
    };
    let mut at: Option<u32> = None;
    let mut cells: Vec<String> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(refused)? {
        let (row, column) = cell.get_position();
        if at != Some(row) {
            if let Some(row) = at
                && !bounds.take(i64::from(row) + 1, std::mem::take(&mut cells))?
            {
                return Ok(());
            }
            at = Some(row);
        }
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            return Err(FileProblem::TooManyColumns.into());
        }
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    if let Some(row) = at {
        bounds.take(i64::from(row) + 1, cells)?;
    }
    Ok(())
}

/// What a person reads in a cell.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        DataRef::DateTime(moment) => number_text(moment.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A number in the digits that a spreadsheet shows. The format has no other numbers than floating ones; fifteen digits of
/// them are exact, and what follows is noise of the arithmetic.
fn number_text(number: f64) -> String {
    let rounded = format!("{number:.*e}", DIGITS - 1).parse::<f64>().unwrap_or(number);
    format!("{rounded}")
}
