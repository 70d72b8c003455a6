//! EasyPost's webhooks: where they go and how they are signed.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::input::parse;
use super::refusal::{Caller, FieldError, Refusal};
use super::{PROVIDER, raise_amounts};
use crate::clock::iso_8601;
use crate::context::Context;
use crate::delivery::{self, Delivery, Signature};
use crate::fingerprint;

/// Where an account wants its events. The secret is the account's own choice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Webhook {
    id: String,
    account: String,
    url: String,
    secret: String,
}

#[derive(Debug, Deserialize)]
struct WebhookBody {
    webhook: NewWebhook,
}

#[derive(Debug, Deserialize)]
struct NewWebhook {
    url: String,
    #[serde(default)]
    webhook_secret: String,
}

/// `POST /webhooks`.
pub async fn create(
    State(context): State<Context>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let NewWebhook { url, webhook_secret } = parse::<WebhookBody>(&body)?.webhook;
    if !delivery::is_reachable(&url) {
        let message = "the sandbox delivers to http addresses of this machine only".to_owned();
        return Err(Refusal::fields(vec![FieldError { field: "url".to_owned(), message }]));
    }
    let now = context.now();
    let answer = context.change(|state| {
        let webhook =
            Webhook { id: state.next_id("hook_"), account: caller.account, url, secret: webhook_secret };
        let answer = json!({
            "id": webhook.id,
            "object": "Webhook",
            "mode": "test",
            "url": webhook.url,
            "created_at": iso_8601(now),
            "disabled_at": null,
            "custom_headers": [],
        });
        state.easypost.webhooks.push(webhook);
        answer
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Sends an event about `result` to every webhook of the account.
pub fn publish(context: &Context, account: &str, description: &str, result: &Value) {
    let now = context.now();
    let webhooks: Vec<Webhook> = context.read(|state| {
        state.easypost.webhooks.iter().filter(|webhook| webhook.account == account).cloned().collect()
    });
    if webhooks.is_empty() {
        return;
    }
    let id = context.change(|state| state.next_id("evt_"));
    let event = json!({
        "id": id,
        "object": "Event",
        "mode": "test",
        "description": description,
        "created_at": iso_8601(now),
        "updated_at": iso_8601(now),
        "previous_attributes": {},
        "pending_urls": [],
        "completed_urls": [],
        "status": "pending",
        "result": result,
    });
    for webhook in webhooks {
        let signature = Signature { header: "x-hmac-signature", secret: webhook.secret, sign };
        let event = event.clone();
        delivery::send(
            context,
            Delivery { provider: PROVIDER.name, url: webhook.url, event, signature, raise_amounts },
        );
    }
}

/// EasyPost's header: HMAC-SHA256 of the body under the secret in Unicode's form NFKD; it holds no time.
fn sign(secret: &str, body: &[u8]) -> String {
    let key: String = secret.nfkd().collect();
    format!("hmac-sha256-hex={}", fingerprint::hmac_sha256(key.as_bytes(), &[body]))
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn an_accent_counts_the_same_however_it_was_typed() {
        assert_eq!(sign("s\u{e9}cret", b"{}"), sign("se\u{301}cret", b"{}"));
        assert_ne!(sign("secret", b"{}"), sign("se\u{301}cret", b"{}"));
    }
}
