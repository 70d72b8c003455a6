//! Parcels, postage and labels.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    address::PostalAddress,
    inventory::quantity,
    money::{Currency, Money},
    problem::{Check, FieldCode, Problem},
    text,
    three_way::{ThreeWay, Together},
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
        /// The carrier was asked to sell a label, and its answer is not known: it is asked what became of it.
        Unsure = "unsure", "Not known yet";
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
        Unavailable = "unavailable", "The carrier could not take the order, and says that nothing was bought. Try again later.";
        RateGone = "rate-gone", "This rate is no longer offered. Ask for rates again.";
        Changed = "changed", "The parcel, an address or the carrier account changed after the rates were asked. Nothing was bought; get rates again.";
        Key = "key", "The carrier account no longer accepts its key. Nothing was bought. Connect the account again in the settings.";
        GivenUp = "given-up", "It was said here that this label was not bought. Get rates to buy another one.";
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

/// The cheapest of the rates in a currency; of equal ones the fastest, then the first. Rates in other currencies cannot be
/// compared with these, so none of them is ever the cheapest.
pub fn cheapest(rates: &[Rate], currency: Currency) -> Option<&Rate> {
    rates
        .iter()
        .filter(|rate| rate.price.currency == currency)
        .min_by_key(|rate| (rate.price.minor, rate.days.unwrap_or(i64::MAX)))
}

/// What the contents of a parcel weigh, as typed, in milligrams.
///
/// # Errors
/// It is no weight, or none at all.
pub fn contents_weight(typed: &str, unit: WeightUnit) -> Result<i64, FieldCode> {
    match weight::parse(typed, unit)? {
        0 => Err(FieldCode::NotAWeight),
        weight => Ok(weight),
    }
}

/// Parts of the United States that its post serves like the rest of it, though they have country codes of their own.
const UNITED_STATES: [&str; 2] = ["US", "PR"];

/// Whether a parcel from one country to another needs a customs form. Both are ISO 3166-1 codes of two letters.
pub fn needs_customs(from: &str, to: &str) -> bool {
    from != to && !(UNITED_STATES.contains(&from) && UNITED_STATES.contains(&to))
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
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for PackagingForm {
    // How many there are counts only where it was typed anew.
    const APART: &'static [&'static str] = &["stock", "was"];
    // Two sides of one box and the third of another are no box.
    const TOGETHER: &'static [Together] = &[&["length", "width", "height"]];

    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }
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
    /// It goes to another country, and customs forms cannot be filled in.
    Customs,
    /// What is in it has no weight.
    Weight,
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
            ShipBlocker::Customs => {
                "This parcel goes abroad. SellTrac cannot fill in customs forms yet, and a label without one is \
                 refused at the border. Please post it at the counter."
            }
            ShipBlocker::Weight => "Something in this parcel has no weight. Weigh what goes into it.",
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
    /// The cheapest rate in the business' currency, if rates were asked.
    pub cheapest: Option<Rate>,
    /// Whether rates are there, in whatever currency.
    pub has_rates: bool,
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
    /// The weight of the contents without their packaging, as it is typed; empty where it is not known.
    pub contents_weight: String,
    /// What the items weigh by now, as it is typed, where that is something else.
    pub items_weight: Option<String>,
    pub blocker: Option<ShipBlocker>,
    /// Those that hold for the parcel as it is: the ones in the business' currency first, the cheapest first.
    pub rates: Vec<Rate>,
    /// The cheapest in the business' currency.
    pub chosen: Option<Rate>,
    /// The currency of the business' books.
    pub currency: Currency,
    pub problem: Option<LabelProblem>,
    /// When the carrier is asked again whether the label was bought, `23 Nov 2026, 09:15` by the clock of the business; nothing
    /// where that is known, or where it is asked no more.
    pub looking_again: Option<String>,
    /// The label that is there or may be there.
    pub label: Option<LabelView>,
    /// Whether it was asked for in vain for so long what became of the label that a person may say so.
    pub is_asked_in_vain: bool,
    /// Whether it is this member who may.
    pub may_give_up: bool,
    /// Labels of this parcel that count as not bought though nobody knows, or that were bought after all, the latest first.
    pub strays: Vec<StrayLabel>,
}

