//! The frame of the signed-in house: five places under the thumb on a phone, in a side bar on a desktop.

use domain::problem::Code;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;
use uuid::Uuid;

use super::badge::{Tone, ToneMark};
use super::icons::{Icon, IconName, Mark};

/// How much waits in the places. Zero shows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameCounts {
    /// Comments that need the seller's eye.
    pub review: i64,
    /// Buyers with held claims and no invoice.
    pub to_bill: i64,
    /// Paid invoices without a label.
    pub to_ship: i64,
}

/// The most that a count shows; what is above reads "99+".
const MOST_SHOWN: i64 = 99;

/// A place in the navigation, with what waits there.
#[component]
fn Place(
    href: &'static str,
    label: &'static str,
    icon: IconName,
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] count: Signal<i64>,
    /// What the count counts, for those who hear it.
    #[prop(optional)]
    counted: &'static str,
) -> impl IntoView {
    let shown = move || {
        let count = count.get();
        (count > 0).then(|| {
            let number = if count > MOST_SHOWN { format!("{MOST_SHOWN}+") } else { count.to_string() };
            view! {
                <span class="count" data-tone=tone.name()>
                    {number}
                    <span class="hidden-words">{counted}</span>
                </span>
            }
        })
    };
    view! {
        <A href=href exact=href == "/" attr:class="place">
            <Icon name=icon />
            {label}
            {shown}
        </A>
    }
    .into_any()
}

/// The word that `forms.js` has put back what was half typed when the page was left. It is there from the start, so that
/// the script only has to show it and the two sides render the same.
#[component]
fn Restored() -> impl IntoView {
    view! {
        <div class="notice" data-tone="waiting" data-restored="" role="status" hidden=true>
            <ToneMark tone=Tone::Waiting />
            <p class="notice-words">"Restored what you had typed."</p>
            <button type="button" class="link" data-restored-discard="">
                "Discard"
            </button>
            <button type="button" class="link" data-restored-keep="">
                "Keep it"
            </button>
        </div>
    }
    .into_any()
}

/// The word that `forms.js` has not put back what was half typed where somebody else had changed the field since, with what
/// was typed, which the script adds to the list.
#[component]
fn Overtaken() -> impl IntoView {
    view! {
        <div class="notice" data-tone="waiting" data-overtaken="" role="status" hidden=true>
            <ToneMark tone=Tone::Waiting />
            <div class="notice-words">
                <p>"Somebody else has changed this since. You had typed:"</p>
                <ul></ul>
            </div>
            <button type="button" class="link">
                "Close"
            </button>
        </div>
    }
    .into_any()
}

/// The place for the word that a form could not be sent. `forms.js` puts it there where the browser would leave the page for one of its own: a
/// file, and every form before the program is awake.
#[component]
fn Unsent() -> impl IntoView {
    view! {
        <div class="notice" data-tone="wrong" data-unsent=Code::Offline.message() role="alert" hidden=true>
            <ToneMark tone=Tone::Wrong />
        </div>
    }
    .into_any()
}

/// Everything around a page of the signed-in house. The page itself begins with a `PageHead`.
#[component]
pub fn Frame(
    /// The business that is worked on.
    #[prop(into)]
    business_name: Signal<String>,
    /// The id of who is signed in, under which `forms.js` keeps what is half typed.
    #[prop(into)]
    member: Signal<Uuid>,
    /// Who is signed in.
    #[prop(into)]
    member_name: Signal<String>,
    /// What waits where; it may change while the page stands.
    #[prop(into)]
    counts: Signal<FrameCounts>,
    /// The form that signs out: one `<button>` with [`IconName::Leave`] and its words, as a row of the menu.
    #[prop(into)]
    sign_out: ViewFn,
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    // The menu stays open over the next page otherwise, as the page is changed without a reload.
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    view! {
        <div class="frame" data-member=move || member.get().to_string()>
            <a class="skip" href="#main" rel="external">
                "Skip to the page"
            </a>
            <header class="frame-side">
                <a href="/" class="frame-mark">
                    <Mark />
                    "SellTrac"
                </a>
                <nav class="frame-places" aria-label="Places">
                    <ul>
                        <li>
                            <Place href="/" label="Today" icon=IconName::Today />
                        </li>
                        <li>
                            <Place
                                href="/sell"
                                label="Sell"
                                icon=IconName::Sell
                                tone=Tone::Review
                                count=Signal::derive(move || counts.get().review)
                                counted=" to review"
                            />
                        </li>
                        <li>
                            <Place href="/stock" label="Stock" icon=IconName::Stock />
                        </li>
                        <li>
                            <Place
                                href="/bill"
                                label="Bill"
                                icon=IconName::Bill
                                tone=Tone::Waiting
                                count=Signal::derive(move || counts.get().to_bill)
                                counted=" to bill"
                            />
                        </li>
                        <li>
                            <Place
                                href="/ship"
                                label="Ship"
                                icon=IconName::Ship
                                tone=Tone::Waiting
                                count=Signal::derive(move || counts.get().to_ship)
                                counted=" to ship"
                            />
                        </li>
                    </ul>
                </nav>
                <nav class="frame-rest" aria-label="More places">
                    <Place href="/customers" label="Customers" icon=IconName::People />
                    <Place href="/reports" label="Reports" icon=IconName::Chart />
                    <Place href="/import" label="Import, export" icon=IconName::Swap />
                    <Place href="/settings" label="Settings" icon=IconName::Gear />
                </nav>
                <details
                    class="menu frame-business"
                    node_ref=menu
                    on:keydown=move |event| {
                        if event.key() == "Escape" {
                            close();
                        }
                    }
                >
                    <summary>
                        <span class="hidden-words">"More: "</span>
                        <span class="cut">{business_name}</span>
                        <Icon name=IconName::Down />
                    </summary>
                    <div class="menu-panel" on:click=move |_| close()>
                        <p class="menu-title">{member_name}</p>
                        <hr />
                        <div class="phone-only">
                            <A href="/customers">
                                <Icon name=IconName::People />
                                "Customers"
                            </A>
                            <A href="/reports">
                                <Icon name=IconName::Chart />
                                "Reports"
                            </A>
                            <A href="/import">
                                <Icon name=IconName::Swap />
                                "Import, export"
                            </A>
                            <A href="/settings">
                                <Icon name=IconName::Gear />
                                "Settings"
                            </A>
                        </div>
                        <A href="/privacy">
                            <Icon name=IconName::Shield />
                            "Privacy"
                        </A>
                        {sign_out.run()}
                    </div>
                </details>
            </header>
            <main class="frame-main" id="main" tabindex="-1">
                <Restored />
                <Overtaken />
                <Unsent />
                {children()}
            </main>
        </div>
    }
    .into_any()
}
