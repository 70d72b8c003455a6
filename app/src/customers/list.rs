//! The list of customers.

mod table;

use domain::{
    customers::{CustomerList, CustomerQuery},
    lists::{BulkDone, BulkUndone, Chosen},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::components::A;

use self::table::{Customers, Filter};
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

/// What else can be done about customers.
const MORE: [(&str, &str); 3] =
    [("/customers/duplicates", "Likely duplicates"), ("/import", "Import"), ("/export", "Export")];

/// The list of customers. `done` asks for what an action did as well.
#[server(prefix = "/api", endpoint = "customers/list", input = GetUrl)]
pub async fn list_customers(
    query: CustomerQuery,
    #[server(default)] done: String,
) -> Result<CustomerList, AppError> {
    use services::customers::{bulk, list};

    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    let mut shown = list::show(services, actor, &query).await?;
    if let Ok(action) = crate::server::id(&done) {
        // One that was undone meanwhile has nothing to tell.
        shown.done = bulk::done(services, actor, action).await.ok();
    }
    Ok(shown)
}

/// The tags that the list can be filtered by.
#[server(prefix = "/api", endpoint = "customers/tags", input = GetUrl)]
pub async fn list_tags() -> Result<Vec<String>, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::customers::list::tags(&caller.services, &caller.actor).await?)
}

/// Changes the chosen customers together.
#[server(prefix = "/api", endpoint = "customers/bulk")]
pub async fn change_customers(
    #[server(default)] chosen: Chosen,
    #[server(default)] kind: String,
    #[server(default)] value: String,
) -> Result<BulkDone, AppError> {
    let caller = crate::server::signed_in()?;
    let plain = crate::server::is_plain_form();
    let (services, actor) = (&caller.services, &caller.actor);
    let done = services::customers::bulk::change(services, actor, &kind, &value, &chosen).await?;
    crate::lists::lead_back(plain, "/customers", &chosen.query, &done);
    Ok(done)
}

/// Undoes a change of customers.
#[server(prefix = "/api", endpoint = "customers/bulk/undo")]
pub async fn undo_customers(id: String) -> Result<BulkUndone, AppError> {
    let caller = crate::server::signed_in()?;
    let plain = crate::server::is_plain_form();
    let id = crate::server::id(&id)?;
    let undone = services::customers::bulk::undo(&caller.services, &caller.actor, id).await?;
    if plain {
        leptos_axum::redirect("/customers");
    }
    Ok(undone)
}

/// The page of all customers.
#[component]
pub fn CustomersPage() -> impl IntoView {
    let returned = use_returned();
    let changes = use_changes();
    let asked = use_asked::<CustomerQuery>();
    let Asked { query, done, .. } = asked;
    let customers = fetched(
        move || (query.get(), done.get(), changes.count()),
        |(query, done, _)| list_customers(query, done),
    );
    let views = ViewForms::new(&returned);
    let bulk = BulkForms::<ChangeCustomers, UndoCustomers>::new(&returned);
    use_list_keys();
    let list = move || {
        suspend(async move {
            match customers.await {
                Ok(list) => {
                    view! { <Customers list=list query=query.get_untracked() views=views bulk=bulk /> }
                        .into_any()
                }
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let panel =
        filters_panel(asked, list_tags, |query, tags| view! { <Filter query=query tags=tags /> }.into_any());
    view! {
        <Title text="Customers" />
        <PageHead title="Customers" action=add_customer />
        <div class="tools">
            {asked.search_box("Search customers", None)}
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
    bulk: BulkForms<ChangeCustomers, UndoCustomers>,
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

fn add_customer() -> impl IntoView {
    view! {
        <A href="/customers/new" attr:class="button primary">
            <Icon name=IconName::Plus />
            "Add customer"
        </A>
    }
}
