//! EasyPost's objects, and ours.

use domain::{
    money::{Currency, Money},
    shipping::Parcel,
};
use serde::Deserialize;
use serde_json::{Number, Value, json};
use services::ports::{
    PortError,
    carrier::{BoughtLabel, OfferedRate, Party, Quote, RateRequest},
};

/// An avoirdupois ounce in nanograms, by definition.
const OUNCE_NANOGRAMS: i128 = 28_349_523_125;
const MILLIGRAM_NANOGRAMS: i128 = 1_000_000;
/// Weights are stored in whole milligrams, so that what was typed as four ounces may be half a milligram more, and a
/// parcel of fifty things 25 mg more. An excess up to a thousandth of an ounce is that, not weight, and does not lift
/// the parcel into the next tenth and the next price.
const ROUNDING_NANOGRAMS: i128 = OUNCE_NANOGRAMS / 1_000;
/// An inch is 25.4 mm.
const INCH_TENTHS_OF_MILLIMETRE: i128 = 254;

/// A new shipment, for which EasyPost answers with rates.
pub fn shipment(request: &RateRequest) -> Result<Value, PortError> {
    Ok(json!({ "shipment": {
        "from_address": address(&request.from),
        "to_address": address(&request.to),
        "parcel": parcel(&request.parcel)?,
        "reference": request.reference,
        "options": { "label_format": "PNG", "label_size": "4x6" },
    }}))
}

fn address(party: &Party) -> Value {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "name": given(&party.name),
        "street1": given(&party.address.line1),
        "street2": given(&party.address.line2),
        "city": given(&party.address.city),
        "state": given(&party.address.region),
        "zip": given(&party.address.postal_code),
        "country": given(&party.address.country),
        "phone": given(&party.phone),
        "email": given(&party.email),
    })
}

/// Ounces and inches with one decimal, rounded up: a parcel that is declared too small is charged afterwards.
fn parcel(parcel: &Parcel) -> Result<Value, PortError> {
    let weight = i128::from(parcel.weight) * MILLIGRAM_NANOGRAMS - ROUNDING_NANOGRAMS;
    let inches = |millimetres: i64| tenths(i128::from(millimetres) * 100, INCH_TENTHS_OF_MILLIMETRE);
    Ok(json!({
        "weight": tenths(weight * 10, OUNCE_NANOGRAMS)?,
        "length": inches(parcel.length)?,
        "width": inches(parcel.width)?,
        "height": inches(parcel.height)?,
    }))
}

/// A quotient, counted in tenths and rounded up, as a JSON number with one decimal. At least a tenth. The number is made
/// from its decimal text, and one decimal is written as it was read.
fn tenths(number: i128, divisor: i128) -> Result<Number, PortError> {
    let tenths = (number + divisor - 1).div_euclid(divisor).max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
        .parse()
        .map_err(|_| PortError::Refused("the parcel has no measures that can be written".into()))
}

/// A shipment, as far as it matters here. Its parts are read one by one, so that one that is odd does not hide the others:
/// above all, a label that was paid for stays one whatever stands beside it.
#[derive(Deserialize)]
pub struct Shipment {
    id: String,
    #[serde(default)]
    rates: Vec<Value>,
    #[serde(default)]
    selected_rate: Value,
    #[serde(default)]
    postage_label: Value,
    #[serde(default)]
    tracking_code: Value,
    #[serde(default)]
    tracker: Value,
}

#[derive(Deserialize)]
struct Rate {
    id: String,
    carrier: String,
    service: String,
    /// A decimal number as text: `7.42`.
    rate: String,
    currency: String,
    #[serde(default)]
    delivery_days: Option<i64>,
    #[serde(default)]
    est_delivery_days: Option<i64>,
}

impl Rate {
    /// The price, if it can be read to the last decimal and its currency is known to SellTrac.
    fn price(&self) -> Option<Money> {
        let currency = Currency::parse(&self.currency)?;
        Some(Money::new(exact_minor(&self.rate, currency.exponent())?, currency))
    }
}

/// A decimal number in minor units, exactly: decimals beyond the currency's must be zeros.
fn exact_minor(text: &str, exponent: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let kept = usize::try_from(exponent).ok()?;
    let (kept_digits, rest) = fraction.split_at(kept.min(fraction.len()));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    format!("{whole}{kept_digits:0<kept$}").parse().ok()
}

/// All offers that can be read and whose currency SellTrac knows.
pub fn quote(shipment: &Shipment) -> Quote {
    let rates = shipment.rates.iter().filter_map(|rate| {
        let rate = Rate::deserialize(rate).ok()?;
        let price = rate.price()?;
        Some(OfferedRate {
            reference: rate.id,
            carrier: rate.carrier,
            service: rate.service,
            price,
            days: rate.delivery_days.or(rate.est_delivery_days).filter(|days| *days >= 0),
        })
    });
    Quote { shipment_reference: shipment.id.clone(), rates: rates.collect() }
}

/// The label of a shipment, if one was bought: then it has a postage label or a tracking code.
pub fn bought(shipment: &Shipment) -> Option<BoughtLabel> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let tracking_number = text(&shipment.tracking_code);
    if !shipment.postage_label.is_object() && tracking_number.is_empty() {
        return None;
    }
    Some(BoughtLabel {
        tracking_number,
        tracking_url: text(&shipment.tracker["public_url"]),
        price: Rate::deserialize(&shipment.selected_rate).ok().and_then(|rate| rate.price()),
        label_url: text(&shipment.postage_label["label_url"]),
    })
}

