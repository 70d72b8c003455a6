//! The list of items.

mod filter;
mod table;

use domain::{
    inventory::{Stock, StockChoices, StockList, StockQuery},
    lists::{BulkDone, BulkUndone, Chosen},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::components::A;

use self::{filter::Filter, table::Items};
use super::scan::ScanButton;
use crate::{
    error::AppError,
    form::use_returned,
    lists::{
        bulk::BulkForms,
        keys::use_list_keys,
        page::{Asked, MoreTools, filters_panel, use_asked},
        views::{RemovedViewToast, ViewForms},
    },
    live::use_changes,
    network::fetched,
    ui::{Icon, IconName, PageHead, PageProblem, Title, suspend},
};

/// What else can be done about the stock.
const MORE: [(&str, &str); 5] = [
    ("/stock/materials", "Materials"),
    ("/stock/count", "Stock-take"),
    ("/stock/tags", "Tags for shelves"),
    ("/import", "Import"),
    ("/export", "Export"),
];

/// The list of items. `done` asks for what an action did as well.
#[server(prefix = "/api", endpoint = "stock/list", input = GetUrl)]
pub async fn list_items(query: StockQuery, #[server(default)] done: String) -> Result<StockList, AppError> {
    use services::inventory::{bulk, list};

    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    let mut shown = list::show(services, actor, &query).await?;
    if let Ok(action) = crate::server::id(&done) {
        // One that was undone meanwhile has nothing to tell.
        shown.done = bulk::done(services, actor, action).await.ok();
    }
    Ok(shown)
}

/// What the filters offer.
#[server(prefix = "/api", endpoint = "stock/choices", input = GetUrl)]
pub async fn list_choices() -> Result<StockChoices, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::list::choices(&caller.services, &caller.actor).await?)
}

/// Changes the chosen items together.
#[server(prefix = "/api", endpoint = "stock/bulk")]
pub async fn change_items(
    #[server(default)] chosen: Chosen,
    #[server(default)] kind: String,
    #[server(default)] value: String,
) -> Result<BulkDone, AppError> {
    let caller = crate::server::signed_in()?;
    let plain = crate::server::is_plain_form();
    let (services, actor) = (&caller.services, &caller.actor);
    let done = services::inventory::bulk::change(services, actor, &kind, &value, &chosen).await?;
    crate::lists::lead_back(plain, "/stock", &chosen.query, &done);
    Ok(done)
}

/// Undoes a change of items.
#[server(prefix = "/api", endpoint = "stock/bulk/undo")]
pub async fn undo_items(id: String) -> Result<BulkUndone, AppError> {
    let caller = crate::server::signed_in()?;
    let plain = crate::server::is_plain_form();
    let id = crate::server::id(&id)?;
    let undone = services::inventory::bulk::undo(&caller.services, &caller.actor, id).await?;
    if plain {
        leptos_axum::redirect("/stock");
    }
    Ok(undone)
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
    let returned = use_returned();
    let changes = use_changes();
    let asked = use_asked::<StockQuery>();
    let Asked { query, done, .. } = asked;
    let items = fetched(
        move || (query.get(), done.get(), changes.count()),
        |(query, done, _)| list_items(query, done),
    );
    let views = ViewForms::new(&returned);
    let bulk = BulkForms::<ChangeItems, UndoItems>::new(&returned);
    use_list_keys();
    let list = move || {
        suspend(async move {
            match items.await {
                Ok(list) => {
                    view! { <Items list=list query=query.get_untracked() views=views bulk=bulk /> }.into_any()
                }
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let panel = filters_panel(asked, list_choices, |query, choices| {
        view! { <Filter query=query choices=choices /> }.into_any()
    });
    view! {
        <Title text="Stock" />
        <PageHead title="Stock" action=add_item />
        <div class="tools">
            {asked.search_box("Search items", Some("/stock/find"))}
            <ScanButton field=".live-search input[type=search]" />
            {asked.filter_link()}
            <MoreTools links=MORE.to_vec() />
        </div>
        <Transition>{panel} {list}</Transition>
        {bulk.toast(undo_form(bulk))}
        <RemovedViewToast forms=views />
    }
    .into_any()
}

/// The form that undoes an action.
fn undo_form(
    bulk: BulkForms<ChangeItems, UndoItems>,
) -> impl Fn(String) -> AnyView + Send + Sync + Clone + 'static {
    move |action| {
        view! {
            <ActionForm action=bulk.undo.action>
                <input type="hidden" name="id" value=action />
                <button type="submit" class="link">
                    "Undo"
                </button>
            </ActionForm>
        }
        .into_any()
    }
}

fn add_item() -> impl IntoView {
    view! {
        <A href="/stock/new" attr:class="button primary">
            <Icon name=IconName::Plus />
            "Add item"
        </A>
    }
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
}
