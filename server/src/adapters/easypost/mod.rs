//! EasyPost: rates of many carriers, and their labels.
//!
//! The rules are those of EasyPost's API reference and of its client libraries. It knows no idempotency key, so a
//! purchase is sent once and a lost answer is looked up.

mod translate;

use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderName},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use services::ports::{
    Answer, CarrierPort, PortError,
    carrier::{BoughtLabel, Quote, RateRequest},
};
use url::Url;

use super::{
    http::{
        MAX_JSON_BYTES, MAX_LABEL_BYTES, PURCHASE_TIMEOUT, Repeat, Reply, guard_live_key, path_segment, send,
    },
    label_pdf,
};

/// Where EasyPost is.
pub const DEFAULT_URL: &str = "https://api.easypost.com/v2";

const HOST: &str = "api.easypost.com";
const LIVE_PREFIXES: [&str; 1] = ["EZAK"];
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ep-request-uuid");
/// Labels lie with EasyPost or in its storage at Amazon.
const LABEL_DOMAINS: [&str; 2] = [".easypost.com", ".amazonaws.com"];
/// What EasyPost says when the label was bought before.
const BOUGHT_ALREADY: &str = "SHIPMENT.POSTAGE.EXISTS";

/// The adapter. Cheap to make; all accounts share it, each call brings its key.
#[derive(Clone, Debug)]
pub struct EasyPost {
    client: Client,
    base_url: Url,
}

impl EasyPost {
    /// An adapter that sends to `base_url`: [`DEFAULT_URL`] or a stand-in.
    pub fn new(client: Client, base_url: Url) -> Self {
        EasyPost { client, base_url }
    }

    fn request(&self, key: &SecretString, method: Method, path: &str) -> Result<RequestBuilder, PortError> {
        guard_live_key(key, &self.base_url, HOST, &LIVE_PREFIXES)?;
        let url = format!("{}{path}", self.base_url.as_str().trim_end_matches('/'));
        Ok(self.client.request(method, url).bearer_auth(key.expose_secret()))
    }

    async fn get(&self, key: &SecretString, path: &str) -> Result<Reply, PortError> {
        let request = self.request(key, Method::GET, path)?;
        accept(send("EasyPost", request, Repeat::When(may_repeat), MAX_JSON_BYTES).await?)
    }

    async fn post(&self, key: &SecretString, path: &str, body: &Value) -> Result<Reply, PortError> {
        let request = self.request(key, Method::POST, path)?.json(body);
        send("EasyPost", request, Repeat::Never, MAX_JSON_BYTES).await
    }

    /// The request that buys. It is never sent twice.
    fn purchase(
        &self,
        key: &SecretString,
        shipment_reference: &str,
        rate_reference: &str,
    ) -> Result<RequestBuilder, PortError> {
        let path = format!("/shipments/{}/buy", path_segment(shipment_reference)?);
        let body = json!({ "rate": { "id": rate_reference } });
        Ok(self.request(key, Method::POST, &path)?.json(&body).timeout(PURCHASE_TIMEOUT))
    }

    async fn bought(
        &self,
        key: &SecretString,
        shipment_reference: &str,
    ) -> Result<Option<BoughtLabel>, PortError> {
        let reply = self.get(key, &format!("/shipments/{}", path_segment(shipment_reference)?)).await?;
        Ok(translate::bought(&reply.json()?))
    }

    /// A label is fetched from the stand-in that we talk to, or over TLS from where EasyPost keeps its labels.
    fn may_hold_labels(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let is_vendors = url.scheme() == "https" && LABEL_DOMAINS.iter().any(|domain| host.ends_with(domain));
        is_vendors || url.origin() == self.base_url.origin() && url.origin().is_tuple()
    }
}

fn may_repeat(status: StatusCode, _: &HeaderMap) -> bool {
    status.is_server_error()
}

fn accept(reply: Reply) -> Result<Reply, PortError> {
    if reply.status.is_success() {
        return Ok(reply);
    }
    Err(reply.refusal(&translate::error_code(&reply.body), &REQUEST_ID))
}

