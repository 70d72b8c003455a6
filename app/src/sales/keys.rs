//! The page's keyboard: J and K move through the read lines, U takes back what was just let go, and what is pasted
//! anywhere comes into the field.

use leptos::{
    ev,
    prelude::*,
    web_sys::{Element, EventTarget, HtmlElement},
};
use wasm_bindgen::JsCast;

use super::{lines::Lines, paste::PASTE_FIELD, reading::line_id};

/// Whether what is typed belongs to a field. Keys and pastes are then left alone.
fn is_typing(target: Option<EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let is_editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    is_editable || ["INPUT", "TEXTAREA", "SELECT"].contains(&element.tag_name().as_str())
}

fn focus(id: &str) {
    if let Some(element) =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok())
    {
        // An element that cannot take the focus stays without it.
        let _ = element.focus();
    }
}

/// The line after or before the current one; the first, if there is none.
fn neighbour(lines: &Lines, current: Option<u32>, forward: bool) -> Option<u32> {
    let place = current.and_then(|current| lines.lines.iter().position(|line| line.index == current));
    let next = match (place, forward) {
        (None, _) => 0,
        (Some(place), true) => place + 1,
        (Some(place), false) => place.checked_sub(1)?,
    };
    lines.lines.get(next).map(|line| line.index)
}

/// Listens for as long as the page is open. On the server nothing listens.
pub fn use_keys(
    lines: Memo<Lines>,
    current: RwSignal<Option<u32>>,
    text: RwSignal<String>,
    undo: impl Fn() + 'static,
) {
    let pressed = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(event.target()) {
            return;
        }
        match event.key().as_str() {
            key @ ("j" | "J" | "k" | "K") => {
                let forward = key.eq_ignore_ascii_case("j");
                let next = lines.with_untracked(|lines| neighbour(lines, current.get_untracked(), forward));
                if let Some(index) = next {
                    current.set(Some(index));
                    focus(&line_id(index));
                }
            }
            "u" | "U" => undo(),
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
    on_cleanup(move || {
        pressed.remove();
        pasted.remove();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sales::lines::Line, ui::Tone};

    #[test]
    fn moving_stops_at_the_ends() {
        let line = |index| Line {
            index,
            author: String::new(),
            said: Vec::new(),
            understood: Vec::new(),
            count: String::new(),
            reason: String::new(),
            tone: Tone::Quiet,
            word: "",
        };
        let lines = Lines { lines: vec![line(2), line(5)], more: 0 };
        assert_eq!(neighbour(&lines, None, true), Some(2));
        assert_eq!(neighbour(&lines, Some(2), true), Some(5));
        assert_eq!(neighbour(&lines, Some(5), true), None);
        assert_eq!(neighbour(&lines, Some(5), false), Some(2));
        assert_eq!(neighbour(&lines, Some(2), false), None);
        assert_eq!(neighbour(&lines, Some(9), true), Some(2), "a line that is gone");
        assert_eq!(neighbour(&Lines::default(), None, true), None);
    }
}
