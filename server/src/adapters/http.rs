//! The one HTTP client, and what is the same for every vendor: limits, repeats, and errors that hold no secret.

use std::time::Duration;

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderName},
};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use services::ports::PortError;
use url::Url;

/// How long a vendor may take to accept a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one request may take, its answer included.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a request may take that cannot be sent again and costs money: a vendor that carries it out late is still heard,
/// where giving up would leave nobody knowing what became of it.
pub const PURCHASE_TIMEOUT: Duration = Duration::from_secs(75);
/// The largest JSON answer that is read.
pub const MAX_JSON_BYTES: usize = 1024 * 1024;
/// The largest label that is read.
pub const MAX_LABEL_BYTES: usize = 5 * 1024 * 1024;

/// A request that may be repeated is sent at most so often.
const MOST_TRIES: u32 = 3;
/// The longest pause before the second try; each later one may be twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// A vendor that is too busy and says for how long is waited for once, if it is not longer than this.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(5);
/// Vendors' codes and request ids are cut to this length before they enter an error.
const MAX_CODE_LENGTH: usize = 80;

/// The client that every adapter shares.
///
/// It follows no redirect, because no API that is used here redirects and a key must not travel to another host. It does
/// not obey proxy variables of the environment either: a proxy on the way to a vendor is the network's affair.
///
/// # Errors
/// If TLS cannot be set up, for instance because the machine has no root certificates.
pub fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(concat!("SellTrac/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

/// Refuses to send a live key anywhere but to the vendor's own host over TLS. Test keys may go to a stand-in.
pub fn guard_live_key(
    key: &SecretString,
    base_url: &Url,
    vendor_host: &str,
    live_prefixes: &[&str],
) -> Result<(), PortError> {
    let is_live = live_prefixes.iter().any(|prefix| key.expose_secret().starts_with(prefix));
    let is_vendor = base_url.scheme() == "https" && base_url.host_str() == Some(vendor_host);
    if is_live && !is_vendor { Err(PortError::LiveKeyElsewhere) } else { Ok(()) }
}

/// A vendor's name of a thing, fit to stand in a path. Names come back from stored rows and from webhooks, so one that
/// could lead to another path is treated as a thing that does not exist.
pub fn path_segment(reference: &str) -> Result<&str, PortError> {
    let plain = !reference.is_empty()
        && reference.len() <= 255
        && reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if plain {
        Ok(reference)
    } else {
        Err(PortError::Gone("the reference is not one that a vendor gives".into()))
    }
}

/// Whether a request may be sent again.
#[derive(Clone, Copy)]
pub enum Repeat {
    /// It does something each time, as buying a label does.
    Never,
    /// Doing it twice is doing it once. Sent again after a broken connection, and after an answer that fits the rule.
    When(fn(StatusCode, &HeaderMap) -> bool),
}

/// An answer that was read to its end.
pub struct Reply {
    vendor: &'static str,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as JSON. What the vendor wrote does not enter the error, for it may hold a buyer's data.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PortError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            PortError::Nonsense(format!(
                "{} {}: the answer cannot be read (line {}, column {})",
                self.vendor,
                self.status.as_u16(),
                error.line(),
                error.column()
            ))
        })
    }

    /// The error behind a status that is not 2xx. `code` is the vendor's own word for it, `request_id` the header that
    /// names the request to the vendor's support.
    pub fn refusal(&self, code: &str, request_id: &HeaderName) -> PortError {
        let mut text = format!("{} {}", self.vendor, self.status.as_u16());
        let code = clean(code);
        if !code.is_empty() {
            text.push(' ');
            text.push_str(&code);
        }
        let id =
            self.headers.get(request_id).and_then(|value| value.to_str().ok()).map(clean).unwrap_or_default();
        if !id.is_empty() {
            text.push_str(&format!(" (request {id})"));
        }
        match self.status.as_u16() {
            401 | 403 => PortError::Unauthorised(text),
            402 => PortError::PaymentRequired(text),
            404 | 410 => PortError::Gone(text),
            408 | 409 | 425 | 429 | 500.. => PortError::Unavailable(text),
            400..=499 => PortError::Refused(text),
            _ => PortError::Nonsense(text),
        }
    }
}

/// Sends a request and reads at most `limit` bytes of its answer, whatever its status; repeats it where that is safe.
///
/// # Errors
/// `Unavailable` if no answer came, `Nonsense` if it was too long.
pub async fn send(
    vendor: &'static str,
    request: RequestBuilder,
    repeat: Repeat,
    limit: usize,
) -> Result<Reply, PortError> {
    let mut request = request;
    let mut tries = 1;
    let mut has_waited = false;
    loop {
        let spare = match repeat {
            Repeat::When(rule) if tries < MOST_TRIES => request.try_clone().map(|spare| (spare, rule)),
            _ => None,
        };
        let outcome = exchange(vendor, request, limit).await;
        let Some((spare, rule)) = spare else { return outcome.map_err(|failure| failure.error) };
        let asked_to_wait = match &outcome {
            Ok(reply) if !has_waited => retry_after(reply.status, &reply.headers),
            _ => None,
        };
        let again = match &outcome {
            Ok(reply) => asked_to_wait.is_some() || rule(reply.status, &reply.headers),
            Err(failure) => failure.repeatable,
        };
        if !again {
            return outcome.map_err(|failure| failure.error);
        }
        has_waited |= asked_to_wait.is_some();
        tokio::time::sleep(asked_to_wait.unwrap_or_else(|| pause(tries))).await;
        request = spare;
        tries += 1;
    }
}

