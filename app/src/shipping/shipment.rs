//! One parcel: what is in it, what it costs to post, and its label.

use domain::{
    problem::{Code, Problem},
    shipping::{GiveUpForm, LabelView, Rate, ShipmentState, ShipmentView, StrayLabel},
    weight::{self, WeightUnit},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ShipmentBadge, facts::Facts, fix, rate_text};
use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    network::fetched,
    ui::{
        Amount, Columns, Notice, PageHead, PageProblem, Progress, Radio, Section, SubmitButton, TextField,
        Title, Tone, suspend,
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

/// Says what the contents of the parcel weigh.
#[server(prefix = "/api", endpoint = "ship/weigh")]
pub async fn weigh_shipment(id: String, #[server(default)] weight: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::quote::weigh(&caller.services, &caller.actor, id, &weight).await?)
}

/// Asks the carrier now what became of a label.
#[server(prefix = "/api", endpoint = "ship/look")]
pub async fn look_for_label(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::purchase::look_again(&caller.services, &caller.actor, id).await?)
}

/// Says that a label was not bought of which nobody can tell any more.
#[server(prefix = "/api", endpoint = "ship/give-up")]
pub async fn give_up_label(id: String, form: GiveUpForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::given_up::give_up(&caller.services, &caller.actor, id, &form).await?)
}

/// Fetches the picture of a label that was bought once more.
#[server(prefix = "/api", endpoint = "ship/fetch")]
pub async fn fetch_label(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::document::fetch_again(&caller.services, &caller.actor, id).await?)
}

/// Orders the label of a rate.
#[server(prefix = "/api", endpoint = "ship/buy")]
pub async fn buy_label(id: String, #[server(default)] rate_id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    // Where none is in the currency of the books, none is picked at first.
    if rate_id.is_empty() {
        return Err(AppError(Problem::field("rate_id", domain::problem::FieldCode::NotAChoice)));
    }
    let (id, rate_id) = (crate::server::id(&id)?, crate::server::id(&rate_id)?);
    Ok(services::shipping::purchase::order(&caller.services, &caller.actor, id, rate_id).await?)
}

/// The ids of the forms whose buttons may stand in the page's head.
const BUY_FORM: &str = "buy-label";
pub(super) const WEIGH_FORM: &str = "weigh-parcel";
pub(super) const REPACK_FORM: &str = "repack-parcel";

/// What was changed on the page and is not stored, so that rates and labels know nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unsaved {
    Weight,
    Packaging,
}

impl Unsaved {
    /// What a person changed of these: the weight as typed and as the page showed it, the packaging that is chosen and the
    /// one that is stored.
    fn of(weight: (&str, &str), packaging: (&str, Option<Uuid>), unit: WeightUnit) -> Option<Self> {
        let is_same_weight = |(typed, shown): (&str, &str)| {
            typed == shown
                || weight::parse(typed, unit).is_ok_and(|typed| weight::parse(shown, unit) == Ok(typed))
        };
        let (chosen, stored) = packaging;
        if !is_same_weight(weight) {
            Some(Unsaved::Weight)
        } else if stored.is_some_and(|stored| !chosen.is_empty() && chosen != stored.to_string()) {
            Some(Unsaved::Packaging)
        } else {
            None
        }
    }

    /// The form that stores it, and its button.
    fn saved_by(self) -> (&'static str, &'static str) {
        match self {
            Unsaved::Weight => (WEIGH_FORM, "Save the weight"),
            Unsaved::Packaging => (REPACK_FORM, "Repack"),
        }
    }
}

/// The rate that will be bought: the one that was picked, while it is still offered, else the one that is proposed.
fn picked<'a>(rates: &'a [Rate], choice: &str, proposed: Option<&'a Rate>) -> Option<&'a Rate> {
    rates.iter().find(|rate| rate.id.to_string() == choice).or(proposed)
}

/// What a person is told when no rates came.
pub(super) fn not_quoted(code: Code) -> &'static str {
    match code {
        Code::ProviderRefused => {
            "The carrier service refused this parcel. Check its address, weight and size."
        }
        Code::NotConnected => {
            "The carrier account is not connected, or its key is no longer accepted. Connect it again in the settings."
        }
        other => other.message(),
    }
}

