//! Blocked buyers: their comments go to review, and they get nothing from a line.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::customer::find;
use crate::{Result, Services, accounts::Actor, entities::customer, sales::claims::serve_the_waiting_of};

/// The blocked buyers of a business.
pub(crate) async fn blocked(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = customer::Entity::find()
        .select_only()
        .column(customer::Column::Id)
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::BlockedAt.is_not_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().collect())
}

/// Blocks a buyer. What they hold stays theirs until it is cancelled.
pub async fn block(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    set(services, actor, id, Some(services.now())).await
}

/// Takes a block back. What the buyer waited for is theirs again, as far as it is left.
pub async fn unblock(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    set(services, actor, id, None).await
}

async fn set(services: &Services, actor: &Actor, id: Uuid, blocked_at: Option<i64>) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let customer = find(&*write, actor.business_id, id).await?;
    if customer.blocked_at.is_some() == blocked_at.is_some() {
        return Ok(());
    }
    let mut row = customer.into_active_model();
    row.blocked_at = Set(blocked_at);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    if blocked_at.is_none() {
        serve_the_waiting_of(&write, actor.business_id, id, now).await?;
    }
    write.commit().await?;
    Ok(())
}

/// Whether a buyer is blocked.
pub async fn is_blocked(services: &Services, actor: &Actor, id: Uuid) -> Result<bool> {
    Ok(find(services.database.read(), actor.business_id, id).await?.blocked_at.is_some())
}
