//! The stock of what the sale is about, on one line.

use domain::sales::{ClaimState, view::SaleView};
use leptos::prelude::*;

use super::{lines::Paste, reader::Outcome};
use crate::ui::StockBar;

/// Items shown at most: a strip that is longer is not looked through.
const MOST_ITEMS: usize = 24;

/// One item's pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    code: String,
    left: i64,
    held: i64,
    billed: i64,
    waiting: i64,
}

impl Item {
    fn words(&self) -> String {
        let left = if self.left > 0 { format!("{} left", self.left) } else { "gone".to_owned() };
        if self.waiting > 0 { format!("{left} · {} waiting", self.waiting) } else { left }
    }

    fn is_touched(&self) -> bool {
        self.held != 0 || self.billed != 0 || self.waiting != 0
    }
}

/// The items that are claimed in the sale or in the paste that is about to be held, as they would stand after it.
fn items(sale: &SaleView, paste: Option<&Paste>) -> Vec<Item> {
    let mut items: Vec<Item> = sale
        .catalog
        .iter()
        .map(|item| Item {
            code: item.code.clone(),
            left: item.variants.iter().map(|variant| variant.left).sum(),
            held: 0,
            billed: 0,
            waiting: 0,
        })
        .collect();
    for claim in &sale.claims {
        let Some(item) = items.iter_mut().find(|item| item.code == claim.code) else { continue };
        match claim.state {
            ClaimState::Held => item.held += claim.quantity,
            ClaimState::Invoiced => item.billed += claim.quantity,
            ClaimState::Waitlisted => item.waiting += claim.quantity,
            ClaimState::Cancelled | ClaimState::Released => {}
        }
    }
    for planned in paste.map_or(&[][..], |paste| &paste.plan.claims) {
        let Some(claim) = paste.and_then(|paste| {
            let reading = paste.reading();
            reading.claims(reading.comments.get(planned.comment as usize)?).get(planned.claim as usize)
        }) else {
            continue;
        };
        let Some(item) = items.get_mut(claim.item as usize) else { continue };
        item.left -= i64::from(planned.held);
        item.held += i64::from(planned.held);
        item.waiting += i64::from(planned.waitlisted);
    }
    items.retain(Item::is_touched);
    items.truncate(MOST_ITEMS);
    items
}

/// What is left of the items that the sale is about; nothing while none is claimed.
#[component]
pub fn StockStrip(sale: RwSignal<SaleView>, outcome: RwSignal<Outcome>) -> impl IntoView {
    let shown = Memo::new(move |_| sale.with(|sale| outcome.with(|outcome| items(sale, outcome.paste()))));
    let label = move || {
        if outcome.with(|outcome| outcome.paste().is_some()) { "Stock after this paste" } else { "Stock" }
    };
    let strip = move || {
        let items = shown.get();
        if items.is_empty() {
            return None;
        }
        let items = items
            .into_iter()
            .map(|item| {
                let words = item.words();
                view! {
                    <div class="stock-strip-item">
                        <b class="code">{item.code}</b>
                        <StockBar left=item.left held=item.held sold=item.billed />
                        <span>{words}</span>
                    </div>
                }
            })
            .collect_view();
        Some(view! {
            <div class="stock-strip" role="group" tabindex="0" aria-label=label>
                {items}
            </div>
        })
    };
    view! { {strip} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_is_left_and_who_waits() {
        let item = Item { code: "A12".into(), left: 3, held: 4, billed: 0, waiting: 0 };
        assert_eq!(item.words(), "3 left");
        assert_eq!(Item { left: 0, waiting: 2, ..item }.words(), "gone · 2 waiting");
    }
}
