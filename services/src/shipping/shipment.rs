//! One delivery.

use domain::{
    invoices::number,
    money::Money,
    shipping::{LabelProblem, LabelView, ShipmentState, ShipmentView},
    weight,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    LabelFacts, LabelState, find, given_up, label_in, packaging,
    purchase::is_asked_in_vain,
    quote,
    request::{self, Rows},
};
use crate::{
    Result, Services,
    accounts::{Actor, currency},
    customers,
    entities::{claim, shipment},
    error::stored,
    invoices::invoice::lines_of,
    sales::sale::claimed,
};

/// The shipment's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<ShipmentView> {
    let read = services.database.read();
    let shipment = find(read, actor.business_id, id).await?;
    let rows = Rows::read(read, actor.business_id, shipment).await?;
    let ingredients = rows.ingredients();
    let shipment = &rows.shipment;
    let lines = lines_of(read, actor.business_id, &[shipment.invoice_id])
        .await?
        .remove(&shipment.invoice_id)
        .unwrap_or_default();
    let mut packagings = packaging::rows(read, actor.business_id).await?;
    // One that was removed is offered to no parcel but those that are packed in it.
    packagings.extend(rows.packaging.iter().filter(|packed| packed.removed_at.is_some()).cloned());
    let rates: Vec<_> = match ingredients.rates_hold()? {
        true => quote::rates_of(read, actor.business_id, actor.currency, &[id]).await?,
        false => Vec::new(),
    };
    let rates: Vec<_> = rates.into_iter().map(|(_, rate)| rate).collect();
    let states = [LabelState::Buying, LabelState::Unsure, LabelState::Bought];
    let label = label_in(read, actor.business_id, id, &states).await?;
    let state = stored(ShipmentState::parse(&shipment.state))?;
    let is_asked_in_vain = label.as_ref().filter(|_| state == ShipmentState::Unsure).is_some_and(|label| {
        is_asked_in_vain(label.look_at, label.asked_at, label.created_at, services.now())
    });
    let looking_again = label
        .as_ref()
        .filter(|_| state == ShipmentState::Unsure && !is_asked_in_vain)
        .and_then(|label| label.look_at)
        .map(|at| actor.zone.date_and_time(at));
    let problem = shipment.problem.as_deref().map(|word| stored(LabelProblem::parse(word))).transpose()?;
    Ok(ShipmentView {
        id,
        invoice_id: shipment.invoice_id,
        invoice_number: number(rows.invoice),
        customer_id: rows.customer.id,
        address: customers::address(&rows.customer),
        state,
        contents: lines
            .iter()
            .map(|line| format!("{} × {} {}", line.quantity, line.code, line.description))
            .collect(),
        parcel: rows.packaging.as_ref().map(|packaging| request::parcel(shipment, packaging)),
        contents_weight: match shipment.contents_weighed_at {
            _ if rows.lacks_weight => String::new(),
            Some(_) => weight::natural(shipment.contents_weight, actor.weight_unit),
            // The sum of the pieces is nobody's plain number.
            None => weight::decimal(shipment.contents_weight, actor.weight_unit, 2),
        },
        items_weight: items_weight(read, actor, shipment, rows.lacks_weight).await?,
        packaging_id: shipment.packaging_id,
        packagings: packagings.into_iter().map(|row| packaging::shown(row, actor.currency)).collect(),
        blocker: ingredients.blocker(),
        chosen: domain::shipping::cheapest(&rates, actor.currency).cloned(),
        rates,
        currency: actor.currency,
        problem,
        looking_again,
        label: label.map(label_view).transpose()?,
        is_asked_in_vain,
        may_give_up: is_asked_in_vain && actor.role.may_change_settings(),
        strays: given_up::of_shipment(read, actor, id).await?,
        customer_name: rows.customer.name.clone(),
    })
}

fn label_view(label: LabelFacts) -> Result<LabelView> {
    let is_bought = label.state == LabelState::Bought.as_str();
    Ok(LabelView {
        recipient: stored(serde_json::from_str(&label.recipient).ok())?,
        service: label.service,
        price: Money::new(label.price, currency(&label.currency)?),
        is_price_of_rate: label.is_price_of_rate,
        tracking_number: label.tracking_number,
        tracking_url: label.tracking_url,
        is_bought,
        is_fetch_failing: is_bought && !label.has_document && label.fetch_failed_at.is_some(),
        has_document: label.has_document,
    })
}

/// What the items of a parcel weigh as they are now, as it is typed, where each has a weight and the parcel was thought to
/// weigh something else: what was put right on an item after it was billed can be taken over.
async fn items_weight(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    shipment: &shipment::Model,
    lacks_weight: bool,
) -> Result<Option<String>> {
    if !super::WITHOUT_LABEL.contains(&shipment.state.as_str()) {
        return Ok(None);
    }
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::InvoiceId.eq(shipment.invoice_id))
        .all(connection)
        .await?;
    let variants = claims.iter().map(|claim| claim.variant_id);
    let claimed = claimed(connection, actor.business_id, variants).await?;
    let weighed: Option<Vec<i64>> = claims
        .iter()
        .map(|claim| {
            let one = claimed.get(&claim.variant_id)?.posted_weight();
            (one > 0).then(|| one.saturating_mul(claim.quantity))
        })
        .collect();
    let Some(weighed) = weighed.filter(|weighed| !weighed.is_empty()) else { return Ok(None) };
    let sum = weighed.into_iter().fold(0_i64, i64::saturating_add);
    let is_news = sum <= weight::MAX_MILLIGRAMS && (lacks_weight || sum != shipment.contents_weight);
    Ok(is_news.then(|| weight::natural(sum, actor.weight_unit)))
}
