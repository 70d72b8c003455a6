//! What is wrong with a form, above its fields.

use domain::problem::Code;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

use super::own_path::{sign_in_address, with_search};
use crate::{
    error::AppError,
    form::Form,
    ui::{ErrorSummary, Notice, Tone},
};

/// The list of wrong fields, or the sentence about the form as a whole.
#[component]
pub fn FormProblems<S>(
    /// The form.
    form: Form<S>,
    /// What stands before a field's short name in the id of its control.
    #[prop(default = "field-")]
    prefix: &'static str,
) -> impl IntoView
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let message = form.message();
    let is_signed_out = move || {
        form.problem()
            .with(|problem| problem.as_ref().is_some_and(|problem| problem.code == Code::SignInNeeded))
    };
    view! {
        <ErrorSummary errors=form.summary(move |field| format!("{prefix}{field}")) />
        {move || {
            message
                .get()
                .map(|text| {
                    view! {
                        <div tabindex="-1" data-refused="" autofocus=true>
                            <Notice tone=Tone::Wrong text=text>
                                {is_signed_out().then(SignInLink)}
                            </Notice>
                        </div>
                    }
                })
        }}
    }
    .into_any()
}

/// To the sign-in and back to this page, where what was half typed is still kept.
#[component]
fn SignInLink() -> impl IntoView {
    let here = use_location();
    let target = move || sign_in_address(&with_search(&here.pathname.get(), &here.search.get()));
    view! {
        <a href=target class="button">
            "Sign in"
        </a>
    }
}
