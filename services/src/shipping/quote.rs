//! Asking for rates, once for a parcel.

use domain::{
    money::{Currency, Money},
    problem::{Code, Problem},
    shipping::{Carrier, Rate, ShipBlocker, ShipmentState, contents_weight},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Set,
};
use uuid::Uuid;

use super::{WITHOUT_LABEL, account, find, forget_quotes_of, packaging, request::Rows};
use crate::{
    Error, Result, Services,
    accounts::{Actor, currency},
    entities::{rate, shipment},
    error::stored,
    new_id,
    ports::PortError,
};

/// A shipment for which no label is there, being bought or perhaps bought: what may still be changed about it.
async fn find_open(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<shipment::Model> {
    let shipment = find(connection, business_id, id).await?;
    match WITHOUT_LABEL.contains(&shipment.state.as_str()) {
        true => Ok(shipment),
        false => Err(Code::WrongState.into()),
    }
}

/// Asks the carrier service for rates and keeps them. Rates that are there already are kept while they hold for the parcel
/// as it is.
///
/// # Errors
/// `NotConnected` where no account is connected or its key is no longer accepted; `WrongState` where something else keeps
/// the parcel from being posted, or it changed while the carrier was asked.
pub async fn ask(services: &Services, actor: &Actor, shipment_id: Uuid) -> Result<()> {
    let read = services.database.read();
    let shipment = find_open(read, actor.business_id, shipment_id).await?;
    let rows = Rows::read(read, actor.business_id, shipment).await?;
    let ingredients = rows.ingredients();
    if ingredients.rates_hold()? {
        return Ok(());
    }
    let question = match ingredients.question()? {
        Ok(question) => question,
        Err(ShipBlocker::Carrier) => return Err(Code::NotConnected.into()),
        Err(_) => return Err(Code::WrongState.into()),
    };
    let key = account::key(services, question.account)?;
    let carrier = stored(Carrier::parse(&question.account.carrier))?;
    let quote = services.carrier(carrier)?.quote(&key, &question.request).await.map_err(refused)?;
    if quote.rates.is_empty() {
        return Err(Code::ProviderRefused.into());
    }

    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let present = find_open(&*write, actor.business_id, shipment_id).await?;
    let rows_now = Rows::read(&*write, actor.business_id, present).await?;
    let ingredients_now = rows_now.ingredients();
    if ingredients_now.rates_hold()? {
        // Somebody else asked the same meanwhile.
        return Ok(());
    }
    let holds = ingredients_now.question()?.is_ok_and(|present| present.hash == question.hash);
    if !holds {
        return Err(Code::WrongState.into());
    }
    forget_quotes_of(&write, actor.business_id, &[shipment_id], now).await?;
    let mut row = rows_now.shipment.into_active_model();
    row.quote_reference = Set(Some(quote.shipment_reference));
    row.quote_hash = Set(Some(question.hash));
    row.carrier_account_id = Set(Some(question.account.id));
    row.state = Set(ShipmentState::Ready.as_str().into());
    row.problem = Set(None);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    let rates = quote.rates.into_iter().map(|offer| rate::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        shipment_id: Set(shipment_id),
        reference: Set(offer.reference),
        carrier: Set(offer.carrier),
        service: Set(offer.service),
        price: Set(offer.price.minor),
        currency: Set(offer.price.currency.code().into()),
        days: Set(offer.days),
    });
    rate::Entity::insert_many(rates).exec_without_returning(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// A key that is refused is no fault of the parcel.
fn refused(error: PortError) -> Error {
    match error {
        PortError::Unauthorised(_) | PortError::LiveKeyElsewhere => {
            tracing::warn!(%error, "a carrier does not accept the key of an account");
            Code::NotConnected.into()
        }
        other => other.into(),
    }
}

/// Puts a parcel into another packaging. Its rates no longer hold.
pub async fn repack(services: &Services, actor: &Actor, shipment_id: Uuid, packaging_id: Uuid) -> Result<()> {
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let shipment = find_open(&*write, actor.business_id, shipment_id).await?;
    let packaging = packaging::find(&*write, actor.business_id, packaging_id).await?;
    if packaging.removed_at.is_some() && shipment.packaging_id != Some(packaging.id) {
        return Err(Code::WrongState.into());
    }
    forget_quotes_of(&write, actor.business_id, &[shipment_id], now).await?;
    let mut row = find(&*write, actor.business_id, shipment_id).await?.into_active_model();
    row.packaging_id = Set(Some(packaging.id));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Says what the contents of a parcel weigh, their packaging aside, as typed in the business' unit. Its rates no longer hold
/// where that is something else.
///
/// # Errors
/// `weight` is no weight; a label is there, being bought or perhaps bought.
pub async fn weigh(services: &Services, actor: &Actor, shipment_id: Uuid, typed: &str) -> Result<()> {
    let weight = contents_weight(typed, actor.weight_unit).map_err(|code| Problem::field("weight", code))?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let shipment = find_open(&*write, actor.business_id, shipment_id).await?;
    if shipment.contents_weight != weight {
        forget_quotes_of(&write, actor.business_id, &[shipment_id], now).await?;
    }
    let mut row = find(&*write, actor.business_id, shipment_id).await?.into_active_model();
    row.contents_weight = Set(weight);
    row.contents_weighed_at = Set(Some(now));
    row.updated_at = Set(now);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// The rates of some shipments: for each those in the business' currency first, then the other currencies in turn; within
/// one the cheapest first.
pub(crate) async fn rates_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    own: Currency,
    shipments: &[Uuid],
) -> Result<Vec<(Uuid, Rate)>> {
    let rows = rate::Entity::find()
        .filter(rate::Column::BusinessId.eq(business_id))
        .filter(rate::Column::ShipmentId.is_in(shipments.iter().copied()))
        .order_by_asc(rate::Column::Price)
        .order_by_asc(rate::Column::Id)
        .all(connection)
        .await?;
    let mut rates = rows
        .into_iter()
        .map(|row| {
            let price = Money::new(row.price, currency(&row.currency)?);
            let rate = Rate { id: row.id, carrier: row.carrier, service: row.service, price, days: row.days };
            Ok((row.shipment_id, rate))
        })
        .collect::<Result<Vec<_>>>()?;
    // The sort keeps the order of prices within a currency.
    rates.sort_by_key(|(_, rate)| (rate.price.currency != own, rate.price.currency.code()));
    Ok(rates)
}
