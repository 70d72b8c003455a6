//! Businesses, members, and how they come in.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    address::PostalAddress,
    contact,
    money::{Currency, Money},
    problem::{Check, FieldCode, Problem},
    sales::grammar::Preset,
    text,
    three_way::ThreeWay,
    weight::WeightUnit,
};

/// Characters of a password, at least and at most. Length is the one rule that helps; the upper bound keeps hashing
/// from being a lever.
pub const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 10..=200;

stored_enum! {
    /// What a member may do in a business.
    Role {
        Owner = "owner", "Owner";
        Manager = "manager", "Manager";
        Packer = "packer", "Packer";
    }
}

impl Role {
    /// Whether the role may change gateways, carriers and the business itself.
    pub fn may_change_settings(self) -> bool {
        self == Role::Owner
    }

    /// Whether the role may sell and bill; a packer only ships.
    pub fn may_sell(self) -> bool {
        self != Role::Packer
    }
}

/// The registration form as typed. Its `Debug` tells nothing: it holds a password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationForm {
    pub name: String,
    pub business_name: String,
    pub email: String,
    pub password: String,
    pub address: PostalAddress,
    pub currency: String,
    pub weight_unit: String,
    /// IANA name of the browser's time zone; empty where no script tells it.
    pub time_zone: String,
}

/// A registration that can be carried out. It has no `Debug`, because it holds a password.
pub struct Registration {
    pub name: String,
    pub business_name: String,
    pub email: String,
    pub password: String,
    pub address: PostalAddress,
    pub currency: Currency,
    pub weight_unit: WeightUnit,
    /// As the browser told it; what is no zone counts as not told.
    pub time_zone: String,
}

impl RegistrationForm {
    /// Checks every field.
    pub fn parse(&self) -> Result<Registration, Problem> {
        let mut check = Check::new();
        let name = check.take("name", text::required(&self.name, 120));
        let business_name = check.take("business_name", text::required(&self.business_name, 120));
        let email = check.take("email", contact::email(&self.email));
        let password = check.take("password", password(&self.password));
        let address = self.address.parse("address_", true, &mut check);
        let currency = check.take("currency", Currency::parse(&self.currency).ok_or(FieldCode::NotAChoice));
        let weight_unit =
            check.take("weight_unit", WeightUnit::parse(&self.weight_unit).ok_or(FieldCode::NotAChoice));
        let registration = (|| {
            Some(Registration {
                name: name?,
                business_name: business_name?,
                email: email?,
                password: password?,
                address,
                currency: currency?,
                weight_unit: weight_unit?,
                time_zone: self.time_zone.clone(),
            })
        })();
        check.finish(registration)
    }
}

/// A password as typed, if its length is within bounds.
fn password(typed: &str) -> Result<String, FieldCode> {
    let length = typed.chars().count();
    if length == 0 {
        Err(FieldCode::Missing)
    } else if length < *PASSWORD_LENGTH.start() {
        Err(FieldCode::TooShort(*PASSWORD_LENGTH.start() as u32))
    } else if length > *PASSWORD_LENGTH.end() {
        Err(FieldCode::TooLong(*PASSWORD_LENGTH.end() as u32))
    } else {
        Ok(typed.to_owned())
    }
}

/// The sign-in form as typed. Its `Debug` tells nothing: it holds a password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    pub email: String,
    pub password: String,
}

impl std::fmt::Debug for RegistrationForm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RegistrationForm").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SignInForm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignInForm").finish_non_exhaustive()
    }
}

/// The business' own settings as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BusinessForm {
    pub name: String,
    pub email: String,
    pub address: PostalAddress,
    pub shipping_fee: String,
    pub preset: String,
    /// IANA name of a time zone.
    pub time_zone: String,
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for BusinessForm {
    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }

    fn control_of(answer: &str) -> &str {
        if answer == "address" { "address_line1" } else { answer }
    }

    fn in_words(parts: &serde_json::Value) -> String {
        PostalAddress::line_of(parts)
    }
}

/// The business' own settings, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessInput {
    pub name: String,
    /// Where buyers' answers to mails go.
    pub email: String,
    pub address: PostalAddress,
    /// What an invoice charges for the delivery.
    pub shipping_fee: Money,
    pub preset: Preset,
    /// IANA name of a time zone. Whether there is such a zone is known where the zones are.
    pub time_zone: String,
}

impl BusinessForm {
    /// Checks every field; amounts are in `currency`, which a business keeps for life.
    pub fn parse(&self, currency: Currency) -> Result<BusinessInput, Problem> {
        let mut check = Check::new();
        let name = check.take("name", text::required(&self.name, 120));
        let email = check.take("email", contact::email(&self.email));
        let address = self.address.parse("address_", true, &mut check);
        let shipping_fee = check.take("shipping_fee", Money::parse(&self.shipping_fee, currency));
        let preset = check.take("preset", Preset::parse(&self.preset).ok_or(FieldCode::NotAChoice));
        let time_zone = check.take("time_zone", text::required(&self.time_zone, 64));
        let input = (|| {
            Some(BusinessInput {
                name: name?,
                email: email?,
                address,
                shipping_fee: shipping_fee?,
                preset: preset?,
                time_zone: time_zone?,
            })
        })();
        check.finish(input)
    }
}

/// What every page of the signed-in house knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// By which a browser that several members share keeps what they type apart.
    pub member_id: Uuid,
    pub member_name: String,
    pub business_name: String,
    pub role: Role,
    pub currency: Currency,
    pub weight_unit: WeightUnit,
    pub preset: Preset,
    pub waiting: Waiting,
    /// The business' revision when this was read, by which a screen knows whether it has missed something.
    pub revision: i64,
}

/// What waits in each place, for the counts beside their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Comments that a person must look at.
    pub to_review: i64,
    /// Buyers with held claims that no invoice covers.
    pub to_bill: i64,
    /// Paid invoices whose parcel has no label.
    pub to_ship: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_as_a_password_is_shown_nowhere() {
        let password = "a quiet long password".to_owned();
        let sign_in = SignInForm { password: password.clone(), ..Default::default() };
        let registration = RegistrationForm { password, ..Default::default() };
        let shown = format!("{sign_in:?} {registration:#?}");
        assert!(!shown.contains("quiet"), "{shown}");
    }

    #[test]
    fn a_registration_names_every_wrong_field_at_once() {
        let form = RegistrationForm { email: "ana".into(), password: "short".into(), ..Default::default() };
        let problem = form.parse().err().expect("nothing is right");
        let fields: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "name",
                "business_name",
                "email",
                "password",
                "address_line1",
                "address_city",
                "address_postal_code",
                "address_country",
                "currency",
                "weight_unit"
            ]
        );
    }
}
