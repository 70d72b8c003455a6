//! The boxes and mailers that parcels go in.

pub mod edit;
mod fields;

use domain::{
    shipping::{Packaging, PackagingForm},
    weight::{self, WeightUnit},
};
use leptos::{html, prelude::*};

use self::fields::{Answers, PackagingFields};
use crate::{
    accounts::business_frame::use_viewer,
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{
        Badge, Disclosure, Fold, Icon, IconName, Notice, SteadyRows, SubmitButton, TextField, Toast, Told,
        Tone, typed_over,
    },
};

/// Adds a packaging.
#[server(prefix = "/api", endpoint = "settings/packaging/add")]
pub async fn add_packaging(form: PackagingForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::shipping::packaging::add(&caller.services, &caller.actor, &form).await?)
}

/// Takes a packaging off the list. Gives its id and `name` back, for undoing it.
#[server(prefix = "/api", endpoint = "settings/packaging/remove")]
pub async fn remove_packaging(
    id: String,
    #[server(default)] name: String,
) -> Result<(String, String), AppError> {
    let caller = crate::server::signed_in()?;
    let packaging = crate::server::id(&id)?;
    services::shipping::packaging::remove(&caller.services, &caller.actor, packaging).await?;
    Ok((id, name))
}

/// Puts a removed packaging back on the list, and leads there.
#[server(prefix = "/api", endpoint = "settings/packaging/restore")]
pub async fn restore_packaging(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::shipping::packaging::restore(&caller.services, &caller.actor, id).await?;
    leptos_axum::redirect("/settings#packaging");
    Ok(())
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
    /// Those that were removed, the one removed last first.
    removed: Memo<Vec<Packaging>>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let remove = ServerAction::<RemovePackaging>::new();
    let restore = use_form::<RestorePackaging>(&returned);
    let changes = use_changes();
    let told = Told::<(String, String)>::nothing();
    Effect::new(move |_| {
        if let Some(Ok(which)) = remove.value().get() {
            told.tell(which);
            changes.note();
        }
    });
    Effect::new(move |_| {
        if matches!(restore.action.value().get(), Some(Ok(()))) {
            told.clear();
            changes.note();
        }
    });
    let undo = move || {
        told.get().map(|(id, _)| {
            view! {
                <ActionForm action=restore.action>
                    <input type="hidden" name="id" value=id />
                    <button type="submit">"Undo"</button>
                </ActionForm>
            }
        })
    };
    let for_rows = StoredValue::new(returned.clone());
    let is_any = Memo::new(move |_| packagings.with(|rows| !rows.is_empty()));
    let row = move |row| {
        view! { <PackagingRow packaging=row remove=remove returned=for_rows.get_value() /> }.into_any()
    };
    let list = move || {
        if !is_any.get() {
            return view! { <p class="quiet">"No box or mailer yet. Parcels need one, for their weight and size."</p> }
                .into_any();
        }
        view! {
            <ul class="rows">
                <SteadyRows rows=packagings key=|row: &Packaging| row.id row=row />
            </ul>
        }
        .into_any()
    };
    let problem = restore.problem();
    let refused = move || {
        let problem = problem.get()?;
        // There is one field that can be in the way: the list is full.
        let words = problem.message_for("name").unwrap_or_else(|| problem.code.message().to_owned());
        Some(view! { <Notice tone=Tone::Wrong text=words /> })
    };
    view! {
        <div class="stack packaging">
            {list}
            {refused}
            {move || {
                let rows = removed.get();
                (!rows.is_empty()).then(|| view! { <Removed rows=rows restore=restore.action /> })
            }}
            <AddForm returned=returned />
        </div>
        <Toast text=told.words(|(_, name)| format!("{name} was removed.")) undo=undo />
    }
    .into_any()
}

/// A packaging in a few words: `20 × 15 × 8 cm · 0.6 oz · $0.18 each`.
fn about(packaging: &Packaging, unit: WeightUnit) -> String {
    let mut words = vec![packaging.size.clone(), weight::display(packaging.weight, unit)];
    words.extend(packaging.cost.map(|cost| format!("{cost} each")));
    words.join(" · ")
}

