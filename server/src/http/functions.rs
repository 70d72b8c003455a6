//! Server functions: what each may be sent, and who is asked to sign in before anything is read.

use app::{
    error::{AppError, status},
    server::Request as AppRequest,
};
use axum::{
    Extension, Router,
    body::{Body, HttpBody, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use domain::problem::Code;
use leptos::prelude::provide_context;

use crate::limits::Limits;

use super::{
    AppState, MAX_REQUEST_BYTES, answers,
    bodies::{PLACE_PROGRESS, Patience, Uncollected, collect, patient, read_over},
    errors::{accepts_pages, busy},
    forms::{self, Sent},
};

/// The route of all server functions.
pub const ROUTE: &str = "/api/{*function}";

/// Those that anybody may call; all others are refused before anything of the request is kept.
const OPEN: [&str; 3] = ["/api/sign-in", "/api/register", SIGN_OUT];
const SIGN_OUT: &str = "/api/sign-out";

/// The most that a server function is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bound {
    /// Bytes of the body.
    bytes: usize,
    /// Fields of the body.
    pairs: usize,
}

/// A form of a few fields, some of them texts.
const ORDINARY: Bound = Bound { bytes: 128 * 1024, pairs: 1_000 };
/// What a stranger may send: the longest is a registration.
const STRANGER: Bound = Bound { bytes: 16 * 1024, pairs: 64 };
/// What is larger than other forms, and why.
const EXCEPTIONS: [(&str, Bound); 3] = [
    // A paste of 5 MB in a script of three bytes a letter is three times as large in a form.
    ("/api/sales/hold", Bound { bytes: MAX_REQUEST_BYTES, pairs: 16 }),
    // A grid of 500 variants, each with up to twenty fields.
    ("/api/stock/save", Bound { bytes: 2 * 1024 * 1024, pairs: 12_000 }),
    // Three lists of 200 words of 60 characters, each of which may be nine bytes in a form.
    ("/api/sales/rules/words", Bound { bytes: 512 * 1024, pairs: 1_000 }),
];

/// Larger bodies are held in memory one by one, in bytes.
const LARGE_BYTES: u64 = 1024 * 1024;

/// A problem is a code and a few fields.
const MAX_PROBLEM_BYTES: usize = 64 * 1024;

/// The cookie of a session goes by itself; what the browser kept besides goes with this.
const FORGET_ALL: &str = "\"cache\", \"storage\"";

/// One route for all server functions.
pub fn routes() -> Router<AppState> {
    // Bodies are bounded here; the framework's own bound would refuse large pastes.
    Router::new().route(ROUTE, any(server_function).layer(DefaultBodyLimit::disable()))
}

/// The path of a server function, if there is one.
pub fn known(path: &str) -> Option<&'static str> {
    leptos::server_fn::axum::server_fn_paths().map(|(known, _)| known).find(|known| *known == path)
}

fn is_open(path: &str) -> bool {
    OPEN.contains(&path)
}

fn bound(path: &str) -> Bound {
    let exception = EXCEPTIONS.iter().find(|(known, _)| *known == path).map(|(_, bound)| *bound);
    exception.unwrap_or(if is_open(path) { STRANGER } else { ORDINARY })
}

/// Whether a body needs a place: it says that it is large, or does not say how large it is and may be.
fn is_large(body: &Body, bound: Bound) -> bool {
    let may_be = body.size_hint().upper().is_none_or(|upper| upper > LARGE_BYTES);
    u64::try_from(bound.bytes).is_ok_and(|bytes| bytes > LARGE_BYTES) && may_be
}

/// How many fields a form or the query of an address has.
pub fn pairs(encoded: &[u8]) -> usize {
    if encoded.is_empty() { 0 } else { encoded.iter().filter(|byte| **byte == b'&').count() + 1 }
}

