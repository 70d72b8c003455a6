//! What happened with a customer: claims, invoices, parcels, mails, credit, merges.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{invoices::InvoiceState, money::Money, sales::ClaimState, shipping::ShipmentState};

stored_enum! {
    /// A part of a customer's history, with a list of its own.
    Part {
        Claims = "claims", "Claims";
        Invoices = "invoices", "Invoices";
        Parcels = "parcels", "Parcels";
        Mails = "mails", "Messages";
        Credit = "credit", "Credit";
    }
}

/// How a thing of the history stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "of", content = "state")]
pub enum Standing {
    Claim(ClaimState),
    Invoice(InvoiceState),
    Parcel(ShipmentState),
    /// Whether a mail was sent.
    Mail(bool),
    /// A change of credit has no state.
    Credit,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The key of the row in its list.
    pub key: String,
    /// The path of the thing itself, or empty.
    pub path: String,
    pub title: String,
    pub sub: String,
    pub standing: Standing,
    pub amount: Option<Money>,
}

/// The latest of a part, and whether there are more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest {
    pub rows: Vec<HistoryRow>,
    pub more: bool,
}

/// The latest of every part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub claims: Latest,
    pub invoices: Latest,
    pub parcels: Latest,
    pub mails: Latest,
    pub credit: Latest,
}

/// Whether a merge can be undone, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undoing {
    Possible,
    /// A later merge has to be undone first.
    LaterMerge,
    /// Claims of both were billed together since.
    BilledTogether,
    /// Credit that came with the merge was used since.
    CreditUsed,
}

impl Undoing {
    /// Why it cannot be undone; empty if it can.
    pub fn words(self) -> &'static str {
        match self {
            Undoing::Possible => "",
            Undoing::LaterMerge => "A later merge has to be undone first.",
            Undoing::BilledTogether => "Claims of both stand on one invoice by now, so this stays.",
            Undoing::CreditUsed => "The credit that came with it was used by now, so this stays.",
        }
    }
}

/// A customer that was merged into the one shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeLine {
    /// The merge.
    pub id: Uuid,
    /// What the merged customer was called.
    pub name: String,
    /// How long ago.
    pub age: String,
    pub undoing: Undoing,
}
