//! The tags of a customer.

use std::collections::HashSet;

use domain::text::fold;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use crate::{Result, database::Write, entities::customer_tag, new_id};

/// The tags of a customer in the order in which they were added.
pub(super) async fn of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    customer_id: Uuid,
) -> Result<Vec<customer_tag::Model>> {
    Ok(customer_tag::Entity::find()
        .filter(customer_tag::Column::BusinessId.eq(business_id))
        .filter(customer_tag::Column::CustomerId.eq(customer_id))
        .order_by_asc(customer_tag::Column::Id)
        .all(connection)
        .await?)
}

/// Makes the tags of a customer those.
pub(super) async fn store(
    write: &Write,
    business_id: Uuid,
    customer_id: Uuid,
    tags: &[String],
) -> Result<()> {
    let wanted: HashSet<String> = tags.iter().map(|tag| fold(tag)).collect();
    let stored = of(&**write, business_id, customer_id).await?;
    let gone: Vec<Uuid> =
        stored.iter().filter(|tag| !wanted.contains(&tag.tag_folded)).map(|tag| tag.id).collect();
    if !gone.is_empty() {
        customer_tag::Entity::delete_many()
            .filter(customer_tag::Column::BusinessId.eq(business_id))
            .filter(customer_tag::Column::Id.is_in(gone))
            .exec(&**write)
            .await?;
    }
    let known: HashSet<&str> = stored.iter().map(|tag| tag.tag_folded.as_str()).collect();
    let new: Vec<&str> =
        tags.iter().map(String::as_str).filter(|tag| !known.contains(fold(tag).as_str())).collect();
    add(write, business_id, customer_id, &new).await?;
    Ok(())
}

/// Adds tags that the customer does not have, and gives their rows.
pub(super) async fn add(
    write: &Write,
    business_id: Uuid,
    customer_id: Uuid,
    tags: &[&str],
) -> Result<Vec<Uuid>> {
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, &str)> = tags.iter().map(|tag| (new_id(), *tag)).collect();
    customer_tag::Entity::insert_many(rows.iter().map(|(id, tag)| customer_tag::ActiveModel {
        id: Set(*id),
        business_id: Set(business_id),
        customer_id: Set(customer_id),
        tag: Set((*tag).to_owned()),
        tag_folded: Set(fold(tag)),
    }))
    .exec_without_returning(&**write)
    .await?;
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}
