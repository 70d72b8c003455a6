//! Asking for rates, once for a parcel.

use domain::{
    money::Money,
    problem::Code,
    shipping::{Carrier, Parcel, Rate, ShipBlocker, ShipmentState},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Set,
};
use uuid::Uuid;

use super::{WITHOUT_LABEL, account, find, forget_quotes_of, packaging};
use crate::{
    Result, Services,
    accounts::{Actor, business, currency},
    customers,
    entities::{business as businesses, customer, packaging as packagings, rate, shipment},
    error::stored,
    invoices::invoice,
    new_id,
    ports::carrier::{Party, RateRequest},
};

/// What a parcel measures in its packaging.
pub(crate) fn parcel(shipment: &shipment::Model, packaging: &packagings::Model) -> Parcel {
    Parcel {
        weight: shipment.contents_weight.saturating_add(packaging.weight),
        length: packaging.length,
        width: packaging.width,
        height: packaging.height,
    }
}

/// What keeps a parcel from being posted, the first thing first.
pub(crate) fn blocker(
    customer: &customer::Model,
    business: &businesses::Model,
    has_packaging: bool,
    has_carrier: bool,
) -> Option<ShipBlocker> {
    if !customers::address(customer).is_complete() {
        Some(ShipBlocker::Address)
    } else if !business::address(business).is_complete() {
        Some(ShipBlocker::OwnAddress)
    } else if !has_packaging {
        Some(ShipBlocker::Packaging)
    } else if !has_carrier {
        Some(ShipBlocker::Carrier)
    } else {
        None
    }
}

/// Asks the carrier service for rates and keeps them. Rates that are there already are kept: they hold until the parcel,
/// the address or the packaging changes.
pub async fn ask(services: &Services, actor: &Actor, shipment_id: Uuid) -> Result<()> {
    let read = services.database.read();
    let shipment = find(read, actor.business_id, shipment_id).await?;
    if shipment.quote_reference.is_some() {
        return Ok(());
    }
    if !WITHOUT_LABEL.contains(&shipment.state.as_str()) {
        return Err(Code::WrongState.into());
    }
    let business = business::of(read, actor).await?;
    let customer = customers::customer::find(read, actor.business_id, shipment.customer_id).await?;
    let account = account::connected(read, actor.business_id).await?;
    let blocker = blocker(&customer, &business, shipment.packaging_id.is_some(), account.is_some());
    let (Some(account), Some(packaging_id), None) = (account, shipment.packaging_id, blocker) else {
        return Err(match blocker {
            Some(ShipBlocker::Carrier) => Code::NotConnected.into(),
            _ => Code::WrongState.into(),
        });
    };
    let packaging = packaging::find(read, actor.business_id, packaging_id).await?;
    let invoice = invoice::find(read, actor.business_id, shipment.invoice_id).await?;
    let request = RateRequest {
        from: Party {
            name: business.name.clone(),
            email: business.email.clone(),
            phone: String::new(),
            address: business::address(&business),
        },
        to: Party {
            name: customer.name.clone(),
            email: customer.email.clone(),
            phone: customer.phone.clone(),
            address: customers::address(&customer),
        },
        parcel: parcel(&shipment, &packaging),
        reference: domain::invoices::number(invoice.sequence),
    };
    let key = account::key(services, &account)?;
    let carrier = stored(Carrier::parse(&account.carrier))?;
    let quote = services.carrier(carrier)?.quote(&key, &request).await?;
    if quote.rates.is_empty() {
        return Err(Code::ProviderRefused.into());
    }

    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let present = find(&*write, actor.business_id, shipment_id).await?;
    let packaging_now = packaging::find(&*write, actor.business_id, packaging_id).await?;
    // Somebody else asked, bought, repacked or measured the packaging anew while the carrier was asked.
    if present.quote_reference.is_some()
        || present.packaging_id != shipment.packaging_id
        || parcel(&present, &packaging_now) != request.parcel
        || !WITHOUT_LABEL.contains(&present.state.as_str())
    {
        return Ok(());
    }
    forget_quotes_of(&write, actor.business_id, &[shipment_id], now).await?;
    let mut row = present.into_active_model();
    row.quote_reference = Set(Some(quote.shipment_reference));
    row.carrier_account_id = Set(Some(account.id));
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

/// Puts a parcel into another packaging. Its rates no longer hold.
pub async fn repack(services: &Services, actor: &Actor, shipment_id: Uuid, packaging_id: Uuid) -> Result<()> {
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let shipment = find(&*write, actor.business_id, shipment_id).await?;
    if !WITHOUT_LABEL.contains(&shipment.state.as_str()) {
        return Err(Code::WrongState.into());
    }
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

/// The rates of some shipments, the cheapest first.
pub(crate) async fn rates_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    shipments: &[Uuid],
) -> Result<Vec<(Uuid, Rate)>> {
    let rows = rate::Entity::find()
        .filter(rate::Column::BusinessId.eq(business_id))
        .filter(rate::Column::ShipmentId.is_in(shipments.iter().copied()))
        .order_by_asc(rate::Column::Price)
        .order_by_asc(rate::Column::Id)
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let price = Money::new(row.price, currency(&row.currency)?);
            let rate = Rate { id: row.id, carrier: row.carrier, service: row.service, price, days: row.days };
            Ok((row.shipment_id, rate))
        })
        .collect()
}
