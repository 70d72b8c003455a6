//! A line that keys stop at and that a finger swipes.

use leptos::prelude::*;

use super::{keys::Keyboard, swipe::Swipe};

/// A line of a list at which J and K stop. Swiped to the right, it is accepted.
#[component]
pub fn Stop(
    #[prop(into)] id: String,
    class: &'static str,
    keyboard: Keyboard,
    /// Whether Tab reaches it; otherwise only J and K do.
    #[prop(optional, into)]
    is_entrance: Signal<bool>,
    /// How the reading of the line went.
    #[prop(optional, into)]
    tone: MaybeProp<&'static str>,
    /// Whether a person put it right.
    #[prop(optional, into)]
    settled: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let (current, at) = (id.clone(), id.clone());
    let swipe = Swipe::over(id.clone());
    view! {
        <li
            class=class
            id=id
            data-stop=""
            data-tone=move || tone.get()
            data-settled=move || settled.get().then_some("")
            tabindex=move || if is_entrance.get() { "0" } else { "-1" }
            aria-current=move || keyboard.is_at(&current).then_some("true")
            on:focusin=move |_| keyboard.at(&at)
            on:pointerdown=move |event| swipe.down(&event)
            on:pointermove=move |event| swipe.moved(&event)
            on:pointerup=move |_| swipe.up()
            on:pointercancel=move |_| swipe.cancelled()
            style:transform=move || swipe.transform()
        >
            {children()}
        </li>
    }
    .into_any()
}
