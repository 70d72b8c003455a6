//! What is to become of some things of a file: the same for a check, which only tells it, and for an import, which does it.

use domain::{
    problem::{Code, FieldCode, Problem},
    transfer::{Columns, MAX_ROWS_OF_ONE, Mapping, Reason, ResultKind, Row, RowProblem, Subject},
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Importer, customers, items, sales, seen::Seen};
use crate::{Error, Result, database::Write};

/// What is to become of one thing.
pub(super) struct Planned {
    /// The line in which it begins.
    pub line: i64,
    /// What a person calls it.
    pub label: String,
    pub kind: ResultKind,
    pub problems: Vec<RowProblem>,
    /// What is there already, if it is.
    pub subject_id: Option<Uuid>,
    pub work: Work,
    /// The folded codes that it takes, so that none of them is given to another.
    pub codes: Vec<String>,
}

/// What is to be done for a thing.
pub(super) enum Work {
    None,
    Item(Box<items::ItemWork>),
    Customer(Box<customers::CustomerWork>),
    Sale(Box<sales::SaleWork>),
}

/// What was done for a thing, and how it was before.
pub(super) struct Done {
    pub line: i64,
    pub label: String,
    pub kind: ResultKind,
    pub problems: Vec<RowProblem>,
    pub subject_id: Option<Uuid>,
    pub journal: String,
}

impl Planned {
    /// A thing that is not taken.
    pub fn refused(line: i64, label: String, problems: Vec<RowProblem>) -> Self {
        Planned {
            line,
            label,
            kind: ResultKind::Problem,
            problems,
            subject_id: None,
            work: Work::None,
            codes: Vec::new(),
        }
    }

    /// As it is told, without being done.
    pub fn told(self) -> Done {
        Done {
            line: self.line,
            label: self.label,
            kind: self.kind,
            problems: self.problems,
            subject_id: self.subject_id,
            journal: self.codes.join("\n"),
        }
    }
}

/// Everything by which rows are read.
pub(super) struct Reader<'a> {
    pub importer: &'a Importer,
    pub mapping: &'a Mapping,
    pub columns: &'a Columns,
    pub import_id: Uuid,
    pub source: &'a str,
}

impl Reader<'_> {
    /// Plans some things. With `seen`, what stood in the file before is refused; without, it was refused by the check.
    pub async fn plan(
        &self,
        connection: &impl ConnectionTrait,
        things: Vec<Vec<Row>>,
        seen: Option<&mut Seen>,
    ) -> Result<Vec<Planned>> {
        match self.mapping.subject {
            Subject::Items => items::plan(self, connection, things, seen).await,
            Subject::Customers => customers::plan(self, connection, things, seen).await,
            Subject::Sales => sales::plan(self, connection, things, seen).await,
        }
    }

    /// Does what was planned within a write.
    pub async fn carry_out(&self, write: &Write, planned: Vec<Planned>, now: i64) -> Result<Vec<Done>> {
        match self.mapping.subject {
            Subject::Items => items::carry_out(self, write, planned, now).await,
            Subject::Customers => customers::carry_out(self, write, planned, now).await,
            Subject::Sales => sales::carry_out(self, write, planned, now).await,
        }
    }
}

/// The problem of a thing with more rows than are read.
pub(super) fn too_many_rows(rows: &[Row]) -> Option<RowProblem> {
    let last = rows.get(MAX_ROWS_OF_ONE)?;
    Some(RowProblem { line: last.line, column: None, reason: Reason::TooManyRows })
}

/// A refusal as problems of a form; a fault of the program stays one.
pub(super) fn as_problem(error: Error) -> Result<Problem> {
    match error {
        Error::Problem(problem) if problem.code == Code::Invalid => Ok(problem),
        error => Err(error),
    }
}

/// A single problem of a form's field.
pub(super) fn of_field(field: &str, code: FieldCode) -> Problem {
    Problem::field(field, code)
}

/// A journal as it is stored.
pub(super) fn to_journal(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::Fault("a journal that is no text"))
}
