//! Lists: rows that are links, the way to the next page, the search above, the bar that shows a stock. Tables need no
//! component: `style/main.css` names their classes.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;
use leptos_router::components::Form;
use uuid::Uuid;

use super::icons::{Icon, IconName};

/// A list of [`Row`]s between hairlines.
#[component]
pub fn Rows(children: Children) -> impl IntoView {
    view! { <ul class="rows">{children()}</ul> }.into_any()
}

/// A row that is one link: a title, a quiet second line, and something at the right.
#[component]
pub fn Row(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// The name of the thing.
    #[prop(into)]
    title: String,
    /// What else is known of it.
    #[prop(optional, into)]
    sub: Option<String>,
    /// What stands before the words, such as a picture.
    #[prop(optional, into)]
    before: Option<ViewFnOnce>,
    /// What stands at the right: a badge, an amount.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class="row">
            {before.map(ViewFnOnce::run)}
            <div class="row-words">
                <a href=href class="row-link row-title">
                    {title}
                </a>
                {sub.map(|sub| view! { <span class="row-sub">{sub}</span> })}
            </div>
            {children.map(|children| view! { <div class="row-aside">{children()}</div> })}
        </li>
    }
    .into_any()
}

/// Rows that stay what they are while others come and go: each is built once for its key, and follows what is known of
/// it. Rows with fields in them need it. Built anew in their place, what somebody types into the second row would belong to
/// another thing as soon as one more stands above.
#[component]
pub fn SteadyRows<R: Clone + PartialEq + Send + Sync + 'static>(
    /// What is known, in the order of the rows.
    #[prop(into)]
    rows: Signal<Vec<R>>,
    /// What a row is told apart by.
    key: fn(&R) -> Uuid,
    /// A row.
    row: impl Fn(Signal<R>) -> AnyView + Send + Clone + 'static,
) -> impl IntoView {
    let keys = Memo::new(move |_| rows.with(|rows| rows.iter().map(key).collect::<Vec<Uuid>>()));
    let known = move |id: Uuid| move |rows: &Vec<R>| rows.iter().find(|row| key(row) == id).cloned();
    let children = move |id: Uuid| {
        let first = rows.with_untracked(known(id))?;
        // One that is gone is shown as it was until it is taken away.
        let now = Memo::new(move |before: Option<&R>| {
            rows.with(known(id)).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        Some(row(now.into()))
    };
    view! { <For each=move || keys.get() key=|id| *id children=children /> }.into_any()
}

/// The way through a long list, by key: addresses, not page numbers, so nothing is skipped while rows come and go.
#[component]
pub fn Pager(
    /// What is shown: "50 invoices".
    #[prop(into)]
    shown: Signal<String>,
    /// The address of the first page, on every page but that one.
    #[prop(optional, into)]
    first: MaybeProp<String>,
    /// The address of what follows, if anything does.
    #[prop(optional, into)]
    next: MaybeProp<String>,
) -> impl IntoView {
    let link = |address: String, words: &'static str| {
        view! {
            <a href=address class="button small">
                {words}
            </a>
        }
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{shown}</span>
            <span class="pager-links">
                {move || first.get().map(|address| link(address, "Back to the start"))}
                {move || next.get().map(|address| link(address, "Show more"))}
            </span>
        </nav>
    }
    .into_any()
}

/// The way through a list that goes on in both directions, by key.
#[component]
pub fn ListPager(
    /// What is shown: "25 items".
    shown: String,
    /// The address of the first page, on every page but that one.
    first: Option<String>,
    /// The address of what comes before, if anything does.
    previous: Option<String>,
    /// The address of what follows, if anything does.
    next: Option<String>,
) -> impl IntoView {
    if first.is_none() && previous.is_none() && next.is_none() {
        return ().into_any();
    }
    let link = |address: Option<String>, rel: Option<&'static str>, words: &'static str| {
        address.map(|address| {
            view! {
                <a href=address rel=rel class="button small">
                    {words}
                </a>
            }
        })
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{shown}</span>
            <span class="pager-links">
                {link(first, None, "Start")}
                {link(previous, Some("prev"), "Previous")}
                {link(next, Some("next"), "Next")}
            </span>
        </nav>
    }
    .into_any()
}

/// A search that is an address: the words stay in it, so a found list can be kept, sent and returned to.
#[component]
pub fn SearchBox(
    /// The address of the list.
    #[prop(into)]
    action: String,
    /// What is searched: "Search customers"; the field's name for those who hear it.
    #[prop(into)]
    label: String,
    /// The words that were searched for.
    #[prop(optional, into)]
    value: String,
    /// The name of the words in the address.
    #[prop(default = "q")]
    name: &'static str,
    /// What else of the address stays, such as the chosen filter.
    #[prop(optional, into)]
    keep: Vec<(String, String)>,
) -> impl IntoView {
    let kept = keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <Form method="GET" action=action attr:class="search" attr:role="search">
            <Icon name=IconName::Search />
            <input
                class="input"
                type="search"
                name=name
                value=value
                placeholder=label.clone()
                aria-label=label
                autocomplete="off"
                enterkeyhint="search"
            />
            {kept}
        </Form>
    }
    .into_any()
}

/// How a stock is shared: left, held and sold as one thin bar. The same is said in words for those who hear it.
#[component]
pub fn StockBar(
    /// Pieces that can still be claimed.
    #[prop(into)]
    left: Signal<i64>,
    /// Pieces held for buyers who have not paid.
    #[prop(into)]
    held: Signal<i64>,
    /// Pieces that are gone.
    #[prop(into)]
    sold: Signal<i64>,
) -> impl IntoView {
    // Whole thousandths, so that the same digits are written on both sides.
    let width = move |part: i64| {
        let all = left.get().max(0) + held.get().max(0) + sold.get().max(0);
        if all == 0 { 0 } else { part.max(0).saturating_mul(1000) / all }
    };
    let words = move || format!("{} left, {} held, {} sold", left.get(), held.get(), sold.get());
    view! {
        <svg class="stock-bar" viewBox="0 0 1000 6" preserveAspectRatio="none" role="img" aria-label=words>
            <rect class="left" x="0" y="0" height="6" width=move || width(left.get()).to_string()></rect>
            <rect
                class="held"
                x=move || width(left.get()).to_string()
                y="0"
                height="6"
                width=move || width(held.get()).to_string()
            ></rect>
            <rect
                class="sold"
                x=move || width(left.get() + held.get()).to_string()
                y="0"
                height="6"
                width=move || width(sold.get()).to_string()
            ></rect>
        </svg>
    }
    .into_any()
}
