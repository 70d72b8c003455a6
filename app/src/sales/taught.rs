//! What the reader was taught, with the way to take it back.

use domain::sales::rules::RuleLine;
use leptos::{form::ActionForm, prelude::*};

use super::{deeds::Deeds, teach::TeachForm, test_box::ReadBy};

/// The list, and the form for one more.
#[component]
pub fn TaughtSection(taught: Memo<Vec<RuleLine>>, read_by: ReadBy, deeds: Deeds) -> impl IntoView {
    let list = move || {
        if taught.with(Vec::is_empty) {
            return view! {
                <p class="quiet">
                    "Nothing yet. Where a comment comes to you for review, “Teach” tells the reader what was meant: it reads the next one by itself."
                </p>
            }
            .into_any();
        }
        view! {
            <ul class="rows">
                <For each=move || taught.get() key=|line| (line.id, line.rule.meaning.clone()) let:line>
                    <TaughtRow line=line deeds=deeds />
                </For>
            </ul>
        }
        .into_any()
    };
    // A new form when something was taught, so that its fields are empty again.
    let count = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if let Some(Ok(_)) = deeds.teach.action.value().get() {
            count.update(|count| *count = count.wrapping_add(1));
        }
    });
    let form = move || {
        count.track();
        view! { <TeachForm reader=read_by.stored deeds=deeds /> }
    };
    view! {
        <div class="stack taught">
            {list}
            {form}
        </div>
    }
    .into_any()
}

#[component]
fn TaughtRow(line: RuleLine, deeds: Deeds) -> impl IntoView {
    let meaning = if line.rule.meaning.is_empty() { "passed over".to_owned() } else { line.rule.meaning };
    view! {
        <li class="row">
            <div class="row-words">
                <span class="row-title">{format!("“{}”", line.rule.phrase)}</span>
                <span class="row-sub">{format!("is read as {meaning}")}</span>
            </div>
            <ActionForm action=deeds.forget.action>
                <input type="hidden" name="id" value=line.id.to_string() />
                <button type="submit" class="button quiet small">
                    <span>"Forget" <span class="hidden-words">" " {line.rule.phrase}</span></span>
                </button>
            </ActionForm>
        </li>
    }
    .into_any()
}
