//! Telling the page's own script what became of a form.

use domain::three_way;
use leptos::{
    prelude::document,
    web_sys::{CustomEvent, CustomEventInit},
};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;

/// The events that `forms.js` listens to, each with the path of the server function.
const TAKEN: &str = "selltrac:taken";
const REFUSED: &str = "selltrac:refused";
/// Another, with the path and what the fields are to show, as JSON. It is prevented where they show it.
const STORED: &str = "selltrac:stored";

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

/// Shows in a form that was saved what is stored by now: others may have changed answers that were left as they were, and the
/// server may have tidied what was typed. It is all shown, or nothing where somebody went on typing meanwhile. Lists are left
/// alone, and so are the answers named in `but`. Gives the marks of what the form shows then, from those that it had.
pub fn show(path: &str, stored: &Value, but: &[&str], marks: &str) -> String {
    let answers = stored.as_object().into_iter().flatten();
    let (mut shown, mut fields) = (Vec::new(), Vec::new());
    let answers = answers.filter(|(name, _)| *name != three_way::FILLED && !but.contains(&name.as_str()));
    for (name, answer) in answers {
        match answer {
            Value::Object(parts) => {
                let parts = parts.iter().filter_map(|(part, said)| Some((part, said.as_str()?)));
                fields.extend(parts.map(|(part, said)| json!([format!("form[{name}][{part}]"), said])));
            }
            Value::String(said) => fields.push(json!([format!("form[{name}]"), said])),
            Value::Bool(is_ticked) => fields.push(json!([format!("form[{name}]"), is_ticked.to_string()])),
            _ => continue,
        }
        shown.push(name.as_str());
    }
    let about = CustomEventInit::new();
    about.set_cancelable(true);
    about.set_detail(&JsValue::from_str(&json!({ "path": path, "fields": fields }).to_string()));
    let event = CustomEvent::new_with_event_init_dict(STORED, &about);
    let is_shown =
        event.and_then(|event| document().dispatch_event(&event)).is_ok_and(|is_ignored| !is_ignored);
    let fresh = stored.get(three_way::FILLED).and_then(Value::as_str).unwrap_or_default();
    if is_shown { three_way::with_answers(marks, fresh, &shown) } else { marks.to_owned() }
}
