//! How each lane stands: whose turn is next, and whether it rests because what it works with does not answer.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
    prelude::Expr,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use super::{Lane, Reason, rest};
use crate::{
    Result,
    database::Write,
    entities::job_lane::{ActiveModel, Column, Entity, Model},
    error::OrNotFound,
};

fn untouched(lane: Lane) -> Model {
    Model { lane: lane.as_str().into(), served: None, failures: 0, paused_until: 0, reason: String::new() }
}

/// How a lane stands.
pub(super) async fn look(connection: &impl ConnectionTrait, lane: Lane) -> Result<Model> {
    let known = Entity::find_by_id(lane.as_str()).one(connection).await?;
    Ok(known.unwrap_or_else(|| untouched(lane)))
}

/// How a lane stands, kept so until the write ends: on PostgreSQL the takers of a lane follow one another.
pub(super) async fn hold(write: &Write, lane: Lane) -> Result<Model> {
    let mut select = Entity::find_by_id(lane.as_str());
    if write.get_database_backend() == DbBackend::Postgres {
        select = select.lock(LockType::Update);
    }
    if let Some(known) = select.clone().one(&**write).await? {
        return Ok(known);
    }
    Entity::insert(untouched(lane).into_active_model().reset_all())
        .on_conflict(OnConflict::column(Column::Lane).do_nothing().to_owned())
        .exec_without_returning(&**write)
        .await?;
    select.one(&**write).await?.or_not_found()
}

/// Notes which business was served.
pub(super) async fn note_served(write: &Write, lane: Lane, business_id: Uuid) -> Result<()> {
    let row =
        ActiveModel { lane: Set(lane.as_str().into()), served: Set(Some(business_id)), ..Default::default() };
    Entity::update(row).exec(&**write).await?;
    Ok(())
}

/// Lets a lane rest, the longer the more often it failed in a row. Of several workers that meet the same failure at once,
/// the first one's counts.
pub(super) async fn note_outage(write: &Write, lane: Lane, reason: Reason, now: i64) -> Result<()> {
    let known = hold(write, lane).await?;
    if known.paused_until > now {
        return Ok(());
    }
    let failures = known.failures + 1;
    let mut row = known.into_active_model();
    row.failures = Set(failures);
    row.paused_until = Set(now + rest(failures));
    row.reason = Set(reason.as_str().into());
    Entity::update(row).exec(&**write).await?;
    tracing::warn!(lane = lane.as_str(), failures, seconds = rest(failures) / 1_000, "a lane rests");
    Ok(())
}

/// Notes that what the lane works with answered.
pub(super) async fn note_answer(write: &Write, lane: Lane) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Failures, Expr::value(0_i64))
        .col_expr(Column::PausedUntil, Expr::value(0_i64))
        .col_expr(Column::Reason, Expr::value(""))
        .filter(Column::Lane.eq(lane.as_str()))
        .filter(Column::Failures.gt(0))
        .exec(&**write)
        .await?;
    Ok(())
}
