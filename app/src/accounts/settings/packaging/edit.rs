//! The page on which a box or mailer is changed.

use domain::shipping::{PackagingForm, PackagingView};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_params_map;

use super::{
    RestorePackaging,
    fields::{Answers, PackagingFields},
};
use crate::{
    error::AppError,
    form::{FILLED, Returned, use_form, use_returned},
    network::fetched,
    ui::{Notice, PageHead, PageProblem, SubmitButton, Title, Tone, suspend},
};

/// Where the list of packagings is.
const LIST: &str = "/settings#packaging";

/// One packaging.
#[server(prefix = "/api", endpoint = "settings/packaging", input = GetUrl)]
pub async fn load_packaging(id: String) -> Result<PackagingView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::shipping::packaging::view(&caller.services, &caller.actor, id).await?)
}

/// Saves a packaging and leads to the list.
#[server(prefix = "/api", endpoint = "settings/packaging/save")]
pub async fn save_packaging(id: String, form: PackagingForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::shipping::packaging::save(&caller.services, &caller.actor, id, &form).await?;
    leptos_axum::redirect(LIST);
    Ok(())
}

fn back() -> (String, String) {
    (LIST.to_owned(), "Back to the settings".to_owned())
}

/// The page.
#[component]
pub fn EditPackagingPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let id = Memo::new({
        let params = use_params_map();
        move |_| params.with(|params| params.get("id")).unwrap_or_default()
    });
    let stored = fetched(move || id.get(), load_packaging);
    let page = move || {
        suspend(async move {
            match stored.await {
                Ok(view) => view! { <EditPackaging view=view returned=returned.get_value() /> }.into_any(),
                Err(AppError(problem)) => view! {
                    <Title text="Packaging" />
                    <PageHead title="Packaging" back=back() />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }.into_any()
}

/// What saving does to parcels that wait in it.
fn told(waiting: i64) -> Option<String> {
    let who = match waiting {
        0 => return None,
        1 => "1 parcel waits in it.".to_owned(),
        several => format!("{several} parcels wait in it."),
    };
    Some(format!("{who} With another weight or size, rates are asked anew."))
}

#[component]
fn EditPackaging(view: PackagingView, returned: Option<Returned>) -> impl IntoView {
    let PackagingView { id, form: stored, waiting, is_removed } = view;
    let form = use_form::<SavePackaging>(&returned);
    let answers = Answers::of(form, &stored);
    let filled = form.filled(&stored.filled);
    let was = form.value("form[was]", &stored.was);
    let name = stored.name;
    let id = StoredValue::new(id.to_string());
    let removed = is_removed.then(|| {
        let restore = use_form::<RestorePackaging>(&returned);
        view! {
            <Notice tone=Tone::Waiting text="Removed: it is offered for no parcel.">
                <ActionForm action=restore.action>
                    <input type="hidden" name="id" value=id.get_value() />
                    <SubmitButton label="Put back" kind="small" pending=restore.pending() />
                </ActionForm>
            </Notice>
        }
    });
    view! {
        <Title text=name.clone() />
        <PageHead title=name back=back() />
        {removed}
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <input type="hidden" name="id" value=id.get_value() />
            <input type="hidden" name="form[was]" value=was />
            <input type="hidden" name=FILLED value=move || filled.get() />
            <PackagingFields form=form answers=answers />
            {told(waiting).map(|told| view! { <p class="hint">{told}</p> })}
            <div class="actions">
                <SubmitButton label="Save packaging" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parcels_that_wait_are_told_of() {
        assert_eq!(told(0), None);
        assert!(told(1).is_some_and(|told| told.starts_with("1 parcel waits in it.")));
        assert!(told(2).is_some_and(|told| told.starts_with("2 parcels wait in it.")));
    }
}
