//! Reads the paste in this tab while it is typed, with the code that the server runs when the claims are held. Nothing
//! leaves the browser for it.

use std::{sync::Arc, time::Duration};

use domain::sales::{
    Catalog, LiveReading, Reader, Refused, corrections::Corrections, known::Known, view::SaleView,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::plan::Paste;

/// What the paste was read as.
#[derive(Clone, Debug, Default)]
pub enum Outcome {
    /// Nothing is pasted, or it was not read yet.
    #[default]
    Nothing,
    Read(Arc<Paste>),
    Refused(Refused),
}

impl Outcome {
    /// The paste, if it was read.
    pub fn paste(&self) -> Option<&Paste> {
        match self {
            Outcome::Read(paste) => Some(paste),
            Outcome::Nothing | Outcome::Refused(_) => None,
        }
    }

    /// The sentence that says why it was not.
    pub fn refusal(&self) -> Option<String> {
        match self {
            Outcome::Refused(refused) => Some(refused.to_string()),
            Outcome::Nothing | Outcome::Read(_) => None,
        }
    }
}

/// How long typing must rest before the text is read. What has not changed is not read again, so a rest is short.
const PAUSE: Duration = Duration::from_millis(60);
/// Comments that are read before the browser may do something else: a few milliseconds' work.
const SLICE: usize = 1_500;

/// The reader of this tab, and what it made of the paste. On the server there is neither.
#[derive(Clone, Copy)]
pub struct Reads {
    pub outcome: RwSignal<Outcome>,
    /// Made anew when the catalog or the way of reading changes.
    pub reader: RwSignal<Option<Arc<Reader>>>,
}

/// Reads `text` in slices whenever it rests or what it is read by changes, puts it right as `corrections` say, and passes
/// over what the sale knows.
pub fn use_reader(
    sale: RwSignal<SaleView>,
    text: RwSignal<String>,
    corrections: RwSignal<Corrections>,
    known: RwSignal<Known>,
) -> Reads {
    let outcome = RwSignal::new(Outcome::Nothing);
    let reader = RwSignal::new(None);
    let live = StoredValue::new(None::<LiveReading>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };

    let show = move |read: Result<LiveReading, Refused>| {
        let order = sale.with_untracked(|sale| sale.settings.order);
        let read = match read {
            Ok(live) => {
                let paste = corrections.with_untracked(|corrections| {
                    known.with_untracked(|known| Paste::new(live, order, corrections, known))
                });
                Outcome::Read(Arc::new(paste))
            }
            Err(refused) => Outcome::Refused(refused),
        };
        outcome.set(read);
        timing_ends(SLICE_OF_READING);
        timing_ends(READING);
    };
    let read_now = move || {
        stop();
        if text.with_untracked(|text| text.trim().is_empty()) {
            outcome.set(Outcome::Nothing);
            return;
        }
        timing_begins(READING);
        timing_begins(SLICE_OF_READING);
        let begun = live.try_update_value(|live| {
            let live = live.as_mut()?;
            Some(text.with_untracked(|text| live.set_text(text)))
        });
        match begun.flatten() {
            Some(Ok(())) => read_slices(live, timer, show),
            Some(Err(refused)) => show(Err(refused)),
            None => {}
        }
    };

    let read_by = Memo::new(move |_| sale.with(|sale| (sale.catalog.clone(), sale.settings.clone())));
    Effect::new(move |_| {
        let (items, settings) = read_by.get();
        let made = Arc::new(Reader::new(Catalog::new(items), &settings));
        live.set_value(Some(LiveReading::new(Arc::clone(&made))));
        reader.set(Some(made));
        read_now();
    });
    Effect::new(move |_| {
        let blank = text.with(|text| text.trim().is_empty());
        stop();
        if blank {
            // An emptied field shows at once that nothing is left to hold.
            read_now();
        } else if let Ok(handle) = set_timeout_with_handle(read_now, PAUSE) {
            timer.set_value(Some(handle));
        }
    });
    Effect::new(move |before: Option<()>| {
        corrections.track();
        known.track();
        if before.is_none() {
            return;
        }
        let amended = outcome.with_untracked(|outcome| {
            let paste = outcome.paste()?;
            Some(corrections.with_untracked(|corrections| {
                known.with_untracked(|known| paste.corrected(corrections, known))
            }))
        });
        if let Some(paste) = amended {
            outcome.set(Outcome::Read(Arc::new(paste)));
        }
    });
    on_cleanup(stop);
    Reads { outcome, reader }
}

/// Reads a slice, and the next one after the browser had its turn. What is read is shown at the end.
fn read_slices(
    live: StoredValue<Option<LiveReading>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    show: impl Fn(Result<LiveReading, Refused>) + Copy + 'static,
) {
    let read = live.try_update_value(|live| {
        let live = live.as_mut()?;
        Some(live.read_on(SLICE).map(|whole| whole.then(|| live.clone())))
    });
    match read.flatten() {
        Some(Ok(Some(whole))) => show(Ok(whole)),
        Some(Ok(None)) => {
            timing_ends(SLICE_OF_READING);
            let go_on = move || {
                timing_begins(SLICE_OF_READING);
                read_slices(live, timer, show);
            };
            if let Ok(handle) = set_timeout_with_handle(go_on, Duration::ZERO) {
                timer.set_value(Some(handle));
            }
        }
        Some(Err(refused)) => show(Err(refused)),
        None => {}
    }
}

/// The names under which the browser's own tools, and a benchmark that prints it, find how long a reading took: from its
/// beginning until all is read and planned, and the work alone, without the turns that the browser had between the slices.
const READING: &str = "reading";
const SLICE_OF_READING: &str = "reading slice";

fn timing_begins(name: &str) {
    if let Some(performance) = window().performance() {
        if name == READING {
            performance.clear_measures_with_measure_name(READING);
            performance.clear_measures_with_measure_name(SLICE_OF_READING);
        }
        // A browser that cannot note times reads all the same.
        let _ = performance.mark(name);
    }
}

fn timing_ends(name: &str) {
    if let Some(performance) = window().performance() {
        let _ = performance.measure_with_start_mark(name, name);
        performance.clear_marks_with_mark_name(name);
    }
}
