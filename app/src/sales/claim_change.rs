//! Changing a claim that is held or waits: another buyer, some pieces to somebody else, the end of the line.

use domain::sales::{ClaimState, view::ClaimLine};
use leptos::{ev, form::ActionForm, prelude::*};

use super::{deeds::Deeds, keys::focus};
use crate::ui::{SubmitButton, TextField};

/// The forms under a claim.
#[component]
pub fn ClaimChange(
    line: ClaimLine,
    deeds: Deeds,
    /// The claim that is being changed.
    opened: RwSignal<Option<String>>,
) -> impl IntoView {
    let claim = line.id.to_string();
    let (buyer, split_buyer) = (format!("buyer-{claim}"), format!("split-{claim}"));
    let first = buyer.clone();
    Effect::new(move |_| {
        let first = first.clone();
        request_animation_frame(move || focus(&first));
    });
    let key = deeds.split_key;
    let done = [deeds.assign.action.version(), deeds.split.action.version(), deeds.wait.action.version()];
    let is_wrong = move || {
        [deeds.assign.problem(), deeds.split.problem(), deeds.wait.problem()]
            .iter()
            .any(|problem| problem.with_untracked(Option::is_some))
    };
    Effect::new(move |before: Option<[usize; 3]>| {
        let now = done.map(|version| version.get());
        if before.is_some_and(|before| before != now) && !is_wrong() {
            opened.set(None);
        }
        now
    });
    let stop = format!("claim-{claim}");
    let leave = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            opened.set(None);
            focus(&stop);
        }
    };
    let is_held = line.state == ClaimState::Held;
    let (assign, split) = (deeds.assign, deeds.split);
    let (given, given_message) = (assign.error("buyer"), assign.message());
    let given_error = Signal::derive(move || whom(given.get()).or_else(|| given_message.get()));
    let (halved, halved_message) = (split.error("buyer"), split.message());
    let halved_error = Signal::derive(move || whom(halved.get()).or_else(|| halved_message.get()));
    let (split_claim, wait_claim, cancel_claim) = (claim.clone(), claim.clone(), claim.clone());
    let split_form = (line.quantity > 1).then(|| {
        view! {
            <ActionForm action=split.action attr:class="claim-form" attr:novalidate="">
                <input type="hidden" name="claim" value=split_claim.clone() />
                <input type="hidden" name="key" prop:value=move || key.get() />
                <TextField
                    label=format!("Pieces of {}", line.quantity)
                    name="pieces"
                    id=format!("pieces-{split_claim}")
                    value="1"
                    inputmode="numeric"
                    autocomplete="off"
                    error=split.error("pieces")
                />
                <TextField
                    label="Go to"
                    name="buyer"
                    id=split_buyer
                    placeholder="@kim or Kim Lee"
                    autocomplete="off"
                    error=halved_error
                />
                <SubmitButton label="Split" kind="small" pending=split.pending() pending_label="Splitting…" />
            </ActionForm>
        }
    });
    let wait = is_held.then(|| {
        view! {
            <ActionForm action=deeds.wait.action>
                <input type="hidden" name="claim" value=wait_claim />
                <SubmitButton
                    label="Move to the waitlist"
                    kind="small"
                    pending=deeds.wait.pending()
                    pending_label="Moving…"
                />
            </ActionForm>
        }
    });
    view! {
        <div class="claim-forms" on:keydown=leave>
            <ActionForm action=assign.action attr:class="claim-form" attr:novalidate="">
                <input type="hidden" name="claim" value=claim.clone() />
                <TextField
                    label="Give all of it to"
                    name="buyer"
                    id=buyer
                    placeholder="@kim or Kim Lee"
                    autocomplete="off"
                    error=given_error
                />
                <SubmitButton label="Give" kind="small" pending=assign.pending() pending_label="Giving…" />
            </ActionForm>
            {split_form}
            {wait}
            <ActionForm action=deeds.cancel.action>
                <input type="hidden" name="claim" value=cancel_claim />
                <SubmitButton
                    label="Let go of it"
                    kind="small danger"
                    pending=deeds.cancel.pending()
                    pending_label="Letting go…"
                />
            </ActionForm>
        </div>
    }
    .into_any()
}

/// What is wrong with a buyer, in more words than a field has of itself: a name that is none of the choices is one that
/// several customers have, or that of the buyer who has the claim already.
fn whom(error: Option<String>) -> Option<String> {
    let ambiguous = domain::problem::FieldCode::NotAChoice.message();
    error.map(|error| {
        if error == ambiguous {
            "This is the same buyer, or several customers are called so. Write the handle, such as @kim."
                .to_owned()
        } else {
            error
        }
    })
}
