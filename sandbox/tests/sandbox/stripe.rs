use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::bench::{Bench, Receiver, eventually, id, json_of, session_form};

const WHOLE_TRUTH: &str = "expand[]=payment_intent.latest_charge.balance_transaction";

/// The receiver's own check, written from Stripe's description and from no code of the sandbox.
fn is_signed(secret: &str, header: &str, body: &str) -> bool {
    let (time, signature) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    mac.verify_slice(&hex::decode(signature).unwrap()).is_ok()
}

#[test]
fn the_check_of_this_test_agrees_with_stripes_own_library() {
    let body = r#"{"id":"evt_1","object":"event","type":"checkout.session.completed"}"#;
    let header = "t=1700000000,v1=d1e4aa90551919f198c22ba0a9691b35338d4b631d54ce1f1465e93b1d41c430";
    assert!(is_signed("whsec_test_secret", header, body));
    assert!(!is_signed("whsec_other_secret", header, body));
}

#[tokio::test]
async fn a_session_is_created_paid_and_told_by_a_signed_webhook() {
    let bench = Bench::start().await;
    // The first try is refused, so the webhook must come a second time.
    let receiver = Receiver::start(1).await;
    let secret = bench.register_webhook(&receiver.url(), &["checkout.session.completed"]).await;
    assert!(secret.starts_with("whsec_"));

    let session = bench.session("attempt-1").await;
    assert_eq!(session["object"], "checkout.session");
    assert_eq!(session["status"], "open");
    assert_eq!(session["payment_status"], "unpaid");
    assert_eq!(session["amount_total"], 4820);
    assert_eq!(session["payment_intent"], Value::Null);
    assert_eq!(session["url"], format!("{}/checkout/{}", bench.sandbox.stripe_url(), id(&session)));

    let page = bench.page(&format!("/stripe/checkout/{}", id(&session))).await;
    assert!(page.contains("Sandbox checkout — no real money"));
    assert!(page.contains("Pay $48.20"));
    assert!(page.contains("Invoice INV-1 &lt;b&gt;"));
    assert!(page.contains("href=\"http://127.0.0.1:9/pay/T\""));

    let paid = bench.pay(&session).await;
    assert_eq!(paid.status(), 303);
    assert_eq!(
        paid.headers()["location"],
        format!("http://127.0.0.1:9/pay/T?session={}", id(&session)).as_str()
    );

    let received = receiver.wait_for(2).await;
    assert_eq!(received[0].body, received[1].body);
    for webhook in &received {
        assert!(is_signed(&secret, webhook.headers["stripe-signature"].to_str().unwrap(), &webhook.body));
    }
    let event: Value = serde_json::from_str(&received[1].body).unwrap();
    assert_eq!(event["type"], "checkout.session.completed");
    assert_eq!(event["data"]["object"]["id"], session["id"]);
    assert_eq!(event["data"]["object"]["payment_status"], "paid");

    let path = format!("/v1/checkout/sessions/{}?{WHOLE_TRUTH}", id(&session));
    let truth = json_of(bench.stripe(Method::GET, &path)).await;
    assert_eq!(truth["status"], "complete");
    assert_eq!(truth["url"], Value::Null);
    let intent = &truth["payment_intent"];
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["metadata"]["invoice_id"], "7");
    let transaction = &intent["latest_charge"]["balance_transaction"];
    assert_eq!((&transaction["fee"], &transaction["net"]), (&json!(170), &json!(4650)));

    let path = format!("/v1/checkout/sessions?payment_intent={}", id(intent));
    let found = json_of(bench.stripe(Method::GET, &path)).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(found["data"][0]["payment_intent"], intent["id"], "not expanded without being asked");

    assert_eq!(bench.pay(&session).await.status(), 303, "a second click leads to the same place");
    let events =
        json_of(bench.stripe(Method::GET, "/v1/events?types[]=checkout.session.completed&created[gte]=1"))
            .await;
    assert_eq!(events["data"].as_array().unwrap().len(), 1, "and takes no more money");
    bench.sandbox.stop().await;
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open() {
    let bench = Bench::start().await;
    let session = bench.session("attempt-1").await;
    let path = format!("/stripe/checkout/{}/decline", id(&session));
    let declined = bench.request(Method::POST, &path).send().await.unwrap();
    assert_eq!(declined.status(), 303);
    assert!(
        bench.page(declined.headers()["location"].to_str().unwrap()).await.contains("The card was declined")
    );

    let path = format!("/v1/checkout/sessions/{}?{WHOLE_TRUTH}", id(&session));
    let after = json_of(bench.stripe(Method::GET, &path)).await;
    assert_eq!((&after["status"], &after["payment_status"]), (&json!("open"), &json!("unpaid")));
    assert_eq!(after["payment_intent"]["status"], "requires_payment_method");
    let failed = json_of(bench.stripe(Method::GET, "/v1/events?type=payment_intent.payment_failed")).await;
    assert_eq!(failed["data"][0]["data"]["object"]["id"], after["payment_intent"]["id"]);

    assert_eq!(bench.pay(&session).await.status(), 303);
    let paid = json_of(bench.stripe(Method::GET, &path)).await;
    assert_eq!(paid["payment_status"], "paid");
    assert_eq!(paid["payment_intent"]["id"], after["payment_intent"]["id"], "the same intent, tried again");
}

