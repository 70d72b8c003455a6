//! Ship: what is to be posted, problems first.

use domain::{
    page::Page,
    shipping::{ShipBlocker, ShipmentRow, ShipmentState},
    weight::{self, WeightUnit},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map, location::Url};
use serde::{Deserialize, Serialize};

use super::{ShipmentBadge, fix, is_everywhere, rate_text, shipment::AskRates};
use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    network::fetched,
    ui::{Amount, EmptyState, Notice, PageHead, PageProblem, Pager, Title, Tone, ToneMark, suspend},
};

/// What is asked of the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShipQuery {
    /// Whether parcels with a label are asked for instead of those without.
    pub done: bool,
    /// The key of the row after which to go on.
    pub after: String,
}

/// A stretch of the queue, and the unit in which its weights are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipView {
    pub shipments: Page<ShipmentRow>,
    pub weight_unit: WeightUnit,
}

/// The queue of deliveries.
#[server(prefix = "/api", endpoint = "ship/list", input = leptos::server_fn::codec::GetUrl)]
pub async fn list_shipments(query: ShipQuery) -> Result<ShipView, AppError> {
    let caller = crate::server::signed_in()?;
    let (done, after) = (query.done, &query.after);
    let shipments = services::shipping::queue::list(&caller.services, &caller.actor, done, after).await?;
    Ok(ShipView { shipments, weight_unit: caller.actor.weight_unit })
}

fn address(query: &ShipQuery) -> String {
    let after = match query.after.as_str() {
        "" => None,
        after => Some(format!("after={}", Url::escape(after))),
    };
    let parts: Vec<String> = query.done.then(|| "done=1".to_owned()).into_iter().chain(after).collect();
    if parts.is_empty() { "/ship".to_owned() } else { format!("/ship?{}", parts.join("&")) }
}

/// Whether a row waits for a person.
fn is_stuck(row: &ShipmentRow) -> bool {
    let is_open = matches!(row.state, ShipmentState::Ready | ShipmentState::Failed);
    matches!(row.state, ShipmentState::Failed | ShipmentState::Unsure) || (is_open && row.blocker.is_some())
}

/// The rows with those that are stuck first, otherwise in their order.
fn stuck_first(mut rows: Vec<ShipmentRow>) -> Vec<ShipmentRow> {
    rows.sort_by_key(|row| !is_stuck(row));
    rows
}

/// What stops every parcel alike, each once.
fn stopping_all(rows: &[ShipmentRow]) -> Vec<ShipBlocker> {
    let mut blockers: Vec<ShipBlocker> = Vec::new();
    for blocker in rows.iter().filter(|row| is_stuck(row)).filter_map(|row| row.blocker) {
        if is_everywhere(blocker) && !blockers.contains(&blocker) {
            blockers.push(blocker);
        }
    }
    blockers
}

