//! Buying a label, at most once.
//!
//! The purchase is stored before the carrier is asked. After an answer that was lost the parcel is looked up there first;
//! only if no label was bought is it tried again.

use std::collections::HashMap;

use domain::{
    problem::Code,
    shipping::{Carrier, LabelProblem, ShipmentState},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use uuid::Uuid;

use super::{LabelState, WITHOUT_LABEL, account, find, packaging};
use crate::{
    Result, Services,
    accounts::Actor,
    customers,
    database::Write,
    entities::{carrier_account, claim, label, rate, shipment},
    error::{OrNotFound, stored},
    inventory::stock::{self, Movement},
    invoices::mail,
    jobs::{JobKind, Outcome, queue},
    new_id,
    ports::{PortError, carrier::BoughtLabel},
    sales::sale::claimed,
};

/// Orders the label of a rate. It is bought by a job.
pub async fn order(services: &Services, actor: &Actor, shipment_id: Uuid, rate_id: Uuid) -> Result<()> {
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let shipment = find(&*write, actor.business_id, shipment_id).await?;
    let rate = rate::Entity::find_by_id(rate_id)
        .filter(rate::Column::BusinessId.eq(actor.business_id))
        .filter(rate::Column::ShipmentId.eq(shipment_id))
        .one(&*write)
        .await?
        .or_not_found()?;
    if !WITHOUT_LABEL.contains(&shipment.state.as_str()) {
        return Err(Code::WrongState.into());
    }
    let quote_reference = shipment.quote_reference.clone().ok_or(Code::WrongState)?;
    let label = label::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        shipment_id: Set(shipment_id),
        state: Set(LabelState::Buying.as_str().into()),
        quote_reference: Set(quote_reference),
        rate_reference: Set(rate.reference),
        service: Set(format!("{} {}", rate.carrier, rate.service)),
        price: Set(rate.price),
        currency: Set(rate.currency),
        tracking_number: Set(String::new()),
        tracking_url: Set(String::new()),
        label_url: Set(String::new()),
        document: Set(None),
        created_at: Set(now),
        bought_at: Set(None),
    };
    let label = label.insert(&*write).await?;
    let mut row = shipment.into_active_model();
    row.state = Set(ShipmentState::Buying.as_str().into());
    row.problem = Set(None);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    queue::enqueue(&write, actor.business_id, JobKind::BuyLabel, [label.id], now).await?;
    write.commit().await?;
    Ok(())
}

