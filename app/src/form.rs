//! Forms that work with and without JavaScript.
//!
//! A form is an `<ActionForm>` whose fields are named as the server function's arguments (`form[code]`). With JavaScript
//! the action's value tells what is wrong. Without it, the server sends the browser back to the page with a short-lived
//! cookie that holds the problem and what was typed; [`Returned`] is read from it while the page is rendered, and is
//! handed to the browser with the page so that both render the same.
//!
//! The page's own script, `forms.js`, is told of every answer: it leads to what is wrong, and keeps what is half typed.

mod answer;
mod key;
mod names;

use std::collections::HashMap;

use domain::{
    problem::{Code, Problem},
    three_way,
};
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};

pub use self::key::FormKey;
use crate::{
    error::AppError,
    network::{is_lost, when_back},
};

/// The answer that carries the marks of what a form was filled in with.
pub const FILLED: &str = "form[filled]";

/// The controls of a form by the short names of their fields, as far as they are drawn: the id of each and its label.
type Controls = StoredValue<HashMap<String, (String, Signal<String>)>>;

/// What is wrong with a field. The control it is given to makes itself known to its form by it, so that the summary above
/// the form can call the field by its label and lead to it.
#[derive(Clone, Copy, Default)]
pub struct FieldError {
    message: Option<Signal<Option<String>>>,
    field: Option<(Controls, StoredValue<String>)>,
}

impl FieldError {
    /// The sentence, tracked; nothing while nothing is wrong.
    pub fn get(self) -> Option<String> {
        self.message.and_then(|message| message.get())
    }

    /// The sentence for a control, which tells its id and what it is called.
    pub fn of_control(self, id: &str, label: Signal<String>) -> Signal<Option<String>> {
        if let Some((controls, field)) = self.field {
            let field = field.get_value();
            controls.update_value(|controls| {
                controls.insert(field, (id.to_owned(), label));
            });
        }
        self.into()
    }
}

impl From<Signal<Option<String>>> for FieldError {
    fn from(message: Signal<Option<String>>) -> Self {
        FieldError { message: Some(message), field: None }
    }
}

impl From<FieldError> for Signal<Option<String>> {
    fn from(error: FieldError) -> Self {
        error.message.unwrap_or_else(|| Signal::stored(None))
    }
}

/// A form that was sent without JavaScript, as the page after it learns of it: which one, what was wrong with it, and
/// what was typed. Passwords are never in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The path of the server function.
    pub path: String,
    /// Nothing if it was carried out.
    pub problem: Option<Problem>,
    /// Names and values of the fields, if something was wrong.
    pub values: Vec<(String, String)>,
}

/// A form on a page: its action, what is wrong, and what was typed. Copyable into closures.
pub struct Form<S: ServerFn + 'static>
where
    S::Output: 'static,
{
    /// For `<ActionForm action=form.action>`.
    pub action: ServerAction<S>,
    returned: StoredValue<Option<Returned>>,
    problem: Memo<Option<Problem>>,
    controls: Controls,
}

impl<S: ServerFn + 'static> Clone for Form<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn + 'static> Copy for Form<S> {}

/// The form of a server function. `returned` is what [`use_returned`] gave to the page.
pub fn use_form<S>(returned: &Option<Returned>) -> Form<S>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let action = ServerAction::<S>::new();
    // What could not be sent is not sent again by itself, but it is not said any more either.
    when_back(move || {
        if action.value().with_untracked(|value| value.as_ref().is_some_and(is_lost)) {
            action.clear();
        }
    });
    let returned = returned.clone().filter(|returned| returned.path == S::PATH);
    let before = returned.as_ref().and_then(|returned| returned.problem.clone());
    let problem = Memo::new(move |_| match action.value().get() {
        Some(Ok(_)) => None,
        Some(Err(AppError(problem))) => Some(problem),
        None => before.clone(),
    });
    let answer = action.value();
    Effect::new(move |_| {
        let is_taken = answer.with(|answer| answer.as_ref().map(Result::is_ok));
        if let Some(is_taken) = is_taken {
            answer::tell(S::PATH, is_taken);
        }
    });
    Form { action, returned: StoredValue::new(returned), problem, controls: StoredValue::default() }
}

/// The form that came back to this page, if one did. Call it once, while the page's component is set up and outside any
/// `Suspense`, so that it is handed over in the same order on both sides.
pub fn use_returned() -> Option<Returned> {
    SharedValue::new(use_context::<Returned>).into_inner()
}