/// A packaging, and the form for how many there are under the count.
#[component]
fn PackagingRow(
    packaging: Signal<Packaging>,
    remove: ServerAction<RemovePackaging>,
    returned: Option<Returned>,
) -> impl IntoView {
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit);
    let id = packaging.with_untracked(|packaging| packaging.id.to_string());
    let (id_to_count, id_to_remove) = (id.clone(), id.clone());
    // A form that came back belongs to the row it came from.
    let returned = returned.filter(|returned| returned.values.contains(&("id".to_owned(), id.clone())));
    let count = use_form::<CountPackaging>(&returned);
    let came_back = returned.is_some();
    let details = NodeRef::<html::Details>::new();
    let changes = use_changes();
    Effect::new(move |_| {
        if matches!(count.action.value().get(), Some(Ok(()))) {
            if let Some(details) = details.get_untracked() {
                details.set_open(false);
            }
            changes.note();
        }
    });
    let name = Memo::new(move |_| packaging.with(|packaging| packaging.name.clone()));
    let left = move || {
        packaging.with(|packaging| match packaging.left() {
            Some(left) => {
                let tone = if packaging.stock == Some(0) { Tone::Waiting } else { Tone::Quiet };
                view! { <Badge tone=tone text=left /> }.into_any()
            }
            None => view! { <span class="quiet">"Not counted"</span> }.into_any(),
        })
    };
    let stored = Memo::new(move |_| {
        packaging.with(|packaging| packaging.stock.map(|stock| stock.to_string()).unwrap_or_default())
    });
    let typed = typed_over(stored, count.value("stock", &stored.get_untracked()));
    let line = move || {
        view! {
            {left}
            <span class="hidden-words">" Count " {name}</span>
            <Icon name=IconName::Down />
        }
    };
    view! {
        <li class="row">
            <div class="row-words">
                <a href=format!("/settings/packaging/{id}") class="row-title">
                    {name}
                </a>
                <span class="row-sub">{move || packaging.with(|packaging| about(packaging, unit))}</span>
            </div>
            <Disclosure class="rate-change" open=came_back line=line details=details>
                <ActionForm action=count.action attr:class="rate-form" attr:novalidate=true>
                    <input type="hidden" name="id" value=id_to_count />
                    <TextField
                        label="How many there are"
                        name="stock"
                        id=format!("count-{id}")
                        inputmode="numeric"
                        autocomplete="off"
                        hint="A label uses one up. Empty: not counted."
                        bind=typed
                        error=count.error("stock")
                    />
                    <SubmitButton label="Set count" kind="" pending=count.pending() />
                </ActionForm>
            </Disclosure>
            <ActionForm action=remove>
                <input type="hidden" name="id" value=id_to_remove />
                <input type="hidden" name="name" value=move || name.get() />
                <button type="submit" class="button quiet small">
                    "Remove"
                    <span class="hidden-words">" " {name}</span>
                </button>
            </ActionForm>
        </li>
    }
    .into_any()
}

#[component]
fn AddForm(returned: Option<Returned>) -> impl IntoView {
    let form = use_form::<AddPackaging>(&returned);
    let changes = use_changes();
    let answers = Answers::of(form, &PackagingForm::default());
    Effect::new(move |_| {
        if matches!(form.action.value().get(), Some(Ok(()))) {
            answers.empty();
            changes.note();
        }
    });
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <PackagingFields form=form answers=answers />
            <div class="actions">
                <SubmitButton label="Add packaging" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Those that were removed, folded away.
#[component]
fn Removed(rows: Vec<Packaging>, restore: ServerAction<RestorePackaging>) -> impl IntoView {
    let title = format!("Removed ({})", rows.len());
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit);
    let rows = rows
        .into_iter()
        .map(|row| {
            let about = about(&row, unit);
            view! {
                <li class="row">
                    <div class="row-words">
                        <span class="row-title">{row.name.clone()}</span>
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
        <Fold title=title>
            <ul class="rows">{rows}</ul>
        </Fold>
    }
    .into_any()
}
