//! The list of items.

use domain::{
    inventory::{ItemRow, Stock, StockQuery},
    page::Page,
    weight::{self, WeightUnit},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use leptos_router::{components::A, hooks::use_query_map};

use crate::{
    accounts::{
        business_frame::use_viewer,
        live_search::{LiveSearch, list_address},
    },
    error::AppError,
    live::use_changes,
    ui::{Amount, EmptyState, Icon, IconName, PageHead, PageProblem, Pager, StockBar},
};

/// A stretch of the items.
#[server(prefix = "/api", endpoint = "stock/list", input = GetUrl)]
pub async fn list_items(query: StockQuery) -> Result<Page<ItemRow>, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::list::list(&caller.services, &caller.actor, &query).await?)
}

/// The address of the list that a query asks for.
fn address(query: &StockQuery) -> String {
    let archived = if query.archived { "1" } else { "" };
    list_address("/stock", &[("q", &query.search), ("archived", archived), ("after", &query.after)])
}

/// The pieces in words: `3 left · 1 held · 2 waiting · 5 sold`, without what is none.
pub(super) fn stock_words(stock: &Stock) -> String {
    let mut words = vec![format!("{} left", stock.left())];
    for (pieces, word) in [(stock.held, "held"), (stock.waitlisted, "waiting"), (stock.sold, "sold")] {
        if pieces > 0 {
            words.push(format!("{pieces} {word}"));
        }
    }
    words.join(" · ")
}

/// The page of all items.
#[component]
pub fn StockPage() -> impl IntoView {
    let changes = use_changes();
    let address_query = use_query_map();
    let query = Memo::new(move |_| {
        address_query.with(|query| StockQuery {
            search: query.get("q").unwrap_or_default(),
            archived: query.get("archived").is_some_and(|archived| archived == "1"),
            after: query.get("after").unwrap_or_default(),
        })
    });
    let items = Resource::new(move || (query.get(), changes.count()), |(query, _)| list_items(query));
    let is_archived = Memo::new(move |_| query.with(|query| query.archived));
    let search = move || {
        let keep = if is_archived.get() { vec![("archived", "1".to_owned())] } else { Vec::new() };
        let words = query.with_untracked(|query| query.search.clone());
        view! { <LiveSearch path="/stock" find="/stock/find" label="Search items" value=words keep=keep /> }
    };
    let tab = move |archived: bool, words: &'static str| {
        let href = move || address(&StockQuery { archived, after: String::new(), ..query.get() });
        let current = move || (is_archived.get() == archived).then_some("page");
        view! { <a href=href aria-current=current>{words}</a> }
    };
    let list = move || {
        Suspend::new(async move {
            match items.await {
                Ok(page) => view! { <Items page=page query=query.get_untracked() /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Stock · SellTrac" />
        <PageHead title="Stock" action=add_item />
        <div class="tools">
            {search}
            <nav class="tabs" aria-label="Which items">
                {tab(false, "For sale")} {tab(true, "Archived")}
            </nav>
            <a href="/import" class="button small tools-end">
                "Import"
            </a>
            <a href="/stock/materials" class="button small">
                "Materials"
            </a>
        </div>
        <Transition>{list}</Transition>
    }
    .into_any()
}

fn add_item() -> impl IntoView {
    view! {
        <A href="/stock/new" attr:class="button primary">
            <Icon name=IconName::Plus />
            "Add item"
        </A>
    }
}

/// The rows of one stretch, or what to do where there are none.
#[component]
fn Items(page: Page<ItemRow>, query: StockQuery) -> impl IntoView {
    if page.rows.is_empty() {
        return view! { <NoItems query=query /> }.into_any();
    }
    let shown = match page.rows.len() {
        1 => "1 item".to_owned(),
        several => format!("{several} items"),
    };
    let to = |after: String| address(&StockQuery { after, ..query.clone() });
    let first = (!query.after.is_empty()).then(|| to(String::new()));
    let next = page.next.map(to);
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit);
    let rows = page.rows.into_iter().map(|row| item_row(row, unit)).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="hidden-words">"Items"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Item"</th>
                        <th scope="col">"Material"</th>
                        <th scope="col">"Variants"</th>
                        <th scope="col">"Stock"</th>
                        <th scope="col">
                            <span class="hidden-words">"Stock as a bar"</span>
                        </th>
                        <th scope="col" class="num">
                            "Weight"
                        </th>
                        <th scope="col" class="num">
                            "Price"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}

fn item_row(row: ItemRow, unit: WeightUnit) -> impl IntoView {
    let (left, held, sold) = (row.stock.left(), row.stock.held, row.stock.sold);
    view! {
        <tr>
            <td class="main">
                <A href=format!("/stock/{}", row.id) attr:class="row-link">
                    <span class="code">{row.code}</span>
                    " "
                    {row.title}
                </A>
            </td>
            <td class="wide-only">{row.material}</td>
            <td class="wide-only wide-cut">{row.variants.join(", ")}</td>
            <td class="sub">{stock_words(&row.stock)}</td>
            <td class="state stock-share">
                <StockBar left=left held=held sold=sold />
            </td>
            <td class="num wide-only">{weight::display(row.weight, unit)}</td>
            <td class="num lead">
                <Amount money=row.price />
                {row.regular.map(|regular| view! { <del class="money-rate"><Amount money=regular /></del> })}
                {row.told.map(|told| view! { <span class="money-rate">{told}</span> })}
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn NoItems(query: StockQuery) -> impl IntoView {
    if !query.search.is_empty() {
        let title = format!("Nothing matches “{}”", query.search);
        return view! {
            <EmptyState title=title text="Items are found by their code, title and the other words for them." />
        }
        .into_any();
    }
    if query.archived {
        return view! {
            <EmptyState title="Nothing is archived" text="Items that you no longer sell can be put here. Their sales stay." />
        }
        .into_any();
    }
    view! {
        <EmptyState
            title="No items yet"
            text="What you sell goes here. Give each item a short code, such as A12: buyers type it in their comments, and the stock follows."
            action=|| view! { <A href="/stock/new">"Add the first item"</A> " or " <A href="/import">"import them from a file"</A> }
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_told_without_what_is_none() {
        let stock = Stock { on_hand: 4, held: 1, waitlisted: 0, sold: 2 };
        assert_eq!(stock_words(&stock), "3 left · 1 held · 2 sold");
        assert_eq!(stock_words(&Stock::default()), "0 left");
    }

    #[test]
    fn an_address_asks_for_the_same_list() {
        let query = StockQuery { search: "ring".into(), archived: true, after: "a12".into() };
        assert_eq!(address(&query), "/stock?q=ring&archived=1&after=a12");
        assert_eq!(address(&StockQuery::default()), "/stock");
    }
}
