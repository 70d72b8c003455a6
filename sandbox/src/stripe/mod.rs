//! Stripe, as far as one-time payments through Checkout Sessions need it.
//!
//! Served are sessions, webhook endpoints and events of API version [`API_VERSION`], and the page where a
//! buyer pays. The rules are those of Stripe's API reference and its SDKs; what is not here answers 404 as
//! Stripe would.

mod access;
mod checkout;
mod objects;
mod parameters;
mod refusal;
mod reversals;
pub mod sessions;
mod webhooks;

use std::collections::BTreeMap;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Context;
use crate::intercept::{Provider, intercept};
use refusal::Refusal;

/// The version whose shapes are served.
const API_VERSION: &str = "2026-10-28.endive";

/// The operations for which a fault can be ordered.
pub const OPERATIONS: &[&str] = &[
    "create_session",
    "get_session",
    "list_sessions",
    "expire_session",
    "list_payment_intents",
    "list_charges",
    "get_account",
    "create_webhook",
    "list_webhooks",
    "delete_webhook",
    "list_events",
    "webhook",
];

const PROVIDER: Provider = Provider { name: "stripe", operation, failure, raise_amounts };

/// What the sandbox remembers of Stripe.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Records {
    /// Oldest first.
    pub sessions: Vec<objects::Session>,
    endpoints: Vec<webhooks::Endpoint>,
    /// Oldest first.
    events: Vec<webhooks::Event>,
    /// Answers kept for their idempotency key, by account and key.
    answers: BTreeMap<String, access::KeptAnswer>,
    /// When a request failed whose idempotency key is answered the same from then on, by account and key.
    failures: BTreeMap<String, i64>,
    /// What was told of keys, by fingerprint.
    keys: BTreeMap<String, access::KeyFacts>,
}

/// Everything below `/stripe`.
pub fn router(context: &Context) -> Router<Context> {
    let api = Router::new()
        .route("/v1/checkout/sessions", get(sessions::list).post(sessions::create))
        .route("/v1/checkout/sessions/{id}", get(sessions::retrieve))
        .route("/v1/checkout/sessions/{id}/expire", post(sessions::expire))
        .route("/v1/webhook_endpoints", get(webhooks::list_endpoints).post(webhooks::create_endpoint))
        .route("/v1/webhook_endpoints/{id}", axum::routing::delete(webhooks::delete_endpoint))
        .route("/v1/events", get(webhooks::list_events))
        .route("/v1/payment_intents", get(sessions::list_intents))
        .route("/v1/charges", get(sessions::list_charges))
        .route("/v1/account", get(sessions::account))
        .fallback(unknown)
        .layer(from_fn_with_state((context.clone(), PROVIDER), intercept))
        .layer(from_fn_with_state(context.clone(), access::keep_failures));
    Router::new()
        .route("/sessions", get(checkout::overview))
        .route("/checkout/{id}", get(checkout::show))
        .route("/checkout/{id}/pay", post(checkout::pay))
        .route("/checkout/{id}/decline", post(checkout::decline))
        .route("/checkout/{id}/refund", post(reversals::refund))
        .route("/checkout/{id}/dispute", post(reversals::dispute))
        .route("/keys", post(access::order_key))
        .merge(api)
}

fn operation(method: &Method, path: &str) -> &'static str {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["v1", "checkout", "sessions"]) => "create_session",
        ("GET", ["v1", "checkout", "sessions"]) => "list_sessions",
        ("GET", ["v1", "checkout", "sessions", _]) => "get_session",
        ("POST", ["v1", "checkout", "sessions", _, "expire"]) => "expire_session",
        ("GET", ["v1", "payment_intents"]) => "list_payment_intents",
        ("GET", ["v1", "charges"]) => "list_charges",
        ("GET", ["v1", "account"]) => "get_account",
        ("POST", ["v1", "webhook_endpoints"]) => "create_webhook",
        ("GET", ["v1", "webhook_endpoints"]) => "list_webhooks",
        ("DELETE", ["v1", "webhook_endpoints", _]) => "delete_webhook",
        ("GET", ["v1", "events"]) => "list_events",
        _ => "unknown",
    }
}

fn failure(status: StatusCode) -> Response {
    Refusal::ordered(status).into_response()
}

async fn unknown() -> Refusal {
    Refusal::invalid("Unrecognized request URL.").with_status(StatusCode::NOT_FOUND)
}

/// Adds 1.00 to every amount a buyer paid, wherever it stands; fees stay as they are.
fn raise_amounts(answer: &mut Value) {
    const AMOUNTS: [&str; 5] =
        ["amount", "amount_captured", "amount_received", "amount_subtotal", "amount_total"];
    match answer {
        Value::Array(values) => values.iter_mut().for_each(raise_amounts),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_i64() {
                    Some(amount) if AMOUNTS.contains(&name.as_str()) => *value = Value::from(amount + 100),
                    _ if name == "fee_details" => {}
                    _ => raise_amounts(value),
                }
            }
        }
        _ => {}
    }
}
