//! The queue of deliveries: what needs a label first, what has one after it.

use std::collections::HashMap;

use domain::{
    address::country_name,
    invoices::number,
    page::{PAGE_ROWS, Page},
    shipping::{ShipmentRow, ShipmentState, cheapest},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    WITHOUT_LABEL, account, quote,
    request::{self, Ingredients},
};
use crate::{
    Result, Services,
    accounts::{Actor, business},
    customers,
    entities::{customer, invoice, label, packaging, shipment},
    error::{OrNotFound, stored},
    shipping::LabelState,
};

/// A stretch of the queue: shipments that need a label, the oldest first, or, if `done`, those that have one, the newest
/// first.
pub async fn list(services: &Services, actor: &Actor, done: bool, after: &str) -> Result<Page<ShipmentRow>> {
    let read = services.database.read();
    let mut select = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .limit(PAGE_ROWS + 1);
    let after = Uuid::parse_str(after).ok();
    if done {
        let labelled = shipment::Column::State.eq(ShipmentState::Labelled.as_str());
        select = select.filter(labelled).order_by_desc(shipment::Column::Id);
        select =
            after.into_iter().fold(select, |select, after| select.filter(shipment::Column::Id.lt(after)));
    } else {
        let under_way = [ShipmentState::Buying, ShipmentState::Unsure].map(ShipmentState::as_str);
        let open = WITHOUT_LABEL.into_iter().chain(under_way);
        select = select.filter(shipment::Column::State.is_in(open)).order_by_asc(shipment::Column::Id);
        select =
            after.into_iter().fold(select, |select, after| select.filter(shipment::Column::Id.gt(after)));
    }
    let page = Page::new(select.all(read).await?, PAGE_ROWS, |row| row.id.to_string());

    let business = business::of(read, actor).await?;
    let account = account::connected(read, actor.business_id).await?;
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let customers: HashMap<Uuid, customer::Model> = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::Id.is_in(page.rows.iter().map(|row| row.customer_id)))
        .all(read)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let sequences: HashMap<Uuid, i64> = invoice::Entity::find()
        .select_only()
        .columns([invoice::Column::Id, invoice::Column::Sequence])
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.is_in(page.rows.iter().map(|row| row.invoice_id)))
        .into_tuple::<(Uuid, i64)>()
        .all(read)
        .await?
        .into_iter()
        .collect();
    let packagings: HashMap<Uuid, packaging::Model> = packaging::Entity::find()
        .filter(packaging::Column::BusinessId.eq(actor.business_id))
        .filter(packaging::Column::Id.is_in(page.rows.iter().filter_map(|row| row.packaging_id)))
        .all(read)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let tracking: HashMap<Uuid, String> = label::Entity::find()
        .select_only()
        .columns([label::Column::ShipmentId, label::Column::TrackingNumber])
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::ShipmentId.is_in(ids.iter().copied()))
        .filter(label::Column::State.eq(LabelState::Bought.as_str()))
        .into_tuple::<(Uuid, String)>()
        .all(read)
        .await?
        .into_iter()
        .collect();
    let mut rates = crate::inventory::group(
        quote::rates_of(read, actor.business_id, actor.currency, &ids).await?,
        |(shipment_id, _)| *shipment_id,
    );
    let without_weight = request::invoices_without_weight(read, actor.business_id, &page.rows).await?;
    let rows = page
        .rows
        .into_iter()
        .map(|row| {
            let customer = customers.get(&row.customer_id).or_not_found()?;
            let packaging = row.packaging_id.and_then(|id| packagings.get(&id));
            let address = customers::address(customer);
            let invoice = sequences.get(&row.invoice_id).copied().or_not_found()?;
            let ingredients = Ingredients {
                business: &business,
                customer,
                shipment: &row,
                packaging,
                account: account.as_ref(),
                lacks_weight: without_weight.contains(&row.invoice_id),
                invoice,
            };
            let rates = match ingredients.rates_hold()? {
                true => rates.remove(&row.id).unwrap_or_default(),
                false => Vec::new(),
            };
            let rates: Vec<_> = rates.into_iter().map(|(_, rate)| rate).collect();
            Ok(ShipmentRow {
                id: row.id,
                key: row.id.to_string(),
                invoice_number: number(invoice),
                customer_id: customer.id,
                customer_name: customer.name.clone(),
                place: match address.is_empty() {
                    true => String::new(),
                    false => format!("{}, {}", address.city, country_name(&address.country)),
                },
                state: stored(ShipmentState::parse(&row.state))?,
                weight: packaging
                    .map_or(row.contents_weight, |packaging| request::parcel(&row, packaging).weight),
                packaging: packaging.map(|packaging| packaging.name.clone()).unwrap_or_default(),
                blocker: ingredients.blocker(),
                cheapest: cheapest(&rates, actor.currency).cloned(),
                has_rates: !rates.is_empty(),
                tracking_number: tracking.get(&row.id).cloned().unwrap_or_default(),
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page { rows, next: page.next })
}
