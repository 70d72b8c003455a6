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
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, prelude::Expr,
};
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

/// What is asked of a part.
struct Asked<'a> {
    services: &'a Services,
    actor: &'a Actor,
    customer: Uuid,
    /// The key of the row to go on after; empty for the beginning.
    after: &'a str,
    limit: u64,
}

impl Asked<'_> {
    /// A stretch of the rows that `select` finds, the latest first; `column` and `id` tell their ids.
    async fn stretch<E: EntityTrait<Model: Send + Sync>>(
        &self,
        select: Select<E>,
        column: E::Column,
        id: impl Fn(&E::Model) -> Uuid,
    ) -> Result<Page<E::Model>> {
        let mut select = select.order_by_desc(column).limit(self.limit + 1);
        if let Ok(after) = Uuid::parse_str(self.after) {
            select = select.filter(column.lt(after));
        }
        let rows = select.all(self.services.database.read()).await?;
        Ok(Page::new(rows, self.limit, |row| id(row).to_string()))
    }
}

/// The latest of every part.
pub(super) async fn latest(services: &Services, actor: &Actor, id: Uuid) -> Result<History> {
    let asked = Asked { services, actor, customer: id, after: "", limit: SHOWN };
    let shown = |page: Page<HistoryRow>| Latest { more: page.next.is_some(), rows: page.rows };
    Ok(History {
        claims: shown(of(&asked, Part::Claims).await?),
        invoices: shown(of(&asked, Part::Invoices).await?),
        parcels: shown(of(&asked, Part::Parcels).await?),
        mails: shown(of(&asked, Part::Mails).await?),
        credit: shown(of(&asked, Part::Credit).await?),
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
    let asked = Asked { services, actor, customer: id, after, limit: PAGE_ROWS };
    Ok((customer.name, of(&asked, part).await?))
}

async fn of(asked: &Asked<'_>, part: Part) -> Result<Page<HistoryRow>> {
    match part {
        Part::Claims => claims(asked).await,
        Part::Invoices => invoice_rows(asked).await,
        Part::Parcels => parcels(asked).await,
        Part::Mails => mails(asked).await,
        Part::Credit => credit(asked).await,
    }
}

async fn claims(asked: &Asked<'_>) -> Result<Page<HistoryRow>> {
    let Asked { services, actor, customer, .. } = *asked;
    let (read, now) = (services.database.read(), services.now());
    let select = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::CustomerId.eq(customer));
    let page = asked.stretch(select, claim::Column::Id, |row| row.id).await?;
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

async fn invoice_rows(asked: &Asked<'_>) -> Result<Page<HistoryRow>> {
    let Asked { services, actor, customer, after, limit } = *asked;
    let page = invoices::list::of_customer(services, actor, customer, after, limit).await?;
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

async fn parcels(asked: &Asked<'_>) -> Result<Page<HistoryRow>> {
    let Asked { services, actor, customer, .. } = *asked;
    let (read, now) = (services.database.read(), services.now());
    let select = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::CustomerId.eq(customer));
    let page = asked.stretch(select, shipment::Column::Id, |row| row.id).await?;
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

async fn mails(asked: &Asked<'_>) -> Result<Page<HistoryRow>> {
    let Asked { services, actor, customer, .. } = *asked;
    let (read, now) = (services.database.read(), services.now());
    let of_customer = invoice::Entity::find()
        .select_only()
        .column(invoice::Column::Id)
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::CustomerId.eq(customer));
    let select = mail::Entity::find()
        .filter(mail::Column::BusinessId.eq(actor.business_id))
        .filter(mail::Column::InvoiceId.in_subquery(of_customer.into_query()));
    let page = asked.stretch(select, mail::Column::Id, |row| row.id).await?;
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

async fn credit(asked: &Asked<'_>) -> Result<Page<HistoryRow>> {
    use customer_credit::Column::{BusinessId, CreatedAt, CustomerId, Id};
    let Asked { services, actor, customer, after, limit } = *asked;
    // By their moments: of credit of before keys had a column of their own, the ids are keys that browsers made.
    let mut select = customer_credit::Entity::find()
        .filter(BusinessId.eq(actor.business_id))
        .filter(CustomerId.eq(customer))
        .order_by_desc(CreatedAt)
        .order_by_desc(Id)
        .limit(limit + 1);
    if let Some((at, id)) = moment_and_id(after) {
        let place = Expr::tuple([Expr::col(CreatedAt), Expr::col(Id)]);
        select = select.filter(place.lt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    let key = |row: &customer_credit::Model| format!("{}.{}", row.created_at, row.id);
    let page = Page::new(select.all(services.database.read()).await?, limit, key);
    let row = |row: customer_credit::Model| HistoryRow {
        key: key(&row),
        path: String::new(),
        title: row.reason,
        sub: actor.zone.date(row.created_at),
        standing: Standing::Credit,
        amount: Some(Money::new(row.amount, actor.currency)),
    };
    Ok(Page { rows: page.rows.into_iter().map(row).collect(), next: page.next })
}

/// A row's place as it stands in its key: `1795425300000.018f…`.
fn moment_and_id(key: &str) -> Option<(i64, Uuid)> {
    let (at, id) = key.split_once('.')?;
    Some((at.parse().ok()?, Uuid::parse_str(id).ok()?))
}
