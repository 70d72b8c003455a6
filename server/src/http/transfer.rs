//! Files in and files out: the upload of an import, and the downloads of everything.

use std::{
    io::{self, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use app::server::Request as AppRequest;
use axum::{
    Extension, Router,
    body::Body,
    extract::{DefaultBodyLimit, Multipart, Path, Request, State, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    problem::Code,
    transfer::{FileProblem, MAX_FILE_BYTES, export::ExportKind},
};
use services::{
    Error,
    places::Place,
    transfer::{
        export::{self, Download, Piece},
        stage,
    },
};
use tempfile::NamedTempFile;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tower_http::limit::RequestBodyLimitLayer;

use super::{
    AppState, Incoming,
    bodies::is_too_slow,
    errors::{accepts_pages, busy},
    files::failed,
};

/// What a form adds to its file.
const FORM_BYTES: u64 = 64 * 1024;
/// The largest request with a file in it.
const MAX_UPLOAD_BYTES: usize = (MAX_FILE_BYTES + FORM_BYTES) as usize;

/// A download that takes no longer than this may be as slow as the connection allows.
const SHORT_FETCH: Duration = Duration::from_secs(10 * 60);
/// What must be fetched of a longer one, in bytes a second.
const LEAST_PACE: u64 = 16 * 1024;

/// Where files arrive. It has a limit of its own, far above that of every other request.
pub fn uploads() -> Router<AppState> {
    Router::new()
        .route("/import/file", post(receive))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_UPLOAD_BYTES))
        .layer(middleware::from_fn(refuse_early))
}

/// Where files are fetched.
pub fn downloads() -> Router<AppState> {
    Router::new().route("/export/{file}", get(send))
}

/// Refuses what says itself that it is too large before any of it is read.
async fn refuse_early(request: Request, next: Next) -> Response {
    let said = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length: Option<u64> = said.and_then(|length| length.parse().ok());
    if length.is_some_and(|length| length > MAX_FILE_BYTES + FORM_BYTES) {
        return refused(request.headers(), FileProblem::TooLarge);
    }
    next.run(request).await
}

/// Back to the form with the reason, or the reason alone for a program.
fn refused(headers: &HeaderMap, problem: FileProblem) -> Response {
    if accepts_pages(headers) {
        return Redirect::to(&format!("/import?problem={}", problem.as_str())).into_response();
    }
    let status = match problem {
        FileProblem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, problem.label()).into_response()
}

async fn receive(
    State(state): State<AppState>,
    Extension(asking): Extension<AppRequest>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let Some(actor) = &asking.actor else { return Redirect::to("/sign-in").into_response() };
    // The place is kept until the file is read: what waits for that lies on the disk.
    let Ok(_place) = state.uploads.take_free(actor.business_id) else { return busy() };
    let (name, file) = match keep(&state.incoming, multipart).await {
        Ok(kept) => kept,
        Err(Refusal::TooSlow) => return StatusCode::REQUEST_TIMEOUT.into_response(),
        Err(Refusal::Problem(problem)) => return refused(&headers, problem),
        Err(Refusal::Damaged) => return StatusCode::BAD_REQUEST.into_response(),
        Err(Refusal::Io(error)) => {
            tracing::error!(%error, "a file that was sent cannot be kept");
            return (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.message()).into_response();
        }
    };
    match stage::stage(&asking.services, actor, &name, file.path().to_owned()).await {
        Ok(Ok(id)) => Redirect::to(&format!("/import/{id}")).into_response(),
        Ok(Err(problem)) => refused(&headers, problem),
        Err(error) => failed(&error),
    }
}

/// Why a file was not kept.
enum Refusal {
    Problem(FileProblem),
    TooSlow,
    Damaged,
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

impl From<MultipartError> for Refusal {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::Problem(FileProblem::TooLarge),
            _ if is_too_slow(&error) => Refusal::TooSlow,
            _ => Refusal::Damaged,
        }
    }
}

