//! The list of invoices and the sums above it.

use std::collections::HashMap;

use domain::{
    invoices::{BillQuery, BillView, InvoiceRow, InvoiceState, number},
    lists::search_words,
    money::Money,
    page::{PAGE_ROWS, Page},
    sales::claims::ClaimState,
    shipping::ShipmentState,
    time::{self, DAY},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::Expr,
    sea_query::{Alias, Func},
};
use uuid::Uuid;

use super::invoice::lines_of;
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{claim, customer, invoice, ledger, shipment},
    error::stored,
    inventory::list::{containing, sum_of},
};

/// The page of all invoices.
pub async fn view(services: &Services, actor: &Actor, query: &BillQuery) -> Result<BillView> {
    let read = services.database.read();
    let mut select = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .order_by_desc(invoice::Column::Sequence)
        .limit(PAGE_ROWS + 1);
    for word in search_words(&query.search) {
        select = select.filter(Expr::col(invoice::Column::Search).like(containing(&word)));
    }
    if let Some(state) = InvoiceState::parse(&query.state) {
        select = select.filter(invoice::Column::State.eq(state.as_str()));
    }
    if let Ok(after) = query.after.parse::<i64>() {
        select = select.filter(invoice::Column::Sequence.lt(after));
    }
    let page = Page::new(select.all(read).await?, PAGE_ROWS, |invoice| invoice.sequence.to_string());
    let (buyers_to_bill, to_bill) = to_bill(read, actor).await?;
    let (unpaid_count, unpaid) = unpaid(read, actor).await?;
    Ok(BillView {
        buyers_to_bill,
        to_bill,
        unpaid,
        unpaid_count,
        paid_this_week: collected_since(read, actor, services.now() - 7 * DAY).await?,
        invoices: Page { rows: rows(read, actor, page.rows, services.now()).await?, next: page.next },
    })
}

/// A stretch of a customer's invoices, the latest first, after the row with the key `after`.
pub(crate) async fn of_customer(
    services: &Services,
    actor: &Actor,
    customer_id: Uuid,
    after: &str,
    limit: u64,
) -> Result<Page<InvoiceRow>> {
    let read = services.database.read();
    let mut select = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::CustomerId.eq(customer_id))
        .order_by_desc(invoice::Column::Sequence)
        .limit(limit + 1);
    if let Ok(after) = after.parse::<i64>() {
        select = select.filter(invoice::Column::Sequence.lt(after));
    }
    let page = Page::new(select.all(read).await?, limit, |invoice| invoice.sequence.to_string());
    Ok(Page { rows: rows(read, actor, page.rows, services.now()).await?, next: page.next })
}

/// The oldest invoices that are owed.
pub(crate) async fn oldest_unpaid(services: &Services, actor: &Actor, limit: u64) -> Result<Vec<InvoiceRow>> {
    let read = services.database.read();
    let invoices = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::State.is_in(OWED))
        .order_by_asc(invoice::Column::Sequence)
        .limit(limit)
        .all(read)
        .await?;
    rows(read, actor, invoices, services.now()).await
}

/// The states in which money is expected.
pub(crate) const OWED: [&str; 2] = ["open", "part-paid"];

async fn rows(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    invoices: Vec<invoice::Model>,
    now: i64,
) -> Result<Vec<InvoiceRow>> {
    let ids: Vec<Uuid> = invoices.iter().map(|invoice| invoice.id).collect();
    let mut lines = lines_of(connection, actor.business_id, &ids).await?;
    let names: HashMap<Uuid, String> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::Name])
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::Id.is_in(invoices.iter().map(|invoice| invoice.customer_id)))
        .into_tuple::<(Uuid, String)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let shipments: HashMap<Uuid, String> = shipment::Entity::find()
        .select_only()
        .columns([shipment::Column::InvoiceId, shipment::Column::State])
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::InvoiceId.is_in(ids))
        .into_tuple::<(Uuid, String)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    invoices
        .into_iter()
        .map(|invoice| {
            let lines = lines.remove(&invoice.id).unwrap_or_default();
            let summary = match lines.as_slice() {
                [] => String::new(),
                [only] => format!("{} {}", only.code, only.description),
                [first, rest @ ..] => format!("{} {} and {} more", first.code, first.description, rest.len()),
            };
            let shipment =
                shipments.get(&invoice.id).map(|state| stored(ShipmentState::parse(state))).transpose()?;
            Ok(InvoiceRow {
                id: invoice.id,
                number: number(invoice.sequence),
                customer_name: names.get(&invoice.customer_id).cloned().unwrap_or_default(),
                summary,
                total: Money::new(invoice.total, actor.currency),
                state: stored(InvoiceState::parse(&invoice.state))?,
                age: time::age(invoice.issued_at, now),
                shipment,
                key: invoice.sequence.to_string(),
            })
        })
        .collect()
}

/// How many buyers have held claims that no invoice covers, and what those come to without delivery.
async fn to_bill(connection: &impl ConnectionTrait, actor: &Actor) -> Result<(i64, Money)> {
    let amount = Expr::col(claim::Column::Quantity).mul(Expr::col(claim::Column::Price)).sum();
    let found: Option<(i64, i64)> = claim::Entity::find()
        .select_only()
        .expr_as(Expr::expr(Func::count_distinct(Expr::col(claim::Column::CustomerId))), "buyers")
        .expr_as(Expr::expr(amount).if_null(0).cast_as(Alias::new("bigint")), "amount")
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::State.eq(ClaimState::Held.as_str()))
        .into_tuple()
        .one(connection)
        .await?;
    let (buyers, amount) = found.unwrap_or_default();
    Ok((buyers, Money::new(amount, actor.currency)))
}

/// How many invoices are owed, and what is owed on them.
pub(crate) async fn unpaid(connection: &impl ConnectionTrait, actor: &Actor) -> Result<(i64, Money)> {
    let found: Option<(i64, i64, i64)> = invoice::Entity::find()
        .select_only()
        .expr_as(invoice::Column::Id.count(), "invoices")
        .expr_as(sum_of(invoice::Column::Total), "total")
        .expr_as(sum_of(invoice::Column::Paid), "paid")
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::State.is_in(OWED))
        .into_tuple()
        .one(connection)
        .await?;
    let (invoices, total, paid) = found.unwrap_or_default();
    Ok((invoices, Money::new(total - paid, actor.currency)))
}

/// What came in since a moment.
pub(crate) async fn collected_since(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    since: i64,
) -> Result<Money> {
    let found: Option<i64> = ledger::Entity::find()
        .select_only()
        .expr_as(sum_of(ledger::Column::Amount), "amount")
        .filter(ledger::Column::BusinessId.eq(actor.business_id))
        .filter(ledger::Column::At.gte(since))
        .into_tuple()
        .one(connection)
        .await?;
    Ok(Money::new(found.unwrap_or_default(), actor.currency))
}
