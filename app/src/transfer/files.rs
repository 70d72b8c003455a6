//! Where a file is chosen, and the imports so far.

use domain::transfer::{FileProblem, ImportRow, ImportState, MAX_FILE_BYTES, MAX_FILE_WORDS};
use leptos::{html, prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;

use crate::{
    error::AppError,
    live::use_changes,
    network::fetched,
    ui::{Badge, PageHead, PageProblem, Row, Rows, Section, Title, Tone, ToneMark, suspend},
};

/// The latest imports.
#[server(prefix = "/api", endpoint = "import/list", input = GetUrl)]
pub async fn list_imports() -> Result<Vec<ImportRow>, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::transfer::view::list(&caller.services, &caller.actor).await?)
}

/// The page where a file is chosen.
#[component]
pub fn ImportsPage() -> impl IntoView {
    let changes = use_changes();
    let query = use_query_map();
    let refused = Memo::new(move |_| {
        query.with(|query| query.get("problem")).and_then(|word| FileProblem::parse(&word))
    });
    let imports = fetched(move || changes.count(), |_| list_imports());
    let list = move || {
        suspend(async move {
            match imports.await {
                Ok(imports) => view! { <Imports imports=imports /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Import" />
        <PageHead title="Import" subtitle=|| "Items, customers and past sales from a file of yours." />
        <div class="stack loose">
            <ChooseFile refused=refused />
            <Transition>{list}</Transition>
        </div>
    }
    .into_any()
}

/// The form that sends a file. It is a plain form, so it works before and without the browser's part; a file can be
/// dropped onto it as well.
#[component]
fn ChooseFile(
    /// Why the last file was refused.
    refused: Memo<Option<FileProblem>>,
) -> impl IntoView {
    let chosen = RwSignal::new(None::<FileProblem>);
    let file = NodeRef::<html::Input>::new();
    // One that was chosen before the browser's part had loaded is looked at now.
    Effect::new(move |_| {
        if let Some(file) = file.get() {
            chosen.set(too_large(&file));
        }
    });
    let problem = Memo::new(move |_| chosen.get().or_else(|| refused.get()));
    let error = move || {
        problem.get().map(|problem| {
            view! {
                <span class="field-error" id="field-file-error" data-tone="wrong" role="alert">
                    <ToneMark tone=Tone::Wrong />
                    {problem.label()}
                </span>
            }
        })
    };
    let hint = format!(
        "CSV or XLSX, up to {MAX_FILE_WORDS}. Nothing is imported before you have seen what it would do."
    );
    view! {
        <form class="form" method="post" action="/import/file" enctype="multipart/form-data">
            <div class="field" class:has-error=move || problem.get().is_some()>
                <label for="field-file">"Choose a file, or drop it here"</label>
                <span class="field-hint" id="field-file-hint">
                    {hint}
                </span>
                {error}
                <input
                    class="file-drop"
                    type="file"
                    id="field-file"
                    name="file"
                    accept=".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                    aria-describedby="field-file-hint field-file-error"
                    aria-invalid=move || problem.get().is_some().then_some("true")
                    node_ref=file
                    on:change:target=move |event| chosen.set(too_large(&event.target()))
                />
            </div>
            <div class="actions">
                <button
                    type="submit"
                    class="button primary"
                    disabled=move || chosen.get().is_some()
                >
                    "Read the file"
                </button>
                <a href="/export" class="button quiet">
                    "Take your data along"
                </a>
            </div>
        </form>
    }
    .into_any()
}

/// Whether the chosen file is larger than is read; told before it is sent.
fn too_large(control: &web_sys::HtmlInputElement) -> Option<FileProblem> {
    let file = control.files()?.get(0)?;
    // A browser tells sizes as floating numbers; those of files are whole.
    (file.size() > MAX_FILE_BYTES as f64).then_some(FileProblem::TooLarge)
}

#[component]
fn Imports(imports: Vec<ImportRow>) -> impl IntoView {
    if imports.is_empty() {
        return view! {
            <Section title="What can be in it">
                <p class="quiet">
                    "The exports of Shopify, Square, CommentSold, Etsy and PayPal are known, and so are those of SellTrac. Of any other table you say once what its columns hold, and the next such file is understood."
                </p>
            </Section>
        }
        .into_any();
    }
    let rows = imports.into_iter().map(import_row).collect_view();
    view! {
        <Section title="Imports so far">
            <Rows>{rows}</Rows>
        </Section>
    }
    .into_any()
}

fn import_row(row: ImportRow) -> impl IntoView {
    let tone = tone_of(row.state);
    let what = match row.state {
        ImportState::Done | ImportState::Settled => format!("{} · {}", row.subject.label(), told(&row)),
        ImportState::Undone if row.counts.kept > 0 => {
            format!("{} · {} stayed", row.subject.label(), row.counts.kept)
        }
        _ => row.subject.label().to_owned(),
    };
    view! {
        <Row href=format!("/import/{}", row.id) title=row.file_name sub=format!("{what} · {}", row.age)>
            <Badge tone=tone text=row.state.label() />
        </Row>
    }
    .into_any()
}

fn told(row: &ImportRow) -> String {
    format!("{} added, {} changed", row.counts.added, row.counts.changed)
}

/// How an import stands.
pub(super) fn tone_of(state: ImportState) -> Tone {
    match state {
        ImportState::Done | ImportState::Settled => Tone::Ok,
        ImportState::Mapping | ImportState::Checked => Tone::Review,
        ImportState::Checking | ImportState::Importing | ImportState::Undoing => Tone::Waiting,
        ImportState::Reading => Tone::Wrong,
        ImportState::Undone => Tone::Quiet,
    }
}
