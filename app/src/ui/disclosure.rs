//! What is folded away under a line until the reader wants it.

use leptos::{children::ViewFnOnce, html, prelude::*, tachys::html::attribute::Attribute};

use super::{
    badge::{Tone, ToneMark},
    icons::{Icon, IconName},
};

/// A line, and under it what it opens. It opens by itself when it has to, and never closes by itself: whoever is in it
/// would lose the place.
#[component]
pub fn Disclosure(
    /// The class by which the style sheet knows it.
    class: &'static str,
    /// Whether it must be open.
    #[prop(optional, into)]
    open: Signal<bool>,
    /// The line.
    #[prop(into)]
    line: ViewFnOnce,
    /// The classes of the line, where it looks like something else.
    #[prop(optional)]
    line_class: Option<&'static str>,
    /// The element, for who closes it when what it was opened for is done.
    #[prop(default = NodeRef::new())]
    details: NodeRef<html::Details>,
    children: Children,
) -> impl IntoView {
    Effect::new(move |_| {
        if open.get()
            && let Some(details) = details.get()
        {
            details.set_open(true);
        }
    });
    view! {
        <details {..open_on_arrival(open.get_untracked())} class=class node_ref=details>
            <summary class=line_class>{line.run()}</summary>
            {children()}
        </details>
    }
    .into_any()
}

/// Whether it is open when the page arrives, with a script or without.
#[cfg(feature = "ssr")]
fn open_on_arrival(is_open: bool) -> impl Attribute {
    leptos::attr::open(is_open)
}

/// In the browser it is no attribute of the view: a view that is built anew in its place sets all its attributes again,
/// which would close what the reader has opened meanwhile.
#[cfg(not(feature = "ssr"))]
fn open_on_arrival(_: bool) -> impl Attribute {}

/// Fields that few need, under a line that says what they are about. What is found out while something else is typed does
/// not open it, because that would move the button that a thumb is on its way to: `tone` marks the line instead.
#[component]
pub fn Fold(
    /// The class by which the style sheet knows it.
    #[prop(default = "fold")]
    class: &'static str,
    /// What is in it.
    #[prop(into)]
    title: String,
    /// What its fields say at the moment, in a few words.
    #[prop(optional, into)]
    about: Signal<String>,
    /// How the thing stands that `about` speaks of, where that is worth a look.
    #[prop(optional, into)]
    tone: MaybeProp<Tone>,
    /// Whether it must be open: something in it is wrong, or needed.
    #[prop(optional, into)]
    open: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let line = move || {
        view! {
            <Icon name=IconName::Down />
            <span class="fold-title">{title}</span>
            <span class="fold-about" data-tone=move || tone.get().map(Tone::name)>
                {move || tone.get().map(|tone| view! { <ToneMark tone=tone /> })}
                {about}
            </span>
        }
    };
    view! {
        <Disclosure class=class open=open line=line>
            <div class="fold-fields">{children()}</div>
        </Disclosure>
    }
    .into_any()
}
