//! Bodies of requests: patience with those that come slowly, and collecting within bounds.

use std::{
    error::Error,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Code;
use http_body_util::{BodyExt, LengthLimitError};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

use super::errors::{busy, refused};
use crate::{connections::Stopping, wait::Wait};

/// What must come of a form, in bytes, before a piece's time begins anew.
pub const FORM_PROGRESS: usize = 1024;
/// The same for what takes a place that others wait for: files, and what is held in memory as a whole. The worst of mobile
/// networks brings twice as much.
pub const PLACE_PROGRESS: usize = 32 * 1024;

/// How long bodies may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long one may stand still, or bring less than `progress`.
    pub piece: Duration,
    /// Bytes.
    pub progress: usize,
    /// How long one may take as a whole.
    pub whole: Duration,
}

/// Why a body was not read to its end, where it came too slowly.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub struct TooSlow;

fn has_cause<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).any(|error| error.is::<E>())
}

/// Gives the request's body a limit of time. The time runs while the body is waited for.
pub async fn be_patient(State(patience): State<Patience>, request: Request, next: Next) -> Response {
    next.run(request.map(|body| patient(body, patience))).await
}

/// The body with a limit of time, besides any that it has.
pub fn patient(body: Body, patience: Patience) -> Body {
    Body::new(PatientBody::new(body, patience))
}

/// A body that fails with [`TooSlow`].
struct PatientBody {
    body: Body,
    wait: Wait,
    whole: Duration,
    /// When its time as a whole is over; set when it is waited for the first time.
    end: Option<Instant>,
}

impl PatientBody {
    fn new(body: Body, patience: Patience) -> Self {
        let wait = Wait::new(patience.piece, patience.progress);
        PatientBody { body, wait, whole: patience.whole, end: None }
    }
}

