//! Items and their stock.

pub mod bulk;
pub(crate) mod codes;
pub mod count;
pub mod find;
pub mod item;
pub mod keywords;
pub mod list;
pub mod material;
pub mod pictures;
pub(crate) mod price;
mod search;
pub mod shelf;
pub mod stock;
pub(crate) mod variants;
mod words;

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    Result,
    entities::{alias, item_tag, variant},
};

/// The variants of some items that are still for sale, by item, in their order.
pub(crate) async fn variants_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    items: &[Uuid],
) -> Result<HashMap<Uuid, Vec<variant::Model>>> {
    let variants = variant::Entity::find()
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::ItemId.is_in(items.iter().copied()))
        .filter(variant::Column::RemovedAt.is_null())
        .order_by_asc(variant::Column::Position)
        .all(connection)
        .await?;
    Ok(group(variants, |variant| variant.item_id))
}

/// The aliases of some items, by item, in their order.
pub(crate) async fn aliases_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    items: &[Uuid],
) -> Result<HashMap<Uuid, Vec<alias::Model>>> {
    let aliases = alias::Entity::find()
        .filter(alias::Column::BusinessId.eq(business_id))
        .filter(alias::Column::ItemId.is_in(items.iter().copied()))
        .order_by_asc(alias::Column::Position)
        .all(connection)
        .await?;
    Ok(group(aliases, |alias| alias.item_id))
}

/// The tags of some items, by item, by the alphabet.
pub(crate) async fn tags_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    items: &[Uuid],
) -> Result<HashMap<Uuid, Vec<item_tag::Model>>> {
    let mut tags = item_tag::Entity::find()
        .filter(item_tag::Column::BusinessId.eq(business_id))
        .filter(item_tag::Column::ItemId.is_in(items.iter().copied()))
        .all(connection)
        .await?;
    // Asked to order them, SQLite would rather read all tags of the business by the alphabet.
    tags.sort_by(|one, other| one.tag_folded.cmp(&other.tag_folded));
    Ok(group(tags, |tag| tag.item_id))
}

/// Puts rows together by a key, keeping their order.
pub(crate) fn group<T>(rows: Vec<T>, key: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
