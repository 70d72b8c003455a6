//! Parts of a row that stands there by the dozen: written as plain values, because nothing of them changes while the row
//! is shown, and a page of many rows is asked for often.

use domain::money::Money;
use leptos::prelude::*;
use leptos_router::location::Url;
use uuid::Uuid;

use crate::ui::Tone;

/// The address of a row's page, with the way back to the list if that shows anything but its beginning.
pub fn row_address(path: &str, id: Uuid, query: &str) -> String {
    if query.is_empty() {
        return format!("{path}/{id}");
    }
    format!("{path}/{id}?back={}", Url::escape(&format!("{path}?{query}")))
}

/// What a row's link is found by when one comes back to it.
pub fn row_id(id: Uuid) -> String {
    format!("row-{id}")
}

/// An amount, as `Amount` shows it.
pub fn amount(money: Money) -> impl IntoView {
    let (sign, symbol, digits) = money.parts();
    let sign = if sign.is_empty() { "" } else { "\u{2212}" };
    view! {
        <span class="amount">
            {sign}
            <small>{symbol}</small>
            {digits}
        </span>
    }
}

/// How a stock is shared, as `StockBar` shows it.
pub fn stock_bar(left: i64, held: i64, sold: i64) -> impl IntoView {
    let all = left.max(0) + held.max(0) + sold.max(0);
    let width = |part: i64| if all == 0 { 0 } else { part.max(0).saturating_mul(1000) / all };
    let words = format!("{left} left, {held} held, {sold} sold");
    let (left_width, held_width) = (width(left), width(held));
    // An empty part needs no rectangle.
    let part = |class: &'static str, x: i64, width: i64| {
        (width > 0).then(|| view! { <rect class=class x=x y="0" height="6" width=width></rect> })
    };
    view! {
        <svg class="stock-bar" viewBox="0 0 1000 6" preserveAspectRatio="none" role="img" aria-label=words>
            {part("left", 0, left_width)}
            {part("held", left_width, held_width)}
            {part("sold", left_width + held_width, width(sold))}
        </svg>
    }
}

/// A state as a word on a soft ground, as `Badge` shows it.
pub fn badge(tone: Tone, words: &'static str) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone.name()>
            <svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-tone=tone.name()>
                <path class=(tone == Tone::Ok).then_some("stroke") d=tone.outline()></path>
            </svg>
            {words}
        </span>
    }
}

/// The box by which a row is chosen.
pub fn pick(id: Uuid, name: &str) -> impl IntoView {
    view! {
        <td class="pick">
            <label>
                <input type="checkbox" name="chosen[ids][]" value=id.to_string() aria-label=format!("Choose {name}") />
            </label>
        </td>
    }
}

/// A way to sort a list by a column.
pub struct Order {
    pub words: &'static str,
    /// Whether the list is sorted by it, and then whether in the opposite order.
    pub current: Option<bool>,
    /// Where it is sorted by it, or, if it is already, in the opposite order.
    pub href: String,
}

/// The head of a column that the list can be sorted by, in one way or several.
pub fn sort_head<const N: usize>(class: &'static str, orders: [Order; N]) -> AnyView {
    let order = orders.iter().find_map(|order| order.current);
    let order = order.map(|is_opposite| if is_opposite { "descending" } else { "ascending" });
    let links = orders.map(|Order { words, current, href }| {
        let mark = current.map(|is_opposite| if is_opposite { " ↓" } else { " ↑" });
        view! {
            <a href=href class="sort">
                {words}
                {mark.map(|mark| view! { <span aria-hidden="true">{mark}</span> })}
            </a>
        }
    });
    view! {
        <th scope="col" class=class aria-sort=order>
            {links.collect_view()}
        </th>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_knows_the_way_back_to_its_list() {
        let id = Uuid::nil();
        assert_eq!(row_address("/stock", id, ""), format!("/stock/{id}"));
        assert_eq!(
            row_address("/stock", id, "q=moon%20ring"),
            format!("/stock/{id}?back=%2Fstock%3Fq%3Dmoon%2520ring")
        );
    }
}
