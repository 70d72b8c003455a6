//! The queue's rows.

use std::{collections::BTreeSet, time::Duration};

use domain::time::SECOND;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, IntoActiveModel,
    ModelTrait, QueryFilter, QuerySelect, Set,
    prelude::Expr,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use super::{JobKind, Lane, Outcome, Reason, lanes, pause, stuck};
use crate::{
    Error, Result, Services,
    database::Write,
    entities::job::{
        self,
        Column::{
            BusinessId, DueAgain, Generation, Id, Kind, Lane as LaneColumn, LeaseUntil,
            Reason as ReasonColumn, RunAt, State, SubjectId, Tries,
        },
    },
    new_id,
};

/// Its moment has not come, or was not noticed yet.
pub(super) const QUEUED: &str = "queued";
/// It can be taken.
pub(super) const DUE: &str = "due";
pub(super) const RUNNING: &str = "running";
/// Given up; a person must look.
pub(crate) const STUCK: &str = "stuck";
/// A person looked and set it aside.
pub(crate) const DISMISSED: &str = "dismissed";

/// How long a job belongs to the worker that took it, unless the worker renews its lease: what a killed worker leaves
/// behind waits this long at most.
pub(super) const LEASE: i64 = 20 * SECOND;
/// How often a worker renews the lease of the job that it carries out: a renewal may come late or fail once.
pub(super) const RENEW_EVERY: Duration = Duration::from_secs(6);
/// Rows written with one statement: SQLite takes 32,766 parameters, and a row has fifteen.
const ROWS_AT_ONCE: usize = 1_000;

/// Queues jobs of one kind. A job that is there already is made due at `run_at`; if it is running, it runs again.
pub async fn enqueue(
    write: &Write,
    business_id: Uuid,
    kind: JobKind,
    subjects: impl IntoIterator<Item = Uuid>,
    run_at: i64,
) -> Result<()> {
    put(write, business_id, kind, subjects.into_iter().collect(), run_at, None).await
}

/// Queues a job of one kind that is carried out at `run_at` at the latest. One that is there already and comes sooner stays as
/// it is, and so does one that is running: how it ends says when it comes again.
pub(crate) async fn enqueue_by(
    write: &Write,
    business_id: Uuid,
    kind: JobKind,
    subject: Uuid,
    run_at: i64,
) -> Result<()> {
    let state = || Expr::col((job::Entity, State));
    let comes_sooner = state().is_in([QUEUED, DUE]).and(Expr::col((job::Entity, RunAt)).lte(run_at));
    let comes_too_late = comes_sooner.or(state().eq(RUNNING)).not();
    put(write, business_id, kind, BTreeSet::from([subject]), run_at, Some(comes_too_late)).await
}