impl HttpBody for PatientBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            if let Some(Ok(frame)) = &frame
                && let Some(data) = frame.data_ref()
            {
                this.wait.moved(data.len());
            }
            return Poll::Ready(frame);
        }
        let whole = this.whole;
        let end = *this.end.get_or_insert_with(|| Instant::now() + whole);
        this.wait.poll(context, Some(end)).map(|()| Some(Err(axum::Error::new(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Why a body was not collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncollected {
    TooLarge,
    TooSlow,
    /// There is no place for it, or the server stops.
    Busy,
    Broken,
}

impl Uncollected {
    /// By what failed when it was read.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        if has_cause::<TooSlow>(error) {
            Uncollected::TooSlow
        } else if has_cause::<Stopping>(error) {
            Uncollected::Busy
        } else if has_cause::<LengthLimitError>(error) {
            Uncollected::TooLarge
        } else {
            Uncollected::Broken
        }
    }

    pub fn status(self) -> StatusCode {
        match self {
            Uncollected::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Uncollected::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Uncollected::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Uncollected::Broken => StatusCode::BAD_REQUEST,
        }
    }

    /// The answer to a form that was not read. The browser's part of a page is told as a problem what people see as a page.
    pub fn answer(self, for_a_page: bool) -> Response {
        if for_a_page {
            return self.into_response();
        }
        let code = match self {
            Uncollected::TooLarge => Code::TooLarge,
            Uncollected::TooSlow => Code::TooSlow,
            Uncollected::Busy => Code::Busy,
            Uncollected::Broken => Code::Invalid,
        };
        let mut response = refused(code);
        *response.status_mut() = self.status();
        response
    }
}

impl IntoResponse for Uncollected {
    fn into_response(self) -> Response {
        match self {
            Uncollected::Busy => busy(),
            _ => self.status().into_response(),
        }
    }
}

/// Reads a body, or what is left of it, to its end and keeps nothing of it, so that whoever is refused is told so: a browser
/// reads no answer before it has sent everything, and a connection that is closed while it sends loses the answer.
pub async fn read_over(
    mut body: impl HttpBody<Data = Bytes, Error = axum::Error> + Unpin,
) -> Result<(), Uncollected> {
    while let Some(frame) = body.frame().await {
        frame.map_err(|error| Uncollected::of(&error))?;
    }
    Ok(())
}

/// Holds an answer back until the request's body has come, for so long at most, also where nobody wanted all of it: whoever
/// is refused sees the answer then. Who had a place for the body may have read it over before, for longer. A client that waits
/// to be asked for the body (`Expect: 100-continue`) is not asked for what no handler begins to read: it sees the answer at once.
pub async fn answer_after_body(State(time): State<Duration>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let is_sent_unasked = !parts.headers.contains_key(header::EXPECT);
    let body = SharedBody::new(body);
    let response = next.run(Request::from_parts(parts, Body::new(body.clone()))).await;
    let is_coming = is_sent_unasked || body.shared().is_begun;
    // What took too long was waited for long enough.
    if is_coming && response.status() != StatusCode::REQUEST_TIMEOUT {
        let patience = Patience { piece: time, progress: PLACE_PROGRESS, whole: time };
        let _ = read_over(patient(Body::new(body), patience)).await;
    }
    response
}

/// A body of which the rest can be read when whoever had it has let it go.
#[derive(Clone)]
struct SharedBody(Arc<Mutex<Shared>>);

struct Shared {
    /// Nothing is left of a body that has ended or failed.
    rest: Option<Body>,
    /// Whether anybody has asked for any of it.
    is_begun: bool,
}

impl SharedBody {
    fn new(body: Body) -> Self {
        SharedBody(Arc::new(Mutex::new(Shared { rest: Some(body), is_begun: false })))
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for SharedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut shared = self.shared();
        shared.is_begun = true;
        let Some(body) = &mut shared.rest else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            shared.rest = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.shared().rest.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.shared().rest.as_ref().map_or(SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

/// Collects a body of at most `limit` bytes. What is larger is read over. If the collecting is broken off, the rest of the body
/// can still be read over.
pub async fn collect(body: &mut Body, limit: usize) -> Result<Bytes, Uncollected> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        read_over(body).await?;
        return Err(Uncollected::TooLarge);
    }
    let mut collected = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Uncollected::of(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if collected.len() + data.len() > limit {
            drop(collected);
            read_over(body).await?;
            return Err(Uncollected::TooLarge);
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected.into())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::{Router, middleware::from_fn_with_state, routing::post};
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn the_cause_is_found_however_deep() {
        let deep = axum::Error::new(axum::Error::new(TooSlow));
        assert_eq!(Uncollected::of(&deep), Uncollected::TooSlow);
        assert_eq!(Uncollected::of(&axum::Error::new(axum::Error::new(Stopping))), Uncollected::Busy);
        assert_eq!(Uncollected::of(&axum::Error::new(std::io::Error::other("away"))), Uncollected::Broken);
    }

    #[tokio::test]
    async fn a_body_is_collected_up_to_its_limit() {
        assert_eq!(collect(&mut Body::from("12345678"), 8).await.unwrap(), "12345678");
        assert_eq!(collect(&mut Body::from("123456789"), 8).await, Err(Uncollected::TooLarge));
        let pieces = tokio_stream::iter([Ok::<_, std::io::Error>("12345"), Ok("6789")]);
        assert_eq!(collect(&mut Body::from_stream(pieces), 8).await, Err(Uncollected::TooLarge));
    }

    #[tokio::test]
    async fn a_body_that_stands_still_or_takes_too_long_is_given_up() {
        let (short, long) = (Duration::from_millis(20), Duration::from_secs(3_600));
        for (piece, whole) in [(short, long), (long, short)] {
            let patience = Patience { piece, progress: FORM_PROGRESS, whole };
            let stream = tokio_stream::pending::<Result<Vec<u8>, std::io::Error>>();
            let mut body = patient(Body::from_stream(stream), patience);
            assert_eq!(collect(&mut body, 100).await, Err(Uncollected::TooSlow), "{patience:?}");
        }
    }

    #[tokio::test]
    async fn a_trickle_is_no_progress() {
        let patience = Patience {
            piece: Duration::from_millis(50),
            progress: PLACE_PROGRESS,
            whole: Duration::from_secs(3_600),
        };
        // A byte every five milliseconds, without end.
        let (pieces, receiver) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            let mut next = tokio::time::interval(Duration::from_millis(5));
            while pieces.send(Ok::<_, std::io::Error>("x")).await.is_ok() {
                next.tick().await;
            }
        });
        let mut body =
            patient(Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver)), patience);
        assert_eq!(collect(&mut body, 100_000).await, Err(Uncollected::TooSlow));
    }

    #[tokio::test]
    async fn an_answer_waits_for_a_body_that_nobody_wants_but_not_for_ever() {
        let ask = async |status: StatusCode, time, body| {
            let layer = from_fn_with_state(time, answer_after_body);
            let router = Router::new().route("/", post(status)).layer(layer);
            let request = Request::post("/").body(body).unwrap();
            assert_eq!(router.oneshot(request).await.unwrap().status(), status);
        };
        let (short, long) = (Duration::from_millis(20), Duration::from_secs(3_600));
        let (pieces, receiver) = tokio::sync::mpsc::channel::<Result<&'static str, std::io::Error>>(1);
        let sending = async {
            for _ in 0..5 {
                pieces.send(Ok("piece")).await.unwrap();
            }
            drop(pieces);
        };
        let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver));
        tokio::join!(ask(StatusCode::FORBIDDEN, long, body), sending);
        let stands_still =
            || Body::from_stream(tokio_stream::pending::<Result<&'static str, std::io::Error>>());
        ask(StatusCode::FORBIDDEN, short, stands_still()).await;
        ask(StatusCode::REQUEST_TIMEOUT, long, stands_still()).await;
    }

    #[tokio::test]
    async fn nobody_is_asked_to_send_what_is_refused() {
        let is_asked_for = Arc::new(AtomicBool::new(false));
        let asked = is_asked_for.clone();
        let pieces = std::iter::once_with(move || {
            asked.store(true, Ordering::Relaxed);
            Ok::<_, std::io::Error>("piece")
        });
        let layer = from_fn_with_state(Duration::from_secs(60), answer_after_body);
        let router = Router::new()
            .route("/refused", post(StatusCode::FORBIDDEN))
            .route("/read", post(async |body: Bytes| body))
            .layer(layer);
        let body = Body::from_stream(tokio_stream::iter(pieces));
        let request = Request::post("/refused").header(header::EXPECT, "100-continue").body(body).unwrap();
        assert_eq!(router.clone().oneshot(request).await.unwrap().status(), StatusCode::FORBIDDEN);
        assert!(!is_asked_for.load(Ordering::Relaxed));
        let request = Request::post("/read").header(header::EXPECT, "100-continue").body(Body::from("piece"));
        let answer = router.oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "piece");
    }

    #[tokio::test]
    async fn of_a_body_that_was_read_or_failed_nothing_is_left() {
        for body in [Body::from("12345"), Body::from_stream(tokio_stream::iter([Err::<&str, _>(TooSlow)]))] {
            let mut shared = SharedBody::new(body);
            let _ = read_over(shared.clone()).await;
            assert!(shared.is_end_stream());
            assert!(shared.frame().await.is_none());
        }
    }

    #[tokio::test]
    async fn what_is_read_over_is_read_to_its_end() {
        let pieces = tokio_stream::iter([Ok::<_, std::io::Error>("12345"), Ok("6789")]);
        assert_eq!(read_over(Body::from_stream(pieces)).await, Ok(()));
        let broken = tokio_stream::iter([Ok("12345"), Err(std::io::Error::other("away"))]);
        assert_eq!(read_over(Body::from_stream(broken)).await, Err(Uncollected::Broken));
    }
}
