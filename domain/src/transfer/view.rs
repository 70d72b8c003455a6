//! What the screens of imports show.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ImportState, MappingForm, Reason, Subject};
use crate::{money::Money, page::Page};

stored_enum! {
    /// What becomes of a row, or of the rows of one thing.
    ResultKind {
        Added = "added", "Added";
        Changed = "changed", "Changed";
        Same = "same", "As it is already";
        Problem = "problem", "Not taken";
    }
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub added: i64,
    pub changed: i64,
    pub same: i64,
    pub problems: i64,
    /// What an undo left, because something later stands in the way.
    pub kept: i64,
}

impl Counts {
    /// How many of a kind.
    pub fn of(&self, kind: ResultKind) -> i64 {
        match kind {
            ResultKind::Added => self.added,
            ResultKind::Changed => self.changed,
            ResultKind::Same => self.same,
            ResultKind::Problem => self.problems,
        }
    }

    /// What an import would do.
    pub fn to_do(&self) -> i64 {
        self.added + self.changed
    }
}

/// A line of the list of imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    pub id: Uuid,
    pub file_name: String,
    pub subject: Subject,
    pub state: ImportState,
    pub counts: Counts,
    pub age: String,
}

/// A column of the file, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnView {
    pub name: String,
    /// The first cells that say something, cut short.
    pub samples: Vec<String>,
}

/// What is asked of an import's page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportQuery {
    pub id: String,
    /// A kind of results, or empty for the first that has any.
    pub kind: String,
    pub after: String,
}

/// What became, or would become, of the rows of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultRow {
    pub line: i64,
    pub label: String,
    /// The column in which something is wrong; may be empty.
    pub column: String,
    pub reason: Option<Reason>,
    /// Where it is now; empty where it is nowhere.
    pub path: String,
    pub key: String,
}

/// An import's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    pub id: Uuid,
    pub file_name: String,
    pub state: ImportState,
    pub subject: Subject,
    /// Where the file was taken to come from.
    pub source: String,
    /// How it was read: `CSV, Windows-1252, semicolons`.
    pub format: String,
    /// Whether the columns are those that were chosen for such a file before.
    pub remembered: bool,
    pub form: MappingForm,
    pub columns: Vec<ColumnView>,
    /// Rows of the file, without its heading.
    pub rows: i64,
    /// Rows worked through, or things undone.
    pub done: i64,
    /// Of how many.
    pub of: i64,
    pub counts: Counts,
    /// The work gave up and waits to be told to go on.
    pub is_stuck: bool,
    pub kind: ResultKind,
    pub results: Page<ResultRow>,
    /// What an undo left, at most a page of it.
    pub kept: Vec<ResultRow>,
    pub age: String,
}

/// A sale that was made before, somewhere else, as a customer's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSaleRow {
    pub id: Uuid,
    pub reference: String,
    /// What was bought, in short.
    pub summary: String,
    pub date: String,
    pub total: Money,
}
