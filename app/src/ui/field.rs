//! Fields: the label above, the hint under it, the error beside the answer it is about.
//!
//! A field is a plain control with a name, so its form works before the browser's part has loaded. Given `bind`, it also
//! keeps a signal in step with what is typed; without it, the browser alone holds the answer.

use leptos::html;
use leptos::prelude::*;

use super::{
    badge::{Tone, ToneMark},
    in_step::{Said, keep_in_step, typed_in_step},
};
use crate::form::FieldError;

/// The id of the control of a field that was given none: links of an `ErrorSummary` lead to it.
fn id_of(id: Option<String>, name: &str) -> String {
    id.unwrap_or_else(|| format!("field-{name}"))
}

/// The attributes by which a control says what belongs to it: `(aria-invalid, aria-describedby)`.
fn described(
    id: &str,
    has_hint: bool,
    error: Signal<Option<String>>,
) -> (impl Fn() -> Option<&'static str> + Clone + use<>, impl Fn() -> Option<String> + Clone + use<>) {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let invalid = move || error.get().is_some().then_some("true");
    let described_by = move || match (has_hint, error.get().is_some()) {
        (true, true) => Some(format!("{hint_id} {error_id}")),
        (true, false) => Some(hint_id.clone()),
        (false, true) => Some(error_id.clone()),
        (false, false) => None,
    };
    (invalid, described_by)
}

/// Whether the page arrives with something wrong here. The first control of which this is true is where a browser without
/// JavaScript begins, unless a summary stands above it.
fn is_wrong_on_arrival(error: Signal<Option<String>>) -> bool {
    error.with_untracked(Option::is_some)
}

/// What is wrong with several answers together, above them.
#[component]
pub fn FieldErrorLine(
    /// The sentence.
    text: String,
) -> impl IntoView {
    view! {
        <p class="field-error" data-tone="wrong">
            <ToneMark tone=Tone::Wrong />
            {text}
        </p>
    }
    .into_any()
}

/// Label, hint and error around a control.
fn around(
    id: String,
    label: Signal<String>,
    hint: Option<String>,
    error: Signal<Option<String>>,
    control: impl IntoView,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let hint = hint.map(|hint| view! { <span class="field-hint" id=format!("{id}-hint")>{hint}</span> });
    let problem = move || {
        error.get().map(|error| {
            view! {
                <span class="field-error" id=error_id.clone() data-tone="wrong">
                    <ToneMark tone=Tone::Wrong />
                    {error}
                </span>
            }
        })
    };
    view! {
        <div class="field" class:has-error=move || error.get().is_some()>
            <label for=id>{label}</label>
            {hint}
            {problem}
            {control}
        </div>
    }
    .into_any()
}

/// One line of text.
#[component]
pub fn TextField(
    /// What is asked; it may change, such as with a country.
    #[prop(into)]
    label: Signal<String>,
    /// The name of the answer in the form.
    #[prop(into)]
    name: String,
    /// The answer so far.
    #[prop(optional, into)]
    value: String,
    /// A signal that follows what is typed and can change it; its value is then the answer so far.
    #[prop(optional, into)]
    bind: Option<RwSignal<String>>,
    /// `text`, `email`, `password`, `number`, `search`, `tel`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in: `email`, `current-password`, `postal-code`, `off`.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// The keyboard of a phone: `decimal` for money and weight, `numeric` for counts.
    #[prop(optional, into)]
    inputmode: Option<&'static str>,
    /// Whether the form needs it. The server says what is missing; the browser's own bubbles are not used.
    #[prop(optional)]
    required: bool,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the answer.
    #[prop(optional, into)]
    error: FieldError,
    /// What stands before the answer within the field, such as a currency.
    #[prop(optional, into)]
    prefix: Option<String>,
    /// What stands after it, such as a unit.
    #[prop(optional, into)]
    suffix: Option<String>,
    /// What an answer may look like; never instead of a label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The id of a `<datalist>` with answers that are offered.
    #[prop(optional, into)]
    list: Option<&'static str>,
    /// The id of the control, where two forms of a page have a field of this name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id_of(id, &name);
    let error = error.of_control(&id, label);
    // Who draws many fields the same way gives an empty text for what one of them does not have.
    let [hint, prefix, suffix] = [hint, prefix, suffix].map(|text| text.filter(|text| !text.is_empty()));
    let [inputmode, list] = [inputmode, list].map(|text| text.filter(|text| !text.is_empty()));
    let control = bind.map_or_else(NodeRef::new, typed_in_step);
    let value = bind.map_or(value, |signal| signal.get_untracked());
    let (invalid, described_by) = described(&id, hint.is_some(), error);
    let input = view! {
        <input
            class="input"
            type=kind
            id=id.clone()
            name=name
            value=value
            node_ref=control
            autocomplete=autocomplete
            inputmode=inputmode
            placeholder=placeholder
            list=list
            aria-required=required.then_some("true")
            aria-invalid=invalid
            aria-describedby=described_by
            autofocus=is_wrong_on_arrival(error)
            on:input:target=move |event| {
                if let Some(signal) = bind {
                    signal.set(event.target().value());
                }
            }
        />
    };
    let boxed = if prefix.is_some() || suffix.is_some() {
        view! {
            <span class="box">
                {prefix.map(|prefix| view! { <span class="box-before">{prefix}</span> })} {input}
                {suffix.map(|suffix| view! { <span class="box-after">{suffix}</span> })}
            </span>
        }
        .into_any()
    } else {
        input.into_any()
    };
    around(id, label, hint, error, boxed)
}

