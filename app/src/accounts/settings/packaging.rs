//! The boxes and mailers that parcels go in.

use domain::{
    shipping::{Packaging, PackagingForm},
    weight::{self, WeightUnit},
};
use leptos::prelude::*;

use crate::{
    accounts::{business_frame::use_viewer, form_problems::FormProblems},
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{Badge, Icon, IconName, SubmitButton, TextField, Tone},
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

/// Says how many pieces of a packaging there are; with nothing typed they are counted no longer.
#[server(prefix = "/api", endpoint = "settings/packaging/count")]
pub async fn count_packaging(id: String, stock: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::packaging::count(&caller.services, &caller.actor, id, &stock).await?)
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
    let for_rows = StoredValue::new(returned.clone());
    let list = move || {
        let rows = packagings.get();
        if rows.is_empty() {
            return view! { <p class="quiet">"No box or mailer yet. Parcels need one, for their weight and size."</p> }
                .into_any();
        }
        let rows = rows
            .into_iter()
            .map(|row| view! { <PackagingRow packaging=row remove=remove returned=for_rows.get_value() /> })
            .collect_view();
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

/// A packaging in a few words: `20 × 15 × 8 cm · 0.6 oz · $0.18 each`.
fn about(packaging: &Packaging, unit: WeightUnit) -> String {
    let mut words = vec![packaging.size.clone(), weight::display(packaging.weight, unit)];
    words.extend(packaging.cost.map(|cost| format!("{cost} each")));
    words.join(" · ")
}

#[component]
fn PackagingRow(
    packaging: Packaging,
    remove: ServerAction<RemovePackaging>,
    returned: Option<Returned>,
) -> impl IntoView {
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit);
    let id = packaging.id.to_string();
    let (id_to_count, id_to_remove) = (id.clone(), id.clone());
    // A form that came back belongs to the row it came from.
    let returned = returned.filter(|returned| returned.values.contains(&("id".to_owned(), id.clone())));
    let count = use_form::<CountPackaging>(&returned);
    let came_back = returned.is_some();
    let changes = use_changes();
    Effect::new(move |_| {
        if matches!(count.action.value().get(), Some(Ok(()))) {
            changes.note();
        }
    });
    let left = packaging.left();
    let is_none_left = packaging.stock == Some(0);
    let stored = packaging.stock.map(|stock| stock.to_string()).unwrap_or_default();
    view! {
        <li class="row">
            <div class="row-words">
                <span class="row-title">{packaging.name.clone()}</span>
                <span class="row-sub">{about(&packaging, unit)}</span>
            </div>
            <details class="rate-change" open=came_back>
                <summary>
                    {match left {
                        Some(left) => {
                            let tone = if is_none_left { Tone::Waiting } else { Tone::Quiet };
                            view! { <Badge tone=tone text=left /> }.into_any()
                        }
                        None => view! { <span class="quiet">"Not counted"</span> }.into_any(),
                    }}
                    <span class="hidden-words">{format!(" Count {}", packaging.name)}</span>
                    <Icon name=IconName::Down />
                </summary>
                <ActionForm action=count.action attr:class="rate-form" attr:novalidate=true>
                    <input type="hidden" name="id" value=id_to_count />
                    <TextField
                        label="How many there are"
                        name="stock"
                        id=format!("count-{id}")
                        inputmode="numeric"
                        autocomplete="off"
                        hint="A label uses one up. Empty: not counted."
                        value=count.value("stock", &stored)
                        error=count.error("stock")
                    />
                    <SubmitButton label="Set count" kind="" pending=count.pending() />
                </ActionForm>
            </details>
            <ActionForm action=remove>
                <input type="hidden" name="id" value=id_to_remove />
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
const PARTS: [&str; 7] = ["name", "weight", "length", "width", "height", "cost", "stock"];

#[component]
fn AddForm(returned: Option<Returned>) -> impl IntoView {
    let form = use_form::<AddPackaging>(&returned);
    let changes = use_changes();
    let typed = PARTS.map(|part| RwSignal::new(form.value(&format!("form[{part}]"), "")));
    let [name, weight, length, width, height, cost, stock] = typed;
    Effect::new(move |_| {
        if matches!(form.action.value().get(), Some(Ok(()))) {
            typed.iter().for_each(|answer| answer.set(String::new()));
            changes.note();
        }
    });
    let (symbol, unit) =
        use_viewer().with_untracked(|viewer| (viewer.currency.symbol().trim(), viewer.weight_unit.symbol()));
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
            <p class="hint">"What fits inside: its inner size."</p>
            <div class="form-pair">
                <TextField
                    label="Cost of one (optional)"
                    name="form[cost]"
                    id="packaging-cost"
                    inputmode="decimal"
                    autocomplete="off"
                    prefix=symbol
                    bind=cost
                    error=form.error("cost")
                />
                <TextField
                    label="How many there are (optional)"
                    name="form[stock]"
                    id="packaging-stock"
                    inputmode="numeric"
                    autocomplete="off"
                    bind=stock
                    error=form.error("stock")
                />
            </div>
            <div class="actions">
                <SubmitButton label="Add packaging" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
