//! Parcels, postage and labels.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    address::PostalAddress,
    inventory::quantity,
    money::{Currency, Money},
    problem::{Check, FieldCode, Problem},
    text,
    weight::{self, WeightUnit},
};

/// Prefixes of the keys that EasyPost gives out.
pub const EASYPOST_KEY_PREFIXES: &[&str] = &["EZTK", "EZAK"];

stored_enum! {
    /// A company through which postage is bought.
    Carrier {
        EasyPost = "easypost", "EasyPost";
    }
}

stored_enum! {
    /// Where a delivery stands.
    ShipmentState {
        /// Paid; no label yet.
        Ready = "ready", "To ship";
        /// A label is being bought.
        Buying = "buying", "Buying the label";
        /// The label is there.
        Labelled = "labelled", "Label bought";
        /// The label could not be bought; the reason stands beside it.
        Failed = "failed", "Needs a look";
    }
}

stored_enum! {
    /// Why a label could not be bought.
    LabelProblem {
        Refused = "refused", "The carrier refused this parcel or address. Check both, then ask for rates again.";
        Unavailable = "unavailable", "The carrier did not answer for a long time. Nothing was bought; try again.";
        RateGone = "rate-gone", "This rate is no longer offered. Ask for rates again.";
        Unpaid = "unpaid", "The carrier account has no money left. Fill it up, then buy again.";
    }
}

/// What a parcel measures. Weights in milligrams, lengths in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Contents and packaging together.
    pub weight: i64,
    pub length: i64,
    pub width: i64,
    pub height: i64,
}

/// An offer to carry a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub id: Uuid,
    pub carrier: String,
    pub service: String,
    pub price: Money,
    pub days: Option<i64>,
}

/// The cheapest of some rates; of equal ones the fastest, then the first.
pub fn cheapest(rates: &[Rate]) -> Option<&Rate> {
    rates.iter().min_by_key(|rate| (rate.price.minor, rate.days.unwrap_or(i64::MAX)))
}

/// The most packagings that one business has at a time.
pub const MAX_PACKAGINGS: u64 = 100;
/// How many of those that were removed are shown, the one removed last first.
pub const SHOWN_REMOVED: u64 = 20;

/// A kind of box or mailer as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackagingForm {
    pub name: String,
    pub weight: String,
    /// Centimetres, whole or with one decimal.
    pub length: String,
    pub width: String,
    pub height: String,
    /// What one costs; may be empty.
    pub cost: String,
    /// How many there are; empty where they are not counted.
    pub stock: String,
    /// How many there were when the form was filled in. Where that was left as it is, boxes that were used since stay so.
    pub was: String,
}

/// A kind of box or mailer, checked: milligrams and millimetres.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagingInput {
    pub name: String,
    pub weight: i64,
    pub length: i64,
    pub width: i64,
    pub height: i64,
    pub cost: Option<Money>,
    /// Pieces; nothing where they are not counted.
    pub stock: Option<i64>,
}

impl PackagingForm {
    /// Whether how many there are was typed anew.
    pub fn is_counted_anew(&self) -> bool {
        text::tidy(&self.stock) != text::tidy(&self.was)
    }

    /// Checks every field, the weight in `unit`, the cost in `currency`.
    ///
    /// # Errors
    /// Some field is wrong.
    pub fn parse(&self, currency: Currency, unit: WeightUnit) -> Result<PackagingInput, Problem> {
        let mut check = Check::new();
        let name = check.take("name", text::required(&self.name, 60));
        let weight = check.take("weight", weight::parse(&self.weight, unit));
        let length = check.take("length", millimetres(&self.length));
        let width = check.take("width", millimetres(&self.width));
        let height = check.take("height", millimetres(&self.height));
        let cost = match text::tidy(&self.cost) {
            typed if typed.is_empty() => Ok(None),
            typed => Money::parse(&typed, currency).map(Some),
        };
        let cost = check.take("cost", cost);
        let stock = check.take("stock", packaging_stock(&self.stock));
        let input = (|| {
            Some(PackagingInput {
                name: name?,
                weight: weight?,
                length: length?,
                width: width?,
                height: height?,
                cost: cost?,
                stock: stock?,
            })
        })();
        check.finish(input)
    }
}

/// How many pieces of a packaging there are, as typed; empty where they are not counted.
///
/// # Errors
/// It is no number of pieces.
pub fn packaging_stock(typed: &str) -> Result<Option<i64>, FieldCode> {
    match text::tidy(typed) {
        typed if typed.is_empty() => Ok(None),
        typed => quantity(&typed).map(Some),
    }
}

