//! Teaching the reader: next time a phrase is read as another.

use std::sync::Arc;

use domain::{
    sales::{Reader, by_hand::read_typed, rules::MAX_RULE_CHARACTERS},
    text,
};
use leptos::{form::ActionForm, prelude::*};

use super::{deeds::Deeds, lines::preview};
use crate::ui::{SubmitButton, Tone, ToneMark, typed_in_step};

/// What a phrase may have of a text.
pub fn phrase_of(text: &str) -> String {
    text::tidy(text).chars().take(MAX_RULE_CHARACTERS as usize).collect()
}

/// The form. What the meaning is read as is shown while it is typed.
#[component]
pub fn TeachForm(
    /// What was written.
    #[prop(optional, into)]
    phrase: String,
    reader: RwSignal<Option<Arc<Reader>>>,
    deeds: Deeds,
) -> impl IntoView {
    let form = deeds.teach;
    let phrase = RwSignal::new(phrase_of(&phrase));
    let meaning = RwSignal::new(String::new());
    let wrong = [form.error("phrase").into(), form.error("meaning").into(), form.message()];
    // Several forms of a page teach; what is wrong is told under the one that was sent.
    let returned = form.value("phrase", "");
    let is_this = RwSignal::new(!returned.is_empty() && returned == phrase.get_untracked());
    let sent = StoredValue::new(false);
    let pending = form.pending();
    Effect::new(move |_| {
        if pending.get() {
            is_this.set(sent.get_value());
            sent.set_value(false);
        }
    });
    let told = move || {
        if let Some(wrong) = wrong.iter().find_map(|wrong| wrong.get()).filter(|_| is_this.get()) {
            return (Tone::Wrong, wrong);
        }
        let typed = meaning.get();
        let read = reader.with(|reader| {
            let reader = reader.as_ref().filter(|_| !typed.trim().is_empty())?;
            Some(preview(reader.catalog(), &read_typed(reader, &typed)))
        });
        read.unwrap_or_else(|| (Tone::Quiet, "Left empty, it is passed over.".to_owned()))
    };
    let told = move || {
        let (tone, words) = told();
        view! {
            <span class="tool-preview" data-tone=tone.name()>
                <ToneMark tone=tone />
                {words}
            </span>
        }
    };
    view! {
        <div class="teach-form" on:submit=move |_| sent.set_value(true)>
        <ActionForm action=form.action attr:class="line-tool" attr:novalidate="">
            <label class="tool-field">
                <span>"Next time read"</span>
                <input
                    class="input"
                    name="phrase"
                    autocomplete="off"
                    value=phrase.get_untracked()
                    node_ref=typed_in_step(phrase)
                    on:input:target=move |event| phrase.set(event.target().value())
                />
            </label>
            <label class="tool-field">
                <span>"as"</span>
                <input
                    class="input"
                    name="meaning"
                    placeholder="A12 7 x2"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    value=meaning.get_untracked()
                    node_ref=typed_in_step(meaning)
                    on:input:target=move |event| meaning.set(event.target().value())
                />
            </label>
            <SubmitButton label="Teach" kind="small" pending=form.pending() pending_label="Teaching…" />
            <span class="tool-told" aria-live="polite">
                {told}
            </span>
        </ActionForm>
        </div>
    }
    .into_any()
}
