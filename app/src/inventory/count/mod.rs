//! Stock-takes: the list of them, and beginning one.

mod forms;
mod lines;
mod one;
mod review;

use domain::inventory::count::{CountForm, CountRow};
use leptos::{prelude::*, server_fn::codec::GetUrl};

pub use one::CountPage;

use crate::{
    accounts::form_problems::FormProblems,
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    network::fetched,
    ui::{
        Badge, CheckField, EmptyState, PageHead, PageProblem, Row, Rows, Section, SubmitButton, TextField,
        Title, Tone, suspend,
    },
};

/// The latest stock-takes.
#[server(prefix = "/api", endpoint = "stock/counts", input = GetUrl)]
pub async fn list_counts() -> Result<Vec<CountRow>, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::count::list(&caller.services, &caller.actor).await?)
}

/// Begins a stock-take and leads to it.
#[server(prefix = "/api", endpoint = "stock/counts/begin")]
pub async fn begin_count(#[server(default)] form: CountForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = services::inventory::count::begin(&caller.services, &caller.actor, &form).await?;
    leptos_axum::redirect(&format!("/stock/count/{id}"));
    Ok(())
}

/// `1 variant`, `12 variants`.
pub(super) fn variants(number: i64) -> String {
    if number == 1 { "1 variant".into() } else { format!("{number} variants") }
}

/// The page of all stock-takes.
#[component]
pub fn CountsPage() -> impl IntoView {
    let form = use_form::<BeginCount>(&use_returned());
    let changes = use_changes();
    let counts = fetched(move || changes.count(), |_| list_counts());
    let list = move || {
        suspend(async move {
            match counts.await {
                Ok(rows) => view! { <Counts rows=rows /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let back = ("/stock".to_owned(), "Back to the stock".to_owned());
    view! {
        <Title text="Stock-take" />
        <PageHead title="Stock-take" back=back />
        <Begin form=form />
        <Transition>{list}</Transition>
    }
    .into_any()
}

#[component]
fn Begin(form: Form<BeginCount>) -> impl IntoView {
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <FormProblems form=form prefix="begin-" />
            <TextField
                label="What to count (optional)"
                name="form[search]"
                id="begin-search"
                autocomplete="off"
                placeholder="ring"
                hint="Words of the items or their category. Leave it empty to count everything."
                value=form.value("form[search]", "")
                error=form.error("search")
            />
            <CheckField
                label="Hide the figures while counting"
                name="form[blind]"
                id="begin-blind"
                checked=form.value("form[blind]", "") == "true"
                hint="Who does not know how many there should be counts more carefully."
            />
            <div class="actions">
                <SubmitButton label="Begin counting" pending=form.pending() pending_label="Beginning…" />
            </div>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Counts(rows: Vec<CountRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <EmptyState
                title="Nothing was counted yet"
                text="Count what lies on your shelves, by typing or by scanning tags. You can go on selling meanwhile, and go on counting on another phone. Nothing changes until you close the stock-take."
            />
        }
        .into_any();
    }
    let lines = rows
        .into_iter()
        .map(|row| {
            let (tone, word) = if row.closed { (Tone::Ok, "Closed") } else { (Tone::Waiting, "Open") };
            let sub = format!("{} · {} · {} counted", row.who, row.when, variants(row.counted));
            view! {
                <Row href=format!("/stock/count/{}", row.id) title=row.what sub=sub>
                    <Badge tone=tone text=word />
                </Row>
            }
        })
        .collect_view();
    view! {
        <Section title="Stock-takes">
            <Rows>{lines}</Rows>
        </Section>
    }
    .into_any()
}
