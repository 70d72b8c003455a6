//! The boxes and mailers that parcels go in.

use domain::{
    shipping::{Packaging, PackagingForm},
    weight,
};
use leptos::prelude::*;

use crate::{
    accounts::{business_frame::use_viewer, form_problems::FormProblems},
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{SubmitButton, TextField},
};

/// Adds a packaging.
#[server(prefix = "/api", endpoint = "settings/packaging/add")]
pub async fn add_packaging(form: PackagingForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::shipping::packaging::add(&caller.services, &caller.actor, &form).await?)
}

/// Takes a packaging off the list.
#[server(prefix = "/api", endpoint = "settings/packaging/remove")]
pub async fn remove_packaging(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::packaging::remove(&caller.services, &caller.actor, id).await?)
}

/// The list of packagings and the form for one more.
#[component]
pub fn PackagingSection(
    /// The packagings, the first one first.
    packagings: Memo<Vec<Packaging>>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let remove = ServerAction::<RemovePackaging>::new();
    let changes = use_changes();
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            changes.note();
        }
    });
    let list = move || {
        let rows = packagings.get();
        if rows.is_empty() {
            return view! { <p class="quiet">"No box or mailer yet. Parcels need one, for their weight and size."</p> }
                .into_any();
        }
        let rows =
            rows.into_iter().map(|row| view! { <PackagingRow packaging=row remove=remove /> }).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <div class="stack packaging">
            {list}
            <AddForm returned=returned />
        </div>
    }
    .into_any()
}

#[component]
fn PackagingRow(packaging: Packaging, remove: ServerAction<RemovePackaging>) -> impl IntoView {
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit);
    view! {
        <li class="row">
            <div class="row-words">
                <span class="row-title">{packaging.name.clone()}</span>
                <span class="row-sub">{format!("{} · {}", packaging.size, weight::display(packaging.weight, unit))}</span>
            </div>
            <ActionForm action=remove>
                <input type="hidden" name="id" value=packaging.id.to_string() />
                <button type="submit" class="button quiet small">
                    "Remove"
                    <span class="hidden-words">" "{packaging.name}</span>
                </button>
            </ActionForm>
        </li>
    }
    .into_any()
}

/// The fields of a packaging.
const PARTS: [&str; 5] = ["name", "weight", "length", "width", "height"];

#[component]
fn AddForm(returned: Option<Returned>) -> impl IntoView {
    let form = use_form::<AddPackaging>(&returned);
    let changes = use_changes();
    let typed = PARTS.map(|part| RwSignal::new(form.value(&format!("form[{part}]"), "")));
    let [name, weight, length, width, height] = typed;
    Effect::new(move |_| {
        if matches!(form.action.value().get(), Some(Ok(()))) {
            typed.iter().for_each(|answer| answer.set(String::new()));
            changes.note();
        }
    });
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit.symbol());
    let measure =
        move |part: &'static str, answer: RwSignal<String>, label: &'static str, unit: &'static str| {
            view! {
                <TextField
                    label=label
                    name=format!("form[{part}]")
                    id=format!("packaging-{part}")
                    inputmode="decimal"
                    autocomplete="off"
                    required=true
                    suffix=unit
                    bind=answer
                    error=form.error(part)
                />
            }
        };
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <FormProblems form=form prefix="packaging-" />
            <div class="form-pair">
                <TextField
                    label="Name of the box or mailer"
                    name="form[name]"
                    id="packaging-name"
                    autocomplete="off"
                    required=true
                    bind=name
                    error=form.error("name")
                />
                {measure("weight", weight, "Empty weight", unit)}
            </div>
            <div class="form-three">
                {measure("length", length, "Length", "cm")} {measure("width", width, "Width", "cm")}
                {measure("height", height, "Height", "cm")}
            </div>
            <div class="actions">
                <SubmitButton label="Add packaging" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
