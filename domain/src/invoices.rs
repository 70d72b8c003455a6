//! What a customer owes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    address::PostalAddress,
    money::{Currency, Money, MoneyError},
    payments::Gateway,
    shipping::ShipmentState,
};

stored_enum! {
    /// Where an invoice stands.
    InvoiceState {
        Draft = "draft", "Draft";
        Open = "open", "Unpaid";
        PartPaid = "part-paid", "Part paid";
        Paid = "paid", "Paid";
        Void = "void", "Void";
    }
}

impl InvoiceState {
    /// The state of an issued invoice of which so much is paid. Nothing owed counts as paid.
    pub fn of(total: i64, paid: i64) -> Self {
        if paid >= total {
            InvoiceState::Paid
        } else if paid > 0 {
            InvoiceState::PartPaid
        } else {
            InvoiceState::Open
        }
    }

    /// Whether money is still expected.
    pub fn is_owed(self) -> bool {
        matches!(self, InvoiceState::Open | InvoiceState::PartPaid)
    }
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub code: String,
    pub description: String,
    pub quantity: i64,
    pub unit_price: Money,
}

impl Line {
    /// Quantity times price.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.unit_price.times(self.quantity)
    }
}

/// What an invoice adds up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The lines together.
    pub subtotal: Money,
    /// What the delivery costs the buyer.
    pub shipping: Money,
    pub total: Money,
}

/// Adds up an invoice. An invoice without lines charges no delivery.
pub fn total(currency: Currency, lines: &[Line], shipping_fee: Money) -> Result<Totals, MoneyError> {
    let amounts: Vec<Money> = lines.iter().map(Line::total).collect::<Result<_, _>>()?;
    let subtotal = Money::sum(currency, amounts)?;
    let shipping = if lines.is_empty() { Money::zero(currency) } else { shipping_fee };
    Ok(Totals { subtotal, shipping, total: subtotal.plus(shipping)? })
}

/// What was paid beyond the total of an invoice and not given back since; zero where nothing was.
///
/// # Errors
/// The amounts are not all of one currency, or do not fit.
pub fn overpaid(total: Money, paid: Money, refunded: Money) -> Result<Money, MoneyError> {
    let more = paid.minus(total)?.minus(refunded)?;
    Ok(Money::new(more.minor.max(0), more.currency))
}

/// The number as people and providers see it.
pub fn number(sequence: i64) -> String {
    format!("INV-{sequence:04}")
}

/// A line of the list of invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRow {
    pub id: Uuid,
    pub number: String,
    pub customer_name: String,
    /// What was bought, in short: `A12 Moon ring and 2 more`.
    pub summary: String,
    pub total: Money,
    pub state: InvoiceState,
    /// How long ago it was issued.
    pub age: String,
    pub shipment: Option<ShipmentState>,
    /// The key of the row in the list.
    pub key: String,
}

/// The page of all invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillView {
    /// Buyers with held claims that no invoice covers, and what they come to.
    pub buyers_to_bill: i64,
    pub to_bill: Money,
    pub unpaid: Money,
    pub unpaid_count: i64,
    pub paid_this_week: Money,
    pub invoices: crate::page::Page<InvoiceRow>,
}

/// What is asked of the list of invoices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BillQuery {
    pub search: String,
    /// A state's word, or empty for all.
    pub state: String,
    pub after: String,
}

/// Something that happened to an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// UTC milliseconds.
    pub at: i64,
    pub when: String,
    pub what: String,
    pub mood: Mood,
}

/// What became of a payment after it was booked, as its gateway last told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    pub gateway: Gateway,
    /// What was given back so far.
    pub refunded: Money,
    /// Whether the buyer's bank asks for it back, or has asked.
    pub disputed: bool,
}

/// Why it is unclear what was paid on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyUnclear {
    /// No key can look at the page.
    NoKey,
    /// Another amount or currency was paid than was asked, and nobody has settled what becomes of it.
    Differs,
}

/// A page at a gateway because of which nothing more may be paid of its invoice for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnclearPayment {
    pub attempt_id: Uuid,
    pub why: WhyUnclear,
    pub gateway: Gateway,
    /// What was asked.
    pub amount: Money,
}

/// How a thing on a timeline is to be felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    Well,
    Waiting,
    Wrong,
    Quiet,
}

