//! What happened with a customer, part by part.

use std::collections::HashMap;

use domain::{
    customers::history::{History, HistoryRow, Latest, Part, Standing},
    invoices::number,
    money::Money,
    page::{PAGE_ROWS, Page},
    sales::ClaimState,
    shipping::ShipmentState,
    time,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::customer::find;
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{claim, customer_credit, invoice, label, mail, sale, shipment},
    error::{OrNotFound, stored},
    invoices::{self, mail::MailKind},
    sales::sale::claimed,
    shipping::LabelState,
};

/// Rows of each part on the customer's page.
const SHOWN: u64 = 5;

/// The latest of every part.
pub(super) async fn latest(services: &Services, actor: &Actor, id: Uuid) -> Result<History> {
    let shown = |page: Page<HistoryRow>| Latest { more: page.next.is_some(), rows: page.rows };
    let part = |part| of(services, actor, id, part, "", SHOWN);
    Ok(History {
        claims: shown(part(Part::Claims).await?),
        invoices: shown(part(Part::Invoices).await?),
        parcels: shown(part(Part::Parcels).await?),
        mails: shown(part(Part::Mails).await?),
        credit: shown(part(Part::Credit).await?),
    })
}

/// A stretch of a part of the history, the latest first, after the row with the key `after`, and the customer's name.
pub async fn page(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    part: Part,
    after: &str,
) -> Result<(String, Page<HistoryRow>)> {
    let customer = find(services.database.read(), actor.business_id, id).await?;
    Ok((customer.name, of(services, actor, id, part, after, PAGE_ROWS).await?))
}

async fn of(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    part: Part,
    after: &str,
    limit: u64,
) -> Result<Page<HistoryRow>> {
    match part {
        Part::Claims => claims(services, actor, id, after, limit).await,
        Part::Invoices => invoice_rows(services, actor, id, after, limit).await,
        Part::Parcels => parcels(services, actor, id, after, limit).await,
        Part::Mails => mails(services, actor, id, after, limit).await,
        Part::Credit => credit(services, actor, id, after, limit).await,
    }
}

async fn claims(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    after: &str,
    limit: u64,
) -> Result<Page<HistoryRow>> {
    let (read, now) = (services.database.read(), services.now());
    let mut select = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::CustomerId.eq(id))
        .order_by_desc(claim::Column::Id)
        .limit(limit + 1);
    if let Ok(after) = Uuid::parse_str(after) {
        select = select.filter(claim::Column::Id.lt(after));
    }
    let page = Page::new(select.all(read).await?, limit, |row| row.id.to_string());
    let what = claimed(read, actor.business_id, page.rows.iter().map(|row| row.variant_id)).await?;
    let titles: HashMap<Uuid, String> = sale::Entity::find()
        .select_only()
        .columns([sale::Column::Id, sale::Column::Title])
        .filter(sale::Column::BusinessId.eq(actor.business_id))
        .filter(sale::Column::Id.is_in(page.rows.iter().map(|row| row.sale_id)))
        .into_tuple::<(Uuid, String)>()
        .all(read)
        .await?
        .into_iter()
        .collect();
    let row = |row: claim::Model| {
        let what = what.get(&row.variant_id).or_not_found()?;
        let title = format!("{} {}", what.item.code, what.item.title);
        let title = match what.variant.name.as_str() {
            "" => title,
            name => format!("{title} · {name}"),
        };
        let sale = titles.get(&row.sale_id).map(String::as_str).unwrap_or_default();
        Ok(HistoryRow {
            key: row.id.to_string(),
            path: format!("/sell/{}", row.sale_id),
            title,
            sub: format!("×{} · {sale} · {}", row.quantity, time::age(row.created_at, now)),
            standing: Standing::Claim(stored(ClaimState::parse(&row.state))?),
            amount: Some(Money::new(row.price, actor.currency).times(row.quantity)?),
        })
    };
    Ok(Page { rows: page.rows.into_iter().map(row).collect::<Result<_>>()?, next: page.next })
}

async fn invoice_rows(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    after: &str,
    limit: u64,
) -> Result<Page<HistoryRow>> {
    let page = invoices::list::of_customer(services, actor, id, after, limit).await?;
    let row = |row: domain::invoices::InvoiceRow| HistoryRow {
        key: row.key,
        path: format!("/bill/{}", row.id),
        title: row.number,
        sub: format!("{} · {}", row.summary, row.age),
        standing: Standing::Invoice(row.state),
        amount: Some(row.total),
    };
    Ok(Page { rows: page.rows.into_iter().map(row).collect(), next: page.next })
}

