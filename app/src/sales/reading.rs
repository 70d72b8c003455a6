//! The reading: each comment with what it was read as, why, and what can be done about it before it is held.

use leptos::prelude::*;

use super::{
    deeds::Deeds,
    desk::{Desk, Tool},
    keys::Keyboard,
    line_tool::LineTool,
    lines::{Filter, Line, Lines, MOST_LINES, Understood},
    stop::Stop,
};
use crate::ui::ToneMark;

/// The id of a line's element, by which the keyboard finds it.
pub fn line_id(index: u32) -> String {
    format!("read-{index}")
}

/// The comments of the paste as read in this tab; nothing while there are none.
#[component]
pub fn ReadingPane(desk: Desk, lines: Memo<Lines>, keyboard: Keyboard, deeds: Deeds) -> impl IntoView {
    let Desk { outcome, filter, page, .. } = desk;
    let is_read = Memo::new(move |_| outcome.with(|outcome| outcome.paste().is_some()));
    let plan = move || outcome.with(|outcome| outcome.paste().map(|paste| paste.plan.summary()));
    let corrected = move || {
        let count = desk.corrections.with(|corrections| corrections.len());
        (count > 0).then(|| format!(" · {count} put right"))
    };
    let known = move || {
        let known = outcome.with(|outcome| outcome.paste().map_or(0, |paste| paste.count(Filter::Known)));
        match known {
            0 => None,
            1 => Some(" · 1 comment is known already".to_owned()),
            known => Some(format!(" · {known} comments are known already")),
        }
    };
    let buttons = move || {
        Filter::ALL
            .into_iter()
            .map(|which| {
                // Until something is known there is nothing to choose.
                let is_offered = move || {
                    which != Filter::Known
                        || outcome.with(|outcome| outcome.paste().is_some_and(|paste| paste.count(which) > 0))
                };
                let count =
                    move || outcome.with(|outcome| outcome.paste().map_or(0, |paste| paste.count(which)));
                view! {
                    <button
                        type="button"
                        class="chip"
                        hidden=move || !is_offered()
                        aria-pressed=move || (filter.get() == which).to_string()
                        on:click=move |_| {
                            page.set(0);
                            filter.set(which);
                        }
                    >
                        {which.label()}
                        <span class="chip-count">{move || count().to_string()}</span>
                    </button>
                }
            })
            .collect_view()
    };
    let indices = move || lines.with(|shown| shown.lines.iter().map(|line| line.index).collect::<Vec<u32>>());
    view! {
        <Show when=move || is_read.get()>
            <section class="section" aria-label="Reading" id="reading">
                <h2 class="hidden-words">"What the comments were read as"</h2>
                <div class="read-head">
                    <div class="tools" role="group" aria-label="Show">
                        {buttons}
                    </div>
                    <span aria-live="polite" class="read-plan">
                        {plan}
                        {known}
                        {corrected}
                    </span>
                </div>
                <ol class="read">
                    <For each=indices key=|index| *index let:index>
                        <ReadLine index=index lines=lines desk=desk keyboard=keyboard deeds=deeds />
                    </For>
                </ol>
                <Rest lines=lines page=page />
            </section>
        </Show>
    }
    .into_any()
}

/// What stands before and after the lines that are shown, and the way there.
#[component]
fn Rest(lines: Memo<Lines>, page: RwSignal<usize>) -> impl IntoView {
    let words = move || {
        lines.with(|shown| match (shown.before, shown.lines.len(), shown.after) {
            (_, 0, _) => Some("No comment of this paste is of that kind.".to_owned()),
            (0, _, 0) => None,
            (before, here, after) => {
                Some(format!("Comments {} to {} of {}", before + 1, before + here, before + here + after))
            }
        })
    };
    let turn = move |forward: bool| {
        let can = lines.with(|shown| if forward { shown.after > 0 } else { shown.before > 0 });
        let (label, to) = if forward { ("Next ", 1) } else { ("Previous ", -1) };
        can.then(|| {
            view! {
                <button
                    type="button"
                    class="button small"
                    on:click=move |_| page.update(|page| *page = page.saturating_add_signed(to))
                >
                    {format!("{label}{MOST_LINES}")}
                </button>
            }
        })
    };
    let pager = move || {
        words().map(|words| {
            view! {
                <div class="pager">
                    <span>{words}</span>
                    <span class="pager-links">{turn(false)} {turn(true)}</span>
                </div>
            }
        })
    };
    view! { {pager} }.into_any()
}

/// One comment. Its element stays while what it was read as changes, so that nothing jumps and the focus stays.
#[component]
fn ReadLine(
    /// Index into the reading's comments.
    index: u32,
    lines: Memo<Lines>,
    desk: Desk,
    keyboard: Keyboard,
    deeds: Deeds,
) -> impl IntoView {
    let id = line_id(index);
    let line = Memo::new(move |_| {
        lines.with(|shown| {
            let place = shown.lines.binary_search_by_key(&index, |line| line.index).ok()?;
            shown.lines.get(place).cloned()
        })
    });
    let is_first =
        Memo::new(move |_| lines.with(|shown| shown.lines.first().is_some_and(|line| line.index == index)));
    // One line of the list can be reached with Tab, the others with J and K.
    let tab = id.clone();
    let is_entrance = Signal::derive(move || {
        keyboard.is_at(&tab) || (is_first.get() && keyboard.current.with(|current| current.is_none()))
    });
    let tone = Signal::derive(move || {
        Some(line.with(|line| line.as_ref().map_or("quiet", |line| line.tone.name())))
    });
    let settled = Signal::derive(move || line.with(|line| line.as_ref().is_some_and(|line| line.corrected)));
    let inside = move || line.get().map(|line| inside(line, desk));
    let open = Memo::new(move |_| desk.open.get().filter(|(open, _)| *open == index).map(|(_, tool)| tool));
    let tool =
        move || open.get().map(|tool| view! { <LineTool index=index tool=tool desk=desk deeds=deeds /> });
    view! {
        <Stop class="read-line" id=id keyboard=keyboard is_entrance=is_entrance tone=tone settled=settled>
            {inside}
            {tool}
        </Stop>
    }
    .into_any()
}