/// A text as it stands in HTML, outside of attributes. Titles and the texts of `<textarea>` are set as HTML, because a text
/// in a view is followed by a mark, and an empty one is rendered as a space, which whoever types would then have to delete.
pub fn text_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Several lines of text.
#[component]
pub fn TextAreaField(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// The name of the answer in the form.
    #[prop(into)]
    name: String,
    /// The answer so far.
    #[prop(optional, into)]
    value: String,
    /// A signal that follows what is typed and can change it; its value is then the answer so far.
    #[prop(optional, into)]
    bind: Option<RwSignal<String>>,
    /// How many lines are seen at once.
    #[prop(default = 4)]
    rows: u16,
    /// More classes of the control: `paste` makes it the tall one of a sale.
    #[prop(default = "")]
    class: &'static str,
    /// Whether the form needs it.
    #[prop(optional)]
    required: bool,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the answer.
    #[prop(optional, into)]
    error: FieldError,
    /// What an answer may look like; never instead of a label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The id of the control, where two forms of a page have a field of this name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id_of(id, &name);
    let label = Signal::stored(label);
    let error = error.of_control(&id, label);
    let control = NodeRef::<html::Textarea>::new();
    if let Some(signal) = bind {
        keep_in_step(
            signal,
            move || {
                control.get().map(|control| {
                    let value = control.value();
                    Said { is_changed: control.default_value().is_ok_and(|first| first != value), value }
                })
            },
            move |value| {
                if let Some(control) = control.get_untracked() {
                    control.set_value(value);
                }
            },
        );
    }
    let value = bind.map_or(value, |signal| signal.get_untracked());
    let (invalid, described_by) = described(&id, hint.is_some(), error);
    let textarea = view! {
        <textarea
            class=format!("input {class}")
            id=id.clone()
            name=name
            rows=rows.to_string()
            node_ref=control
            inner_html=text_html(&value)
            placeholder=placeholder
            aria-required=required.then_some("true")
            aria-invalid=invalid
            aria-describedby=described_by
            autofocus=is_wrong_on_arrival(error)
            on:input:target=move |event| {
                if let Some(signal) = bind {
                    signal.set(event.target().value());
                }
            }
        ></textarea>
    };
    around(id, label, hint, error, textarea)
}

/// One of a few.
#[component]
pub fn SelectField(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// The name of the answer in the form.
    #[prop(into)]
    name: String,
    /// What can be chosen: `(value, words)`.
    #[prop(into)]
    options: Vec<(String, String)>,
    /// The chosen value so far.
    #[prop(optional, into)]
    value: String,
    /// A signal that follows the choice and can change it; its value is then the choice so far.
    #[prop(optional, into)]
    bind: Option<RwSignal<String>>,
    /// What the browser may fill in: `country`.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the answer.
    #[prop(optional, into)]
    error: FieldError,
    /// The id of the control, where two forms of a page have a field of this name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id_of(id, &name);
    let label = Signal::stored(label);
    let error = error.of_control(&id, label);
    let control = NodeRef::<html::Select>::new();
    if let Some(signal) = bind {
        keep_in_step(
            signal,
            // A list does not tell what was chosen in it at first.
            move || control.get().map(|control| Said { value: control.value(), is_changed: true }),
            move |value| {
                if let Some(control) = control.get_untracked() {
                    control.set_value(value);
                }
            },
        );
    }
    let chosen = bind.map_or(value, |signal| signal.get_untracked());
    let (invalid, described_by) = described(&id, hint.is_some(), error);
    let choices = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! {
                <option value=value selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    let select = view! {
        <select
            class="input"
            id=id.clone()
            name=name
            node_ref=control
            autocomplete=autocomplete
            aria-invalid=invalid
            aria-describedby=described_by
            autofocus=is_wrong_on_arrival(error)
            on:change:target=move |event| {
                if let Some(signal) = bind {
                    signal.set(event.target().value());
                }
            }
        >
            {choices}
        </select>
    };
    around(id, label, hint, error, select)
}

/// Yes or no. It sends `value` when ticked and nothing otherwise, as forms do.
#[component]
pub fn CheckField(
    /// What is agreed to.
    #[prop(into)]
    label: String,
    /// The name of the answer in the form.
    #[prop(into)]
    name: String,
    /// What is sent when it is ticked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Whether it is ticked at first.
    #[prop(optional)]
    checked: bool,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The id of the control, where two forms of a page have a field of this name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id_of(id, &name);
    let hint_id = hint.as_ref().map(|_| format!("{id}-hint"));
    let hint = hint.map(|hint| view! { <span class="field-hint" id=format!("{id}-hint")>{hint}</span> });
    view! {
        <div class="field">
            <label class="check" for=id.clone()>
                <input type="checkbox" id=id.clone() name=name value=value checked=checked aria-describedby=hint_id />
                <span>{label}</span>
            </label>
            {hint}
        </div>
    }
    .into_any()
}
