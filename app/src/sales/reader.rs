//! Reads the paste in this tab while it is typed, with the code that the server runs when the claims are held. Nothing
//! leaves the browser for it.

use std::{sync::Arc, time::Duration};

use domain::sales::{Catalog, Refused, read, view::SaleView};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::lines::Paste;

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

/// Bytes that are read well within the time in which a key is pressed.
const BYTES_PER_MILLISECOND: usize = 8_000;
/// The shortest and the longest pause, in milliseconds, after which a text is read.
const PAUSE: std::ops::RangeInclusive<u64> = 60..=800;

/// The pause in typing after which a text of so many bytes is read: the longer the reading takes, the longer the pause,
/// so that keys are never waited for.
fn pause(bytes: usize) -> Duration {
    let reading = u64::try_from(bytes / BYTES_PER_MILLISECOND).unwrap_or(u64::MAX);
    Duration::from_millis((PAUSE.start() + reading).min(*PAUSE.end()))
}

/// Reads `text` whenever it rests or the catalog changes. On the server nothing is read.
pub fn use_reader(sale: RwSignal<SaleView>, text: RwSignal<String>) -> RwSignal<Outcome> {
    let outcome = RwSignal::new(Outcome::Nothing);
    let catalog = StoredValue::new(Arc::new(Catalog::default()));
    let timer = StoredValue::new(None::<TimeoutHandle>);

    let read_now = move || {
        let settings = sale.with_untracked(|sale| sale.settings.clone());
        let catalog = catalog.get_value();
        outcome.set(text.with_untracked(|text| {
            if text.trim().is_empty() {
                return Outcome::Nothing;
            }
            match read(text, &catalog, &settings) {
                Ok(reading) => {
                    Outcome::Read(Arc::new(Paste::new(reading, Arc::clone(&catalog), settings.order)))
                }
                Err(refused) => Outcome::Refused(refused),
            }
        }));
    };
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };

    let items = Memo::new(move |_| sale.with(|sale| sale.catalog.clone()));
    Effect::new(move |_| {
        catalog.set_value(Arc::new(Catalog::new(items.get())));
        read_now();
    });
    Effect::new(move |_| {
        let (length, blank) = text.with(|text| (text.len(), text.trim().is_empty()));
        stop();
        if blank {
            // An emptied field shows at once that nothing is left to hold.
            read_now();
        } else if let Ok(handle) = set_timeout_with_handle(read_now, pause(length)) {
            timer.set_value(Some(handle));
        }
    });
    on_cleanup(stop);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_wait_for_a_longer_rest_but_not_for_ever() {
        assert_eq!(pause(0), Duration::from_millis(60));
        assert_eq!(pause(800_000), Duration::from_millis(160));
        assert_eq!(pause(usize::MAX), Duration::from_millis(800));
    }
}
