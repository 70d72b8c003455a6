//! The past sales of a customer, the latest first.

use domain::{
    money::{Currency, Money},
    transfer::{
        PastSaleRow,
        sales::{PastLine, summary},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{Result, Services, accounts::Actor, entities::past_sale, error::stored};

/// How many a customer's page shows.
const SHOWN: u64 = 20;

/// What a customer bought before, somewhere else.
pub async fn of_customer(services: &Services, actor: &Actor, customer_id: Uuid) -> Result<Vec<PastSaleRow>> {
    let rows = past_sale::Entity::find()
        .filter(past_sale::Column::BusinessId.eq(actor.business_id))
        .filter(past_sale::Column::CustomerId.eq(customer_id))
        .order_by_desc(past_sale::Column::SoldAt)
        .limit(SHOWN)
        .all(services.database.read())
        .await?;
    rows.into_iter()
        .map(|row| {
            let lines: Vec<PastLine> = serde_json::from_str(&row.lines).unwrap_or_default();
            Ok(PastSaleRow {
                id: row.id,
                reference: row.reference,
                summary: summary(&lines),
                date: actor.zone.date(row.sold_at),
                total: Money::new(row.total, stored(Currency::parse(&row.currency))?),
            })
        })
        .collect()
}
