//! Views of a list under a name, as tabs: kept, opened, and removed with a way back.

use domain::lists::{ListName, SavedView};
use leptos::{form::ActionForm, prelude::*};

use crate::{
    error::AppError,
    form::{Form, Returned, use_form},
    live::use_changes,
    ui::{Disclosure, Notice, SubmitButton, TextField, Toast, Told, Tone},
};

/// Keeps a view of a list: its filters and order as they stand in the address.
#[server(prefix = "/api", endpoint = "views/save")]
pub async fn save_view(
    list: String,
    #[server(default)] name: String,
    #[server(default)] filters: String,
) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let list = ListName::parse(&list).ok_or(domain::problem::Code::NotFound)?;
    services::lists::views::save(&caller.services, &caller.actor, list, &name, &filters).await?;
    Ok(())
}

/// Takes a view away, or puts it back.
#[server(prefix = "/api", endpoint = "views/remove")]
pub async fn remove_view(id: String, removed: bool) -> Result<String, AppError> {
    let caller = crate::server::signed_in()?;
    let view = crate::server::id(&id)?;
    services::lists::views::remove(&caller.services, &caller.actor, view, removed).await?;
    Ok(if removed { id } else { String::new() })
}

/// The forms about views, made with the page so that they outlive its rows.
#[derive(Clone, Copy)]
pub struct ViewForms {
    save: Form<SaveView>,
    remove: Form<RemoveView>,
}

impl ViewForms {
    /// The forms of a page. What they change is asked for anew.
    pub fn new(returned: &Option<Returned>) -> Self {
        let forms = ViewForms { save: use_form(returned), remove: use_form(returned) };
        let changes = use_changes();
        Effect::new(move |_| {
            if matches!(forms.save.action.value().get(), Some(Ok(()))) {
                changes.note();
            }
        });
        Effect::new(move |_| {
            if matches!(forms.remove.action.value().get(), Some(Ok(_))) {
                changes.note();
            }
        });
        forms
    }
}

/// The tabs above a list: its own views first, then those that were kept.
#[component]
pub fn ViewTabs(
    /// What the tabs are about, for those who hear it.
    label: &'static str,
    list: ListName,
    /// The views that every business has: words, address, and whether it is shown.
    usual: Vec<(&'static str, String, bool)>,
    views: Vec<SavedView>,
    /// The query of the list as it is shown, from its start.
    query: String,
    forms: ViewForms,
) -> impl IntoView {
    let is_usual = usual.iter().any(|(_, _, is_current)| *is_current);
    let kept = views.iter().find(|view| view.query == query).cloned();
    let usual = usual.into_iter().map(|(words, href, is_current)| {
        view! {
            <a href=href aria-current=is_current.then_some("page")>
                {words}
            </a>
        }
    });
    let saved = views.into_iter().map(|view| {
        let is_current = view.query == query;
        view! {
            <a href=format!("{}?{}", list.path(), view.query) aria-current=is_current.then_some("page")>
                {view.name}
            </a>
        }
    });
    let keep = (!is_usual && kept.is_none()).then(|| {
        view! { <KeepView list=list query=query.clone() save=forms.save /> }
    });
    let remove = kept.map(|view| {
        view! {
            <ActionForm action=forms.remove.action>
                <input type="hidden" name="id" value=view.id.to_string() />
                <input type="hidden" name="removed" value="true" />
                <button type="submit" class="button quiet small">
                    "Remove view"
                </button>
            </ActionForm>
        }
    });
    view! {
        <div class="list-views">
            <nav class="tabs" aria-label=label>
                {usual.collect_view()}
                {saved.collect_view()}
            </nav>
            {keep}
            {remove}
        </div>
    }
    .into_any()
}

/// The form that keeps the list as it is shown.
#[component]
fn KeepView(list: ListName, query: String, save: Form<SaveView>) -> impl IntoView {
    let message = save.message();
    let is_open = save.problem().get_untracked().is_some();
    view! {
        <Disclosure class="menu" open=is_open line=|| "Save view" line_class="button quiet small">
            <div class="menu-panel menu-form">
                <ActionForm action=save.action attr:class="stack tight" attr:novalidate=true>
                    <input type="hidden" name="list" value=list.as_str() />
                    <input type="hidden" name="filters" value=query />
                    <TextField
                        label="Name of the view"
                        name="name"
                        id="field-view-name"
                        autocomplete="off"
                        required=true
                        value=save.value("name", "")
                        error=save.error("name")
                    />
                    {move || message.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
                    <div>
                        <SubmitButton label="Save view" kind="small" pending=save.pending() />
                    </div>
                </ActionForm>
            </div>
        </Disclosure>
    }
    .into_any()
}

/// What was just removed can be put back at once. It stands outside of what is asked for anew.
#[component]
pub fn RemovedViewToast(forms: ViewForms) -> impl IntoView {
    let removed = Told::<String>::nothing();
    Effect::new(move |_| {
        let Some(Ok(id)) = forms.remove.action.value().get() else { return };
        if id.is_empty() { removed.clear() } else { removed.tell(id) }
    });
    let text = removed.words(|_| "View removed.".to_owned());
    let undo = move || {
        let id = removed.get_untracked().unwrap_or_default();
        view! {
            <ActionForm action=forms.remove.action>
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="removed" value="false" />
                <button type="submit">"Undo"</button>
            </ActionForm>
        }
    };
    view! { <Toast text=text undo=undo /> }.into_any()
}
