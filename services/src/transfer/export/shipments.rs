//! Shipments, one row a label, or one where there is none yet.

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
    customers::customer::names,
    entities::{invoice, label, shipment},
};

/// What is taken along of a label: its document stays.
type Label = (Uuid, String, String, i64, String, String, String, Option<i64>);

/// The shipments that follow one.
pub async fn page(connection: &impl ConnectionTrait, actor: &Actor, after: Uuid) -> Result<Page> {
    let shipments = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::Id.gt(after))
        .order_by_asc(shipment::Column::Id)
        .limit(PAGE_ROWS)
        .all(connection)
        .await?;
    let names = names(connection, actor.business_id, shipments.iter().map(|one| one.customer_id)).await?;
    let invoices: HashMap<Uuid, i64> = invoice::Entity::find()
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.is_in(shipments.iter().map(|one| one.invoice_id)))
        .all(connection)
        .await?
        .into_iter()
        .map(|invoice| (invoice.id, invoice.sequence))
        .collect();
    let labels: Vec<Label> = label::Entity::find()
        .select_only()
        .columns([
            label::Column::ShipmentId,
            label::Column::Service,
            label::Column::State,
            label::Column::Price,
            label::Column::Currency,
            label::Column::TrackingNumber,
            label::Column::TrackingUrl,
            label::Column::BoughtAt,
        ])
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::ShipmentId.is_in(shipments.iter().map(|one| one.id)))
        .order_by_asc(label::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let mut labels = crate::inventory::group(labels, |label| label.0);
    let last = last_of(&shipments, |one| one.id);
    let mut rows = Rows::new();
    for one in shipments {
        let head = [
            Cell::text(invoices.get(&one.invoice_id).map(|sequence| number(*sequence)).unwrap_or_default()),
            Cell::text(names.get(&one.customer_id).cloned().unwrap_or_default()),
            Cell::text(&one.state),
            Cell::grams(Some(one.contents_weight)),
            Cell::text(iso_moment(one.created_at)),
        ];
        let of_labels: Vec<[Cell; 7]> = match labels.remove(&one.id) {
            None => vec![std::array::from_fn(|_| Cell::empty())],
            Some(labels) => labels.into_iter().map(label_cells).collect(),
        };
        rows.extend(of_labels.into_iter().map(|label| head.iter().cloned().chain(label).collect()));
    }
    Ok((Box::new(rows.into_iter()), last))
}

fn label_cells((_, service, state, price, currency, number, url, bought): Label) -> [Cell; 7] {
    // Labels that are not bought yet have no price in any currency.
    let price =
        Currency::parse(&currency).map_or_else(Cell::empty, |known| Cell::money(Money::new(price, known)));
    [
        Cell::text(service),
        Cell::text(state),
        price,
        Cell::text(currency),
        Cell::text(number),
        Cell::text(url),
        Cell::text(bought.map(iso_moment).unwrap_or_default()),
    ]
}