fn inside(line: Line, desk: Desk) -> impl IntoView {
    let actions = actions(&line, desk);
    let Line {
        index,
        author,
        given,
        said,
        understood: parts,
        count,
        reason,
        tone,
        word,
        edited,
        choices,
        ..
    } = line;
    let nobody = author.is_empty();
    let author = if nobody { "nobody named".to_owned() } else { author };
    let said = said
        .into_iter()
        .map(|segment| {
            if segment.marked {
                view! { <mark>{segment.text}</mark> }.into_any()
            } else {
                segment.text.into_any()
            }
        })
        .collect_view();
    let is_plain = parts.iter().any(|part| !part.note.is_empty()) || !count.is_empty();
    let parts = parts.into_iter().map(understood).collect_view();
    // What was understood speaks for itself; its reason is shown where the keyboard is.
    let (reason, aside) = if is_plain { (String::new(), reason) } else { (reason, String::new()) };
    let chips = (choices.len() > 1).then(|| {
        let chips = (1..)
            .zip(choices)
            .map(|(number, choice): (usize, _)| {
                let gone = choice.left == Some(0);
                let label = choice.name.clone();
                let told = match (choice.takes(), choice.left) {
                    (Some((_, quantity)), Some(left)) => format!("{label}, {quantity} of {left} left"),
                    _ => label.clone(),
                };
                view! {
                    <button
                        type="button"
                        class="chip"
                        class:gone=gone
                        data-key=number.to_string()
                        aria-label=told
                        on:click=move |_| desk.settle(index, &choice)
                    >
                        {label}
                    </button>
                }
            })
            .collect_view();
        view! { <span class="read-choices">{chips}</span> }
    });
    view! {
        <span class="read-who">
            {author}
            {edited.then(|| view! { <span class="read-edited">" edited"</span> })}
        </span>
        <span class="read-said">{said}</span>
        <span class="read-as">
            {parts}
            {(!reason.is_empty()).then(|| view! { <span class="read-reason">{reason}</span> })}
            {(!given.is_empty()).then(|| view! { <span class="read-given">{given}</span> })}
            {chips}
        </span>
        <span class="read-count">{count}</span>
        <span class="read-mark">
            <ToneMark tone=tone />
            <span class="hidden-words">{word}</span>
        </span>
        <div class="read-actions">
            {(!aside.is_empty()).then(|| view! { <span class="hint read-why">{aside}</span> })}
            {actions}
        </div>
    }
}

/// What can be done about a line. The keyboard presses the same buttons.
fn actions(line: &Line, desk: Desk) -> impl IntoView + use<> {
    use domain::sales::Status;
    let Line { index, status, corrected, waits, can_split, known, .. } = *line;
    if known {
        return ().into_any();
    }
    let accept = match line.choices.as_slice() {
        [choice] => Some(choice.clone()),
        _ => None,
    };
    let acts = status == Status::Act;
    let accept = accept.map(|choice| {
        let label = match choice.takes() {
            Some((_, quantity)) => format!("Accept ×{quantity}"),
            None => "Accept".to_owned(),
        };
        action(Some("enter"), label, "Enter", move || desk.settle(index, &choice))
    });
    let tool = move |tool: Tool, key: &'static str, label: &'static str, hint: &'static str| {
        action(Some(key), label.to_owned(), hint, move || desk.open(index, tool))
    };
    view! {
        {accept}
        {tool(Tool::Correct, "e", "Correct", "E")}
        {acts.then(|| tool(Tool::Assign, "a", "Give to…", "A"))}
        {can_split.then(|| tool(Tool::Split, "s", "Split", "S"))}
        {acts
            .then(|| {
                let label = if waits { "Do not wait" } else { "Waitlist" };
                action(Some("w"), label.to_owned(), "W", move || desk.wait(index))
            })}
        {(status != Status::None).then(|| action(Some("x"), "Pass over".to_owned(), "X", move || desk.pass_over(index)))}
        {(status == Status::Review || corrected).then(|| tool(Tool::Teach, "t", "Teach", "T"))}
        {corrected.then(|| action(None, "As it was read".to_owned(), "", move || desk.leave(index)))}
    }
    .into_any()
}

fn action(
    key: Option<&'static str>,
    label: String,
    hint: &'static str,
    act: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button type="button" class="button small" data-key=key on:click=move |_| act()>
            {label}
            {(!hint.is_empty()).then(|| view! { <kbd class="desk-only" aria-hidden="true">{hint}</kbd> })}
        </button>
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
