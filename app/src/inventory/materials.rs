//! The list of materials, where a rate is changed in place.

use domain::inventory::{MaterialRow, per_cent};
use leptos::{html, prelude::*, server_fn::codec::GetUrl};
use leptos_router::{components::A, hooks::use_query_map};

use super::material::RestoreMaterial;
use crate::{
    accounts::{business_frame::use_viewer, fresh::keep_fresh},
    error::AppError,
    form::{Form, Returned, use_form, use_returned},
    live::use_changes,
    network::fetched,
    ui::{
        Disclosure, EmptyState, Fold, Icon, IconName, PageHead, PageProblem, SteadyRows, SubmitButton,
        TextField, Title, Toast, Told, suspend, typed_over,
    },
};

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

/// The page of all materials. `removed` in its address is the one that was just removed.
#[component]
pub fn MaterialsPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let first = fetched(|| (), |()| list_materials());
    let list = move || {
        suspend(async move {
            match first.await {
                Ok(rows) => view! { <Materials first=rows returned=returned.get_value() /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Materials" />
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
    }
    .into_any()
}

/// The removed material with this key, and what is said of it.
fn gone(rows: &[MaterialRow], id: &str) -> Option<(String, String)> {
    let row = rows.iter().find(|row| row.is_removed && row.id.to_string() == id)?;
    Some((row.id.to_string(), removal_words(row)))
}

/// A rate that was just changed.
#[derive(Clone)]
struct RateChange {
    material: String,
    name: String,
    /// The rate before.
    before: String,
}

/// What was just done, and the way to undo it: a rate that was changed, or a material that was removed.
#[component]
fn MaterialsToast(
    told: Told<RateChange>,
    undo: ServerAction<SetRate>,
    /// The material that was removed, and what is said of it.
    gone: Memo<Option<(String, String)>>,
    tells_removal: Told<()>,
    restore: ServerAction<RestoreMaterial>,
) -> impl IntoView {
    let removal = move || gone.get().filter(|_| tells_removal.get().is_some());
    let words = told.words(|change| format!("The rate of {} was changed.", change.name));
    let text = Signal::derive(move || words.get().or_else(|| removal().map(|(_, words)| words)));
    let undo_form = move || match (told.get(), removal()) {
        (Some(change), _) => view! {
            <ActionForm action=undo>
                <input type="hidden" name="id" value=change.material />
                <input type="hidden" name="rate" value=change.before />
                <button type="submit">"Undo"</button>
            </ActionForm>
        }
        .into_any(),
        (None, Some((id, _))) => view! {
            <ActionForm action=restore>
                <input type="hidden" name="id" value=id />
                <button type="submit">"Undo"</button>
            </ActionForm>
        }
        .into_any(),
        (None, None) => ().into_any(),
    };
    view! { <Toast text=text undo=undo_form /> }.into_any()
}

/// What is said of a material that was just removed.
fn removal_words(row: &MaterialRow) -> String {
    let kept = match (row.items, row.following) {
        (0, _) => return format!("{} was removed.", row.name),
        (1, 0) => "The item that is made of it keeps it.".to_owned(),
        (1, _) => "The item that is made of it keeps it, and its price by weight.".to_owned(),
        (items, 0) => format!("{items} items that are made of it keep it."),
        (items, _) => format!("{items} items that are made of it keep it, and their prices by weight."),
    };
    format!("{} was removed. {kept}", row.name)
}

/// The list, which follows every change, and what was just done to it.
#[component]
fn Materials(first: Vec<MaterialRow>, returned: Option<Returned>) -> impl IntoView {
    let changes = use_changes();
    let rows = RwSignal::new(first);
    keep_fresh(rows, changes, list_materials);
    let undo = ServerAction::<SetRate>::new();
    let restore = ServerAction::<RestoreMaterial>::new();
    let told = Told::<RateChange>::nothing();
    Effect::new(move |_| {
        if matches!(undo.value().get(), Some(Ok(_))) {
            told.clear();
            changes.note();
        }
    });
    Effect::new(move |_| {
        if matches!(restore.value().get(), Some(Ok(()))) {
            changes.note();
        }
    });
    let some = move |is_removed: bool| {
        Memo::new(move |_| {
            let rows = rows.get();
            rows.into_iter().filter(|row| row.is_removed == is_removed).collect::<Vec<MaterialRow>>()
        })
    };
    let (there, removed) = (some(false), some(true));
    let is_any = Memo::new(move |_| there.with(|rows| !rows.is_empty()));
    let query = use_query_map();
    let gone = Memo::new(move |_| {
        let id = query.with(|query| query.get("removed")).unwrap_or_default();
        removed.with(|rows| gone(rows, &id))
    });
    let tells_removal = Told::already(Some(()));
    let returned = StoredValue::new(returned);
    let line =
        move |row| view! { <MaterialLine row=row returned=returned.get_value() told=told /> }.into_any();
    let list = move || match is_any.get() {
        false => view! { <NoMaterials /> }.into_any(),
        true => view! {
            <ul class="rows materials">
                <SteadyRows rows=there key=|row: &MaterialRow| row.id row=line />
            </ul>
        }
        .into_any(),
    };
    view! {
        {list}
        {move || {
            let rows = removed.get();
            (!rows.is_empty()).then(|| view! { <RemovedMaterials rows=rows restore=restore /> })
        }}
        <MaterialsToast told=told undo=undo gone=gone tells_removal=tells_removal restore=restore />
    }
    .into_any()
}

#[component]
fn NoMaterials() -> impl IntoView {
    view! {
        <EmptyState
            title="No materials yet"
            text="What your pieces are made of goes here, with what a gram or an ounce of it costs. Items priced by weight follow the rate; what was claimed keeps its price."
            action=|| view! { <A href="/stock/materials/new">"Add the first material"</A> }
        />
    }
    .into_any()
}

/// Those that were removed, folded away.
#[component]
fn RemovedMaterials(rows: Vec<MaterialRow>, restore: ServerAction<RestoreMaterial>) -> impl IntoView {
    let title = format!("Removed ({})", rows.len());
    let rows = rows
        .into_iter()
        .map(|row| {
            let about = about(&row);
            view! {
                <li class="row">
                    <div class="row-words">
                        <a href=format!("/stock/materials/{}", row.id) class="row-title">
                            {row.name.clone()}
                        </a>
                        <span class="row-sub">{about}</span>
                    </div>
                    <ActionForm action=restore>
                        <input type="hidden" name="id" value=row.id.to_string() />
                        <button type="submit" class="button quiet small">
                            "Put back"
                            <span class="hidden-words">" "{row.name}</span>
                        </button>
                    </ActionForm>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="materials">
            <Fold title=title>
                <ul class="rows">{rows}</ul>
            </Fold>
        </div>
    }
    .into_any()
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
        (items, 1) => format!("{items} items, 1 of them follows the rate"),
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

/// A material, and the form for its rate under the rate.
#[component]
fn MaterialLine(
    row: Signal<MaterialRow>,
    returned: Option<Returned>,
    told: Told<RateChange>,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.id.to_string());
    // A form that came back belongs to the row it came from.
    let returned = returned.filter(|returned| returned.values.contains(&("id".to_owned(), id.clone())));
    let form = use_form::<SetRate>(&returned);
    let came_back = returned.is_some();
    let name = Memo::new(move |_| row.with(|row| row.name.clone()));
    let rate = move || row.with(|row| row.rate.map_or_else(|| "no rate".to_owned(), |rate| rate.to_string()));
    let details = NodeRef::<html::Details>::new();
    let changes = use_changes();
    Effect::new(move |_| {
        if let Some(Ok(before)) = form.action.value().get() {
            match before {
                Some((material, before)) => {
                    told.tell(RateChange { material, name: name.get_untracked(), before });
                }
                None => told.clear(),
            }
            if let Some(details) = details.get_untracked() {
                details.set_open(false);
            }
            changes.note();
        }
    });
    let line = move || {
        view! {
            <span class="num">{rate}</span>
            <span class="hidden-words">" Change the rate of " {name}</span>
            <Icon name=IconName::Down />
        }
    };
    view! {
        <li class="row">
            <div class="row-words">
                <a href=format!("/stock/materials/{id}") class="row-title">
                    {name}
                </a>
                <span class="row-sub">{move || row.with(about)}</span>
            </div>
            <Disclosure class="rate-change" open=came_back line=line details=details>
                <RateForm form=form row=row id=id />
            </Disclosure>
        </li>
    }
    .into_any()
}

#[component]
fn RateForm(form: Form<SetRate>, row: Signal<MaterialRow>, id: String) -> impl IntoView {
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim());
    let stored =
        Memo::new(move |_| row.with(|row| row.rate.map(|rate| rate.rate.decimal()).unwrap_or_default()));
    let typed = typed_over(stored, form.value("rate", &stored.get_untracked()));
    let unit = row.with_untracked(|row| row.unit.symbol());
    view! {
        <ActionForm action=form.action attr:class="rate-form" attr:novalidate=true>
            <input type="hidden" name="id" value=id.clone() />
            <input type="hidden" name="before" value=move || stored.get() />
            <TextField
                label="Rate"
                name="rate"
                id=format!("rate-{id}")
                inputmode="decimal"
                autocomplete="off"
                prefix=symbol
                suffix=format!("/{unit}")
                bind=typed
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
            is_removed: false,
        };
        assert_eq!(
            removal_words(&row),
            "Silver was removed. 12 items that are made of it keep it, and their prices by weight."
        );
        assert_eq!(
            about(&row),
            "925 · 12.5% wastage · 12 items, 8 of them follow the rate · changed 3 days ago"
        );
        (row.purity, row.wastage, row.items, row.following, row.changed) = (String::new(), 0, 0, 0, None);
        assert_eq!(about(&row), "no items");
        assert_eq!(removal_words(&row), "Silver was removed.");
    }
}
