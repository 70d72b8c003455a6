//! Taking the next job of a lane.
//!
//! What waits for its moment becomes due, and what is due is kept by business, so that each step is a look into an index
//! however many jobs there are.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    prelude::Expr,
    sea_query::{LockBehavior, LockType},
};
use uuid::Uuid;

use super::{
    JobKind, Lane, Reason, lanes,
    queue::{DUE, LEASE, QUEUED, RUNNING, STUCK},
};
use crate::{
    Error, Result, Services,
    database::Write,
    entities::job::{
        self,
        Column::{
            BusinessId, DueAgain, Generation, Id, Kind, Lane as LaneColumn, LastError, LeaseUntil,
            Reason as ReasonColumn, RunAt, State, Tries,
        },
    },
};

/// How many jobs become due, or are found without their worker, at one take; the rest follows at the next.
const AT_ONCE: u64 = 500;

fn of_lane(lane: Lane, state: &str) -> Select<job::Entity> {
    job::Entity::find().filter(LaneColumn.eq(lane.as_str())).filter(State.eq(state))
}

/// A newer server may have queued kinds that this one does not know; they are left to it.
fn known(select: Select<job::Entity>) -> Select<job::Entity> {
    select.filter(Kind.is_in(JobKind::ALL.iter().map(|kind| kind.as_str())))
}

fn waiting(lane: Lane, now: i64) -> Select<job::Entity> {
    of_lane(lane, QUEUED).filter(RunAt.lte(now)).order_by_asc(RunAt)
}

fn without_worker(lane: Lane, now: i64) -> Select<job::Entity> {
    of_lane(lane, RUNNING).filter(LeaseUntil.lte(now)).order_by_asc(LeaseUntil)
}

async fn is_any(connection: &impl ConnectionTrait, select: Select<job::Entity>) -> Result<bool> {
    let found: Option<Uuid> = select.select_only().column(Id).limit(1).into_tuple().one(connection).await?;
    Ok(found.is_some())
}

/// Whether there may be something to take. Most of the time there is not, and a look does not need to hold up those who
/// write.
async fn is_worth_a_write(services: &Services, lane: Lane, now: i64) -> Result<bool> {
    let read = services.database.read();
    if lanes::look(read, lane).await?.paused_until > now {
        return Ok(false);
    }
    Ok(is_any(read, waiting(lane, now)).await?
        || is_any(read, known(of_lane(lane, DUE))).await?
        || is_any(read, without_worker(lane, now)).await?)
}

/// The rows that a statement chose, kept from other takers; those that somebody else holds are passed over.
fn locked(write: &Write, select: Select<job::Entity>) -> Select<job::Entity> {
    match write.get_database_backend() {
        DbBackend::Postgres => select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
        _ => select,
    }
}

/// What came of looking for something to do.
#[derive(Default)]
pub(super) struct Taken {
    /// The job that is this worker's now.
    pub job: Option<job::Model>,
    /// The businesses with jobs that were found given up. Their screens must be told, which may have to wait for a write of
    /// theirs, and the job in hand does not wait for that.
    pub given_up: Vec<Uuid>,
}

/// Takes the job of a lane that is due longest of the business whose turn it is, if one is.
pub(super) async fn take(services: &Services, lane: Lane) -> Result<Taken> {
    let now = services.now();
    if !is_worth_a_write(services, lane, now).await? {
        return Ok(Taken::default());
    }
    let write = services.database.write_across().await?;
    let stands = lanes::hold(&write, lane).await?;
    if stands.paused_until > now {
        return Ok(Taken::default());
    }
    let given_up = recover(&write, lane, now).await?;
    promote(&write, lane, now).await?;
    // After a failure one job finds out whether things work again.
    let job = match stands.failures > 0 && is_any(&*write, of_lane(lane, RUNNING)).await? {
        true => None,
        false => match next(&write, lane, stands.served).await? {
            None if stands.served.is_some() => next(&write, lane, None).await?,
            found => found,
        },
    };
    let job = match job {
        Some(job) => Some(lease(&write, lane, job, now).await?),
        None => None,
    };
    write.commit().await?;
    Ok(Taken { job, given_up })
}

/// Tells the screens of some businesses that something of theirs is stuck. A screen that is not told shows it when it is
/// opened next, or with the next change, so a failure is only noted.
pub(super) async fn tell(services: Services, given_up: Vec<Uuid>) {
    for business_id in given_up {
        let told = async {
            services.database.write(business_id).await?.commit().await?;
            Ok::<(), Error>(())
        };
        if let Err(error) = told.await {
            tracing::warn!(%business_id, %error, "screens could not be told of what is stuck");
        }
    }
}

/// The job that has been due longest of the first business after `served`, in the order of their ids.
async fn next(write: &Write, lane: Lane, served: Option<Uuid>) -> Result<Option<job::Model>> {
    let mut select =
        known(of_lane(lane, DUE)).order_by_asc(BusinessId).order_by_asc(RunAt).order_by_asc(Id).limit(1);
    if let Some(served) = served {
        select = select.filter(BusinessId.gt(served));
    }
    Ok(locked(write, select).one(&**write).await?)
}

async fn lease(write: &Write, lane: Lane, mut job: job::Model, now: i64) -> Result<job::Model> {
    job.tries += 1;
    job.generation += 1;
    job.state = RUNNING.into();
    job.lease_until = Some(now + LEASE);
    job.due_again = false;
    job::Entity::update_many()
        .col_expr(State, Expr::value(RUNNING))
        .col_expr(Tries, Expr::value(job.tries))
        .col_expr(Generation, Expr::value(job.generation))
        .col_expr(LeaseUntil, Expr::value(job.lease_until))
        .col_expr(DueAgain, Expr::value(false))
        .filter(Id.eq(job.id))
        .exec(&**write)
        .await?;
    lanes::note_served(write, lane, job.business_id).await?;
    Ok(job)
}

/// Makes due whose moment has come.
async fn promote(write: &Write, lane: Lane, now: i64) -> Result<()> {
    let ids: Vec<Uuid> = locked(write, waiting(lane, now).limit(AT_ONCE))
        .select_only()
        .column(Id)
        .into_tuple()
        .all(&**write)
        .await?;
    if !ids.is_empty() {
        job::Entity::update_many()
            .col_expr(State, Expr::value(DUE))
            .filter(Id.is_in(ids))
            .exec(&**write)
            .await?;
    }
    Ok(())
}

/// Takes jobs back whose worker is presumed dead. One that never came to an end in all its tries waits for a person:
/// it may be what its workers die of. Gives the businesses of those.
async fn recover(write: &Write, lane: Lane, now: i64) -> Result<Vec<Uuid>> {
    let jobs = locked(write, without_worker(lane, now).limit(AT_ONCE)).all(&**write).await?;
    let mut given_up = Vec::new();
    for job in jobs {
        let max_tries = JobKind::parse(&job.kind).map_or(i64::MAX, JobKind::max_tries);
        let state = if job.due_again || job.tries < max_tries { DUE } else { STUCK };
        let mut update = job::Entity::update_many()
            .col_expr(State, Expr::value(state))
            .col_expr(LeaseUntil, Expr::value(Option::<i64>::None))
            .col_expr(DueAgain, Expr::value(false));
        if state == STUCK {
            update = update
                .col_expr(LastError, Expr::value("its worker ended without an answer"))
                .col_expr(ReasonColumn, Expr::value(Reason::Lost.as_str()));
            given_up.push(job.business_id);
        }
        update.filter(Id.eq(job.id)).exec(&**write).await?;
    }
    given_up.sort_unstable();
    given_up.dedup();
    Ok(given_up)
}