/// What a person is told when a label was not ordered.
fn not_ordered(problem: &Problem) -> &'static str {
    match problem.code {
        Code::Invalid => "Pick a rate first.",
        Code::WrongState | Code::NotFound => {
            "The parcel, an address or the carrier account changed after the rates were asked. Nothing was bought; get \
             rates again."
        }
        other => other.message(),
    }
}

/// What can be done on the page. What was chosen lives here, so that it outlasts the page's being asked again.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    ask: Form<AskRates>,
    pub(super) repack: Form<RepackShipment>,
    pub(super) weigh: Form<WeighShipment>,
    buy: Form<BuyLabel>,
    look: Form<LookForLabel>,
    fetch: Form<FetchLabel>,
    give_up: Form<GiveUpLabel>,
    /// The id of the rate that was picked, or empty.
    rate: RwSignal<String>,
    /// The id of the packaging that is chosen in the list, empty until the page is there.
    pub(super) packaging: RwSignal<String>,
    /// What is typed as the weight of the contents, and what the page showed before it was.
    pub(super) weight: RwSignal<String>,
    weight_shown: RwSignal<String>,
    /// What is typed about how it is known that a label was not bought.
    note: RwSignal<String>,
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
        weigh: use_form(&returned),
        buy: use_form(&returned),
        look: use_form(&returned),
        fetch: use_form(&returned),
        give_up: use_form(&returned),
        rate: RwSignal::new(String::new()),
        packaging: RwSignal::new(String::new()),
        weight: RwSignal::new(String::new()),
        weight_shown: RwSignal::new(String::new()),
        note: RwSignal::new(String::new()),
    };
    let came_back = deeds.weigh.value("weight", "");
    deeds.weight.set(came_back);
    let came_back = deeds.give_up.value("form[note]", "");
    deeds.note.set(came_back);
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    Effect::new(move |_| {
        let sent = [
            deeds.ask.action.version().get(),
            deeds.repack.action.version().get(),
            deeds.weigh.action.version().get(),
            deeds.buy.action.version().get(),
            deeds.look.action.version().get(),
            deeds.fetch.action.version().get(),
            deeds.give_up.action.version().get(),
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
    // What was typed and not saved stays; what was only shown follows what is stored.
    if deeds.weight.with_untracked(|typed| *typed == deeds.weight_shown.get_untracked()) {
        deeds.weight.set(shipment.contents_weight.clone());
    }
    deeds.weight_shown.set(shipment.contents_weight.clone());
    let refused = move || {
        let changes = [
            deeds.repack.problem(),
            deeds.weigh.problem(),
            deeds.look.problem(),
            deeds.fetch.problem(),
            deeds.give_up.problem(),
        ];
        let words = deeds
            .buy
            .problem()
            .with(|problem| problem.as_ref().map(not_ordered))
            .or_else(|| deeds.ask.problem().with(|problem| Some(not_quoted(problem.as_ref()?.code))))
            .or_else(|| {
                let problem = changes.into_iter().find_map(|problem| problem.get())?;
                // A wrong field is told beside the field.
                (problem.code != Code::Invalid).then(|| problem.code.message())
            })?;
        Some(view! { <Notice tone=Tone::Wrong text=words /> })
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
                move || view! { <PrimaryAction shipment=shipment weight_unit=weight_unit deeds=deeds /> }
            }
        />
        {refused}
        <Columns side=side>
            <div class="stack">
                <Standing shipment=shipment.clone() deeds=deeds />
                <Rates shipment=shipment deeds=deeds />
            </div>
        </Columns>
    }
    .into_any()
}

/// What brings the parcel on: saving what was changed, rates, then the label, then its print.
#[component]
fn PrimaryAction(shipment: ShipmentView, weight_unit: WeightUnit, deeds: Deeds) -> impl IntoView {
    let packaging_id = shipment.packaging_id;
    let unsaved = Memo::new(move |_| {
        let (typed, shown, packaging) =
            (deeds.weight.read(), deeds.weight_shown.read(), deeds.packaging.read());
        Unsaved::of((&typed, &shown), (&packaging, packaging_id), weight_unit)
    });
    let is_open = matches!(shipment.state, ShipmentState::Ready | ShipmentState::Failed);
    let next = StoredValue::new(shipment);
    move || match unsaved.get().filter(|_| is_open) {
        Some(unsaved) => {
            let (form, label) = unsaved.saved_by();
            view! {
                <button type="submit" form=form class="button primary">
                    {label}
                </button>
            }
            .into_any()
        }
        None => view! { <NextStep shipment=next.get_value() deeds=deeds /> }.into_any(),
    }
}

/// What brings a parcel on in which nothing is unsaved.
#[component]
fn NextStep(shipment: ShipmentView, deeds: Deeds) -> impl IntoView {
    match shipment.state {
        ShipmentState::Buying | ShipmentState::Unsure => ().into_any(),
        ShipmentState::Labelled if shipment.label.as_ref().is_some_and(|label| label.has_document) => view! {
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
            let (rates, proposed) = (shipment.rates, shipment.chosen);
            let label = move || match picked(&rates, &deeds.rate.read(), proposed.as_ref()) {
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
fn Standing(shipment: ShipmentView, deeds: Deeds) -> impl IntoView {
    let is_open = matches!(shipment.state, ShipmentState::Ready | ShipmentState::Failed);
    let failed = shipment
        .problem
        .filter(|_| shipment.state == ShipmentState::Failed)
        .map(|problem| view! { <Notice tone=Tone::Wrong text=problem.label() /> });
    let blocked = shipment.blocker.filter(|_| is_open).map(|blocker| {
        let back = format!("/ship/{}", shipment.id);
        let (address, words) = fix(blocker, shipment.id, shipment.customer_id, &back);
        view! {
            <Notice tone=Tone::Wrong text=blocker.message()>
                <A href=address attr:class="button small">
                    {words}
                </A>
            </Notice>
        }
    });
    let id = shipment.id.to_string();
    let going_on = match (shipment.state, &shipment.label) {
        (ShipmentState::Buying, _) => view! { <Progress label="Buying the label…" /> }.into_any(),
        (ShipmentState::Unsure, _) => {
            let form = deeds.look;
            let in_vain = shipment.is_asked_in_vain.then(|| match shipment.may_give_up {
                true => view! { <GiveUp id=id.clone() deeds=deeds /> }.into_any(),
                false => {
                    view! { <p class="hint">"An owner can say here that it was not bought."</p> }.into_any()
                }
            });
            view! {
                <Notice tone=Tone::Waiting text=not_known(shipment.looking_again.as_deref())>
                    <ActionForm action=form.action>
                        <input type="hidden" name="id" value=id />
                        <SubmitButton label="Look now" pending=form.pending() pending_label="Looking…" kind="small" />
                    </ActionForm>
                </Notice>
                {in_vain}
            }
            .into_any()
        }
        (ShipmentState::Labelled, Some(label)) if label.is_fetch_failing => {
            let form = deeds.fetch;
            view! {
                <Notice tone=Tone::Waiting text=NOT_FETCHED>
                    <ActionForm action=form.action>
                        <input type="hidden" name="id" value=id />
                        <SubmitButton label="Fetch it now" pending=form.pending() pending_label="Fetching…" kind="small" />
                    </ActionForm>
                </Notice>
            }
            .into_any()
        }
        (ShipmentState::Labelled, Some(label)) if !label.has_document => {
            view! { <Progress label="Fetching the label…" /> }.into_any()
        }
        _ => ().into_any(),
    };
    let is_own_currency =
        shipment.label.as_ref().is_none_or(|label| label.price.currency == shipment.currency);
    let bought = shipment
        .label
        .filter(|label| label.is_bought)
        .map(|label| view! { <Bought label=label is_own_currency=is_own_currency /> });
    let strays = shipment.strays.iter().map(|stray| view! { <Stray stray=stray.clone() /> }).collect_view();
    view! {
        {failed}
        {blocked}
        {going_on}
        {strays}
        {bought}
    }
    .into_any()
}

/// What is said of a label that was paid for and cannot be printed yet.
const NOT_FETCHED: &str = "The label is bought and paid for, but its picture could not be fetched yet. It is tried again by \
                           itself; the label is not bought a second time.";

/// What is said while it is not known whether a label was bought.
fn not_known(looking_again: Option<&str>) -> String {
    match looking_again {
        Some(when) => {
            format!("We don't know yet whether this label was bought; looking again at {when}.")
        }
        None => "We don't know whether this label was bought: the carrier has not told for a day. See whether it is in \
                 your account there, and look again here once the carrier answers."
            .to_owned(),
    }
}

/// What an owner says of a label of which the carrier does not tell any more.
#[component]
fn GiveUp(id: String, deeds: Deeds) -> impl IntoView {
    let form = deeds.give_up;
    view! {
        <Section title="Was it not bought?">
            <p class="quiet">
                "If the label is not in your account at the carrier service, or that account is closed, say so: then you                  can buy another one. Should it turn up later, you are told."
            </p>
            <ActionForm action=form.action attr:class="form" attr:novalidate=true>
                <input type="hidden" name="id" value=id />
                <TextField
                    label="How do you know?"
                    name="form[note]"
                    bind=deeds.note
                    hint="It is kept with your name."
                    error=form.error("note")
                />
                <div class="actions">
                    <SubmitButton label="It was not bought" pending=form.pending() pending_label="Noting…" />
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}

/// A label that the parcel goes without.
#[component]
fn Stray(stray: StrayLabel) -> impl IntoView {
    let words = stray_words(&stray);
    match stray.is_bought {
        true => view! { <Notice tone=Tone::Wrong text=words /> }.into_any(),
        false => view! { <p class="hint">{words}</p> }.into_any(),
    }
}

/// What is said of a label that the parcel goes without.
fn stray_words(stray: &StrayLabel) -> String {
    let StrayLabel { service, price, given_up, is_bought, tracking_number } = stray;
    let said = given_up.as_ref().map(|said| {
        let (by, on, note) = (&said.by, &said.on, &said.note);
        format!("{by} said on {on} that {service} for {price} was not bought: “{note}”.")
    });
    if !is_bought {
        return said.unwrap_or_default();
    }
    let number = match tracking_number.is_empty() {
        true => String::new(),
        false => format!(", number {tracking_number}"),
    };
    let found = format!(
        "{service} for {price}{number} was bought after all. It is paid for, and this parcel goes without it: ask the carrier \
         service for the money back."
    );
    match said {
        Some(said) => format!("{found} {said}"),
        None => found,
    }
}

/// The label that was bought: its number and its price.
#[component]
fn Bought(label: LabelView, is_own_currency: bool) -> impl IntoView {
    let tracking = (!label.tracking_number.is_empty()).then(|| {
        let number = label.tracking_number.clone();
        let follow = (!label.tracking_url.is_empty()).then(|| {
            view! {
                <a href=label.tracking_url.clone() target="_blank" rel="noopener noreferrer">
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
    let untracked = label
        .tracking_number
        .is_empty()
        .then(|| view! { <p class="quiet">"This service gives no tracking number."</p> });
    let of_rate = label.is_price_of_rate.then(|| {
        view! { <p class="hint">"The price is what the rate said: what the carrier charged could not be read."</p> }
    });
    let elsewhere = (!is_own_currency).then(|| {
        let text =
            format!("Paid in {}, so it is not in the figures of your reports.", label.price.currency.code());
        view! { <p class="hint">{text}</p> }
    });
    view! {
        {tracking}
        <Section title="Postage">
            <p>
                {label.service.clone()} " · " <Amount money=label.price />
            </p>
            {untracked}
            {of_rate}
            {elsewhere}
        </Section>
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
    let chosen = deeds.rate.with_untracked(|choice| {
        picked(&shipment.rates, choice, shipment.chosen.as_ref()).map(|rate| rate.id.to_string())
    });
    if let Some(chosen) = chosen.filter(|chosen| deeds.rate.with_untracked(|known| known != chosen)) {
        deeds.rate.set(chosen);
    }
    let own = shipment.currency;
    let (of_own, others): (Vec<Rate>, Vec<Rate>) =
        shipment.rates.into_iter().partition(|rate| rate.price.currency == own);
    let of_own = of_own.into_iter().map(|rate| view! { <Offer rate=rate deeds=deeds /> }).collect_view();
    let others = (!others.is_empty()).then(|| {
        let text = format!(
            "In another currency than your books, which are in {}: these cannot be compared with the rest, and are not \
             in the figures of your reports.",
            own.code()
        );
        let offers = others.into_iter().map(|rate| view! { <Offer rate=rate deeds=deeds /> }).collect_view();
        view! {
            <p class="hint">{text}</p>
            {offers}
        }
    });
    view! {
        <ActionForm action=deeds.buy.action attr:id=BUY_FORM>
            <input type="hidden" name="id" value=shipment.id.to_string() />
            <fieldset class="rates">
                <legend>"Rates"</legend>
                {of_own}
                {others}
            </fieldset>
            <p class="hint">"You pay the rate that is picked here."</p>
        </ActionForm>
    }
    .into_any()
}

/// One rate to pick.
#[component]
fn Offer(rate: Rate, deeds: Deeds) -> impl IntoView {
    let text = rate_text(&rate);
    view! {
        <label class="rate">
            <Radio name="rate_id" value=rate.id.to_string() bind=deeds.rate />
            <span>{text}</span>
            <Amount money=rate.price />
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::{
        money::{Currency, Money},
        problem::FieldCode,
        shipping::GivenUp,
    };
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
    fn the_proposed_one_is_picked_until_another_one_is() {
        let rates = [rate(1, 1_200), rate(2, 820)];
        let proposed = Some(&rates[1]);
        assert_eq!(picked(&rates, "", proposed), Some(&rates[1]));
        assert_eq!(picked(&rates, &rates[0].id.to_string(), proposed), Some(&rates[0]));
        let gone = Uuid::from_u128(9).to_string();
        assert_eq!(picked(&rates, &gone, proposed), Some(&rates[1]), "it is no longer offered");
        assert_eq!(picked(&rates, "", None), None, "none is in the currency of the books");
    }

    #[test]
    fn what_went_wrong_is_told_with_what_to_do() {
        assert!(not_quoted(Code::ProviderRefused).contains("Check its address"));
        assert!(not_quoted(Code::NotConnected).contains("key is no longer accepted"));
        assert!(not_ordered(&Code::WrongState.into()).contains("Nothing was bought"));
        assert_eq!(not_ordered(&Problem::field("rate_id", FieldCode::NotAChoice)), "Pick a rate first.");
    }

    #[test]
    fn a_label_that_its_parcel_goes_without_is_told_with_who_said_so() {
        let mut stray = StrayLabel {
            service: "USPS Ground".into(),
            price: Money::new(820, Currency::USD),
            given_up: Some(GivenUp {
                by: "Olive".into(),
                on: "30 Nov 2026".into(),
                note: "It is not in the account".into(),
            }),
            is_bought: false,
            tracking_number: String::new(),
        };
        let said = "Olive said on 30 Nov 2026 that USPS Ground for $8.20 was not bought: “It is not in the account”.";
        assert_eq!(stray_words(&stray), said);
        stray.is_bought = true;
        stray.tracking_number = "TRACK1".into();
        let found = stray_words(&stray);
        assert!(found.starts_with("USPS Ground for $8.20, number TRACK1 was bought after all."), "{found}");
        assert!(found.ends_with(said), "{found}");
        stray.given_up = None;
        assert!(stray_words(&stray).ends_with("ask the carrier service for the money back."));
    }

    #[test]
    fn what_is_not_known_is_said_with_when_it_is_looked_for() {
        let words = not_known(Some("23 Nov 2026, 09:20 UTC"));
        assert!(words.ends_with("looking again at 23 Nov 2026, 09:20 UTC."), "{words}");
        assert!(not_known(None).contains("in your account there"));
    }

    #[test]
    fn what_is_typed_or_chosen_is_unsaved_until_it_is_stored() {
        let (mailer, carton) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let chosen = mailer.to_string();
        let of = |typed, shown, packaging| Unsaved::of((typed, shown), packaging, WeightUnit::Oz);
        assert_eq!(of("3", "3", (&chosen, Some(mailer))), None);
        assert_eq!(of("9", "3", (&chosen, Some(mailer))), Some(Unsaved::Weight));
        assert_eq!(of("", "3", (&chosen, Some(mailer))), Some(Unsaved::Weight));
        assert_eq!(of("9.0 oz", "9", (&chosen, Some(mailer))), None, "it says the same");
        assert_eq!(of("3", "3", (&chosen, Some(carton))), Some(Unsaved::Packaging));
        assert_eq!(of("3", "3", ("", Some(carton))), None, "nothing was chosen yet");
        assert_eq!(of("", "", ("", None)), None);
    }
}
