//! What the log tells of a request: not who asked and not for what, only that something was asked and how it went.

use std::{any::Any, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Code;
use tracing::Instrument;

use super::{assets, functions};

/// The header that names the request, so that what a person reports is found in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Surrounds a request with a span that has its id, method and route, and tells its status and how long it took.
///
/// The route is the pattern that matched and never the address: buyers' links are secrets, and searches hold names.
pub async fn observe(request: Request, next: Next) -> Response {
    let id = services::new_id().to_string();
    let route = route(&request);
    let span = tracing::info_span!("request", id, method = %request.method(), route);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, milliseconds) = (response.status().as_u16(), begun.elapsed().as_millis() as u64);
    span.in_scope(|| match assets::is_a_file(&route) {
        true => tracing::debug!(status, milliseconds, "answered"),
        false => tracing::info!(status, milliseconds, "answered"),
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn route(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>().map(MatchedPath::as_str) {
        None => "none".to_owned(),
        // The path of a server function is the program's own word; what else somebody asks below it is theirs.
        Some(functions::ROUTE) => {
            functions::known(request.uri().path()).unwrap_or(functions::ROUTE).to_owned()
        }
        Some(pattern) => pattern.to_owned(),
    }
}

/// What is answered in place of a handler that broke. The panic itself was told to the log where it happened.
pub fn broke(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request broke");
    (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal.message()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn the_route_is_told_and_the_address_is_not() {
        let answer = |request: Request| async move { route(&request) };
        let router = Router::new()
            .route("/pay/{token}", get(answer))
            .route(functions::ROUTE, get(answer))
            .fallback(answer)
            .layer(from_fn(observe));
        for (path, expected) in [
            ("/pay/a-secret?name=Ana", "/pay/{token}"),
            ("/api/viewer?name=Ana", functions::known("/api/viewer").unwrap_or(functions::ROUTE)),
            ("/api/a-secret", functions::ROUTE),
            ("/a-secret", "none"),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.headers()[REQUEST_ID].len(), 36);
            let told = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
            assert_eq!(told, expected, "{path}");
        }
    }
}
