//! One customer: who they are, where they live, under which names they write, what they bought.

use domain::{
    customers::{CustomerForm, CustomerView},
    three_way,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    block::Blocking,
    fields::Fields,
    history::Side,
    undo::{MergeToast, Undoing},
};
use crate::{
    accounts::{fresh::keep_fresh, own_path::own_path},
    error::AppError,
    form::{Returned, use_form, use_returned},
    live::use_changes,
    network::fetched,
    transfer::past_sales::PastSales,
    ui::{Amount, Badge, Columns, Notice, PageHead, PageProblem, Stat, Title, Tone, suspend},
};

/// One customer.
#[server(prefix = "/api", endpoint = "customers/customer", input = GetUrl)]
pub async fn load_customer(id: String) -> Result<CustomerView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::customers::customer::view(&caller.services, &caller.actor, id).await?)
}

/// Saves a customer, a new one where `id` is empty. It leads to `back`, if that is a path of this site, or to the new
/// customer's page; else the page stays, and gets what is stored by then.
#[server(prefix = "/api", endpoint = "customers/save")]
pub async fn save_customer(
    #[server(default)] id: String,
    form: CustomerForm,
    #[server(default)] back: String,
) -> Result<Option<CustomerForm>, AppError> {
    let caller = crate::server::signed_in()?;
    if id.is_empty() {
        let id = services::customers::customer::create(&caller.services, &caller.actor, &form).await?;
        leptos_axum::redirect(&format!("/customers/{id}"));
        return Ok(None);
    }
    let id = crate::server::id(&id)?;
    services::customers::customer::save(&caller.services, &caller.actor, id, &form).await?;
    if let Some(back) = own_path(&back) {
        leptos_axum::redirect(back);
    }
    Ok(services::customers::customer::form(&caller.services, &caller.actor, id).await.ok())
}

