//! Server functions: what each may be sent, and who is asked to sign in before anything is read.

use app::{
    error::{AppError, status},
    server::Request as AppRequest,
};
use axum::{
    Extension, Router,
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use domain::problem::Code;
use leptos::prelude::provide_context;
use services::places::Place;

use crate::limits::Limits;

use super::{
    AppState, MAX_REQUEST_BYTES, answers,
    bodies::{PLACE_PROGRESS, Patience, Uncollected, collect, patient, read_over},
    errors::{accepts_pages, refused},
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

/// Larger bodies take places, one for each KiB, for as long as they lie in memory. Of those that are smaller there are not more
/// than connections.
const SMALL_BYTES: u64 = 32 * 1024;

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

/// The KiB that a body needs a place for: as many as it says that it has, or else as it may have. Nothing if it is small.
fn weight(body: &Body, bound: Bound) -> Option<u32> {
    let most = u64::try_from(bound.bytes).unwrap_or(u64::MAX);
    let bytes = body.size_hint().upper().map_or(most, |upper| upper.min(most));
    (bytes > SMALL_BYTES).then(|| u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX))
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
    // What only reads is asked for with GET.
    let small_bytes = match *request.method() {
        Method::GET => answers::SMALL_BYTES,
        _ => answers::SMALL_BYTES_OF_A_CHANGE,
    };
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
    // The place is kept until the function has done its work: what waits for a turn lies in memory meanwhile.
    let (place, body) = match collect_at_a_place(&state, &asking, body, bound).await {
        Ok(collected) => collected,
        Err(why) => return why.answer(is_plain_form),
    };
    if pairs(&body) > bound.pairs {
        return Uncollected::TooLarge.answer(is_plain_form);
    }
    // The body goes with the work, which lets it go when it was read: kept for the way back, a paste that waits would lie in
    // memory twice.
    let typed = if is_plain_form { forms::typed(&body) } else { Vec::new() };
    let response = run(asking.clone(), Request::from_parts(parts, Body::from(body))).await;
    drop(place);
    let response = match &asking.actor {
        Some(actor) => {
            let places = &asking.services.places;
            answers::with_place(|bytes| places.for_answer(bytes), actor.business_id, response, small_bytes)
                .await
                .unwrap_or_else(refused)
        }
        None => response,
    };
    let mut response = match is_plain_form {
        true => forms::carry_back(response, &sent, typed, public_url),
        false => response,
    };
    let is_out = sent.path == SIGN_OUT && !response.status().is_server_error();
    if is_out {
        response.headers_mut().insert("clear-site-data", HeaderValue::from_static(FORGET_ALL));
    }
    response
}

/// Collects a body. One that is not small has a place from its beginning, and gives it up for somebody else if it has not come
/// whole: nothing was done until then.
async fn collect_at_a_place(
    state: &AppState,
    asking: &AppRequest,
    mut body: Body,
    bound: Bound,
) -> Result<(Option<Place>, Bytes), Uncollected> {
    let (Some(actor), Some(kibibytes)) = (&asking.actor, weight(&body, bound)) else {
        return Ok((None, collect(&mut body, bound.bytes).await?));
    };
    let Ok(place) = state.large_bodies.take_several(actor.business_id, kibibytes) else {
        let _ = read_over(body).await;
        return Err(Uncollected::Busy);
    };
    let Limits { body_piece: piece, body: whole, .. } = state.limits;
    let mut body = patient(body, Patience { piece, progress: PLACE_PROGRESS, whole });
    match place.unless_needed(collect(&mut body, bound.bytes)).await {
        Some(collected) => Ok((Some(place), collected?)),
        None => {
            let _ = read_over(body).await;
            Err(Uncollected::Busy)
        }
    }
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
    fn a_body_weighs_what_it_says_or_may_have() {
        let paste = bound("/api/sales/hold");
        let said = |bytes: usize| Body::from(vec![b'x'; bytes]);
        let unsaid = || Body::from_stream(tokio_stream::empty::<Result<Vec<u8>, std::io::Error>>());
        assert_eq!(weight(&said(32 * 1024), paste), None);
        assert_eq!(weight(&said(32 * 1024 + 1), paste), Some(33));
        assert_eq!(weight(&unsaid(), paste), Some(16 * 1024));
        assert_eq!(weight(&unsaid(), ORDINARY), Some(128));
        assert_eq!(weight(&said(1024 * 1024), ORDINARY), Some(128), "no more than this is kept of it");
        assert_eq!(weight(&unsaid(), STRANGER), None);
    }

    #[test]
    fn fields_are_counted_without_being_read() {
        assert_eq!((pairs(b""), pairs(b"a"), pairs(b"a=1&b=2"), pairs(b"&&&")), (0, 1, 2, 4));
    }
}
