//! One import: its columns, what it would do, that it goes on, what it did, and taking it back.

use domain::transfer::{ImportQuery, ImportState, ImportView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    files::tone_of,
    mapping::MapColumns,
    results::{Kept, Results},
    steps::{DiscardImport, GoOnWithImport, MapImportAgain, StartImport, UndoImport, load_import},
};
use crate::{
    error::AppError,
    form::{Returned, use_returned},
    live::use_changes,
    network::fetched,
    ui::{Badge, Notice, PageHead, PageProblem, Progress, SubmitButton, Title, Tone, suspend},
};

/// A form of one button that takes an import a step on: the server function, the form that came back, the import, the
/// words and the kind of the button, and what asks for the import's new state.
macro_rules! step {
    ($step:ty, $returned:expr, $id:expr, $words:expr, $kind:literal, $again:expr) => {{
        let form = $crate::form::use_form::<$step>($returned);
        let (problem, again, id, words) = (form.message(), $again, $id, $words);
        Effect::new(move |_| {
            if let Some(Ok(())) = form.action.value().get() {
                again.run(());
            }
        });
        view! {
            <ActionForm action=form.action>
                <input type="hidden" name="id" value=id />
                <SubmitButton label=words kind=$kind pending=form.pending() pending_label="One moment…" />
                {move || {
                    problem.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })
                }}
            </ActionForm>
        }
        .into_any()
    }};
}
pub(super) use step;

fn back() -> (String, String) {
    ("/import".to_owned(), "Back to the imports".to_owned())
}

