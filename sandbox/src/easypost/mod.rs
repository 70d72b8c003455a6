//! EasyPost, as far as rating and buying one parcel's postage needs it.
//!
//! Three rates of USPS, prices that depend on the weight alone, a label drawn on request, and no carrier
//! behind it.

mod input;
mod keys;
mod label;
mod objects;
mod overview;
mod rates;
mod refusal;
mod shipments;
mod webhooks;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Context;
use crate::intercept::{Provider, intercept};
use crate::page::decimal;
use refusal::Refusal;

/// The operations for which a fault can be ordered.
pub const OPERATIONS: &[&str] = &[
    "create_shipment",
    "get_shipment",
    "list_shipments",
    "rerate",
    "buy",
    "refund",
    "create_webhook",
    "label",
    "webhook",
];

const PROVIDER: Provider = Provider { name: "easypost", operation, failure, raise_amounts };

/// What the sandbox remembers of EasyPost.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Records {
    /// Oldest first.
    pub shipments: Vec<objects::Shipment>,
    webhooks: Vec<webhooks::Webhook>,
    keys: keys::Keys,
}

/// Everything below `/easypost`.
pub fn router(context: &Context) -> Router<Context> {
    let api = Router::new()
        .route("/v2/shipments", get(shipments::list).post(shipments::create))
        .route("/v2/shipments/{id}", get(shipments::retrieve))
        .route("/v2/shipments/{id}/rerate", post(shipments::rerate))
        .route("/v2/shipments/{id}/buy", post(shipments::buy))
        .route("/v2/shipments/{id}/refund", post(shipments::refund))
        .route("/v2/webhooks", post(webhooks::create))
        .route("/labels/{file}", get(overview::label))
        .fallback(unknown)
        .layer(from_fn_with_state((context.clone(), PROVIDER), intercept));
    let pages = Router::new().route("/shipments", get(overview::show)).route("/keys", post(keys::replace));
    pages.merge(api)
}

fn operation(method: &Method, path: &str) -> &'static str {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["v2", "shipments"]) => "create_shipment",
        ("GET", ["v2", "shipments"]) => "list_shipments",
        ("GET", ["v2", "shipments", _]) => "get_shipment",
        ("POST", ["v2", "shipments", _, "rerate"]) => "rerate",
        ("POST", ["v2", "shipments", _, "buy"]) => "buy",
        ("POST", ["v2", "shipments", _, "refund"]) => "refund",
        ("POST", ["v2", "webhooks"]) => "create_webhook",
        ("GET", ["labels", _]) => "label",
        _ => "unknown",
    }
}

fn failure(status: StatusCode) -> Response {
    Refusal::ordered(status).into_response()
}

async fn unknown() -> Refusal {
    Refusal::not_found()
}

/// Adds 1.00 to the price of every rate, wherever it stands.
fn raise_amounts(answer: &mut Value) {
    match answer {
        Value::Array(values) => values.iter_mut().for_each(raise_amounts),
        Value::Object(fields) => {
            for (name, value) in fields {
                let cents = value.as_str().and_then(|text| text.replace('.', "").parse::<i64>().ok());
                match cents {
                    Some(cents) if name == "rate" => *value = Value::from(decimal(cents + 100)),
                    _ => raise_amounts(value),
                }
            }
        }
        _ => {}
    }
}
