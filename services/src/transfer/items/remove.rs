//! Removing items and variants that an import made and that nobody has touched since.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::entities::{alias, item, item_tag, material, stock_movement, variant};

/// Removes items with all that is their own.
pub async fn remove(connection: &impl ConnectionTrait, business_id: Uuid, ids: &[Uuid]) -> Result<(), DbErr> {
    let variants = variant::Entity::find()
        .select_only()
        .column(variant::Column::Id)
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::ItemId.is_in(ids.iter().copied()))
        .into_query();
    stock_movement::Entity::delete_many()
        .filter(stock_movement::Column::BusinessId.eq(business_id))
        .filter(stock_movement::Column::VariantId.in_subquery(variants))
        .exec(connection)
        .await?;
    variant::Entity::delete_many()
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::ItemId.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    alias::Entity::delete_many()
        .filter(alias::Column::BusinessId.eq(business_id))
        .filter(alias::Column::ItemId.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    item_tag::Entity::delete_many()
        .filter(item_tag::Column::BusinessId.eq(business_id))
        .filter(item_tag::Column::ItemId.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    item::Entity::delete_many()
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::Id.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Removes variants of items that stay.
pub async fn remove_variants(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: &[Uuid],
) -> Result<(), DbErr> {
    stock_movement::Entity::delete_many()
        .filter(stock_movement::Column::BusinessId.eq(business_id))
        .filter(stock_movement::Column::VariantId.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    variant::Entity::delete_many()
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::Id.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Removes materials of which nothing is made.
pub async fn remove_materials(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: &[Uuid],
) -> Result<(), DbErr> {
    material::Entity::delete_many()
        .filter(material::Column::BusinessId.eq(business_id))
        .filter(material::Column::Id.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    Ok(())
}
