//! Amounts of money, written one way everywhere: tabular figures, cents always there, the currency smaller.

use domain::money::Money;
use leptos::prelude::*;

/// The minus sign that is as wide as a figure, so that columns stay aligned.
const MINUS: &str = "\u{2212}";

fn amount(money: Signal<Money>, class: &'static str) -> impl IntoView {
    let sign = move || (money.get().minor < 0).then_some(MINUS);
    view! {
        <span class=class>
            {sign} <small>{move || money.get().parts().1}</small> {move || money.get().parts().2}
        </span>
    }
    .into_any()
}

/// An amount within a text, a row or a button.
#[component]
pub fn Amount(
    /// How much, which may change.
    #[prop(into)]
    money: Signal<Money>,
) -> impl IntoView {
    amount(money, "amount")
}

/// The one amount that matters on a page.
#[component]
pub fn BigAmount(
    /// How much, which may change.
    #[prop(into)]
    money: Signal<Money>,
) -> impl IntoView {
    amount(money, "amount big")
}
