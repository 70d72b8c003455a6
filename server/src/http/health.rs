//! What an operator's machines ask: whether the process answers, and whether it may be sent requests.
//!
//! Neither needs a session, neither tells anything but yes or no, and neither is told to the log.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use services::Services;

use crate::stop::Stop;

/// How long the database may take to answer.
const DATABASE_PATIENCE: Duration = Duration::from_secs(1);

/// The two addresses. They stand outside of everything that surrounds other routes: a probe calls the machine by a number
/// and not by its name.
pub fn routes(services: Services, stop: Stop) -> Router {
    Router::new()
        .route("/health/live", get(|| async { answer(StatusCode::OK, "alive") }))
        .route("/health/ready", get(ready))
        .with_state((services, stop))
}

async fn ready(State((services, stop)): State<(Services, Stop)>) -> Response {
    if stop.is_told() {
        return answer(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match tokio::time::timeout(DATABASE_PATIENCE, services.database.read().ping()).await {
        Ok(Ok(())) => answer(StatusCode::OK, "ready"),
        _ => answer(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}

fn answer(status: StatusCode, words: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], words).into_response()
}
