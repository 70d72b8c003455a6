//! What became, or would become, of each thing: stored, counted and forgotten.

use domain::transfer::{Mapping, ResultKind};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, Set, prelude::Expr,
};
use serde::{Deserialize, Serialize};

use super::{plan::Done, seen};
use crate::{
    Error, Result,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{import, import_result},
    new_id,
};

/// The pass that only tells, and the one that does.
pub(super) const CHECK: &str = "check";
pub(super) const DONE: &str = "done";
/// What an undo made of a result.
pub(super) const UNDONE: &str = "undone";
pub(super) const KEPT: &str = "kept";
/// Problems kept of one thing; who mends these sees the others.
const PROBLEMS_OF_ONE: usize = 10;
/// Characters of a label.
const LABEL_CHARACTERS: usize = 160;

/// A problem as it is stored: columns are named, so that it can be told without the mapping.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredProblem {
    pub line: i64,
    pub column: String,
    pub reason: domain::transfer::Reason,
}

/// Stores results of a pass, and adds them to the import's counts together with the rows that they are of.
pub(super) async fn store(
    write: &Write,
    import: &import::Model,
    pass: &str,
    done: Vec<Done>,
    names: &[String],
    rows: i64,
    now: i64,
) -> Result<()> {
    use import::Column;
    let count = |kind: ResultKind| {
        i64::try_from(done.iter().filter(|one| one.kind == kind).count()).unwrap_or_default()
    };
    let raised = |column: Column, by: i64| Expr::col(column).add(by);
    import::Entity::update_many()
        .col_expr(Column::Added, raised(Column::Added, count(ResultKind::Added)))
        .col_expr(Column::Changed, raised(Column::Changed, count(ResultKind::Changed)))
        .col_expr(Column::Same, raised(Column::Same, count(ResultKind::Same)))
        .col_expr(Column::Problems, raised(Column::Problems, count(ResultKind::Problem)))
        .col_expr(Column::Done, raised(Column::Done, rows))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::BusinessId.eq(import.business_id))
        .filter(Column::Id.eq(import.id))
        .exec(&**write)
        .await?;
    for some in done.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|one| row(import, pass, one, names)).collect::<Result<Vec<_>>>()?;
        import_result::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    Ok(())
}

fn row(
    import: &import::Model,
    pass: &str,
    done: &Done,
    names: &[String],
) -> Result<import_result::ActiveModel> {
    let problems: Vec<StoredProblem> = done
        .problems
        .iter()
        .take(PROBLEMS_OF_ONE)
        .map(|problem| StoredProblem {
            line: problem.line,
            column: problem.column.and_then(|column| names.get(column).cloned()).unwrap_or_default(),
            reason: problem.reason.clone(),
        })
        .collect();
    Ok(import_result::ActiveModel {
        id: Set(new_id()),
        business_id: Set(import.business_id),
        import_id: Set(import.id),
        pass: Set(pass.into()),
        kind: Set(done.kind.as_str().into()),
        line: Set(done.line),
        label: Set(done.label.chars().take(LABEL_CHARACTERS).collect()),
        problems: Set(if problems.is_empty() { String::new() } else { problems_text(&problems)? }),
        subject_id: Set(done.subject_id),
        journal: Set(done.journal.clone()),
        undo: Set(String::new()),
    })
}

pub(super) fn problems_text(problems: &[StoredProblem]) -> Result<String> {
    serde_json::to_string(problems).map_err(|_| Error::Fault("problems that are no text"))
}

/// Problems as they were stored. What no version wrote counts as none.
pub(super) fn problems_of(stored: &str) -> Vec<StoredProblem> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// Forgets what a check found.
pub(super) async fn forget_check(write: &Write, import: &import::Model) -> Result<()> {
    import_result::Entity::delete_many()
        .filter(import_result::Column::BusinessId.eq(import.business_id))
        .filter(import_result::Column::ImportId.eq(import.id))
        .filter(import_result::Column::Pass.eq(CHECK))
        .exec(&**write)
        .await?;
    seen::forget(write, import).await
}

/// What the check refused among the things that begin between two lines.
pub(super) async fn refused_between(
    connection: &impl ConnectionTrait,
    import: &import::Model,
    first: i64,
    last: i64,
) -> Result<Vec<import_result::Model>> {
    Ok(import_result::Entity::find()
        .filter(import_result::Column::BusinessId.eq(import.business_id))
        .filter(import_result::Column::ImportId.eq(import.id))
        .filter(import_result::Column::Pass.eq(CHECK))
        .filter(import_result::Column::Kind.eq(ResultKind::Problem.as_str()))
        .filter(import_result::Column::Line.between(first, last))
        .all(connection)
        .await?)
}

/// How many things an undo has to go through.
pub(super) async fn to_undo(connection: &impl ConnectionTrait, import: &import::Model) -> Result<i64> {
    let count = import_result::Entity::find()
        .filter(import_result::Column::BusinessId.eq(import.business_id))
        .filter(import_result::Column::ImportId.eq(import.id))
        .filter(import_result::Column::Pass.eq(DONE))
        .filter(import_result::Column::Kind.is_in(DID_SOMETHING))
        .count(connection)
        .await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The kinds of results that changed something.
pub(super) const DID_SOMETHING: [&str; 2] = ["added", "changed"];

/// The names of the columns as problems tell them: those of the heading, or their letters.
pub(super) fn column_names(first_row: &[String], mapping: &Mapping) -> Vec<String> {
    let letters = |mut index: usize| {
        let mut name = String::new();
        loop {
            name.insert(0, char::from(b'A' + u8::try_from(index % 26).unwrap_or_default()));
            match index / 26 {
                0 => return name,
                more => index = more - 1,
            }
        }
    };
    let mut names: Vec<String> = Vec::with_capacity(first_row.len());
    for (index, cell) in first_row.iter().enumerate() {
        let cell = cell.trim();
        let named = mapping.has_heading && !cell.is_empty();
        let name = if named { cell.to_owned() } else { format!("Column {}", letters(index)) };
        // Two columns of one name are told apart by their letters.
        let name = if names.contains(&name) { format!("{name} ({})", letters(index)) } else { name };
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use domain::{
        transfer::{DateOrder, Subject},
        weight::WeightUnit,
    };

    use super::*;

    #[test]
    fn columns_have_names_that_tell_them_apart() {
        let mapping = |has_heading| Mapping {
            subject: Subject::Items,
            has_heading,
            fields: Vec::new(),
            dates: DateOrder::Unknown,
            weight_unit: WeightUnit::G,
        };
        let row = ["Price", "", "Price"].map(str::to_owned);
        assert_eq!(column_names(&row, &mapping(true)), ["Price", "Column B", "Price (C)"]);
        let wide = vec![String::new(); 28];
        assert_eq!(column_names(&wide, &mapping(false))[25..], ["Column Z", "Column AA", "Column AB"]);
    }
}
