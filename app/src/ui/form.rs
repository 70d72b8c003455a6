//! What stands around the fields of a form: the list of what is missing, and the button that sends it.

use leptos::prelude::*;

/// What a form could not take, above its fields, each a link to the field. It appears with the answer to a sent form
/// and is announced at once. The page goes to it: by `forms.js`, and by itself where it arrives with the page.
#[component]
pub fn ErrorSummary(
    /// The id of each field and what it needs, in the order of the fields. Nothing is shown while it is empty.
    #[prop(into)]
    errors: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let shown = move || {
        let errors = errors.get();
        let title = match errors.len() {
            0 => return None,
            1 => "Fix 1 field".to_owned(),
            several => format!("Fix {several} fields"),
        };
        // `external` leaves the link to the browser, which then moves the focus into the field.
        let links = errors
            .into_iter()
            .map(|(field, problem)| {
                view! {
                    <li>
                        <a href=format!("#{field}") rel="external">
                            {problem}
                        </a>
                    </li>
                }
            })
            .collect_view();
        Some(view! {
            <div class="error-summary" tabindex="-1" data-refused="" autofocus=true>
                <div role="alert">
                    <h2>{title}</h2>
                    <ul>{links}</ul>
                </div>
            </div>
        })
    };
    view! { {shown} }.into_any()
}

/// The button that sends a form. While the answer is awaited it says so without changing its width, and it cannot be
/// pressed twice.
#[component]
pub fn SubmitButton(
    /// The result of pressing it: "Bill 31 buyers". It may change with what is chosen.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the answer is awaited.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// What is said meanwhile.
    #[prop(default = "Saving…")]
    pending_label: &'static str,
    /// More classes of a button: "primary" (the default), "quiet", "danger", "primary wide".
    #[prop(default = "primary")]
    kind: &'static str,
    /// Whether there is nothing to send.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The name and value it sends, where a form has several buttons.
    #[prop(optional, into)]
    sends: Option<(String, String)>,
) -> impl IntoView {
    let (name, value) = sends.unzip();
    view! {
        <button
            type="submit"
            class=format!("button {kind}")
            name=name
            value=value
            disabled=move || pending.get() || disabled.get()
            aria-busy=move || pending.get().then_some("true")
        >
            <span class="both">
                <span aria-hidden=move || pending.get().to_string()>{label}</span>
                <span aria-hidden=move || (!pending.get()).to_string()>{pending_label}</span>
            </span>
        </button>
    }
    .into_any()
}
