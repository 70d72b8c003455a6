//! Tags for shelves: choosing which to print.

use domain::inventory::shelf::{TagCode, TagPaper, TagQuery, TagRow, TagRows};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::{components::Form, hooks::use_query_map};

use crate::{
    accounts::live_search::{LiveSearch, list_address},
    error::AppError,
    network::fetched,
    ui::{Amount, EmptyState, Icon, IconName, PageHead, PageProblem, Pager, SelectField, Title, suspend},
};

/// A stretch of the variants whose tags can be printed.
#[server(prefix = "/api", endpoint = "stock/tags", input = GetUrl)]
pub async fn list_tags(query: TagQuery) -> Result<TagRows, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::shelf::rows(&caller.services, &caller.actor, &query).await?)
}

fn address(query: &TagQuery) -> String {
    list_address("/stock/tags", &[("q", &query.search), ("item", &query.item), ("after", &query.after)])
}

/// The page.
#[component]
pub fn TagsPage() -> impl IntoView {
    let address_query = use_query_map();
    let query = Memo::new(move |_| {
        address_query.with(|query| TagQuery {
            search: query.get("q").unwrap_or_default(),
            item: query.get("item").unwrap_or_default(),
            after: query.get("after").unwrap_or_default(),
        })
    });
    let rows = fetched(move || query.get(), list_tags);
    let search = move || {
        let words = query.with_untracked(|query| query.search.clone());
        view! { <LiveSearch path="/stock/tags" label="Find items for tags" value=words /> }
    };
    let list = move || {
        suspend(async move {
            match rows.await {
                Ok(page) => view! { <Choose page=page query=query.get_untracked() /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Tags" />
        <PageHead
            title="Tags"
            back=("/stock".to_owned(), "Back to the stock".to_owned())
            subtitle=|| view! { <span>"Print codes for shelves and boxes. Scanning one opens its item."</span> }
        />
        <div class="tools">{search}</div>
        <Transition>{list}</Transition>
    }
    .into_any()
}

/// The variants, a number of copies for each, and on what they are printed. It asks for an address, so it works everywhere
/// and the sheet can be printed again.
#[component]
fn Choose(page: TagRows, query: TagQuery) -> impl IntoView {
    if page.rows.is_empty() {
        let found_none = !query.search.is_empty();
        return view! {
            <EmptyState
                title=if found_none { "Nothing matches" } else { "No items yet" }
                text="Tags carry the title, the price and the code of what you sell."
            />
        }
        .into_any();
    }
    let only_one_item = !query.item.is_empty();
    let shown = page.rows.len();
    let to = |after: String| address(&TagQuery { after, ..query.clone() });
    let first = (!query.after.is_empty()).then(|| to(String::new()));
    let next = page.next.map(to);
    let rows = page.rows.into_iter().map(|row| tag_row(row, only_one_item)).collect_view();
    let options = |choices: Vec<(&'static str, &'static str)>| -> Vec<(String, String)> {
        choices.into_iter().map(|(value, words)| (value.to_owned(), words.to_owned())).collect()
    };
    let papers = options(TagPaper::ALL.iter().map(|paper| (paper.as_str(), paper.label())).collect());
    let codes = options(TagCode::ALL.iter().map(|code| (code.as_str(), code.label())).collect());
    view! {
        <Form method="GET" action="/stock/tags/sheet" attr:class="stack tags-form">
            <div class="tools tags-paper">
                <SelectField label="Printed on" name="paper" options=papers value=TagPaper::Single.as_str() />
                <SelectField label="Code" name="code" options=codes value=TagCode::Qr.as_str() />
                <button type="submit" class="button primary">
                    <Icon name=IconName::Print />
                    "Show the tags"
                </button>
            </div>
            <div class="table-wrap">
                <table class="table">
                    <caption class="hidden-words">"Variants and copies"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Item"</th>
                            <th scope="col" class="num">"On hand"</th>
                            <th scope="col" class="num">"Price"</th>
                            <th scope="col" class="num">"Tags"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Form>
        <Pager shown=super::count::variants(i64::try_from(shown).unwrap_or(i64::MAX)) first=first next=next />
    }
    .into_any()
}

/// A variant. Of the item from whose page one comes there is a tag for each piece at first.
fn tag_row(row: TagRow, is_wanted: bool) -> impl IntoView {
    let name = if row.variant.is_empty() { row.title } else { format!("{} · {}", row.title, row.variant) };
    let copies = if is_wanted { row.on_hand.clamp(1, 99).to_string() } else { String::new() };
    let label = format!("Tags of {} {name}", row.code);
    view! {
        <tr>
            <td class="main">
                <span class="code">{row.code}</span>
                " "
                {name}
            </td>
            <td class="num wide-only">{row.on_hand.to_string()}</td>
            <td class="num wide-only">
                <Amount money=row.price />
            </td>
            <td class="num lead">
                <input
                    class="input tag-copies"
                    type="text"
                    inputmode="numeric"
                    name=format!("n-{}", row.variant_id)
                    value=copies
                    placeholder="0"
                    autocomplete="off"
                    aria-label=label
                />
            </td>
            <td class="sub phone-only">{format!("{} on hand · {}", row.on_hand, row.price)}</td>
        </tr>
    }
}
