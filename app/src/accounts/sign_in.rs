//! Signing in.

use domain::accounts::SignInForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{form_problems::FormProblems, own_path::own_path};
use crate::{
    error::AppError,
    form::{use_form, use_returned},
    ui::{Mark, SubmitButton, TextField, Title},
};

/// Opens a session and leads to `next`, if that is a path of this site.
#[server(prefix = "/api", endpoint = "sign-in")]
pub async fn sign_in(form: SignInForm, #[server(default)] next: String) -> Result<(), AppError> {
    let request = crate::server::request()?;
    let response = super::cookie::response()?;
    let visitor = super::cookie::visitor(&request);
    let signed_in = services::accounts::session::sign_in(&request.services, &form, &visitor).await?;
    super::cookie::set(&response, &request.services.settings.public_url, &signed_in)?;
    leptos_axum::redirect(own_path(&next).unwrap_or("/"));
    Ok(())
}

/// Leads whoever is signed in already to the first page; for the pages that let people in.
pub(super) fn send_members_in() {
    #[cfg(feature = "ssr")]
    if crate::server::request().is_ok_and(|request| request.actor.is_some()) {
        super::cookie::send_to("/");
    }
}

/// The page that lets members in. `next` in its address is the path to go to afterwards.
#[component]
pub fn SignInPage() -> impl IntoView {
    send_members_in();
    let returned = use_returned();
    let form = use_form::<SignIn>(&returned);
    let typed_next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    let next = own_path(&form.value("next", &typed_next)).unwrap_or_default().to_owned();
    view! {
        <Title text="Sign in" />
        <main class="alone">
            <p class="alone-mark">
                <Mark />
                "SellTrac"
            </p>
            <h1>"Sign in"</h1>
            <ActionForm action=form.action attr:class="form" attr:novalidate=true>
                <FormProblems form=form />
                <input type="hidden" name="next" value=next />
                <TextField
                    label="E-mail"
                    name="form[email]"
                    id="field-email"
                    kind="email"
                    autocomplete="email"
                    required=true
                    value=form.value("form[email]", "")
                    error=form.error("email")
                />
                <TextField
                    label="Password"
                    name="form[password]"
                    id="field-password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    error=form.error("password")
                />
                <div class="actions">
                    <SubmitButton label="Sign in" pending=form.pending() pending_label="Signing in…" />
                </div>
            </ActionForm>
            <p class="quiet">"New here? " <a href="/register">"Create a business"</a></p>
        </main>
    }
    .into_any()
}
