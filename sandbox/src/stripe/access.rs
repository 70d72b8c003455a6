//! Who calls, and whether they called before: the API key and the idempotency key.

use axum::Json;
use axum::extract::{FromRequestParts, Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
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
    /// What a restricted key may not use.
    forbidden: Vec<String>,
}

/// What was told of an API key. Of most keys nothing is: each is then of an account of its own and may do everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyFacts {
    /// The account, where it is that of another key.
    account: Option<String>,
    revoked: bool,
    forbidden: Vec<String>,
}

/// The resources that a key can be kept from, and Stripe's names of the permissions.
const PERMISSIONS: [(&str, &str); 5] = [
    ("account", "rak_accounts_kyc_basic_read"),
    ("charges", "rak_charge_read"),
    ("checkout_sessions", "rak_checkout_session_read"),
    ("payment_intents", "rak_payment_intent_read"),
    ("webhook_endpoints", "rak_webhook_write"),
];

/// What is told of a key: `POST /stripe/keys`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyOrder {
    key: String,
    /// A key whose account this one shall be of, as after rolling it.
    same_account_as: Option<String>,
    #[serde(default)]
    revoked: bool,
    /// Names of [`PERMISSIONS`].
    #[serde(default)]
    forbidden: Vec<String>,
}

/// `POST /stripe/keys`: rolls, revokes and restricts keys, as a seller does at Stripe.
pub async fn order_key(Shared(context): Shared<Context>, Json(order): Json<KeyOrder>) -> StatusCode {
    let is_known = |name: &String| PERMISSIONS.iter().any(|(known, _)| known == name);
    if !order.forbidden.iter().all(is_known) {
        return StatusCode::BAD_REQUEST;
    }
    context.change(|state| {
        let same = order.same_account_as.map(|other| account_of(state, &fingerprint::account(&other)));
        let facts = KeyFacts { account: same, revoked: order.revoked, forbidden: order.forbidden };
        state.stripe.keys.insert(fingerprint::account(&order.key), facts);
    });
    StatusCode::NO_CONTENT
}

fn account_of(state: &State, fingerprint: &str) -> String {
    let facts = state.stripe.keys.get(fingerprint);
    facts.and_then(|facts| facts.account.clone()).unwrap_or_else(|| fingerprint.to_owned())
}

impl Caller {
    /// The account's own name.
    pub fn account_id(&self) -> String {
        format!("acct_{}", self.account.get(..16).unwrap_or(&self.account))
    }

    /// Refuses, as Stripe does, what a restricted key may not use.
    pub fn must_use(&self, resource: &str) -> Result<(), Refusal> {
        if !self.forbidden.iter().any(|forbidden| forbidden == resource) {
            return Ok(());
        }
        let permission =
            PERMISSIONS.iter().find(|(name, _)| *name == resource).map_or("", |(_, permission)| *permission);
        Err(Refusal::invalid(format!(
            "The provided key does not have the required permissions for this endpoint on account '{}'. Having the \
             '{permission}' permission would allow this request to continue.",
            self.account_id()
        ))
        .with_status(StatusCode::FORBIDDEN))
    }
}

/// An answer kept for its idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// Of path and body, to tell a repetition from another request.
    request: String,
    answer: Value,
    at: i64,
}

impl FromRequestParts<Context> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
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
        let fingerprint = fingerprint::account(&api_key);
        let (account, facts) = context.read(|state| {
            let facts = state.stripe.keys.get(&fingerprint).cloned().unwrap_or_default();
            (account_of(state, &fingerprint), facts)
        });
        if facts.revoked {
            return Err(Refusal::unauthorized("Invalid API Key provided: it was revoked."));
        }
        Ok(Caller { account, idempotency_key, forbidden: facts.forbidden })
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
        state.stripe.failures.retain(|_, at| now - *at < ANSWER_KEPT_SECONDS);
        if state.stripe.failures.contains_key(&place) {
            let replayed = [(REPLAYED, HeaderValue::from_static("true"))];
            let failure = Refusal::ordered(StatusCode::INTERNAL_SERVER_ERROR);
            return Ok((replayed, failure).into_response());
        }
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

/// Keeps a failure for its idempotency key, around everything else: the same key is answered the same from then on. Other
/// failures of a server than 500 come from before it and are not kept.
pub async fn keep_failures(Shared(context): Shared<Context>, request: Request, next: Next) -> Response {
    let place = (request.method() == Method::POST).then(|| place(&context, request.headers())).flatten();
    let response = next.run(request).await;
    if let Some(place) = place
        && response.status() == StatusCode::INTERNAL_SERVER_ERROR
    {
        let now = context.now();
        context.change(|state| state.stripe.failures.insert(place, now));
    }
    response
}

fn place(context: &Context, headers: &HeaderMap) -> Option<String> {
    let fingerprint = fingerprint::account(&api_key(headers)?);
    let idempotency_key = String::from_utf8_lossy(headers.get("idempotency-key")?.as_bytes()).into_owned();
    let account = context.read(|state| account_of(state, &fingerprint));
    Some(format!("{account} {idempotency_key}"))
}
