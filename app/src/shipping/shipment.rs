//! One parcel: what is in it, what it costs to post, and its label.

use domain::{
    problem::Code,
    shipping::{Rate, ShipmentState, ShipmentView, cheapest},
    weight::WeightUnit,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use serde::{Deserialize, Serialize};

use super::{ShipmentBadge, facts::Facts, fix, rate_text};
use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    network::fetched,
    ui::{
        Amount, Columns, Notice, PageHead, PageProblem, Progress, Radio, Section, SubmitButton, Title, Tone,
        suspend,
    },
};

/// A delivery, and the unit in which its weight is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentPageView {
    pub shipment: ShipmentView,
    pub weight_unit: WeightUnit,
}

/// One delivery.
#[server(prefix = "/api", endpoint = "ship/view", input = leptos::server_fn::codec::GetUrl)]
pub async fn view_shipment(id: String) -> Result<ShipmentPageView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    let shipment = services::shipping::shipment::view(&caller.services, &caller.actor, id).await?;
    Ok(ShipmentPageView { shipment, weight_unit: caller.actor.weight_unit })
}

/// Asks the carrier service what the parcel costs.
#[server(prefix = "/api", endpoint = "ship/rates")]
pub async fn ask_rates(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::quote::ask(&caller.services, &caller.actor, id).await?)
}

/// Puts the parcel into another packaging.
#[server(prefix = "/api", endpoint = "ship/repack")]
pub async fn repack_shipment(id: String, #[server(default)] packaging_id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let (id, packaging_id) = (crate::server::id(&id)?, crate::server::id(&packaging_id)?);
    Ok(services::shipping::quote::repack(&caller.services, &caller.actor, id, packaging_id).await?)
}

/// Orders the label of a rate.
#[server(prefix = "/api", endpoint = "ship/buy")]
pub async fn buy_label(id: String, #[server(default)] rate_id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let (id, rate_id) = (crate::server::id(&id)?, crate::server::id(&rate_id)?);
    Ok(services::shipping::purchase::order(&caller.services, &caller.actor, id, rate_id).await?)
}

/// The id of the form that buys, whose button stands in the page's head.
const BUY_FORM: &str = "buy-label";

/// The rate that will be bought: the one that was picked, while it is still offered, else the cheapest.
fn picked<'a>(rates: &'a [Rate], choice: &str) -> Option<&'a Rate> {
    rates.iter().find(|rate| rate.id.to_string() == choice).or_else(|| cheapest(rates))
}

/// What a person is told when a request about the parcel failed.
fn refusal(code: Code) -> &'static str {
    match code {
        Code::ProviderRefused => {
            "The carrier service refused this parcel. Check its address, weight and size."
        }
        other => other.message(),
    }
}

/// What can be done on the page. What was chosen lives here, so that it outlasts the page's being asked again.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    ask: Form<AskRates>,
    pub(super) repack: Form<RepackShipment>,
    buy: Form<BuyLabel>,
    /// The id of the rate that was picked, or empty.
    rate: RwSignal<String>,
    /// The id of the packaging that is chosen in the list, empty until the page is there.
    pub(super) packaging: RwSignal<String>,
}

