//! Errors as people see them: what failed without a page of its own gets one.

use app::{invoices::pay::PageNotFound, ui::Mark};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Code;
use leptos::prelude::*;

use super::{AppState, hosts, pay::plain};

/// What is answered to whoever does more at once than there are places for.
pub fn busy() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Code::Busy.message()).into_response()
}

/// Whether a browser asks on behalf of a person, and not a program or the browser's part of a page.
pub fn accepts_pages(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"))
}

/// Puts a page in the place of an error's bare words, if a person asked. Headers that go with the error, such as
/// `Allow` and cookies, stay.
pub async fn explain(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let for_a_person = accepts_pages(request.headers());
    let response = next.run(request).await;
    if !for_a_person || !is_bare_error(&response) {
        return response;
    }
    let status = response.status();
    let mut page = Owner::new().with(|| match explanation(status) {
        None => plain(&state, status, "Not found", None, PageNotFound()),
        Some((title, words)) => plain(&state, status, title, None, error_page(title, words)),
    });
    for (name, value) in response.headers() {
        let of_the_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name);
        if !of_the_body && (name == header::SET_COOKIE || !page.headers().contains_key(name)) {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}

fn is_bare_error(response: &Response) -> bool {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/html"));
    (response.status().is_client_error() || response.status().is_server_error()) && !is_page
}

/// The heading and the sentence for a status; none for what is not there, which has a page already.
fn explanation(status: StatusCode) -> Option<(&'static str, &'static str)> {
    match status {
        StatusCode::NOT_FOUND => None,
        StatusCode::METHOD_NOT_ALLOWED => {
            Some(("This cannot be done here", "The address is for something else. Nothing was changed."))
        }
        StatusCode::PAYLOAD_TOO_LARGE => Some(("This is too much at once", Code::TooLarge.message())),
        StatusCode::FORBIDDEN => Some(("This was not carried out", Code::CrossOrigin.message())),
        StatusCode::REQUEST_TIMEOUT => Some((
            "This took too long",
            "What was sent came too slowly, and was given up. Nothing was changed; please try again.",
        )),
        StatusCode::MISDIRECTED_REQUEST => Some(("Another address", hosts::WORDS)),
        StatusCode::UNAUTHORIZED => Some(("Nobody is signed in", Code::SignInNeeded.message())),
        StatusCode::TOO_MANY_REQUESTS => Some(("This was too often", Code::TooMany.message())),
        StatusCode::SERVICE_UNAVAILABLE => Some(("Just a moment", Code::Busy.message())),
        status if status.is_client_error() => Some((
            "This could not be read",
            "The address or the form was damaged on its way. Please try again.",
        )),
        _ => Some(("Something went wrong", Code::Internal.message())),
    }
}

fn error_page(title: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <main class="pay">
            <p class="pay-seller">
                <Mark />
                "SellTrac"
            </p>
            <h1>{title}</h1>
            <p>{words}</p>
            <p>
                <a href="/">"Go to SellTrac"</a>
            </p>
        </main>
    }
}
