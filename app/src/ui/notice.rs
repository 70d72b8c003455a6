//! What happened: a notice on the page, a toast over it, a timeline beside it, a sign that work goes on.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

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

/// How long a toast stays.
const TOAST_LASTS: Duration = Duration::from_secs(10);

/// What has just been done, for as long as its toast stays.
pub struct Told<T: Send + Sync + 'static> {
    what: RwSignal<Option<T>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl<T: Send + Sync + 'static> Clone for Told<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Told<T> {}

impl<T: Clone + Send + Sync + 'static> Told<T> {
    /// Nothing was done yet.
    pub fn nothing() -> Self {
        let told = Told { what: RwSignal::new(None), timer: StoredValue::new(None) };
        on_cleanup(move || told.stop());
        told
    }

    /// It was done before the page was opened: the server tells it too, and from when the page is awake it lasts as long as
    /// anything.
    pub fn already(what: Option<T>) -> Self {
        let told = Self::nothing();
        told.what.set(what);
        Effect::new(move |_| told.last());
        told
    }

    /// Tells what was done, and takes it back when the toast has lasted long enough. What is told later lasts from then on.
    pub fn tell(self, what: T) {
        self.stop();
        self.what.set(Some(what));
        self.last();
    }

    fn last(self) {
        let timer = set_timeout_with_handle(
            move || {
                self.what.try_set(None);
            },
            TOAST_LASTS,
        );
        self.timer.set_value(timer.ok());
    }

    /// It was undone, or is of no interest any more.
    pub fn clear(self) {
        self.stop();
        self.what.set(None);
    }

    /// What was done, tracked.
    pub fn get(self) -> Option<T> {
        self.what.get()
    }

    /// What was done, not tracked.
    pub fn get_untracked(self) -> Option<T> {
        self.what.get_untracked()
    }

    /// What was done, in the words of its toast.
    pub fn words(self, words: impl Fn(&T) -> String + Send + Sync + 'static) -> Signal<Option<String>> {
        Signal::derive(move || self.what.with(|what| what.as_ref().map(&words)))
    }

    fn stop(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
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