#[tokio::test]
async fn one_idempotency_key_makes_one_session() {
    let bench = Bench::start().await;
    let first = bench.session("attempt-1").await;
    let again = bench.create_session("attempt-1", 4820).await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.json::<Value>().await.unwrap(), first);

    let other_amount = bench.create_session("attempt-1", 4821).await;
    assert_eq!(other_amount.status(), 400);
    assert_eq!(other_amount.json::<Value>().await.unwrap()["error"]["type"], "idempotency_error");

    assert_ne!(bench.session("attempt-2").await["id"], first["id"]);
    assert_eq!(bench.calls("stripe", "create_session").await, 4);

    // Nothing is kept of what was refused, so the same key may be used for the corrected request.
    assert_eq!(bench.create_session("attempt-3", 1).await.status(), 400);
    assert_eq!(bench.create_session("attempt-3", 100).await.status(), 200);
    assert_eq!(bench.create_session(&"k".repeat(256), 100).await.status(), 400);
}

#[tokio::test]
async fn only_test_keys_are_let_in_and_see_their_own() {
    let bench = Bench::start().await;
    let session = bench.session("attempt-1").await;
    let url = format!("{}/v1/checkout/sessions/{}", bench.sandbox.stripe_url(), id(&session));
    let with_key = async |key: &str| bench.client.get(&url).bearer_auth(key).send().await.unwrap();

    assert_eq!(bench.client.get(&url).send().await.unwrap().status(), 401);
    let live = with_key("sk_live_example").await;
    assert_eq!(live.status(), 401);
    assert_eq!(live.json::<Value>().await.unwrap()["error"]["type"], "invalid_request_error");
    assert_eq!(with_key("rk_test_another").await.status(), 404);
    let basic = bench.client.get(&url).basic_auth(crate::bench::STRIPE_KEY, Some("")).send().await.unwrap();
    assert_eq!(basic.status(), 200);
    let unknown = bench.stripe(Method::GET, "/v1/unknown").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(unknown.json::<Value>().await.unwrap()["error"]["type"], "invalid_request_error");
}

#[tokio::test]
async fn a_session_expires_on_request_and_only_once() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(0).await;
    bench.register_webhook(&receiver.url(), &["*"]).await;
    let session = bench.session("attempt-1").await;
    let path = format!("/v1/checkout/sessions/{}/expire", id(&session));
    let expired = json_of(bench.stripe(Method::POST, &path)).await;
    assert_eq!((&expired["status"], &expired["url"]), (&json!("expired"), &Value::Null));
    let event: Value = serde_json::from_str(&receiver.wait_for(1).await[0].body).unwrap();
    assert_eq!(event["type"], "checkout.session.expired");

    assert_eq!(bench.stripe(Method::POST, &path).send().await.unwrap().status(), 400);
    assert_eq!(bench.pay(&session).await.status(), 410, "nobody can pay it any more");
}

#[tokio::test]
async fn a_session_expires_when_its_time_is_over() {
    let bench = Bench::start().await;
    let session = bench.session("attempt-1").await;
    let soon = session["created"].as_i64().unwrap() + 1800;
    let short = bench
        .stripe(Method::POST, "/v1/checkout/sessions")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("{}&expires_at={soon}", session_form(500)));
    let short = json_of(short).await;

    let clock = bench.request(Method::POST, "/clock").json(&json!({ "advance_seconds": 3600 }));
    assert_eq!(json_of(clock).await["seconds_ahead"], 3600);
    let events = eventually("the event", async || {
        let events = json_of(bench.stripe(Method::GET, "/v1/events?type=checkout.session.expired")).await;
        Some(events).filter(|events| events["data"] != json!([]))
    });
    assert_eq!(events.await["data"][0]["data"]["object"]["id"], short["id"]);
    let open = json_of(bench.stripe(Method::GET, "/v1/checkout/sessions?status=open")).await;
    assert_eq!(open["data"].as_array().unwrap().len(), 1, "the session of a day is still open");
    assert_eq!(bench.pay(&short).await.status(), 410);
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() {
    let bench = Bench::start().await;
    let mut made = Vec::new();
    for attempt in ["a", "b", "c"] {
        made.push(bench.session(attempt).await["id"].clone());
    }
    let first = json_of(bench.stripe(Method::GET, "/v1/checkout/sessions?limit=2")).await;
    assert_eq!(first["has_more"], true);
    assert_eq!([&first["data"][0]["id"], &first["data"][1]["id"]], [&made[2], &made[1]]);
    let path = format!("/v1/checkout/sessions?limit=2&starting_after={}", made[1].as_str().unwrap());
    let second = json_of(bench.stripe(Method::GET, &path)).await;
    assert_eq!(second["has_more"], false);
    assert_eq!(second["data"][0]["id"], made[0]);
    assert!(bench.page("/stripe/sessions").await.contains(made[0].as_str().unwrap()));
}

