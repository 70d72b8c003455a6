//! Events from gateways, over their raw body.

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, State},
    http::{Extensions, HeaderMap, StatusCode},
    routing::post,
};
use domain::payments::Gateway;
use services::{
    payments::webhook::{Received, find_recipient, receive},
    security_log::{Event, Outcome, note_about},
};
use uuid::Uuid;

use super::{
    AppState,
    bodies::{PLACE_PROGRESS, Patience, Uncollected, collect, patient, read_over},
    client::who,
};

/// Events are small; a larger body is not one.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// One address for each account at a gateway.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/webhooks/{gateway}/{account}", post(take_in))
        // Bodies are bounded where they are collected.
        .layer(DefaultBodyLimit::disable())
}

/// Answers quickly: 200 for what is stored or was before, 400 for what is not believed, 5xx if it shall be sent again.
async fn take_in(
    State(state): State<AppState>,
    Path((gateway, account)): Path<(String, String)>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Uncollected> {
    let services = &state.services;
    let fault = |error| {
        tracing::error!(%account, %error, "an event could not be stored");
        StatusCode::INTERNAL_SERVER_ERROR
    };
    // Nothing is kept of what is sent to an address that was given to no gateway.
    let found = match (Gateway::parse(&gateway), Uuid::parse_str(&account)) {
        (Some(gateway), Ok(id)) => find_recipient(services, gateway, id).await,
        _ => Ok(None),
    };
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) => {
            read_over(body).await?;
            return Ok(StatusCode::NOT_FOUND);
        }
        Err(error) => return Ok(fault(error)),
    };
    // A gateway sends an event again, so a server that stops does not let it wait.
    let place = tokio::select! {
        place = state.events.take(found.id()) => place,
        () = state.stop.told() => return Ok(StatusCode::SERVICE_UNAVAILABLE),
    };
    let Ok(_place) = place else { return Ok(StatusCode::SERVICE_UNAVAILABLE) };
    let whole = state.limits.event;
    let mut body = patient(body, Patience { piece: whole, progress: PLACE_PROGRESS, whole });
    let body = collect(&mut body, MAX_EVENT_BYTES).await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(match receive(services, found, &header, &body).await {
        Ok(Received::Stored | Received::Known) => StatusCode::OK,
        Ok(Received::Refused(why)) => {
            tracing::warn!(%account, %why, "an event was refused");
            note_about(Event::Webhook, Outcome::Refused, who(&extensions), &account);
            StatusCode::BAD_REQUEST
        }
        Err(error) => fault(error),
    })
}
