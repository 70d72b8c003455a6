//! Who calls, and whether they called before: the API key and the idempotency key.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::Refusal;
use crate::authorization::api_key;
use crate::context::Context;
use crate::fingerprint;
use crate::state::State;

/// Stripe takes idempotency keys up to this length.
const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// Stripe may forget an idempotency key after this time.
const ANSWER_KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Sent with an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The account behind the request's key, and its idempotency key.
///
/// Only the fingerprint of the API key is kept, so the state file holds no key even if a real one was pasted.
#[derive(Debug, Clone)]
pub struct Caller {
    pub account: String,
    idempotency_key: Option<String>,
}

/// An answer kept for its idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// Of path and body, to tell a repetition from another request.
    request: String,
    answer: Value,
    at: i64,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let api_key = api_key(&parts.headers).ok_or_else(|| {
            Refusal::unauthorized(
                "You did not provide an API key: use 'Authorization: Bearer YOUR_TEST_KEY'.",
            )
        })?;
        if !["sk_test_", "rk_test_"].iter().any(|prefix| api_key.starts_with(prefix)) {
            return Err(Refusal::unauthorized("Invalid API Key provided: the sandbox takes test keys only."));
        }
        let idempotency_key = match parts.headers.get("idempotency-key") {
            None => None,
            Some(value) if value.len() > LONGEST_IDEMPOTENCY_KEY => {
                return Err(Refusal::invalid("Idempotency keys are at most 255 characters long."));
            }
            Some(value) => Some(String::from_utf8_lossy(value.as_bytes()).into_owned()),
        };
        Ok(Caller { account: fingerprint::account(&api_key), idempotency_key })
    }
}

/// Does a POST's work, or answers what the same request with the same idempotency key was answered before.
///
/// As at Stripe nothing is kept of a request that was refused. The look and the work happen under one lock,
/// so two requests at once with one key do the work once.
pub fn once(
    context: &Context,
    caller: &Caller,
    path: &str,
    body: &[u8],
    work: impl FnOnce(&mut State) -> Result<Value, Refusal>,
) -> Result<Response, Refusal> {
    let Some(idempotency_key) = &caller.idempotency_key else {
        return context.change(work).map(|answer| Json(answer).into_response());
    };
    let place = format!("{} {idempotency_key}", caller.account);
    let request = fingerprint::sha256(&[path.as_bytes(), body]);
    let now = context.now();
    context.change(|state| {
        state.stripe.answers.retain(|_, kept| now - kept.at < ANSWER_KEPT_SECONDS);
        if let Some(kept) = state.stripe.answers.get(&place) {
            if kept.request != request {
                return Err(Refusal::idempotency());
            }
            let replayed = [(REPLAYED, HeaderValue::from_static("true"))];
            return Ok((replayed, Json(kept.answer.clone())).into_response());
        }
        let answer = work(state)?;
        state.stripe.answers.insert(place, KeptAnswer { request, answer: answer.clone(), at: now });
        Ok(Json(answer).into_response())
    })
}
