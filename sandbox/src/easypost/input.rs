//! Reads and checks the bodies EasyPost takes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::refusal::{FieldError, Refusal};

/// An address as it was given; what was not given is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    pub name: Option<String>,
    pub company: Option<String>,
    pub street1: Option<String>,
    pub street2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub zip: Option<String>,
    pub country: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// A parcel: weight in ounces, lengths in inches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parcel {
    pub weight: Option<f64>,
    pub length: Option<f64>,
    pub width: Option<f64>,
    pub height: Option<f64>,
    pub predefined_package: Option<String>,
}

/// `{"shipment":{…}}` of `POST /shipments`.
#[derive(Debug, Deserialize)]
pub struct ShipmentBody {
    pub shipment: NewShipment,
}

/// What is wanted. Fields that change neither rates nor label are accepted and kept out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewShipment {
    pub to_address: Option<Address>,
    pub from_address: Option<Address>,
    pub return_address: Option<Address>,
    pub parcel: Option<Parcel>,
    pub customs_info: Option<Value>,
    pub reference: Option<String>,
    pub options: Map<String, Value>,
}

/// `{"rate":{"id":"rate_…"}}` of `POST /shipments/{id}/buy`.
#[derive(Debug, Deserialize)]
pub struct BuyBody {
    pub rate: RateReference,
}

#[derive(Debug, Deserialize)]
pub struct RateReference {
    pub id: String,
}

/// A shipment that can be rated.
#[derive(Debug)]
pub struct CheckedShipment {
    pub to_address: Address,
    pub from_address: Address,
    pub return_address: Option<Address>,
    pub parcel: Parcel,
    pub weight_ounces: f64,
    pub customs_info: Option<Value>,
    pub reference: Option<String>,
    pub options: Map<String, Value>,
}

/// Reads JSON, or refuses with 400.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error.to_string()))
}

impl NewShipment {
    /// Names every field that is missing or wrong at once.
    pub fn check(self) -> Result<CheckedShipment, Refusal> {
        let mut errors = Vec::new();
        let to_address = check_address(self.to_address, "to_address", &mut errors);
        let from_address = check_address(self.from_address, "from_address", &mut errors);
        let parcel = self.parcel.unwrap_or_default();
        let weight_ounces = parcel.weight.unwrap_or_default();
        if !(weight_ounces.is_finite() && weight_ounces > 0.0) {
            errors.push(error("parcel.weight", "must be greater than 0"));
        }
        for (field, inches) in [
            ("parcel.length", parcel.length),
            ("parcel.width", parcel.width),
            ("parcel.height", parcel.height),
        ] {
            if inches.is_some_and(|inches| !(inches.is_finite() && inches > 0.0)) {
                errors.push(error(field, "must be greater than 0"));
            }
        }
        if !errors.is_empty() {
            return Err(Refusal::fields(errors));
        }
        Ok(CheckedShipment {
            to_address,
            from_address,
            return_address: self.return_address,
            parcel,
            weight_ounces,
            customs_info: self.customs_info,
            reference: self.reference,
            options: self.options,
        })
    }
}

/// A person or a company, a street, a town, a country; in the United States also a state and a ZIP code.
fn check_address(address: Option<Address>, field: &str, errors: &mut Vec<FieldError>) -> Address {
    let Some(mut address) = address else {
        errors.push(error(field, "cannot be blank"));
        return Address::default();
    };
    let country = address.country.get_or_insert_with(|| "US".to_owned());
    *country = country.to_ascii_uppercase();
    let in_united_states = country == "US";
    let mut needed = vec![("street1", &address.street1), ("city", &address.city)];
    if in_united_states {
        needed.extend([("state", &address.state), ("zip", &address.zip)]);
    }
    for (part, value) in needed {
        if is_blank(value.as_ref()) {
            errors.push(error(&format!("{field}.{part}"), "cannot be blank"));
        }
    }
    if is_blank(address.name.as_ref()) && is_blank(address.company.as_ref()) {
        errors.push(error(&format!("{field}.name"), "cannot be blank without a company"));
    }
    address
}

fn is_blank(value: Option<&String>) -> bool {
    value.is_none_or(|value| value.trim().is_empty())
}

fn error(field: &str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{ShipmentBody, parse};

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let body =
            br#"{"shipment":{"to_address":{"name":"Ana","street1":"1 Main","city":"Reno","country":"us"},
            "parcel":{"weight":0,"length":-1}}}"#;
        let refusal = format!("{:?}", parse::<ShipmentBody>(body).unwrap().shipment.check().unwrap_err());
        for field in ["to_address.state", "to_address.zip", "from_address", "parcel.weight", "parcel.length"]
        {
            assert!(refusal.contains(&format!("{field:?}")), "{field} in {refusal}");
        }
        assert!(!refusal.contains("to_address.city"));
    }

    #[test]
    fn a_company_abroad_needs_no_state() {
        let body = br#"{"shipment":{
            "to_address":{"company":"Test Co","street1":"1 Rue","city":"Paris","country":"FR"},
            "from_address":{"name":"Ana","street1":"1 Main","city":"Reno","state":"NV","zip":"89501"},
            "parcel":{"weight":3.5}}}"#;
        let shipment = parse::<ShipmentBody>(body).unwrap().shipment.check().unwrap();
        assert_eq!(
            shipment.from_address.country.as_deref(),
            Some("US"),
            "the country of EasyPost is the default"
        );
    }
}
