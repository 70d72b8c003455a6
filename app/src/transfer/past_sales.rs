//! What a customer bought before, somewhere else.

use domain::transfer::PastSaleRow;
use leptos::prelude::*;

use crate::ui::{Amount, Section};

/// The section of a customer's page. Nothing where nothing was imported.
#[component]
pub fn PastSales(sales: Vec<PastSaleRow>) -> impl IntoView {
    if sales.is_empty() {
        return ().into_any();
    }
    let rows = sales
        .into_iter()
        .map(|sale| {
            view! {
                <li class="row">
                    <div class="row-words">
                        <span class="row-title">{sale.reference}</span>
                        <span class="row-sub">
                            {if sale.summary.is_empty() { sale.date } else { format!("{} · {}", sale.summary, sale.date) }}
                        </span>
                    </div>
                    <div class="row-aside">
                        <Amount money=sale.total />
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title="Bought before, elsewhere">
            <ul class="rows">{rows}</ul>
        </Section>
    }
    .into_any()
}
