//! Screens that keep up: the server tells when something of the business changed, and lists ask again.

use leptos::prelude::*;

/// How often something changed since the page was opened. A resource that has it among its sources is asked again.
#[derive(Clone, Copy)]
pub struct Changes(RwSignal<u32>);

impl Changes {
    /// The count, tracked.
    pub fn count(self) -> u32 {
        self.0.get()
    }

    /// Notes a change that this browser made itself, without waiting to be told.
    pub fn note(self) {
        self.0.update(|count| *count = count.wrapping_add(1));
    }
}

/// The changes, from the context that [`provide_changes`] set.
pub fn use_changes() -> Changes {
    use_context().unwrap_or_else(|| Changes(RwSignal::new(0)))
}

/// Sets the context and, in the browser, listens to the server.
pub fn provide_changes() {
    let changes = Changes(RwSignal::new(0));
    provide_context(changes);
    // Effects run in the browser only.
    Effect::new(move |_| listen(changes));
}

#[cfg(feature = "hydrate")]
fn listen(changes: Changes) {
    use wasm_bindgen::{JsCast, prelude::Closure};

    let Ok(events) = web_sys::EventSource::new("/live") else { return };
    let on_message = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |_| changes.note());
    events.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The page listens for as long as it is open.
    on_message.forget();
}

#[cfg(not(feature = "hydrate"))]
fn listen(_: Changes) {}