async fn label(connection: &impl ConnectionTrait, business_id: Uuid, id: Uuid) -> Result<label::Model> {
    label::Entity::find_by_id(id)
        .filter(label::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The account with which a label is bought.
async fn account_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    label: &label::Model,
) -> Result<(shipment::Model, carrier_account::Model)> {
    let shipment = find(connection, business_id, label.shipment_id).await?;
    let account = account::by_id(connection, business_id, shipment.carrier_account_id).await?;
    Ok((shipment, account))
}

/// The job: buys a label. `again` says that an earlier try may have bought it; `last` that no other will follow.
pub(crate) async fn buy(
    services: &Services,
    business_id: Uuid,
    label_id: Uuid,
    again: bool,
    last: bool,
) -> Result<Outcome> {
    let read = services.database.read();
    let label = label(read, business_id, label_id).await?;
    if label.state != LabelState::Buying.as_str() {
        return Ok(Outcome::Done);
    }
    let (_, account) = account_of(read, business_id, &label).await?;
    let key = account::key(services, &account)?;
    let carrier = services.carrier(stored(Carrier::parse(&account.carrier))?)?;
    let bought = match again {
        true => carrier.look_up(&key, &label.quote_reference).await,
        false => Ok(None),
    };
    let bought = match bought {
        Ok(Some(bought)) => Ok(bought),
        Ok(None) => carrier.buy(&key, &label.quote_reference, &label.rate_reference).await,
        Err(error) => Err(error),
    };
    match bought {
        Ok(bought) => {
            store_bought(services, label, bought).await?;
            Ok(Outcome::Done)
        }
        // Whether the last try bought something is not known, so a person must look; nothing is tried behind their back.
        Err(error) if error.is_passing() && !last => Err(error.into()),
        Err(error) => {
            tracing::warn!(label = %label.id, %error, "a label was not bought");
            store_failed(services, label, problem(&error)).await?;
            Ok(Outcome::Done)
        }
    }
}

/// What a seller is told about a purchase that failed.
fn problem(error: &PortError) -> LabelProblem {
    match error {
        PortError::Unavailable(_) | PortError::Postponed(_) | PortError::Nonsense(_) => {
            LabelProblem::Unavailable
        }
        PortError::Gone(_) => LabelProblem::RateGone,
        PortError::PaymentRequired(_) => LabelProblem::Unpaid,
        PortError::Refused(_) | PortError::Unauthorised(_) | PortError::LiveKeyElsewhere => {
            LabelProblem::Refused
        }
    }
}

/// Keeps what was bought, and queues fetching the label and telling the buyer.
async fn store_bought(services: &Services, label: label::Model, bought: BoughtLabel) -> Result<()> {
    let now = services.now();
    let write = services.database.write(label.business_id).await?;
    // Another worker may have kept it meanwhile; a box is used up once.
    let label = self::label(&*write, label.business_id, label.id).await?;
    if label.state != LabelState::Buying.as_str() {
        return Ok(());
    }
    let shipment = find(&*write, label.business_id, label.shipment_id).await?;
    ship_pieces(&write, &shipment, now).await?;
    let customer = customers::customer::find(&*write, label.business_id, shipment.customer_id).await?;
    let (business_id, label_id, invoice_id) = (label.business_id, label.id, shipment.invoice_id);
    if let Some(packaging_id) = shipment.packaging_id {
        packaging::use_one(&write, business_id, packaging_id).await?;
    }
    let mut row = label.into_active_model();
    row.state = Set(LabelState::Bought.as_str().into());
    row.tracking_number = Set(bought.tracking_number);
    row.tracking_url = Set(bought.tracking_url);
    row.price = Set(bought.price.minor);
    row.currency = Set(bought.price.currency.code().into());
    row.label_url = Set(bought.label_url);
    row.bought_at = Set(Some(now));
    row.update(&*write).await?;
    let mut row = shipment.into_active_model();
    row.state = Set(ShipmentState::Labelled.as_str().into());
    row.updated_at = Set(now);
    row.update(&*write).await?;
    queue::enqueue(&write, business_id, JobKind::FetchLabel, [label_id], now).await?;
    if !customer.email.is_empty() {
        let recipients = vec![(invoice_id, customer.email)];
        mail::queue(&write, business_id, mail::MailKind::Shipped, recipients, now).await?;
    }
    write.commit().await?;
    Ok(())
}

/// Notes in the stock that the pieces of a shipment have left the house: no more than were sold and are still here, because
/// a piece may have been booked as returned before it was sent. A label that was paid for is never refused for that.
async fn ship_pieces(write: &Write, shipment: &shipment::Model, now: i64) -> Result<()> {
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(shipment.business_id))
        .filter(claim::Column::InvoiceId.eq(shipment.invoice_id))
        .all(&**write)
        .await?;
    let variants = claims.iter().map(|claim| claim.variant_id);
    let mut here: HashMap<Uuid, i64> = claimed(&**write, shipment.business_id, variants)
        .await?
        .into_iter()
        .map(|(id, what)| (id, what.variant.sold - what.variant.shipped))
        .collect();
    let shipped = claims.iter().filter_map(|claim| {
        let here = here.get_mut(&claim.variant_id)?;
        let pieces = Ord::min(claim.quantity, *here);
        *here -= pieces;
        (pieces > 0).then(|| Movement::ship(claim.variant_id, pieces, claim.id))
    });
    let shipped: Vec<Movement> = shipped.collect();
    stock::carry_out(write, shipment.business_id, &shipped, now).await
}

/// Notes that nothing was bought and why. The rates are forgotten: a parcel that was refused is asked about anew.
async fn store_failed(services: &Services, label: label::Model, problem: LabelProblem) -> Result<()> {
    let now = services.now();
    let write = services.database.write(label.business_id).await?;
    super::forget_quotes_of(&write, label.business_id, &[label.shipment_id], now).await?;
    let mut row = find(&*write, label.business_id, label.shipment_id).await?.into_active_model();
    row.state = Set(ShipmentState::Failed.as_str().into());
    row.problem = Set(Some(problem.as_str().into()));
    row.update(&*write).await?;
    let mut row = label.into_active_model();
    row.state = Set(LabelState::Failed.as_str().into());
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// The job: fetches the label's picture and keeps it as the PDF that is printed.
pub(crate) async fn fetch(services: &Services, business_id: Uuid, label_id: Uuid) -> Result<Outcome> {
    let read = services.database.read();
    let label = label(read, business_id, label_id).await?;
    if label.document.is_some() {
        return Ok(Outcome::Done);
    }
    let (_, account) = account_of(read, business_id, &label).await?;
    let key = account::key(services, &account)?;
    let carrier = services.carrier(stored(Carrier::parse(&account.carrier))?)?;
    let document = carrier.fetch_label(&key, &label.label_url).await?;

    let write = services.database.write(business_id).await?;
    let mut row = label.into_active_model();
    row.document = Set(Some(document));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(Outcome::Done)
}

/// The PDF of a shipment's label.
pub async fn document(services: &Services, actor: &Actor, shipment_id: Uuid) -> Result<Vec<u8>> {
    let label = super::bought_label(services.database.read(), actor.business_id, shipment_id).await?;
    label.and_then(|label| label.document).or_not_found()
}
