//! The folded parts of an item's form.

use domain::{
    address::country_name,
    inventory::{ItemForm, MaterialChoice, TaxClass},
    money::grouped,
    text::fold,
};
use leptos::prelude::*;

use super::{
    item::SaveItem,
    item_form::{Field, Measure},
};
use crate::{
    accounts::{address_fields::country_choices, business_frame::use_viewer},
    form::Form,
    ui::{Fold, SelectField, TextAreaField},
};

/// What a folded part says at the moment: its answers, without those that are empty.
fn about<const ANSWERS: usize>(answers: [String; ANSWERS]) -> Signal<String> {
    let about: Vec<String> = answers.into_iter().filter(|answer| !answer.is_empty()).collect();
    Signal::stored(about.join(" · "))
}

/// An answer with the sign that belongs to it, nothing where it is empty.
fn told(answer: &str, before: &str, behind: &str) -> String {
    if answer.is_empty() { String::new() } else { format!("{before}{answer}{behind}") }
}

/// What the parcel and customs ask.
#[component]
pub fn PostageFold(
    form: Form<SaveItem>,
    stored: ItemForm,
    /// The name of its material as it is typed.
    material: RwSignal<String>,
    /// The materials, which say what the item does not.
    materials: Vec<MaterialChoice>,
) -> impl IntoView {
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit.symbol());
    let field = Field::of(form);
    let days = told(&stored.handling_days, "", " days");
    view! {
        <Fold
            title="Weight and postage"
            about=about([told(&stored.weight, "", &format!(" {unit}")), stored.origin.clone(), stored.hs_code.clone(), days])
            open=form.has_error(&["weight", "origin", "hs_code", "handling_days"])
        >
            <div class="form-pair">
                {field.number(
                    "weight",
                    "Weight of one piece",
                    &stored.weight,
                    "What is posted, in its pouch or jar. Parcels add it up.",
                    Measure::weight(unit),
                )}
                {field.number(
                    "handling_days",
                    "Handling time",
                    &stored.handling_days,
                    "Until it can be posted.",
                    Measure::count("days"),
                )}
            </div>
            <div class="form-pair">
                <SelectField
                    label="Country of origin"
                    name="form[origin]"
                    id="field-origin"
                    options=origin_choices()
                    value=field.value("origin", &stored.origin)
                    error=form.error("origin")
                />
                {field.number(
                    "hs_code",
                    "HS code",
                    &stored.hs_code,
                    "For customs, 6 to 10 digits.",
                    Measure::count(""),
                )}
            </div>
            <p class="hint">{move || material.with(|material| customs_words(&materials, material))}</p>
        </Fold>
    }
    .into_any()
}

/// What customs are told where the item itself says nothing.
fn customs_words(materials: &[MaterialChoice], name: &str) -> String {
    let key = fold(name);
    let known = materials.iter().find(|known| fold(&known.name) == key && !key.is_empty());
    let said: Vec<&str> = known
        .map(|known| [country_name(&known.origin), known.hs_code.as_str()])
        .into_iter()
        .flatten()
        .filter(|word| !word.is_empty())
        .collect();
    if said.is_empty() {
        "What is left empty for customs is taken from the material.".to_owned()
    } else {
        format!("What is left empty for customs is taken from {name}: {}.", said.join(", "))
    }
}

/// The countries by name, after the choice of what the material says.
pub(super) fn origin_choices() -> Vec<(String, String)> {
    let mut choices = country_choices();
    if let Some((_, words)) = choices.first_mut() {
        *words = "Not said".to_owned();
    }
    choices
}

/// What it cost, what it costs for now, and how it is taxed.
#[component]
pub fn CostFold(form: Form<SaveItem>, stored: ItemForm) -> impl IntoView {
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim());
    let field = Field::of(form);
    let tax_classes = TaxClass::ALL
        .iter()
        .map(|class| (class.as_str().to_owned(), class.label().to_owned()))
        .collect::<Vec<_>>();
    let sale = told(&grouped(&stored.sale_price), &format!("on sale for {symbol}"), "");
    view! {
        <Fold
            title="Cost and tax"
            about=about([sale, told(&grouped(&stored.cost), &format!("cost {symbol}"), "")])
            open=form.has_error(&["sale_price", "cost", "tax_class"])
        >
            <div class="form-pair">
                {field.number(
                    "sale_price",
                    "Sale price",
                    &stored.sale_price,
                    "What a claim costs while this is filled in. Choices with a price of their own keep it.",
                    Measure::money(symbol),
                )}
                {field.number(
                    "cost",
                    "What you paid for it",
                    &stored.cost,
                    "For your reports only.",
                    Measure::money(symbol),
                )}
            </div>
            <SelectField
                label="Tax class"
                name="form[tax_class]"
                id="field-tax_class"
                options=tax_classes
                value=field.value("tax_class", if stored.tax_class.is_empty() { TaxClass::Standard.as_str() } else { &stored.tax_class })
                error=form.error("tax_class")
            />
        </Fold>
    }
    .into_any()
}

/// How it is put in order, and what only the seller reads.
#[component]
pub fn NotesFold(form: Form<SaveItem>, stored: ItemForm, categories: Vec<String>) -> impl IntoView {
    let field = Field::of(form);
    let known = categories.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    let low = told(&stored.low_stock, "few at ", "");
    view! {
        <Fold
            title="Category, tags and notes"
            about=about([stored.category.clone(), stored.tags.clone(), low])
            open=form.has_error(&["category", "tags", "low_stock", "description", "note"])
        >
            <div class="form-pair">
                <div class="with-choices">
                    {field.number("category", "Category", &stored.category, "", Measure::offered("categories"))}
                    <datalist id="categories">{known}</datalist>
                </div>
                {field.number(
                    "low_stock",
                    "Few when this many are left",
                    &stored.low_stock,
                    "",
                    Measure::count(""),
                )}
            </div>
            {field.line("tags", "Tags", &stored.tags, "With commas between them.")}
            <TextAreaField
                label="Description"
                name="form[description]"
                id="field-description"
                rows=3
                value=field.value("description", &stored.description)
                error=form.error("description")
            />
            <TextAreaField
                label="Notes for yourself"
                name="form[note]"
                id="field-note"
                rows=3
                hint="Buyers never see this."
                value=field.value("note", &stored.note)
                error=form.error("note")
            />
        </Fold>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customs_are_told_what_the_material_says() {
        let silver = MaterialChoice {
            name: "Silver".into(),
            unit: domain::weight::WeightUnit::G,
            rate: None,
            origin: "MX".into(),
            hs_code: "711311".into(),
        };
        let materials = [silver];
        assert!(customs_words(&materials, "silver").ends_with("from silver: Mexico, 711311."));
        assert!(customs_words(&materials, "").ends_with("from the material."));
    }

    #[test]
    fn what_is_empty_is_not_told() {
        assert_eq!(told("", "cost $", ""), "");
        assert_eq!(told("12.00", "cost $", ""), "cost $12.00");
        assert_eq!(origin_choices()[0], (String::new(), "Not said".to_owned()));
    }
}
