//! The bound on what stands in an address behind the question mark.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::functions::pairs;

/// The most fields of an address: an order of many tags has one for each variant. Pages keep them in a list that is
/// searched from its beginning, so their number counts twice.
const MAX_PAIRS: usize = 2_000;

/// Refuses an address of more fields than any page has. How long it may be is said by the bound of a request's head.
pub async fn bounded(request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if pairs(query.as_bytes()) > MAX_PAIRS {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    next.run(request).await
}