/// The numbers of some invoices.
async fn numbers(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let sequences: Vec<(Uuid, i64)> = invoice::Entity::find()
        .select_only()
        .columns([invoice::Column::Id, invoice::Column::Sequence])
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(sequences.into_iter().map(|(id, sequence)| (id, number(sequence))).collect())
}

async fn parcels(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    after: &str,
    limit: u64,
) -> Result<Page<HistoryRow>> {
    let (read, now) = (services.database.read(), services.now());
    let mut select = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::CustomerId.eq(id))
        .order_by_desc(shipment::Column::Id)
        .limit(limit + 1);
    if let Ok(after) = Uuid::parse_str(after) {
        select = select.filter(shipment::Column::Id.lt(after));
    }
    let page = Page::new(select.all(read).await?, limit, |row| row.id.to_string());
    let numbers = numbers(read, actor, page.rows.iter().map(|row| row.invoice_id)).await?;
    let tracking: HashMap<Uuid, (String, String)> = label::Entity::find()
        .select_only()
        .columns([label::Column::ShipmentId, label::Column::Service, label::Column::TrackingNumber])
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::ShipmentId.is_in(page.rows.iter().map(|row| row.id)))
        .filter(label::Column::State.eq(LabelState::Bought.as_str()))
        .into_tuple::<(Uuid, String, String)>()
        .all(read)
        .await?
        .into_iter()
        .map(|(shipment, service, number)| (shipment, (service, number)))
        .collect();
    let row = |row: shipment::Model| {
        let age = time::age(row.created_at, now);
        let number = numbers.get(&row.invoice_id).map(String::as_str).unwrap_or_default();
        Ok(HistoryRow {
            key: row.id.to_string(),
            path: format!("/ship/{}", row.id),
            title: format!("Parcel of {number}"),
            sub: match tracking.get(&row.id) {
                Some((service, tracking)) => format!("{service} {tracking} · {age}"),
                None => age,
            },
            standing: Standing::Parcel(stored(ShipmentState::parse(&row.state))?),
            amount: None,
        })
    };
    Ok(Page { rows: page.rows.into_iter().map(row).collect::<Result<_>>()?, next: page.next })
}

async fn mails(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    after: &str,
    limit: u64,
) -> Result<Page<HistoryRow>> {
    let (read, now) = (services.database.read(), services.now());
    let of_customer = invoice::Entity::find()
        .select_only()
        .column(invoice::Column::Id)
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::CustomerId.eq(id));
    let mut select = mail::Entity::find()
        .filter(mail::Column::BusinessId.eq(actor.business_id))
        .filter(mail::Column::InvoiceId.in_subquery(of_customer.into_query()))
        .order_by_desc(mail::Column::Id)
        .limit(limit + 1);
    if let Ok(after) = Uuid::parse_str(after) {
        select = select.filter(mail::Column::Id.lt(after));
    }
    let page = Page::new(select.all(read).await?, limit, |row| row.id.to_string());
    let numbers = numbers(read, actor, page.rows.iter().map(|row| row.invoice_id)).await?;
    let row = |row: mail::Model| {
        let number = numbers.get(&row.invoice_id).map(String::as_str).unwrap_or_default();
        let age = time::age(row.sent_at.unwrap_or(row.created_at), now);
        Ok(HistoryRow {
            key: row.id.to_string(),
            path: format!("/bill/{}", row.invoice_id),
            title: format!("{} {number}", stored(MailKind::parse(&row.kind))?.label()),
            sub: format!("{} · {age}", row.recipient),
            standing: Standing::Mail(row.sent_at.is_some()),
            amount: None,
        })
    };
    Ok(Page { rows: page.rows.into_iter().map(row).collect::<Result<_>>()?, next: page.next })
}

async fn credit(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    after: &str,
    limit: u64,
) -> Result<Page<HistoryRow>> {
    let mut select = customer_credit::Entity::find()
        .filter(customer_credit::Column::BusinessId.eq(actor.business_id))
        .filter(customer_credit::Column::CustomerId.eq(id))
        .order_by_desc(customer_credit::Column::Id)
        .limit(limit + 1);
    if let Ok(after) = Uuid::parse_str(after) {
        select = select.filter(customer_credit::Column::Id.lt(after));
    }
    let page = Page::new(select.all(services.database.read()).await?, limit, |row| row.id.to_string());
    let row = |row: customer_credit::Model| HistoryRow {
        key: row.id.to_string(),
        path: String::new(),
        title: row.reason,
        sub: time::date(row.created_at),
        standing: Standing::Credit,
        amount: Some(Money::new(row.amount, actor.currency)),
    };
    Ok(Page { rows: page.rows.into_iter().map(row).collect(), next: page.next })
}
