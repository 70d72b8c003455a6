//! Moving in with one file and leaving with one: what the columns of a file hold, what becomes of its rows, and what can be
//! taken along.

mod columns;
pub mod customers;
mod dates;
pub mod export;
mod fields;
pub mod formulas;
mod guess;
pub mod items;
mod listed;
mod mapping;
mod names;
mod reason;
pub mod sales;
mod sources;
pub mod values;
mod view;

pub use columns::{Columns, Row, RowProblem};
pub use dates::{DateOrder, WrittenMoment, date};
pub use fields::Field;
pub use guess::{Guess, fields_named, guess};
pub use mapping::{Mapping, MappingForm};
pub use reason::{FileProblem, Reason};
pub use sources::Source;
pub use view::{ColumnView, Counts, ImportQuery, ImportRow, ImportView, PastSaleRow, ResultKind, ResultRow};

/// Bytes of a file at most.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// The same in words.
pub const MAX_FILE_WORDS: &str = "64 MB";
/// Rows of a file at most.
pub const MAX_ROWS: i64 = 250_000;
/// Columns of a file at most.
pub const MAX_COLUMNS: usize = 200;
/// Bytes of one row at most, all its cells together.
pub const MAX_ROW_BYTES: usize = 256 * 1024;
/// Bytes of a workbook at most once it is unpacked.
pub const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;
/// Bytes of a workbook's texts at most: they are held in memory while it is read.
pub const MAX_TEXTS_BYTES: u64 = 48 * 1024 * 1024;
/// Rows of one item or one order at most, with which a file may describe it.
pub const MAX_ROWS_OF_ONE: usize = 300;

stored_enum! {
    /// What the rows of a file are about.
    Subject {
        Items = "items", "Items";
        Customers = "customers", "Customers";
        Sales = "sales", "Past sales";
    }
}

impl Subject {
    /// So many of them: `1 item`, `12 customers`.
    pub fn counted(self, number: i64) -> String {
        let word = match (self, number) {
            (Subject::Items, 1) => "item",
            (Subject::Items, _) => "items",
            (Subject::Customers, 1) => "customer",
            (Subject::Customers, _) => "customers",
            (Subject::Sales, 1) => "past sale",
            (Subject::Sales, _) => "past sales",
        };
        format!("{number} {word}")
    }
}

stored_enum! {
    /// How far an import has come.
    ImportState {
        Reading = "reading", "Cut off while it was read";
        Mapping = "mapping", "Columns to look at";
        Checking = "checking", "Being checked";
        Checked = "checked", "Ready to import";
        Importing = "importing", "Being imported";
        Done = "done", "Imported";
        /// As `Done`, but too long ago to be undone.
        Settled = "settled", "Imported";
        Undoing = "undoing", "Being undone";
        Undone = "undone", "Undone";
    }
}

impl ImportState {
    /// Whether the server is at work on it.
    pub fn is_working(self) -> bool {
        matches!(self, ImportState::Checking | ImportState::Importing | ImportState::Undoing)
    }

    /// Whether its columns can still be chosen anew.
    pub fn can_be_mapped(self) -> bool {
        matches!(self, ImportState::Mapping | ImportState::Checked)
    }
}
