//! Removing customers that an import made and of whom nothing else speaks.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entities::{customer, customer_address, customer_tag, handle};

/// Removes customers with all that is their own.
pub async fn remove(connection: &impl ConnectionTrait, business_id: Uuid, ids: &[Uuid]) -> Result<(), DbErr> {
    handle::Entity::delete_many()
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::CustomerId.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    customer_address::Entity::delete_many()
        .filter(customer_address::Column::BusinessId.eq(business_id))
        .filter(customer_address::Column::CustomerId.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    customer_tag::Entity::delete_many()
        .filter(customer_tag::Column::BusinessId.eq(business_id))
        .filter(customer_tag::Column::CustomerId.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    customer::Entity::delete_many()
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::Id.is_in(ids.iter().copied()))
        .exec(connection)
        .await?;
    Ok(())
}