#[tokio::test]
async fn the_secret_of_an_endpoint_is_told_once() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(0).await;
    let secret = bench.register_webhook(&receiver.url(), &["*"]).await;
    let listed = json_of(bench.stripe(Method::GET, "/v1/webhook_endpoints")).await;
    assert_eq!(listed["data"][0]["url"], receiver.url());
    assert!(!listed.to_string().contains(&secret));

    let far_away = [("url", "https://shop.example/hooks"), ("enabled_events[]", "*")];
    let refused = bench.stripe(Method::POST, "/v1/webhook_endpoints").form(&far_away).send().await.unwrap();
    assert_eq!(refused.status(), 400);

    let path = format!("/v1/webhook_endpoints/{}", id(&listed["data"][0]));
    assert_eq!(json_of(bench.stripe(Method::DELETE, &path)).await["deleted"], true);
    assert_eq!(json_of(bench.stripe(Method::GET, "/v1/webhook_endpoints")).await["data"], json!([]));
}

#[tokio::test]
async fn a_500_is_replayed_for_its_key_and_a_503_is_not() {
    let bench = Bench::start().await;
    bench.order_fault("stripe", "create_session", json!({ "kind": "status", "status": 500 })).await;
    assert_eq!(bench.create_session("attempt-1", 4820).await.status(), 500);
    let again = bench.create_session("attempt-1", 4820).await;
    assert_eq!(
        (again.status().as_u16(), again.headers()["idempotent-replayed"].to_str().unwrap()),
        (500, "true")
    );
    assert_eq!(bench.create_session("attempt-2", 4820).await.status(), 200);
    bench.order_fault("stripe", "create_session", json!({ "kind": "status", "status": 503 })).await;
    assert_eq!(bench.create_session("attempt-3", 4820).await.status(), 503);
    assert_eq!(bench.create_session("attempt-3", 4820).await.status(), 200);
}

#[tokio::test]
async fn a_refund_is_bounded_and_stands_on_the_charge() {
    let bench = Bench::start().await;
    let session = bench.session("attempt-1").await;
    let refund = async |amount: &str| {
        let path = format!("/stripe/checkout/{}/refund", id(&session));
        bench.request(Method::POST, &path).form(&[("amount", amount)]).send().await.unwrap().status().as_u16()
    };
    assert_eq!(refund("100").await, 409, "nothing was paid");
    bench.pay(&session).await;
    assert_eq!(refund("2000").await, 303);
    assert_eq!(refund("2821").await, 409, "more than is left");
    let path = format!("/v1/checkout/sessions/{}?{WHOLE_TRUTH}", id(&session));
    let charge = json_of(bench.stripe(Method::GET, &path)).await["payment_intent"]["latest_charge"].clone();
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&json!(2000), &json!(false)));
    let listed =
        json_of(bench.stripe(Method::GET, "/v1/charges?limit=1&expand[]=data.balance_transaction")).await;
    assert_eq!(
        (&listed["data"][0]["id"], &listed["data"][0]["balance_transaction"]["fee"]),
        (&charge["id"], &json!(170))
    );
}

#[tokio::test]
async fn keys_can_be_rolled_revoked_and_restricted() {
    let bench = Bench::start().await;
    let session = bench.session("attempt-1").await;
    let tell = async |facts: Value| {
        let told = bench.request(Method::POST, "/stripe/keys").json(&facts).send().await.unwrap();
        assert_eq!(told.status(), 204);
    };
    tell(json!({ "key": "sk_test_rolled", "same_account_as": crate::bench::STRIPE_KEY })).await;
    tell(json!({ "key": crate::bench::STRIPE_KEY, "revoked": true })).await;
    let url = format!("{}/v1/checkout/sessions/{}", bench.sandbox.stripe_url(), id(&session));
    let with_key = async |key: &str, url: &str| {
        bench.client.get(url).bearer_auth(key).send().await.unwrap().status().as_u16()
    };
    assert_eq!(with_key(crate::bench::STRIPE_KEY, &url).await, 401);
    assert_eq!(with_key("sk_test_rolled", &url).await, 200);
    tell(json!({ "key": "rk_test_narrow", "same_account_as": "sk_test_rolled", "forbidden": ["charges"] }))
        .await;
    assert_eq!(with_key("rk_test_narrow", &url).await, 200);
    assert_eq!(with_key("rk_test_narrow", &format!("{url}?{WHOLE_TRUTH}")).await, 403);
}