/// A label that its parcel goes without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrayLabel {
    /// `USPS Priority`.
    pub service: String,
    /// What was paid for it, or would have been.
    pub price: Money,
    /// Who said that it was not bought, when (`23 Nov 2026`) and how they know; nothing where the carrier had said so.
    pub given_up: Option<GivenUp>,
    /// Whether it turned out to be bought.
    pub is_bought: bool,
    /// Its number, if it was bought and has one.
    pub tracking_number: String,
}

/// That a member said that a label was not bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    pub by: String,
    pub on: String,
    pub note: String,
}

/// The longest reason for saying that a label was not bought.
pub const MAX_GIVE_UP_NOTE: u32 = 300;

/// How it is known that a label was not bought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GiveUpForm {
    pub note: String,
}

impl GiveUpForm {
    /// The reason.
    ///
    /// # Errors
    /// It may not be missing or too long.
    pub fn parse(&self) -> Result<String, Problem> {
        text::required(&self.note, MAX_GIVE_UP_NOTE).map_err(|code| Problem::field("note", code))
    }
}

/// A label as the page of its parcel shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelView {
    /// Whom it was made out to.
    pub recipient: Recipient,
    /// `USPS Priority`.
    pub service: String,
    pub price: Money,
    /// Whether the price is what the rate said, because what the carrier charged could not be read.
    pub is_price_of_rate: bool,
    /// Empty where the service does not track.
    pub tracking_number: String,
    pub tracking_url: String,
    /// Whether it was bought for sure.
    pub is_bought: bool,
    /// Whether it can be printed.
    pub has_document: bool,
    /// Whether fetching what is printed failed and is tried again.
    pub is_fetch_failing: bool,
}

/// Whom a label was made out to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipient {
    pub name: String,
    pub address: PostalAddress,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn the_cheapest_rate_wins_and_of_equals_the_fastest() {
        let rate = |minor, days| in_currency(Currency::USD, minor, days);
        let rates = [rate(700, Some(1)), rate(500, None), rate(500, Some(3))];
        assert_eq!(cheapest(&rates, Currency::USD), Some(&rates[2]));
        assert_eq!(cheapest(&[], Currency::USD), None);
    }

    fn in_currency(currency: Currency, minor: i64, days: Option<i64>) -> Rate {
        Rate {
            id: Uuid::nil(),
            carrier: "USPS".into(),
            service: "Ground".into(),
            price: Money::new(minor, currency),
            days,
        }
    }

    #[test]
    fn rates_of_two_currencies_are_never_compared() {
        let rates = [in_currency(Currency::JPY, 300, None), in_currency(Currency::USD, 820, None)];
        assert_eq!(cheapest(&rates, Currency::USD), Some(&rates[1]));
        assert_eq!(cheapest(&rates, Currency::JPY), Some(&rates[0]));
        assert_eq!(cheapest(&rates, Currency::EUR), None);
    }

    #[test]
    fn a_parcel_abroad_needs_customs() {
        assert!(needs_customs("US", "FR") && needs_customs("FR", "US"));
        assert!(!needs_customs("US", "US") && !needs_customs("US", "PR") && !needs_customs("PR", "US"));
    }

    #[test]
    fn contents_weigh_something() {
        assert_eq!(contents_weight("1.5", WeightUnit::Oz), Ok(42_524));
        assert_eq!(contents_weight("0", WeightUnit::Oz), Err(FieldCode::NotAWeight));
        assert_eq!(contents_weight("", WeightUnit::Oz), Err(FieldCode::Missing));
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
