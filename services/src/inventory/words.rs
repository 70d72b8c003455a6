//! The words of an item: what else buyers call it, and what it is put together by.

use domain::text::fold;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{aliases_of, tags_of};

use crate::{
    Result,
    accounts::Actor,
    database::Write,
    entities::{alias, item_tag},
    new_id,
};

/// The aliases of an item between commas, as its form has them.
pub(super) async fn aliases_text(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    item_id: Uuid,
) -> Result<String> {
    let aliases = aliases_of(connection, actor.business_id, &[item_id]).await?.remove(&item_id);
    let aliases: Vec<String> = aliases.into_iter().flatten().map(|row| row.alias).collect();
    Ok(aliases.join(", "))
}

/// The tags of an item between commas, as its form has them.
pub(super) async fn tags_text(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    item_id: Uuid,
) -> Result<String> {
    let tags = tags_of(connection, actor.business_id, &[item_id]).await?.remove(&item_id);
    let tags: Vec<String> = tags.into_iter().flatten().map(|row| row.tag).collect();
    Ok(tags.join(", "))
}

/// Makes the aliases of an item those of the form.
pub(super) async fn save_aliases(
    write: &Write,
    actor: &Actor,
    item_id: Uuid,
    aliases: &[String],
) -> Result<()> {
    alias::Entity::delete_many()
        .filter(alias::Column::BusinessId.eq(actor.business_id))
        .filter(alias::Column::ItemId.eq(item_id))
        .exec(&**write)
        .await?;
    let rows = aliases.iter().zip(0..).map(|(alias, position)| alias::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        item_id: Set(item_id),
        alias: Set(alias.clone()),
        alias_folded: Set(fold(alias)),
        position: Set(position),
    });
    alias::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    Ok(())
}

/// Makes the tags of an item those of the form.
pub(super) async fn save_tags(write: &Write, actor: &Actor, item_id: Uuid, tags: &[String]) -> Result<()> {
    item_tag::Entity::delete_many()
        .filter(item_tag::Column::BusinessId.eq(actor.business_id))
        .filter(item_tag::Column::ItemId.eq(item_id))
        .exec(&**write)
        .await?;
    let rows = tags.iter().map(|tag| item_tag::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        item_id: Set(item_id),
        tag: Set(tag.clone()),
        tag_folded: Set(fold(tag)),
    });
    item_tag::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    Ok(())
}
