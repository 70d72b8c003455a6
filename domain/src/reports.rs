//! The truth about the money afterwards.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{invoices::InvoiceRow, money::Money, page::Page, problem::Problem, text};

/// What is asked of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportQuery {
    /// A sale, or empty for all of them.
    pub sale: String,
    /// The first day, `2026-11-23`, or empty for no beginning. Days are those of the business' time zone.
    pub from: String,
    /// The last day, or empty for no end.
    pub to: String,
    /// The number within its series of the invoice behind which the lines go on, or empty for the latest ones.
    pub after: String,
}

impl ReportQuery {
    /// The parameters of its address, empty ones among them.
    pub fn parameters(&self) -> [(&'static str, &str); 4] {
        [("sale", &self.sale), ("from", &self.from), ("to", &self.to), ("after", &self.after)]
    }

    /// Whether its last day is before its first one, so that nothing can be in it.
    pub fn is_reversed(&self) -> bool {
        // Days of this form stand in the order of their texts.
        !self.from.is_empty() && !self.to.is_empty() && self.to < self.from
    }

    /// The same report from its latest line.
    pub fn from_start(&self) -> Self {
        ReportQuery { after: String::new(), ..self.clone() }
    }
}

/// What was sold, collected, still owed and shipped: of all invoices issued in a period that are not void, or of the share of
/// one sale in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub sold: Money,
    pub pieces: i64,
    pub invoices: i64,
    pub collected: Money,
    /// What the gateways kept of it, as far as they have told.
    pub fees: Money,
    pub owed: Money,
    /// Parcels with a label.
    pub shipped: i64,
    /// What their labels cost in the currency of the business.
    pub postage: Money,
    /// What labels cost in other currencies, one sum each; it is in no other figure.
    pub postage_elsewhere: Vec<Money>,
    /// What invoices have that were paid twice or too much, less what was given back of it.
    pub overpaid: Money,
    /// What was given back at the gateways. It is taken off none of the other sums.
    pub refunded: Money,
}

/// The report as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub figures: Figures,
    /// Some of the invoices behind the figures, the latest first.
    pub lines: Page<ReportLine>,
    /// The latest sales to choose from, and the chosen one: id and title.
    pub sales: Vec<(String, String)>,
    /// Periods to choose with one press.
    pub periods: Vec<Period>,
}

/// A span of days with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// `This month`.
    pub name: String,
    /// `2026-11-01`; empty for no beginning.
    pub from: String,
    /// `2026-11-30`; empty for no end.
    pub to: String,
}

/// One invoice in the report and in its file, or the share of one sale in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// Its place in the series of numbers, by which the lines go on.
    pub sequence: i64,
    pub number: String,
    /// `2026-11-23`.
    pub issued: String,
    pub customer_name: String,
    pub pieces: i64,
    pub total: Money,
    pub paid: Money,
    pub fee: Money,
    pub owed: Money,
    /// In the currency of the business.
    pub postage: Money,
    /// What was paid for its label in another currency.
    pub postage_elsewhere: Option<Money>,
    /// Whether a label was bought for it.
    pub is_shipped: bool,
    pub tracking_number: String,
    /// What was given back of it at the gateways. It is taken off none of the other amounts.
    pub refunded: Money,
}

/// Today's four numbers and what is stuck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayView {
    pub to_review: i64,
    pub to_bill: i64,
    pub unpaid: Money,
    pub to_ship: i64,
    /// Items of which no more is left than their mark says.
    pub low_stock: i64,
    /// What came in on each of the last thirty days, oldest first, minor units.
    pub collected_by_day: Vec<i64>,
    pub collected: Money,
    /// What was given back at the gateways of what buyers paid in these days. It is not taken off.
    pub refunded: Money,
    /// What a person must do before payments go on.
    pub troubles: Vec<Trouble>,
    /// The oldest things that do not go on by themselves.
    pub stuck: Vec<Stuck>,
    /// How many of them there are.
    pub stuck_count: u64,
    /// That mails wait at the moment, until when and why, in a sentence.
    pub mail_rests: Option<String>,
    pub latest_sale: Option<LatestSale>,
    pub unpaid_invoices: Vec<InvoiceRow>,
    /// What a new business has yet to do.
    pub steps: FirstSteps,
}

/// Something that only a person can put right, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub what: String,
    pub path: String,
}

/// The last sale in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestSale {
    pub id: Uuid,
    pub title: String,
    pub claimed: Money,
    pub buyers: i64,
    /// The sale before it, if there was one.
    pub before: Option<Money>,
}

/// Something that does not go on by itself: a job that gave up, a payment that differs from what was asked, or a label that
/// was bought after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuck {
    pub id: Uuid,
    /// What did not happen.
    pub what: String,
    /// What it is about: an invoice's number and its buyer, a sale, a file.
    pub about: String,
    /// Why, in plain words.
    pub why: String,
    /// Where it is looked at.
    pub path: String,
    /// Whether it can be tried again.
    pub can_retry: bool,
}

/// Something stuck that a member set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissed {
    pub id: Uuid,
    pub what: String,
    pub about: String,
    pub path: String,
    /// The reason that was given.
    pub note: String,
    /// The member's name.
    pub by: String,
    /// How long ago.
    pub age: String,
}

/// The page of everything that is stuck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StuckView {
    pub count: u64,
    /// That mails wait at the moment, until when and why, in a sentence.
    pub mail_rests: Option<String>,
    /// The oldest first.
    pub stuck: Page<Stuck>,
    /// What was set aside, the latest first.
    pub dismissed: Vec<Dismissed>,
}

/// The longest reason for setting something aside.
pub const MAX_DISMISS_NOTE: u32 = 300;

/// Why something stuck is set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DismissForm {
    pub note: String,
}

impl DismissForm {
    /// The reason.
    ///
    /// # Errors
    /// It may not be missing or too long.
    pub fn parse(&self) -> Result<String, Problem> {
        text::required(&self.note, MAX_DISMISS_NOTE).map_err(|code| Problem::field("note", code))
    }
}

/// Which of the first steps are done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSteps {
    pub has_item: bool,
    pub has_sale: bool,
    pub has_gateway: bool,
    pub has_carrier: bool,
}

impl FirstSteps {
    /// Whether nothing is left to be done.
    pub fn all_done(&self) -> bool {
        self.has_item && self.has_sale && self.has_gateway && self.has_carrier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_after_it_begins() {
        let period =
            |from: &str, to: &str| ReportQuery { from: from.into(), to: to.into(), ..Default::default() };
        assert!(period("2026-12-05", "2026-11-01").is_reversed());
        for (from, to) in [("2026-11-01", "2026-11-01"), ("2026-11-01", ""), ("", "2026-11-01"), ("", "")] {
            assert!(!period(from, to).is_reversed(), "{from} {to}");
        }
    }
}