/// Queues jobs of one kind. Those that are there already are changed, where `only_if` holds for them. PostgreSQL does not write
/// a row twice with one statement, so no subject comes twice.
async fn put(
    write: &Write,
    business_id: Uuid,
    kind: JobKind,
    subjects: BTreeSet<Uuid>,
    run_at: i64,
    only_if: Option<Expr>,
) -> Result<()> {
    let is_running = || Expr::col((job::Entity, State)).eq(RUNNING);
    let subjects: Vec<Uuid> = subjects.into_iter().collect();
    for some in subjects.chunks(ROWS_AT_ONCE) {
        // What goes on is not set aside any more.
        stuck::forget_dismissals(write, business_id, kind, some).await?;
        let rows = some.iter().map(|subject_id| job::ActiveModel {
            id: Set(new_id()),
            business_id: Set(business_id),
            kind: Set(kind.as_str().into()),
            subject_id: Set(*subject_id),
            state: Set(QUEUED.into()),
            run_at: Set(run_at),
            tries: Set(0),
            lease_until: Set(None),
            last_error: Set(String::new()),
            created_at: Set(run_at),
            lane: Set(kind.lane().as_str().into()),
            generation: Set(0),
            due_again: Set(false),
            reason: Set(String::new()),
        });
        let known = OnConflict::columns([Kind, SubjectId])
            .value(RunAt, run_at)
            .value(Tries, 0)
            .value(ReasonColumn, "")
            // A server of before there were lanes may have queued it (see `adopt`).
            .value(LaneColumn, kind.lane().as_str())
            // A running job keeps its lease; its end sees that it is due again.
            .value(State, Expr::case(is_running(), RUNNING).finally(QUEUED))
            .value(DueAgain, Expr::case(is_running(), true).finally(false))
            .action_and_where_option(only_if.clone())
            .to_owned();
        job::Entity::insert_many(rows).on_conflict(known).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Gives the jobs that are in no lane their lane. While servers are replaced one after the other, one of before there were
/// lanes goes on queueing for a while, and nobody would look at what it leaves behind. Kinds that this server does not
/// know are left to those that do. Tells how many there were.
pub async fn adopt(services: &Services) -> Result<u64> {
    const NO_LANE: &str = "";
    let homeless: Option<Uuid> = job::Entity::find()
        .select_only()
        .column(Id)
        .filter(LaneColumn.eq(NO_LANE))
        .limit(1)
        .into_tuple()
        .one(services.database.read())
        .await?;
    if homeless.is_none() {
        return Ok(0);
    }
    let write = services.database.write_across().await?;
    let mut adopted = 0;
    for lane in Lane::ALL {
        let kinds = JobKind::ALL.iter().filter(|kind| kind.lane() == *lane).map(|kind| kind.as_str());
        adopted += job::Entity::update_many()
            .col_expr(LaneColumn, Expr::value(lane.as_str()))
            .filter(LaneColumn.eq(NO_LANE))
            .filter(Kind.is_in(kinds))
            .exec(&*write)
            .await?
            .rows_affected;
    }
    write.commit().await?;
    Ok(adopted)
}

/// Those of some jobs that no worker has in hand, kept from workers until the write ends.
pub(crate) async fn not_running(
    write: &Write,
    business_id: Uuid,
    kind: JobKind,
    subjects: &[Uuid],
) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for some in subjects.chunks(ROWS_AT_ONCE) {
        let mut select = job::Entity::find()
            .select_only()
            .column(SubjectId)
            .filter(BusinessId.eq(business_id))
            .filter(Kind.eq(kind.as_str()))
            .filter(SubjectId.is_in(some.iter().copied()))
            .filter(State.ne(RUNNING));
        if write.get_database_backend() == DbBackend::Postgres {
            select = select.lock(LockType::Update);
        }
        found.extend(select.into_tuple::<Uuid>().all(&**write).await?);
    }
    Ok(found)
}

/// Says that the worker is alive and still at its job. False if the job is not its own any more.
pub(super) async fn renew(services: &Services, job: &job::Model) -> Result<bool> {
    let write = services.database.write_across().await?;
    let renewed = job::Entity::update_many()
        .col_expr(LeaseUntil, Expr::value(services.now() + LEASE))
        .filter(Id.eq(job.id))
        .filter(Generation.eq(job.generation))
        .filter(State.eq(RUNNING))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(renewed.rows_affected > 0)
}

/// Gives a job back that was not carried out to its end, for another worker to take at once. It was no try.
pub(super) async fn give_back(services: &Services, job: &job::Model) -> Result<()> {
    let write = services.database.write_across().await?;
    job::Entity::update_many()
        .col_expr(State, Expr::value(QUEUED))
        .col_expr(RunAt, Expr::value(services.now()))
        .col_expr(Tries, Expr::case(Expr::col(DueAgain).eq(true), 0_i64).finally(job.tries - 1).into())
        .col_expr(DueAgain, Expr::value(false))
        .col_expr(LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(Id.eq(job.id))
        .filter(Generation.eq(job.generation))
        .filter(State.eq(RUNNING))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// What becomes of a job's row.
enum End {
    Deleted,
    Later { state: &'static str, run_at: i64, tries: i64, failure: Option<(Reason, String)> },
}

impl End {
    fn of(job: &job::Model, kind: JobKind, outcome: Outcome, now: i64) -> End {
        match outcome {
            Outcome::Done => End::Deleted,
            Outcome::Again(run_at) => End::Later { state: QUEUED, run_at, tries: 0, failure: None },
            Outcome::Failed(error) => {
                let is_outage = kind.lane().is_outage(&error);
                let is_passing = is_outage || !matches!(&error, Error::Port(port) if !port.is_passing());
                let state = if is_passing && job.tries < kind.max_tries() { QUEUED } else { STUCK };
                // While the whole lane rests no job of it needs to; it only makes room for others of its business.
                let run_at = if is_outage { now } else { now + pause(job.tries) };
                let failure = Some((Reason::of(&error), error.to_string()));
                End::Later { state, run_at, tries: job.tries, failure }
            }
        }
    }

    fn is_stuck(&self) -> bool {
        matches!(self, End::Later { state: STUCK, .. })
    }
}

/// Notes how a job ended. Where somebody made the job due again while it ran, it stays in the queue. False if the worker has
/// lost its lease meanwhile: then how it ended is its successor's to say.
pub(super) async fn finish(
    services: &Services,
    job: &job::Model,
    kind: JobKind,
    outcome: Outcome,
) -> Result<bool> {
    let now = services.now();
    let outage = match &outcome {
        Outcome::Failed(error) if kind.lane().is_outage(error) => Some(Reason::of(error)),
        _ => None,
    };
    let end = End::of(job, kind, outcome, now);
    // Open screens are told of what they show, and of jobs they show those that are stuck.
    let write = match end.is_stuck() {
        true => services.database.write(job.business_id).await?,
        false => services.database.write_across().await?,
    };
    match outage {
        Some(reason) => lanes::note_outage(&write, kind.lane(), reason, now).await?,
        None => lanes::note_answer(&write, kind.lane()).await?,
    }
    let row = hold_own(&write, job).await?;
    let is_own = row.is_some();
    match (row, end) {
        (None, _) => {}
        (Some(row), _) if row.due_again => {
            let mut row = row.into_active_model();
            row.state = Set(QUEUED.into());
            row.due_again = Set(false);
            row.lease_until = Set(None);
            row.update(&*write).await?;
        }
        (Some(row), End::Deleted) => {
            row.delete(&*write).await?;
        }
        (Some(row), End::Later { state, run_at, tries, failure }) => {
            let (reason, error) = failure
                .map_or((String::new(), String::new()), |(reason, error)| (reason.as_str().into(), error));
            let mut row = row.into_active_model();
            row.state = Set(state.into());
            row.run_at = Set(run_at);
            row.tries = Set(tries);
            row.last_error = Set(error);
            row.reason = Set(reason);
            row.lease_until = Set(None);
            row.update(&*write).await?;
        }
    }
    write.commit().await?;
    Ok(is_own)
}

/// The row of a job that is still its worker's, kept so until the write ends: whoever makes it due again has done so before,
/// and it is seen, or waits, and finds how it ended. On PostgreSQL each statement sees what was committed by then, so that a
/// row which is judged with one and ended with another would lose what came in between.
async fn hold_own(write: &Write, job: &job::Model) -> Result<Option<job::Model>> {
    let mut select =
        job::Entity::find_by_id(job.id).filter(Generation.eq(job.generation)).filter(State.eq(RUNNING));
    if write.get_database_backend() == DbBackend::Postgres {
        select = select.lock(LockType::Update);
    }
    Ok(select.one(&**write).await?)
}
