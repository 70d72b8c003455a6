//! Finding what a code means that was scanned or typed whole.

use domain::{inventory::shelf::scanned, text::fold};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::Actor,
    entities::{item, variant},
};

/// Variants of one item or with one code that are looked at.
const LOOKED_AT: u64 = 500;

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// One variant and its item.
    Variant(Box<variant::Model>),
    /// An item of several variants.
    Item(Uuid),
    Nothing,
}

/// What a code, a variant's code or a barcode means, exactly but for case and width. An item for sale comes before one
/// that is archived.
pub(crate) async fn find(connection: &impl ConnectionTrait, business_id: Uuid, typed: &str) -> Result<Found> {
    let code = scanned(typed);
    let folded = fold(&code);
    if folded.is_empty() {
        return Ok(Found::Nothing);
    }
    for by in [variant::Column::CodeFolded.eq(&folded), variant::Column::Barcode.eq(code.trim())] {
        let variants = variant::Entity::find()
            .filter(variant::Column::BusinessId.eq(business_id))
            .filter(variant::Column::RemovedAt.is_null())
            .filter(by)
            .order_by_desc(variant::Column::Id)
            .limit(LOOKED_AT)
            .all(connection)
            .await?;
        if let Some(variant) = for_sale(connection, business_id, variants).await? {
            return Ok(Found::Variant(Box::new(variant)));
        }
    }
    let item = item::Entity::find()
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::CodeFolded.eq(&folded))
        .one(connection)
        .await?;
    let Some(item) = item else { return Ok(Found::Nothing) };
    let mut variants = variant::Entity::find()
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::ItemId.eq(item.id))
        .filter(variant::Column::RemovedAt.is_null())
        .limit(2)
        .all(connection)
        .await?;
    Ok(match variants.pop().filter(|_| variants.is_empty()) {
        Some(only) => Found::Variant(Box::new(only)),
        None => Found::Item(item.id),
    })
}

/// The first variant whose item is for sale, else the first.
async fn for_sale(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: Vec<variant::Model>,
) -> Result<Option<variant::Model>> {
    if variants.len() < 2 {
        return Ok(variants.into_iter().next());
    }
    let for_sale: Vec<Uuid> = item::Entity::find()
        .select_only()
        .column(item::Column::Id)
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::Id.is_in(variants.iter().map(|variant| variant.item_id)))
        .filter(item::Column::ArchivedAt.is_null())
        .into_tuple()
        .all(connection)
        .await?;
    let first = variants.first().cloned();
    Ok(variants.into_iter().find(|variant| for_sale.contains(&variant.item_id)).or(first))
}

/// The item that a code means, if one does.
pub async fn item(services: &Services, actor: &Actor, typed: &str) -> Result<Option<Uuid>> {
    Ok(match find(services.database.read(), actor.business_id, typed).await? {
        Found::Variant(variant) => Some(variant.item_id),
        Found::Item(id) => Some(id),
        Found::Nothing => None,
    })
}
