//! Rows that are chosen and changed together. The bar with the form shows once a row is chosen, which the style sheet sees
//! without JavaScript.

use domain::lists::{BulkDone, BulkUndone};
use leptos::{prelude::*, server_fn::ServerFn};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use crate::{
    error::AppError,
    form::{Form, FormKey, Returned, use_form},
    live::use_changes,
    ui::{Notice, SubmitButton, Toast, Told, Tone},
};

/// Takes back every choice of rows.
fn choose_nothing() {
    let Ok(boxes) = document().query_selector_all(".list-form input[type=checkbox]") else { return };
    let boxes = (0..boxes.length()).filter_map(|index| boxes.item(index));
    for chosen in boxes.filter_map(|node| node.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        chosen.set_checked(false);
    }
}

/// The forms that change rows and undo it, made with the page so that they outlive its rows.
pub struct BulkForms<S, U>
where
    S: ServerFn<Output = BulkDone, Error = AppError> + Clone + Send + Sync + 'static,
    U: ServerFn<Output = BulkUndone, Error = AppError> + Clone + Send + Sync + 'static,
{
    pub change: Form<S>,
    pub undo: Form<U>,
    /// By which a change that is sent twice is made once.
    key: FormKey,
    /// The rows that are shown; nothing before the first are.
    shown: StoredValue<Option<Vec<Uuid>>>,
}

impl<S, U> Clone for BulkForms<S, U>
where
    S: ServerFn<Output = BulkDone, Error = AppError> + Clone + Send + Sync + 'static,
    U: ServerFn<Output = BulkUndone, Error = AppError> + Clone + Send + Sync + 'static,
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, U> Copy for BulkForms<S, U>
where
    S: ServerFn<Output = BulkDone, Error = AppError> + Clone + Send + Sync + 'static,
    U: ServerFn<Output = BulkUndone, Error = AppError> + Clone + Send + Sync + 'static,
{
}

impl<S, U> BulkForms<S, U>
where
    S: ServerFn<Output = BulkDone, Error = AppError> + Clone + Send + Sync + 'static,
    U: ServerFn<Output = BulkUndone, Error = AppError> + Clone + Send + Sync + 'static,
{
    /// The forms of a page. What they change is asked for anew.
    pub fn new(returned: &Option<Returned>) -> Self {
        let change = use_form::<S>(returned);
        let forms = BulkForms {
            change,
            key: change.key("chosen[key]"),
            undo: use_form::<U>(returned),
            shown: StoredValue::new(None),
        };
        let changes = use_changes();
        Effect::new(move |_| {
            if matches!(forms.change.action.value().get(), Some(Ok(_))) {
                choose_nothing();
                changes.note();
            }
        });
        Effect::new(move |_| {
            if matches!(forms.undo.action.value().get(), Some(Ok(_))) {
                changes.note();
            }
        });
        forms
    }

    /// Rows stay chosen only while the same rows are shown: a box stays at its place on the screen, whatever comes to stand
    /// beside it.
    pub fn shows(self, rows: Vec<Uuid>) {
        Effect::new(move |_| {
            let before = self.shown.try_update_value(|shown| shown.replace(rows.clone())).flatten();
            if before.is_some_and(|before| before != rows) {
                choose_nothing();
            }
        });
    }

    /// What was done, with the way back, and what undoing it did.
    pub fn toast(self, undo_form: impl Fn(String) -> AnyView + Send + Sync + Clone + 'static) -> AnyView {
        // The words, and the action that can be undone.
        let told = Told::<(String, Option<Uuid>)>::nothing();
        Effect::new(move |_| {
            if let Some(Ok(done)) = self.change.action.value().get() {
                told.tell((done.words, done.action));
            }
        });
        Effect::new(move |_| {
            if let Some(Ok(undone)) = self.undo.action.value().get() {
                told.tell((undone.words(), None));
            }
        });
        let text = told.words(|(words, _)| words.clone());
        let undo = move || {
            let (_, action) = told.get_untracked()?;
            action.map(|action| undo_form(action.to_string()))
        };
        let problem = self.undo.message();
        view! {
            {move || problem.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
            <Toast text=text undo=undo />
        }
        .into_any()
    }

    /// The bar above the rows: what to do, with what, and to which. `kinds` are words and labels; the style sheet shows the
    /// field for those that need one. `key` is the one that came with the rows.
    pub fn bar(
        self,
        kinds: Vec<(&'static str, &'static str)>,
        query: String,
        key: Uuid,
        value_label: &'static str,
    ) -> AnyView {
        let (change, key) = (self.change, self.key.served(key));
        let [ids, unknown, value] = ["ids", "kind", "value"].map(|field| change.error(field));
        let message = change.message();
        let error = Signal::derive(move || {
            let of_field = ids.get().or_else(|| unknown.get()).or_else(|| value.get());
            of_field.or_else(|| message.get())
        });
        let kind = change.value("kind", "");
        let options = kinds.into_iter().map(|(word, label)| {
            view! {
                <option value=word selected=word == kind>
                    {label}
                </option>
            }
        });
        view! {
            <div class="bulk-bar">
                <input type="hidden" name="chosen[query]" value=query />
                <input type="hidden" name="chosen[key]" value=move || key.get() />
                <label class="check bulk-all">
                    <input type="checkbox" name="chosen[all]" value="1" />
                    "All that match"
                </label>
                <select class="input bulk-kind" name="kind" aria-label="What to do with the chosen rows">
                    {options.collect_view()}
                </select>
                <input
                    class="input bulk-value"
                    type="text"
                    name="value"
                    value=change.value("value", "")
                    placeholder=value_label
                    aria-label=value_label
                    autocomplete="off"
                    aria-invalid=move || error.get().is_some().then_some("true")
                />
                <SubmitButton label="Change" kind="" pending=change.pending() />
            </div>
            {move || error.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        }
        .into_any()
    }
}

/// What was done, on the page after it, for a browser without JavaScript.
pub fn done_notice(done: BulkDone, undo_form: impl Fn(String) -> AnyView) -> AnyView {
    let undo = done.action.map(|id| undo_form(id.to_string()));
    view! {
        <Notice tone=Tone::Ok text=done.words>
            {undo}
        </Notice>
    }
    .into_any()
}

/// The box that chooses all rows of the page. It works with JavaScript alone, so it shows when that has come.
pub fn pick_all() -> AnyView {
    let is_awake = RwSignal::new(false);
    Effect::new(move |_| is_awake.set(true));
    let pick = move |event: leptos::ev::Event| {
        let wanted = event_target_checked(&event);
        let Ok(boxes) = document().query_selector_all("table.list tbody .pick input") else { return };
        for index in 0..boxes.length() {
            let found =
                boxes.get(index).and_then(|found| found.dyn_into::<leptos::web_sys::HtmlInputElement>().ok());
            if let Some(found) = found {
                found.set_checked(wanted);
            }
        }
    };
    view! {
        <th scope="col" class="pick">
            <label hidden=move || !is_awake.get()>
                <input type="checkbox" aria-label="Choose all on this page" on:change=pick />
            </label>
            <span class="hidden-words">"Chosen"</span>
        </th>
    }
    .into_any()
}
