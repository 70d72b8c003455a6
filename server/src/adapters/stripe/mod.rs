//! Stripe: one Checkout Session for each attempt, paid on Stripe's own page.
//!
//! The rules are those of Stripe's API reference for the pinned version and of its client libraries.

mod translate;
mod webhook;

use domain::payments::CheckoutTruth;
use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName},
};
use secrecy::{ExposeSecret, SecretString};
use services::ports::{
    Answer, GatewayPort, PortError,
    gateway::{
        CheckoutAnswer, CheckoutReport, CheckoutRequest, KeyReport, NotMade, WebhookEndpoint, WebhookEvent,
        WebhookRefused, WebhookRegistration,
    },
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
/// On an answer that was given to the same idempotency key before, failures included.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The one call that tells whether, how much, and at what fee was paid.
const EXPANDED: &str = "expand[]=payment_intent.latest_charge.balance_transaction";

/// What a key must be allowed to read, by Stripe's names, and how each is asked for without changing anything. The first
/// asks as every look at a page does; the others ask for what stands in it, for an account without a single page yet.
const READ: [(&str, &str); 3] = [
    (
        "Checkout Sessions",
        "/v1/checkout/sessions?limit=1&expand[]=data.payment_intent.latest_charge.balance_transaction",
    ),
    ("PaymentIntents", "/v1/payment_intents?limit=1&expand[]=data.latest_charge"),
    ("Charges", "/v1/charges?limit=1&expand[]=data.balance_transaction"),
];
/// More addresses for events than Stripe allows in an account.
const WEBHOOKS: &str = "/v1/webhook_endpoints?limit=100";

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

    /// An answer of any status to a request that may be repeated.
    async fn send(&self, request: RequestBuilder) -> Result<Reply, PortError> {
        send("Stripe", request, Repeat::When(may_repeat), MAX_JSON_BYTES).await
    }

    async fn get(&self, key: &SecretString, path: &str) -> Result<Reply, PortError> {
        accept(self.send(self.request(key, Method::GET, path)?).await?)
    }

    /// An answer of any status to a POST under its idempotency key, which makes repeating it safe.
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
        self.send(request).await
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
        // It will be the same however often it is asked for.
        _ if headers.contains_key(REPLAYED) => false,
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

impl GatewayPort for Stripe {
    /// The same request must be sent for the same attempt, or Stripe refuses it.
    fn create_checkout<'a>(
        &'a self,
        key: &'a SecretString,
        request: &'a CheckoutRequest,
    ) -> Answer<'a, CheckoutAnswer> {
        Box::pin(async move {
            let form = translate::create_form(request);
            let idempotency_key = request.attempt_id.to_string();
            let reply = self.post(key, "/v1/checkout/sessions", &idempotency_key, &form).await?;
            if reply.status.is_success() {
                return Ok(CheckoutAnswer::Made(translate::checkout(&reply.json()?)?));
            }
            if let Some(why) = translate::not_made(&reply.body) {
                return Ok(CheckoutAnswer::NotMade(why));
            }
            let has_failed = reply.status.is_server_error();
            match accept(reply) {
                // Stripe gives the same answer to the same key for a day, failures of its own included.
                Err(PortError::Unavailable(text)) if has_failed => {
                    Ok(CheckoutAnswer::NotMade(NotMade::Spent(text)))
                }
                Err(error) => Err(error),
                Ok(reply) => Ok(CheckoutAnswer::Made(translate::checkout(&reply.json()?)?)),
            }
        })
    }

    fn fetch_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, CheckoutReport> {
        Box::pin(self.fetch(key, reference))
    }

    fn expire_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = format!("/v1/checkout/sessions/{}/expire", path_segment(reference)?);
            let posted =
                self.post(key, &path, &fresh_idempotency_key()?, &translate::Form::default()).await?;
            match accept(posted) {
                Ok(_) => Ok(()),
                // Only an open page can be closed. Whether that is why Stripe said no is seen by looking.
                Err(PortError::Refused(text)) => match self.fetch(key, reference).await?.truth {
                    CheckoutTruth::Open => Err(PortError::Refused(text)),
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
            translate::registration(accept(reply)?.json()?)
        })
    }

    fn list_webhooks<'a>(&'a self, key: &'a SecretString) -> Answer<'a, Vec<WebhookEndpoint>> {
        Box::pin(async move { Ok(translate::endpoints(self.get(key, WEBHOOKS).await?.json()?)) })
    }

    fn remove_webhook<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = format!("/v1/webhook_endpoints/{}", path_segment(reference)?);
            match accept(self.send(self.request(key, Method::DELETE, &path)?).await?) {
                Ok(_) | Err(PortError::Gone(_)) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }

    /// Whether it may also write sessions is seen at the first click only, because nothing writes one without making it.
    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, KeyReport> {
        Box::pin(async move {
            for (permission, path) in READ {
                let reply = self.send(self.request(key, Method::GET, path)?).await?;
                if reply.status == StatusCode::FORBIDDEN {
                    let named = translate::missing_permission(&reply.body);
                    return Ok(KeyReport::MayNot(named.unwrap_or_else(|| permission.to_owned())));
                }
                // What is no list comes from somebody else than Stripe, whatever its status says.
                let _list: translate::List<serde::de::IgnoredAny> = accept(reply)?.json()?;
            }
            // A restricted key may not ask for its account, but is told its name when it is refused.
            let reply = self.send(self.request(key, Method::GET, "/v1/account")?).await?;
            Ok(KeyReport::Good { external_id: translate::account_id(reply.status.is_success(), &reply.body) })
        })
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
