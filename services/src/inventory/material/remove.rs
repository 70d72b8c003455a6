//! Taking a material off the list, and putting it back. What is made of it keeps it, its price and its rate.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set, prelude::Expr};
use uuid::Uuid;

use super::find;
use crate::{Result, Services, accounts::Actor, database::Write, entities::material};

/// Takes a material off the list: no new item is made of it.
pub async fn remove(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    set_removed(services, actor, id, Some(services.now())).await
}

/// Puts a removed material back.
pub async fn restore(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    set_removed(services, actor, id, None).await
}

async fn set_removed(services: &Services, actor: &Actor, id: Uuid, at: Option<i64>) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let before = find(&*write, actor, id).await?;
    if before.removed_at.is_some() == at.is_some() {
        // Somebody else was faster; it keeps its time.
        return Ok(());
    }
    let mut row = before.into_active_model();
    row.removed_at = Set(at);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Puts those of some materials back that were removed, because something is made of them anew.
pub(crate) async fn put_back(
    write: &Write,
    business_id: Uuid,
    materials: impl Iterator<Item = &material::Model>,
) -> Result<()> {
    let removed: Vec<Uuid> = materials.filter(|row| row.removed_at.is_some()).map(|row| row.id).collect();
    if removed.is_empty() {
        return Ok(());
    }
    material::Entity::update_many()
        .col_expr(material::Column::RemovedAt, Expr::value(Option::<i64>::None))
        .filter(material::Column::BusinessId.eq(business_id))
        .filter(material::Column::Id.is_in(removed))
        .exec(&**write)
        .await?;
    Ok(())
}
