//! What a page is made of: its head, sections, columns, numbers, and what it says while it is empty.

use domain::problem::Code;
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::badge::{Tone, ToneMark};
use super::icons::{Icon, IconName};
use super::notice::Notice;

/// The head of a page: its name, what stands under it, and its one primary action.
///
/// On a phone the name stands in the top bar and the action floats at the bottom right, under the thumb; on a desktop
/// the action stands at the top right.
#[component]
pub fn PageHead(
    /// The page's name, its only `h1`; it may change.
    #[prop(into)]
    title: Signal<String>,
    /// A quiet line under the name: a date, counts, a state.
    #[prop(optional, into)]
    subtitle: Option<ViewFnOnce>,
    /// Where the page was reached from: `(address, name)`.
    #[prop(optional, into)]
    back: Option<(String, String)>,
    /// The one primary action, a `.button.primary` named by its result.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div class="page-head-name">
                {back
                    .map(|(address, name)| {
                        view! {
                            <a href=address class="page-head-back">
                                <Icon name=IconName::Back />
                                <span class="hidden-words">{name}</span>
                            </a>
                        }
                    })}
                <h1>{title}</h1>
            </div>
            {action.map(|action| view! { <div class="page-head-action">{action.run()}</div> })}
            {subtitle.map(|subtitle| view! { <div class="page-head-sub">{subtitle.run()}</div> })}
        </header>
    }
    .into_any()
}

/// What stands in place of a page that cannot be shown, and the HTTP status that says the same.
#[component]
pub fn PageProblem(code: Code) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::error::answer_with(code);
    view! { <Notice tone=Tone::Wrong text=code.message() /> }
}

/// A part of a page under its own heading.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: String,
    /// Where addresses lead to it.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// What stands at the right of the heading, such as a link to all of it.
    #[prop(optional, into)]
    aside: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section" id=id>
            <div class="section-head">
                <h2>{title}</h2>
                {aside.map(|aside| view! { <div>{aside.run()}</div> })}
            </div>
            {children()}
        </section>
    }
    .into_any()
}

/// What a place says while nothing is in it: what it is for, and the first thing to do.
#[component]
pub fn EmptyState(
    /// What is not here yet: "No sales yet".
    #[prop(into)]
    title: String,
    /// What this place is for, in a sentence.
    #[prop(into)]
    text: String,
    /// The first action.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{text}</p>
            {action.map(|action| view! { <div class="empty-action">{action.run()}</div> })}
        </div>
    }
    .into_any()
}

/// A number that matters, and the link to what it counts. Several stand in a `.stats`.
#[component]
pub fn Stat(
    /// Where the number is explained.
    #[prop(into)]
    href: String,
    /// What it counts.
    #[prop(into)]
    label: String,
    /// How it stands; [`Tone::Quiet`] shows no mark.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// A quiet line under the number.
    #[prop(optional, into)]
    note: MaybeProp<String>,
    /// The number: text, or an `Amount`.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class="stat">
            <span class="stat-label">
                {move || (tone.get() != Tone::Quiet).then(|| view! { <ToneMark tone=tone /> })} {label}
            </span>
            <span class="stat-number">{children()}</span>
            {move || note.get().map(|note| view! { <span class="stat-note">{note}</span> })}
        </a>
    }
    .into_any()
}

/// A page of two panes: what it is about, and beside it (below it on a phone) what belongs to that.
#[component]
pub fn Columns(
    /// The narrow pane.
    #[prop(into)]
    side: ViewFnOnce,
    /// The wide pane.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="columns">
            <div class="columns-main">{children()}</div>
            <aside class="columns-side">{side.run()}</aside>
        </div>
    }
    .into_any()
}
