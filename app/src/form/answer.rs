//! Telling the page's own script what became of a form.

use leptos::{
    prelude::document,
    web_sys::{CustomEvent, CustomEventInit},
};
use wasm_bindgen::JsValue;

/// The events that `forms.js` listens to, each with the path of the server function.
const TAKEN: &str = "selltrac:taken";
const REFUSED: &str = "selltrac:refused";

/// Says that a form was carried out, or that it was not.
pub fn tell(path: &str, is_taken: bool) {
    let about = CustomEventInit::new();
    about.set_detail(&JsValue::from_str(path));
    let name = if is_taken { TAKEN } else { REFUSED };
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &about) {
        // Nobody can stop it, and without the script nobody hears it.
        let _ = document().dispatch_event(&event);
    }
}
