//! Undoing a merge: for ten seconds in a toast, and later from the page.

use domain::customers::{
    CustomerView,
    history::{MergeLine, Undoing as State},
};
use leptos::prelude::*;

use crate::{
    error::AppError,
    form::{Form, Returned, use_form},
    live::use_changes,
    ui::{Notice, Section, SubmitButton, Toast, Told, Tone},
};

/// Undoes a merge.
#[server(prefix = "/api", endpoint = "customers/merge/undo")]
pub async fn undo_merge(merge: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let merge = crate::server::id(&merge)?;
    services::customers::unmerge::undo(&caller.services, &caller.actor, merge).await?;
    Ok(())
}

/// Undoing, from the page to what offers it.
#[derive(Clone, Copy)]
pub struct Undoing {
    form: Form<UndoMerge>,
    /// How often it was done since the page was opened.
    pub done: RwSignal<u32>,
}

impl Undoing {
    /// Sets it up.
    pub fn new(returned: &Option<Returned>) -> Self {
        let form = use_form::<UndoMerge>(returned);
        let done = RwSignal::new(0_u32);
        let changes = use_changes();
        Effect::new(move |_| {
            if let Some(Ok(())) = form.action.value().get() {
                done.update(|done| *done = done.wrapping_add(1));
                changes.note();
            }
        });
        Undoing { form, done }
    }

    fn button(self, merge: String, name: &str) -> impl IntoView + use<> {
        let whom = format!(" merging {name}");
        view! {
            <ActionForm action=self.form.action>
                <input type="hidden" name="merge" value=merge />
                <button type="submit" class="button small quiet">
                    <span>"Undo" <span class="hidden-words">{whom}</span></span>
                </button>
            </ActionForm>
        }
    }
}

/// Those who were merged into the customer.
#[component]
pub fn Merges(customer: RwSignal<CustomerView>, undoing: Undoing) -> impl IntoView {
    let merges = Memo::new(move |_| customer.with(|customer| customer.merges.clone()));
    let row = move |line: MergeLine| {
        let way_back = match line.undoing {
            State::Possible => undoing.button(line.id.to_string(), &line.name).into_any(),
            _ => ().into_any(),
        };
        view! {
            <li class="row">
                <div class="row-words">
                    <span class="row-title">{line.name}</span>
                    <span class="row-sub">{line.age} " " {line.undoing.words()}</span>
                </div>
                <div class="row-aside">{way_back}</div>
            </li>
        }
    };
    let list = move || {
        let rows = merges.get();
        (!rows.is_empty()).then(|| {
            view! {
                <Section title="Merged into this customer">
                    <ul class="rows">{rows.into_iter().map(row).collect_view()}</ul>
                </Section>
            }
        })
    };
    let message = undoing.form.message();
    view! {
        {list}
        {move || message.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
    }
    .into_any()
}

/// What has just been merged can be taken back at once.
#[component]
pub fn MergeToast(
    customer: RwSignal<CustomerView>,
    /// The merge that led to the page; empty if none did.
    merged: String,
    undoing: Undoing,
) -> impl IntoView {
    let line = customer.with_untracked(|customer| {
        customer.merges.iter().find(|line| line.id.to_string() == merged).cloned()
    });
    let told = Told::already(line.filter(|line| line.undoing == State::Possible).map(|line| line.name));
    let said = told.words(|name| format!("{name} is merged into this customer."));
    let merge = StoredValue::new(merged);
    let undo = move || {
        view! {
            <ActionForm action=undoing.form.action>
                <input type="hidden" name="merge" value=merge.get_value() />
                <SubmitButton label="Undo" kind="link" pending=undoing.form.pending() pending_label="Undoing…" />
            </ActionForm>
        }
    };
    view! { <Toast text=said undo=undo /> }.into_any()
}
