//! Serves HTTP/1 on one listener.
//!
//! The loop is written out, instead of using `axum::serve`, because a sandbox must be able to close a
//! connection without an answer, and hyper does that when the service it serves returns an error.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// After an accept that failed (out of file descriptors, mostly) the listener rests this long.
const REST_AFTER_ERROR: Duration = Duration::from_millis(100);

/// A response that carries this extension is not sent: the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub struct CloseWithoutAnswer;

impl fmt::Display for CloseWithoutAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("closed without an answer, as ordered")
    }
}

impl Error for CloseWithoutAnswer {}

/// Serves until the task is aborted; then every connection is closed with it.
pub async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(REST_AFTER_ERROR).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let router = router.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| answer(router.clone(), request));
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection to the sandbox ended early");
            }
        });
    }
}

async fn answer(router: Router, request: Request<Incoming>) -> Result<Response, CloseWithoutAnswer> {
    let answered: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
    let response = answered.unwrap_or_else(|never| match never {});
    match response.extensions().get::<CloseWithoutAnswer>() {
        Some(closed) => Err(*closed),
        None => Ok(response),
    }
}
