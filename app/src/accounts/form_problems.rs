//! What is wrong with a form, above its fields.

use leptos::{prelude::*, server_fn::ServerFn};

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
    view! {
        <ErrorSummary errors=form.summary(move |field| format!("{prefix}{field}")) />
        {move || {
            message
                .get()
                .map(|text| {
                    view! {
                        <div tabindex="-1" data-refused="" autofocus=true>
                            <Notice tone=Tone::Wrong text=text />
                        </div>
                    }
                })
        }}
    }
    .into_any()
}
