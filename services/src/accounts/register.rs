//! Registering a member together with their business.

use domain::{
    accounts::{RegistrationForm, Role},
    problem::{Code, FieldCode, Problem},
    sales::grammar::Preset,
    text::fold,
};
use sea_orm::{ActiveModelTrait, Set};
use uuid::Uuid;

use super::{
    door, likely_zone,
    password::Guest,
    password_strength::Guesses,
    session::{self, SignedIn, Visitor},
    tries::{Counter, Counts},
};
use crate::{
    Error, Result, Services,
    database::is_taken,
    entities::{business, member, membership},
    new_id,
    security_log::{Event, Outcome, Who, note},
    zone::Zone,
};

/// Registers and signs in.
///
/// # Errors
/// Names every wrong field; [`Code::NotAllowed`] where the operator lets no strangers register; [`Code::TooMany`] after too
/// many registrations from one network; [`Code::Busy`] if the door was not reached.
pub async fn register(services: &Services, form: &RegistrationForm, visitor: &Visitor) -> Result<SignedIn> {
    let registered = carry_out(services, form, visitor).await;
    let outcome = match registered.as_ref().map_err(|error| error.problem().code) {
        Ok(_) => Outcome::Done,
        Err(Code::TooMany) => Outcome::Throttled,
        Err(Code::Busy) => Outcome::Busy,
        Err(Code::NotAllowed) => Outcome::Refused,
        Err(_) => Outcome::Failed,
    };
    let ids = registered.as_ref().ok().map(|registered| (registered.member_id, registered.business_id));
    let who = Who { member_id: ids.map(|ids| ids.0), business_id: ids.map(|ids| ids.1), ..visitor.who() };
    note(Event::Registration, outcome, who);
    registered.map(|registered| registered.signed_in)
}

/// Who has come to be.
struct Registered {
    member_id: Uuid,
    business_id: Uuid,
    signed_in: SignedIn,
}

async fn carry_out(services: &Services, form: &RegistrationForm, visitor: &Visitor) -> Result<Registered> {
    if !services.settings.registration {
        return Err(Code::NotAllowed.into());
    }
    let registration = form.parse()?;
    let (member_id, business_id, now) = (new_id(), new_id(), services.now());
    let of_a_crowd = || visitor.crowd().map(Counter::RegistrationsOfACrowd);
    let counter = visitor.network().map(Counter::Registrations).or_else(of_a_crowd);
    let guest =
        |so_far: &Counts<'_>| Guest::Stranger { network: visitor.turn(), is_doubtful: so_far.are_doubtful() };
    let place = door::come_in(services, counter.as_slice(), guest, now).await?;
    let guesses = Guesses::of(&registration);
    let is_good = move |password: &str| guesses.check(password).map_err(Error::from);
    let password_hash = services.hasher.hash(place, registration.password, is_good).await?;
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
    // The browser's word counts; who registers without a script is where the parcels come from.
    let time_zone = match Zone::parse(&registration.time_zone) {
        Some(zone) => zone.name().to_owned(),
        None => likely_zone::of(&address).to_owned(),
    };

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
        time_zone: Set(time_zone),
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
        false => Error::from(error),
    })?;
    let membership = membership::ActiveModel {
        member_id: Set(member_id),
        business_id: Set(business_id),
        role: Set(Role::Owner.as_str().into()),
    };
    membership.insert(&*write).await?;
    let signed_in = session::let_in(&write, member_id, business_id, visitor.browser.as_deref(), now).await?;
    write.commit().await?;
    Ok(Registered { member_id, business_id, signed_in })
}
