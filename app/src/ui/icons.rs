//! Small pictures of our own drawing. They stand beside words, never instead of them, so they are hidden from screen
//! readers; a button that shows only a picture carries its name in `aria-label`.

use leptos::prelude::*;

/// What an [`Icon`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconName {
    Today,
    Sell,
    Stock,
    Bill,
    Ship,
    People,
    Chart,
    Gear,
    Search,
    Plus,
    Check,
    Clock,
    Eye,
    Cross,
    Print,
    Link,
    Back,
    Next,
    Camera,
    Down,
    Shield,
    Leave,
    /// In and out: two arrows.
    Swap,
    Scan,
}

impl IconName {
    /// The strokes, on a square of 20 units.
    fn strokes(self) -> &'static str {
        match self {
            IconName::Swap => {
                "M6.5 16.5v-12M6.5 4.5L3.25 7.75M6.5 4.5l3.25 3.25M13.5 3.5v12M13.5 15.5l3.25-3.25M13.5 15.5l-3.25-3.25"
            }
            IconName::Today => {
                "M13.25 10a3.25 3.25 0 1 1-6.5 0a3.25 3.25 0 1 1 6.5 0M10 2.5v1.75M10 15.75v1.75M2.5 10h1.75M15.75 10h1.75\
                 M4.7 4.7l1.25 1.25M14.05 14.05l1.25 1.25M15.3 4.7l-1.25 1.25M5.95 14.05L4.7 15.3"
            }
            IconName::Sell => {
                "M4.75 3.5h10.5a2 2 0 0 1 2 2v6.25a2 2 0 0 1-2 2H9.5L6 17v-3.25H4.75a2 2 0 0 1-2-2V5.5a2 2 0 0 1 2-2z\
                 M7 8.75l2.1 2.1L13.2 6.6"
            }
            IconName::Stock => {
                "M10 2.6l6.75 3.5v7.8L10 17.4l-6.75-3.5V6.1zM3.4 6.2L10 9.6l6.6-3.4M10 9.6v7.6"
            }
            IconName::Bill => {
                "M4.75 2.75h10.5v14.5l-2.6-1.6-2.65 1.6-2.65-1.6-2.6 1.6zM7.75 7h4.5M7.75 10.5h4.5"
            }
            IconName::Ship => {
                "M3.6 13.75H3a.9.9 0 0 1-.9-.9v-7a.9.9 0 0 1 .9-.9h7.6a.9.9 0 0 1 .9.9v7.9M7.2 13.75h5.6\
                 M11.5 8h3.2l3.2 3.2v2.55h-1.4M7.2 13.9a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0\
                 M16.4 13.9a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0"
            }
            IconName::People => {
                "M10.1 6.9a2.6 2.6 0 1 1-5.2 0a2.6 2.6 0 1 1 5.2 0M2.5 16.25c0-2.7 2.2-4.4 5-4.4s5 1.7 5 4.4\
                 M13 4.5a2.6 2.6 0 0 1 0 4.8M14.75 12.2c1.7.6 2.75 2.05 2.75 4.05"
            }
            IconName::Chart => "M3 3v14h14M6.75 13.75V10.5M10.25 13.75V6.5M13.75 13.75V8.75",
            IconName::Gear => {
                "M3 6.25h6.25M13.25 6.25H17M3 13.75h3.75M10.75 13.75H17M13.25 6.25a2 2 0 1 1-4 0a2 2 0 1 1 4 0\
                 M10.75 13.75a2 2 0 1 1-4 0a2 2 0 1 1 4 0"
            }
            IconName::Search => {
                "M14.25 9a5.25 5.25 0 1 1-10.5 0a5.25 5.25 0 1 1 10.5 0M12.85 12.85L16.75 16.75"
            }
            IconName::Plus => "M10 4v12M4 10h12",
            IconName::Check => "M4 10.5l4 4 8-9",
            IconName::Clock => "M17 10a7 7 0 1 1-14 0a7 7 0 1 1 14 0M10 6v4.2l2.8 1.7",
            IconName::Eye => {
                "M2.25 10S5.1 4.75 10 4.75 17.75 10 17.75 10 14.9 15.25 10 15.25 2.25 10 2.25 10z\
                 M12.3 10a2.3 2.3 0 1 1-4.6 0a2.3 2.3 0 1 1 4.6 0"
            }
            IconName::Cross => "M5 5l10 10M15 5L5 15",
            IconName::Print => {
                "M6 7V3h8v4M6 14H4.75a1.75 1.75 0 0 1-1.75-1.75v-3.5A1.75 1.75 0 0 1 4.75 7h10.5A1.75 1.75 0 0 1 17 8.75\
                 v3.5A1.75 1.75 0 0 1 15.25 14H14M6 11.5h8V17H6z"
            }
            IconName::Link => {
                "M8.4 11.6a3 3 0 0 0 4.25 0l3-3a3 3 0 0 0-4.25-4.25l-1.1 1.1M11.6 8.4a3 3 0 0 0-4.25 0l-3 3\
                 a3 3 0 0 0 4.25 4.25l1.1-1.1"
            }
            IconName::Back => "M12 4.5L6.5 10l5.5 5.5",
            IconName::Next => "M8 4.5l5.5 5.5L8 15.5",
            IconName::Camera => {
                "M4 6h2.6l1.2-2h4.4l1.2 2H16a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 16H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 6z\
                 M12.75 10.75a2.75 2.75 0 1 1-5.5 0a2.75 2.75 0 1 1 5.5 0"
            }
            IconName::Down => "M5.5 8l4.5 4.5L14.5 8",
            IconName::Scan => {
                "M3 7V4.5A1.5 1.5 0 0 1 4.5 3H7M13 3h2.5A1.5 1.5 0 0 1 17 4.5V7M17 13v2.5a1.5 1.5 0 0 1-1.5 1.5H13\
                 M7 17H4.5A1.5 1.5 0 0 1 3 15.5V13M6.5 6.5v7M9 6.5v7M11 6.5v7M13.5 6.5v7"
            }
            IconName::Shield => "M10 2.75l6 2.25v4.5c0 3.75-2.6 6.5-6 7.75-3.4-1.25-6-4-6-7.75V5z",
            IconName::Leave => {
                "M8 3.5H4.75A1.25 1.25 0 0 0 3.5 4.75v10.5a1.25 1.25 0 0 0 1.25 1.25H8M12.5 6.5L16 10l-3.5 3.5M16 10H7.5"
            }
        }
    }
}

/// A small line drawing of 20 by 20.
#[component]
pub fn Icon(
    /// What it shows.
    name: IconName,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d=name.strokes()></path>
        </svg>
    }
    .into_any()
}

/// The mark of SellTrac: a price tag with a tick.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
            <path
                fill="var(--spruce)"
                d="M5 3h11.2a3 3 0 0 1 2.1.9l10 10a3 3 0 0 1 0 4.2l-10.2 10.2a3 3 0 0 1-4.2 0l-10-10A3 3 0 0 1 3 16.2V5a2 2 0 0 1 2-2z"
            ></path>
            <circle cx="8.5" cy="8.5" r="2" fill="var(--paper)"></circle>
            <path
                fill="none"
                stroke="var(--paper)"
                stroke-width="2.75"
                stroke-linecap="round"
                stroke-linejoin="round"
                d="M11.5 16.5l3.75 3.75 6-7.25"
            ></path>
        </svg>
    }
    .into_any()
}
