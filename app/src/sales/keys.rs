//! The page's keyboard. J and K move through what can be acted on: read lines, comments in review and claims. Every other
//! key presses the button of the current one that has it in `data-key`, so that whatever a key does, a finger can do.

use leptos::{
    ev,
    prelude::*,
    web_sys::{Element, EventTarget, HtmlElement},
};
use wasm_bindgen::JsCast;

use super::{by_hand::HAND_FIELD, paste::PASTE_FIELD};

/// The keys and what they do, as the help lists them.
pub const KEYS: [(&str, &str); 12] = [
    ("J", "Next"),
    ("K", "Back"),
    ("Enter", "Accept"),
    ("1 – 9", "Choose"),
    ("E", "Correct"),
    ("A", "Give to another buyer"),
    ("S", "Split"),
    ("W", "Waitlist"),
    ("X", "Pass over, let go"),
    ("T", "Teach"),
    ("C", "Claim by hand"),
    ("U", "Undo"),
];

/// Whether what is typed belongs to a field. Keys and pastes are then left alone.
fn is_typing(target: Option<EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let is_editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    is_editable || ["INPUT", "TEXTAREA", "SELECT"].contains(&element.tag_name().as_str())
}

/// Whether Enter belongs to what has the focus.
fn is_pressable(target: Option<EventTarget>) -> bool {
    target
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|element| ["BUTTON", "A", "SUMMARY"].contains(&element.tag_name().as_str()))
}

/// Moves the focus to an element, if it is there.
pub fn focus(id: &str) {
    if let Some(element) =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok())
    {
        // An element that cannot take the focus stays without it.
        let _ = element.focus();
    }
}

/// What can be acted on, in the order of the page.
fn stops() -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all("[data-stop]") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into::<HtmlElement>().ok()).collect()
}

/// The place after or before the current one among `count`; the first if there is none.
fn neighbour(current: Option<usize>, count: usize, forward: bool) -> Option<usize> {
    let next = match (current, forward) {
        (None, _) => 0,
        (Some(place), true) => place + 1,
        (Some(place), false) => place.checked_sub(1)?,
    };
    (next < count).then_some(next)
}

/// Presses the button of a stop that has this key. Says whether there is one.
pub fn press(stop: &str, key: &str) -> bool {
    let Some(stop) = document().get_element_by_id(stop) else { return false };
    let Ok(Some(button)) = stop.query_selector(&format!("[data-key='{key}']")) else { return false };
    let Ok(button) = button.dyn_into::<HtmlElement>() else { return false };
    button.click();
    true
}

/// What the keyboard is at.
#[derive(Clone, Copy)]
pub struct Keyboard {
    /// The id of the current stop.
    pub current: RwSignal<Option<String>>,
    /// Its place among all, to go on from where it was when it is gone.
    place: StoredValue<usize>,
    /// Whether the focus was in a stop when it was moved last. What is removed takes the focus with it without a word.
    is_in: StoredValue<bool>,
    pub help: RwSignal<bool>,
}

impl Keyboard {
    /// At nothing.
    pub fn new() -> Self {
        Keyboard {
            current: RwSignal::new(None),
            place: StoredValue::new(0),
            is_in: StoredValue::new(false),
            help: RwSignal::new(false),
        }
    }

    /// Notes which stop has the focus.
    pub fn at(self, id: &str) {
        if self.current.with_untracked(|current| current.as_deref() != Some(id)) {
            self.current.set(Some(id.to_owned()));
        }
        if let Some(place) = stops().iter().position(|stop| stop.id() == id) {
            self.place.set_value(place);
        }
    }

    /// Whether a stop is the current one, tracked.
    pub fn is_at(self, id: &str) -> bool {
        self.current.with(|current| current.as_deref() == Some(id))
    }

    fn step(self, forward: bool) {
        let stops = stops();
        let current = self.current.get_untracked();
        let place = current.and_then(|current| stops.iter().position(|stop| stop.id() == current));
        if let Some(next) = neighbour(place, stops.len(), forward).and_then(|next| stops.get(next)) {
            focus(&next.id());
        }
    }

