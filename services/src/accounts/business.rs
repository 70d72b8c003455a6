//! The business' own settings.

use domain::{
    accounts::{BusinessForm, BusinessInput},
    address::PostalAddress,
    money::{Currency, Money},
    problem::{FieldCode, Problem},
    three_way::{self, ThreeWay},
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Set};
use uuid::Uuid;

use super::Actor;
use crate::{Result, Services, entities::business, error::OrNotFound, zone::Zone};

/// The row of the actor's business.
pub(crate) async fn of(connection: &impl ConnectionTrait, actor: &Actor) -> Result<business::Model> {
    business::Entity::find_by_id(actor.business_id).one(connection).await?.or_not_found()
}

/// The currency of a business' amounts.
pub(crate) async fn currency_of(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<Currency> {
    let business = business::Entity::find_by_id(business_id).one(connection).await?.or_not_found()?;
    super::currency(&business.currency)
}

/// Where the business posts from.
pub(crate) fn address(business: &business::Model) -> PostalAddress {
    PostalAddress {
        line1: business.line1.clone(),
        line2: business.line2.clone(),
        city: business.city.clone(),
        region: business.region.clone(),
        postal_code: business.postal_code.clone(),
        country: business.country.clone(),
    }
}

/// The settings as a form.
pub async fn view(services: &Services, actor: &Actor) -> Result<BusinessForm> {
    let business = of(services.database.read(), actor).await?;
    Ok(form_of(actor, business))
}

fn form_of(actor: &Actor, business: business::Model) -> BusinessForm {
    BusinessForm {
        address: address(&business),
        shipping_fee: Money::new(business.shipping_fee, actor.currency).decimal(),
        name: business.name,
        email: business.email,
        preset: business.preset,
        time_zone: business.time_zone,
        filled: String::new(),
    }
    .filled()
}

/// Saves the settings.
///
/// # Errors
/// Names the fields that are wrong or were changed by somebody else meanwhile.
pub async fn save(services: &Services, actor: &Actor, form: &BusinessForm) -> Result<()> {
    actor.must_own()?;
    form.parse(actor.currency)?;
    let write = services.database.write(actor.business_id).await?;
    let before = of(&*write, actor).await?;
    let merged = three_way::merged(form, &form_of(actor, before.clone()))?;
    let BusinessInput { name, email, address, shipping_fee, preset, time_zone } =
        merged.parse(actor.currency)?;
    let zone = Zone::parse(&time_zone).ok_or_else(|| Problem::field("time_zone", FieldCode::NotAChoice))?;
    let is_told_anew = (&before.name, &before.email, &self::address(&before)) != (&name, &email, &address);
    let mut business = before.into_active_model();
    business.name = Set(name);
    business.email = Set(email);
    business.shipping_fee = Set(shipping_fee.minor);
    business.preset = Set(preset.as_str().into());
    business.time_zone = Set(zone.name().into());
    business.line1 = Set(address.line1);
    business.line2 = Set(address.line2);
    business.city = Set(address.city);
    business.region = Set(address.region);
    business.postal_code = Set(address.postal_code);
    business.country = Set(address.country);
    business.update(&*write).await?;
    // Carriers were told who posts the parcels and from where.
    if is_told_anew {
        crate::shipping::forget_all_quotes(&write, actor.business_id, services.now()).await?;
    }
    write.commit().await?;
    Ok(())
}
