//! Fields of a form whose answers are named `form[…]`, each with what is stored, what was typed and what is wrong with it.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    error::AppError,
    form::Form,
    ui::{Notice, SelectField, TextField, Tone},
};

/// The fields of one form.
pub struct Fields<S: ServerFn + 'static>
where
    S::Output: 'static,
{
    form: Form<S>,
    /// What stands before a field's name in the id of its control.
    prefix: &'static str,
}

impl<S: ServerFn + 'static> Clone for Fields<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn + 'static> Copy for Fields<S> {}

impl<S> Fields<S>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    /// The fields of a form; `prefix` makes their ids.
    pub fn of(form: Form<S>, prefix: &'static str) -> Self {
        Fields { form, prefix }
    }

    /// The name of an answer and the id of its control.
    fn name(self, part: &str) -> (String, String) {
        (format!("form[{part}]"), format!("{}{part}", self.prefix))
    }

    /// One line of text. An empty hint is none.
    pub fn line(
        self,
        part: &'static str,
        label: &'static str,
        stored: &str,
        hint: &'static str,
        required: bool,
    ) -> AnyView {
        let (name, id) = self.name(part);
        view! {
            <TextField
                label=label
                value=self.form.value(&name, stored)
                name=name
                id=id
                error=self.form.error(part)
                hint=hint
                autocomplete="off"
                required=required
            />
        }
        .into_any()
    }

    /// A whole number of something, with what an empty field means.
    pub fn count(
        self,
        part: &'static str,
        label: &'static str,
        stored: &str,
        of: &'static str,
        empty: &'static str,
    ) -> AnyView {
        let (name, id) = self.name(part);
        view! {
            <TextField
                label=label
                value=self.form.value(&name, stored)
                name=name
                id=id
                error=self.form.error(part)
                inputmode="numeric"
                autocomplete="off"
                suffix=of
                placeholder=empty
            />
        }
        .into_any()
    }

    /// One of a few, each with its word and its label.
    pub fn choice(
        self,
        part: &'static str,
        label: &'static str,
        choices: impl IntoIterator<Item = (&'static str, &'static str)>,
        stored: &str,
    ) -> AnyView {
        let (name, id) = self.name(part);
        let options: Vec<(String, String)> =
            choices.into_iter().map(|(word, label)| (word.to_owned(), label.to_owned())).collect();
        view! {
            <SelectField
                label=label
                value=self.form.value(&name, stored)
                name=name
                id=id
                options=options
                error=self.form.error(part)
            />
        }
        .into_any()
    }

    /// The word that it was saved, where the page stays.
    pub fn saved(self) -> AnyView {
        let done = self.form.is_done();
        view! { {move || done.get().then(|| view! { <Notice tone=Tone::Ok text="Saved." /> })} }.into_any()
    }
}
