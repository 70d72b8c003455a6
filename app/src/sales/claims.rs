//! The claims of a sale, letting go of one, and taking that back.

use std::time::Duration;

use domain::{
    money::Money,
    sales::{
        ClaimState,
        view::{ClaimLine, SaleView},
    },
};
use leptos::{form::ActionForm, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::components::A;

use super::lines::with_variant;
use crate::{
    error::AppError,
    form::{Form, Returned, use_form},
    live::Changes,
    ui::{Amount, Badge, Notice, Section, Toast, Tone},
};

/// How long the way back is offered.
const UNDO: Duration = Duration::from_secs(10);

/// Lets go of a claim and gives its id, by which it can be taken back.
#[server(prefix = "/api", endpoint = "sales/claims/cancel")]
pub async fn cancel_claim(claim: String) -> Result<String, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&claim)?;
    services::sales::claims::cancel(&caller.services, &caller.actor, id).await?;
    Ok(claim)
}

/// Takes back a claim that was let go.
#[server(prefix = "/api", endpoint = "sales/claims/restore")]
pub async fn restore_claim(claim: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&claim)?;
    Ok(services::sales::claims::restore(&caller.services, &caller.actor, id).await?)
}

/// How a claim's state is to be felt, and its word.
fn badge(state: ClaimState) -> (Tone, &'static str) {
    match state {
        ClaimState::Held => (Tone::Ok, "Held"),
        ClaimState::Waitlisted => (Tone::Waiting, "Waiting"),
        ClaimState::Invoiced => (Tone::Ok, "Billed"),
        ClaimState::Cancelled => (Tone::Quiet, "Cancelled"),
        ClaimState::Released => (Tone::Quiet, "Released"),
    }
}

/// Buyers with held claims. Where not all claims are shown, all buyers of the sale are the best that is known.
fn buyers_to_bill(sale: &SaleView) -> i64 {
    let mut buyers: Vec<_> = sale
        .claims
        .iter()
        .filter(|claim| claim.state == ClaimState::Held)
        .map(|claim| claim.customer_id)
        .collect();
    if sale.more_claims && !buyers.is_empty() {
        return sale.tally.buyers;
    }
    buyers.sort_unstable();
    buyers.dedup();
    i64::try_from(buyers.len()).unwrap_or(i64::MAX)
}

/// What letting go and taking back need, from the page to each row.
#[derive(Clone, Copy)]
pub struct LettingGo {
    cancel: Form<CancelClaim>,
    restore: Form<RestoreClaim>,
    /// The claim that was just let go, and what the toast says of it.
    last: RwSignal<Option<(String, String)>>,
}

impl LettingGo {
    /// Takes back what was just let go, if anything was.
    pub fn undo(self) {
        if let Some((claim, _)) = self.last.get_untracked() {
            self.restore.action.dispatch(RestoreClaim { claim });
        }
    }
}

/// Sets up letting go: the toast appears with the answer and leaves after ten seconds or when it is used.
pub fn use_letting_go(sale: RwSignal<SaleView>, changes: Changes, returned: &Option<Returned>) -> LettingGo {
    let cancel = use_form::<CancelClaim>(returned);
    let restore = use_form::<RestoreClaim>(returned);
    let last = RwSignal::new(None);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move |_| {
        let Some(Ok(claim)) = cancel.action.value().get() else { return };
        let words = sale.with_untracked(|sale| {
            let line = sale.claims.iter().find(|line| line.id.to_string() == claim)?;
            Some(format!("Let go of {} for {}.", line.code, line.customer_name))
        });
        last.set(Some((claim, words.unwrap_or_else(|| "Let go of a claim.".to_owned()))));
        stop();
        if let Ok(handle) = set_timeout_with_handle(move || last.set(None), UNDO) {
            timer.set_value(Some(handle));
        }
        changes.note();
    });
    Effect::new(move |_| {
        if restore.action.value().get().is_some() {
            stop();
            last.set(None);
            changes.note();
        }
    });
    on_cleanup(stop);
    LettingGo { cancel, restore, last }
}

