//! Past sales, one row a line.

use domain::{
    money::{Currency, Money},
    time,
    transfer::{Field, export::SALE_COLUMNS, sales::PastLine},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Cell, PAGE_ROWS, Page, last_of};
use crate::{
    Result,
    accounts::Actor,
    entities::{customer, past_sale},
    error::stored,
    transfer::customers::{KnownCustomer, with_all},
};

/// The past sales that follow one.
pub async fn page(connection: &impl ConnectionTrait, actor: &Actor, after: Uuid) -> Result<Page> {
    let sales = past_sale::Entity::find()
        .filter(past_sale::Column::BusinessId.eq(actor.business_id))
        .filter(past_sale::Column::Id.gt(after))
        .order_by_asc(past_sale::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    let last = last_of(&sales, |sale| sale.id);
    let customers = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::Id.is_in(sales.iter().map(|sale| sale.customer_id)))
        .all(connection)
        .await?;
    let customers = with_all(connection, actor.business_id, customers).await?;
    let sales = sales
        .into_iter()
        .map(|sale| Ok((stored(Currency::parse(&sale.currency))?, sale)))
        .collect::<Result<Vec<_>>>()?;
    let rows = sales.into_iter().flat_map(move |(currency, sale)| {
        let buyer = customers.get(&sale.customer_id).map(Buyer::of).unwrap_or_default();
        rows_of(currency, sale, buyer)
    });
    Ok((Box::new(rows), last))
}

/// What each row says of the buyer.
#[derive(Default)]
struct Buyer {
    name: String,
    email: String,
    handles: String,
}

impl Buyer {
    fn of(known: &KnownCustomer) -> Buyer {
        let (name, email) = (known.row.name.clone(), known.row.email.clone());
        Buyer { name, email, handles: known.handles_cell() }
    }
}

fn rows_of(
    currency: Currency,
    sale: past_sale::Model,
    buyer: Buyer,
) -> impl Iterator<Item = Vec<Cell>> + Send {
    let lines: Vec<PastLine> = serde_json::from_str(&sale.lines).unwrap_or_default();
    let lines: Vec<Option<PastLine>> = match lines.is_empty() {
        true => vec![None],
        false => lines.into_iter().map(Some).collect(),
    };
    lines.into_iter().map(move |line| {
        let money = |minor: i64| Cell::money(Money::new(minor, currency));
        let cell = |field: Field| match (field, &line) {
            (Field::Reference, _) => Cell::text(&sale.reference),
            (Field::Source, _) => Cell::text(&sale.source),
            (Field::Date, _) => Cell::text(iso_moment(sale.sold_at)),
            (Field::Name, _) => Cell::text(&buyer.name),
            (Field::Email, _) => Cell::text(&buyer.email),
            (Field::Handles, _) => Cell::text(&buyer.handles),
            (Field::LineTitle, Some(line)) => Cell::text(&line.title),
            (Field::LineCode, Some(line)) => Cell::text(&line.code),
            (Field::LineQuantity, Some(line)) => Cell::count(line.quantity),
            (Field::LinePrice, Some(line)) => line.price.map_or_else(Cell::empty, money),
            (Field::Discount, _) => money(sale.discount),
            (Field::Shipping, _) => money(sale.shipping),
            (Field::Tax, _) => money(sale.tax),
            (Field::Total, _) => money(sale.total),
            (Field::Currency, _) => Cell::text(currency.code()),
            _ => Cell::empty(),
        };
        SALE_COLUMNS.iter().map(|field| cell(*field)).collect::<Vec<Cell>>()
    })
}

/// `2026-11-23T09:15:00Z`.
pub fn iso_moment(at: i64) -> String {
    let seconds = at.rem_euclid(time::DAY) / time::SECOND;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hours:02}:{minutes:02}:{seconds:02}Z", time::iso_date(at))
}
