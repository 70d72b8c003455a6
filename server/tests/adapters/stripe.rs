use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use domain::{
    money::{Currency, Money},
    payments::{CheckoutTruth, Fee, PaidTruth},
    time::{DAY, HOUR, MINUTE},
};
use reqwest::redirect::Policy;
use sandbox::Sandbox;
use secrecy::SecretString;
use serde_json::json;
use server::adapters::{Stripe, http};
use services::ports::{
    GatewayPort, PortError,
    gateway::{Checkout, CheckoutAnswer, CheckoutRequest, KeyReport, NotMade, WebhookRefused},
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

/// The page for an attempt.
async fn made(stripe: &Stripe, request: &CheckoutRequest) -> Checkout {
    match stripe.create_checkout(&key(), request).await.unwrap() {
        CheckoutAnswer::Made(checkout) => checkout,
        CheckoutAnswer::NotMade(why) => panic!("no page was made: {why:?}"),
    }
}

async fn paid(stripe: &Stripe, checkout: &Checkout) -> PaidTruth {
    match stripe.fetch_checkout(&key(), &checkout.reference).await.unwrap().truth {
        CheckoutTruth::Paid(paid) => paid,
        other => panic!("it was paid, not {other:?}"),
    }
}

/// Tells the sandbox something of a key, as a seller does at Stripe.
async fn tell_of_key(sandbox: &Sandbox, facts: serde_json::Value) {
    let url = format!("{}/keys", sandbox.stripe_url());
    assert_eq!(reqwest::Client::new().post(url).json(&facts).send().await.unwrap().status().as_u16(), 204);
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
    let checkout = made(&stripe, &request).await;
    assert_eq!(checkout.expires_at / 1_000, request.expires_at / 1_000);
    assert_eq!(made(&stripe, &request).await, checkout, "the same attempt, the same page");

    let open = stripe.fetch_checkout(&key(), &checkout.reference).await.unwrap();
    assert_eq!(open.truth, CheckoutTruth::Open);
    assert_eq!(open.attempt_id, Some(request.attempt_id));

    let sent_to = pay(&checkout).await;
    assert_eq!(sent_to, format!("{}?session={}", request.return_url, checkout.reference));
    let paid = paid(&stripe, &checkout).await;
    assert!(paid.matches(request.amount));
    assert!(paid.reference.starts_with("pi_"), "{}", paid.reference);
    assert_eq!(paid.fee, Fee::Known(170), "2.9 % and 30 cents");
    let paid_at = paid.paid_at.expect("it is said when it was paid");
    assert!(request.expires_at > paid_at && paid_at > request.expires_at - DAY, "{paid_at}");
}

#[tokio::test]
async fn an_attempt_cannot_ask_for_another_amount() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    made(&stripe, &request(1)).await;
    let changed = CheckoutRequest { amount: Money::new(1, Currency::JPY), ..request(1) };
    let refused = stripe.create_checkout(&key(), &changed).await;
    assert!(matches!(&refused, Ok(CheckoutAnswer::NotMade(NotMade::Spent(_)))), "{refused:?}");
}

