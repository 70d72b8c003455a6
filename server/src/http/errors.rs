//! Errors as people see them: what failed without a page of its own gets one.

use app::{error::status, invoices::pay::PageNotFound, ui::Mark};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::{Code, Problem};
use leptos::prelude::*;

use super::{AppState, hosts, pay::plain};

/// What is answered to whoever does more at once than there are places for.
pub fn busy() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Code::Busy.message()).into_response()
}

/// A problem, as the browser's part of a page and other programs are told it.
pub fn refused(problem: impl Into<Problem>) -> Response {
    let problem = problem.into();
    (status(problem.code), [(header::CACHE_CONTROL, "no-store")], Json(problem)).into_response()
}

/// Seconds after which a place may be free again: most work takes less.
const RETRY_WHEN_BUSY: u32 = 5;
/// Seconds after which whoever came too often may try again. Some counts run on for longer, and then the answer is the same.
const RETRY_WHEN_TOO_MANY: u32 = 60;

/// Says when to come back where an answer tells nothing but to do so (RFC 9110, section 10.2.3).
pub async fn say_when_to_retry(mut response: Response) -> Response {
    let seconds = match response.status() {
        StatusCode::SERVICE_UNAVAILABLE => RETRY_WHEN_BUSY,
        StatusCode::TOO_MANY_REQUESTS => RETRY_WHEN_TOO_MANY,
        _ => return response,
    };
    response.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from(seconds));
    response
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
    let only_reads = request.method().is_safe();
    let response = next.run(request).await;
    if !for_a_person || !is_bare_error(&response) {
        return response;
    }
    let status = response.status();
    // What only reads may be asked for again by itself. The page may be where a change led to, which was made.
    let (explanation, refresh) = match status {
        StatusCode::SERVICE_UNAVAILABLE if only_reads => (Some((BUSY, ASKED_AGAIN)), Some(RETRY_WHEN_BUSY)),
        status => (explanation(status), None),
    };
    let mut page = Owner::new().with(|| match explanation {
        None => plain(&state, status, "Not found", None, PageNotFound()),
        Some((title, words)) => plain(&state, status, title, refresh, error_page(title, words)),
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

const BUSY: &str = "Just a moment";
const ASKED_AGAIN: &str =
    "Other work has to be finished first. This is tried again by itself in a few seconds.";

/// The heading and the sentence for a status; none for what is not there, which has a page already.
fn explanation(status: StatusCode) -> Option<(&'static str, &'static str)> {
    match status {
        StatusCode::NOT_FOUND => None,
        StatusCode::METHOD_NOT_ALLOWED => {
            Some(("This cannot be done here", "The address is for something else. Nothing was changed."))
        }
        StatusCode::PAYLOAD_TOO_LARGE => Some(("This is too much at once", Code::TooLarge.message())),
        StatusCode::FORBIDDEN => Some(("This was not carried out", Code::CrossOrigin.message())),
        StatusCode::REQUEST_TIMEOUT => Some(("This took too long", Code::TooSlow.message())),
        StatusCode::MISDIRECTED_REQUEST => Some(("Another address", hosts::WORDS)),
        StatusCode::UNAUTHORIZED => Some(("Nobody is signed in", Code::SignInNeeded.message())),
        StatusCode::TOO_MANY_REQUESTS => Some(("This was too often", Code::TooMany.message())),
        StatusCode::SERVICE_UNAVAILABLE => Some((BUSY, Code::Busy.message())),
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
