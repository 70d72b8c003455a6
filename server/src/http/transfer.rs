//! Files in and files out: the upload of an import, and the downloads of everything.

use std::{
    io::{self, Write},
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use app::server::Request as AppRequest;
use axum::{
    Extension, Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request, State},
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
    transfer::{
        export::{self, Download, Piece},
        stage,
    },
};
use tempfile::NamedTempFile;
use tokio_stream::Stream;
use tower_http::limit::RequestBodyLimitLayer;

use super::{
    AppState, Incoming,
    bodies::Uncollected,
    errors::accepts_pages,
    files::failed,
    uploads::{self, Form, Unreceived, skip},
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
    request: Request,
) -> Response {
    let Some(actor) = &asking.actor else { return Redirect::to("/sign-in").into_response() };
    // Asked before anything is taken in, so that nobody takes a place for a form that is refused.
    if let Err(error) = actor.must_sell() {
        return failed(&error);
    }
    let read = |form| keep(&state.incoming, form);
    let (place, kept) = match uploads::receive(&state, actor.business_id, request, read).await {
        Ok(received) => received,
        Err(Unreceived::Uncollected(Uncollected::TooLarge)) => {
            return refused(&headers, FileProblem::TooLarge);
        }
        Err(Unreceived::Uncollected(why)) => return why.into_response(),
        Err(Unreceived::Io(error)) => {
            tracing::error!(%error, "a file that was sent cannot be kept");
            return (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.message()).into_response();
        }
    };
    let (name, file) = match kept {
        Ok(kept) => kept,
        Err(problem) => return refused(&headers, problem),
    };
    let turn = match uploads::turn(&place, &asking.services.places.files, actor.business_id).await {
        Ok(turn) => turn,
        Err(why) => return why.into_response(),
    };
    match stage::stage(&asking.services, actor, &name, file.path().to_owned(), turn).await {
        Ok(Ok(id)) => Redirect::to(&format!("/import/{id}")).into_response(),
        Ok(Err(problem)) => refused(&headers, problem),
        Err(error) => failed(&error),
    }
}

/// Keeps the file of a form on the disk, piece by piece as it comes. It goes when its reading is over.
async fn keep(
    incoming: &Incoming,
    mut form: Form,
) -> Result<Result<(String, NamedTempFile), FileProblem>, Unreceived> {
    while let Some(mut field) = form.next_field().await? {
        if field.name() != Some("file") {
            skip(field).await?;
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut file = incoming.file()?;
        let mut bytes = 0_u64;
        while let Some(piece) = field.chunk().await? {
            bytes += piece.len() as u64;
            if bytes > MAX_FILE_BYTES {
                return Ok(Err(FileProblem::TooLarge));
            }
            // Pieces are some kilobytes, and the disk takes them into its memory.
            file.write_all(&piece)?;
        }
        file.flush()?;
        return Ok(match (bytes, name.is_empty()) {
            (0, true) => Err(FileProblem::NoFile),
            (0, false) => Err(FileProblem::Empty),
            _ => Ok((name, file)),
        });
    }
    Ok(Err(FileProblem::NoFile))
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
            let headers = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            let fetched = Fetched { download, begun: Instant::now(), sent: 0 };
            (headers, Body::from_stream(fetched)).into_response()
        }
        Err(error) => failed(&error),
    }
}

/// A file as the body of an answer, which keeps its place for as long as it is there. It ends if it is fetched too slowly,
/// because others wait for the place.
struct Fetched {
    download: Download,
    begun: Instant,
    /// Bytes.
    sent: u64,
}

impl Stream for Fetched {
    type Item = Piece;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        let piece = ready!(self.download.poll_recv(context));
        let Some(Ok(bytes)) = &piece else { return Poll::Ready(piece) };
        if is_too_slow_a_fetch(self.begun.elapsed(), self.sent) {
            let error = io::Error::new(io::ErrorKind::TimedOut, "a file was fetched too slowly");
            return Poll::Ready(Some(Err(error)));
        }
        self.sent += bytes.len() as u64;
        Poll::Ready(piece)
    }
}

/// Whether less than [`LEAST_PACE`] was fetched in the long run.
fn is_too_slow_a_fetch(elapsed: Duration, sent: u64) -> bool {
    elapsed.saturating_sub(SHORT_FETCH).as_secs() > sent / LEAST_PACE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_may_be_short_or_quick_and_not_endless() {
        assert!(!is_too_slow_a_fetch(SHORT_FETCH, 0));
        assert!(is_too_slow_a_fetch(SHORT_FETCH * 2, LEAST_PACE));
        assert!(!is_too_slow_a_fetch(SHORT_FETCH * 60, 59 * SHORT_FETCH.as_secs() * LEAST_PACE));
    }
}
