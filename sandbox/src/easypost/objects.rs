//! Shipments and what buying one adds, and how EasyPost writes them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::input::{Address, Parcel};
use super::rates::Rate;
use crate::clock::iso_8601;
use crate::page::decimal;

/// The one carrier of the sandbox.
const CARRIER: &str = "USPS";

/// One parcel on its way from one address to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shipment {
    pub id: String,
    /// Fingerprint of the API key that made it.
    pub account: String,
    /// Seconds since 1970.
    pub created: i64,
    pub updated: i64,
    pub to_address: Address,
    pub to_address_id: String,
    pub from_address: Address,
    pub from_address_id: String,
    pub return_address: Option<Address>,
    pub parcel: Parcel,
    pub parcel_id: String,
    pub customs_info: Option<Value>,
    pub reference: Option<String>,
    pub options: Map<String, Value>,
    pub rates: Vec<Rate>,
    pub purchase: Option<Purchase>,
    /// `submitted` once the postage was given back.
    pub refund_status: Option<String>,
}

/// Postage bought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purchase {
    pub rate: Rate,
    pub label_id: String,
    pub tracking_code: String,
    pub tracker_id: String,
    /// Seconds since 1970.
    pub bought: i64,
}

impl Shipment {
    /// Whether it leaves the country.
    pub fn is_international(&self) -> bool {
        self.to_address.country != self.from_address.country
    }

    /// The shipment as the API answers it. `sandbox_url` is the root of this sandbox.
    pub fn to_json(&self, sandbox_url: &str) -> Value {
        let purchase = self.purchase.as_ref();
        let messages = match self.rates.is_empty() {
            true => json!([{
                "carrier": CARRIER,
                "type": "rate_error",
                "message": "The package is heavier than 70 pounds.",
            }]),
            false => json!([]),
        };
        let from_address = address_json(&self.from_address, &self.from_address_id, self.created);
        let to_address = address_json(&self.to_address, &self.to_address_id, self.created);
        json!({
            "id": self.id,
            "object": "Shipment",
            "mode": "test",
            "created_at": iso_8601(self.created),
            "updated_at": iso_8601(self.updated),
            "reference": self.reference,
            "status": "unknown",
            "is_return": false,
            "options": self.options,
            "messages": messages,
            "to_address": to_address,
            "buyer_address": to_address,
            "from_address": from_address,
            "return_address": match &self.return_address {
                Some(address) => address_json(address, &self.from_address_id, self.created),
                None => from_address,
            },
            "parcel": self.parcel_json(),
            "customs_info": self.customs_info,
            "rates": self.rates.iter().map(|rate| self.rate_json(rate)).collect::<Vec<_>>(),
            "selected_rate": purchase.map(|purchase| self.rate_json(&purchase.rate)),
            "postage_label": purchase.map(|purchase| label_json(purchase, sandbox_url)),
            "tracking_code": purchase.map(|purchase| &purchase.tracking_code),
            "tracker": purchase.map(|purchase| self.tracker_json(purchase)),
            "fees": purchase.map_or_else(|| json!([]), fees_json),
            "forms": [],
            "insurance": null,
            "refund_status": self.refund_status,
            "scan_form": null,
            "batch_id": null,
            "order_id": null,
        })
    }

    fn parcel_json(&self) -> Value {
        json!({
            "id": self.parcel_id,
            "object": "Parcel",
            "mode": "test",
            "created_at": iso_8601(self.created),
            "updated_at": iso_8601(self.created),
            "weight": self.parcel.weight,
            "length": self.parcel.length,
            "width": self.parcel.width,
            "height": self.parcel.height,
            "predefined_package": self.parcel.predefined_package,
        })
    }

    fn rate_json(&self, rate: &Rate) -> Value {
        json!({
            "id": rate.id,
            "object": "Rate",
            "mode": "test",
            "created_at": iso_8601(self.created),
            "updated_at": iso_8601(self.created),
            "carrier": CARRIER,
            "service": rate.service,
            "rate": decimal(rate.price_cents),
            "currency": "USD",
            "retail_rate": decimal(rate.retail_cents),
            "retail_currency": "USD",
            "list_rate": decimal(rate.price_cents),
            "list_currency": "USD",
            "billing_type": "easypost",
            "delivery_days": rate.delivery_days,
            "est_delivery_days": rate.delivery_days,
            "delivery_date": null,
            "delivery_date_guaranteed": false,
            "shipment_id": self.id,
            "carrier_account_id": "ca_sandbox",
        })
    }

    /// The tracker that buying makes.
    pub fn tracker_json(&self, purchase: &Purchase) -> Value {
        json!({
            "id": purchase.tracker_id,
            "object": "Tracker",
            "mode": "test",
            "created_at": iso_8601(purchase.bought),
            "updated_at": iso_8601(purchase.bought),
            "tracking_code": purchase.tracking_code,
            "carrier": CARRIER,
            "status": "pre_transit",
            "status_detail": "status_update",
            "est_delivery_date": null,
            "signed_by": null,
            "weight": null,
            "shipment_id": self.id,
            "tracking_details": [],
            "fees": [],
            "carrier_detail": null,
            "public_url": null,
        })
    }
}

fn address_json(address: &Address, id: &str, created: i64) -> Value {
    json!({
        "id": id,
        "object": "Address",
        "mode": "test",
        "created_at": iso_8601(created),
        "updated_at": iso_8601(created),
        "name": address.name,
        "company": address.company,
        "street1": address.street1,
        "street2": address.street2,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "country": address.country,
        "phone": address.phone,
        "email": address.email,
        "residential": null,
        "verifications": {},
    })
}

fn label_json(purchase: &Purchase, sandbox_url: &str) -> Value {
    json!({
        "id": purchase.label_id,
        "object": "PostageLabel",
        "created_at": iso_8601(purchase.bought),
        "updated_at": iso_8601(purchase.bought),
        "label_date": iso_8601(purchase.bought),
        "label_type": "default",
        "label_size": "4x6",
        "label_resolution": 300,
        "label_file_type": "image/png",
        "label_url": format!("{sandbox_url}/easypost/labels/{}.png", purchase.label_id),
        "label_pdf_url": null,
        "label_zpl_url": null,
        "label_epl2_url": null,
    })
}

/// The label itself is free; the postage costs what the rate said.
fn fees_json(purchase: &Purchase) -> Value {
    let postage = format!("{}000", decimal(purchase.rate.price_cents));
    json!([fee_json("LabelFee", "0.00000"), fee_json("PostageFee", &postage)])
}

fn fee_json(kind: &str, amount: &str) -> Value {
    json!({ "object": "Fee", "type": kind, "amount": amount, "charged": true, "refunded": false })
}

/// A tracking number of USPS's form: 21 digits from the counter and a check digit.
///
/// The check digit is GS1's: the digits weighted 3, 1, 3, … from the right add up with it to a multiple of
/// ten.
pub fn tracking_code(number: u64) -> String {
    let digits = format!("94001{number:016}");
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, digit)| u32::from(digit - b'0') * if index % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::tracking_code;

    #[test]
    fn tracking_codes_carry_their_check_digit() {
        assert_eq!(tracking_code(1), "9400100000000000000013");
        assert_eq!(tracking_code(123_456), "9400100000000001234561");
        assert_eq!(tracking_code(7).len(), 22);
    }
}