/// The page of one customer. `back` in its address is the path to return to after saving, `merged` the merge that led here.
#[component]
pub fn CustomerPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let id = Memo::new({
        let params = use_params_map();
        move |_| params.with(|params| params.get("id")).unwrap_or_default()
    });
    let query = use_query_map();
    let undoing = Undoing::new(&returned.get_value());
    // Asked for once, and again after a merge was undone. What changes otherwise comes into the standing page, so that
    // nothing that is being typed is lost.
    let stored = fetched(move || (id.get(), undoing.done.get()), |(id, _)| load_customer(id));
    let page = move || {
        suspend(async move {
            match stored.await {
                Ok(view) => {
                    let asked =
                        |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
                    let back = own_path(&asked("back")).unwrap_or_default().to_owned();
                    let merged = asked("merged");
                    view! { <Customer first=view back=back merged=merged undoing=undoing returned=returned.get_value() /> }
                        .into_any()
                }
                Err(AppError(problem)) => view! {
                    <Title text="Customer" />
                    <PageHead title="Customer" back=way_back("") />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }.into_any()
}

/// Where the page was reached from: address and name.
fn way_back(back: &str) -> (String, String) {
    match back {
        "" => ("/customers".to_owned(), "Back to the customers".to_owned()),
        back => (back.to_owned(), "Back without saving".to_owned()),
    }
}

#[component]
fn Customer(
    first: CustomerView,
    back: String,
    merged: String,
    undoing: Undoing,
    returned: Option<Returned>,
) -> impl IntoView {
    if let Some(into) = first.merged_into {
        let words = format!("This customer was merged into {}.", into.name);
        let href = format!("/customers/{}", into.id);
        return view! {
            <Title text=first.form.name.clone() />
            <PageHead title=first.form.name back=way_back("") />
            <Notice tone=Tone::Quiet text=words>
                <a href=href>{format!("Go to {}", into.name)}</a>
            </Notice>
        }
        .into_any();
    }
    let id = first.id.to_string();
    let stored = first.form.clone();
    let name = stored.name.clone();
    let past_sales = first.past_sales.clone();
    let customer = RwSignal::new(first);
    let changes = use_changes();
    let save = use_form::<SaveCustomer>(&returned);
    let filled = save.filled(&stored.filled);
    // Rows that were new have ids once they are saved.
    let rows = RwSignal::new((stored.handles.clone(), stored.addresses.clone()));
    Effect::new(move |_| {
        let Some(Ok(stored)) = save.action.value().get() else { return };
        changes.note();
        let Some(stored) = stored else { return };
        filled.update(|marks| {
            *marks = three_way::with_answers(marks, &stored.filled, &["handles", "addresses"]);
        });
        // Which address parcels go to is shown with the addresses.
        save.show(&stored, &["default_address"], filled);
        rows.set((stored.handles, stored.addresses));
    });
    let asked = id.clone();
    keep_fresh(customer, changes, move || load_customer(asked.clone()));
    let blocked = Memo::new(move |_| customer.with(|customer| customer.is_blocked));
    let side_id = id.clone();
    let side_returned = returned.clone();
    view! {
        <Title text=name.clone() />
        <PageHead title=name back=way_back(&back) subtitle=move || facts(customer) />
        <Alike customer=customer />
        <Sums customer=customer />
        <Columns side=move || view! { <Side id=side_id customer=customer undoing=undoing returned=side_returned /> }>
            <Fields id=id.clone() stored=stored rows=rows filled=filled back=back form=save returned=returned.clone() />
            <div class="tools customer-tools">
                <a href=format!("/customers/{id}/merge") class="button quiet">"Merge with another customer…"</a>
                <Blocking id=id.clone() blocked=blocked returned=returned />
            </div>
            <PastSales sales=past_sales />
        </Columns>
        <MergeToast customer=customer merged=merged undoing=undoing />
    }
    .into_any()
}

/// What stands under the name: since when, blocked, exempt from tax, tags.
fn facts(customer: RwSignal<CustomerView>) -> impl IntoView {
    let since = Memo::new(move |_| customer.with(|customer| format!("Since {}", customer.since)));
    let blocked = Memo::new(move |_| customer.with(|customer| customer.is_blocked));
    let exempt = Memo::new(move |_| customer.with(|customer| customer.form.tax_exempt));
    let tags = Memo::new(move |_| customer.with(|customer| customer.form.tags.clone()));
    view! {
        <div class="sale-facts">
            {move || blocked.get().then(|| view! { <Badge tone=Tone::Wrong text="Blocked" /> })}
            {move || exempt.get().then(|| view! { <Badge tone=Tone::Quiet text="Tax-exempt" /> })}
            <span>{since}</span>
            {move || tags.with(|tags| (!tags.is_empty()).then(|| view! { <span>{tags.replace(", ", " · ")}</span> }))}
        </div>
    }
    .into_any()
}

/// Spent, owed and credit.
#[component]
fn Sums(customer: RwSignal<CustomerView>) -> impl IntoView {
    let id = customer.with_untracked(|customer| customer.id);
    let spent = Signal::derive(move || customer.with(|customer| customer.spent));
    let owed = Signal::derive(move || customer.with(|customer| customer.owed));
    let credit = Signal::derive(move || customer.with(|customer| customer.credit));
    let owing = Signal::derive(move || if owed.get().minor > 0 { Tone::Waiting } else { Tone::Quiet });
    view! {
        <div class="stats">
            <Stat href=format!("/customers/{id}/history/invoices") label="Spent">
                <Amount money=spent />
            </Stat>
            <Stat href=format!("/customers/{id}/history/invoices") label="To pay" tone=owing>
                <Amount money=owed />
            </Stat>
            <Stat href=format!("/customers/{id}/history/credit") label="Credit">
                <Amount money=credit />
            </Stat>
        </div>
    }
    .into_any()
}

/// Others who may be the same person, above everything else.
#[component]
fn Alike(customer: RwSignal<CustomerView>) -> impl IntoView {
    let id = customer.with_untracked(|customer| customer.id);
    let alike = Memo::new(move |_| customer.with(|customer| customer.alike.clone()));
    let notices = move || {
        let notice = |other: domain::customers::duplicates::Alike| {
            let why: Vec<String> =
                other.likeness.iter().map(|likeness| likeness.label().to_lowercase()).collect();
            let words = format!("{} may be the same person: {}.", other.name, why.join(", "));
            view! {
                <Notice tone=Tone::Review text=words>
                    <a href=format!("/customers/{id}/merge?with={}", other.id)>"Look at both"</a>
                </Notice>
            }
        };
        alike.get().into_iter().map(notice).collect_view()
    };
    view! { {notices} }.into_any()
}
