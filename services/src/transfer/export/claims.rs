//! Claims, one row each.

use std::collections::HashMap;

use domain::{invoices::number, money::Money};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Cell, PAGE_ROWS, Page, Rows, last_of, past_sales::iso_moment, variants_named};
use crate::{
    Result,
    accounts::Actor,
    customers::customer::names,
    entities::{claim, invoice, sale},
};

/// The claims that follow one.
pub async fn page(connection: &impl ConnectionTrait, actor: &Actor, after: Uuid) -> Result<Page> {
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::Id.gt(after))
        .order_by_asc(claim::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    let names = names(connection, actor.business_id, claims.iter().map(|claim| claim.customer_id)).await?;
    let variants =
        variants_named(connection, actor.business_id, claims.iter().map(|claim| claim.variant_id)).await?;
    let sales: HashMap<Uuid, sale::Model> = sale::Entity::find()
        .filter(sale::Column::BusinessId.eq(actor.business_id))
        .filter(sale::Column::Id.is_in(claims.iter().map(|claim| claim.sale_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|sale| (sale.id, sale))
        .collect();
    let invoices: HashMap<Uuid, i64> = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.is_in(claims.iter().filter_map(|claim| claim.invoice_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|invoice| (invoice.id, invoice.sequence))
        .collect();
    let last = last_of(&claims, |claim| claim.id);
    let rows: Rows = claims
        .into_iter()
        .map(|claim| {
            let sale = sales.get(&claim.sale_id);
            let [code, title, variant] = variants.get(&claim.variant_id).cloned().unwrap_or_default();
            let invoice = claim.invoice_id.and_then(|id| invoices.get(&id));
            vec![
                Cell::text(sale.map(|sale| sale.title.clone()).unwrap_or_default()),
                Cell::text(sale.map(|sale| sale.platform.clone()).unwrap_or_default()),
                Cell::text(iso_moment(claim.created_at)),
                Cell::text(names.get(&claim.customer_id).cloned().unwrap_or_default()),
                Cell::text(code),
                Cell::text(title),
                Cell::text(variant),
                Cell::count(claim.quantity),
                Cell::money(Money::new(claim.price, actor.currency)),
                Cell::text(actor.currency.code()),
                Cell::text(claim.state),
                Cell::text(invoice.map(|sequence| number(*sequence)).unwrap_or_default()),
            ]
        })
        .collect();
    Ok((Box::new(rows.into_iter()), last))
}
