//! A search that finds while it is typed. Its words are in the address, so that without JavaScript it is a form that
//! asks for the same address.

use std::time::Duration;

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate, params::ParamsMap};
use wasm_bindgen::JsCast;

use crate::ui::SearchBox;

/// How long the typing pauses before the list is asked for.
const PAUSE: Duration = Duration::from_millis(200);

/// An address of a list: its path and those of `parts` that say something.
pub fn list_address(path: &str, parts: &[(&'static str, &str)]) -> String {
    let query: ParamsMap = parts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    format!("{path}{}", query.to_query_string())
}

/// The search box above a list whose words are `q` in its address.
#[component]
pub fn LiveSearch(
    /// The path of the list.
    #[prop(into)]
    path: String,
    /// The path that Enter leads to, if another one: where a scanned code is looked up.
    #[prop(optional)]
    find: Option<&'static str>,
    /// What is searched; the field's name for those who hear it.
    label: &'static str,
    /// The words so far.
    #[prop(into)]
    value: String,
    /// What else of the address stays.
    #[prop(optional)]
    keep: Vec<(&'static str, String)>,
) -> impl IntoView {
    let hidden: Vec<(String, String)> = keep
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let navigate = use_navigate();
    let action = find.map_or_else(|| path.clone(), str::to_owned);
    let look_for = move |words: String| {
        let mut parts: Vec<(&'static str, &str)> = vec![("q", &words)];
        parts.extend(keep.iter().map(|(name, value)| (*name, value.as_str())));
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(&list_address(&path, &parts), options);
    };
    // Enter sends the words at once; the search that still waits for a pause must not lead back from there.
    let is_sent = StoredValue::new(false);
    let mut search = leptos::leptos_dom::helpers::debounce(PAUSE, {
        let look_for = look_for.clone();
        move |words: String| {
            if is_sent.try_get_value() == Some(false) {
                look_for(words);
            }
        }
    });
    let on_input = move |event: ev::Event| {
        is_sent.set_value(false);
        search(event_target_value(&event));
    };
    // What was typed before the page woke up is looked for as well.
    let around = NodeRef::<html::Div>::new();
    let shown = value.clone();
    Effect::new(move |_| {
        let field =
            around.get().and_then(|around| around.query_selector("input[type=search]").ok().flatten());
        let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok()) else {
            return;
        };
        if field.value() != shown {
            look_for(field.value());
        }
    });
    view! {
        <div class="live-search" on:input=on_input on:submit=move |_| is_sent.set_value(true) node_ref=around>
            <SearchBox action=action label=label value=value keep=hidden />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_only_what_says_something() {
        assert_eq!(list_address("/stock", &[("q", ""), ("archived", "")]), "/stock");
        assert_eq!(
            list_address("/stock", &[("q", "moon ring"), ("archived", "1")]),
            "/stock?q=moon%20ring&archived=1"
        );
    }
}
