//! What the screens of imports show.

use domain::{
    page::{PAGE_ROWS, Page},
    time,
    transfer::{
        ColumnView, Counts, ImportQuery, ImportRow, ImportState, ImportView, Mapping, ResultKind, ResultRow,
        Source, Subject,
    },
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    find,
    results::{CHECK, DONE, KEPT, column_names, problems_of},
    state,
};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{import, import_result, job, past_sale},
    error::stored,
    jobs::{
        JobKind,
        queue::{DISMISSED, STUCK},
    },
};

/// Imports shown in the list, the latest first.
const SHOWN_IMPORTS: u64 = 20;
/// Cells shown of a column.
const SHOWN_SAMPLES: usize = 3;

/// The cells of an import's first row.
pub(super) fn first_row(import: &import::Model) -> Vec<String> {
    serde_json::from_str(&import.first_row).unwrap_or_default()
}

fn counts(import: &import::Model) -> Counts {
    Counts {
        added: import.added,
        changed: import.changed,
        same: import.same,
        problems: import.problems,
        kept: import.kept,
    }
}

fn subject(import: &import::Model) -> Subject {
    let mapping: Option<Mapping> = serde_json::from_str(&import.mapping).ok();
    mapping.map_or(Subject::Items, |mapping| mapping.subject)
}

/// The latest imports.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<ImportRow>> {
    actor.must_sell()?;
    let now = services.now();
    let rows = import::Entity::find()
        .filter(import::Column::BusinessId.eq(actor.business_id))
        .order_by_desc(import::Column::Id)
        .limit(SHOWN_IMPORTS)
        .all(services.database.read())
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ImportRow {
                id: row.id,
                subject: subject(&row),
                state: state(&row)?,
                counts: counts(&row),
                age: time::age(row.created_at, now),
                file_name: row.file_name,
            })
        })
        .collect()
}

/// An import's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid, query: &ImportQuery) -> Result<ImportView> {
    actor.must_sell()?;
    let read = services.database.read();
    let import = find(read, actor.business_id, id).await?;
    let state = state(&import)?;
    let counts = counts(&import);
    let mapping: Option<Mapping> = serde_json::from_str(&import.mapping).ok();
    let pass = match state {
        ImportState::Importing
        | ImportState::Done
        | ImportState::Settled
        | ImportState::Undoing
        | ImportState::Undone => DONE,
        _ => CHECK,
    };
    let kind = ResultKind::parse(&query.kind).unwrap_or_else(|| most_telling(&counts));
    let shows_results = !state.is_working() && state != ImportState::Mapping;
    let (results, kept) = match shows_results {
        true => (results(read, &import, pass, kind, &query.after).await?, kept(read, &import).await?),
        false => (Page { rows: Vec::new(), next: None }, Vec::new()),
    };
    let samples: Vec<Vec<String>> = serde_json::from_str(&import.samples).unwrap_or_default();
    let columns = match (&mapping, state.can_be_mapped()) {
        (Some(mapping), true) => columns(&first_row(&import), mapping, &samples),
        _ => Vec::new(),
    };
    let heading = mapping.as_ref().map_or(0, |mapping| i64::from(mapping.has_heading));
    Ok(ImportView {
        id,
        state,
        subject: subject(&import),
        source: stored(Source::parse(&import.source))?.label().into(),
        remembered: import.remembered,
        form: mapping.map(|mapping| mapping.form()).unwrap_or_default(),
        columns,
        rows: (import.rows - heading).max(0),
        done: import.done.min(import.to_do),
        of: import.to_do,
        counts,
        is_stuck: state.is_working() && is_stuck(read, &import).await?,
        kind,
        results,
        kept,
        age: time::age(import.created_at, services.now()),
        file_name: import.file_name,
        format: import.format,
    })
}

/// What a person wants to see first: what is wrong, else what is done.
fn most_telling(counts: &Counts) -> ResultKind {
    let order = [ResultKind::Problem, ResultKind::Added, ResultKind::Changed, ResultKind::Same];
    order.into_iter().find(|kind| counts.of(*kind) > 0).unwrap_or(ResultKind::Added)
}