/// The page of one parcel. It keeps up while its label is bought.
#[component]
pub fn ShipmentPage() -> impl IntoView {
    let changes = use_changes();
    let params = use_params_map();
    let returned = use_returned();
    let deeds = Deeds {
        ask: use_form(&returned),
        repack: use_form(&returned),
        buy: use_form(&returned),
        rate: RwSignal::new(String::new()),
        packaging: RwSignal::new(String::new()),
    };
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    Effect::new(move |_| {
        let sent = [
            deeds.ask.action.version().get(),
            deeds.repack.action.version().get(),
            deeds.buy.action.version().get(),
        ];
        if sent.into_iter().any(|times| times > 0) {
            changes.note();
        }
    });
    let found = fetched(move || (id.get(), changes.count()), |(id, _)| view_shipment(id));
    view! {
        <Transition fallback=|| view! { <PageHead title="Parcel" back=("/ship".to_owned(), "Ship".to_owned()) /> }>
            {move || suspend(async move {
                match found.await {
                    Ok(view) => view! { <Parcel view=view deeds=deeds /> }.into_any(),
                    Err(AppError(problem)) => {
                        view! {
                            <Title text="Parcel" />
                            <PageHead title="Parcel" back=("/ship".to_owned(), "Ship".to_owned()) />
                            <PageProblem code=problem.code />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Parcel(view: ShipmentPageView, deeds: Deeds) -> impl IntoView {
    let ShipmentPageView { shipment, weight_unit } = view;
    if deeds.packaging.with_untracked(String::is_empty)
        && let Some(packaging_id) = shipment.packaging_id
    {
        deeds.packaging.set(packaging_id.to_string());
    }
    let refused = move || {
        let problem = [deeds.ask.problem(), deeds.repack.problem(), deeds.buy.problem()]
            .into_iter()
            .find_map(|problem| problem.get())?;
        Some(view! { <Notice tone=Tone::Wrong text=refusal(problem.code) /> })
    };
    let state = shipment.state;
    let invoice = (format!("/bill/{}", shipment.invoice_id), shipment.invoice_number.clone());
    let subtitle = move || {
        view! {
            <ShipmentBadge state=state />
            " for "
            <A href=invoice.0>{format!("invoice {}", invoice.1)}</A>
        }
    };
    let side_view = shipment.clone();
    let side = move || view! { <Facts shipment=side_view weight_unit=weight_unit deeds=deeds /> };
    view! {
        <Title text=format!("Parcel for {}", shipment.customer_name) />
        <PageHead
            title=shipment.customer_name.clone()
            back=("/ship".to_owned(), "Ship".to_owned())
            subtitle=subtitle
            action={
                let shipment = shipment.clone();
                move || view! { <PrimaryAction shipment=shipment deeds=deeds /> }
            }
        />
        {refused}
        <Columns side=side>
            <div class="stack">
                <Standing shipment=shipment.clone() />
                <Rates shipment=shipment deeds=deeds />
            </div>
        </Columns>
    }
    .into_any()
}

/// What brings the parcel on: rates, then the label, then its print.
#[component]
fn PrimaryAction(shipment: ShipmentView, deeds: Deeds) -> impl IntoView {
    match shipment.state {
        ShipmentState::Buying => ().into_any(),
        ShipmentState::Labelled if shipment.has_label => view! {
            <a class="button primary" href=format!("/labels/{}.pdf", shipment.id) target="_blank" rel="noopener">
                "Print label"
            </a>
        }
        .into_any(),
        ShipmentState::Labelled => ().into_any(),
        ShipmentState::Ready | ShipmentState::Failed if shipment.blocker.is_some() => ().into_any(),
        ShipmentState::Ready | ShipmentState::Failed if shipment.rates.is_empty() => {
            let form = deeds.ask;
            view! {
                <ActionForm action=form.action>
                    <input type="hidden" name="id" value=shipment.id.to_string() />
                    <SubmitButton label="Get rates" pending=form.pending() pending_label="Asking…" />
                </ActionForm>
            }
            .into_any()
        }
        ShipmentState::Ready | ShipmentState::Failed => {
            let rates = shipment.rates;
            let label = move || match picked(&rates, &deeds.rate.read()) {
                Some(rate) => format!("Buy label · {}", rate.price),
                None => "Buy label".to_owned(),
            };
            let pending = deeds.buy.pending();
            view! {
                <button type="submit" form=BUY_FORM class="button primary" disabled=move || pending.get()>
                    {label}
                </button>
            }
            .into_any()
        }
    }
}

/// How the parcel stands, where there is something to say about it.
#[component]
fn Standing(shipment: ShipmentView) -> impl IntoView {
    let is_open = matches!(shipment.state, ShipmentState::Ready | ShipmentState::Failed);
    let failed = shipment
        .problem
        .filter(|_| shipment.state == ShipmentState::Failed)
        .map(|problem| view! { <Notice tone=Tone::Wrong text=problem.label() /> });
    let blocked = shipment.blocker.filter(|_| is_open).map(|blocker| {
        let (address, words) = fix(blocker, shipment.customer_id, &format!("/ship/{}", shipment.id));
        view! {
            <Notice tone=Tone::Wrong text=blocker.message()>
                <A href=address attr:class="button small">
                    {words}
                </A>
            </Notice>
        }
    });
    let going_on = match shipment.state {
        ShipmentState::Buying => view! { <Progress label="Buying the label…" /> }.into_any(),
        ShipmentState::Labelled if !shipment.has_label => {
            view! { <Progress label="Fetching the label…" /> }.into_any()
        }
        _ => ().into_any(),
    };
    let tracking = (!shipment.tracking_number.is_empty()).then(|| {
        let number = shipment.tracking_number.clone();
        let follow = (!shipment.tracking_url.is_empty()).then(|| {
            view! {
                <a href=shipment.tracking_url.clone() target="_blank" rel="noopener noreferrer">
                    "Follow the parcel"
                </a>
            }
        });
        view! {
            <Section title="Tracking number">
                <p class="big tracking-number">{number}</p>
                {follow}
            </Section>
        }
    });
    view! {
        {failed}
        {blocked}
        {going_on}
        {tracking}
    }
    .into_any()
}

/// The offers, the cheapest picked.
#[component]
fn Rates(shipment: ShipmentView, deeds: Deeds) -> impl IntoView {
    let is_open = matches!(shipment.state, ShipmentState::Ready | ShipmentState::Failed);
    if !is_open || shipment.blocker.is_some() {
        return ().into_any();
    }
    if shipment.rates.is_empty() {
        return view! {
            <Section title="Rates">
                <p class="quiet">"Get rates to compare what carriers ask for this parcel. Asking costs nothing."</p>
            </Section>
        }
        .into_any();
    }
    let chosen =
        deeds.rate.with_untracked(|choice| picked(&shipment.rates, choice).map(|rate| rate.id.to_string()));
    if let Some(chosen) = chosen.filter(|chosen| deeds.rate.with_untracked(|known| known != chosen)) {
        deeds.rate.set(chosen);
    }
    let rates = shipment
        .rates
        .iter()
        .map(|rate| {
            view! {
                <label class="rate">
                    <Radio name="rate_id" value=rate.id.to_string() bind=deeds.rate />
                    <span>{rate_text(rate)}</span>
                    <Amount money=rate.price />
                </label>
            }
        })
        .collect_view();
    view! {
        <ActionForm action=deeds.buy.action attr:id=BUY_FORM>
            <input type="hidden" name="id" value=shipment.id.to_string() />
            <fieldset class="rates">
                <legend>"Rates"</legend>
                {rates}
            </fieldset>
            <p class="hint">"You pay the rate that is picked here."</p>
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};
    use uuid::Uuid;

    use super::*;

    fn rate(number: u128, minor: i64) -> Rate {
        Rate {
            id: Uuid::from_u128(number),
            carrier: "USPS".into(),
            service: "Ground".into(),
            price: Money::new(minor, Currency::USD),
            days: None,
        }
    }

    #[test]
    fn the_cheapest_is_picked_until_another_one_is() {
        let rates = [rate(1, 1_200), rate(2, 820)];
        assert_eq!(picked(&rates, ""), Some(&rates[1]));
        assert_eq!(picked(&rates, &rates[0].id.to_string()), Some(&rates[0]));
        assert_eq!(
            picked(&rates, &Uuid::from_u128(9).to_string()),
            Some(&rates[1]),
            "it is no longer offered"
        );
        assert_eq!(picked(&[], ""), None);
    }

    #[test]
    fn a_refused_parcel_is_told_with_what_to_check() {
        assert!(refusal(Code::ProviderRefused).contains("Check its address"));
        assert_eq!(refusal(Code::NotConnected), Code::NotConnected.message());
    }
}
