//! Comments in the rows of a spreadsheet: CSV, or cells with tabs between, under a row that names the columns.

use smallvec::SmallVec;

use super::tables::{ColumnNames, TABLES};
use crate::sales::reading::Span;

/// Signs that part cells.
pub const SEPARATORS: [u8; 4] = [b'\t', b',', b';', b'|'];
/// A row with more cells is no list of comments.
const MAX_CELLS: usize = 64;
/// The line that names the columns is no longer.
const MAX_HEAD_BYTES: usize = 1_000;

/// The cells of a row.
type Cells = SmallVec<[Span; 8]>;

/// Where name and text stand in the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    separator: u8,
    name: usize,
    text: usize,
    /// Every row has so many cells, or fewer where the last ones are empty.
    count: usize,
}

/// One row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'paste> {
    pub name: &'paste str,
    pub text: &'paste str,
    pub span: Span,
}

/// The columns that a line names, if it is the head of a table of comments.
pub fn head(line: &str) -> Option<Columns> {
    if line.len() > MAX_HEAD_BYTES {
        return None;
    }
    SEPARATORS.iter().find_map(|separator| {
        // A table of comments has two columns at least, and most lines end here.
        memchr::memchr(*separator, line.as_bytes())?;
        let (cells, _) = cells(line, 0, *separator)?;
        // The word that stands first in the table of words counts most.
        let position = |known: &ColumnNames| {
            let places = cells.iter().map(|cell| known.place(cell.of(line).trim())).zip(0..);
            let named = places.filter_map(|(word, place)| Some((word?, place)));
            named.min().map(|(_, place)| place)
        };
        let (name, text) = (position(&TABLES.name_columns)?, position(&TABLES.text_columns)?);
        (name != text).then_some(Columns { separator: *separator, name, text, count: cells.len() })
    })
}

/// The columns of a row if nobody names them: the name comes first, then the text.
pub fn guessed(line: &str) -> Option<Columns> {
    let separator =
        *SEPARATORS.iter().find(|separator| memchr::memchr(**separator, line.as_bytes()).is_some())?;
    Some(Columns { separator, name: 0, text: 1, count: MAX_CELLS })
}

/// The row that begins at a byte of the paste, and the byte behind it; nothing where the table ends: at an empty line, or
/// where a row has no cell for the text.
pub fn row(paste: &str, from: usize, columns: Columns) -> Option<(Row<'_>, usize)> {
    let (cells, end) = cells(paste, from, columns.separator)?;
    if cells.len() > columns.count {
        return None;
    }
    let (name, text) = (cells.get(columns.name)?, cells.get(columns.text)?);
    let (first, last) = (cells.first()?, cells.last()?);
    let span = Span { start: first.start, end: last.end.max(first.end) };
    // The quotation marks around the first and the last cell belong to the row.
    let span = Span { start: from as u32, end: span.end.max(trimmed_end(paste, from, end)) };
    let (name, text) = (name.of(paste).trim(), text.of(paste).trim());
    (!name.is_empty() || !text.is_empty()).then_some((Row { name, text, span }, end))
}

fn trimmed_end(paste: &str, from: usize, end: usize) -> u32 {
    let row = paste.get(from..end).unwrap_or_default();
    (from + row.trim_end().len()) as u32
}

/// The cells of the row that begins at a byte, without their quotation marks, and the byte behind the row. A cell in
/// quotation marks may hold separators and line breaks.
fn cells(text: &str, from: usize, separator: u8) -> Option<(Cells, usize)> {
    let bytes = text.as_bytes();
    let mut cells = Cells::new();
    let mut at = from;
    loop {
        let quoted = bytes.get(at) == Some(&b'"');
        let start = at + usize::from(quoted);
        let mut end = start;
        if quoted {
            loop {
                match (bytes.get(end)?, bytes.get(end + 1)) {
                    (b'"', Some(b'"')) => end += 2,
                    (b'"', _) => break,
                    _ => end += 1,
                }
            }
        }
        let mut behind = if quoted { end + 1 } else { end };
        while bytes.get(behind).is_some_and(|byte| *byte != separator && !matches!(byte, b'\n' | b'\r')) {
            behind += 1;
        }
        if !quoted {
            end = behind;
        }
        cells.push(Span { start: start as u32, end: end as u32 });
        if cells.len() > MAX_CELLS {
            return None;
        }
        match bytes.get(behind) {
            Some(byte) if *byte == separator => at = behind + 1,
            Some(b'\r') if bytes.get(behind + 1) == Some(&b'\n') => return Some((cells, behind + 2)),
            Some(_) => return Some((cells, behind + 1)),
            None => return Some((cells, bytes.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_names_who_and_what() {
        for line in
            ["name,comment", "Comment\tAuthor\tTime", "\"User Name\";\"Message\"", "Nombre,Comentario"]
        {
            assert!(head(line).is_some(), "{line}");
        }
        for line in ["name, comment on this!", "sold A12, B3", "name", "comment,text"] {
            assert_eq!(head(line), None, "{line}");
        }
    }

    #[test]
    fn cells_in_quotation_marks_hold_separators_and_line_breaks() {
        let paste = "name,comment\n\"Ruiz, Ana\",\"sold A12,\nplease\"\nKim,mine B3\n\nthe end";
        let columns = head("name,comment").unwrap();
        let (first, next) = row(paste, 13, columns).unwrap();
        assert_eq!((first.name, first.text), ("Ruiz, Ana", "sold A12,\nplease"));
        assert_eq!(first.span.of(paste), "\"Ruiz, Ana\",\"sold A12,\nplease\"");
        let (second, next) = row(paste, next, columns).unwrap();
        assert_eq!((second.name, second.text), ("Kim", "mine B3"));
        assert_eq!(row(paste, next, columns), None, "an empty line ends the table");
    }
}
