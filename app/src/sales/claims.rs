//! The claims of a sale, changing them by hand, and what was done lately.

use domain::{
    money::Money,
    sales::{
        ClaimState,
        by_hand::ActionLine,
        view::{ClaimLine, SaleView},
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_query_map};
use uuid::Uuid;

use super::{
    claim_change::ClaimChange,
    deeds::{CancelClaim, Deeds, WaitClaim},
    keys::Keyboard,
    lines::with_variant,
    stop::Stop,
};
use crate::ui::{Amount, Badge, Notice, Section, Tone};

/// Which claims are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimFilter {
    All,
    Held,
    Waiting,
    /// Cancelled and released ones.
    Gone,
}

impl ClaimFilter {
    const ALL: [ClaimFilter; 4] =
        [ClaimFilter::All, ClaimFilter::Held, ClaimFilter::Waiting, ClaimFilter::Gone];

    fn label(self) -> &'static str {
        match self {
            ClaimFilter::All => "All",
            ClaimFilter::Held => "Held",
            ClaimFilter::Waiting => "Waiting",
            ClaimFilter::Gone => "Let go",
        }
    }

    fn shows(self, state: ClaimState) -> bool {
        match self {
            ClaimFilter::All => true,
            ClaimFilter::Held => matches!(state, ClaimState::Held | ClaimState::Invoiced),
            ClaimFilter::Waiting => state == ClaimState::Waitlisted,
            ClaimFilter::Gone => matches!(state, ClaimState::Cancelled | ClaimState::Released),
        }
    }
}

/// How a claim's state is to be felt, and its word.
pub fn badge(state: ClaimState) -> (Tone, &'static str) {
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

/// `1st in line`.
fn place_in_line(place: u32) -> String {
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending} in line")
}

/// The claims, newest first, and the way to their invoices.
#[component]
pub fn ClaimsPane(
    sale: RwSignal<SaleView>,
    deeds: Deeds,
    keyboard: Keyboard,
    shown: RwSignal<ClaimFilter>,
) -> impl IntoView {
    let query = use_query_map();
    // Without a script the link to change a claim is an address.
    let opened = RwSignal::new(query.with_untracked(|query| query.get("claim")));
    let is_any = Memo::new(move |_| sale.with(|sale| !sale.claims.is_empty()));
    let claims = Memo::new(move |_| {
        let filter = shown.get();
        sale.with(|sale| {
            let shown = sale.claims.iter().filter(|claim| filter.shows(claim.state));
            shown.cloned().collect::<Vec<ClaimLine>>()
        })
    });
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
    let replies = sale.with_untracked(|sale| format!("/sell/{}/replies", sale.id));
    let aside = move || {
        view! {
            <span class="tools">
                <a href=replies class="button small quiet">
                    "Replies"
                </a>
                {bill}
            </span>
        }
    };
    let filters = move || {
        ClaimFilter::ALL
            .into_iter()
            .map(|which| {
                view! {
                    <button
                        type="button"
                        class="chip"
                        aria-pressed=move || (shown.get() == which).to_string()
                        on:click=move |_| shown.set(which)
                    >
                        {which.label()}
                    </button>
                }
            })
            .collect_view()
    };
    let rest = move || {
        let words = match (claims.with(Vec::is_empty), sale.with(|sale| sale.more_claims)) {
            (true, _) => "There is no claim of that kind.",
            (false, true) => "Only the latest claims are shown here.",
            (false, false) => return None,
        };
        Some(view! { <p class="hint">{words}</p> })
    };
    let problem = deeds.problem();
    let wrong = move || {
        let message = problem.get()?.code.message();
        Some(view! { <Notice tone=Tone::Wrong text=message /> })
    };
    view! {
        <div id="claims" class="stack tight">
            {wrong}
            <Show when=move || is_any.get()>
                <Section title="Claims" aside=aside.clone()>
                    <div class="tools claim-filters" role="group" aria-label="Show claims">
                        {filters}
                    </div>
                    <ul class="rows">
                        <For each=move || claims.get() key=claim_key let:line>
                            <ClaimRow line=line deeds=deeds keyboard=keyboard opened=opened />
                        </For>
                    </ul>
                    {rest}
                </Section>
                <Latest sale=sale deeds=deeds />
            </Show>
        </div>
    }
    .into_any()
}

/// By what a row is told apart: whatever it shows.
fn claim_key(line: &ClaimLine) -> (Uuid, String) {
    let ClaimLine { id, state, quantity, customer_name, place_in_line, time_left, .. } = line;
    (*id, format!("{} {quantity} {customer_name} {place_in_line:?} {time_left:?}", state.as_str()))
}

