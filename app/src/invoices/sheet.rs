//! An invoice as one sheet of paper: what it is for and what it comes to.

use domain::{
    invoices::{InvoiceView, Line, Totals},
    money::Money,
};
use leptos::prelude::*;

use crate::ui::Amount;

/// The sheet that the seller sees and prints.
#[component]
pub fn Sheet(invoice: InvoiceView) -> impl IntoView {
    let delivery =
        invoice.customer_address.lines().into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    let label = format!("Invoice {}", invoice.number);
    view! {
        <article class="paper" aria-label=label>
            <header class="paper-head">
                <h2>{invoice.business_name}</h2>
                <p>
                    <span class="code">{invoice.number}</span>
                    <span class="quiet">{format!(" · {}", invoice.issued)}</span>
                </p>
            </header>
            <div class="paper-parties">
                <div>
                    <h3>"For"</h3>
                    <p>{invoice.customer_name}</p>
                    {delivery}
                </div>
            </div>
            <Lines lines=invoice.lines />
            <Sums totals=invoice.totals paid=invoice.paid owed=invoice.owed />
        </article>
    }
    .into_any()
}

/// The lines with their prices.
#[component]
fn Lines(lines: Vec<Line>) -> impl IntoView {
    let lines = lines
        .into_iter()
        .map(|line| {
            // A line that was stored has a sum; one that would not fit is shown by its price alone.
            let total = line.total().unwrap_or(line.unit_price);
            view! {
                <tr>
                    <td>
                        <span class="code">{line.code}</span>
                        " "
                        {line.description}
                    </td>
                    <td class="num">{line.quantity}</td>
                    <td class="num">
                        <Amount money=line.unit_price />
                    </td>
                    <td class="num">
                        <Amount money=total />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="lines">
            <thead>
                <tr>
                    <th scope="col">"What"</th>
                    <th scope="col" class="num">
                        "Pieces"
                    </th>
                    <th scope="col" class="num">
                        "Price"
                    </th>
                    <th scope="col" class="num">
                        "Sum"
                    </th>
                </tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

/// Adds up to the total and, once something is paid, to what is left.
#[component]
pub fn Sums(totals: Totals, paid: Money, owed: Money) -> impl IntoView {
    let line = |label: &'static str, money: Money| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>
                    <Amount money=money />
                </dd>
            </div>
        }
        .into_any()
    };
    let last = |label: &'static str, money: Money| {
        view! {
            <div class="totals-sum">
                <dt>{label}</dt>
                <dd>
                    <Amount money=money />
                </dd>
            </div>
        }
        .into_any()
    };
    let end = if paid.minor == 0 {
        last("Total", totals.total)
    } else {
        view! {
            {line("Total", totals.total)}
            {line("Paid", paid)}
            {last("Owed", owed)}
        }
        .into_any()
    };
    view! {
        <dl class="totals">
            {line("Items", totals.subtotal)}
            {line("Delivery", totals.shipping)}
            {end}
        </dl>
    }
    .into_any()
}
