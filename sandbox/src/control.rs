//! The sandbox's own pages: what it is, the faults ordered, the calls received, the clock.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::context::Context;
use crate::faults::FaultRule;
use crate::page::page;
use crate::state::Call;

/// More rules than this at once are a mistake in a test.
const MOST_RULES: usize = 1000;

/// `/`, `/faults`, `/calls.json` and `/clock`.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/", get(home))
        // Browsers ask for it by themselves; a missing one would stand in their console as an error.
        .route("/favicon.ico", get(|| async { axum::http::StatusCode::NO_CONTENT }))
        .route("/faults", get(list_faults).post(order_fault).delete(clear_faults))
        .route("/calls.json", get(list_calls).delete(clear_calls))
        .route("/clock", post(advance_clock))
}

async fn home(State(context): State<Context>) -> Response {
    let (mails, sessions, shipments, faults, calls) = context.read(|state| {
        (
            state.mail.messages.len(),
            state.stripe.sessions.len(),
            state.easypost.shipments.len(),
            state.faults.len(),
            state.calls.len(),
        )
    });
    let content = format!(
        "<h1>A stand-in for the outside world</h1>\
         <p>This sandbox takes the place of Stripe, EasyPost and a mail server, on this machine only. No money moves, \
         no postage is bought and no mail leaves. Use any key that begins with <code>sk_test_</code> or \
         <code>EZTK</code>.</p>\
         <table><tr><th>Place</th><th>What is there</th><th class=\"number\">Count</th></tr>\
         <tr><td><a href=\"/inbox\">Inbox</a></td><td>every mail sent, whoever it was for</td>\
         <td class=\"number\">{mails}</td></tr>\
         <tr><td><a href=\"/stripe/sessions\">Checkout sessions</a></td><td>pay or decline as a buyer would</td>\
         <td class=\"number\">{sessions}</td></tr>\
         <tr><td><a href=\"/easypost/shipments\">Shipments</a></td><td>rates asked, labels bought</td>\
         <td class=\"number\">{shipments}</td></tr>\
         <tr><td><a href=\"/faults\">Faults</a></td><td>what shall go wrong next; order one with POST</td>\
         <td class=\"number\">{faults}</td></tr>\
         <tr><td><a href=\"/calls.json\">Calls</a></td><td>every request received since the start</td>\
         <td class=\"number\">{calls}</td></tr></table>"
    );
    page("What this is", &content)
}

async fn list_faults(State(context): State<Context>) -> Json<Vec<FaultRule>> {
    Json(context.read(|state| state.faults.clone()))
}

/// Rules for the same operation happen in the order in which they were ordered.
async fn order_fault(State(context): State<Context>, Json(rule): Json<FaultRule>) -> Response {
    if let Err(reason) = rule.check() {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": reason }))).into_response();
    }
    let ordered = context.change_unsaved(|state| {
        let room = state.faults.len() < MOST_RULES;
        if room {
            state.faults.push(rule.clone());
        }
        room
    });
    if ordered {
        (StatusCode::CREATED, Json(rule)).into_response()
    } else {
        (StatusCode::CONFLICT, Json(json!({ "error": "too many faults are waiting" }))).into_response()
    }
}

async fn clear_faults(State(context): State<Context>) -> StatusCode {
    context.change_unsaved(|state| state.faults.clear());
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
struct CallFilter {
    provider: Option<String>,
    operation: Option<String>,
}

async fn list_calls(State(context): State<Context>, Query(filter): Query<CallFilter>) -> Json<Vec<Call>> {
    let wanted = |call: &&Call| {
        filter.provider.as_deref().is_none_or(|provider| provider == call.provider)
            && filter.operation.as_deref().is_none_or(|operation| operation == call.operation)
    };
    Json(context.read(|state| state.calls.iter().filter(wanted).cloned().collect()))
}

async fn clear_calls(State(context): State<Context>) -> StatusCode {
    context.change_unsaved(|state| state.calls.clear());
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u32,
}

/// Lets time pass for the sandbox, so that a session's day can be over at once. Signatures keep the real
/// time.
async fn advance_clock(State(context): State<Context>, Json(advance): Json<Advance>) -> Response {
    let seconds_ahead = context.advance(advance.advance_seconds);
    crate::stripe::sessions::expire_due(&context);
    Json(json!({ "seconds_ahead": seconds_ahead, "now": context.now() })).into_response()
}
