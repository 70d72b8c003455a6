//! The queue's rows.

use std::time::Duration;

use domain::time::SECOND;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
    prelude::Expr,
    sea_query::{LockBehavior, LockType, OnConflict},
};
use uuid::Uuid;

use super::{JobKind, Outcome, pause};
use crate::{Result, Services, database::Write, entities::job, new_id};

const QUEUED: &str = "queued";
const RUNNING: &str = "running";
/// Given up; a person must look.
pub(crate) const STUCK: &str = "stuck";

/// How long a job belongs to the worker that took it, unless the worker renews its lease: what a killed worker leaves
/// behind waits this long at most.
const LEASE: i64 = 20 * SECOND;
/// How often a worker renews the lease of the job that it carries out: a renewal may come late or fail once.
pub(super) const RENEW_EVERY: Duration = Duration::from_secs(6);

/// Queues jobs of one kind. A job that is there already is made due at `run_at`; if it is running, it runs again.
pub async fn enqueue(
    write: &Write,
    business_id: Uuid,
    kind: JobKind,
    subjects: impl IntoIterator<Item = Uuid>,
    run_at: i64,
) -> Result<()> {
    let rows = subjects.into_iter().map(|subject_id| job::ActiveModel {
        id: Set(new_id()),
        business_id: Set(business_id),
        kind: Set(kind.as_str().into()),
        subject_id: Set(subject_id),
        state: Set(QUEUED.into()),
        run_at: Set(run_at),
        tries: Set(0),
        lease_until: Set(None),
        last_error: Set(String::new()),
        created_at: Set(run_at),
    });
    job::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::columns([job::Column::Kind, job::Column::SubjectId])
                .value(job::Column::RunAt, run_at)
                .value(job::Column::Tries, 0)
                .value(
                    job::Column::State,
                    // A running job keeps its lease; its end sees that it is due again.
                    Expr::case(Expr::col((job::Entity, job::Column::State)).eq(RUNNING), RUNNING)
                        .finally(QUEUED),
                )
                .to_owned(),
        )
        .exec_without_returning(&**write)
        .await?;
    Ok(())
}

/// Takes the job that has been due longest, if one is.
pub(super) async fn take(services: &Services) -> Result<Option<job::Model>> {
    use job::Column::{Id, LeaseUntil, RunAt, State, Tries};
    let now = services.now();
    let due = Condition::any()
        .add(Condition::all().add(State.eq(QUEUED)).add(RunAt.lte(now)))
        .add(Condition::all().add(State.eq(RUNNING)).add(LeaseUntil.lte(now)));
    // Most of the time nothing is due, and a look does not need to hold up those who write.
    let waiting = job::Entity::find().filter(due.clone()).limit(1).one(services.database.read()).await?;
    if waiting.is_none() {
        return Ok(None);
    }
    let write = services.database.write_across().await?;
    let mut select = job::Entity::find().filter(due).order_by_asc(RunAt).order_by_asc(Id).limit(1);
    if write.get_database_backend() == DbBackend::Postgres {
        select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let Some(mut job) = select.one(&*write).await? else { return Ok(None) };
    job.tries += 1;
    job.state = RUNNING.into();
    job.lease_until = Some(now + LEASE);
    job::Entity::update_many()
        .col_expr(State, Expr::value(RUNNING))
        .col_expr(Tries, Expr::value(job.tries))
        .col_expr(LeaseUntil, Expr::value(now + LEASE))
        .filter(Id.eq(job.id))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(Some(job))
}

/// Says that the worker is alive and still at its job.
pub(super) async fn renew(services: &Services, job_id: Uuid) -> Result<()> {
    let write = services.database.write_across().await?;
    job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(services.now() + LEASE))
        .filter(job::Column::Id.eq(job_id))
        .filter(job::Column::State.eq(RUNNING))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// Notes how a job ended. Where somebody made the job due again while it ran, it stays in the queue.
pub(super) async fn finish(
    services: &Services,
    job: &job::Model,
    kind: JobKind,
    outcome: Outcome,
) -> Result<()> {
    use job::Column::{Id, LastError, LeaseUntil, RunAt, State, Tries};
    let now = services.now();
    let write = services.database.write(job.business_id).await?;
    let untouched = Condition::all().add(Id.eq(job.id)).add(RunAt.eq(job.run_at));
    let (state, run_at, tries, error) = match outcome {
        Outcome::Done => {
            job::Entity::delete_many().filter(untouched).exec(&*write).await?;
            (QUEUED, None, 0, String::new())
        }
        Outcome::Again(run_at) => (QUEUED, Some(run_at), 0, String::new()),
        Outcome::Failed(error) => {
            let passing = !matches!(&error, crate::Error::Port(port) if !port.is_passing());
            let state = if passing && job.tries < kind.max_tries() { QUEUED } else { STUCK };
            (state, Some(now + pause(job.tries)), job.tries, error.to_string())
        }
    };
    if let Some(run_at) = run_at {
        job::Entity::update_many()
            .col_expr(State, Expr::value(state))
            .col_expr(RunAt, Expr::value(run_at))
            .col_expr(Tries, Expr::value(tries))
            .col_expr(LastError, Expr::value(error))
            .filter(Id.eq(job.id))
            .filter(RunAt.eq(job.run_at))
            .exec(&*write)
            .await?;
    }
    // Whatever is left in the running state was made due again meanwhile.
    job::Entity::update_many()
        .col_expr(State, Expr::value(QUEUED))
        .filter(Id.eq(job.id))
        .filter(State.eq(RUNNING))
        .exec(&*write)
        .await?;
    job::Entity::update_many()
        .col_expr(LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(Id.eq(job.id))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// Makes all jobs of a business that gave up due again.
pub async fn retry_stuck(services: &Services, actor: &crate::accounts::Actor) -> Result<()> {
    let write = services.database.write(actor.business_id).await?;
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(QUEUED))
        .col_expr(job::Column::RunAt, Expr::value(services.now()))
        .col_expr(job::Column::Tries, Expr::value(0_i64))
        .filter(job::Column::BusinessId.eq(actor.business_id))
        .filter(job::Column::State.eq(STUCK))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// The jobs of a business that gave up, the oldest first.
pub(crate) async fn stuck(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    limit: u64,
) -> Result<Vec<job::Model>> {
    Ok(job::Entity::find()
        .filter(job::Column::BusinessId.eq(business_id))
        .filter(job::Column::State.eq(STUCK))
        .order_by_asc(job::Column::Id)
        .limit(limit)
        .all(connection)
        .await?)
}
