//! Texts to copy: a field that can be selected, and a button where the browser can copy by itself.

use leptos::{html, prelude::*};

use crate::ui::text_html;

/// A text with a button that copies it. Without a clipboard the button selects the text, so that the keyboard can.
#[component]
pub fn CopyText(
    /// What it is, for those who hear it.
    #[prop(into)]
    label: String,
    #[prop(into)] text: Signal<String>,
    /// Lines shown at once; one line is a field.
    #[prop(default = 1)]
    rows: u16,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let copied = RwSignal::new(false);
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    Effect::new(move |_| {
        text.track();
        copied.set(false);
    });
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
        copied.set(write(&text.get_untracked()));
    };
    let named = label.clone();
    let button = move || {
        awake.get().then(|| {
            let label = label.clone();
            view! {
                <button type="button" class="button small" on:click=copy>
                    <span aria-live="polite">{move || if copied.get() { "Copied" } else { "Copy" }}</span>
                    <span class="hidden-words">" " {label}</span>
                </button>
            }
        })
    };
    view! {
        <div class="copy-text">
            <textarea
                class="input"
                readonly
                aria-label=named
                rows=rows.to_string()
                node_ref=field
                prop:value=move || text.get()
                on:focus:target=move |event| event.target().select()
                inner_html=text_html(&text.get_untracked())
            ></textarea>
            {button}
        </div>
    }
    .into_any()
}

/// Puts a text into the clipboard, if the browser lets it. Says whether it was asked to.
fn write(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Pages that are not served safely have none.
    if wasm_bindgen::JsValue::from(clipboard.clone()).is_undefined() {
        return false;
    }
    let promise = clipboard.write_text(text);
    drop(promise);
    true
}