/// Runs a server function. What failed is answered with the status of its code, and to a plain form with the way back.
async fn server_function(
    State(state): State<AppState>,
    Extension(asking): Extension<AppRequest>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    let methods: Vec<Method> = leptos::server_fn::axum::server_fn_paths()
        .filter(|(known, _)| *known == path)
        .map(|(_, method)| method)
        .collect();
    if methods.is_empty() {
        return (StatusCode::NOT_FOUND, Code::NotFound.message()).into_response();
    }
    if !methods.contains(request.method()) {
        let allowed = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allowed)]).into_response();
    }
    let sent = Sent::read(&request);
    let is_plain_form = request.method() == Method::POST && accepts_pages(request.headers());
    let (parts, body) = request.into_parts();
    let bound = bound(&sent.path);
    let public_url = &state.services.settings.public_url;
    if asking.actor.is_none() && !is_open(&sent.path) {
        let _ = read_over(body).await;
        return match is_plain_form {
            true => forms::refused(&sent, Code::SignInNeeded.into(), public_url),
            false => refused(Code::SignInNeeded),
        };
    }
    // The place is kept until the function has done its work, which holds the body several times over.
    let place = match &asking.actor {
        Some(actor) if is_large(&body, bound) => match state.large_bodies.take_free(actor.business_id) {
            Ok(place) => Some(place),
            Err(_) if is_plain_form => return busy(),
            Err(_) => return refused(Code::Busy),
        },
        _ => None,
    };
    let body = match place {
        Some(_) => {
            let Limits { body_piece: piece, body: whole, .. } = state.limits;
            patient(body, Patience { piece, progress: PLACE_PROGRESS, whole })
        }
        None => body,
    };
    let body = match collect(body, bound.bytes).await {
        Ok(body) => body,
        Err(Uncollected::TooLarge) if !is_plain_form => return refused(Code::TooLarge),
        Err(Uncollected::TooLarge) => {
            return (StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge.message()).into_response();
        }
        Err(uncollected) => return uncollected.into_response(),
    };
    if pairs(&body) > bound.pairs {
        return match is_plain_form {
            true => (StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge.message()).into_response(),
            false => refused(Code::TooLarge),
        };
    }
    let response = run(asking.clone(), Request::from_parts(parts, Body::from(body.clone()))).await;
    drop(place);
    let response = match &asking.actor {
        Some(actor) => {
            let places = &asking.services.places.answers;
            answers::with_place(places, actor.business_id, response).await.unwrap_or_else(refused)
        }
        None => response,
    };
    let mut response = match is_plain_form {
        true => forms::carry_back(response, &sent, &body, public_url),
        false => response,
    };
    let is_out = sent.path == SIGN_OUT && !response.status().is_server_error();
    if is_out {
        response.headers_mut().insert("clear-site-data", HeaderValue::from_static(FORGET_ALL));
    }
    response
}

async fn run(asking: AppRequest, request: Request) -> Response {
    let response =
        leptos_axum::handle_server_fns_with_context(move || provide_context(asking.clone()), request)
            .await
            .into_response();
    let mut response = with_status_of_problem(response).await;
    // What one member sees must not be kept for the next.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A problem as a server function would tell it.
fn refused(code: Code) -> Response {
    (status(code), [(header::CACHE_CONTROL, "no-store")], axum::Json(AppError::from(code))).into_response()
}

/// Leptos answers every error with 500; a form that needs another look is not the server's fault.
async fn with_status_of_problem(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_PROBLEM_BYTES).await else { return parts.status.into_response() };
    if let Ok(AppError(problem)) = serde_json::from_slice(&body) {
        parts.status = status(problem.code);
    }
    Response::from_parts(parts, Body::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_tables_is_one_of_a_server_function() {
        for path in OPEN.into_iter().chain(EXCEPTIONS.map(|(path, _)| path)) {
            assert_eq!(known(path), Some(path));
        }
        assert_eq!(known("/api/nothing"), None);
    }

    #[test]
    fn strangers_send_least_and_a_paste_is_most() {
        assert_eq!(bound("/api/sign-in"), STRANGER);
        assert_eq!(bound("/api/customers/save"), ORDINARY);
        assert_eq!(bound("/api/sales/hold").bytes, MAX_REQUEST_BYTES);
        assert!(OPEN.iter().all(|path| bound(path) == STRANGER), "no exception is open to strangers");
    }

    #[test]
    fn fields_are_counted_without_being_read() {
        assert_eq!((pairs(b""), pairs(b"a"), pairs(b"a=1&b=2"), pairs(b"&&&")), (0, 1, 2, 4));
    }
}
