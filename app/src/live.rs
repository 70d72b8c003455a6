//! Screens that keep up: the server tells when something of the business changed, and lists ask again.
//!
//! The server tells the business' revision: once when the browser begins to listen, then whenever it rises. The browser
//! compares it with that of the page it has, so what changed before it listened, or while a phone slept, is noticed, and
//! a page that is fresh is not asked for twice.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::network::{Network, use_network};

/// How often something changed since the page was opened. A resource that has it among its sources is asked again.
#[derive(Clone, Copy)]
pub struct Changes {
    count: RwSignal<u32>,
    /// The revision that the screen is known to show, if one is known.
    shown: StoredValue<Option<i64>>,
}

impl Changes {
    fn new(shown: Option<i64>) -> Self {
        Changes { count: RwSignal::new(0), shown: StoredValue::new(shown) }
    }

    /// The count, tracked.
    pub fn count(self) -> u32 {
        self.count.get()
    }

    /// Notes a change that this browser made itself, without waiting to be told.
    pub fn note(self) {
        self.count.update(|count| *count = count.wrapping_add(1));
    }

    /// Takes in what the server tells. Revisions only rise: one that is not higher says nothing new.
    #[cfg_attr(not(any(test, feature = "hydrate")), expect(dead_code, reason = "only a browser listens"))]
    fn hear(self, revision: i64) {
        if self.shown.get_value().is_some_and(|shown| revision <= shown) {
            return;
        }
        self.shown.set_value(Some(revision));
        self.note();
    }
}

/// The changes, from the context that [`provide_changes`] set.
pub fn use_changes() -> Changes {
    use_context().unwrap_or_else(|| Changes::new(None))
}

/// Sets the context and, in the browser, listens to the server. `shown` is the revision of the business at which the page
/// was made, if the server made it.
pub fn provide_changes(shown: Option<i64>) {
    let changes = Changes::new(shown);
    provide_context(changes);
    #[cfg(feature = "hydrate")]
    {
        let network = use_network();
        Effect::new(move |_| listen(changes, network));
    }
}

/// Listens while the page can be seen. One that is hidden needs no news, and a phone that sleeps lets connections die
/// without a word; seen again it begins anew, and is told where the business stands.
#[cfg(feature = "hydrate")]
fn listen(changes: Changes, network: Option<Network>) {
    use wasm_bindgen::{JsCast, prelude::Closure};
    use web_sys::{EventSource, MessageEvent};

    /// How long it waits after the server turned it away, such as while it is started anew.
    const AGAIN_AFTER: std::time::Duration = std::time::Duration::from_secs(10);

    let events = StoredValue::new_local(None::<EventSource>);
    let take_events = move || events.try_update_value(Option::take).flatten();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(revision) = event.data().as_string().and_then(|text| text.parse().ok()) {
            changes.hear(revision);
        }
    });
    let on_message = StoredValue::new_local(on_message);
    let on_error = StoredValue::new_local(None::<Closure<dyn FnMut()>>);
    // A browser need not notice that it has no network, or that the server was away. Being heard again after having been cut
    // off tells it too.
    let was_cut = StoredValue::new_local(false);
    let on_open = StoredValue::new_local(Closure::<dyn FnMut()>::new(move || {
        if was_cut.try_update_value(std::mem::take) == Some(true)
            && let Some(network) = network
        {
            network.came_back();
        }
    }));
    let connect = move || {
        if document().hidden() || events.try_with_value(Option::is_some) != Some(false) {
            return;
        }
        let Ok(fresh) = EventSource::new("/live") else { return };
        on_message.with_value(|heard| fresh.set_onmessage(Some(heard.as_ref().unchecked_ref())));
        on_open.with_value(|opened| fresh.set_onopen(Some(opened.as_ref().unchecked_ref())));
        on_error.with_value(|failed| {
            let failed = failed.as_ref().map(|failed| failed.as_ref().unchecked_ref());
            fresh.set_onerror(failed);
        });
        events.set_value(Some(fresh));
    };
    on_error.set_value(Some(Closure::new(move || {
        was_cut.try_set_value(true);
        // A connection that broke is made anew by the browser; one that was refused is not.
        let is_closed = |events: &Option<EventSource>| {
            events.as_ref().is_some_and(|events| events.ready_state() == EventSource::CLOSED)
        };
        if events.try_with_value(is_closed) == Some(true) {
            take_events();
            set_timeout(connect, AGAIN_AFTER);
        }
    })));
    let stop = move || {
        if let Some(events) = take_events() {
            events.close();
        }
    };
    connect();
    let seen = window_event_listener_untyped("visibilitychange", move |_| {
        if document().hidden() { stop() } else { connect() }
    });
    on_cleanup(move || {
        seen.remove();
        stop();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_newer_than_the_page_is_news() {
        let owner = Owner::new();
        owner.with(|| {
            let changes = Changes::new(Some(7));
            for (revision, count) in [(7, 0), (6, 0), (8, 1), (8, 1), (12, 2), (7, 2)] {
                changes.hear(revision);
                assert_eq!(changes.count.get_untracked(), count, "{revision}");
            }
            // A page that the browser made itself may be older than what it hears first.
            let changes = Changes::new(None);
            changes.hear(7);
            assert_eq!(changes.count.get_untracked(), 1);
            changes.hear(7);
            assert_eq!(changes.count.get_untracked(), 1);
        });
    }
}
