//! The document around the pages.

use leptos::{attr::custom::custom_attribute, prelude::*, tachys::html::attribute::Attribute};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{App, ui::text_html};

/// The ground of the page in the light and in the dark, `--paper` of the style sheet: the bar around a phone's clock takes it.
const PAPER_LIGHT: &str = "#fbfaf7";
const PAPER_DARK: &str = "#13120f";

/// The attribute of what holds in one color scheme only.
fn in_scheme(scheme: &str) -> impl Attribute + use<> {
    custom_attribute("media", format!("(prefers-color-scheme: {scheme})"))
}

/// The document of the back office, which wakes up in the browser.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
                <script src="/forms.js" defer></script>
                <script src="/scan.js" defer></script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// A document for buyers and visitors: one page of HTML and its style, nothing that runs. `refresh` asks the browser to
/// load it again after so many seconds.
pub fn plain_document(
    options: LeptosOptions,
    title: String,
    refresh: Option<u32>,
    page: impl IntoView,
) -> String {
    let body = view! {
        <html lang="en">
            <head>
                <Head options />
                <title inner_html=text_html(&title)></title>
                <meta name="robots" content="noindex" />
                {refresh.map(|seconds| view! { <meta http-equiv="refresh" content=seconds.to_string() /> })}
            </head>
            <body>{page}</body>
        </html>
    };
    format!("<!DOCTYPE html>{}", body.to_html())
}

#[component]
fn Head(options: LeptosOptions) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" {..in_scheme("light")} content=PAPER_LIGHT />
        <meta name="theme-color" {..in_scheme("dark")} content=PAPER_DARK />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <HashedStylesheet options id="style" />
        <script src="/register.js" defer></script>
    }
}