/// How often a page asks how far the work is.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// The page of one import.
#[component]
pub fn ImportPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let params = use_params_map();
    let address = use_query_map();
    let query = Memo::new(move |_| ImportQuery {
        id: params.with(|params| params.get("id")).unwrap_or_default(),
        kind: address.with(|query| query.get("kind")).unwrap_or_default(),
        after: address.with(|query| query.get("after")).unwrap_or_default(),
    });
    let changes = use_changes();
    let state = RwSignal::new(None::<ImportState>);
    // While columns are chosen, nothing that happens elsewhere may take the choices away.
    let version = Memo::new(move |before: Option<&u32>| {
        let count = changes.count();
        match (before, state.get_untracked()) {
            (Some(before), Some(ImportState::Mapping)) => *before,
            _ => count,
        }
    });
    let loaded = fetched(move || (query.get(), version.get()), |(query, _)| load_import(query));
    Effect::new(move |_| {
        if let Some(Ok(view)) = loaded.get() {
            state.set(Some(view.state));
        }
    });
    // What was done before this page listened, or while the phone slept, is asked for.
    Effect::new(move |_| {
        if state.get().is_some_and(ImportState::is_working)
            && let Ok(timer) = set_interval_with_handle(move || changes.note(), LOOK_AGAIN)
        {
            on_cleanup(move || timer.clear());
        }
    });
    let again = Callback::new(move |()| {
        state.set(None);
        changes.note();
    });
    let page = move || {
        suspend(async move {
            match loaded.await {
                Ok(view) => {
                    view! { <Import view=view returned=returned.get_value() again=again /> }.into_any()
                }
                Err(AppError(problem)) => view! {
                    <Title text="Import" />
                    <PageHead title="Import" back=back() />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }.into_any()
}

#[component]
fn Import(
    view: ImportView,
    returned: Option<Returned>,
    /// Asks for the import's new state.
    again: Callback<()>,
) -> impl IntoView {
    let name = view.file_name.clone();
    let rows = if view.rows == 1 { "1 row".to_owned() } else { format!("{} rows", view.rows) };
    let subtitle = format!("{} · {rows} · {} · {}", view.subject.label(), view.format, view.age);
    let (tone, words) = (tone_of(view.state), view.state.label());
    let body = match view.state {
        ImportState::Reading => view! { <CutOff view=view returned=returned again=again /> }.into_any(),
        ImportState::Mapping => view! { <MapColumns view=view returned=returned again=again /> }.into_any(),
        ImportState::Checked => view! { <Checked view=view returned=returned again=again /> }.into_any(),
        ImportState::Checking | ImportState::Importing | ImportState::Undoing => {
            view! { <Working view=view returned=returned again=again /> }.into_any()
        }
        ImportState::Done => view! { <Done view=view returned=returned again=again /> }.into_any(),
        ImportState::Settled => view! { <Settled view=view /> }.into_any(),
        ImportState::Undone => view! { <Undone view=view /> }.into_any(),
    };
    view! {
        <Title text=name.clone() />
        <PageHead
            title=name
            back=back()
            subtitle=move || view! { <span>{subtitle}</span> " " <Badge tone=tone text=words /> }
        />
        {body}
    }
    .into_any()
}

#[component]
fn CutOff(view: ImportView, returned: Option<Returned>, again: Callback<()>) -> impl IntoView {
    let id = view.id.to_string();
    view! {
        <div class="stack">
            <Notice tone=Tone::Wrong text="The server stopped while it read this file. Nothing of it was imported. Throw it away and choose the file again." />
            <div class="tools">{step!(DiscardImport, &returned, id, "Throw it away", "quiet", again)}</div>
        </div>
    }
    .into_any()
}

#[component]
fn Checked(view: ImportView, returned: Option<Returned>, again: Callback<()>) -> impl IntoView {
    let id = view.id.to_string();
    let counts = view.counts;
    let words = format!("Import {}", view.subject.counted(counts.to_do()));
    let (tone, told) = match (counts.to_do(), counts.problems) {
        (0, 0) => (Tone::Quiet, "Everything in this file is here already, as it is.".to_owned()),
        (0, _) => (
            Tone::Wrong,
            "Nothing of this file can be imported as it is. See below why, or look at its columns."
                .to_owned(),
        ),
        (_, 0) => (Tone::Ok, "Nothing is wrong with it. Nothing was changed yet.".to_owned()),
        (_, problems) => (
            Tone::Review,
            format!(
                "Nothing was changed yet. {} would not be taken; the rest would.",
                view.subject.counted(problems)
            ),
        ),
    };
    let start =
        (counts.to_do() > 0).then(|| step!(StartImport, &returned, id.clone(), words, "primary", again));
    let remembered = view.remembered.then(|| {
        view! { <p class="hint">"The columns are those that you chose for such a file before."</p> }
    });
    view! {
        <div class="stack">
            <Notice tone=tone text=told />
            {remembered}
            <div class="tools">
                {start}
                {step!(MapImportAgain, &returned, id.clone(), "Look at the columns", "", again)}
                {step!(DiscardImport, &returned, id, "Throw it away", "quiet", again)}
            </div>
            <Results view=view would=true />
        </div>
    }
    .into_any()
}

#[component]
fn Working(view: ImportView, returned: Option<Returned>, again: Callback<()>) -> impl IntoView {
    let label = match view.state {
        ImportState::Undoing => "Taking it back".to_owned(),
        ImportState::Importing => format!("Importing {}", view.subject.label().to_lowercase()),
        _ => "Checking every row".to_owned(),
    };
    let id = view.id.to_string();
    let stuck = view.is_stuck.then(|| {
        view! {
            <Notice tone=Tone::Wrong text="This stopped half-way because something went wrong on our side. What was done so far is done; it goes on where it stopped." />
            {step!(GoOnWithImport, &returned, id, "Go on", "primary", again)}
        }
    });
    view! {
        <div class="stack">
            <Progress label=label done=Some((view.done, view.of)) />
            <p class="hint">"You can leave this page; the work goes on."</p>
            <noscript>
                <p>
                    <a href="">"See how far it is"</a>
                </p>
            </noscript>
            {stuck}
        </div>
    }
    .into_any()
}

#[component]
fn Done(view: ImportView, returned: Option<Returned>, again: Callback<()>) -> impl IntoView {
    let id = view.id.to_string();
    let counts = view.counts;
    let told = format!("{} added, {} changed.", view.subject.counted(counts.added), counts.changed);
    let undo = (counts.to_do() > 0).then(|| step!(UndoImport, &returned, id, "Undo the import", "", again));
    view! {
        <div class="stack">
            <Notice tone=Tone::Ok text=told />
            <div class="tools">{undo}</div>
            <Results view=view would=false />
        </div>
    }
    .into_any()
}

#[component]
fn Settled(view: ImportView) -> impl IntoView {
    let told = format!(
        "{} added, {} changed. This was so long ago that it can no longer be undone.",
        view.subject.counted(view.counts.added),
        view.counts.changed
    );
    view! { <Notice tone=Tone::Ok text=told /> }.into_any()
}

#[component]
fn Undone(view: ImportView) -> impl IntoView {
    let kept = view.counts.kept;
    let (tone, told) = match kept {
        0 => (Tone::Ok, "Everything is as it was before this import.".to_owned()),
        kept => (
            Tone::Review,
            format!(
                "Everything is as it was before, except {} that something later stands in the way of.",
                view.subject.counted(kept)
            ),
        ),
    };
    view! {
        <div class="stack">
            <Notice tone=tone text=told />
            <Kept rows=view.kept more=kept />
        </div>
    }
    .into_any()
}
