//! What happened: a notice on the page, a toast over it, a timeline beside it, a sign that work goes on.

use leptos::prelude::*;

use super::badge::{Tone, ToneMark};

/// A sentence about the whole page, such as why a form was refused.
#[component]
pub fn Notice(
    /// [`Tone::Wrong`] is announced at once, others when the reader pauses.
    #[prop(into)]
    tone: Signal<Tone>,
    /// What happened and what to do about it; more follows as children.
    #[prop(into)]
    text: Signal<String>,
    /// A link or a button after the sentence.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div
            class="notice"
            data-tone=move || tone.get().name()
            role=move || if tone.get() == Tone::Wrong { "alert" } else { "status" }
        >
            <ToneMark tone=tone />
            <div class="notice-words">
                <p>{text}</p>
            </div>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// What has just been done, over the bottom of the page, with the way to undo it. The region is always there, so that
/// screen readers announce what appears in it; who shows a text also takes it away after ten seconds.
#[component]
pub fn Toast(
    /// What was done; nothing while it is `None`.
    #[prop(into)]
    text: MaybeProp<String>,
    /// A form or a button that undoes it.
    #[prop(optional, into)]
    undo: Option<ViewFn>,
) -> impl IntoView {
    let shown = move || {
        text.get().map(|text| {
            view! {
                <div class="toast">
                    <span>{text}</span>
                    {undo.as_ref().map(ViewFn::run)}
                </div>
            }
        })
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {shown}
        </div>
    }
    .into_any()
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When, as the seller reads it.
    pub when: String,
    /// What, in a few words.
    pub what: String,
    /// How it went.
    pub tone: Tone,
}

/// What happened to one thing, newest first.
#[component]
pub fn Timeline(
    /// The entries in the order they are shown.
    #[prop(into)]
    entries: Signal<Vec<TimelineEntry>>,
) -> impl IntoView {
    let shown = move || {
        entries
            .get()
            .into_iter()
            .map(|entry| {
                view! {
                    <li data-tone=entry.tone.name()>
                        <ToneMark tone=entry.tone />
                        <span>{entry.what}</span>
                        <span class="timeline-when">{entry.when}</span>
                    </li>
                }
            })
            .collect_view()
    };
    view! { <ol class="timeline">{shown}</ol> }.into_any()
}

/// Work that goes on where its result will appear.
#[component]
pub fn Progress(
    /// What is being done: "Buying 12 labels".
    #[prop(into)]
    label: Signal<String>,
    /// How much of it is done, `(done, of)`, if that is known.
    #[prop(optional, into)]
    done: MaybeProp<(i64, i64)>,
) -> impl IntoView {
    let bar = move || match done.get() {
        Some((done, of)) => {
            view! { <progress value=done.to_string() max=of.to_string() aria-hidden="true"></progress> }
                .into_any()
        }
        None => view! { <span class="progress-run"></span> }.into_any(),
    };
    let words = move || match done.get() {
        Some((done, of)) => format!("{}: {done} of {of}", label.get()),
        None => label.get(),
    };
    view! {
        <div class="progress" role="status">
            <span>{words}</span>
            {bar}
        </div>
    }
    .into_any()
}
