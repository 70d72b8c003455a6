//! The pages of one material: a new one, and one that is there with the rates it had.

use domain::{
    inventory::{MadeOfIt, MaterialForm, MaterialView, PastRate},
    weight::WeightUnit,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_params_map;

use super::item_folds::origin_choices;
use crate::{
    accounts::{business_frame::use_viewer, form_problems::FormProblems, live_search::list_address},
    error::AppError,
    form::{FILLED, Form, Returned, use_form, use_returned},
    network::fetched,
    ui::{
        Columns, Notice, PageHead, PageProblem, Row, Rows, Section, SelectField, SubmitButton, TextField,
        Timeline, TimelineEntry, Title, Tone, suspend,
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

/// Takes a material off the list and leads to the list, which tells of it.
#[server(prefix = "/api", endpoint = "stock/materials/remove")]
pub async fn remove_material(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let material = crate::server::id(&id)?;
    services::inventory::material::remove(&caller.services, &caller.actor, material).await?;
    leptos_axum::redirect(&format!("/stock/materials?removed={material}"));
    Ok(())
}

/// Puts a removed material back, and leads to the list.
#[server(prefix = "/api", endpoint = "stock/materials/restore")]
pub async fn restore_material(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::inventory::material::restore(&caller.services, &caller.actor, id).await?;
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
        <Title text="New material" />
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
    let stored = fetched(move || id.get(), load_material);
    let page = move || {
        suspend(async move {
            match stored.await {
                Ok(view) => view! { <EditMaterial view=view returned=returned.get_value() /> }.into_any(),
                Err(AppError(problem)) => view! {
                    <Title text="Material" />
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
    let MaterialView { id, form: stored, items, following, made_of_it, rates, is_removed } = view;
    let form = use_form::<SaveMaterial>(&returned);
    let remove = use_form::<RemoveMaterial>(&returned);
    let restore = use_form::<RestoreMaterial>(&returned);
    let name = stored.name.clone();
    let made_of_it = StoredValue::new((name.clone(), made_of_it));
    let material = StoredValue::new(id.to_string());
    let removed = is_removed.then(|| {
        view! {
            <Notice tone=Tone::Waiting text="Removed: no new item is made of it. Items that are made of it keep it, with its rate.">
                <ActionForm action=restore.action>
                    <input type="hidden" name="id" value=material.get_value() />
                    <SubmitButton label="Put back" kind="small" pending=restore.pending() />
                </ActionForm>
            </Notice>
        }
    });
    let remove_form = (!is_removed).then(|| {
        view! {
            <div class="tools">
                <ActionForm action=remove.action>
                    <input type="hidden" name="id" value=material.get_value() />
                    <SubmitButton label="Remove material" kind="quiet" pending=remove.pending() pending_label="Removing…" />
                </ActionForm>
            </div>
        }
    });
    let refused = Signal::derive({
        let (remove, restore) = (remove.message(), restore.message());
        move || remove.get().or_else(|| restore.get())
    });
    let entries: Vec<TimelineEntry> = rates.iter().map(entry).collect();
    let has_rates = !entries.is_empty();
    let entries = StoredValue::new(entries);
    let side = move || {
        view! {
            <div class="stack loose">
            {made_of_it.with_value(|(name, rows)| made_of(name, rows, items))}
            <Section title="Rates so far">
                {if has_rates {
                    view! { <Timeline entries=Signal::stored(entries.get_value()) /> }.into_any()
                } else {
                    view! { <p class="quiet">"It has had no rate yet. Each one you set is kept here, with who set it and when."</p> }
                        .into_any()
                }}
            </Section>
            </div>
        }
    };
    let used = match items {
        0 => "No item is made of it.".to_owned(),
        1 => "1 item is made of it.".to_owned(),
        items => format!("{items} items are made of it."),
    };
    view! {
        <Title text=name.clone() />
        <PageHead title=name back=back() subtitle=move || view! { <span>{used.clone()}</span> } />
        {removed}
        {move || refused.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <Columns side=side>
            <div class="stack loose">
                <MaterialFields form=form id=id.to_string() stored=stored following=following />
                {remove_form}
            </div>
        </Columns>
    }
    .into_any()
}

/// The items that are made of it, the first of them by name and the others behind a link.
fn made_of(name: &str, rows: &[MadeOfIt], items: i64) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let more = (items > rows.len() as i64).then(|| {
        let href = list_address("/stock", &[("material", name)]);
        view! { <p><a href=href>{format!("All {items} items")}</a></p> }
    });
    let rows = rows.iter().map(|row| {
        let mut about =
            vec![if row.by_weight { "Its price follows the rate" } else { "It has a price of its own" }];
        if row.is_archived {
            about.push("archived");
        }
        view! {
            <Row
                href=format!("/stock/{}", row.id)
                title=format!("{} {}", row.code, row.title)
                sub=about.join(" · ")
            />
        }
    });
    let rows = rows.collect_view();
    view! {
        <Section title="Made of it">
            <Rows>{rows}</Rows>
            {more}
        </Section>
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
    let filled = form.filled(&stored.filled);
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
            <input type="hidden" name=FILLED value=move || filled.get() />
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