/// One invoice for the seller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceView {
    pub id: Uuid,
    pub number: String,
    pub state: InvoiceState,
    pub customer_id: Uuid,
    pub customer_name: String,
    pub customer_email: String,
    pub customer_address: PostalAddress,
    pub business_name: String,
    pub lines: Vec<Line>,
    pub totals: Totals,
    pub paid: Money,
    pub owed: Money,
    /// What was paid beyond the total and not given back; see [`overpaid`].
    pub overpaid: Money,
    /// Where the buyer pays, a path on this server.
    pub pay_path: String,
    pub issued: String,
    /// Whether a mail with the pay link was written, be it sent or not.
    pub was_mailed: bool,
    pub shipment_id: Option<Uuid>,
    pub tracking_number: String,
    /// What was given back or is disputed, by payment. No sum here has it taken off.
    pub reversals: Vec<Reversal>,
    /// Pages that block the invoice, because it is unclear what was paid on them.
    pub unclear: Vec<UnclearPayment>,
    /// The least that any connected gateway takes, where what is owed is less.
    pub too_small_below: Option<Money>,
    pub timeline: Vec<TimelineEntry>,
}

/// One invoice for its buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayView {
    /// Whose invoice it is. It is not shown.
    pub business_id: Uuid,
    pub token: String,
    pub number: String,
    pub state: InvoiceState,
    pub business_name: String,
    pub business_email: String,
    pub customer_name: String,
    pub delivery: PostalAddress,
    pub lines: Vec<Line>,
    /// The pictures of what was won, in the order of the lines; nothing where there is none.
    pub pictures: Vec<Option<WonPicture>>,
    pub totals: Totals,
    pub paid: Money,
    pub owed: Money,
    /// Gateways at which it can be paid now.
    pub gateways: Vec<Gateway>,
    /// Whether a try at paying is under way and its end not known.
    pub confirming: bool,
    /// Whether the buyer's bank is paying already: the money takes days, and nothing more should be paid meanwhile.
    pub on_its_way: bool,
    /// Whether it is unclear what was paid on an earlier page: nothing should be paid meanwhile.
    pub unclear: bool,
    /// Whether what is owed is less than any connected gateway takes.
    pub too_small: bool,
    pub shipment: Option<ShipmentState>,
    pub tracking_number: String,
    pub tracking_url: String,
}

/// The main picture of what was won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WonPicture {
    /// Names its files; see [`address`](crate::inventory::pictures::address).
    pub token: String,
    /// Words for those who do not see it; may be empty.
    pub alt: String,
}

/// What billing everyone did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billed {
    pub invoices: i64,
    /// Of those, how many joined an invoice that was open already.
    pub joined: i64,
    /// Buyers without an e-mail address, who must be sent their link by hand.
    pub without_email: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(quantity: i64, minor: i64) -> Line {
        Line {
            code: "A12".into(),
            description: "Moon ring".into(),
            quantity,
            unit_price: Money::new(minor, Currency::USD),
        }
    }

    #[test]
    fn an_invoice_adds_up() {
        let fee = Money::new(599, Currency::USD);
        let totals = total(Currency::USD, &[line(2, 2_400), line(1, 1_250)], fee).expect("small amounts");
        assert_eq!((totals.subtotal.minor, totals.shipping.minor, totals.total.minor), (6_050, 599, 6_649));
        assert_eq!(total(Currency::USD, &[], fee).expect("nothing").total.minor, 0);
        assert!(total(Currency::EUR, &[line(1, 1)], Money::zero(Currency::EUR)).is_err());
        assert_eq!(total(Currency::USD, &[line(i64::MAX, 2)], fee), Err(MoneyError::Overflow));
    }

    #[test]
    fn only_more_than_the_total_is_overpaid_and_only_until_it_is_given_back() {
        let money = |minor| Money::new(minor, Currency::USD);
        for (paid, refunded, more) in [
            (4_820, 0, 0),
            (100, 0, 0),
            (4_820, 4_820, 0),
            (9_640, 0, 4_820),
            (9_640, 820, 4_000),
            (9_640, 4_820, 0),
            (9_640, 9_640, 0),
        ] {
            assert_eq!(overpaid(money(4_820), money(paid), money(refunded)), Ok(money(more)), "{paid}");
        }
        let elsewhere = Money::zero(Currency::EUR);
        assert_eq!(overpaid(money(1), money(2), elsewhere), Err(MoneyError::Currencies));
    }

    #[test]
    fn the_state_follows_what_is_paid() {
        for (paid, state) in [
            (0, InvoiceState::Open),
            (1, InvoiceState::PartPaid),
            (100, InvoiceState::Paid),
            (120, InvoiceState::Paid),
        ] {
            assert_eq!(InvoiceState::of(100, paid), state);
        }
    }
}
