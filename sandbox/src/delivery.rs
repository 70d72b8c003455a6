//! Delivers webhooks: signed, in the background, tried again when the receiver does not say yes.

use std::time::Duration;

use axum::http::header;
use serde_json::Value;

use crate::context::Context;
use crate::faults::{Fault, WEBHOOK};

/// The first try is followed by a pause of this length, and each pause is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The first try and four more; together they take about four seconds.
const TRIES: u32 = 5;

/// One webhook for one receiver.
#[derive(Debug)]
pub struct Delivery {
    /// The provider's name, for faults.
    pub provider: &'static str,
    pub url: String,
    pub event: Value,
    pub signature: Signature,
    /// Makes the amounts in the event 1.00 too high.
    pub raise_amounts: fn(&mut Value),
}

/// How a body is signed: the header's name, the secret, and the function that makes the header's value of
/// both.
///
/// The function is called for every try, because a signature may contain the time.
#[derive(Debug, Clone)]
pub struct Signature {
    pub header: &'static str,
    pub secret: String,
    pub sign: fn(secret: &str, body: &[u8]) -> String,
}

/// Whether the sandbox may send webhooks there: plain HTTP to this machine, and nowhere else.
pub fn is_reachable(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    url.scheme() == "http" && (host == "localhost" || address.is_ok_and(|address| address.is_loopback()))
}

/// Sends one webhook in the background; a fault ordered for webhooks happens to it.
pub fn send(context: &Context, mut delivery: Delivery) {
    let fault = context.change_unsaved(|state| state.take_fault(delivery.provider, WEBHOOK));
    if fault == Some(Fault::WrongAmount) {
        (delivery.raise_amounts)(&mut delivery.event);
    }
    let body = match fault {
        Some(Fault::Nonsense) => "this is not an event".to_owned(),
        _ => delivery.event.to_string(),
    };
    let task_context = context.clone();
    context.spawn(async move {
        match fault {
            Some(Fault::DropAfterCommit) => {}
            Some(Fault::DelayMs { delay_ms }) => {
                tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                deliver(&task_context, &delivery, &body).await;
            }
            Some(Fault::Duplicate) => {
                deliver(&task_context, &delivery, &body).await;
                deliver(&task_context, &delivery, &body).await;
            }
            _ => deliver(&task_context, &delivery, &body).await,
        }
    });
}

async fn deliver(context: &Context, delivery: &Delivery, body: &str) {
    let Signature { header: header_name, secret, sign } = &delivery.signature;
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=TRIES {
        let sent = context
            .client()
            .post(&delivery.url)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(*header_name, sign(secret, body.as_bytes()))
            .body(body.to_owned())
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) => {
                tracing::debug!(url = %delivery.url, status = %answer.status(), attempt, "a webhook was refused")
            }
            Err(error) => {
                tracing::debug!(url = %delivery.url, %error, attempt, "a webhook could not be delivered")
            }
        }
        if attempt < TRIES {
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
    tracing::warn!(url = %delivery.url, "a webhook was given up");
}

#[cfg(test)]
mod tests {
    use super::is_reachable;

    #[test]
    fn only_this_machine_is_reachable() {
        for near in ["http://127.0.0.1:3000/hooks", "http://localhost/x", "http://[::1]:8080/"] {
            assert!(is_reachable(near), "{near}");
        }
        for far in [
            "http://shop.example/hooks",
            "https://127.0.0.1/",
            "http://127.0.0.1.example/",
            "http://10.0.0.1/",
            "x",
        ] {
            assert!(!is_reachable(far), "{far}");
        }
    }
}
