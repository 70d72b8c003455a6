//! The list of customers.

use domain::{customers::CustomerRow, page::Page};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use leptos_router::{components::A, hooks::use_query_map};

use crate::{
    accounts::live_search::{LiveSearch, list_address},
    error::AppError,
    live::use_changes,
    ui::{Badge, EmptyState, Icon, IconName, PageHead, PageProblem, Pager, Tone},
};

/// A stretch of the customers that match `search`, after the row with the key `after`.
#[server(prefix = "/api", endpoint = "customers/list", input = GetUrl)]
pub async fn list_customers(
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<Page<CustomerRow>, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::customers::list::list(&caller.services, &caller.actor, &search, &after).await?)
}

/// The page of all customers.
#[component]
pub fn CustomersPage() -> impl IntoView {
    let changes = use_changes();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| (query.get("q").unwrap_or_default(), query.get("after").unwrap_or_default()))
    });
    let customers = Resource::new(
        move || (asked.get(), changes.count()),
        |((search, after), _)| list_customers(search, after),
    );
    let words = asked.with_untracked(|(search, _)| search.clone());
    let list = move || {
        Suspend::new(async move {
            match customers.await {
                Ok(page) => {
                    let (search, after) = asked.get_untracked();
                    view! { <Customers page=page search=search after=after /> }.into_any()
                }
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Customers · SellTrac" />
        <PageHead title="Customers" action=add_customer />
        <div class="tools">
            <LiveSearch path="/customers" label="Search customers" value=words />
            <a href="/customers/duplicates" class="button quiet tools-end">"Likely duplicates"</a>
            <a href="/import" class="button quiet">"Import"</a>
        </div>
        <Transition>{list}</Transition>
    }
    .into_any()
}

fn add_customer() -> impl IntoView {
    view! {
        <A href="/customers/new" attr:class="button primary">
            <Icon name=IconName::Plus />
            "Add customer"
        </A>
    }
}

#[component]
fn Customers(page: Page<CustomerRow>, search: String, after: String) -> impl IntoView {
    if page.rows.is_empty() {
        return view! { <NoCustomers search=search /> }.into_any();
    }
    let shown = match page.rows.len() {
        1 => "1 customer".to_owned(),
        several => format!("{several} customers"),
    };
    let to = |after: &str| list_address("/customers", &[("q", &search), ("after", after)]);
    let first = (!after.is_empty()).then(|| to(""));
    let next = page.next.as_deref().map(to);
    let rows = page.rows.into_iter().map(customer_row).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="hidden-words">"Customers"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"E-mail"</th>
                        <th scope="col">"Place"</th>
                        <th scope="col">"Address"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}

fn customer_row(row: CustomerRow) -> impl IntoView {
    let (tone, words) = match (row.is_blocked, row.has_address) {
        (true, _) => (Tone::Wrong, "Blocked"),
        (false, true) => (Tone::Ok, "Known"),
        (false, false) => (Tone::Waiting, "Missing"),
    };
    let email = if row.email.is_empty() { "No e-mail".to_owned() } else { row.email };
    view! {
        <tr>
            <td class="main">
                <A href=format!("/customers/{}", row.id) attr:class="row-link">
                    {row.name}
                </A>
            </td>
            <td class="sub">{email}</td>
            <td class="wide-only">{row.place}</td>
            <td class="state">
                <Badge tone=tone text=words />
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn NoCustomers(search: String) -> impl IntoView {
    if !search.is_empty() {
        let title = format!("Nobody matches “{search}”");
        return view! {
            <EmptyState title=title text="Customers are found by name, handle, e-mail, phone, city and tag." />
        }
        .into_any();
    }
    view! {
        <EmptyState
            title="No customers yet"
            text="Buyers come here by themselves: whoever claims something in a sale becomes a customer under the name they write with."
            action=|| view! { <A href="/sell" attr:class="button primary">"Go to your sales"</A> }
        />
    }
    .into_any()
}
