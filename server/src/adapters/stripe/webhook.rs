//! Stripe's signature over an event, and the little that is believed of the event itself.

use domain::time::SECOND;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use services::ports::gateway::{WebhookEvent, WebhookRefused};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The header that carries the signature.
pub const HEADER: &str = "stripe-signature";

/// How far the signature's time may be from ours, in seconds, in either direction. Stripe's libraries use the same for
/// old ones; one from the future is as wrong.
const TOLERANCE_SECONDS: u64 = 300;
/// An id longer than this is not one of Stripe's.
const MAX_ID_LENGTH: usize = 255;

/// Checks `t=…,v1=…[,v1=…]` over `"{t}." + body`, keyed with the whole `whsec_…` text; any `v1` may match, for there are
/// two while a secret is being changed. `now` is in UTC milliseconds.
pub fn verify(
    secret: &SecretString,
    header: Option<&str>,
    body: &[u8],
    now: i64,
) -> Result<WebhookEvent, WebhookRefused> {
    let pairs: Vec<(&str, &str)> =
        header.unwrap_or_default().split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let timestamp = pairs.iter().find(|(name, _)| *name == "t").map(|(_, value)| *value);
    let timestamp = timestamp.ok_or(WebhookRefused::Forged)?;
    // An empty secret would make everybody's signature right.
    if secret.expose_secret().is_empty() {
        return Err(WebhookRefused::Forged);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .map_err(|_| WebhookRefused::Forged)?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let expected = hex::encode(mac.finalize().into_bytes());
    let genuine = pairs
        .iter()
        .filter(|(name, _)| *name == "v1")
        .any(|(_, signature)| bool::from(signature.as_bytes().ct_eq(expected.as_bytes())));
    if !genuine {
        return Err(WebhookRefused::Forged);
    }
    let signed_at: i64 = timestamp.parse().map_err(|_| WebhookRefused::Forged)?;
    if now.div_euclid(SECOND).abs_diff(signed_at) > TOLERANCE_SECONDS {
        return Err(WebhookRefused::Stale);
    }
    read(body)
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    object: Object,
}

#[derive(Default, Deserialize)]
struct Object {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    object: Option<String>,
    /// Of a charge, a refund and a dispute.
    #[serde(default)]
    payment_intent: serde_json::Value,
}

fn read(body: &[u8]) -> Result<WebhookEvent, WebhookRefused> {
    let event: Event = serde_json::from_slice(body).map_err(|_| WebhookRefused::Nonsense)?;
    if event.id.is_empty() || event.id.len() > MAX_ID_LENGTH || event.kind.len() > MAX_ID_LENGTH {
        return Err(WebhookRefused::Nonsense);
    }
    let Object { id, object, payment_intent } = event.data.object;
    let is_page = object.as_deref() == Some("checkout.session");
    let is_reversal = matches!(object.as_deref(), Some("charge" | "refund" | "dispute"));
    Ok(WebhookEvent {
        id: event.id,
        kind: event.kind,
        checkout_reference: id.filter(|_| is_page),
        payment_reference: payment_intent.as_str().filter(|_| is_reversal).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Stripe's own library.
    const BODY: &[u8] = br#"{"id":"evt_1","object":"event","type":"checkout.session.completed"}"#;
    const SIGNATURE: &str = "d1e4aa90551919f198c22ba0a9691b35338d4b631d54ce1f1465e93b1d41c430";
    const SIGNED_AT: i64 = 1_700_000_000;

    fn check(header: &str, body: &[u8], now_seconds: i64) -> Result<WebhookEvent, WebhookRefused> {
        verify(&SecretString::from("whsec_test_secret"), Some(header), body, now_seconds * SECOND)
    }

    fn signed(body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_test_secret").unwrap();
        mac.update(format!("{SIGNED_AT}.").as_bytes());
        mac.update(body);
        format!("t={SIGNED_AT},v1={}", hex::encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn the_signature_of_the_vendors_library_is_accepted() {
        let event = WebhookEvent {
            id: "evt_1".into(),
            kind: "checkout.session.completed".into(),
            checkout_reference: None,
            payment_reference: None,
        };
        let header = format!("t={SIGNED_AT},v1={SIGNATURE}");
        assert_eq!(check(&header, BODY, SIGNED_AT), Ok(event.clone()));
        let two = format!("t={SIGNED_AT}, v1={}, v1={SIGNATURE}, v0=old", "0".repeat(64));
        assert_eq!(check(&two, BODY, SIGNED_AT + 300), Ok(event));
    }

    #[test]
    fn what_is_not_signed_so_is_forged() {
        for header in [
            String::new(),
            format!("t={SIGNED_AT}"),
            format!("v1={SIGNATURE}"),
            format!("t={SIGNED_AT},v0={SIGNATURE}"),
            format!("t={SIGNED_AT},v1="),
            format!("t={SIGNED_AT},v1={}", SIGNATURE.replace('d', "e")),
            format!("t={},v1={SIGNATURE}", SIGNED_AT + 1),
        ] {
            assert_eq!(check(&header, BODY, SIGNED_AT), Err(WebhookRefused::Forged), "{header}");
        }
        let header = format!("t={SIGNED_AT},v1={SIGNATURE}");
        assert_eq!(check(&header, b"{}", SIGNED_AT), Err(WebhookRefused::Forged));
        let body_of_another =
            verify(&SecretString::from("whsec_other"), Some(&header), BODY, SIGNED_AT * SECOND);
        assert_eq!(body_of_another, Err(WebhookRefused::Forged));
        assert_eq!(
            verify(&SecretString::from(""), None, BODY, SIGNED_AT * SECOND),
            Err(WebhookRefused::Forged)
        );
    }

    #[test]
    fn a_signature_holds_for_five_minutes_in_both_directions() {
        let header = format!("t={SIGNED_AT},v1={SIGNATURE}");
        for offset in [-301, 301, i64::from(i32::MAX)] {
            assert_eq!(check(&header, BODY, SIGNED_AT + offset), Err(WebhookRefused::Stale), "{offset}");
        }
        assert!(check(&header, BODY, SIGNED_AT - 300).is_ok());
    }

    #[test]
    fn only_a_checkout_session_names_a_page() {
        let session =
            br#"{"id":"evt_2","type":"x","data":{"object":{"id":"cs_1","object":"checkout.session"}}}"#;
        let charge = br#"{"id":"evt_3","type":"x","data":{"object":{"id":"ch_1","object":"charge"}}}"#;
        let page = |body: &[u8]| check(&signed(body), body, SIGNED_AT).unwrap().checkout_reference;
        assert_eq!(page(session), Some("cs_1".into()));
        assert_eq!(page(charge), None);
        let payment = |body: &[u8]| check(&signed(body), body, SIGNED_AT).unwrap().payment_reference;
        for object in ["charge", "refund", "dispute"] {
            let body = format!(
                r#"{{"id":"evt_4","type":"x","data":{{"object":{{"id":"x_1","object":"{object}","payment_intent":"pi_1"}}}}}}"#
            );
            assert_eq!(payment(body.as_bytes()), Some("pi_1".into()), "{object}");
        }
        assert_eq!(payment(session), None);
        for body in [&b"not an event"[..], b"{}", br#"{"id":"","type":"x"}"#] {
            assert_eq!(check(&signed(body), body, SIGNED_AT), Err(WebhookRefused::Nonsense));
        }
    }
}
