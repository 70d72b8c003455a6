//! The fields of a box or mailer.

use domain::shipping::PackagingForm;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::{business_frame::use_viewer, form_problems::FormProblems},
    error::AppError,
    form::Form,
    ui::TextField,
};

/// What stands before a field's name in the id of its control: the page of settings has other forms.
const PREFIX: &str = "packaging-";

/// The answers of a form as they are typed.
#[derive(Clone, Copy)]
pub struct Answers {
    name: RwSignal<String>,
    weight: RwSignal<String>,
    length: RwSignal<String>,
    width: RwSignal<String>,
    height: RwSignal<String>,
    cost: RwSignal<String>,
    stock: RwSignal<String>,
}

impl Answers {
    /// What was typed before the form came back, else what is stored.
    pub fn of<S>(form: Form<S>, stored: &PackagingForm) -> Self
    where
        S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
        S::Output: Clone + Send + Sync + 'static,
    {
        let answer = |part: &str, stored: &str| RwSignal::new(form.value(&format!("form[{part}]"), stored));
        Answers {
            name: answer("name", &stored.name),
            weight: answer("weight", &stored.weight),
            length: answer("length", &stored.length),
            width: answer("width", &stored.width),
            height: answer("height", &stored.height),
            cost: answer("cost", &stored.cost),
            stock: answer("stock", &stored.stock),
        }
    }

    /// Empties all of them, for the next one.
    pub fn empty(self) {
        let Answers { name, weight, length, width, height, cost, stock } = self;
        for answer in [name, weight, length, width, height, cost, stock] {
            answer.set(String::new());
        }
    }
}

/// What is wrong with the form, and its fields.
#[component]
pub fn PackagingFields<S>(
    /// The form.
    form: Form<S>,
    /// What is typed.
    answers: Answers,
) -> impl IntoView
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let (symbol, unit) =
        use_viewer().with_untracked(|viewer| (viewer.currency.symbol().trim(), viewer.weight_unit.symbol()));
    let measure =
        move |part: &'static str, answer: RwSignal<String>, label: &'static str, unit: &'static str| {
            view! {
                <TextField
                    label=label
                    name=format!("form[{part}]")
                    id=format!("{PREFIX}{part}")
                    inputmode="decimal"
                    autocomplete="off"
                    required=true
                    suffix=unit
                    bind=answer
                    error=form.error(part)
                />
            }
        };
    let Answers { name, weight, length, width, height, cost, stock } = answers;
    view! {
        <FormProblems form=form prefix=PREFIX />
        <div class="form-pair">
            <TextField
                label="Name of the box or mailer"
                name="form[name]"
                id=format!("{PREFIX}name")
                autocomplete="off"
                required=true
                bind=name
                error=form.error("name")
            />
            {measure("weight", weight, "Empty weight", unit)}
        </div>
        <div class="form-three">
            {measure("length", length, "Length", "cm")} {measure("width", width, "Width", "cm")}
            {measure("height", height, "Height", "cm")}
        </div>
        <p class="hint">"What fits inside: its inner size."</p>
        <div class="form-pair">
            <TextField
                label="Cost of one (optional)"
                name="form[cost]"
                id=format!("{PREFIX}cost")
                inputmode="decimal"
                autocomplete="off"
                prefix=symbol
                bind=cost
                error=form.error("cost")
            />
            <TextField
                label="How many there are (optional)"
                name="form[stock]"
                id=format!("{PREFIX}stock")
                inputmode="numeric"
                autocomplete="off"
                bind=stock
                error=form.error("stock")
            />
        </div>
    }
    .into_any()
}
