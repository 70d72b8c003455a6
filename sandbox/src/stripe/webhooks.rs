//! Webhook endpoints, the events that happened, and Stripe's signature.

use axum::Json;
use axum::extract::{OriginalUri, Path, RawQuery, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::{Caller, once};
use super::parameters::{ListQuery, check_url, parse};
use super::refusal::Refusal;
use super::sessions::list_json;
use super::{API_VERSION, PROVIDER, raise_amounts};
use crate::context::Context;
use crate::delivery::{self, Delivery, Signature};
use crate::{clock, fingerprint, state};

/// Stripe allows this many endpoints in an account.
const MOST_ENDPOINTS: usize = 16;

/// Where an account wants its events.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Endpoint {
    id: String,
    account: String,
    url: String,
    /// Names of events, or `*`.
    enabled_events: Vec<String>,
    secret: String,
    created: i64,
    metadata: std::collections::BTreeMap<String, String>,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    id: String,
    account: String,
    created: i64,
    #[serde(rename = "type")]
    name: String,
    object: Value,
}

impl Endpoint {
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "object": "webhook_endpoint",
            "api_version": API_VERSION,
            "created": self.created,
            "description": null,
            "enabled_events": self.enabled_events,
            "livemode": false,
            "metadata": self.metadata,
            "status": "enabled",
            "url": self.url,
        })
    }

    fn wants(&self, event: &Event) -> bool {
        self.account == event.account
            && self.enabled_events.iter().any(|name| *name == "*" || *name == event.name)
    }
}

impl Event {
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": { "object": self.object },
            "livemode": false,
            "pending_webhooks": 0,
            "request": { "id": null, "idempotency_key": null },
            "type": self.name,
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EndpointForm {
    url: Option<String>,
    enabled_events: Vec<String>,
    /// Accepted, and answered with the one version the sandbox serves.
    api_version: Option<String>,
    description: Option<String>,
    metadata: std::collections::BTreeMap<String, String>,
}

/// `POST /v1/webhook_endpoints`; the only answer that holds the secret.
pub async fn create_endpoint(
    State(context): State<Context>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    body: String,
) -> Result<Response, Refusal> {
    let now = context.now();
    caller.must_use("webhook_endpoints")?;
    once(&context, &caller, uri.path(), body.as_bytes(), |state| {
        let form: EndpointForm = parse(&body)?;
        let url = form.url.ok_or_else(|| Refusal::missing("url"))?;
        check_url(&url, "url")?;
        if !delivery::is_reachable(&url) {
            let message = "The sandbox delivers webhooks to http addresses of this machine only.";
            return Err(Refusal::invalid(message).with_code("url_invalid").about("url"));
        }
        if form.enabled_events.is_empty() {
            return Err(Refusal::missing("enabled_events"));
        }
        let count =
            state.stripe.endpoints.iter().filter(|endpoint| endpoint.account == caller.account).count();
        if count >= MOST_ENDPOINTS {
            return Err(Refusal::invalid("You have reached the maximum of 16 webhook endpoints."));
        }
        let id = state.next_id("we_");
        let secret = fingerprint::sha256(&[b"webhook secret", caller.account.as_bytes(), id.as_bytes()]);
        let endpoint = Endpoint {
            id,
            account: caller.account.clone(),
            url,
            enabled_events: form.enabled_events,
            secret: format!("whsec_{}", secret.get(..32).unwrap_or_default()),
            created: now,
            metadata: form.metadata,
        };
        let mut answer = endpoint.to_json();
        answer["secret"] = Value::from(endpoint.secret.as_str());
        state.stripe.endpoints.push(endpoint);
        Ok(answer)
    })
}

/// `GET /v1/webhook_endpoints`, newest first.
pub async fn list_endpoints(
    State(context): State<Context>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    caller.must_use("webhook_endpoints")?;
    let query: ListQuery = parse(&query.unwrap_or_default())?;
    context.read(|state| {
        let endpoints =
            state.stripe.endpoints.iter().rev().filter(|endpoint| endpoint.account == caller.account);
        list_json(endpoints, |endpoint| &endpoint.id, Endpoint::to_json, &query, "/v1/webhook_endpoints")
    })
}

/// `DELETE /v1/webhook_endpoints/{id}`.
pub async fn delete_endpoint(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    caller.must_use("webhook_endpoints")?;
    context.change(|state| {
        let endpoints = &mut state.stripe.endpoints;
        let position =
            endpoints.iter().position(|endpoint| endpoint.id == id && endpoint.account == caller.account);
        endpoints.remove(position.ok_or_else(|| Refusal::not_found("webhook endpoint", &id))?);
        Ok(Json(json!({ "id": id, "object": "webhook_endpoint", "deleted": true })))
    })
}

/// `GET /v1/events`, newest first; `type` or `types[]` and `created[gte]` narrow it.
pub async fn list_events(
    State(context): State<Context>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let query: ListQuery = parse(&query.unwrap_or_default())?;
    let since = query.created_since()?;
    let wanted = |event: &&Event| {
        event.account == caller.account
            && event.created >= since
            && query.one_type.as_ref().is_none_or(|name| *name == event.name)
            && (query.types.is_empty() || query.types.contains(&event.name))
    };
    context.read(|state| {
        let events = state.stripe.events.iter().rev().filter(wanted);
        list_json(events, |event| &event.id, Event::to_json, &query, "/v1/events")
    })
}

/// Remembers that something happened. Call [`publish`] once the state is no longer locked.
pub fn record(state: &mut state::State, account: &str, now: i64, name: &str, object: Value) -> Event {
    let event = Event {
        id: state.next_id("evt_"),
        account: account.to_owned(),
        created: now,
        name: name.to_owned(),
        object,
    };
    state.stripe.events.push(event.clone());
    event
}

/// Sends an event to every endpoint that wants it.
pub fn publish(context: &Context, event: Event) {
    let wanting: Vec<Endpoint> = context.read(|state| {
        state.stripe.endpoints.iter().filter(|endpoint| endpoint.wants(&event)).cloned().collect()
    });
    for endpoint in wanting {
        let signature = Signature { header: "stripe-signature", secret: endpoint.secret, sign: sign_now };
        let event = event.to_json();
        delivery::send(
            context,
            Delivery { provider: PROVIDER.name, url: endpoint.url, event, signature, raise_amounts },
        );
    }
}

/// The machine's own time is used, for the receiver compares it with its own.
fn sign_now(secret: &str, body: &[u8]) -> String {
    signature(secret, clock::unix_seconds(), body)
}

/// Stripe's header: the time, and HMAC-SHA256 over time, dot and body under the whole `whsec_…` text.
fn signature(secret: &str, at: i64, body: &[u8]) -> String {
    let signed = fingerprint::hmac_sha256(secret.as_bytes(), &[format!("{at}.").as_bytes(), body]);
    format!("t={at},v1={signed}")
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// The expected value was made with Stripe's own library for Node.
    #[test]
    fn the_signature_is_stripes() {
        let body = br#"{"id":"evt_1","object":"event","type":"checkout.session.completed"}"#;
        assert_eq!(
            signature("whsec_test_secret", 1_700_000_000, body),
            "t=1700000000,v1=d1e4aa90551919f198c22ba0a9691b35338d4b631d54ce1f1465e93b1d41c430"
        );
    }
}
