//! The addresses of a customer, and which of them parcels go to.
//!
//! The rows keep their numbers, so that a problem is shown beside the answer it is about. A row that was emptied stands
//! for an address that goes.

use domain::customers::{AddressForm, MAX_ADDRESSES};
use leptos::prelude::*;

use super::{customer::SaveCustomer, rows_at_first};
use crate::{
    accounts::address_fields::AddressFields,
    form::{Form, Returned},
    ui::{FieldErrorLine, Radio, TextField},
};

/// The addresses, the one that parcels go to first.
#[component]
pub fn Addresses(
    /// The form they belong to.
    form: Form<SaveCustomer>,
    /// The stored ones.
    stored: Vec<AddressForm>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    // Without JavaScript another one is added in the row to spare.
    let first_rows = rows_at_first("form[addresses]", stored.len() + 1, MAX_ADDRESSES, returned.as_ref());
    let known = stored.len();
    let rows = RwSignal::new(first_rows);
    let stored = StoredValue::new(stored);
    let default = RwSignal::new(form.value("form[default_address]", "0"));
    let row = move |index: usize| {
        let address = stored.with_value(|stored| stored.get(index).cloned()).unwrap_or_default();
        view! { <AddressRow form=form index=index stored=address known=known default=default /> }
    };
    let general = form.error("addresses");
    view! {
        <fieldset id="field-addresses" tabindex="-1">
            <legend>{if known > 0 { "Addresses" } else { "Address" }}</legend>
            {move || general.get().map(|error| view! { <FieldErrorLine text=error /> })}
            <For each=move || 0..rows.get() key=|index| *index children=row />
        </fieldset>
    }
    .into_any()
}

/// One address. Those that are known beside the first, and the one to spare, are folded away until they are wanted.
#[component]
fn AddressRow(
    form: Form<SaveCustomer>,
    index: usize,
    stored: AddressForm,
    /// How many are stored.
    known: usize,
    /// The row that parcels go to.
    default: RwSignal<String>,
) -> impl IntoView {
    let removed = RwSignal::new(false);
    let place = index.to_string();
    let is_new = index >= known;
    let summary = match (is_new, stored.label.as_str()) {
        (true, _) => "Add an address".to_owned(),
        (false, "") => stored.address.line(),
        (false, label) => format!("{label}: {}", stored.address.line()),
    };
    let id = stored.id.clone();
    let name = format!("form[addresses][{index}]");
    let id_name = format!("{name}[id]");
    let label_name = format!("{name}[label]");
    let problem = form.problem();
    let prefix = format!("addresses_{index}_");
    let is_wrong = Signal::derive({
        let prefix = prefix.clone();
        move || {
            problem.with(|problem| {
                let fields = problem.iter().flat_map(|problem| &problem.fields);
                fields.into_iter().any(|field| field.field.starts_with(&prefix))
            })
        }
    });
    let was_typed = !form.value(&format!("{name}[address][line1]"), "").is_empty();
    // What is removed is sent empty, under its number.
    let address = StoredValue::new(stored.address);
    let fields = move || {
        if removed.get() {
            return ().into_any();
        }
        let place_of = place.clone();
        let choice = (known > 0 || index > 0).then(|| {
            view! {
                <label class="check">
                    <Radio name="form[default_address]" value=place_of bind=default />
                    <span>"Parcels go here"</span>
                </label>
            }
        });
        let remove = (!is_new).then(|| {
            view! {
                <button type="button" class="button small quiet" on:click=move |_| removed.set(true)>
                    "Remove this address"
                </button>
            }
        });
        view! {
            <AddressFields
                form=form
                stored=address.get_value()
                name=format!("{name}[address]")
                field=prefix.clone()
            />
            <div class="form-pair">
                <TextField
                    label="Called (optional)"
                    value=form.value(&label_name, &stored.label)
                    name=label_name.clone()
                    id=format!("field-{prefix}label")
                    autocomplete="off"
                    placeholder="Work, parents…"
                    error=form.error(format!("{prefix}label"))
                />
                {choice}
            </div>
            {remove}
        }
        .into_any()
    };
    let hidden = view! { <input type="hidden" name=id_name value=id /> };
    let gone = move || {
        removed.get().then(|| {
            view! {
                <p class="tools">
                    <span class="quiet">"Removed when you save."</span>
                    <button type="button" class="link" on:click=move |_| removed.set(false)>"Keep it"</button>
                </p>
            }
        })
    };
    if index == 0 {
        return view! {
            {hidden}
            {fields}
            {gone}
        }
        .into_any();
    }
    view! {
        <details class="more-rows" open=move || is_wrong.get() || was_typed>
            <summary>{summary}</summary>
            <div class="stack">
                {hidden}
                {fields}
                {gone}
            </div>
        </details>
    }
    .into_any()
}
