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
}

/// What was sold, collected, still owed and shipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// All invoices that are not void.
    pub sold: Money,
    pub pieces: i64,
    pub invoices: i64,
    pub collected: Money,
    /// What the gateways kept of it, as far as they have told.
    pub fees: Money,
    pub owed: Money,
    pub shipped: i64,
    /// What was paid for labels in the currency of the books.
    pub postage: Money,
    /// What was paid for labels in other currencies, one sum each; it is in no other figure.
    pub postage_elsewhere: Vec<Money>,
    /// What an invoice has that was paid twice or too much.
    pub overpaid: Money,
    pub lines: Vec<ReportLine>,
    /// The sales to choose from: id and title.
    pub sales: Vec<(String, String)>,
    pub sale: String,
}

/// One invoice in the report and in its CSV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    pub number: String,
    /// `2026-11-23`.
    pub issued: String,
    pub customer_name: String,
    pub pieces: i64,
    pub total: Money,
    pub paid: Money,
    pub fee: Money,
    pub owed: Money,
    /// In the currency of the books.
    pub postage: Money,
    /// What was paid for its label in another currency.
    pub postage_elsewhere: Option<Money>,
    /// Whether a label was bought for it.
    pub is_shipped: bool,
    pub tracking_number: String,
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
    /// The oldest things that do not go on by themselves.
    pub stuck: Vec<Stuck>,
    /// How many of them there are.
    pub stuck_count: u64,
    pub latest_sale: Option<LatestSale>,
    pub unpaid_invoices: Vec<InvoiceRow>,
    /// What a new business has yet to do.
    pub steps: FirstSteps,
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

/// Something that does not go on by itself: a job that gave up, or a payment that differs from what was asked.
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

/// What text begins with that a spreadsheet takes for a formula, wide forms among them.
pub const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A cell that a spreadsheet will not take for a formula: text that starts like one gets an apostrophe before it. So does
/// text that starts so behind apostrophes of its own, so that what was added can be told and taken away again.
pub fn cell(text: &str) -> String {
    match text.trim_start_matches('\'').starts_with(FORMULA_STARTS) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_formula() {
        assert_eq!(cell("=cmd()"), "'=cmd()");
        assert_eq!(cell("Ana Ruiz"), "Ana Ruiz");
    }
}
