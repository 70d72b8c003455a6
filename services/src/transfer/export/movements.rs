//! Every movement of stock, one row each.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Cell, PAGE_ROWS, Page, Rows, last_of, past_sales::iso_moment, variants_named};
use crate::{Result, accounts::Actor, entities::stock_movement};

/// The movements that follow one.
pub async fn page(connection: &impl ConnectionTrait, actor: &Actor, after: Uuid) -> Result<Page> {
    let movements = stock_movement::Entity::find()
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::Id.gt(after))
        .order_by_asc(stock_movement::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    let variants =
        variants_named(connection, actor.business_id, movements.iter().map(|one| one.variant_id)).await?;
    let last = last_of(&movements, |one| one.id);
    let rows: Rows = movements
        .into_iter()
        .map(|one| {
            let [code, title, variant] = variants.get(&one.variant_id).cloned().unwrap_or_default();
            vec![
                Cell::text(iso_moment(one.at)),
                Cell::text(code),
                Cell::text(title),
                Cell::text(variant),
                Cell::text(one.cause),
                Cell::count(one.on_hand),
                Cell::count(one.held),
                Cell::count(one.sold),
                Cell::count(one.waitlisted),
                Cell::count(one.shipped),
                Cell::text(one.note),
            ]
        })
        .collect();
    Ok((Box::new(rows.into_iter()), last))
}