/// Keeps the file of a form on the disk, piece by piece as it comes. It goes when its reading is over.
async fn keep(incoming: &Incoming, mut multipart: Multipart) -> Result<(String, NamedTempFile), Refusal> {
    while let Some(mut field) = multipart.next_field().await? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut file = incoming.file()?;
        let mut bytes = 0_u64;
        while let Some(piece) = field.chunk().await? {
            bytes += piece.len() as u64;
            if bytes > MAX_FILE_BYTES {
                return Err(Refusal::Problem(FileProblem::TooLarge));
            }
            // Pieces are some kilobytes, and the disk takes them into its memory.
            file.write_all(&piece)?;
        }
        file.flush()?;
        return match (bytes, name.is_empty()) {
            (0, true) => Err(Refusal::Problem(FileProblem::NoFile)),
            (0, false) => Err(Refusal::Problem(FileProblem::Empty)),
            _ => Ok((name, file)),
        };
    }
    Err(Refusal::Problem(FileProblem::NoFile))
}

async fn send(Extension(asking): Extension<AppRequest>, Path(file): Path<String>) -> Response {
    let Some(actor) = &asking.actor else { return Redirect::to("/sign-in").into_response() };
    let services = &asking.services;
    if file == "everything.zip" {
        return streamed("application/zip", "selltrac.zip", export::everything(services, actor));
    }
    let Some((word, ending)) = file.rsplit_once('.') else { return StatusCode::NOT_FOUND.into_response() };
    let Some(kind) = ExportKind::parse(word) else { return StatusCode::NOT_FOUND.into_response() };
    let name = format!("selltrac-{file}");
    match ending {
        "csv" => streamed("text/csv; charset=utf-8", &name, export::csv(services, actor, kind)),
        "xlsx" => streamed(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            &name,
            export::xlsx(services, actor, kind),
        ),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The answer that sends a file while it is written.
pub(super) fn streamed(kind: &str, name: &str, download: Result<Download, Error>) -> Response {
    match download {
        Ok(download) => {
            let (pieces, place) = download.into_parts();
            let headers = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, Body::from_stream(ReceiverStream::new(pieces).map(pace(place)))).into_response()
        }
        Err(error) => failed(&error),
    }
}

/// Ends a download that is fetched too slowly, because its place is one that others wait for. It is kept with this, for as long
/// as the body of the answer is.
fn pace(place: Arc<Place>) -> impl FnMut(Piece) -> Piece {
    let (begun, mut sent) = (Instant::now(), 0_u64);
    move |piece| {
        let _kept = &place;
        let piece = piece?;
        if is_too_slow_a_fetch(begun.elapsed(), sent) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "a file was fetched too slowly"));
        }
        sent += piece.len() as u64;
        Ok(piece)
    }
}

/// Whether less than [`LEAST_PACE`] was fetched in the long run.
fn is_too_slow_a_fetch(elapsed: Duration, sent: u64) -> bool {
    elapsed.saturating_sub(SHORT_FETCH).as_secs() > sent / LEAST_PACE
}

#[cfg(test)]
mod tests {
    use services::places::{Limits, Places};

    use super::*;

    #[test]
    fn a_download_may_be_short_or_quick_and_not_endless() {
        assert!(!is_too_slow_a_fetch(SHORT_FETCH, 0));
        assert!(is_too_slow_a_fetch(SHORT_FETCH * 2, LEAST_PACE));
        assert!(!is_too_slow_a_fetch(SHORT_FETCH * 60, 59 * SHORT_FETCH.as_secs() * LEAST_PACE));
    }

    #[test]
    fn a_place_is_kept_for_as_long_as_the_body() {
        let places = Places::new(Limits { at_once: 1, of_one: 1, waiting: 0 });
        let paced = pace(Arc::new(places.take_free('a').unwrap()));
        assert!(places.take_free('a').is_err());
        drop(paced);
        assert!(places.take_free('a').is_ok());
    }
}
