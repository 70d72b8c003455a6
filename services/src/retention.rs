//! Throwing away what nobody needs any more: tables that grow with every day, and what they say of people.
//!
//! One server does it for all, for all businesses, some rows at a time: each batch is a write of its own, so that nobody waits
//! long for it, and a sweep that was cut off is gone on with an hour later.

use std::time::Duration;

use domain::{
    payments::AttemptState,
    time::{DAY, HOUR},
    transfer::ImportState,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set,
    prelude::Expr,
    sea_query::{IntoCondition, OnConflict},
};
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::{browsers::BROWSER_LIFE, tries},
    entities::{
        attempt, bulk_action, bulk_change, dismissal, import, import_result, known_browser, ledger, mail,
        session, sign_in_try, sweep, webhook_event,
    },
    jobs::{queue, stuck},
    transfer::stage,
};

/// How often old rows are looked for.
const EVERY: i64 = HOUR;
/// How often a server looks whether it is its turn.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// Rows of one write, and writes of one kind in a sweep; what is left over waits for the next.
const BATCH: u64 = 500;
const BATCHES: usize = 200;

/// Events of gateways. A gateway sends one again for a few days, and an old one is refused by its signature.
const EVENTS_KEPT: i64 = 60 * DAY;
/// What a change of many rows can be undone from.
const BULK_CHANGES_KEPT: i64 = 90 * DAY;
/// What an import can be undone from: how things were before it, names and addresses among them.
const IMPORT_RESULTS_KEPT: i64 = 90 * DAY;
/// Files that were sent and never imported.
const UNFINISHED_IMPORTS_KEPT: i64 = 7 * DAY;
/// Tries at paying of which nothing came.
const UNPAID_ATTEMPTS_KEPT: i64 = 180 * DAY;
/// Mails that were sent, or never could be: who got what, and when.
const MAILS_KEPT: i64 = 2 * 365 * DAY;

