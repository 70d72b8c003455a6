//! Registering a member together with their business.

use domain::{
    accounts::{RegistrationForm, Role},
    problem::{Code, FieldCode, Problem},
    sales::grammar::Preset,
    text::fold,
};
use sea_orm::{ActiveModelTrait, Set};

use super::session::{self, SessionToken};
use crate::{
    Result, Services,
    database::is_taken,
    entities::{business, member, membership},
    new_id,
};

/// Registers and signs in.
pub async fn register(services: &Services, form: &RegistrationForm) -> Result<SessionToken> {
    if !services.settings.registration {
        return Err(Code::NotAllowed.into());
    }
    let registration = form.parse()?;
    let password_hash = services.hasher.hash(registration.password).await?;
    let (member_id, business_id, now) = (new_id(), new_id(), services.now());
    let preset = match registration.address.country.as_str() {
        "PH" => Preset::Ph,
        "TH" => Preset::Th,
        "VN" => Preset::Vn,
        "TW" => Preset::Tw,
        "MY" | "SG" => Preset::My,
        "ES" | "MX" | "CO" | "CL" | "PE" => Preset::Es,
        _ => Preset::Us,
    };
    let address = registration.address;

    let write = services.database.write_across().await?;
    let business = business::ActiveModel {
        id: Set(business_id),
        name: Set(registration.business_name),
        email: Set(registration.email.clone()),
        currency: Set(registration.currency.code().into()),
        weight_unit: Set(registration.weight_unit.symbol().into()),
        preset: Set(preset.as_str().into()),
        shipping_fee: Set(0),
        next_invoice: Set(1),
        revision: Set(1),
        created_at: Set(now),
        line1: Set(address.line1),
        line2: Set(address.line2),
        city: Set(address.city),
        region: Set(address.region),
        postal_code: Set(address.postal_code),
        country: Set(address.country),
    };
    business.insert(&*write).await?;
    let member = member::ActiveModel {
        id: Set(member_id),
        name: Set(registration.name),
        email_folded: Set(fold(&registration.email)),
        email: Set(registration.email),
        password_hash: Set(password_hash),
        created_at: Set(now),
    };
    member.insert(&*write).await.map_err(|error| match is_taken(&error) {
        true => Problem::field("email", FieldCode::Taken).into(),
        false => crate::Error::from(error),
    })?;
    let membership = membership::ActiveModel {
        member_id: Set(member_id),
        business_id: Set(business_id),
        role: Set(Role::Owner.as_str().into()),
    };
    membership.insert(&*write).await?;
    let token = session::open(&*write, member_id, business_id, now).await?;
    write.commit().await?;
    Ok(token)
}
