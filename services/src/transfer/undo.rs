//! Taking an import back, the last thing first, a batch at a time. What something later stands in the way of stays, and it
//! is told why.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use domain::transfer::{ImportState, Mapping, Reason, Subject};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
    prelude::Expr,
};
use uuid::Uuid;

use super::{
    customers, find, importer, items,
    results::{DID_SOMETHING, DONE, KEPT, StoredProblem, UNDONE, problems_text},
    sales, state, steps,
};
use crate::{
    Result, Services,
    database::Write,
    entities::{import, import_result},
    error::stored,
    jobs::Outcome,
};

/// Things of one batch.
const BATCH_THINGS: u64 = 500;
/// How long a worker stays with one undo before others have their turn.
const TURN: Duration = Duration::from_secs(5);

/// What became of things: nothing for those that were taken back, a reason for those that stay.
pub(super) type Outcomes = HashMap<Uuid, Option<Reason>>;

/// Undoes until nothing is left or the worker's turn ends.
pub(super) async fn undo(services: &Services, business_id: Uuid, import: import::Model) -> Result<Outcome> {
    let importer = importer(services.database.read(), &import).await?;
    let mapping: Mapping = stored(serde_json::from_str(&import.mapping).ok())?;
    let began = Instant::now();
    loop {
        let now = services.now();
        let write = services.database.write_by(&importer.actor).await?;
        if state(&find(&*write, business_id, import.id).await?)? != ImportState::Undoing {
            return Ok(Outcome::Done);
        }
        let results = next(&write, &import).await?;
        if results.is_empty() {
            steps::set_state(&write, services, &import, ImportState::Undone).await?;
            write.commit().await?;
            return Ok(Outcome::Done);
        }
        let outcomes = match mapping.subject {
            Subject::Items => items::undo(&write, &importer, &results, now).await?,
            Subject::Customers => customers::undo(&write, &importer, &results, now).await?,
            Subject::Sales => sales::undo(&write, &importer, &results, now).await?,
        };
        note(&write, &import, &results, &outcomes, now).await?;
        write.commit().await?;
        if began.elapsed() > TURN {
            return Ok(Outcome::Again(services.now()));
        }
    }
}

async fn next(write: &Write, import: &import::Model) -> Result<Vec<import_result::Model>> {
    Ok(import_result::Entity::find()
        .filter(import_result::Column::BusinessId.eq(import.business_id))
        .filter(import_result::Column::ImportId.eq(import.id))
        .filter(import_result::Column::Pass.eq(DONE))
        .filter(import_result::Column::Kind.is_in(DID_SOMETHING))
        .filter(import_result::Column::Undo.eq(""))
        .order_by_desc(import_result::Column::Id)
        .limit(BATCH_THINGS)
        .all(&**write)
        .await?)
}

/// Notes what became of each thing: one statement for what is undone, and one for each reason to stay.
async fn note(
    write: &Write,
    import: &import::Model,
    results: &[import_result::Model],
    outcomes: &Outcomes,
    now: i64,
) -> Result<()> {
    let reason_of = |result: &import_result::Model| outcomes.get(&result.id).cloned().flatten();
    let mut kept: Vec<(Reason, Vec<Uuid>)> = Vec::new();
    let mut undone = Vec::new();
    for result in results {
        match reason_of(result) {
            None => undone.push(result.id),
            Some(reason) => match kept.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, ids)) => ids.push(result.id),
                None => kept.push((reason, vec![result.id])),
            },
        }
    }
    let count = |ids: &[Uuid]| i64::try_from(ids.len()).unwrap_or_default();
    let kept_count: i64 = kept.iter().map(|(_, ids)| count(ids)).sum();
    let marked = |ids: Vec<Uuid>, mark: &str| {
        import_result::Entity::update_many()
            .col_expr(import_result::Column::Undo, Expr::value(mark))
            .filter(import_result::Column::BusinessId.eq(import.business_id))
            .filter(import_result::Column::Id.is_in(ids))
    };
    if !undone.is_empty() {
        marked(undone, UNDONE).exec(&**write).await?;
    }
    for (reason, ids) in kept {
        let problem = StoredProblem { line: 0, column: String::new(), reason };
        marked(ids, KEPT)
            .col_expr(import_result::Column::Problems, Expr::value(problems_text(&[problem])?))
            .exec(&**write)
            .await?;
    }
    let all = i64::try_from(results.len()).unwrap_or_default();
    import::Entity::update_many()
        .col_expr(import::Column::Done, Expr::col(import::Column::Done).add(all))
        .col_expr(import::Column::Kept, Expr::col(import::Column::Kept).add(kept_count))
        .col_expr(import::Column::UpdatedAt, Expr::value(now))
        .filter(import::Column::BusinessId.eq(import.business_id))
        .filter(import::Column::Id.eq(import.id))
        .exec(&**write)
        .await?;
    Ok(())
}

/// What is removed with everything that is its own.
#[derive(Clone, Copy)]
pub(super) enum Going {
    Items,
    /// Of items that stay.
    Variants,
    Materials,
    Customers,
}

/// Removes rows that other rows may speak of by now, and gives those that have to stay. Whatever table comes to speak of
/// such rows later is respected, because the database itself refuses.
pub(super) async fn remove_what_can_go(
    write: &Write,
    business_id: Uuid,
    going: Going,
    ids: Vec<Uuid>,
) -> Result<Vec<Uuid>> {
    let mut stay = Vec::new();
    let mut tried = vec![ids];
    while let Some(some) = tried.pop() {
        if some.is_empty() {
            continue;
        }
        let step = write.begin().await?;
        let removed = match going {
            Going::Items => items::remove(&step, business_id, &some).await,
            Going::Variants => items::remove_variants(&step, business_id, &some).await,
            Going::Materials => items::remove_materials(&step, business_id, &some).await,
            Going::Customers => customers::remove(&step, business_id, &some).await,
        };
        match removed {
            Ok(()) => step.commit().await?,
            Err(error) if is_spoken_of(&error) => {
                step.rollback().await?;
                match some.len() {
                    1 => stay.extend(some),
                    // Most often it is one of many; halves find it in a few steps.
                    several => {
                        let (left, right) = some.split_at(several / 2);
                        tried.push(left.to_vec());
                        tried.push(right.to_vec());
                    }
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(stay)
}

/// Whether rows could not be removed because others speak of them.
fn is_spoken_of(error: &sea_orm::DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::ForeignKeyConstraintViolation(_)))
}