impl<S> Form<S>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    /// What is wrong with a field, by its short name in the domain's form (`code`, `address_line1`, `variants_0_name`).
    pub fn error(self, field: impl Into<String>) -> FieldError {
        let field = field.into();
        let problem = self.problem;
        let known = StoredValue::new(field.clone());
        let message = Signal::derive(move || problem.with(|problem| problem.as_ref()?.message_for(&field)));
        FieldError { message: Some(message), field: Some((self.controls, known)) }
    }

    /// Whether something is wrong with one of these fields. A name that ends in `_` stands for all that begin with it.
    pub fn has_error(self, fields: &'static [&'static str]) -> Signal<bool> {
        let problem = self.problem;
        Signal::derive(move || {
            problem.with(|problem| {
                let mut wrong = problem.iter().flat_map(|problem| &problem.fields);
                wrong.any(|wrong| {
                    fields.iter().any(|field| {
                        wrong.field == *field || (field.ends_with('_') && wrong.field.starts_with(field))
                    })
                })
            })
        })
    }

    /// What a field shows at first: what was typed before it came back, else what is stored.
    pub fn value(self, name: &str, stored: &str) -> String {
        self.returned.with_value(|returned| {
            let typed = returned.as_ref().and_then(|returned| {
                returned.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            });
            typed.unwrap_or_else(|| stored.to_owned())
        })
    }

    /// The marks of what the form was filled in with (see [`three_way`]), for its hidden answer `form[filled]`. Once it was
    /// saved and the page stays, they are those of what was sent; of what others changed, they are those of what was told.
    pub fn filled(self, stored: &str) -> RwSignal<String>
    where
        S: Serialize,
    {
        // A form of many rows may come back without its marks. Then it is not known what was changed in it, and whatever
        // differs from what is stored is told.
        let is_lost = !stored.is_empty()
            && self.returned.with_value(|returned| {
                returned.as_ref().is_some_and(|returned| {
                    returned.problem.is_some() && !returned.values.iter().any(|(name, _)| name == FILLED)
                })
            });
        let marks = if is_lost { "{}".to_owned() } else { self.value(FILLED, stored) };
        let before = self.returned.with_value(|returned| {
            let problem = returned.as_ref().and_then(|returned| returned.problem.as_ref());
            problem.map(|problem| three_way::seen(&marks, problem))
        });
        let marks = RwSignal::new(before.unwrap_or(marks));
        let sent = StoredValue::new(String::new());
        let action = self.action;
        Effect::new(move |_| {
            let input = action.input().with(|input| serde_json::to_value(input.as_ref()?).ok());
            if let Some(form) = input.as_ref().and_then(|input| input.get("form")) {
                sent.set_value(three_way::marks(form));
            }
        });
        Effect::new(move |_| match action.value().get() {
            Some(Ok(_)) => marks.set(sent.get_value()),
            Some(Err(AppError(problem))) => marks.update(|marks| *marks = three_way::seen(marks, &problem)),
            None => {}
        });
        marks
    }

    /// The same for a form whose answer is what is stored by now, as far as that could be read. Its fields show it then.
    pub fn filled_anew<F>(self, stored: &str) -> RwSignal<String>
    where
        S: ServerFn<Output = Option<F>> + Serialize,
        F: Serialize + Clone + Send + Sync + 'static,
    {
        let marks = self.filled(stored);
        Effect::new(move |_| {
            if let Some(Ok(Some(stored))) = self.action.value().get() {
                self.show(&stored, &[], marks);
            }
        });
        marks
    }

    /// Shows in the fields what is stored by now, and marks it as what the form was filled in with. Lists are left alone, and
    /// so are the answers named in `but`.
    pub fn show(self, stored: &impl Serialize, but: &[&str], marks: RwSignal<String>) {
        if let Ok(stored) = serde_json::to_value(stored) {
            marks.update(|marks| *marks = answer::show(S::PATH, &stored, but, marks));
        }
    }

    /// Whether it was sent last with success and the page stayed.
    pub fn is_done(self) -> Signal<bool> {
        let before = self
            .returned
            .with_value(|returned| returned.as_ref().is_some_and(|returned| returned.problem.is_none()));
        let value = self.action.value();
        Signal::derive(move || value.with(|value| value.as_ref().map_or(before, Result::is_ok)))
    }

    /// Whether the answer is awaited.
    pub fn pending(self) -> Signal<bool> {
        self.action.pending().into()
    }

    /// What is wrong, whatever it is.
    pub fn problem(self) -> Signal<Option<Problem>> {
        self.problem.into()
    }

    /// The sentence about the form as a whole, if it is wrong in another way than by its fields.
    pub fn message(self) -> Signal<Option<String>> {
        let problem = self.problem;
        Signal::derive(move || {
            problem.with(|problem| {
                let problem = problem.as_ref()?;
                (problem.code != Code::Invalid || problem.fields.is_empty())
                    .then(|| problem.code.message().to_owned())
            })
        })
    }

    /// The wrong fields for an `ErrorSummary`: the id of each control, and what it is called with what is wrong. `id` makes
    /// the id of a field whose control has not made itself known, from its short name.
    pub fn summary(
        self,
        id: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Signal<Vec<(String, String)>> {
        let (problem, controls) = (self.problem, self.controls);
        Signal::derive(move || {
            problem.with(|problem| {
                let fields = problem.iter().flat_map(|problem| &problem.fields);
                let line = |field: &domain::problem::FieldProblem| {
                    let known = controls.with_value(|controls| controls.get(&field.field).cloned());
                    let (control, label) = known.unzip();
                    // The label of a view that was built anew is gone, until its successor has made itself known.
                    let label = label.and_then(|label| label.try_get());
                    let called = names::of_row(&field.field).or(label);
                    let control = control.unwrap_or_else(|| id(&field.field));
                    (control, names::line(called.as_deref(), &field.code.message()))
                };
                fields.map(line).collect()
            })
        })
    }
}