    /// Goes on from where the current stop was, if it is gone and nothing else has the focus.
    fn keep_place(self) {
        let Some(current) = self.current.get_untracked() else { return };
        let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        if !lost || !self.is_in.get_value() || document().get_element_by_id(&current).is_some() {
            return;
        }
        let stops = stops();
        let place = self.place.get_value().min(stops.len().saturating_sub(1));
        match stops.get(place) {
            Some(stop) => focus(&stop.id()),
            None => self.current.set(None),
        }
    }
}

/// Listens for as long as the page is open. `shown` changes when stops come and go. On the server nothing listens.
pub fn use_keys(
    keyboard: Keyboard,
    text: RwSignal<String>,
    shown: impl Fn() + 'static,
    undo: impl Fn() + 'static,
) {
    let pressed = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(event.target()) {
            return;
        }
        let key = event.key();
        if key == "Enter" && is_pressable(event.target()) {
            return;
        }
        match key.to_ascii_lowercase().as_str() {
            "j" => keyboard.step(true),
            "k" => keyboard.step(false),
            "u" => undo(),
            "?" => keyboard.help.update(|help| *help = !*help),
            "escape" => keyboard.help.set(false),
            "c" => {
                event.prevent_default();
                focus(HAND_FIELD);
            }
            key @ ("enter" | "e" | "a" | "s" | "w" | "x" | "t") => {
                if let Some(stop) = keyboard.current.get_untracked()
                    && press(&stop, key)
                {
                    event.prevent_default();
                }
            }
            digit if digit.len() == 1 && matches!(digit.as_bytes(), [b'1'..=b'9']) => {
                if let Some(stop) = keyboard.current.get_untracked() {
                    press(&stop, digit);
                }
            }
            _ => {}
        }
    });
    let pasted = window_event_listener(ev::paste, move |event| {
        if is_typing(event.target()) {
            return;
        }
        let clipboard = event.clipboard_data().and_then(|clipboard| clipboard.get_data("text/plain").ok());
        let Some(clipboard) = clipboard.filter(|clipboard| !clipboard.is_empty()) else { return };
        event.prevent_default();
        text.update(|text| {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&clipboard);
        });
        focus(PASTE_FIELD);
    });
    let moved = window_event_listener(ev::focusin, move |event| {
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let stop = element.and_then(|element| element.closest("[data-stop]").ok().flatten());
        keyboard.is_in.set_value(stop.is_some());
    });
    Effect::new(move |_| {
        shown();
        // What replaces the lines is drawn first.
        request_animation_frame(move || keyboard.keep_place());
    });
    on_cleanup(move || {
        pressed.remove();
        pasted.remove();
        moved.remove();
    });
}

/// The list of keys, opened with `?` and on a button.
#[component]
pub fn KeyHelp(keyboard: Keyboard) -> impl IntoView {
    let list = move || {
        keyboard.help.get().then(|| {
            let keys = KEYS
                .into_iter()
                .map(|(key, does)| {
                    view! {
                        <div>
                            <dt>
                                <kbd>{key}</kbd>
                            </dt>
                            <dd>{does}</dd>
                        </div>
                    }
                })
                .collect_view();
            view! {
                <dl class="key-list" id="key-list">
                    {keys}
                </dl>
            }
        })
    };
    view! {
        <div class="keys desk-only">
            <button
                type="button"
                class="link"
                aria-expanded=move || keyboard.help.get().to_string()
                on:click=move |_| keyboard.help.update(|help| *help = !*help)
            >
                "Keys"
                <kbd>"?"</kbd>
            </button>
            {list}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_stops_at_the_ends() {
        assert_eq!(neighbour(None, 2, true), Some(0));
        assert_eq!(neighbour(Some(0), 2, true), Some(1));
        assert_eq!(neighbour(Some(1), 2, true), None);
        assert_eq!(neighbour(Some(1), 2, false), Some(0));
        assert_eq!(neighbour(Some(0), 2, false), None);
        assert_eq!(neighbour(None, 0, true), None);
    }
}
