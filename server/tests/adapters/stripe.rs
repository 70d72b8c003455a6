use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use domain::{
    money::{Currency, Money},
    payments::CheckoutTruth,
    time::{HOUR, MINUTE},
};
use reqwest::redirect::Policy;
use sandbox::Sandbox;
use secrecy::SecretString;
use serde_json::json;
use server::adapters::{Stripe, http};
use services::ports::{
    GatewayPort, PortError,
    gateway::{Checkout, CheckoutRequest, WebhookRefused},
};
use tokio::sync::mpsc;
use url::Url;
use uuid::Uuid;

use super::{calls, drop_after_commit, order, sandbox, status};

fn key() -> SecretString {
    SecretString::from("rk_test_invented")
}

fn adapter(sandbox: &Sandbox) -> Stripe {
    Stripe::new(http::client().unwrap(), Url::parse(&sandbox.stripe_url()).unwrap())
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn request(attempt: u128) -> CheckoutRequest {
    CheckoutRequest {
        attempt_id: Uuid::from_u128(attempt),
        invoice_id: Uuid::from_u128(7),
        invoice_number: "INV-7 & Söhne".into(),
        amount: Money::new(4_820, Currency::USD),
        customer_email: "ana@example.com".into(),
        return_url: "http://localhost:3000/pay/T".into(),
        cancel_url: "http://localhost:3000/pay/T".into(),
        expires_at: now() + 2 * HOUR,
    }
}

/// Presses the button on the gateway's page; gives the address to which the buyer is sent.
async fn pay(checkout: &Checkout) -> String {
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let answer = browser.post(format!("{}/pay", checkout.url)).send().await.unwrap();
    assert!(answer.status().is_redirection(), "{}", answer.status());
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_is_made_once_and_paid_once() {
    let sandbox = sandbox().await;
    let (stripe, request) = (adapter(&sandbox), request(1));
    let checkout = stripe.create_checkout(&key(), &request).await.unwrap();
    assert_eq!(checkout.expires_at / 1_000, request.expires_at / 1_000);
    assert_eq!(
        stripe.create_checkout(&key(), &request).await.unwrap(),
        checkout,
        "the same attempt, the same page"
    );

    let open = stripe.fetch_checkout(&key(), &checkout.reference).await.unwrap();
    assert_eq!(open.truth, CheckoutTruth::Open);
    assert_eq!(open.attempt_id, Some(request.attempt_id));

    let sent_to = pay(&checkout).await;
    assert_eq!(sent_to, format!("{}?session={}", request.return_url, checkout.reference));
    let CheckoutTruth::Paid(paid) = stripe.fetch_checkout(&key(), &checkout.reference).await.unwrap().truth
    else {
        panic!("it was paid");
    };
    assert!(paid.matches(request.amount));
    assert!(paid.reference.starts_with("pi_"), "{}", paid.reference);
    assert_eq!(paid.fee, Some(170), "2.9 % and 30 cents");
}

#[tokio::test]
async fn an_attempt_cannot_ask_for_another_amount() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    stripe.create_checkout(&key(), &request(1)).await.unwrap();
    let changed = CheckoutRequest { amount: Money::new(1, Currency::JPY), ..request(1) };
    let refused = stripe.create_checkout(&key(), &changed).await;
    assert!(
        matches!(&refused, Err(PortError::Refused(text)) if text.contains("idempotency_error")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn times_beyond_what_stripe_allows_are_brought_within() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    for (attempt, ahead) in [(1, MINUTE), (2, 300 * HOUR)] {
        let request = CheckoutRequest { expires_at: now() + ahead, ..request(attempt) };
        let checkout = stripe.create_checkout(&key(), &request).await.unwrap();
        assert!(
            (30 * MINUTE..=24 * HOUR).contains(&(checkout.expires_at - now())),
            "{}",
            checkout.expires_at
        );
        let again = stripe.create_checkout(&key(), &request).await;
        assert!(ahead < HOUR || again.is_ok(), "{again:?}");
    }
}

#[tokio::test]
async fn closing_a_page_twice_is_no_error_and_a_paid_one_stays_paid() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let expired = stripe.create_checkout(&key(), &request(1)).await.unwrap();
    for _ in 0..2 {
        stripe.expire_checkout(&key(), &expired.reference).await.unwrap();
    }
    assert_eq!(
        stripe.fetch_checkout(&key(), &expired.reference).await.unwrap().truth,
        CheckoutTruth::Expired
    );

    let paid = stripe.create_checkout(&key(), &request(2)).await.unwrap();
    pay(&paid).await;
    stripe.expire_checkout(&key(), &paid.reference).await.unwrap();
    let truth = stripe.fetch_checkout(&key(), &paid.reference).await.unwrap().truth;
    assert!(matches!(truth, CheckoutTruth::Paid(_)));
}

/// What a registered address received: the signature and the raw body.
type Delivered = mpsc::UnboundedReceiver<(Option<String>, Bytes)>;

async fn receiver() -> (String, Delivered) {
    let (sender, delivered) = mpsc::unbounded_channel();
    let hook = move |headers: HeaderMap, body: Bytes| async move {
        let signature = headers.get("stripe-signature").map(|value| value.to_str().unwrap().to_owned());
        sender.send((signature, body)).unwrap();
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let serve = axum::serve(listener, Router::new().route("/hooks", post(hook)));
    tokio::spawn(serve.into_future());
    (url, delivered)
}

#[tokio::test]
async fn a_delivered_event_is_believed_and_a_changed_one_is_not() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let (url, mut delivered) = receiver().await;
    let secret = stripe.register_webhook(&key(), &url).await.unwrap().secret;
    let checkout = stripe.create_checkout(&key(), &request(1)).await.unwrap();
    pay(&checkout).await;

    let (signature, body) =
        tokio::time::timeout(Duration::from_secs(10), delivered.recv()).await.unwrap().unwrap();
    let header = |name: &str| signature.clone().filter(|_| name == "stripe-signature");
    let event = stripe.verify_webhook(&secret, &header, &body, now()).unwrap();
    assert_eq!(event.kind, "checkout.session.completed");
    assert_eq!(event.checkout_reference.as_deref(), Some(checkout.reference.as_str()));

    let changed = String::from_utf8(body.to_vec()).unwrap().replace("4820", "1");
    let refused =
        |secret: &SecretString, body: &[u8], now| stripe.verify_webhook(secret, &header, body, now).err();
    assert_eq!(refused(&secret, changed.as_bytes(), now()), Some(WebhookRefused::Forged));
    assert_eq!(refused(&SecretString::from("whsec_other"), &body, now()), Some(WebhookRefused::Forged));
    assert_eq!(refused(&secret, &body, now() + 10 * MINUTE), Some(WebhookRefused::Stale));
    assert_eq!(stripe.verify_webhook(&secret, &|_| None, &body, now()).err(), Some(WebhookRefused::Forged));
}

#[tokio::test]
async fn a_lost_answer_does_not_make_a_second_page() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    order(&sandbox, "stripe", "create_session", drop_after_commit(), 1).await;
    let checkout = stripe.create_checkout(&key(), &request(1)).await.unwrap();
    assert_eq!(calls(&sandbox, "stripe", "create_session").await, 2, "it was sent again");
    assert!(checkout.reference.ends_with("000000000001"), "but made once: {}", checkout.reference);
}

#[tokio::test]
async fn a_failing_server_is_asked_thrice_and_then_left_alone() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    order(&sandbox, "stripe", "create_session", status(503), 3).await;
    let failed = stripe.create_checkout(&key(), &request(1)).await;
    assert_eq!(failed, Err(PortError::Unavailable("Stripe 503 api_error".into())));
    assert_eq!(calls(&sandbox, "stripe", "create_session").await, 3);
    assert!(stripe.create_checkout(&key(), &request(1)).await.is_ok(), "the job's next try succeeds");

    order(&sandbox, "stripe", "list_sessions", status(429), 1).await;
    let failed = stripe.check_key(&key()).await;
    assert!(matches!(failed, Err(PortError::Unavailable(_))), "{failed:?}");
    assert_eq!(
        calls(&sandbox, "stripe", "list_sessions").await,
        1,
        "a busy server is not asked again at once"
    );
    stripe.check_key(&key()).await.unwrap();
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let sandbox = sandbox().await;
    let hasty = reqwest::Client::builder().timeout(Duration::from_millis(200)).build().unwrap();
    let stripe = Stripe::new(hasty, Url::parse(&sandbox.stripe_url()).unwrap());
    order(&sandbox, "stripe", "create_session", json!({ "kind": "delay_ms", "delay_ms": 5_000 }), 1).await;
    let late = stripe.create_checkout(&key(), &request(1)).await;
    assert_eq!(late, Err(PortError::Unavailable("Stripe: no answer in time".into())));
    assert_eq!(calls(&sandbox, "stripe", "create_session").await, 1);
}

