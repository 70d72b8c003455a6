//! Trying words out: what a comment is read as with the stored words, and with those that are being typed.

use std::{sync::Arc, time::Duration};

use domain::sales::{Catalog, ReadSettings, Reader, by_hand::read_typed, words::WordChanges};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{lines::preview, selling::SellingView};
use crate::ui::{TextAreaField, Tone, ToneMark};

/// How long typing must rest before the tables are made anew.
const PAUSE: Duration = Duration::from_millis(150);
/// Comments that are tried at once.
const MOST_TRIED: usize = 20;

/// The readers of the page: by what is stored, and by what is being typed. On the server there is none.
#[derive(Clone, Copy)]
pub struct ReadBy {
    pub stored: RwSignal<Option<Arc<Reader>>>,
    pub trial: RwSignal<Option<Arc<Reader>>>,
    /// The words that are being typed, laid over those below them.
    pub typed: RwSignal<Option<WordChanges>>,
}

impl ReadBy {
    /// Follows what is stored and what is typed.
    pub fn new(view: RwSignal<SellingView>) -> Self {
        let read_by =
            ReadBy { stored: RwSignal::new(None), trial: RwSignal::new(None), typed: RwSignal::new(None) };
        let kept = Memo::new(move |_| view.with(|view| (view.catalog.clone(), view.settings.clone())));
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let stop = move || {
            if let Some(timer) = timer.try_update_value(Option::take).flatten() {
                timer.clear();
            }
        };
        Effect::new(move |_| {
            let (items, settings) = kept.get();
            read_by.stored.set(Some(Arc::new(Reader::new(Catalog::new(items), &settings))));
        });
        let try_out = move || {
            let (items, settings) = kept.get_untracked();
            let Some(words) = read_by.typed.get_untracked() else { return };
            let settings = ReadSettings { words, ..settings };
            read_by.trial.set(Some(Arc::new(Reader::new(Catalog::new(items), &settings))));
        };
        Effect::new(move |_| {
            kept.track();
            read_by.typed.track();
            stop();
            if let Ok(handle) = set_timeout_with_handle(try_out, PAUSE) {
                timer.set_value(Some(handle));
            }
        });
        on_cleanup(stop);
        read_by
    }
}

/// What became of a tried comment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tried {
    text: String,
    before: (Tone, String),
    after: (Tone, String),
}

/// Reads the lines of a text with both readers.
fn tried(text: &str, stored: &Reader, trial: &Reader) -> Vec<Tried> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = |reader: &Reader, line: &str| preview(reader.catalog(), &read_typed(reader, line));
    lines
        .take(MOST_TRIED)
        .map(|line| Tried { text: line.to_owned(), before: read(stored, line), after: read(trial, line) })
        .collect()
}

/// The box.
#[component]
pub fn TestBox(read_by: ReadBy) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let results = Memo::new(move |_| {
        let (Some(stored), Some(trial)) = (read_by.stored.get(), read_by.trial.get()) else {
            return Vec::new();
        };
        text.with(|text| tried(text, &stored, &trial))
    });
    let shown = move || results.get().into_iter().map(result).collect_view();
    let changed = move || {
        results.with(|results| {
            let changed = results.iter().filter(|tried| tried.before != tried.after).count();
            match (results.len(), changed) {
                (0, _) => "Write a comment above: it is read as you type, with the words as they are and as you change them.".to_owned(),
                (_, 0) => "Nothing is read otherwise than now.".to_owned(),
                (_, 1) => "1 comment is read otherwise than now.".to_owned(),
                (_, changed) => format!("{changed} comments are read otherwise than now."),
            }
        })
    };
    view! {
        <div class="panel test-box" role="group" aria-label="Try it out">
            <TextAreaField
                label="Try comments out"
                name="try"
                id="try"
                rows=3
                bind=text
                placeholder="dibs A12 x2"
                hint="One a line. Nothing is stored."
            />
            <p class="hint" aria-live="polite">
                {changed}
            </p>
            <ul class="tried">{shown}</ul>
        </div>
    }
    .into_any()
}

fn result(tried: Tried) -> impl IntoView {
    let is_changed = tried.before != tried.after;
    let side = |(tone, words): (Tone, String), label: &'static str| {
        view! {
            <span class="tool-preview" data-tone=tone.name()>
                <ToneMark tone=tone />
                <span class="hidden-words">{label}</span>
                {words}
            </span>
        }
    };
    let before = is_changed.then(|| {
        view! {
            <s class="tried-before">{side(tried.before, "before: ")}</s>
        }
    });
    view! {
        <li class:changed=is_changed>
            <b>{tried.text}</b>
            {before}
            {side(tried.after, if is_changed { "after: " } else { "" })}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::sales::{CatalogItem, CatalogVariant};

    use super::*;

    #[test]
    fn a_word_changes_what_is_read_and_nothing_else() {
        let catalog = || {
            let variant = CatalogVariant {
                id: uuid::Uuid::nil(),
                code: String::new(),
                name: String::new(),
                left: 1,
                price: 1,
            };
            Catalog::new(vec![CatalogItem {
                code: "A12".into(),
                title: "Moon ring".into(),
                aliases: Vec::new(),
                variants: vec![variant],
            }])
        };
        let words = WordChanges { claim: vec!["gimme".into()], ..Default::default() };
        let stored = Reader::new(catalog(), &ReadSettings::default());
        let trial = Reader::new(catalog(), &ReadSettings { words, ..Default::default() });
        let results = tried("gimme a12\n\nsold A12\n", &stored, &trial);
        let changed: Vec<bool> = results.iter().map(|tried| tried.before != tried.after).collect();
        assert_eq!(changed, [true, false]);
        assert_eq!(results[0].after, (Tone::Ok, "A12 Moon ring ×1".to_owned()));
    }
}