#[tokio::test]
async fn what_stripe_does_not_take_is_told_apart() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    for email in ["ana..ruiz@gmail.com", ".ana@gmail.com", "josé@correo.example", "ana@localhost"] {
        let request = CheckoutRequest { customer_email: email.into(), ..request(1) };
        let answer = stripe.create_checkout(&key(), &request).await;
        assert_eq!(answer, Ok(CheckoutAnswer::NotMade(NotMade::Email)), "{email}");
    }
    for (minor, currency) in [(49, Currency::USD), (1_499, Currency::CZK)] {
        let request = CheckoutRequest { amount: Money::new(minor, currency), ..request(2) };
        let answer = stripe.create_checkout(&key(), &request).await;
        assert_eq!(answer, Ok(CheckoutAnswer::NotMade(NotMade::TooSmall)), "{currency:?}");
    }
    let request = CheckoutRequest { expires_at: now() + 300 * HOUR, ..request(3) };
    let refused = stripe.create_checkout(&key(), &request).await;
    assert!(matches!(refused, Err(PortError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_failure_that_is_kept_for_its_key_spends_the_attempt() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    order(&sandbox, "stripe", "create_session", status(500), 1).await;
    for _ in 0..2 {
        let failed = stripe.create_checkout(&key(), &request(1)).await;
        assert!(matches!(failed, Ok(CheckoutAnswer::NotMade(NotMade::Spent(_)))), "{failed:?}");
    }
    assert_eq!(
        calls(&sandbox, "stripe", "create_session").await,
        3,
        "a replayed failure is not asked for again"
    );
    made(&stripe, &request(2)).await;
}

#[tokio::test]
async fn a_key_is_asked_what_it_may_do_and_whose_it_is() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let KeyReport::Good { external_id: Some(account) } = stripe.check_key(&key()).await.unwrap() else {
        panic!("the key may do everything");
    };
    assert!(account.starts_with("acct_"), "{account}");
    // A rolled key is of the same account. A restricted one may not ask for its account and is told its name all the same.
    let other = SecretString::from("rk_test_rolled");
    let rolled =
        json!({ "key": "rk_test_rolled", "same_account_as": "rk_test_invented", "forbidden": ["account"] });
    tell_of_key(&sandbox, rolled).await;
    assert_eq!(stripe.check_key(&other).await, Ok(KeyReport::Good { external_id: Some(account) }));
    for (resource, permission) in [
        ("checkout_sessions", "Checkout Sessions"),
        ("payment_intents", "PaymentIntents"),
        ("charges", "Charges"),
    ] {
        tell_of_key(&sandbox, json!({ "key": "rk_test_narrow", "forbidden": [resource] })).await;
        let narrow = stripe.check_key(&SecretString::from("rk_test_narrow")).await;
        assert_eq!(narrow, Ok(KeyReport::MayNot(permission.into())));
    }
    tell_of_key(&sandbox, json!({ "key": "rk_test_invented", "revoked": true })).await;
    let revoked = stripe.check_key(&key()).await;
    assert!(matches!(revoked, Err(PortError::Unauthorised(_))), "{revoked:?}");

    order(&sandbox, "stripe", "list_sessions", json!({ "kind": "nonsense" }), 1).await;
    let nonsense = stripe.check_key(&other).await;
    assert!(matches!(nonsense, Err(PortError::Nonsense(_))), "{nonsense:?}");
}

#[tokio::test]
async fn a_page_of_a_rolled_key_is_seen_with_the_new_one() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let checkout = made(&stripe, &request(1)).await;
    tell_of_key(&sandbox, json!({ "key": "rk_test_rolled", "same_account_as": "rk_test_invented" })).await;
    tell_of_key(&sandbox, json!({ "key": "rk_test_invented", "revoked": true })).await;
    let old = stripe.fetch_checkout(&key(), &checkout.reference).await;
    assert!(matches!(old, Err(PortError::Unauthorised(_))), "{old:?}");
    let seen =
        stripe.fetch_checkout(&SecretString::from("rk_test_rolled"), &checkout.reference).await.unwrap();
    assert_eq!(seen.attempt_id, Some(request(1).attempt_id));
    let foreign = stripe.fetch_checkout(&SecretString::from("rk_test_foreign"), &checkout.reference).await;
    assert!(matches!(foreign, Err(PortError::Gone(_))), "{foreign:?}");
}