#[tokio::test]
async fn nonsense_and_wrong_amounts_are_passed_on_as_such() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let checkout = stripe.create_checkout(&key(), &request(1)).await.unwrap();
    pay(&checkout).await;
    order(&sandbox, "stripe", "get_session", json!({ "kind": "nonsense" }), 1).await;
    let nonsense = stripe.fetch_checkout(&key(), &checkout.reference).await;
    assert!(matches!(nonsense, Err(PortError::Nonsense(_))), "{nonsense:?}");
    order(&sandbox, "stripe", "get_session", json!({ "kind": "wrong_amount" }), 1).await;
    let CheckoutTruth::Paid(paid) = stripe.fetch_checkout(&key(), &checkout.reference).await.unwrap().truth
    else {
        panic!("it was paid");
    };
    assert_eq!(paid.amount, 4_920);
}

#[tokio::test]
async fn keys_and_references_are_checked() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let wrong = stripe.check_key(&SecretString::from("rk_wrong")).await;
    assert!(matches!(wrong, Err(PortError::Unauthorised(_))), "{wrong:?}");
    let unknown = stripe.fetch_checkout(&key(), "cs_test_none").await;
    assert_eq!(unknown, Err(PortError::Gone("Stripe 404 resource_missing,id".into())));
    let elsewhere = stripe.fetch_checkout(&key(), "../../v1/events").await;
    assert!(matches!(elsewhere, Err(PortError::Gone(_))), "{elsewhere:?}");

    let before = calls(&sandbox, "stripe", "list_sessions").await;
    for live in ["sk_live_invented", "rk_live_invented"] {
        assert_eq!(stripe.check_key(&SecretString::from(live)).await, Err(PortError::LiveKeyElsewhere));
    }
    assert_eq!(calls(&sandbox, "stripe", "list_sessions").await, before, "nothing was sent");
}

#[tokio::test]
async fn tls_is_there_and_wants_a_real_partner() {
    let sandbox = sandbox().await;
    let url = sandbox.stripe_url().replace("http://", "https://");
    let stripe = Stripe::new(http::client().unwrap(), Url::parse(&url).unwrap());
    assert_eq!(stripe.check_key(&key()).await, Err(PortError::Unavailable("Stripe: no connection".into())));
}
