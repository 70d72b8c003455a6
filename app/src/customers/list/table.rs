//! The filters and the rows of the list of customers, or what to do where there are none.

use domain::customers::{CustomerList, CustomerQuery, CustomerRow, CustomerSort, CustomersEdit};
use leptos::prelude::*;
use leptos_router::components::{A, Form};
use uuid::Uuid;

use super::{ChangeCustomers, UndoCustomers, undo_form};
use crate::{
    lists::{
        bulk::{BulkForms, done_notice, pick_all},
        filters::{Chips, with_current},
        keys::return_to_row,
        page::{address, order, pager, start_of},
        query_of,
        rows::{badge, pick, row_address, row_id, sort_head},
        views::{ViewForms, ViewTabs},
    },
    ui::{CheckField, EmptyState, SelectField, Tone},
};

/// The words of an order, and of its opposite.
const ORDERS: [(&str, &str); 4] =
    [("", "Newest first"), ("-newest", "Oldest first"), ("name", "Name"), ("-name", "Name, backwards")];

/// The filters: a form whose answers stand in the address.
#[component]
pub fn Filter(query: CustomerQuery, tags: Vec<String>) -> impl IntoView {
    let mut options = vec![(String::new(), "Any tag".to_owned())];
    options.extend(with_current(tags, &query.tag).into_iter().map(|tag| (tag.clone(), tag)));
    let orders: Vec<(String, String)> =
        ORDERS.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect();
    let sort =
        if query.order() == (CustomerSort::Newest, false) { String::new() } else { query.sort.clone() };
    let search = (!query.search.is_empty())
        .then(|| view! { <input type="hidden" name="q" value=query.search.clone() /> });
    view! {
        <Form method="GET" action="/customers" attr:class="panel list-filter">
            {search}
            <SelectField label="Tag" name="tag" options=options value=query.tag.clone() />
            <SelectField label="Order" name="sort" options=orders value=sort />
            <CheckField label="Blocked" name="blocked" value="1" checked=query.blocked />
            <CheckField label="No address" name="no-address" value="1" checked=query.without_address />
            <CheckField label="Has an unpaid invoice" name="owing" value="1" checked=query.owing />
            <div class="actions">
                <button type="submit" class="button">
                    "Show"
                </button>
            </div>
        </Form>
    }
    .into_any()
}

/// What the list is filtered by, each with the way to the list without it.
fn chips(query: &CustomerQuery) -> AnyView {
    let without = |change: fn(&mut CustomerQuery)| {
        let mut query = query.from_start();
        change(&mut query);
        address(&query)
    };
    let mut chips = Vec::new();
    if !query.tag.is_empty() {
        chips.push((query.tag.clone(), without(|query| query.tag.clear())));
    }
    for (is_set, words, change) in [
        (query.blocked, "Blocked", (|query| query.blocked = false) as fn(&mut CustomerQuery)),
        (query.without_address, "No address", |query| query.without_address = false),
        (query.owing, "Has an unpaid invoice", |query| query.owing = false),
    ] {
        if is_set {
            chips.push((words.to_owned(), without(change)));
        }
    }
    view! { <Chips chips=chips /> }.into_any()
}

/// The tabs, the filters and the rows of one stretch.
#[component]
pub fn Customers(
    list: CustomerList,
    query: CustomerQuery,
    views: ViewForms,
    bulk: BulkForms<ChangeCustomers, UndoCustomers>,
) -> impl IntoView {
    let start = start_of(&query);
    let usual = vec![("All", "/customers".to_owned(), start.is_empty())];
    let done = list.done.map(|done| done_notice(done, undo_form(bulk)));
    let rows = if list.customers.rows.is_empty() {
        view! { <NoCustomers query=query.clone() /> }.into_any()
    } else {
        table(&list.customers.rows, &query, &start, list.key, bulk)
    };
    let (previous, next) = (list.customers.previous.as_deref(), list.customers.next.as_deref());
    let pager = pager(&query, list.customers.rows.len(), previous, next);
    return_to_row();
    view! {
        <ViewTabs
            label="Which customers"
            list=CustomerList::NAME
            usual=usual
            views=list.views
            query=start.clone()
            forms=views
        />
        {chips(&query)}
        {done}
        {rows}
        {pager}
    }
    .into_any()
}

/// The rows of one stretch within the form that changes those that are chosen.
fn table(
    rows: &[CustomerRow],
    query: &CustomerQuery,
    start: &str,
    key: Uuid,
    bulk: BulkForms<ChangeCustomers, UndoCustomers>,
) -> AnyView {
    let back = query_of(&address(query));
    let (sort, is_opposite) = query.order();
    let order = |by: CustomerSort| {
        let current = (sort == by).then_some(is_opposite);
        order(query, (by.as_str(), by.label()), CustomerSort::Newest.as_str(), current)
    };
    let kinds = CustomersEdit::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    bulk.shows(rows.iter().map(|row| row.id).collect());
    let rows = rows.iter().map(|row| customer_row(row, &back)).collect_view();
    let names = sort_head("", [order(CustomerSort::Name), order(CustomerSort::Newest)]);
    let bar = bulk.bar(kinds, start.to_owned(), key, "Tag");
    view! {
        <ActionForm action=bulk.change.action attr:class="list-form">
            <div class="table-wrap">
                <table class="table list">
                    <caption class="hidden-words">"Customers"</caption>
                    <thead>
                        <tr>
                            {pick_all()}
                            {names}
                            <th scope="col">"E-mail"</th>
                            <th scope="col">"Place"</th>
                            <th scope="col">"Address"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {bar}
        </ActionForm>
    }
    .into_any()
}

fn customer_row(row: &CustomerRow, back: &str) -> AnyView {
    let (tone, words) = match (row.is_blocked, row.has_address) {
        (true, _) => (Tone::Wrong, "Blocked"),
        (false, true) => (Tone::Ok, "Known"),
        (false, false) => (Tone::Waiting, "Missing"),
    };
    let email = if row.email.is_empty() { "No e-mail".to_owned() } else { row.email.clone() };
    view! {
        <tr>
            {pick(row.id, &row.name)}
            <td class="main">
                <a href=row_address("/customers", row.id, back) id=row_id(row.id) class="row-link">
                    {row.name.clone()}
                </a>
            </td>
            <td class="sub">{email}</td>
            <td class="wide-only">{row.place.clone()}</td>
            <td class="state">{badge(tone, words)}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn NoCustomers(query: CustomerQuery) -> impl IntoView {
    if !query.search.is_empty() {
        let title = format!("Nobody matches “{}”", query.search);
        return view! {
            <EmptyState title=title text="Customers are found by their name, their handles, e-mail, phone, city and tags." />
        }
        .into_any();
    }
    if query.is_filtered() {
        return view! {
            <EmptyState
                title="No customer is like this"
                text="Take a filter away to see more."
                action=|| view! { <A href="/customers">"Show all customers"</A> }
            />
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
