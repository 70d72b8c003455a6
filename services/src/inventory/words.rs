//! The words of an item: what else buyers call it, and what it is put together by.

use domain::text::fold;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::{
    Result,
    accounts::Actor,
    database::Write,
    entities::{alias, item_tag},
    new_id,
};

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
