//! The pages of one material: a new one, and one that is there with the rates it had.

use domain::{
    inventory::{MaterialForm, MaterialView, PastRate},
    weight::WeightUnit,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::item_folds::origin_choices;
use crate::{
    accounts::{business_frame::use_viewer, form_problems::FormProblems},
    error::AppError,
    form::{Form, Returned, use_form, use_returned},
    ui::{
        Columns, PageHead, PageProblem, Section, SelectField, SubmitButton, TextField, Timeline,
        TimelineEntry, Tone, suspend,
    },
};

/// One material.
#[server(prefix = "/api", endpoint = "stock/material", input = GetUrl)]
pub async fn load_material(id: String) -> Result<MaterialView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::material::view(&caller.services, &caller.actor, id).await?)
}

/// Saves a material, a new one where `id` is empty, and leads to the list.
#[server(prefix = "/api", endpoint = "stock/materials/save")]
pub async fn save_material(#[server(default)] id: String, form: MaterialForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = if id.is_empty() { None } else { Some(crate::server::id(&id)?) };
    services::inventory::material::save(&caller.services, &caller.actor, id, &form).await?;
    leptos_axum::redirect("/stock/materials");
    Ok(())
}

fn back() -> (String, String) {
    ("/stock/materials".to_owned(), "Back to the materials".to_owned())
}

/// The page of a new material.
#[component]
pub fn NewMaterialPage() -> impl IntoView {
    let returned = use_returned();
    let form = use_form::<SaveMaterial>(&returned);
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit);
    // Who posts in ounces or pounds weighs silver in grams.
    let usual = if matches!(unit, WeightUnit::Oz | WeightUnit::Lb) { WeightUnit::G } else { unit };
    let stored = MaterialForm { unit: usual.symbol().to_owned(), ..MaterialForm::default() };
    view! {
        <Title text="New material · SellTrac" />
        <PageHead title="New material" back=back() />
        <MaterialFields form=form id=String::new() stored=stored following=0 />
    }
    .into_any()
}

/// The page of a material that is there.
#[component]
pub fn EditMaterialPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let id = Memo::new({
        let params = use_params_map();
        move |_| params.with(|params| params.get("id")).unwrap_or_default()
    });
    let stored = Resource::new(move || id.get(), load_material);
    let page = move || {
        suspend(async move {
            match stored.await {
                Ok(view) => view! { <EditMaterial view=view returned=returned.get_value() /> }.into_any(),
                Err(AppError(problem)) => view! {
                    <PageHead title="Material" back=back() />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }.into_any()
}

#[component]
fn EditMaterial(view: MaterialView, returned: Option<Returned>) -> impl IntoView {
    let MaterialView { id, form: stored, items, following, rates } = view;
    let form = use_form::<SaveMaterial>(&returned);
    let name = stored.name.clone();
    let entries: Vec<TimelineEntry> = rates.iter().map(entry).collect();
    let has_rates = !entries.is_empty();
    let entries = StoredValue::new(entries);
    let side = move || {
        view! {
            <Section title="Rates so far">
                {if has_rates {
                    view! { <Timeline entries=Signal::stored(entries.get_value()) /> }.into_any()
                } else {
                    view! { <p class="quiet">"It has had no rate yet. Each one you set is kept here, with who set it and when."</p> }
                        .into_any()
                }}
            </Section>
        }
    };
    let used = match items {
        0 => "No item is made of it.".to_owned(),
        1 => "1 item is made of it.".to_owned(),
        items => format!("{items} items are made of it."),
    };
    view! {
        <Title text=format!("{name} · SellTrac") />
        <PageHead title=name back=back() subtitle=move || view! { <span>{used.clone()}</span> } />
        <Columns side=side>
            <MaterialFields form=form id=id.to_string() stored=stored following=following />
        </Columns>
    }
    .into_any()
}

/// A rate as a line of its history.
fn entry(past: &PastRate) -> TimelineEntry {
    let rate = match past.rate {
        Some(rate) => format!("{rate}/{}", past.unit.symbol()),
        None => "no rate".to_owned(),
    };
    let by = if past.by.is_empty() { String::new() } else { format!(", {}", past.by) };
    TimelineEntry { when: format!("{}{by}", past.date), what: rate, tone: Tone::Quiet }
}

#[component]
fn MaterialFields(
    form: Form<SaveMaterial>,
    /// The material, empty for a new one.
    id: String,
    stored: MaterialForm,
    /// Items whose prices follow its rate.
    following: i64,
) -> impl IntoView {
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim());
    let units = WeightUnit::ALL.map(|unit| (unit.symbol().to_owned(), unit.label().to_owned())).to_vec();
    let follow = match following {
        0 => "Empty where nothing is priced by its weight.".to_owned(),
        1 => "The price of 1 item follows it. What was claimed keeps its price.".to_owned(),
        several => format!("The prices of {several} items follow it. What was claimed keeps its price."),
    };
    let line = move |part: &'static str, label: &'static str, stored: &str, hint: &str, placeholder: &str| {
        let name = format!("form[{part}]");
        view! {
            <TextField
                label=label
                value=form.value(&name, stored)
                name=name
                id=format!("field-{part}")
                autocomplete="off"
                hint=hint
                placeholder=placeholder
                error=form.error(part)
            />
        }
        .into_any()
    };
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <FormProblems form=form />
            <input type="hidden" name="id" value=id />
            <div class="form-pair">
                {line("name", "Name", &stored.name, "", "Sterling silver")}
                {line("purity", "Purity (optional)", &stored.purity, "", "925")}
            </div>
            <div class="form-pair">
                <TextField
                    label="Rate (optional)"
                    name="form[rate]"
                    id="field-rate"
                    inputmode="decimal"
                    autocomplete="off"
                    prefix=symbol
                    value=form.value("form[rate]", &stored.rate)
                    error=form.error("rate")
                />
                <SelectField
                    label="For one of"
                    name="form[unit]"
                    id="field-unit"
                    options=units
                    value=form.value("form[unit]", &stored.unit)
                    error=form.error("unit")
                />
            </div>
            <p class="hint">{follow}</p>
            <TextField
                label="Wastage (optional)"
                name="form[wastage]"
                id="field-wastage"
                inputmode="decimal"
                autocomplete="off"
                hint="What is lost in making, which the price by weight adds."
                suffix="%"
                value=form.value("form[wastage]", &stored.wastage)
                error=form.error("wastage")
            />
            <div class="form-pair">
                <SelectField
                    label="Country of origin"
                    name="form[origin]"
                    id="field-origin"
                    options=origin_choices()
                    value=form.value("form[origin]", &stored.origin)
                    error=form.error("origin")
                />
                {line("hs_code", "HS code (optional)", &stored.hs_code, "", "7113.11")}
            </div>
            <p class="hint">"For customs, where an item does not say it itself."</p>
            <div class="actions">
                <SubmitButton label="Save material" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