/// Centimetres with at most one decimal, as millimetres; from 1 mm to 3 m.
fn millimetres(typed: &str) -> Result<i64, FieldCode> {
    let typed = text::tidy(typed);
    if typed.is_empty() {
        return Err(FieldCode::Missing);
    }
    match crate::money::parse_decimal(&typed, 1) {
        Some(0) => Err(FieldCode::TooLittle(1)),
        Some(length) if length > 3_000 => Err(FieldCode::TooMuch(300)),
        Some(length) => Ok(length),
        None => Err(FieldCode::NotANumber),
    }
}

/// Millimetres as they are typed: centimetres with at most one decimal.
pub fn centimetres(millimetres: i64) -> String {
    match millimetres % 10 {
        0 => (millimetres / 10).to_string(),
        rest => format!("{}.{rest}", millimetres / 10),
    }
}

/// A kind of box or mailer as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packaging {
    pub id: Uuid,
    pub name: String,
    pub weight: i64,
    /// `20 × 15 × 8 cm`.
    pub size: String,
    pub cost: Option<Money>,
    /// Pieces left; nothing where they are not counted. With none left a parcel can still be packed: the count may be
    /// wrong.
    pub stock: Option<i64>,
}

impl Packaging {
    /// How many are left, where they are counted: `12 left`, `none left`.
    pub fn left(&self) -> Option<String> {
        self.stock.map(|stock| match stock {
            0 => "none left".to_owned(),
            left => format!("{left} left"),
        })
    }
}

/// Millimetres as centimetres: `20 × 15.5 × 8 cm`.
pub fn size_text(length: i64, width: i64, height: i64) -> String {
    format!("{} × {} × {} cm", centimetres(length), centimetres(width), centimetres(height))
}

/// The page on which a packaging is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagingView {
    pub id: Uuid,
    pub form: PackagingForm,
    /// Parcels without a label that are packed in it.
    pub waiting: i64,
    /// Whether it is on the list no longer.
    pub is_removed: bool,
}

/// What keeps a parcel from being posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShipBlocker {
    /// The buyer's address is not complete.
    Address,
    /// The business' own address is not complete.
    OwnAddress,
    /// No carrier account is connected.
    Carrier,
    /// No packaging is known.
    Packaging,
}

impl ShipBlocker {
    /// What to do about it.
    pub fn message(self) -> &'static str {
        match self {
            ShipBlocker::Address => "The buyer's address is missing.",
            ShipBlocker::OwnAddress => "Your own address is not complete.",
            ShipBlocker::Carrier => "Connect a carrier account to buy postage.",
            ShipBlocker::Packaging => "Tell us a box or mailer that you use.",
        }
    }
}

/// A line of the shipping queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentRow {
    pub id: Uuid,
    pub invoice_number: String,
    pub customer_id: Uuid,
    pub customer_name: String,
    pub place: String,
    pub state: ShipmentState,
    /// Milligrams, packaging included.
    pub weight: i64,
    pub packaging: String,
    pub blocker: Option<ShipBlocker>,
    /// The cheapest rate, if rates were asked.
    pub cheapest: Option<Rate>,
    pub tracking_number: String,
    /// The key of the row in the list.
    pub key: String,
}

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentView {
    pub id: Uuid,
    pub invoice_id: Uuid,
    pub invoice_number: String,
    pub customer_id: Uuid,
    pub customer_name: String,
    pub address: PostalAddress,
    pub state: ShipmentState,
    pub contents: Vec<String>,
    pub parcel: Option<Parcel>,
    pub packaging_id: Option<Uuid>,
    pub packagings: Vec<Packaging>,
    pub blocker: Option<ShipBlocker>,
    pub rates: Vec<Rate>,
    pub chosen: Option<Rate>,
    pub problem: Option<LabelProblem>,
    pub tracking_number: String,
    pub tracking_url: String,
    /// Whether a label can be printed.
    pub has_label: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn the_cheapest_rate_wins_and_of_equals_the_fastest() {
        let rate = |minor, days| Rate {
            id: Uuid::nil(),
            carrier: "USPS".into(),
            service: "Ground".into(),
            price: Money::new(minor, Currency::USD),
            days,
        };
        let rates = [rate(700, Some(1)), rate(500, None), rate(500, Some(3))];
        assert_eq!(cheapest(&rates), Some(&rates[2]));
        assert_eq!(cheapest(&[]), None);
    }

    #[test]
    fn sizes_are_typed_and_shown_in_centimetres() {
        assert_eq!(millimetres("20"), Ok(200));
        assert_eq!(millimetres("15,5"), Ok(155));
        assert_eq!(millimetres("0"), Err(FieldCode::TooLittle(1)));
        assert_eq!(millimetres("301"), Err(FieldCode::TooMuch(300)));
        assert_eq!(size_text(200, 155, 80), "20 × 15.5 × 8 cm");
        assert_eq!(millimetres(&centimetres(155)), Ok(155));
    }
}
