//! Tags as they are printed: pages of exact sizes, with nothing else of the page on them.

use domain::inventory::shelf::{Tag, TagCode, TagOrder, TagPaper, TagSheet};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use crate::{
    error::AppError,
    network::fetched,
    ui::{EmptyState, Icon, IconName, Notice, PageHead, PageProblem, Title, Tone, suspend},
};

/// The tags of an order.
#[server(prefix = "/api", endpoint = "stock/tags/sheet", input = GetUrl)]
pub async fn load_sheet(order: TagOrder) -> Result<TagSheet, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::shelf::sheet(&caller.services, &caller.actor, &order).await?)
}

/// The order that an address asks for: a part `n-<variant>=<copies>` for each variant.
fn order(query: &ParamsMap) -> TagOrder {
    let picks = query.clone().into_iter().filter_map(|(name, copies)| {
        let variant = name.strip_prefix("n-")?;
        let copies = copies.trim();
        (!copies.is_empty()).then(|| format!("{variant}.{copies}"))
    });
    TagOrder {
        picks: picks.collect::<Vec<_>>().join(","),
        paper: query.get("paper").unwrap_or_default(),
        code: query.get("code").unwrap_or_default(),
    }
}

/// The page.
#[component]
pub fn TagSheetPage() -> impl IntoView {
    let address_query = use_query_map();
    let wanted = Memo::new(move |_| address_query.with(order));
    let sheet = fetched(move || wanted.get(), load_sheet);
    let page = move || {
        suspend(async move {
            match sheet.await {
                Ok(sheet) => view! { <Sheet sheet=sheet /> }.into_any(),
                Err(AppError(problem)) => {
                    let words = problem.message_for("copies");
                    view! {
                        <PageHead title="Tags" back=back() />
                        {match words {
                            Some(words) => {
                                let text = format!("Too many tags for one print. {words}");
                                view! { <Notice tone=Tone::Wrong text=text /> }.into_any()
                            }
                            None => view! { <PageProblem code=problem.code /> }.into_any(),
                        }}
                    }
                    .into_any()
                }
            }
        })
    };
    view! {
        <Title text="Tags to print" />
        <Transition>{page}</Transition>
    }
    .into_any()
}

fn back() -> (String, String) {
    ("/stock/tags".to_owned(), "Choose other tags".to_owned())
}

#[component]
fn Sheet(sheet: TagSheet) -> impl IntoView {
    let copies: i64 = sheet.tags.iter().map(|tag| tag.copies).sum();
    if copies == 0 {
        return view! {
            <PageHead title="Tags" back=back() />
            <EmptyState
                title="No tags chosen"
                text="Write beside each item how many tags of it you want."
                action=|| view! { <a class="button primary" href="/stock/tags">"Choose tags"</a> }
            />
        }
        .into_any();
    }
    let all: Vec<Tag> = sheet
        .tags
        .into_iter()
        .flat_map(|tag| {
            let copies = usize::try_from(tag.copies).unwrap_or_default();
            std::iter::repeat_n(tag, copies)
        })
        .collect();
    let pages = all.chunks(sheet.paper.tags()).map(|tags| tag_page(sheet.paper, tags)).collect_view();
    let title = if copies == 1 { "1 tag".to_owned() } else { format!("{copies} tags") };
    let print = || {
        view! {
            <button
                type="button"
                class="button primary"
                on:click=move |_| {
                    // A browser that cannot print says so itself.
                    let _ = window().print();
                }
            >
                <Icon name=IconName::Print />
                "Print"
            </button>
        }
    };
    let in_qr = (!sheet.not_in_bars.is_empty()).then(|| {
        let codes = sheet.not_in_bars.join(", ");
        let text = format!("These codes are printed as QR, because no scanner could read their bars on a tag of this size: {codes}");
        view! { <div class="no-print"><Notice tone=Tone::Waiting text=text /></div> }
    });
    let paper = sheet.paper.label();
    view! {
        <PageHead title=title back=back() action=print subtitle=move || view! { <span>{paper}</span> } />
        <p class="hint no-print">"In the print dialog: 100 % or actual size, and no margins."</p>
        {in_qr}
        <div class="tag-pages">{pages}</div>
    }
    .into_any()
}

fn tag_page(paper: TagPaper, tags: &[Tag]) -> impl IntoView + use<> {
    let tags = tags.iter().map(tag).collect_view();
    view! { <div class=format!("tag-leaf tag-{}", paper.as_str())>{tags}</div> }
}

fn tag(tag: &Tag) -> impl IntoView + use<> {
    let (width, height) = (tag.shape.width, tag.shape.height);
    let is_bars = tag.shape.code == TagCode::Bars;
    let stretched = if is_bars { "none" } else { "xMidYMid" };
    view! {
        <div class="tag" class:tag-with-bars=is_bars>
            <svg
                class="tag-code"
                viewBox=format!("0 0 {width} {height}")
                preserveAspectRatio=stretched
                shape-rendering="crispEdges"
                role="img"
                aria-label=format!("Code {}", tag.code)
            >
                <path d=tag.shape.path.clone()></path>
            </svg>
            <div class="tag-words">
                <b class="tag-name">{tag.code.clone()}</b>
                <span class="tag-title">{tag.title.clone()}</span>
                {(!tag.variant.is_empty()).then(|| view! { <span class="tag-variant">{tag.variant.clone()}</span> })}
                <span class="tag-price">{tag.price.to_string()}</span>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_variants_and_copies() {
        let query: ParamsMap = [
            ("paper", "sheet".to_owned()),
            ("n-1", "2".to_owned()),
            ("n-2", String::new()),
            ("n-3", " 1 ".to_owned()),
        ]
        .into_iter()
        .collect();
        let order = order(&query);
        let mut picks: Vec<&str> = order.picks.split(',').collect();
        picks.sort_unstable();
        assert_eq!(picks, ["1.2", "3.1"]);
        assert_eq!((order.paper.as_str(), order.code.as_str()), ("sheet", ""));
    }
}
