//! Taking everything along.

use domain::transfer::export::ExportKind;
use leptos::prelude::*;

use crate::ui::{PageHead, Section, Title};

/// The page with a link to each file. They are made while they are sent, however large they are.
#[component]
pub fn ExportPage() -> impl IntoView {
    let rows = ExportKind::ALL.iter().copied().map(kind_row).collect_view();
    view! {
        <Title text="Export" />
        <PageHead
            title="Export"
            back=("/import".to_owned(), "Back to the imports".to_owned())
            subtitle=|| "All of it is yours, in files that every spreadsheet opens."
            action=|| {
                view! {
                    <a href="/export/everything.zip" class="button primary" download rel="external">
                        "Take everything along"
                    </a>
                }
            }
        />
        <div class="stack loose">
            <Section title="One kind at a time">
                <ul class="rows">{rows}</ul>
            </Section>
            <p class="hint">
                "Items, customers and past sales can be imported again as they are. Text that a spreadsheet would take for a formula has an apostrophe before it, which an import takes away again."
            </p>
        </div>
    }
    .into_any()
}

fn kind_row(kind: ExportKind) -> impl IntoView {
    let link = |ending: &'static str, words: &'static str| {
        view! {
            <a href=format!("/export/{}.{ending}", kind.as_str()) class="button small" download rel="external">
                {words}
                <span class="hidden-words">{format!(" of {}", kind.label().to_lowercase())}</span>
            </a>
        }
    };
    view! {
        <li class="row">
            <div class="row-words">
                <span class="row-title">{kind.label()}</span>
            </div>
            <div class="row-aside">{link("csv", "CSV")} {link("xlsx", "XLSX")}</div>
        </li>
    }
    .into_any()
}
