//! Telling open screens that something changed, as server-sent events.

use std::{convert::Infallible, time::Duration};

use app::server::Request as AppRequest;
use axum::{
    Extension, Router,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use tokio_stream::{StreamExt, wrappers::WatchStream};

use super::AppState;

/// A sign of life, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// One stream for each open screen.
pub fn routes() -> Router<AppState> {
    Router::new().route("/live", get(watch))
}

/// Sends the business' revision: where it stands, as soon as that is known, and then whenever it rises.
async fn watch(Extension(asking): Extension<AppRequest>) -> Response {
    let Some(actor) = asking.actor else { return StatusCode::UNAUTHORIZED.into_response() };
    let changes = asking.services.live.watch(actor.business_id);
    // Zero stands for a revision that was not read yet.
    let known = WatchStream::new(changes).filter(|revision| *revision != 0);
    let events = known.map(|revision| Ok::<_, Infallible>(Event::default().data(revision.to_string())));
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}
