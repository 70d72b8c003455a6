//! The ledger: payments, one row each.

use std::collections::HashMap;

use domain::{
    invoices::number,
    money::{Currency, Money},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Cell, PAGE_ROWS, Page, Rows, last_of, past_sales::iso_moment};
use crate::{
    Result,
    accounts::Actor,
    entities::{invoice, ledger},
    error::stored,
};

/// The payments that follow one.
pub async fn page(connection: &impl ConnectionTrait, actor: &Actor, after: Uuid) -> Result<Page> {
    let payments = ledger::Entity::find()
        .filter(ledger::Column::BusinessId.eq(actor.business_id))
        .filter(ledger::Column::Id.gt(after))
        .order_by_asc(ledger::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    let invoices: HashMap<Uuid, i64> = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.is_in(payments.iter().map(|payment| payment.invoice_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|invoice| (invoice.id, invoice.sequence))
        .collect();
    let last = last_of(&payments, |payment| payment.id);
    let rows: Rows = payments
        .into_iter()
        .map(|payment| {
            let currency = stored(Currency::parse(&payment.currency))?;
            let money = |minor: i64| Cell::money(Money::new(minor, currency));
            Ok(vec![
                Cell::text(iso_moment(payment.at)),
                Cell::text(
                    invoices.get(&payment.invoice_id).map(|sequence| number(*sequence)).unwrap_or_default(),
                ),
                Cell::text(payment.kind),
                Cell::text(payment.gateway),
                Cell::text(payment.reference),
                money(payment.amount),
                payment.fee.map_or_else(Cell::empty, money),
                Cell::text(currency.code()),
            ])
        })
        .collect::<Result<_>>()?;
    Ok((Box::new(rows.into_iter()), last))
}