fn columns(first: &[String], mapping: &Mapping, samples: &[Vec<String>]) -> Vec<ColumnView> {
    let names = column_names(first, mapping);
    let of_column = |index: usize| -> Vec<String> {
        let first = (!mapping.has_heading).then_some(first);
        let rows = first.into_iter().chain(samples.iter().map(Vec::as_slice));
        rows.filter_map(|row| row.get(index))
            .filter(|cell| !cell.is_empty())
            .take(SHOWN_SAMPLES)
            .cloned()
            .collect()
    };
    names
        .into_iter()
        .enumerate()
        .map(|(index, name)| ColumnView { name, samples: of_column(index) })
        .collect()
}

async fn results(
    connection: &impl ConnectionTrait,
    import: &import::Model,
    pass: &str,
    kind: ResultKind,
    after: &str,
) -> Result<Page<ResultRow>> {
    let mut select = import_result::Entity::find()
        .filter(import_result::Column::BusinessId.eq(import.business_id))
        .filter(import_result::Column::ImportId.eq(import.id))
        .filter(import_result::Column::Pass.eq(pass))
        .filter(import_result::Column::Kind.eq(kind.as_str()))
        // Ids rise in the order of the file.
        .order_by_asc(import_result::Column::Id)
        .limit(PAGE_ROWS + 1);
    if let Ok(after) = Uuid::parse_str(after) {
        select = select.filter(import_result::Column::Id.gt(after));
    }
    let page = Page::new(select.all(connection).await?, PAGE_ROWS, |row| row.id.to_string());
    let rows = rows(connection, import, page.rows).await?;
    Ok(Page { rows, next: page.next })
}

/// What an undo left.
async fn kept(connection: &impl ConnectionTrait, import: &import::Model) -> Result<Vec<ResultRow>> {
    if import.kept == 0 {
        return Ok(Vec::new());
    }
    let kept = import_result::Entity::find()
        .filter(import_result::Column::BusinessId.eq(import.business_id))
        .filter(import_result::Column::ImportId.eq(import.id))
        .filter(import_result::Column::Pass.eq(DONE))
        .filter(import_result::Column::Undo.eq(KEPT))
        .order_by_asc(import_result::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    rows(connection, import, kept).await
}

async fn rows(
    connection: &impl ConnectionTrait,
    import: &import::Model,
    results: Vec<import_result::Model>,
) -> Result<Vec<ResultRow>> {
    let subject = subject(import);
    // A past sale is shown on its customer's page.
    let buyers: std::collections::HashMap<Uuid, Uuid> = match subject {
        Subject::Sales => past_sale::Entity::find()
            .select_only()
            .columns([past_sale::Column::Id, past_sale::Column::CustomerId])
            .filter(past_sale::Column::BusinessId.eq(import.business_id))
            .filter(past_sale::Column::Id.is_in(results.iter().filter_map(|result| result.subject_id)))
            .into_tuple::<(Uuid, Uuid)>()
            .all(connection)
            .await?
            .into_iter()
            .collect(),
        _ => Default::default(),
    };
    Ok(results
        .into_iter()
        .map(|result| {
            let path = match (subject, result.subject_id) {
                (_, Some(_)) if result.undo == super::results::UNDONE => String::new(),
                (Subject::Items, Some(id)) => format!("/stock/{id}"),
                (Subject::Customers, Some(id)) => format!("/customers/{id}"),
                (Subject::Sales, Some(id)) => {
                    buyers.get(&id).map(|customer| format!("/customers/{customer}")).unwrap_or_default()
                }
                (_, None) => String::new(),
            };
            let first = problems_of(&result.problems).into_iter().next();
            let (line, column, reason) = match first {
                Some(problem) if problem.line > 0 => (problem.line, problem.column, Some(problem.reason)),
                Some(problem) => (result.line, problem.column, Some(problem.reason)),
                None => (result.line, String::new(), None),
            };
            ResultRow { line, label: result.label, column, reason, path, key: result.id.to_string() }
        })
        .collect())
}

async fn is_stuck(connection: &impl ConnectionTrait, import: &import::Model) -> Result<bool> {
    let job = job::Entity::find()
        .filter(job::Column::BusinessId.eq(import.business_id))
        .filter(job::Column::Kind.eq(JobKind::Import.as_str()))
        .filter(job::Column::SubjectId.eq(import.id))
        .filter(job::Column::State.is_in([STUCK, DISMISSED]))
        .one(connection)
        .await?;
    Ok(job.is_some())
}
