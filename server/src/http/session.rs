//! Finding out who asks, once for each request.

pub use app::accounts::cookie::value as cookie_value;
use app::{accounts::cookie, server::Request as AppRequest};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::{Services, accounts::session, security_log::Who};

use super::client::who;

/// Puts an [`AppRequest`] into the request's extensions, with the actor if the session is alive.
pub async fn find(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let name = cookie::name(&services.settings.public_url);
    let token = cookie_value(request.headers(), name).map(str::to_owned);
    let actor = match &token {
        Some(token) => match session::authenticate(&services, token).await {
            Ok(actor) => actor,
            Err(error) => {
                tracing::error!(%error, "a session could not be read");
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
        },
        None => None,
    };
    let Who { client, peer, .. } = who(request.extensions());
    request.extensions_mut().insert(AppRequest { services, actor, token, client, peer });
    next.run(request).await
}
