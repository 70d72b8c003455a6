//! What opens under a read line: retyping it, naming its buyer, splitting it, teaching what it meant.

use domain::sales::by_hand::read_typed;
use leptos::{ev, prelude::*};

use super::{
    deeds::{Deeds, Teach},
    desk::{Desk, Tool},
    keys::focus,
    lines::preview,
    reading::line_id,
};
use crate::ui::{Tone, ToneMark};

/// The id of the first field.
const FIELD: &str = "line-tool";

#[component]
pub fn LineTool(index: u32, tool: Tool, desk: Desk, deeds: Deeds) -> impl IntoView {
    Effect::new(move |_| {
        // Drawn first, then focused.
        request_animation_frame(|| focus(FIELD));
    });
    let close = move || {
        desk.open.set(None);
        focus(&line_id(index));
    };
    let objection = move || desk.objection(index, tool);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if objection().is_some() {
            return;
        }
        if tool == Tool::Teach {
            let (phrase, meaning) = (desk.typed.get_untracked(), desk.second.get_untracked());
            deeds.teach.action.dispatch(Teach { phrase, meaning });
        } else {
            desk.take(index, tool);
            focus(&line_id(index));
        }
    };
    // What was taught is read at once, so the field has done its work.
    let taught = deeds.teach.action.version();
    Effect::new(move |before: Option<usize>| {
        let now = taught.get();
        let is_done = matches!(deeds.teach.action.value().get_untracked(), Some(Ok(_)));
        if tool == Tool::Teach && before.is_some_and(|before| before != now) && is_done {
            close();
        }
        now
    });
    let keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    let words = move || {
        if let Some(objection) = objection() {
            return Some((Tone::Wrong, objection));
        }
        let read = |typed: RwSignal<String>| {
            let typed = typed.get();
            if typed.trim().is_empty() {
                return None;
            }
            desk.reader.with(|reader| {
                let reader = reader.as_ref()?;
                Some(preview(reader.catalog(), &read_typed(reader, &typed)))
            })
        };
        match tool {
            Tool::Correct => read(desk.typed),
            Tool::Teach => {
                let problem = deeds.teach.problem().get();
                let wrong = problem.and_then(|problem| {
                    problem.message_for("phrase").or_else(|| problem.message_for("meaning"))
                });
                if let Some(wrong) = wrong {
                    return Some((Tone::Wrong, wrong));
                }
                read(desk.second).or(Some((Tone::Quiet, "Left empty, it is passed over.".to_owned())))
            }
            Tool::Assign | Tool::Split => None,
        }
    };
    let told = move || {
        words().map(|(tone, words)| {
            view! {
                <span class="tool-preview" data-tone=tone.name()>
                    <ToneMark tone=tone />
                    {words}
                </span>
            }
        })
    };
    let (label, button) = match tool {
        Tool::Correct => ("Read as", "Read it so"),
        Tool::Assign => ("Buyer", "Give"),
        Tool::Split => ("To", "Split"),
        Tool::Teach => ("Next time read", "Teach"),
    };
    let second = match tool {
        Tool::Split => Some(("Pieces", "numeric")),
        Tool::Teach => Some(("as", "text")),
        Tool::Correct | Tool::Assign => None,
    };
    let second = second.map(|(label, mode)| {
        view! {
            <label class="tool-field" class:short=tool == Tool::Split>
                <span>{label}</span>
                <input
                    class="input"
                    autocomplete="off"
                    inputmode=mode
                    prop:value=move || desk.second.get()
                    on:input:target=move |event| desk.second.set(event.target().value())
                />
            </label>
        }
    });
    view! {
        <form class="line-tool" on:submit=send on:keydown=keydown>
            <label class="tool-field">
                <span>{label}</span>
                <input
                    class="input"
                    id=FIELD
                    autocomplete="off"
                    prop:value=move || desk.typed.get()
                    on:input:target=move |event| desk.typed.set(event.target().value())
                />
            </label>
            {second}
            <button type="submit" class="button small">
                {button}
            </button>
            <button type="button" class="button small quiet" on:click=move |_| close()>
                "Leave it"
            </button>
            <span class="tool-told" aria-live="polite">
                {told}
            </span>
        </form>
    }
    .into_any()
}