/// How long a vendor that is too busy asks to be left alone, if it says so in seconds and it is not too long.
fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let seconds: u64 = headers.get(reqwest::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds)).filter(|wait| *wait <= LONGEST_RETRY_AFTER)
}

struct Failure {
    error: PortError,
    /// A time-out is not: the caller has waited long enough already, and its job comes again.
    repeatable: bool,
}

async fn exchange(vendor: &'static str, request: RequestBuilder, limit: usize) -> Result<Reply, Failure> {
    let mut response = request.send().await.map_err(|error| failure(vendor, &error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(vendor, &error))? {
        if body.len() + chunk.len() > limit {
            let error = PortError::Nonsense(format!("{vendor} {}: more than {limit} bytes", status.as_u16()));
            return Err(Failure { error, repeatable: false });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { vendor, status, headers, body })
}

/// What went wrong on the way, without the URL, which may name a buyer's things.
fn failure(vendor: &str, error: &reqwest::Error) -> Failure {
    let what = if error.is_builder() {
        let error = PortError::Refused(format!("{vendor}: the request cannot be written"));
        return Failure { error, repeatable: false };
    } else if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    Failure { error: PortError::Unavailable(format!("{vendor}: {what}")), repeatable: !error.is_timeout() }
}

/// Between half of and the whole of a pause that doubles with every try, so that many servers do not come back at once.
fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
    let half = longest / 2;
    // Without a random number the pause is merely as long as it can be.
    let random = getrandom::u32().unwrap_or(u32::MAX);
    let share = u64::from(random) * half.as_millis() as u64 / u64::from(u32::MAX);
    half + Duration::from_millis(share)
}

/// The letters of a vendor's code, and nothing that could be a sentence about a buyer.
fn clean(code: &str) -> String {
    code.chars()
        .filter(|character| character.is_ascii_alphanumeric() || "_-.[],".contains(*character))
        .take(MAX_CODE_LENGTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(key: &str, url: &str) -> Result<(), PortError> {
        let url = Url::parse(url).unwrap();
        guard_live_key(&SecretString::from(key.to_owned()), &url, "api.vendor.example", &["live_"])
    }

    #[test]
    fn a_live_key_goes_to_the_vendor_alone() {
        assert_eq!(guarded("live_1", "https://api.vendor.example/v2"), Ok(()));
        assert_eq!(guarded("test_1", "http://127.0.0.1:4000"), Ok(()));
        for elsewhere in [
            "http://127.0.0.1:4000",
            "http://api.vendor.example",
            "https://api.vendor.example.evil.example",
            "https://evil.example/api.vendor.example",
            "https://api.vendor.example@evil.example",
        ] {
            assert_eq!(guarded("live_1", elsewhere), Err(PortError::LiveKeyElsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_reference_cannot_leave_its_place_in_the_path() {
        assert_eq!(path_segment("cs_test_a1-B2"), Ok("cs_test_a1-B2"));
        for reference in ["", "..", "a/b", "a?b", "a%2Fb", "a b", "ä"] {
            assert!(path_segment(reference).is_err(), "{reference}");
        }
    }

    fn reply(status: u16, body: &str) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert("request-id", "req_1".parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        Reply { vendor: "Vendor", status, headers, body: body.into() }
    }

    #[test]
    fn a_refusal_names_status_code_and_request_and_no_more() {
        let request_id = HeaderName::from_static("request-id");
        let error = reply(400, "").refusal("bad thing: ana@example.com", &request_id);
        assert_eq!(error, PortError::Refused("Vendor 400 badthinganaexample.com (request req_1)".into()));
        for (status, passing) in
            [(302, true), (409, true), (429, true), (500, true), (400, false), (401, false)]
        {
            assert_eq!(reply(status, "").refusal("", &request_id).is_passing(), passing, "{status}");
        }
    }

    #[test]
    fn an_unreadable_answer_is_not_repeated_in_the_error() {
        let error = reply(200, r#"{"name": "Ana Example"}"#).json::<Vec<String>>().unwrap_err();
        assert!(!error.to_string().contains("Ana"), "{error}");
    }

    #[test]
    fn a_busy_vendor_is_waited_for_as_long_as_it_says_but_not_longer_than_a_bound() {
        let waits = |status: u16, value: &str| {
            let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, value.parse().unwrap())]);
            retry_after(StatusCode::from_u16(status).unwrap(), &headers).map(|wait| wait.as_secs())
        };
        assert_eq!((waits(429, "0"), waits(429, " 5 "), waits(429, "6")), (Some(0), Some(5), None));
        assert_eq!((waits(503, "1"), waits(429, "Mon, 30 Nov 2026 10:00:00 GMT")), (None, None));
        assert_eq!(retry_after(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new()), None);
    }

    #[test]
    fn pauses_grow_and_stay_within_their_bounds() {
        for _ in 0..100 {
            assert!((250..=500).contains(&pause(1).as_millis()));
            assert!((500..=1_000).contains(&pause(2).as_millis()));
        }
    }
}