/// EasyPost's word for what is wrong and the fields it is about: `ADDRESS.VERIFY.FAILURE,zip`. Messages are left out, for
/// they may repeat what was sent; they are not always text, and the list of errors not always of objects.
pub fn error_code(body: &[u8]) -> String {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let error = &answer["error"];
    let fields = error["errors"].as_array().into_iter().flatten().filter_map(|entry| entry["field"].as_str());
    error["code"].as_str().into_iter().chain(fields).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use domain::weight::{self, WeightUnit};

    use super::*;

    fn measured(weight: i64, length: i64) -> Value {
        parcel(&Parcel { weight, length, width: 1, height: 254 }).unwrap()
    }

    #[test]
    fn parcels_are_declared_in_tenths_rounded_up() {
        let declared = |typed: &str| {
            let weight = weight::parse(typed, WeightUnit::Oz).unwrap();
            measured(weight, 200)["weight"].to_string()
        };
        for (typed, ounces) in
            [("4", "4.0"), ("4.01", "4.1"), ("15.9", "15.9"), ("15.91", "16.0"), ("0.01", "0.1")]
        {
            assert_eq!(declared(typed), ounces, "{typed}");
        }
        // Four things of one ounce each are 2 mg more than four ounces, as stored.
        assert_eq!(
            measured(4 * weight::parse("1", WeightUnit::Oz).unwrap(), 200)["weight"].to_string(),
            "4.0"
        );
        let parcel = measured(1_000_000_000, 255);
        assert_eq!(parcel.to_string(), r#"{"height":10.0,"length":10.1,"weight":35274.0,"width":0.1}"#);
    }

    #[test]
    fn prices_are_read_to_the_cent_or_not_at_all() {
        for (text, minor) in [("7.42", 742), ("7.4", 740), ("7", 700), ("7.420", 742), ("0.07", 7)] {
            assert_eq!(exact_minor(text, 2), Some(minor), "{text}");
        }
        assert_eq!(exact_minor("1200.00", 0), Some(1_200));
        for text in
            ["", ".", "7.", ".5", "-7.42", "7.425", "7,42", "1e3", "7.42 ", "NaN", "99999999999999999999"]
        {
            assert_eq!(exact_minor(text, 2), None, "{text}");
        }
    }

    fn rate(id: &str, price: &str, currency: &str) -> Value {
        json!({ "id": id, "carrier": "USPS", "service": "Priority", "rate": price, "currency": currency,
                "delivery_days": null, "est_delivery_days": 2, "list_rate": "9.74" })
    }

    #[test]
    fn an_offer_that_cannot_be_read_is_left_out_and_hides_no_other() {
        let shipment = json!({ "id": "shp_1", "messages": [], "rates": [
            rate("rate_2", "3.000", "KWD"), rate("rate_3", "7.425", "USD"), { "id": "rate_4", "rate": 7.42 },
            "odd", rate("rate_1", "8.20", "USD"),
        ] });
        let quote = quote(&serde_json::from_value(shipment).unwrap());
        let offered = OfferedRate {
            reference: "rate_1".into(),
            carrier: "USPS".into(),
            service: "Priority".into(),
            price: Money::new(820, Currency::USD),
            days: Some(2),
        };
        assert_eq!(quote, Quote { shipment_reference: "shp_1".into(), rates: vec![offered] });
    }

    #[test]
    fn a_label_that_was_paid_for_is_one_however_odd_it_is() {
        let shipment = |label: Value, code: Value, rate: Value| {
            let shipment = json!({ "id": "shp_1", "rates": ["odd"], "postage_label": label, "tracking_code": code,
                "selected_rate": rate, "tracker": { "public_url": "https://t.example/1" } });
            bought(&serde_json::from_value(shipment).unwrap())
        };
        let label = || json!({ "label_url": "https://l.example/1.png" });
        let usual = || rate("rate_1", "8.20", "USD");
        assert_eq!(shipment(Value::Null, Value::Null, Value::Null), None);
        assert_eq!(shipment(Value::Null, json!(""), Value::Null), None);
        let whole = BoughtLabel {
            tracking_number: "94001".into(),
            tracking_url: "https://t.example/1".into(),
            price: Some(Money::new(820, Currency::USD)),
            label_url: "https://l.example/1.png".into(),
        };
        assert_eq!(shipment(label(), json!("94001"), usual()), Some(whole.clone()));
        let untracked = BoughtLabel { tracking_number: String::new(), ..whole.clone() };
        assert_eq!(shipment(label(), Value::Null, usual()), Some(untracked), "letters have no code");
        let unpriced = BoughtLabel { price: None, ..whole.clone() };
        for odd in [
            rate("rate_1", "8.205", "USD"),
            rate("rate_1", "3.000", "KWD"),
            Value::Null,
            json!({ "rate": 8 }),
        ] {
            assert_eq!(shipment(label(), json!("94001"), odd), Some(unpriced.clone()));
        }
        let undrawn = BoughtLabel { label_url: String::new(), ..whole };
        assert_eq!(shipment(json!({ "label_url": null }), json!("94001"), usual()), Some(undrawn.clone()));
        assert_eq!(shipment(Value::Null, json!("94001"), usual()), Some(undrawn));
    }

    #[test]
    fn every_shape_of_error_is_understood() {
        for (body, code) in [
            (
                r#"{"error":{"code":"A.B","message":"m","errors":[{"field":"zip","message":"x"},{"code":"E"}]}}"#,
                "A.B,zip",
            ),
            (r#"{"error":{"code":"A.B","message":["m"],"errors":["text", 7]}}"#, "A.B"),
            (r#"{"error":{"message":{"a":1}}}"#, ""),
            (r#"{"error":"text"}"#, ""),
            (r#"["odd"]"#, ""),
            ("<html>", ""),
        ] {
            assert_eq!(error_code(body.as_bytes()), code, "{body}");
        }
    }
}
