//! Invoices: the list of what is owed, one sheet of paper, and the page on which a buyer pays.

pub mod invoice;
pub mod list;
pub mod pay;
mod sheet;

use domain::invoices::InvoiceState;
use leptos::prelude::*;

use crate::ui::{Badge, Tone};

/// How an invoice's state is to be felt.
pub fn tone(state: InvoiceState) -> Tone {
    match state {
        InvoiceState::Draft => Tone::Review,
        InvoiceState::Open | InvoiceState::PartPaid => Tone::Waiting,
        InvoiceState::Paid => Tone::Ok,
        InvoiceState::Void => Tone::Quiet,
    }
}

/// The state of an invoice as a badge.
#[component]
pub fn InvoiceBadge(state: InvoiceState) -> impl IntoView {
    view! { <Badge tone=tone(state) text=state.label() /> }.into_any()
}
