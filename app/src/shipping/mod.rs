//! Shipping: the queue of parcels, and one parcel from its rates to its label.

mod facts;
pub mod queue;
pub mod shipment;

use domain::shipping::{Rate, ShipBlocker, ShipmentState};
use leptos::prelude::*;

use crate::ui::{Badge, Tone};

/// How a delivery's state is to be felt.
pub fn tone(state: ShipmentState) -> Tone {
    match state {
        ShipmentState::Ready | ShipmentState::Buying | ShipmentState::Unsure => Tone::Waiting,
        ShipmentState::Labelled => Tone::Ok,
        ShipmentState::Failed => Tone::Wrong,
    }
}

/// The state of a delivery as a badge.
#[component]
pub fn ShipmentBadge(state: ShipmentState) -> impl IntoView {
    view! { <Badge tone=tone(state) text=state.label() /> }.into_any()
}

/// Whether a blocker is the business' own, so that it stops every parcel alike.
fn is_everywhere(blocker: ShipBlocker) -> bool {
    match blocker {
        ShipBlocker::OwnAddress | ShipBlocker::Carrier | ShipBlocker::Packaging => true,
        ShipBlocker::Address | ShipBlocker::Customs | ShipBlocker::Weight => false,
    }
}

/// The id of the part of a parcel's page in which its contents are weighed.
const WEIGHT_ID: &str = "contents-weight";

/// Where a blocker is removed, and the words of the link. `back` is the page to return to.
fn fix(
    blocker: ShipBlocker,
    shipment_id: uuid::Uuid,
    customer_id: uuid::Uuid,
    back: &str,
) -> (String, &'static str) {
    match blocker {
        ShipBlocker::Address => (format!("/customers/{customer_id}?back={back}"), "Add the address"),
        ShipBlocker::Customs => (format!("/customers/{customer_id}?back={back}"), "Check the address"),
        ShipBlocker::Weight => (format!("/ship/{shipment_id}#{WEIGHT_ID}"), "Add the weight"),
        ShipBlocker::OwnAddress => ("/settings#business".to_owned(), "Complete your address"),
        ShipBlocker::Carrier => ("/settings#postage".to_owned(), "Connect postage"),
        ShipBlocker::Packaging => ("/settings#packaging".to_owned(), "Add a box or mailer"),
    }
}

/// A rate in words: `USPS GroundAdvantage · 3 days`.
fn rate_text(rate: &Rate) -> String {
    let days = match rate.days {
        None => String::new(),
        Some(1) => " · 1 day".to_owned(),
        Some(days) => format!(" · {days} days"),
    };
    format!("{} {}{days}", rate.carrier, rate.service)
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_rate_is_told_with_its_days_if_they_are_known() {
        let rate = |days| Rate {
            id: Uuid::nil(),
            carrier: "USPS".into(),
            service: "Ground".into(),
            price: Money::new(820, Currency::USD),
            days,
        };
        assert_eq!(rate_text(&rate(None)), "USPS Ground");
        assert_eq!(rate_text(&rate(Some(1))), "USPS Ground · 1 day");
        assert_eq!(rate_text(&rate(Some(3))), "USPS Ground · 3 days");
    }

    #[test]
    fn a_buyers_missing_address_is_added_on_the_buyers_page() {
        let (address, words) = fix(ShipBlocker::Address, Uuid::nil(), Uuid::nil(), "/ship");
        assert_eq!(address, "/customers/00000000-0000-0000-0000-000000000000?back=/ship");
        assert_eq!(words, "Add the address");
        assert!(is_everywhere(ShipBlocker::Carrier) && !is_everywhere(ShipBlocker::Address));
    }

    #[test]
    fn a_missing_weight_is_added_on_the_page_of_the_parcel() {
        let (address, words) = fix(ShipBlocker::Weight, Uuid::nil(), Uuid::from_u128(1), "/ship");
        assert_eq!(address, "/ship/00000000-0000-0000-0000-000000000000#contents-weight");
        assert_eq!(words, "Add the weight");
        assert!(!is_everywhere(ShipBlocker::Weight));
    }
}
