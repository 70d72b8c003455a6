//! Invoices, one row a line. What is said of the invoice stands in each of its rows.

use std::collections::HashMap;

use domain::{
    invoices::number,
    money::{Currency, Money},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Cell, PAGE_ROWS, Page, last_of, past_sales::iso_moment};
use crate::{
    Result,
    accounts::Actor,
    entities::{customer, invoice, invoice_line},
    error::stored,
    inventory::group,
};

/// The invoices that follow one.
pub async fn page(connection: &impl ConnectionTrait, actor: &Actor, after: Uuid) -> Result<Page> {
    let invoices = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.gt(after))
        .order_by_asc(invoice::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    let lines = invoice_line::Entity::find()
        .filter(invoice_line::Column::BusinessId.eq(actor.business_id))
        .filter(invoice_line::Column::InvoiceId.is_in(invoices.iter().map(|invoice| invoice.id)))
        .order_by_asc(invoice_line::Column::Position)
        .all(connection)
        .await?;
    let mut lines = group(lines, |line| line.invoice_id);
    let customers: HashMap<Uuid, customer::Model> = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::Id.is_in(invoices.iter().map(|invoice| invoice.customer_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|customer| (customer.id, customer))
        .collect();
    let last = last_of(&invoices, |invoice| invoice.id);
    let invoices = invoices
        .into_iter()
        .map(|invoice| Ok((stored(Currency::parse(&invoice.currency))?, invoice)))
        .collect::<Result<Vec<_>>>()?;
    let rows = invoices.into_iter().flat_map(move |(currency, invoice)| {
        let money = move |minor: i64| Cell::money(Money::new(minor, currency));
        let customer = customers.get(&invoice.customer_id);
        let head = [
            Cell::text(number(invoice.sequence)),
            Cell::text(iso_moment(invoice.issued_at)),
            Cell::text(&invoice.state),
            Cell::text(customer.map(|customer| customer.name.clone()).unwrap_or_default()),
            Cell::text(customer.map(|customer| customer.email.clone()).unwrap_or_default()),
        ];
        let foot = [
            money(invoice.subtotal),
            money(invoice.shipping),
            money(invoice.total),
            money(invoice.paid),
            Cell::text(currency.code()),
        ];
        let lines: Vec<Option<invoice_line::Model>> = match lines.remove(&invoice.id) {
            None => vec![None],
            Some(lines) => lines.into_iter().map(Some).collect(),
        };
        lines.into_iter().map(move |line| {
            let line: [Cell; 5] = match line {
                None => std::array::from_fn(|_| Cell::empty()),
                Some(line) => [
                    Cell::text(line.code),
                    Cell::text(line.description),
                    Cell::count(line.quantity),
                    money(line.unit_price),
                    money(line.total),
                ],
            };
            head.iter().cloned().chain(line).chain(foot.iter().cloned()).collect::<Vec<Cell>>()
        })
    });
    Ok((Box::new(rows), last))
}