/// The claims, newest first, and the way to their invoices.
#[component]
pub fn ClaimsPane(sale: RwSignal<SaleView>, letting_go: LettingGo) -> impl IntoView {
    let claims = Memo::new(move |_| sale.with(|sale| sale.claims.clone()));
    let is_any = Memo::new(move |_| claims.with(|claims| !claims.is_empty()));
    let buyers = Memo::new(move |_| sale.with(buyers_to_bill));
    let bill = move || {
        let words = match buyers.get() {
            0 => return None,
            1 => "Bill 1 buyer".to_owned(),
            buyers => format!("Bill {buyers} buyers"),
        };
        Some(view! {
            <A href="/bill" attr:class="button small">
                {words}
            </A>
        })
    };
    let rest = move || {
        let more = sale.with(|sale| sale.more_claims);
        more.then(|| view! { <p class="hint">"Only the latest claims are shown here."</p> })
    };
    let (cancelled, restored) = (letting_go.cancel.message(), letting_go.restore.message());
    let wrong = move || {
        let message = cancelled.get().or_else(|| restored.get())?;
        Some(view! { <Notice tone=Tone::Wrong text=message /> })
    };
    let said = Signal::derive(move || letting_go.last.get().map(|(_, words)| words));
    let undo = move || {
        let claim = letting_go.last.get().map(|(claim, _)| claim).unwrap_or_default();
        view! {
            <ActionForm action=letting_go.restore.action>
                <input type="hidden" name="claim" value=claim />
                <button type="submit">"Undo"</button>
            </ActionForm>
        }
    };
    view! {
        {wrong}
        <Show when=move || is_any.get()>
            <Section title="Claims" aside=move || bill>
                <ul class="rows">
                    <For each=move || claims.get() key=|line| (line.id, line.state, line.quantity) let:line>
                        <ClaimRow line=line letting_go=letting_go />
                    </For>
                </ul>
                {rest}
            </Section>
        </Show>
        <Toast text=said undo=undo />
    }
    .into_any()
}

#[component]
fn ClaimRow(line: ClaimLine, letting_go: LettingGo) -> impl IntoView {
    let (tone, word) = badge(line.state);
    let amount = line.price.times(line.quantity).unwrap_or(Money::zero(line.price.currency));
    let claim = line.id.to_string();
    let of_what = format!(" {} of {}", line.code, line.customer_name);
    let change = match line.state {
        ClaimState::Held | ClaimState::Waitlisted => view! {
            <ActionForm action=letting_go.cancel.action>
                <input type="hidden" name="claim" value=claim />
                <button type="submit" class="button small quiet">
                    <span>"Let go" <span class="hidden-words">{of_what}</span></span>
                </button>
            </ActionForm>
        }
        .into_any(),
        ClaimState::Cancelled => view! {
            <ActionForm action=letting_go.restore.action>
                <input type="hidden" name="claim" value=claim />
                <button type="submit" class="button small quiet">
                    <span>"Take back" <span class="hidden-words">{of_what}</span></span>
                </button>
            </ActionForm>
        }
        .into_any(),
        ClaimState::Invoiced | ClaimState::Released => ().into_any(),
    };
    view! {
        <li class="row claim-row">
            <div class="row-words">
                <A href=format!("/customers/{}", line.customer_id) attr:class="row-title">
                    {line.customer_name}
                </A>
                <span class="row-sub">
                    <b class="code">{line.code}</b>
                    " "
                    {with_variant(&line.title, &line.variant)}
                    {format!(" ×{}", line.quantity)}
                </span>
            </div>
            <div class="claim-state">
                <Badge tone=tone text=word />
            </div>
            <div class="claim-amount">
                <Amount money=amount />
            </div>
            <div class="claim-change">{change}</div>
        </li>
    }
    .into_any()
}