#[component]
fn ClaimRow(
    line: ClaimLine,
    deeds: Deeds,
    keyboard: Keyboard,
    /// The claim that is being changed.
    opened: RwSignal<Option<String>>,
) -> impl IntoView {
    let (tone, word) = badge(line.state);
    let amount = line.price.times(line.quantity).unwrap_or(Money::zero(line.price.currency));
    let claim = line.id.to_string();
    let stop = format!("claim-{claim}");
    let of_what = format!(" {} of {}", line.code, line.customer_name);
    let is_open = matches!(line.state, ClaimState::Held | ClaimState::Waitlisted);
    let is_held = line.state == ClaimState::Held;
    let toggled = claim.clone();
    let toggle = move || {
        opened.update(|opened| {
            *opened = (opened.as_ref() != Some(&toggled)).then(|| toggled.clone());
        });
    };
    let (by_a, by_s) = (toggle.clone(), toggle.clone());
    let (waiting, let_go, this) = (claim.clone(), claim.clone(), claim.clone());
    let change = match line.state {
        ClaimState::Held | ClaimState::Waitlisted => view! {
            <a
                href=format!("?claim={claim}#claims")
                rel="external"
                class="button small quiet"
                on:click=move |event| {
                    event.prevent_default();
                    toggle();
                }
            >
                <span>"Change" <span class="hidden-words">{of_what}</span></span>
            </a>
            <button
                type="button"
                hidden
                data-key="x"
                on:click=move |_| {
                    deeds.cancel.action.dispatch(CancelClaim { claim: let_go.clone() });
                }
            ></button>
            <button type="button" hidden data-key="a" on:click=move |_| by_a()></button>
            <button type="button" hidden data-key="s" on:click=move |_| by_s()></button>
            {is_held
                .then(|| {
                    view! {
                        <button
                            type="button"
                            hidden
                            data-key="w"
                            on:click=move |_| {
                                deeds.wait.action.dispatch(WaitClaim { claim: waiting.clone() });
                            }
                        ></button>
                    }
                })}
        }
        .into_any(),
        ClaimState::Cancelled | ClaimState::Released => view! {
            <ActionForm action=deeds.restore.action>
                <input type="hidden" name="claim" value=claim.clone() />
                <button type="submit" class="button small quiet" data-key="enter">
                    <span>"Take back" <span class="hidden-words">{of_what}</span></span>
                </button>
            </ActionForm>
        }
        .into_any(),
        ClaimState::Invoiced => ().into_any(),
    };
    let note = line.place_in_line.map(place_in_line).or(line.time_left.clone());
    let panel_line = line.clone();
    let panel = move || {
        let is_this = is_open && opened.with(|opened| opened.as_ref() == Some(&this));
        is_this.then(|| view! { <ClaimChange line=panel_line.clone() deeds=deeds opened=opened /> })
    };
    view! {
        <Stop class="row claim-row" id=stop keyboard=keyboard>
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
                {note.map(|note| view! { <span class="claim-note">{note}</span> })}
            </div>
            <div class="claim-amount">
                <Amount money=amount />
            </div>
            <div class="claim-change">{change}</div>
            {panel}
        </Stop>
    }
    .into_any()
}

/// What was done by hand lately, each with its way back.
#[component]
fn Latest(sale: RwSignal<SaleView>, deeds: Deeds) -> impl IntoView {
    let actions = Memo::new(move |_| sale.with(|sale| sale.actions.clone()));
    let count = move || actions.with(Vec::len);
    view! {
        <Show when=move || count() != 0>
            <details class="latest">
                <summary>
                    "Done by hand " <span class="count">{count}</span>
                </summary>
                <ul class="rows">
                    <For each=move || actions.get() key=|action| (action.id, action.age.clone()) let:action>
                        <ActionRow action=action deeds=deeds />
                    </For>
                </ul>
            </details>
        </Show>
    }
    .into_any()
}

#[component]
fn ActionRow(action: ActionLine, deeds: Deeds) -> impl IntoView {
    let words = action.sentence();
    view! {
        <li class="row">
            <div class="row-words">
                <span>{words.clone()}</span>
                <span class="row-sub">{action.age}</span>
            </div>
            <ActionForm action=deeds.undo.action>
                <input type="hidden" name="id" value=action.id.to_string() />
                <button type="submit" class="button small quiet">
                    <span>"Undo" <span class="hidden-words">": " {words}</span></span>
                </button>
            </ActionForm>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_line_are_ordinal_numbers() {
        let words = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(place_in_line);
        let endings = words.map(|words| words.trim_end_matches(" in line").to_owned());
        assert_eq!(endings, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]);
    }

    #[test]
    fn every_claim_is_shown_by_one_filter_besides_all() {
        for state in ClaimState::ALL {
            let showing = ClaimFilter::ALL.into_iter().filter(|filter| filter.shows(*state)).count();
            assert_eq!(showing, 2, "{state:?}");
        }
    }
}