#[tokio::test]
async fn addresses_for_events_are_listed_and_taken_back() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let url = "http://127.0.0.1:9/webhooks/stripe/1";
    let registration = stripe.register_webhook(&key(), url).await.unwrap();
    let endpoints = stripe.list_webhooks(&key()).await.unwrap();
    assert_eq!(endpoints.len(), 1);
    assert_eq!((endpoints[0].url.as_str(), &endpoints[0].reference), (url, &registration.reference));
    assert!(endpoints[0].created_at.abs_diff(now()) < 10 * MINUTE as u64);
    for _ in 0..2 {
        stripe.remove_webhook(&key(), &registration.reference).await.unwrap();
    }
    assert_eq!(stripe.list_webhooks(&key()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn refunds_and_disputes_are_told_by_events_and_seen_on_the_page() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let (url, mut delivered) = receiver().await;
    let secret = stripe.register_webhook(&key(), &url).await.unwrap().secret;
    let checkout = made(&stripe, &request(1)).await;
    pay(&checkout).await;
    let payment = paid(&stripe, &checkout).await;
    assert_eq!((payment.refunded, payment.disputed), (0, false));
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    for (deed, amount) in [("refund", "2000"), ("dispute", "")] {
        let form = browser.post(format!("{}/{deed}", checkout.url)).form(&[("amount", amount)]);
        let form = if amount.is_empty() { browser.post(format!("{}/{deed}", checkout.url)) } else { form };
        assert!(form.send().await.unwrap().status().is_redirection(), "{deed}");
    }
    let after = paid(&stripe, &checkout).await;
    assert_eq!((after.refunded, after.disputed), (2_000, true));

    let mut kinds = Vec::new();
    for _ in 0..4 {
        let (signature, body) =
            tokio::time::timeout(Duration::from_secs(10), delivered.recv()).await.unwrap().unwrap();
        let header = |_: &str| signature.clone();
        let event = stripe.verify_webhook(&secret, &header, &body, now()).unwrap();
        if event.checkout_reference.is_none() {
            assert_eq!(event.payment_reference.as_ref(), Some(&payment.reference), "{}", event.kind);
        }
        kinds.push(event.kind);
    }
    kinds.sort();
    assert_eq!(
        kinds,
        ["charge.dispute.created", "charge.refunded", "checkout.session.completed", "refund.created"]
    );
}

#[tokio::test]
async fn closing_a_page_twice_is_no_error_and_a_paid_one_stays_paid() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    let expired = made(&stripe, &request(1)).await;
    for _ in 0..2 {
        stripe.expire_checkout(&key(), &expired.reference).await.unwrap();
    }
    assert_eq!(
        stripe.fetch_checkout(&key(), &expired.reference).await.unwrap().truth,
        CheckoutTruth::Expired
    );

    let paid = made(&stripe, &request(2)).await;
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
    let checkout = made(&stripe, &request(1)).await;
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
    let checkout = made(&stripe, &request(1)).await;
    assert_eq!(calls(&sandbox, "stripe", "create_session").await, 2, "it was sent again");
    assert!(checkout.reference.ends_with("000000000001"), "but made once: {}", checkout.reference);
}

#[tokio::test]
async fn a_failing_server_is_asked_thrice_and_then_left_alone() {
    let sandbox = sandbox().await;
    let stripe = adapter(&sandbox);
    order(&sandbox, "stripe", "create_session", status(503), 3).await;
    let failed = stripe.create_checkout(&key(), &request(1)).await;
    assert_eq!(failed, Ok(CheckoutAnswer::NotMade(NotMade::Spent("Stripe 503 api_error".into()))));
    assert_eq!(calls(&sandbox, "stripe", "create_session").await, 3);
    made(&stripe, &request(2)).await;

    // The sandbox says for how long it is busy: it is waited for once.
    order(&sandbox, "stripe", "list_sessions", status(429), 3).await;
    let failed = stripe.check_key(&key()).await;
    assert!(matches!(failed, Err(PortError::Unavailable(_))), "{failed:?}");
    assert_eq!(calls(&sandbox, "stripe", "list_sessions").await, 2, "and not again and again");
    stripe.check_key(&key()).await.unwrap();
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let sandbox = sandbox().await;
    let hasty = reqwest::Client::builder().timeout(Duration::from_secs(1)).build().unwrap();
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
    let checkout = made(&stripe, &request(1)).await;
    pay(&checkout).await;
    order(&sandbox, "stripe", "get_session", json!({ "kind": "nonsense" }), 1).await;
    let nonsense = stripe.fetch_checkout(&key(), &checkout.reference).await;
    assert!(matches!(nonsense, Err(PortError::Nonsense(_))), "{nonsense:?}");
    order(&sandbox, "stripe", "get_session", json!({ "kind": "wrong_amount" }), 1).await;
    let paid = paid(&stripe, &checkout).await;
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
