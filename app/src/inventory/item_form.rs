//! The form of an item.

use domain::inventory::{ItemForm, Stock};
use leptos::prelude::*;

use super::{item::SaveItem, variants::Variants};
use crate::{
    accounts::{business_frame::use_viewer, form_problems::FormProblems},
    form::{Form, Returned},
    ui::{SubmitButton, TextAreaField, TextField, Tone, ToneMark},
};

/// Every field of an item and the button that saves it.
#[component]
pub fn ItemFields(
    /// The form.
    form: Form<SaveItem>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
    /// The item, empty for a new one.
    id: String,
    /// What is stored.
    stored: ItemForm,
    /// The stock of its variants, in their order.
    stock: Vec<Stock>,
    /// Names of materials to choose from.
    materials: Vec<String>,
) -> impl IntoView {
    let (symbol, unit) = use_viewer()
        .with_untracked(|viewer| (viewer.currency.symbol().trim().to_owned(), viewer.weight_unit.symbol()));
    let returned =
        returned.filter(|returned| returned.path == <SaveItem as leptos::server_fn::ServerFn>::PATH);
    view! {
        <ActionForm action=form.action attr:class="form item-form" attr:novalidate=true>
            <FormProblems form=form />
            <input type="hidden" name="id" value=id />
            <div class="item-code">
                <TextField
                    label="Code"
                    name="form[code]"
                    id="field-code"
                    autocomplete="off"
                    required=true
                    hint="What buyers type."
                    placeholder="A12"
                    value=form.value("form[code]", &stored.code)
                    error=form.error("code")
                />
                <TextField
                    label="Title"
                    name="form[title]"
                    id="field-title"
                    autocomplete="off"
                    required=true
                    hint="What invoices say."
                    value=form.value("form[title]", &stored.title)
                    error=form.error("title")
                />
            </div>
            <div class="form-pair">
                <TextField
                    label="Price"
                    name="form[price]"
                    id="field-price"
                    inputmode="decimal"
                    autocomplete="off"
                    required=true
                    prefix=symbol
                    value=form.value("form[price]", &stored.price)
                    error=form.error("price")
                />
                <TextField
                    label="Weight of one piece"
                    name="form[weight]"
                    id="field-weight"
                    inputmode="decimal"
                    autocomplete="off"
                    required=true
                    suffix=unit
                    value=form.value("form[weight]", &stored.weight)
                    error=form.error("weight")
                />
            </div>
            <Variants form=form returned=returned stored=stored.variants stock=stock />
            <fieldset>
                <legend>"More about it"</legend>
                <Material form=form stored=stored.material materials=materials />
                <TextField
                    label="Also called (optional)"
                    name="form[aliases]"
                    id="field-aliases"
                    autocomplete="off"
                    hint="Other words that buyers use for it, with commas between them."
                    value=form.value("form[aliases]", &stored.aliases)
                    error=form.error("aliases")
                />
                <TextAreaField
                    label="Description (optional)"
                    name="form[description]"
                    id="field-description"
                    rows=3
                    value=form.value("form[description]", &stored.description)
                    error=form.error("description")
                />
            </fieldset>
            <div class="actions">
                <SubmitButton label="Save item" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

/// The material: one that is known, or a new word.
#[component]
fn Material(form: Form<SaveItem>, stored: String, materials: Vec<String>) -> impl IntoView {
    let error = form.error("material");
    let choices =
        materials.into_iter().map(|material| view! { <option value=material></option> }).collect_view();
    view! {
        <div class="field" class:has-error=move || error.get().is_some()>
            <label for="field-material">"Material (optional)"</label>
            <span class="field-hint" id="field-material-hint">
                "One that you have used before, or a new one."
            </span>
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <span class="field-error" id="field-material-error" data-tone="wrong">
                                <ToneMark tone=Tone::Wrong />
                                {error}
                            </span>
                        }
                    })
            }}
            <input
                class="input"
                type="text"
                id="field-material"
                name="form[material]"
                list="materials"
                autocomplete="off"
                value=form.value("form[material]", &stored)
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=move || match error.get() {
                    Some(_) => "field-material-hint field-material-error",
                    None => "field-material-hint",
                }
            />
            <datalist id="materials">{choices}</datalist>
        </div>
    }
    .into_any()
}
