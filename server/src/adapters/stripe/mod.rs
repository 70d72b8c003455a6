//! Stripe: one Checkout Session for each attempt, paid on Stripe's own page.
//!
//! The rules are those of Stripe's API reference for the pinned version and of its client libraries.

mod translate;
mod webhook;

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName},
};
use secrecy::{ExposeSecret, SecretString};
use services::ports::{
    Answer, GatewayPort, PortError,
    gateway::{Checkout, CheckoutReport, CheckoutRequest, WebhookEvent, WebhookRefused, WebhookRegistration},
};
use url::Url;

use super::http::{MAX_JSON_BYTES, Repeat, Reply, guard_live_key, path_segment, send};

/// Where Stripe is.
pub const DEFAULT_URL: &str = "https://api.stripe.com";

/// The version whose shapes [`translate`] reads. Pinned, so that Stripe's changes wait until we are ready for them.
const API_VERSION: &str = "2026-10-28.endive";
const HOST: &str = "api.stripe.com";
const LIVE_PREFIXES: [&str; 2] = ["sk_live_", "rk_live_"];
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("stripe-should-retry");
/// The one call that tells whether, how much, and at what fee was paid.
const EXPANDED: &str = "expand[]=payment_intent.latest_charge.balance_transaction";

/// The adapter. Cheap to make; all accounts share it, each call brings its key.
#[derive(Clone, Debug)]
pub struct Stripe {
    client: Client,
    base_url: Url,
}

impl Stripe {
    /// An adapter that sends to `base_url`: [`DEFAULT_URL`] or a stand-in.
    pub fn new(client: Client, base_url: Url) -> Self {
        Stripe { client, base_url }
    }

    fn request(&self, key: &SecretString, method: Method, path: &str) -> Result<RequestBuilder, PortError> {
        guard_live_key(key, &self.base_url, HOST, &LIVE_PREFIXES)?;
        let url = format!("{}{path}", self.base_url.as_str().trim_end_matches('/'));
        Ok(self
            .client
            .request(method, url)
            .bearer_auth(key.expose_secret())
            .header("stripe-version", API_VERSION))
    }

    async fn get(&self, key: &SecretString, path: &str) -> Result<Reply, PortError> {
        accept(
            send("Stripe", self.request(key, Method::GET, path)?, Repeat::When(may_repeat), MAX_JSON_BYTES)
                .await?,
        )
    }

    /// A POST under its idempotency key, which makes repeating it safe.
    async fn post(
        &self,
        key: &SecretString,
        path: &str,
        idempotency_key: &str,
        form: &translate::Form,
    ) -> Result<Reply, PortError> {
        let request = self
            .request(key, Method::POST, path)?
            .header("idempotency-key", idempotency_key)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.encode());
        accept(send("Stripe", request, Repeat::When(may_repeat), MAX_JSON_BYTES).await?)
    }

    async fn fetch(&self, key: &SecretString, reference: &str) -> Result<CheckoutReport, PortError> {
        let reply =
            self.get(key, &format!("/v1/checkout/sessions/{}?{EXPANDED}", path_segment(reference)?)).await?;
        translate::report(&reply.json()?, reference)
    }
}

/// The rule of Stripe's own libraries: what the header says, else conflicts and failures of the server. A 429 is not
/// repeated unless the header says so.
fn may_repeat(status: StatusCode, headers: &HeaderMap) -> bool {
    match headers.get(SHOULD_RETRY).map(|value| value.as_bytes()) {
        Some(b"true") => true,
        Some(b"false") => false,
        _ => status == StatusCode::CONFLICT || status.is_server_error(),
    }
}

fn accept(reply: Reply) -> Result<Reply, PortError> {
    if reply.status.is_success() {
        return Ok(reply);
    }
    let code = translate::error_code(&reply.body);
    let error = reply.refusal(&code, &REQUEST_ID);
    // A limit on some calls is told as a bad request.
    Err(match error {
        PortError::Refused(text) if code.starts_with("rate_limit") => PortError::Unavailable(text),
        error => error,
    })
}

/// A key for a request that is not named by an attempt, new for every call.
fn fresh_idempotency_key() -> Result<String, PortError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| PortError::Unavailable("the machine gives no random numbers".into()))?;
    Ok(hex::encode(bytes))
}

fn now_milliseconds() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

impl GatewayPort for Stripe {
    /// The same request must be sent for the same attempt, or Stripe refuses it. `expires_at` is sent as it is while it
    /// lies 30 minutes to 24 hours ahead, so a caller who stores it with the attempt may repeat the call.
    fn create_checkout<'a>(
        &'a self,
        key: &'a SecretString,
        request: &'a CheckoutRequest,
    ) -> Answer<'a, Checkout> {
        Box::pin(async move {
            let form = translate::create_form(request, now_milliseconds())?;
            let idempotency_key = request.attempt_id.to_string();
            let reply = self.post(key, "/v1/checkout/sessions", &idempotency_key, &form).await?;
            translate::checkout(&reply.json()?)
        })
    }

    fn fetch_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, CheckoutReport> {
        Box::pin(self.fetch(key, reference))
    }

    fn expire_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = format!("/v1/checkout/sessions/{}/expire", path_segment(reference)?);
            let posted = self.post(key, &path, &fresh_idempotency_key()?, &translate::Form::default()).await;
            match posted {
                Ok(_) => Ok(()),
                // Only an open page can be closed. Whether that is why Stripe said no is seen by looking.
                Err(PortError::Refused(text)) => match self.fetch(key, reference).await?.truth {
                    domain::payments::CheckoutTruth::Open => Err(PortError::Refused(text)),
                    _ => Ok(()),
                },
                Err(error) => Err(error),
            }
        })
    }

    fn register_webhook<'a>(
        &'a self,
        key: &'a SecretString,
        url: &'a str,
    ) -> Answer<'a, WebhookRegistration> {
        Box::pin(async move {
            let form = translate::webhook_form(url, API_VERSION);
            let reply = self.post(key, "/v1/webhook_endpoints", &fresh_idempotency_key()?, &form).await?;
            translate::registration(reply.json()?)
        })
    }

    /// Reads one session: what a restricted key for SellTrac must be allowed to do anyway.
    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, ()> {
        Box::pin(async move { self.get(key, "/v1/checkout/sessions?limit=1").await.map(|_| ()) })
    }

    fn verify_webhook(
        &self,
        secret: &SecretString,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: i64,
    ) -> Result<WebhookEvent, WebhookRefused> {
        webhook::verify(secret, header(webhook::HEADER).as_deref(), body, now)
    }
}
