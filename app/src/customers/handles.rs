//! The names under which a customer writes, as a grid: a platform and a name in each row.
//!
//! The rows keep their numbers, so that a problem is shown beside the answer it is about. A row that was emptied stands
//! for a name that goes.

use domain::{
    customers::{HandleForm, MAX_HANDLES},
    problem::FieldCode,
    sales::Platform,
};
use leptos::prelude::*;
use uuid::Uuid;

use super::{customer::SaveCustomer, rows_at_first};
use crate::{
    form::{Form, Returned},
    ui::{FieldErrorLine, Tone, ToneMark, typed_in_step},
};

/// The grid.
#[component]
pub fn Handles(
    /// The customer; empty for a new one.
    id: String,
    /// The form it belongs to.
    form: Form<SaveCustomer>,
    /// The stored names.
    stored: Vec<HandleForm>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let rows =
        RwSignal::new(rows_at_first("form[handles]", stored.len() + 1, MAX_HANDLES, returned.as_ref()));
    let stored = StoredValue::new(stored);
    let id = StoredValue::new(id);
    let row = move |index: usize| {
        let handle = stored.with_value(|stored| stored.get(index).cloned()).unwrap_or_default();
        view! { <HandleRow id=id.get_value() form=form index=index stored=handle /> }
    };
    let general = form.error("handles");
    view! {
        <fieldset id="field-handles" tabindex="-1">
            <legend>"Writes as"</legend>
            <p class="hint" id="handles-hint">
                "Comments under these names are this customer's. Empty a name to remove it."
            </p>
            {move || general.get().map(|error| view! { <FieldErrorLine text=error /> })}
            <ul class="handle-rows" aria-describedby="handles-hint">
                <For each=move || 0..rows.get() key=|index| *index children=row />
            </ul>
            <div>
                <button
                    type="button"
                    class="button small"
                    disabled=move || { rows.get() >= MAX_HANDLES }
                    on:click=move |_| rows.update(|rows| *rows += 1)
                >
                    "Add a name"
                </button>
            </div>
        </fieldset>
    }
    .into_any()
}

/// The platforms, the likeliest chosen.
fn platforms(chosen: String) -> impl IntoView {
    Platform::ALL
        .iter()
        .map(|platform| {
            let selected = platform.as_str() == chosen;
            view! {
                <option value=platform.as_str() selected=selected>
                    {platform.label()}
                </option>
            }
        })
        .collect_view()
}

#[component]
fn HandleRow(id: String, form: Form<SaveCustomer>, index: usize, stored: HandleForm) -> impl IntoView {
    let is_removed = RwSignal::new(false);
    let name = |part: &str| format!("form[handles][{index}][{part}]");
    let field = format!("handles_{index}_handle");
    let control = format!("field-{field}");
    let error_id = format!("{control}-error");
    let error = form.error(field.clone());
    let owner = taken_by(form, field);
    let other = move || {
        let owner = owner.get()?;
        let (href, words) = match id.as_str() {
            "" => (format!("/customers/{owner}"), "See who"),
            id => (format!("/customers/{id}/merge?with={owner}"), "Are they the same person?"),
        };
        Some(view! { <a href=href>{words}</a> })
    };
    let problem = {
        let error_id = error_id.clone();
        move || {
            error.get().map(|error| {
                view! {
                    <span class="field-error" id=error_id.clone() data-tone="wrong">
                        <ToneMark tone=Tone::Wrong />
                        {error}
                        {other.clone()}
                    </span>
                }
            })
        }
    };
    let described_by = move || error.get().map(|_| error_id.clone());
    let platform = form.value(&name("platform"), &stored.platform);
    let handle = RwSignal::new(form.value(&name("handle"), &stored.handle));
    let remove = move |_| {
        handle.set(String::new());
        is_removed.set(true);
    };
    view! {
        <li class="handle-row" hidden=move || is_removed.get()>
            <input type="hidden" name=name("id") value=stored.id />
            <select
                class="input"
                name=name("platform")
                id=format!("field-handles_{index}_platform")
                aria-label=format!("Platform of name {}", index + 1)
            >
                {platforms(platform)}
            </select>
            <input
                class="input"
                type="text"
                id=control
                name=name("handle")
                value=handle.get_untracked()
                node_ref=typed_in_step(handle)
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label=format!("Name {}", index + 1)
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described_by
                on:input:target=move |event| handle.set(event.target().value())
            />
            <button type="button" class="button small quiet" on:click=remove>
                "Remove"
                <span class="hidden-words">{format!(" name {}", index + 1)}</span>
            </button>
            {problem}
        </li>
    }
    .into_any()
}

/// The customer who has the name of a field already.
fn taken_by(form: Form<SaveCustomer>, field: String) -> Signal<Option<Uuid>> {
    let problem = form.problem();
    Signal::derive(move || {
        problem.with(|problem| {
            let wrong = problem.as_ref()?.fields.iter().find(|wrong| wrong.field == field)?;
            match wrong.code {
                FieldCode::TakenByAnother(customer) => Some(customer),
                _ => None,
            }
        })
    })
}
