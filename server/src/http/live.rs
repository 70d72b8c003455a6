//! Telling open screens that something changed, as server-sent events.

use std::convert::Infallible;

use app::server::Request as AppRequest;
use axum::{
    Extension, Router,
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use services::{Services, accounts::session, places::Place};
use tokio::{
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval},
};
use tokio_stream::wrappers::ReceiverStream;

use super::AppState;
use crate::{connections::Asks, limits::Limits, stop::Stop};

/// One stream for each open screen.
pub fn routes() -> Router<AppState> {
    Router::new().route("/live", get(watch))
}

/// Sends the business' revision: where it stands, as soon as that is known, and then whenever it rises.
async fn watch(
    State(state): State<AppState>,
    Extension(asking): Extension<AppRequest>,
    asks: Option<Extension<Asks>>,
) -> Response {
    let AppRequest { services, actor: Some(actor), token: Some(token), .. } = asking else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let Ok(place) = state.listeners.take_free(actor.member_id) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    if let Some(Extension(asks)) = asks {
        asks.listens();
    }
    let (events, receiver) = mpsc::channel(1);
    let listener =
        Listener { changes: services.live.watch(actor.business_id), services, token, events, _place: place };
    let keep_alive = KeepAlive::new().interval(state.limits.listener_check);
    tokio::spawn(listener.tell(state.limits, state.stop));
    Sse::new(ReceiverStream::new(receiver)).keep_alive(keep_alive).into_response()
}

/// An open screen.
struct Listener {
    services: Services,
    token: String,
    changes: watch::Receiver<i64>,
    events: mpsc::Sender<Result<Event, Infallible>>,
    _place: Place,
}

impl Listener {
    /// Tells until the screen is closed, the session is over or the server stops.
    async fn tell(mut self, limits: Limits, stop: Stop) {
        let mut check = interval(limits.listener_check);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick comes at once, when the session was looked at just before.
        check.tick().await;
        loop {
            let revision = *self.changes.borrow_and_update();
            // Zero stands for a revision that was not read yet.
            if revision != 0 {
                let event = Event::default().data(revision.to_string());
                tokio::select! {
                    sent = self.events.send(Ok(event)) => if sent.is_err() { return },
                    () = stop.told() => return,
                }
            }
            loop {
                let has_changed = tokio::select! {
                    changed = self.changes.changed() => match changed {
                        Ok(()) => true,
                        Err(_) => return,
                    },
                    _ = check.tick() => false,
                    () = self.events.closed() => return,
                    () = stop.told() => return,
                };
                if !self.is_signed_in().await {
                    return;
                }
                if has_changed {
                    break;
                }
            }
        }
    }

    /// Whether the session is alive. If that cannot be told, the stream ends as well: the browser asks again by itself.
    async fn is_signed_in(&self) -> bool {
        session::is_alive(&self.services, &self.token).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a session could not be looked at");
            false
        })
    }
}
