//! What became, or would become, of the rows of a file.

use domain::transfer::{ImportView, ResultKind, ResultRow};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    accounts::live_search::list_address,
    ui::{EmptyState, Pager},
};

/// The words of a kind's tab: what an import would do, or what it did.
fn words(kind: ResultKind, would: bool) -> &'static str {
    match (kind, would) {
        (ResultKind::Added, true) => "To add",
        (ResultKind::Changed, true) => "To change",
        (kind, _) => kind.label(),
    }
}

/// The results of one kind, a page of them, with a tab for each kind.
#[component]
pub fn Results(
    view: ImportView,
    /// Whether nothing was done yet.
    would: bool,
) -> impl IntoView {
    let path = format!("/import/{}", view.id);
    let (counts, kind) = (view.counts, view.kind);
    let tabs = ResultKind::ALL
        .iter()
        .map(|one| {
            let href = list_address(&path, &[("kind", one.as_str())]);
            view! {
                <a href=href aria-current=(*one == kind).then_some("page")>
                    {words(*one, would)}
                    <span class="count">{counts.of(*one)}</span>
                </a>
            }
        })
        .collect_view();
    let list = if view.results.rows.is_empty() {
        let title = match kind {
            ResultKind::Problem => "Nothing is wrong",
            _ => "Nothing here",
        };
        view! { <EmptyState title=title text="Each row of the file is under one of these four." /> }
            .into_any()
    } else {
        let shown = match view.results.rows.len() {
            1 => "1 shown".to_owned(),
            several => format!("{several} shown"),
        };
        let next =
            view.results.next.map(|after| list_address(&path, &[("kind", kind.as_str()), ("after", &after)]));
        view! {
            <Table rows=view.results.rows />
            <Pager shown=shown next=next />
        }
        .into_any()
    };
    view! {
        <nav class="tabs" aria-label="What becomes of the rows">
            {tabs}
        </nav>
        {list}
    }
    .into_any()
}

/// What an undo left, and why.
#[component]
pub fn Kept(
    rows: Vec<ResultRow>,
    /// How many there are altogether.
    more: i64,
) -> impl IntoView {
    if rows.is_empty() {
        return ().into_any();
    }
    let shown = format!("{} of {more} shown", rows.len());
    view! {
        <Table rows=rows />
        <p class="hint">{shown}</p>
    }
    .into_any()
}

#[component]
fn Table(rows: Vec<ResultRow>) -> impl IntoView {
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="hidden-words">"Rows of the file"</caption>
                <thead>
                    <tr>
                        <th scope="col">"What"</th>
                        <th scope="col">"Why"</th>
                        <th scope="col">"Column"</th>
                        <th scope="col" class="num">
                            "Line"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(row: ResultRow) -> impl IntoView {
    let is_wrong = row.reason.is_some();
    let label = if row.label.is_empty() { "A row without a name".to_owned() } else { row.label };
    let name = match row.path.as_str() {
        "" => view! { <span>{label}</span> }.into_any(),
        path => view! {
            <A href=path.to_owned() attr:class="row-link">
                {label}
            </A>
        }
        .into_any(),
    };
    let why = row.reason.map(|reason| reason.message()).unwrap_or_default();
    // On a phone the column stands with the reason, as there is no room for one of its own.
    let on_a_phone = (!row.column.is_empty()).then(|| {
        view! { <span class="phone-only">{format!(" ({})", row.column)}</span> }
    });
    view! {
        <tr data-tone=is_wrong.then_some("wrong")>
            <td class="main">{name}</td>
            <td class="sub">{why} {on_a_phone}</td>
            <td class="wide-only">{row.column}</td>
            <td class="num lead">{row.line}</td>
        </tr>
    }
    .into_any()
}
