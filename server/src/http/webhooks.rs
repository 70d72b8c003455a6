//! Events from gateways, over their raw body.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::payments::Gateway;
use services::{
    Services,
    payments::webhook::{Received, receive},
};
use uuid::Uuid;

use super::AppState;

/// Events are small; a larger body is not one.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// One address for each account at a gateway.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/webhooks/{gateway}/{account}", post(take_in))
        .layer(DefaultBodyLimit::max(MAX_EVENT_BYTES))
}

/// Answers quickly: 200 for what is stored or was before, 400 for what is not believed, 5xx if it shall be sent again.
async fn take_in(
    State(services): State<Services>,
    Path((gateway, account)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let (Some(gateway), Ok(account)) = (Gateway::parse(&gateway), Uuid::parse_str(&account)) else {
        return StatusCode::NOT_FOUND;
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match receive(&services, gateway, account, &header, &body).await {
        Ok(Received::Stored | Received::Known) => StatusCode::OK,
        Ok(Received::Unknown) => StatusCode::NOT_FOUND,
        Ok(Received::Refused(why)) => {
            tracing::warn!(%account, %why, "an event was refused");
            StatusCode::BAD_REQUEST
        }
        Err(error) => {
            tracing::error!(%account, %error, "an event could not be stored");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