/// The page of the queue.
#[component]
pub fn ShipPage() -> impl IntoView {
    let changes = use_changes();
    let form = use_form::<AskRates>(&use_returned());
    let asked = use_query_map();
    let query = Memo::new(move |_| {
        let asked = asked.read();
        ShipQuery {
            done: asked.get("done").is_some_and(|done| done == "1"),
            after: asked.get("after").unwrap_or_default(),
        }
    });
    Effect::new(move |_| {
        if form.action.version().get() > 0 {
            changes.note();
        }
    });
    let found = fetched(move || (query.get(), changes.count()), |(query, _)| list_shipments(query));
    let tab = move |done: bool, label: &'static str| {
        view! {
            <a
                href=address(&ShipQuery { done, after: String::new() })
                aria-current=move || (query.get().done == done).then_some("page")
            >
                {label}
            </a>
        }
    };
    let refused = move || {
        let problem = form.problem().get()?;
        Some(view! { <Notice tone=Tone::Wrong text=super::shipment::not_quoted(problem.code) /> })
    };
    view! {
        <Title text="Ship" />
        <PageHead title="Ship" />
        <nav class="tabs" aria-label="Parcels">
            {tab(false, "To ship")}
            {tab(true, "Shipped")}
        </nav>
        {refused}
        <Transition fallback=|| ()>
            {move || suspend(async move {
                match found.await {
                    Ok(view) => view! { <Queue query=query.get_untracked() view=view form=form /> }.into_any(),
                    Err(AppError(problem)) => {
                        view! { <PageProblem code=problem.code /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Queue(query: ShipQuery, view: ShipView, form: Form<AskRates>) -> impl IntoView {
    let ShipView { shipments: Page { rows, next }, weight_unit } = view;
    if rows.is_empty() && query.after.is_empty() {
        return view! { <NothingHere done=query.done /> }.into_any();
    }
    let shown = match rows.len() {
        1 => "1 parcel".to_owned(),
        several => format!("{several} parcels"),
    };
    let next = next.map(|after| address(&ShipQuery { after, ..query.clone() }));
    let first =
        (!query.after.is_empty()).then(|| address(&ShipQuery { after: String::new(), ..query.clone() }));
    let notices = stopping_all(&rows)
        .into_iter()
        .map(|blocker| {
            let (address, words) = fix(blocker, uuid::Uuid::nil(), uuid::Uuid::nil(), "/ship");
            view! {
                <Notice tone=Tone::Waiting text=blocker.message()>
                    <A href=address>{words}</A>
                </Notice>
            }
        })
        .collect_view();
    let lines = stuck_first(rows)
        .into_iter()
        .map(|row| view! { <Line row=row weight_unit=weight_unit form=form /> })
        .collect_view();
    view! {
        {notices}
        <ul class="queue">{lines}</ul>
        <Pager shown=shown first=first next=next />
    }
    .into_any()
}

#[component]
fn NothingHere(done: bool) -> impl IntoView {
    if done {
        return view! {
            <EmptyState
                title="No labels yet"
                text="Parcels whose label you have bought stand here, with their tracking numbers."
            />
        }
        .into_any();
    }
    view! {
        <EmptyState
            title="Nothing to ship"
            text="A parcel appears here as soon as its invoice is paid. Compare rates, buy the label and print it."
            action=|| {
                view! {
                    <A href="/bill?state=open" attr:class="button">
                        "See who has not paid"
                    </A>
                }
            }
        />
    }
    .into_any()
}

#[component]
fn Line(row: ShipmentRow, weight_unit: WeightUnit, form: Form<AskRates>) -> impl IntoView {
    let href = format!("/ship/{}", row.id);
    let own_blocker = row.blocker.filter(|blocker| is_stuck(&row) && !is_everywhere(*blocker));
    let problem = match own_blocker {
        Some(blocker) => {
            let (address, words) = fix(blocker, row.id, row.customer_id, &href);
            Some((blocker.message(), address, words))
        }
        None if row.state == ShipmentState::Unsure => {
            Some(("It is not known whether this label was bought.", href.clone(), "See more"))
        }
        None if row.state == ShipmentState::Failed => {
            Some(("The label was not bought.", href.clone(), "See why"))
        }
        None => None,
    };
    let problem = problem.map(|(message, address, words)| {
        let name = row.customer_name.clone();
        view! {
            <div class="queue-problem" data-tone="wrong">
                <ToneMark tone=Tone::Wrong />
                <span>{message}</span>
                <A href=address attr:class="button small">
                    {words}
                    <span class="hidden-words">{format!(" for {name}")}</span>
                </A>
            </div>
        }
    });
    let asks = !row.has_rates
        && row.blocker.is_none()
        && matches!(row.state, ShipmentState::Ready | ShipmentState::Failed);
    let rate = if let Some(rate) = row.cheapest.as_ref().filter(|_| row.state == ShipmentState::Ready) {
        view! { <span>{rate_text(rate)}</span> }.into_any()
    } else if !row.tracking_number.is_empty() {
        view! { <span class="code">{row.tracking_number.clone()}</span> }.into_any()
    } else if asks {
        view! { <GetRates row_id=row.id name=row.customer_name.clone() form=form /> }.into_any()
    } else if row.has_rates && row.state == ShipmentState::Ready {
        view! { <span>"Rates in another currency"</span> }.into_any()
    } else {
        ().into_any()
    };
    let price = row
        .cheapest
        .as_ref()
        .filter(|_| row.state != ShipmentState::Failed)
        .map(|rate| view! { <Amount money=rate.price /> });
    let parcel: Vec<String> =
        [row.place.clone(), weight::display(row.weight, weight_unit), row.packaging.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
    let tone = if is_stuck(&row) { Tone::Wrong } else { Tone::Quiet };
    view! {
        <li class="queue-line" data-tone=tone.name()>
            {problem}
            <div class="queue-who">
                <A href=href>{row.customer_name.clone()}</A>
                " "
                <span class="hint">{row.invoice_number.clone()}</span>
            </div>
            <div class="queue-parcel">{parcel.join(" · ")}</div>
            <div class="queue-rate tools">
                <ShipmentBadge state=row.state />
                {rate}
            </div>
            <div class="num lead">{price}</div>
        </li>
    }
    .into_any()
}

#[component]
fn GetRates(row_id: uuid::Uuid, name: String, form: Form<AskRates>) -> impl IntoView {
    view! {
        <ActionForm action=form.action>
            <input type="hidden" name="id" value=row_id.to_string() />
            <button type="submit" class="button small" disabled=move || form.pending().get()>
                <span>
                    "Get rates"
                    <span class="hidden-words">{format!(" for {name}")}</span>
                </span>
            </button>
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn row(name: &str, state: ShipmentState, blocker: Option<ShipBlocker>) -> ShipmentRow {
        ShipmentRow {
            id: Uuid::nil(),
            invoice_number: "INV-0001".into(),
            customer_id: Uuid::nil(),
            customer_name: name.into(),
            place: String::new(),
            state,
            weight: 100_000,
            packaging: String::new(),
            blocker,
            cheapest: None,
            has_rates: false,
            tracking_number: String::new(),
            key: String::new(),
        }
    }

    #[test]
    fn what_needs_a_person_stands_first_and_the_rest_keeps_its_order() {
        let rows = stuck_first(vec![
            row("first", ShipmentState::Ready, None),
            row("second", ShipmentState::Ready, Some(ShipBlocker::Address)),
            row("third", ShipmentState::Buying, Some(ShipBlocker::Address)),
            row("fourth", ShipmentState::Failed, None),
            row("fifth", ShipmentState::Unsure, None),
        ]);
        let names: Vec<&str> = rows.iter().map(|row| row.customer_name.as_str()).collect();
        assert_eq!(names, ["second", "fourth", "fifth", "first", "third"]);
    }

    #[test]
    fn what_stops_every_parcel_is_said_once() {
        let rows = [
            row("a", ShipmentState::Ready, Some(ShipBlocker::Carrier)),
            row("b", ShipmentState::Ready, Some(ShipBlocker::Carrier)),
            row("c", ShipmentState::Ready, Some(ShipBlocker::Address)),
            row("d", ShipmentState::Labelled, Some(ShipBlocker::Packaging)),
        ];
        assert_eq!(stopping_all(&rows), [ShipBlocker::Carrier]);
    }

    #[test]
    fn addresses_name_only_what_differs_from_the_queue() {
        assert_eq!(address(&ShipQuery::default()), "/ship");
        assert_eq!(address(&ShipQuery { done: true, after: "x".into() }), "/ship?done=1&after=x");
    }
}
