//! The form of a customer, for one who is known and for a new one.

use domain::customers::{AddressForm, CustomerForm, HandleForm, LANGUAGES};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{addresses::Addresses, customer::SaveCustomer, handles::Handles};
use crate::{
    accounts::form_problems::FormProblems,
    form::{FILLED, Form, Returned},
    ui::{CheckField, Notice, SelectField, SubmitButton, TextAreaField, TextField, Tone},
};

/// Handles and addresses as they are stored.
pub type Rows = (Vec<HandleForm>, Vec<AddressForm>);

/// The languages by their own names, after the choice of none.
fn languages() -> Vec<(String, String)> {
    let none = (String::new(), "Not known".to_owned());
    std::iter::once(none)
        .chain(LANGUAGES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())))
        .collect()
}

/// Every field of a customer and the button that saves it.
#[component]
pub fn Fields(
    /// The customer; empty for a new one.
    id: String,
    /// What is stored.
    stored: CustomerForm,
    /// Handles and addresses as they are stored now.
    rows: RwSignal<Rows>,
    /// The marks of what the form was filled in with.
    filled: RwSignal<String>,
    /// Where saving leads; empty to stay.
    #[prop(optional)]
    back: String,
    /// The form.
    form: Form<SaveCustomer>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let is_saved = form.is_done();
    let returned =
        StoredValue::new(returned.filter(|returned| returned.path == <SaveCustomer as ServerFn>::PATH));
    let line = move |part: &'static str, label: &'static str, stored: &str, kind: &'static str| {
        let name = format!("form[{part}]");
        view! {
            <TextField
                label=label
                value=form.value(&name, stored)
                name=name
                id=format!("field-{part}")
                kind=kind
                autocomplete="off"
                required=part == "name"
                error=form.error(part)
            />
        }
    };
    // A box that is not ticked sends nothing, so in a form that came back its absence is the answer.
    let is_exempt = returned.with_value(|returned| match returned {
        Some(Returned { problem: Some(_), values, .. }) => {
            values.iter().any(|(name, _)| name == "form[tax_exempt]")
        }
        _ => stored.tax_exempt,
    });
    let handles_id = id.clone();
    let handles = move || {
        let (handles, _) = rows.get();
        view! { <Handles id=handles_id.clone() form=form stored=handles returned=returned.get_value() /> }
    };
    let addresses = move || {
        let (_, addresses) = rows.get();
        view! { <Addresses form=form stored=addresses returned=returned.get_value() /> }
    };
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <FormProblems form=form />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="back" value=back />
            <input type="hidden" name=FILLED value=move || filled.get() />
            {line("name", "Name", &stored.name, "text")}
            <div class="form-pair">
                {line("email", "E-mail (optional)", &stored.email, "email")}
                {line("phone", "Phone (optional)", &stored.phone, "tel")}
            </div>
            {handles}
            {addresses}
            <fieldset>
                <legend>"More about them"</legend>
                <div class="form-pair">
                    <SelectField
                        label="Language"
                        name="form[language]"
                        id="field-language"
                        options=languages()
                        value=form.value("form[language]", &stored.language)
                        error=form.error("language")
                    />
                    {line("tags", "Tags (optional)", &stored.tags, "text")}
                </div>
                <div class="form-pair">
                    <CheckField label="Exempt from tax" name="form[tax_exempt]" id="field-tax_exempt" checked=is_exempt />
                    {line("tax_id", "Tax number (optional)", &stored.tax_id, "text")}
                </div>
                <TextAreaField
                    label="Note (optional)"
                    name="form[note]"
                    id="field-note"
                    rows=3
                    hint="Only you see it."
                    value=form.value("form[note]", &stored.note)
                    error=form.error("note")
                />
            </fieldset>
            {move || is_saved.get().then(|| view! { <Notice tone=Tone::Ok text="Saved." /> })}
            <div class="actions">
                <SubmitButton label="Save customer" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
