//! The list of materials, where a rate is changed in place.

use domain::inventory::{MaterialRow, per_cent};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use leptos_router::components::A;

use crate::{
    accounts::business_frame::use_viewer,
    error::AppError,
    form::{Form, Returned, use_form, use_returned},
    live::use_changes,
    ui::{EmptyState, Icon, IconName, PageHead, PageProblem, SubmitButton, TextField, Toast, suspend},
};

/// How long a toast stays.
const TOAST_LASTS: std::time::Duration = std::time::Duration::from_secs(10);

/// Every material of the business.
#[server(prefix = "/api", endpoint = "stock/materials", input = GetUrl)]
pub async fn list_materials() -> Result<Vec<MaterialRow>, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::material::list(&caller.services, &caller.actor).await?)
}

/// Sets what one unit of a material costs. `before` is what it cost until now, for taking it back.
#[server(prefix = "/api", endpoint = "stock/materials/rate")]
pub async fn set_rate(
    id: String,
    rate: String,
    #[server(default)] before: String,
) -> Result<Option<(String, String)>, AppError> {
    let caller = crate::server::signed_in()?;
    let material = crate::server::id(&id)?;
    services::inventory::material::set_rate(&caller.services, &caller.actor, material, &rate).await?;
    Ok((!before.is_empty()).then_some((id, before)))
}

/// The page of all materials.
#[component]
pub fn MaterialsPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let changes = use_changes();
    let materials = Resource::new(move || changes.count(), |_| list_materials());
    // Outside what is built anew with every change, so that what was done can still be taken back.
    let undo = ServerAction::<SetRate>::new();
    let told = RwSignal::new(None::<(String, String, String)>);
    Effect::new(move |_| {
        if matches!(undo.value().get(), Some(Ok(_))) {
            told.set(None);
            changes.note();
        }
    });
    let list = move || {
        suspend(async move {
            match materials.await {
                Ok(rows) => {
                    view! { <Materials rows=rows returned=returned.get_value() told=told /> }.into_any()
                }
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let undo_form = move || {
        told.get().map(|(id, before, _)| {
            view! {
                <ActionForm action=undo>
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="rate" value=before />
                    <button type="submit">"Undo"</button>
                </ActionForm>
            }
        })
    };
    view! {
        <Title text="Materials · SellTrac" />
        <PageHead
            title="Materials"
            back=("/stock".to_owned(), "Back to the stock".to_owned())
            action=|| {
                view! {
                    <A href="/stock/materials/new" attr:class="button primary">
                        <Icon name=IconName::Plus />
                        "Add material"
                    </A>
                }
            }
        />
        <Transition>{list}</Transition>
        <Toast text=Signal::derive(move || told.with(|told| told.as_ref().map(|(_, _, text)| text.clone()))) undo=undo_form />
    }
    .into_any()
}

#[component]
fn Materials(
    rows: Vec<MaterialRow>,
    returned: Option<Returned>,
    /// The material whose rate was changed, the rate before, and what is said about it.
    told: RwSignal<Option<(String, String, String)>>,
) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <EmptyState
                title="No materials yet"
                text="What your pieces are made of goes here, with what a gram or an ounce of it costs. Items priced by weight follow the rate; what was claimed keeps its price."
                action=|| view! { <A href="/stock/materials/new">"Add the first material"</A> }
            />
        }
        .into_any();
    }
    let rows = rows
        .into_iter()
        .map(|row| view! { <MaterialLine row=row returned=returned.clone() told=told /> })
        .collect_view();
    view! { <ul class="rows materials">{rows}</ul> }.into_any()
}

/// What is known of a material beside its name: `925 · 10% wastage · 12 items, 8 follow the rate · changed 3 days ago`.
fn about(row: &MaterialRow) -> String {
    let mut words = Vec::new();
    if !row.purity.is_empty() {
        words.push(row.purity.clone());
    }
    if row.wastage > 0 {
        words.push(format!("{}% wastage", per_cent(row.wastage)));
    }
    words.push(match (row.items, row.following) {
        (0, _) => "no items".to_owned(),
        (1, 0) => "1 item".to_owned(),
        (items, 0) => format!("{items} items"),
        (1, _) => "1 item follows the rate".to_owned(),
        (items, following) if items == following => format!("{items} items follow the rate"),
        (items, following) => format!("{items} items, {following} of them follow the rate"),
    });
    if let Some(age) = &row.changed {
        words.push(if age == "just now" {
            "changed just now".to_owned()
        } else {
            format!("changed {age} ago")
        });
    }
    words.join(" · ")
}

#[component]
fn MaterialLine(
    row: MaterialRow,
    returned: Option<Returned>,
    told: RwSignal<Option<(String, String, String)>>,
) -> impl IntoView {
    let id = row.id.to_string();
    // A form that came back belongs to the row it came from.
    let returned = returned.filter(|returned| returned.values.contains(&("id".to_owned(), id.clone())));
    let form = use_form::<SetRate>(&returned);
    let came_back = returned.is_some();
    let about = about(&row);
    let rate = row.rate.map(|rate| rate.to_string()).unwrap_or_else(|| "no rate".to_owned());
    let name = row.name.clone();
    let changes = use_changes();
    Effect::new(move |_| {
        if let Some(Ok(before)) = form.action.value().get() {
            told.set(before.map(|(id, before)| (id, before, format!("The rate of {name} was changed."))));
            // The list is built anew, and with it this row.
            changes.note();
            set_timeout(
                move || {
                    told.try_set(None);
                },
                TOAST_LASTS,
            );
        }
    });
    view! {
        <li class="row">
            <div class="row-words">
                <a href=format!("/stock/materials/{id}") class="row-title">
                    {row.name.clone()}
                </a>
                <span class="row-sub">{about}</span>
            </div>
            <details class="rate-change" open=came_back>
                <summary>
                    <span class="num">{rate}</span>
                    <span class="hidden-words">{format!(" Change the rate of {}", row.name)}</span>
                    <Icon name=IconName::Down />
                </summary>
                <RateForm form=form row=row id=id />
            </details>
        </li>
    }
    .into_any()
}

#[component]
fn RateForm(form: Form<SetRate>, row: MaterialRow, id: String) -> impl IntoView {
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim());
    let stored = row.rate.map(|rate| rate.rate.decimal()).unwrap_or_default();
    view! {
        <ActionForm action=form.action attr:class="rate-form" attr:novalidate=true>
            <input type="hidden" name="id" value=id.clone() />
            <input type="hidden" name="before" value=stored.clone() />
            <TextField
                label="Rate"
                name="rate"
                id=format!("rate-{id}")
                inputmode="decimal"
                autocomplete="off"
                prefix=symbol
                suffix=format!("/{}", row.unit.symbol())
                value=form.value("rate", &stored)
                error=form.error("rate")
            />
            <SubmitButton label="Set rate" kind="" pending=form.pending() />
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::weight::WeightUnit;

    use super::*;

    #[test]
    fn a_material_is_told_in_a_line() {
        let mut row = MaterialRow {
            id: Default::default(),
            name: "Silver".into(),
            purity: "925".into(),
            unit: WeightUnit::G,
            rate: None,
            wastage: 1_250,
            items: 12,
            following: 8,
            changed: Some("3 days".into()),
        };
        assert_eq!(
            about(&row),
            "925 · 12.5% wastage · 12 items, 8 of them follow the rate · changed 3 days ago"
        );
        (row.purity, row.wastage, row.items, row.following, row.changed) = (String::new(), 0, 0, 0, None);
        assert_eq!(about(&row), "no items");
    }
}
