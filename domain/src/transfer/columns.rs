//! Rows seen through the mapping of their columns.

use std::borrow::Cow;

use super::{Field, Mapping, Reason, values};
use crate::text;

/// One row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line of the file in which it begins, counted from 1.
    pub line: i64,
    pub cells: Vec<String>,
}

/// What is wrong with a row: in which line and column, counted from 0; nothing where the row as a whole is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    pub line: i64,
    pub column: Option<usize>,
    pub reason: Reason,
}

/// Which columns hold a field, worked out once for all rows.
#[derive(Clone, Debug)]
pub struct Columns {
    of: Vec<(Field, usize)>,
    count: usize,
}

impl Columns {
    /// The columns of a mapping.
    pub fn new(mapping: &Mapping) -> Self {
        let of = mapping.fields.iter().enumerate();
        let of = of.filter_map(|(column, field)| field.map(|field| (field, column))).collect();
        Columns { of, count: mapping.fields.len() }
    }

    /// Whether any column holds the field.
    pub fn has(&self, field: Field) -> bool {
        self.of.iter().any(|(known, _)| *known == field)
    }

    /// The first column that holds the field, for a problem that is none of a cell's.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.of.iter().find(|(known, _)| *known == field).map(|(_, column)| *column)
    }

    /// The first cell of a field that says anything: its column and what it says.
    pub fn cell<'a>(&self, row: &'a Row, field: Field) -> Option<(usize, Cow<'a, str>)> {
        self.of.iter().filter(|(known, _)| *known == field).find_map(|(_, column)| {
            let cell = values::restored(row.cells.get(*column)?);
            (!text::tidy(&cell).is_empty()).then_some((*column, cell))
        })
    }

    /// What the cell of a field says as one tidy line; empty if nothing.
    pub fn text(&self, row: &Row, field: Field) -> String {
        self.cell(row, field).map(|(_, cell)| text::tidy(&cell)).unwrap_or_default()
    }

    /// Whether no cell of the row says anything.
    pub fn is_blank(row: &Row) -> bool {
        row.cells.iter().all(|cell| text::tidy(cell).is_empty())
    }

    /// A problem if the row has cells beyond the heading that say something.
    pub fn excess(&self, row: &Row) -> Option<RowProblem> {
        let beyond = row.cells.get(self.count..).unwrap_or_default();
        beyond.iter().any(|cell| !text::tidy(cell).is_empty()).then_some(RowProblem {
            line: row.line,
            column: None,
            reason: Reason::TooManyCells,
        })
    }
}

/// Reads cells and gathers what is wrong with them.
pub(super) struct Reading<'a> {
    pub columns: &'a Columns,
    pub problems: Vec<RowProblem>,
}

impl<'a> Reading<'a> {
    pub fn new(columns: &'a Columns) -> Self {
        Reading { columns, problems: Vec::new() }
    }

    /// What `read` makes of the field's cell. Nothing if the cell is empty, or wrong and noted.
    pub fn take<T>(
        &mut self,
        row: &Row,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Option<T> {
        let (column, cell) = self.columns.cell(row, field)?;
        match read(&cell) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.problems.push(RowProblem { line: row.line, column: Some(column), reason });
                None
            }
        }
    }

    /// Notes a problem of a field that may have no cell.
    pub fn note(&mut self, row: &Row, field: Field, reason: impl Into<Reason>) {
        let column = self.columns.cell(row, field).map(|(column, _)| column).or(self.columns.column(field));
        self.problems.push(RowProblem { line: row.line, column, reason: reason.into() });
    }
}
