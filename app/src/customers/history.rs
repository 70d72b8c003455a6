//! What happened with a customer: the latest of each part beside the form, and each part as a list of its own.

use domain::{
    customers::{
        CustomerView,
        history::{HistoryRow, Latest, Part, Standing},
    },
    invoices::InvoiceState,
    page::Page,
    problem::Code,
    sales::ClaimState,
    shipping::ShipmentState,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{
    credit::CreditFields,
    undo::{Merges, Undoing},
};
use crate::{
    accounts::live_search::list_address,
    error::AppError,
    form::Returned,
    network::fetched,
    ui::{Amount, Badge, EmptyState, PageHead, PageProblem, Pager, Row, Rows, Section, Title, Tone, suspend},
};

/// A stretch of a part of a customer's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPart {
    pub name: String,
    pub page: Page<HistoryRow>,
}

/// A stretch of a part of a customer's history, after the row with the key `after`.
#[server(prefix = "/api", endpoint = "customers/history", input = GetUrl)]
pub async fn load_history(
    id: String,
    part: String,
    #[server(default)] after: String,
) -> Result<HistoryPart, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    let part = Part::parse(&part).ok_or(AppError::from(Code::NotFound))?;
    let (name, page) =
        services::customers::history::page(&caller.services, &caller.actor, id, part, &after).await?;
    Ok(HistoryPart { name, page })
}

/// How a state is to be felt, and its word.
fn badge(standing: &Standing) -> Option<(Tone, &'static str)> {
    Some(match standing {
        Standing::Claim(state) => {
            let tone = match state {
                ClaimState::Held | ClaimState::Invoiced => Tone::Ok,
                ClaimState::Waitlisted => Tone::Waiting,
                ClaimState::Cancelled | ClaimState::Released => Tone::Quiet,
            };
            (tone, state.label())
        }
        Standing::Invoice(state) => {
            let tone = match state {
                InvoiceState::Paid => Tone::Ok,
                InvoiceState::Open | InvoiceState::PartPaid => Tone::Waiting,
                InvoiceState::Draft | InvoiceState::Void => Tone::Quiet,
            };
            (tone, state.label())
        }
        Standing::Parcel(state) => {
            let tone = match state {
                ShipmentState::Labelled => Tone::Ok,
                ShipmentState::Ready | ShipmentState::Buying | ShipmentState::Unsure => Tone::Waiting,
                ShipmentState::Failed => Tone::Wrong,
            };
            (tone, state.label())
        }
        Standing::Mail(true) => (Tone::Ok, "Sent"),
        Standing::Mail(false) => (Tone::Waiting, "On its way"),
        Standing::Credit => return None,
    })
}

fn row(row: HistoryRow) -> impl IntoView {
    let badge = badge(&row.standing).map(|(tone, word)| view! { <Badge tone=tone text=word /> });
    let amount = row.amount.map(|money| view! { <Amount money=money /> });
    if row.path.is_empty() {
        return view! {
            <li class="row">
                <div class="row-words">
                    <span class="row-title">{row.title}</span>
                    <span class="row-sub">{row.sub}</span>
                </div>
                <div class="row-aside">{badge} {amount}</div>
            </li>
        }
        .into_any();
    }
    view! {
        <Row href=row.path title=row.title sub=row.sub>
            {badge}
            {amount}
        </Row>
    }
    .into_any()
}

/// What stands where a part has nothing yet.
fn nothing(part: Part) -> &'static str {
    match part {
        Part::Claims => "Nothing claimed yet.",
        Part::Invoices => "No invoice yet.",
        Part::Parcels => "No parcel yet.",
        Part::Mails => "No mail was sent to them yet.",
        Part::Credit => "You owe them nothing.",
    }
}

/// The latest of a part, and the way to the rest.
#[component]
fn LatestPart(id: String, part: Part, latest: Memo<Latest>) -> impl IntoView {
    let rows = move || {
        let Latest { rows, more } = latest.get();
        if rows.is_empty() {
            return view! { <p class="quiet">{nothing(part)}</p> }.into_any();
        }
        let rows = rows.into_iter().map(row).collect_view();
        let all = more.then(|| {
            let words = format!("All {}", part.label().to_lowercase());
            view! { <p><a href=format!("/customers/{id}/history/{}", part.as_str())>{words}</a></p> }
        });
        view! {
            <Rows>{rows}</Rows>
            {all}
        }
        .into_any()
    };
    view! { <Section title=part.label()>{rows}</Section> }.into_any()
}

/// Everything that belongs to a customer, beside the form.
#[component]
pub fn Side(
    id: String,
    customer: RwSignal<CustomerView>,
    undoing: Undoing,
    returned: Option<Returned>,
) -> impl IntoView {
    let part = |part: Part, of: fn(&CustomerView) -> &Latest| {
        let latest = Memo::new(move |_| customer.with(|customer| of(customer).clone()));
        view! { <LatestPart id=id.clone() part=part latest=latest /> }
    };
    view! {
        <div class="stack loose">
            {part(Part::Claims, |customer| &customer.history.claims)}
            {part(Part::Invoices, |customer| &customer.history.invoices)}
            {part(Part::Parcels, |customer| &customer.history.parcels)}
            {part(Part::Mails, |customer| &customer.history.mails)}
            <div class="stack">
                {part(Part::Credit, |customer| &customer.history.credit)}
                <CreditFields id=id.clone() customer=customer returned=returned />
            </div>
            <Merges customer=customer undoing=undoing />
        </div>
    }
    .into_any()
}

/// A part of a customer's history as a page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let param = move |name: &'static str| params.with(|params| params.get(name)).unwrap_or_default();
    let asked = Memo::new(move |_| {
        let after = query.with(|query| query.get("after")).unwrap_or_default();
        (param("id"), param("part"), after)
    });
    let loaded = fetched(move || asked.get(), |(id, part, after)| load_history(id, part, after));
    let page = move || {
        suspend(async move {
            let (id, part, after) = asked.get_untracked();
            let back = (format!("/customers/{id}"), "Back to the customer".to_owned());
            match (loaded.await, Part::parse(&part)) {
                (Ok(HistoryPart { name, page }), Some(part)) => {
                    let title = format!("{} of {name}", part.label());
                    view! {
                        <Title text=title.clone() />
                        <PageHead title=title back=back />
                        <PartRows id=id part=part page=page after=after />
                    }
                    .into_any()
                }
                (Ok(_), None) => view! {
                    <Title text="Customer" />
                    <PageHead title="Customer" back=back />
                    <PageProblem code=Code::NotFound />
                }
                .into_any(),
                (Err(AppError(problem)), _) => view! {
                    <Title text="Customer" />
                    <PageHead title="Customer" back=back />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }.into_any()
}

#[component]
fn PartRows(id: String, part: Part, page: Page<HistoryRow>, after: String) -> impl IntoView {
    if page.rows.is_empty() {
        let text = "What happens with this customer is kept here, the latest first.";
        return view! { <EmptyState title=nothing(part) text=text /> }.into_any();
    }
    let path = format!("/customers/{id}/history/{}", part.as_str());
    let first = (!after.is_empty()).then(|| path.clone());
    let next = page.next.as_deref().map(|after| list_address(&path, &[("after", after)]));
    let shown = match page.rows.len() {
        1 => "1 shown".to_owned(),
        several => format!("{several} shown"),
    };
    let rows = page.rows.into_iter().map(row).collect_view();
    view! {
        <Rows>{rows}</Rows>
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}