/// Throws away what is old, as often as it is due, for as long as the server runs; and looks after jobs that are in no lane.
pub async fn run(services: Services) {
    loop {
        match queue::adopt(&services).await {
            Ok(0) => {}
            Ok(jobs) => tracing::info!(jobs, "jobs of an older server were given their lanes"),
            Err(error) => tracing::error!(%error, "jobs cannot be given their lanes"),
        }
        if let Err(error) = sweep_if_due(&services).await {
            tracing::error!(%error, "old rows could not be thrown away");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Throws away what is old, unless this server or another has done so within the hour. Tells whether it did.
pub async fn sweep_if_due(services: &Services) -> Result<bool> {
    if !take_turn(services, "retention", EVERY).await? {
        return Ok(false);
    }
    sweep(services).await?;
    Ok(true)
}

/// Takes the turn to do something, if nobody has taken it for so many milliseconds: one statement, so that of several servers
/// one has it.
async fn take_turn(services: &Services, name: &str, every: i64) -> Result<bool> {
    use sweep::Column::{BeganAt, Name};
    let now = services.now();
    let last = sweep::Entity::find_by_id(name.to_owned()).one(services.database.read()).await?;
    if last.is_some_and(|last| last.began_at > now - every) {
        return Ok(false);
    }
    let write = services.database.write_across().await?;
    let turn = sweep::ActiveModel { name: Set(name.to_owned()), began_at: Set(now) };
    let taken = sweep::Entity::insert(turn)
        .on_conflict(
            OnConflict::column(Name)
                .update_column(BeganAt)
                .action_and_where(Expr::col((sweep::Entity, BeganAt)).lte(now - every))
                .to_owned(),
        )
        .exec_without_returning(&*write)
        .await?;
    write.commit().await?;
    Ok(taken > 0)
}

/// Goes through all tables. One that cannot be swept keeps the others from nothing; the first failure is told.
async fn sweep(services: &Services) -> Result<()> {
    let now = services.now();
    let before = |kept: i64| now - kept;
    let (tries, browsers) = (before(tries::FORGOTTEN_AFTER), before(BROWSER_LIFE));
    let (events, mails, attempts) = (before(EVENTS_KEPT), before(MAILS_KEPT), before(UNPAID_ATTEMPTS_KEPT));
    let outcomes = [
        delete_by::<sign_in_try::Entity, String>(services, sign_in_try::Column::Subject, || {
            sign_in_try::Column::Since.lte(tries).into_condition()
        })
        .await,
        delete_by::<session::Entity, Vec<u8>>(services, session::Column::TokenHash, || {
            session::Column::ExpiresAt.lte(now).into_condition()
        })
        .await,
        // The token of a browser may be known of several members; the condition is asked of each.
        delete_by::<known_browser::Entity, Vec<u8>>(services, known_browser::Column::TokenHash, || {
            known_browser::Column::SeenAt.lte(browsers).into_condition()
        })
        .await,
        delete_by::<webhook_event::Entity, Uuid>(services, webhook_event::Column::Id, || {
            webhook_event::Column::ReceivedAt.lte(events).into_condition()
        })
        .await,
        delete_by::<mail::Entity, Uuid>(services, mail::Column::Id, || {
            mail::Column::CreatedAt.lte(mails).into_condition()
        })
        .await,
        delete_by::<attempt::Entity, Uuid>(services, attempt::Column::Id, || unpaid_attempts(attempts)).await,
        delete_by::<dismissal::Entity, Uuid>(services, dismissal::Column::Id, stuck::orphans).await,
        bulk_changes(services, before(BULK_CHANGES_KEPT)).await,
        unfinished_imports(services, before(UNFINISHED_IMPORTS_KEPT)).await,
        import_results(services, before(IMPORT_RESULTS_KEPT)).await,
    ];
    outcomes.into_iter().collect()
}

/// Attempts that ended before a moment without money. Those that do not match wait for a person, whenever that is.
fn unpaid_attempts(before: i64) -> Condition {
    let booked = ledger::Entity::find().select_only().column(ledger::Column::AttemptId).into_query();
    Condition::all()
        .add(attempt::Column::State.is_in([AttemptState::Expired.as_str(), AttemptState::Refused.as_str()]))
        .add(attempt::Column::UpdatedAt.lte(before))
        .add(attempt::Column::Id.not_in_subquery(booked))
}

/// Deletes the rows of a table that a condition is true of, some at a time. The condition is asked again where they are
/// deleted, because a row may have come to be needed meanwhile.
async fn delete_by<E: EntityTrait, K>(
    services: &Services,
    key: E::Column,
    old: impl Fn() -> Condition,
) -> Result<()>
where
    K: sea_orm::TryGetable + Into<sea_orm::Value> + Send + Sync,
{
    for _ in 0..BATCHES {
        let some: Vec<K> = E::find()
            .select_only()
            .column(key)
            .filter(old())
            .limit(BATCH)
            .into_tuple()
            .all(services.database.read())
            .await?;
        let is_last = (some.len() as u64) < BATCH;
        if !some.is_empty() {
            let write = services.database.write_across().await?;
            E::delete_many().filter(old()).filter(key.is_in(some)).exec(&*write).await?;
            write.commit().await?;
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

/// Changes of many rows, first what each row held, then the change itself: it cannot be undone any more.
async fn bulk_changes(services: &Services, before: i64) -> Result<()> {
    let is_old = || bulk_action::Column::CreatedAt.lte(before).into_condition();
    let old = || {
        let actions = bulk_action::Entity::find().select_only().column(bulk_action::Column::Id);
        let of_old = actions.filter(is_old()).into_query();
        bulk_change::Column::ActionId.in_subquery(of_old).into_condition()
    };
    for _ in 0..BATCHES {
        let some: Vec<(Uuid, Uuid)> = bulk_change::Entity::find()
            .select_only()
            .columns([bulk_change::Column::ActionId, bulk_change::Column::SubjectId])
            .filter(old())
            .order_by_asc(bulk_change::Column::ActionId)
            .limit(BATCH)
            .into_tuple()
            .all(services.database.read())
            .await?;
        let Some((action, _)) = some.first() else { break };
        // Rows of one action at a time: its id and theirs are the key.
        let subjects = some.iter().filter(|(of, _)| of == action).map(|(_, subject)| *subject);
        let write = services.database.write_across().await?;
        bulk_change::Entity::delete_many()
            .filter(bulk_change::Column::ActionId.eq(*action))
            .filter(bulk_change::Column::SubjectId.is_in(subjects))
            .exec(&*write)
            .await?;
        write.commit().await?;
    }
    let has_changes = bulk_change::Entity::find().select_only().column(bulk_change::Column::ActionId);
    let has_changes = has_changes.into_query();
    let is_empty = || bulk_action::Column::Id.not_in_subquery(has_changes.clone());
    delete_by::<bulk_action::Entity, Uuid>(services, bulk_action::Column::Id, || is_old().add(is_empty()))
        .await
}

/// Imports in some states that nothing happened to since a moment, with their businesses.
async fn old_imports(
    connection: &impl ConnectionTrait,
    states: &[ImportState],
    before: i64,
) -> Result<Vec<(Uuid, Uuid)>> {
    Ok(import::Entity::find()
        .select_only()
        .columns([import::Column::BusinessId, import::Column::Id])
        .filter(import::Column::State.is_in(states.iter().map(|state| state.as_str())))
        .filter(import::Column::UpdatedAt.lte(before))
        .order_by_asc(import::Column::UpdatedAt)
        .limit(BATCH)
        .into_tuple()
        .all(connection)
        .await?)
}

/// Files that nobody went on with, with their rows.
async fn unfinished_imports(services: &Services, before: i64) -> Result<()> {
    let unfinished = [ImportState::Reading, ImportState::Mapping, ImportState::Checked];
    for (business_id, id) in old_imports(services.database.read(), &unfinished, before).await? {
        loop {
            let write = services.database.write(business_id).await?;
            // Somebody may have gone on with it in this very moment.
            let is_old = import::Entity::find_by_id(id)
                .filter(import::Column::State.is_in(unfinished.map(ImportState::as_str)))
                .filter(import::Column::UpdatedAt.lte(before))
                .one(&*write)
                .await?
                .is_some();
            if !is_old || stage::forget_some(&write, business_id, id, BATCH).await? {
                write.commit().await?;
                break;
            }
            write.commit().await?;
        }
    }
    Ok(())
}

/// What imports can be undone from. They stay on the list, as those that cannot be undone any more.
async fn import_results(services: &Services, before: i64) -> Result<()> {
    for (business_id, id) in old_imports(services.database.read(), &[ImportState::Done], before).await? {
        let write = services.database.write(business_id).await?;
        import::Entity::update_many()
            .col_expr(import::Column::State, Expr::value(ImportState::Settled.as_str()))
            .col_expr(import::Column::Samples, Expr::value("[]"))
            .filter(import::Column::BusinessId.eq(business_id))
            .filter(import::Column::Id.eq(id))
            .filter(import::Column::State.eq(ImportState::Done.as_str()))
            .filter(import::Column::UpdatedAt.lte(before))
            .exec(&*write)
            .await?;
        write.commit().await?;
    }
    let over = || {
        let states = [ImportState::Settled, ImportState::Undone].map(ImportState::as_str);
        let imports = import::Entity::find().select_only().column(import::Column::Id);
        let imports = imports.filter(import::Column::State.is_in(states));
        let imports = imports.filter(import::Column::UpdatedAt.lte(before));
        import_result::Column::ImportId.in_subquery(imports.into_query()).into_condition()
    };
    delete_by::<import_result::Entity, Uuid>(services, import_result::Column::Id, over).await
}
