//! The reading: each comment with what it was read as, and why.

use leptos::prelude::*;

use super::{
    lines::{Filter, Line, Lines, Understood},
    reader::Outcome,
};
use crate::ui::ToneMark;

/// The id of a line's element, by which the keyboard finds it.
pub fn line_id(index: u32) -> String {
    format!("read-{index}")
}

/// The comments of the paste as read in this tab; nothing while there are none.
#[component]
pub fn ReadingPane(
    outcome: RwSignal<Outcome>,
    filter: RwSignal<Filter>,
    lines: Memo<Lines>,
    /// The index of the line on which the keyboard is.
    current: RwSignal<Option<u32>>,
) -> impl IntoView {
    let is_read = Memo::new(move |_| outcome.with(|outcome| outcome.paste().is_some()));
    let plan = move || outcome.with(|outcome| outcome.paste().map(|paste| paste.plan.summary()));
    let buttons = move || {
        Filter::ALL
            .into_iter()
            .map(|which| {
                let count = move || {
                    outcome.with(|outcome| outcome.paste().map_or(0, |paste| which.count(paste.reading())))
                };
                view! {
                    <button
                        type="button"
                        class="chip"
                        aria-pressed=move || (filter.get() == which).to_string()
                        on:click=move |_| filter.set(which)
                    >
                        {which.label()}
                        " "
                        {move || count().to_string()}
                    </button>
                }
            })
            .collect_view()
    };
    let rows = move || {
        lines.with(|shown| shown.lines.iter().map(|line| read_line(line.clone(), current)).collect_view())
    };
    let rest = move || {
        let more = lines.with(|shown| shown.more);
        let words = match more {
            0 if lines.with(|shown| shown.lines.is_empty()) => {
                "No comment of this paste is of that kind.".to_owned()
            }
            0 => return None,
            1 => "1 more comment is read but not shown.".to_owned(),
            more => format!("{more} more comments are read but not shown."),
        };
        Some(view! { <p class="hint">{words}</p> })
    };
    view! {
        <Show when=move || is_read.get()>
            <section class="section" aria-label="Reading">
                <h2 class="hidden-words">"What the comments were read as"</h2>
                <div class="read-head">
                    <div class="tools" role="group" aria-label="Show">
                        {buttons}
                    </div>
                    <span aria-live="polite" class="read-plan">
                        {plan}
                    </span>
                </div>
                <ol class="read">{rows}</ol>
                {rest}
            </section>
        </Show>
    }
    .into_any()
}

fn read_line(line: Line, current: RwSignal<Option<u32>>) -> impl IntoView {
    let index = line.index;
    let nobody = line.author.is_empty();
    let author = if nobody { "nobody named".to_owned() } else { line.author };
    let said = line
        .said
        .into_iter()
        .map(|segment| {
            if segment.marked {
                view! { <mark>{segment.text}</mark> }.into_any()
            } else {
                segment.text.into_any()
            }
        })
        .collect_view();
    let decided =
        line.understood.iter().any(|understood| !understood.note.is_empty()) || !line.count.is_empty();
    let understood = line.understood.into_iter().map(understood).collect_view();
    // What was understood speaks for itself; its reason is shown where the keyboard is.
    let (reason, aside) = if decided { (String::new(), line.reason) } else { (line.reason, String::new()) };
    view! {
        <li
            class="read-line"
            id=line_id(index)
            tabindex="-1"
            data-tone=line.tone.name()
            aria-current=move || (current.get() == Some(index)).then_some("true")
            on:focus=move |_| current.set(Some(index))
        >
            <span class="read-who">{author}</span>
            <span class="read-said">{said}</span>
            <span class="read-as">{understood} {(!reason.is_empty()).then(|| view! { <span>{reason}</span> })}</span>
            <span class="read-count">{line.count}</span>
            <span class="read-mark">
                <ToneMark tone=line.tone />
                <span class="hidden-words">{line.word}</span>
            </span>
            {(!aside.is_empty()).then(|| view! { <span class="read-actions hint desk-only">{aside}</span> })}
        </li>
    }
    .into_any()
}

fn understood(understood: Understood) -> impl IntoView {
    view! {
        <span class="read-item">
            <b class="code">{understood.code}</b>
            " "
            {understood.title}
            {(!understood.note.is_empty()).then(|| view! { <span class="quiet">" " {understood.note}</span> })}
        </span>
    }
    .into_any()
}