impl CarrierPort for EasyPost {
    fn quote<'a>(&'a self, key: &'a SecretString, request: &'a RateRequest) -> Answer<'a, Quote> {
        Box::pin(async move {
            let body = translate::shipment(request)?;
            Ok(translate::quote(&accept(self.post(key, "/shipments", &body).await?)?.json()?))
        })
    }

    fn buy<'a>(
        &'a self,
        key: &'a SecretString,
        shipment_reference: &'a str,
        rate_reference: &'a str,
    ) -> Answer<'a, BoughtLabel> {
        Box::pin(async move {
            let request = self.purchase(key, shipment_reference, rate_reference)?;
            let reply = send("EasyPost", request, Repeat::Never, MAX_JSON_BYTES).await?;
            // An earlier purchase whose answer was lost has succeeded: its label is the one that was wanted.
            let bought = if translate::error_code(&reply.body).starts_with(BOUGHT_ALREADY) {
                // It is sold, whatever keeps it from being seen just now.
                self.bought(key, shipment_reference)
                    .await
                    .map_err(|error| PortError::Unavailable(error.to_string()))?
            } else {
                translate::bought(&accept(reply)?.json()?)
            };
            bought.ok_or_else(|| PortError::Nonsense("EasyPost: a purchase without a label".into()))
        })
    }

    fn look_up<'a>(
        &'a self,
        key: &'a SecretString,
        shipment_reference: &'a str,
    ) -> Answer<'a, Option<BoughtLabel>> {
        Box::pin(self.bought(key, shipment_reference))
    }

    /// No key is sent: the address of a label is itself the permission to read it.
    fn fetch_label<'a>(&'a self, _key: &'a SecretString, label_url: &'a str) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            let url = Url::parse(label_url).ok().filter(|url| self.may_hold_labels(url));
            let url = url.ok_or_else(|| PortError::Refused("the label lies where no labels are".into()))?;
            let reply =
                send("the label", self.client.get(url), Repeat::When(may_repeat), MAX_LABEL_BYTES).await?;
            match reply.status {
                status if status.is_success() => {}
                // An address that has run out answers as if a key were missing.
                StatusCode::FORBIDDEN => return Err(PortError::Gone("the label is no longer there".into())),
                _ => return Err(reply.refusal("", &REQUEST_ID)),
            }
            if label_pdf::is_pdf(&reply.body) {
                return Ok(reply.body);
            }
            let drawn = label_pdf::drawn(reply.body).await;
            drawn.map_err(|error| PortError::Nonsense(format!("the label: {error}")))
        })
    }

    /// Reads one shipment: what every key may do.
    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, ()> {
        Box::pin(async move { self.get(key, "/shipments?page_size=1").await.map(|_| ()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purchase_is_waited_for_a_minute_at_least() {
        let easypost = EasyPost::new(Client::new(), Url::parse(DEFAULT_URL).unwrap());
        let key = SecretString::from("EZAKinvented");
        let request = easypost.purchase(&key, "shp_1", "rate_1").unwrap().build().unwrap();
        assert!(request.timeout().is_some_and(|timeout| timeout.as_secs() >= 60), "{:?}", request.timeout());
    }

    #[test]
    fn labels_come_from_where_labels_are() {
        let adapter = |base: &str| EasyPost::new(Client::new(), Url::parse(base).unwrap());
        let may = |base: &str, url: &str| adapter(base).may_hold_labels(&Url::parse(url).unwrap());
        let stand_in = "http://127.0.0.1:4000/easypost/v2";
        assert!(may(DEFAULT_URL, "https://easypost-files.s3.us-west-2.amazonaws.com/files/label.png"));
        assert!(may(DEFAULT_URL, "https://assets.easypost.com/label.png"));
        assert!(may(stand_in, "http://127.0.0.1:4000/easypost/labels/1.png"));
        for (base, url) in [
            (DEFAULT_URL, "http://easypost-files.s3.us-west-2.amazonaws.com/label.png"),
            (DEFAULT_URL, "https://evil.example/.easypost.com"),
            (DEFAULT_URL, "https://easypost.com.evil.example/label.png"),
            (DEFAULT_URL, "http://169.254.169.254/latest"),
            (DEFAULT_URL, "file:///etc/passwd"),
            (stand_in, "http://127.0.0.1:5432/"),
        ] {
            assert!(!may(base, url), "{url}");
        }
    }
}
