//! A claim by hand: buyer, code, variant and how many in one line, previewed while it is typed.

use domain::sales::{
    Status,
    by_hand::{read_typed, split_line},
};
use leptos::{ev, form::ActionForm, prelude::*};

use super::{deeds::Deeds, desk::Desk, lines::preview};
use crate::ui::{SubmitButton, Tone, ToneMark, typed_in_step};

/// The id of its field; the key C leads there.
pub const HAND_FIELD: &str = "by-hand";

/// The field. It stands open, so that it is a plain form where nothing wakes up.
#[component]
pub fn ClaimByHandPane(
    /// The sale's id.
    sale: String,
    closed: Memo<bool>,
    desk: Desk,
    deeds: Deeds,
) -> impl IntoView {
    let form = deeds.claim;
    let line = RwSignal::new(form.value("line", ""));
    let field = typed_in_step(line);
    let key = deeds.claim_key;
    Effect::new(move |_| {
        if let Some(Ok(deed)) = form.action.value().get()
            && !deed.unclear
        {
            line.set(String::new());
        }
    });
    let answer = move || {
        form.action.value().with(|value| match value {
            Some(Ok(deed)) if deed.unclear => Some(deed.words.clone()),
            _ => None,
        })
    };
    let (wrong, unfit, message) = (form.error("line"), form.error("buyer"), form.message());
    let several = move || {
        unfit.get().map(|_| "Several customers are called so. Write the handle, such as @ana.".to_owned())
    };
    let told = move || {
        let typed = line.get();
        let refused = message.get().or_else(|| wrong.get()).or_else(several);
        if typed.trim().is_empty() {
            return refused.map(|refused| (Tone::Wrong, refused));
        }
        desk.reader.with(|reader| {
            let Some(reader) = reader.as_ref() else { return refused.map(|refused| (Tone::Wrong, refused)) };
            let Some((buyer, text)) = split_line(reader, &typed) else {
                return Some((Tone::Quiet, "Whom is it for? Begin with @ana, or with Ana Ruiz:".to_owned()));
            };
            let read = read_typed(reader, &text);
            let (tone, words) = preview(reader.catalog(), &read);
            if read.status == Status::Act {
                Some((tone, format!("{buyer}: {words}")))
            } else {
                Some((tone, words))
            }
        })
    };
    let told = move || {
        told().or_else(|| answer().map(|why| (Tone::Review, why))).map(|(tone, words)| {
            view! {
                <span class="tool-preview" data-tone=tone.name()>
                    <ToneMark tone=tone />
                    {words}
                </span>
            }
        })
    };
    let leave = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(field) = field.get_untracked()
        {
            // What cannot lose the focus keeps it.
            let _ = field.blur();
        }
    };
    let sale = StoredValue::new(sale);
    view! {
        <Show when=move || !closed.get()>
            <ActionForm action=form.action attr:class="hand-form" attr:novalidate="">
                <input type="hidden" name="sale" value=sale.get_value() />
                <input type="hidden" name="key" prop:value=move || key.get() />
                <label for=HAND_FIELD>"Claim by hand " <kbd class="desk-only">"C"</kbd></label>
                <div class="hand-line">
                    <input
                        class="input"
                        id=HAND_FIELD
                        name="line"
                        node_ref=field
                        placeholder="@ana A12 7 x2"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        value=line.get_untracked()
                        on:input:target=move |event| line.set(event.target().value())
                        on:keydown=leave
                    />
                    <SubmitButton label="Claim" kind="" pending=form.pending() pending_label="Claiming…" />
                </div>
                <span class="tool-told" aria-live="polite">
                    {told}
                </span>
            </ActionForm>
        </Show>
    }
    .into_any()
}
