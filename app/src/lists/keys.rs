//! The keyboard of a list: J and K move through the rows, X chooses one, Enter opens it, / searches, N begins a new one.

use leptos::{ev, prelude::*, web_sys};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement, HtmlInputElement};

/// Whether what is typed belongs to a field. Keys are then left alone; a box that is ticked is no field to type in.
fn is_typing(target: Option<EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let is_editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    let is_box = element.dyn_ref::<HtmlInputElement>().is_some_and(|input| input.type_() == "checkbox");
    is_editable || (["INPUT", "TEXTAREA", "SELECT"].contains(&element.tag_name().as_str()) && !is_box)
}

/// The place after or before the current one among so many; the first, if there is none yet.
fn neighbour(current: Option<usize>, count: usize, forward: bool) -> Option<usize> {
    let next = match (current, forward) {
        (None, _) => 0,
        (Some(current), true) => current + 1,
        (Some(current), false) => current.checked_sub(1)?,
    };
    (next < count).then_some(next)
}

fn all(selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

fn focus(element: &HtmlElement) {
    // An element that cannot take the focus stays without it.
    let _ = element.focus();
}

/// The row that holds what has the focus.
fn focused_row() -> Option<Element> {
    document().active_element()?.closest("tr").ok().flatten()
}

fn step(forward: bool) {
    let links = all("table.list tbody .row-link");
    let row = focused_row();
    let current = links.iter().position(|link| row.is_some() && link.closest("tr").ok().flatten() == row);
    if let Some(link) = neighbour(current, links.len(), forward).and_then(|next| links.get(next)) {
        focus(link);
        link.scroll_into_view_with_bool(false);
    }
}

fn choose() {
    let box_of_row = focused_row().and_then(|row| row.query_selector(".pick input").ok().flatten());
    if let Some(picked) = box_of_row.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        picked.click();
    }
}

fn press(selector: &str) {
    if let Some(element) = all(selector).first() {
        element.click();
    }
}

/// Listens for as long as the page is open. On the server nothing listens.
pub fn use_list_keys() {
    let pressed = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(event.target()) {
            return;
        }
        match event.key().as_str() {
            "j" | "J" => step(true),
            "k" | "K" => step(false),
            "x" | "X" => choose(),
            "n" | "N" => press("main .page-head-action a"),
            "/" => {
                if let Some(field) = all("main input[type=search]").first() {
                    focus(field);
                }
            }
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || pressed.remove());
}

/// Puts the focus on the row that one comes back to, whose id the address ends with.
pub fn return_to_row() {
    Effect::new(|_| {
        let hash = window().location().hash().unwrap_or_default();
        let Some(id) = hash.strip_prefix('#').filter(|id| id.starts_with("row-")).map(str::to_owned) else {
            return;
        };
        // The rows are put into the page after this has run.
        request_animation_frame(move || {
            let row = document().get_element_by_id(&id).and_then(|row| row.dyn_into::<HtmlElement>().ok());
            if let Some(row) = row {
                focus(&row);
                row.scroll_into_view_with_bool(false);
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_stops_at_the_ends() {
        assert_eq!(neighbour(None, 3, true), Some(0));
        assert_eq!(neighbour(None, 0, true), None);
        assert_eq!(neighbour(Some(0), 3, true), Some(1));
        assert_eq!(neighbour(Some(2), 3, true), None);
        assert_eq!(neighbour(Some(0), 3, false), None);
    }
}
