//! The stock of what the sale is about, on one line, and who came first for it.

use domain::{
    inventory::pictures::{PictureSize, address as picture_address},
    sales::{ClaimKind, ClaimState, contest::Contest, view::SaleView},
};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    contest::{ContestView, show_contest},
    plan::Paste,
    reader::Outcome,
};
use crate::{
    accounts::fresh::ask_again,
    live::Changes,
    ui::{Section, StockBar},
};

/// Variants shown at most: a strip that is longer is not looked through.
const MOST_SHOWN: usize = 24;

/// One variant's pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stock {
    id: Uuid,
    code: String,
    /// What its item is called.
    title: String,
    variant: String,
    /// The token of its item's main picture.
    picture: Option<String>,
    left: i64,
    held: i64,
    billed: i64,
    waiting: i64,
}

impl Stock {
    fn words(&self) -> String {
        let left = if self.left > 0 { format!("{} left", self.left) } else { "gone".to_owned() };
        if self.waiting > 0 { format!("{left} · {} waiting", self.waiting) } else { left }
    }

    fn is_touched(&self) -> bool {
        self.held != 0 || self.billed != 0 || self.waiting != 0
    }
}

/// The variants that are claimed in the sale or in the paste that is about to be held, as they would stand after it.
/// Those that somebody waits for come first.
fn stocks(sale: &SaleView, paste: Option<&Paste>) -> Vec<Stock> {
    // Where each item's variants begin, and what was found of them.
    let mut begins = Vec::with_capacity(sale.catalog.len());
    let mut stocks: Vec<Stock> = Vec::new();
    let mut pictures = sale.pictures.iter().peekable();
    for (index, item) in (0..).zip(&sale.catalog) {
        begins.push(stocks.len());
        let picture = pictures.next_if(|(of, _)| *of == index).map(|(_, token)| token.clone());
        stocks.extend(item.variants.iter().map(|variant| Stock {
            id: variant.id,
            code: item.code.clone(),
            title: item.title.clone(),
            variant: variant.name.clone(),
            picture: picture.clone(),
            left: variant.left,
            held: 0,
            billed: 0,
            waiting: 0,
        }));
    }
    let places: std::collections::HashMap<(&str, &str), usize> = sale
        .catalog
        .iter()
        .zip(&begins)
        .flat_map(|(item, begin)| {
            let variants = item.variants.iter().enumerate();
            variants.map(move |(index, variant)| ((item.code.as_str(), variant.name.as_str()), begin + index))
        })
        .collect();
    for claim in &sale.claims {
        let place = places.get(&(claim.code.as_str(), claim.variant.as_str()));
        let Some(stock) = place.and_then(|place| stocks.get_mut(*place)) else { continue };
        match claim.state {
            ClaimState::Held => stock.held += claim.quantity,
            ClaimState::Invoiced => stock.billed += claim.quantity,
            ClaimState::Waitlisted => stock.waiting += claim.quantity,
            ClaimState::Cancelled | ClaimState::Released => {}
        }
    }
    for planned in paste.map_or(&[][..], |paste| &paste.plan.claims) {
        let claim = paste.and_then(|paste| {
            let reading = paste.reading();
            reading.claims(reading.comments.get(planned.comment as usize)?).get(planned.claim as usize)
        });
        let named = claim.filter(|claim| claim.kind != ClaimKind::CancelItem);
        let place = named.and_then(|claim| Some(begins.get(claim.item as usize)? + claim.variant as usize));
        let Some(stock) = place.and_then(|place| stocks.get_mut(place)) else { continue };
        stock.left -= i64::from(planned.held);
        stock.held += i64::from(planned.held);
        stock.waiting += i64::from(planned.waitlisted);
    }
    stocks.retain(Stock::is_touched);
    stocks.sort_by_key(|stock| stock.waiting == 0);
    stocks.truncate(MOST_SHOWN);
    stocks
}

/// What is left of what the sale is about; nothing while nothing is claimed. Each opens who came first for it.
#[component]
pub fn StockStrip(sale: RwSignal<SaleView>, outcome: RwSignal<Outcome>, changes: Changes) -> impl IntoView {
    let sale_id = sale.with_untracked(|sale| sale.id.to_string());
    let shown = Memo::new(move |_| sale.with(|sale| outcome.with(|outcome| stocks(sale, outcome.paste()))));
    let opened = RwSignal::new(None::<Uuid>);
    let contest = RwSignal::new(None::<Contest>);
    let asked = sale_id.clone();
    ask_again(
        false,
        move || (opened.get(), changes.count()),
        move || {
            let (sale, variant) = (asked.clone(), opened.get_untracked());
            async move {
                match variant {
                    Some(variant) => show_contest(sale, variant.to_string()).await.map(Some),
                    None => Ok(None),
                }
            }
        },
        move |answer| {
            if let Ok(found) = answer {
                contest.set(found);
            }
        },
    );
    let panel = move || {
        let found = contest.get().filter(|_| opened.get().is_some())?;
        let close = move || {
            view! {
                <button type="button" class="button small quiet" on:click=move |_| opened.set(None)>
                    "Close"
                </button>
            }
        };
        Some(view! {
            <div class="contest-panel" id="contest">
                <Section title="Who came first" aside=close>
                    <ContestView contest=found />
                </Section>
            </div>
        })
    };
    let label = move || {
        if outcome.with(|outcome| outcome.paste().is_some()) { "Stock after this paste" } else { "Stock" }
    };
    let strip = move || {
        let stocks = shown.get();
        if stocks.is_empty() {
            return None;
        }
        let items = stocks
            .into_iter()
            .map(|stock| {
                let words = stock.words();
                let id = stock.id;
                let tone = if stock.waiting > 0 { "waiting" } else { "quiet" };
                let name = format!("{} {}", stock.code, stock.variant);
                let picture = stock.picture.map(|token| {
                    let src = picture_address(&token, PictureSize::Thumb);
                    view! { <img class="thumb" src=src alt=stock.title width="40" height="40" loading="lazy" /> }
                });
                view! {
                    <a
                        class="stock-strip-item"
                        href=format!("/sell/{sale_id}/first/{id}")
                        aria-current=move || (opened.get() == Some(id)).then_some("true")
                        on:click=move |event| {
                            event.prevent_default();
                            opened.update(|opened| *opened = (*opened != Some(id)).then_some(id));
                        }
                    >
                        {picture}
                        <b class="code">{name.trim().to_owned()}</b>
                        <StockBar left=stock.left held=stock.held sold=stock.billed />
                        <span data-tone=tone>{words}</span>
                    </a>
                }
            })
            .collect_view();
        Some(view! {
            <nav class="stock-strip" aria-label=label>
                {items}
            </nav>
        })
    };
    view! { <div class="stock-dock">{panel} {strip}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_is_left_and_who_waits() {
        let stock = Stock {
            id: Uuid::nil(),
            code: "A12".into(),
            title: "Moon ring".into(),
            variant: String::new(),
            picture: None,
            left: 3,
            held: 4,
            billed: 0,
            waiting: 0,
        };
        assert_eq!(stock.words(), "3 left");
        assert_eq!(Stock { left: 0, waiting: 2, ..stock }.words(), "gone · 2 waiting");
    }
}
