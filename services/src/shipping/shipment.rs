//! One delivery.

use domain::{
    invoices::number,
    shipping::{LabelProblem, ShipmentState, ShipmentView},
};
use uuid::Uuid;

use super::{account, bought_label, find, packaging, quote};
use crate::{
    Result, Services,
    accounts::{Actor, business},
    customers,
    error::stored,
    invoices::invoice::{self, lines_of},
};

/// The shipment's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<ShipmentView> {
    let read = services.database.read();
    let shipment = find(read, actor.business_id, id).await?;
    let invoice = invoice::find(read, actor.business_id, shipment.invoice_id).await?;
    let business = business::of(read, actor).await?;
    let customer = customers::customer::find(read, actor.business_id, shipment.customer_id).await?;
    let account = account::connected(read, actor.business_id).await?;
    let lines =
        lines_of(read, actor.business_id, &[invoice.id]).await?.remove(&invoice.id).unwrap_or_default();
    let mut packagings = packaging::rows(read, actor.business_id).await?;
    let packed = match shipment.packaging_id {
        Some(id) => Some(packaging::find(read, actor.business_id, id).await?),
        None => None,
    };
    // One that was removed is offered to no parcel but those that are packed in it.
    packagings.extend(packed.iter().filter(|packed| packed.removed_at.is_some()).cloned());
    let rates: Vec<_> =
        quote::rates_of(read, actor.business_id, &[id]).await?.into_iter().map(|(_, rate)| rate).collect();
    let label = bought_label(read, actor.business_id, id).await?;
    let problem = shipment.problem.as_deref().map(|word| stored(LabelProblem::parse(word))).transpose()?;
    Ok(ShipmentView {
        id,
        invoice_id: invoice.id,
        invoice_number: number(invoice.sequence),
        customer_id: customer.id,
        address: customers::address(&customer),
        state: stored(ShipmentState::parse(&shipment.state))?,
        contents: lines
            .iter()
            .map(|line| format!("{} × {} {}", line.quantity, line.code, line.description))
            .collect(),
        parcel: packed.as_ref().map(|packaging| quote::parcel(&shipment, packaging)),
        packaging_id: shipment.packaging_id,
        packagings: packagings.into_iter().map(|row| packaging::shown(row, actor.currency)).collect(),
        blocker: quote::blocker(&customer, &business, shipment.packaging_id.is_some(), account.is_some()),
        chosen: domain::shipping::cheapest(&rates).cloned(),
        rates,
        problem,
        tracking_number: label.as_ref().map(|label| label.tracking_number.clone()).unwrap_or_default(),
        tracking_url: label.as_ref().map(|label| label.tracking_url.clone()).unwrap_or_default(),
        has_label: label.is_some_and(|label| label.document.is_some()),
        customer_name: customer.name,
    })
}
