//! States: a colour, a shape and a word, so that none of the three is needed to understand it.

use leptos::prelude::*;

/// How a thing stands. The colour and the shape follow from it; the word is the caller's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Done, held, paid: a spruce tick.
    Ok,
    /// Somebody's turn: a marigold half circle.
    Waiting,
    /// The seller's eye is needed: a violet diamond.
    Review,
    /// Failed, late, refused: a rose triangle.
    Wrong,
    /// Nothing to do: a grey dot.
    #[default]
    Quiet,
}

impl Tone {
    /// The value of `data-tone`, by which the style sheet knows it.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Ok => "ok",
            Tone::Waiting => "waiting",
            Tone::Review => "review",
            Tone::Wrong => "wrong",
            Tone::Quiet => "quiet",
        }
    }

    /// The filled outline of its shape on a square of 12 units.
    pub fn outline(self) -> &'static str {
        match self {
            Tone::Ok => "M1.8 6.4l2.9 2.9 5.5-6.4",
            Tone::Waiting => "M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10zm0 1.5v7a3.5 3.5 0 0 1 0-7z",
            Tone::Review => "M6 .6L11.4 6 6 11.4.6 6z",
            Tone::Wrong => "M6 1.1l5.4 9.4H.6z",
            Tone::Quiet => "M6 3.75a2.25 2.25 0 1 0 0 4.5a2.25 2.25 0 1 0 0-4.5z",
        }
    }
}

/// The shape of a tone alone, beside words that say the state; it takes the colour of the nearest `data-tone`.
#[component]
pub fn ToneMark(
    /// The state, which may change.
    #[prop(into)]
    tone: Signal<Tone>,
) -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-tone=move || tone.get().name()>
            <path class:stroke=move || tone.get() == Tone::Ok d=move || tone.get().outline()></path>
        </svg>
    }
    .into_any()
}

/// A state as a word on a soft ground, with its shape.
#[component]
pub fn Badge(
    /// How the thing stands, which may change.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The word for it, such as "Paid"; it may change with the tone.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=move || tone.get().name()>
            <ToneMark tone=tone />
            {text}
        </span>
    }
    .into_any()
}
