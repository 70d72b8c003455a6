use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, Mailer, Receiver, id, json_of, session_form};

#[tokio::test]
async fn a_status_is_answered_and_nothing_is_done() {
    let bench = Bench::start().await;
    let rule = json!({
        "provider": "stripe", "operation": "create_session", "fault": { "kind": "status", "status": 503 }, "times": 2,
    });
    json_of(bench.request(Method::POST, "/faults").json(&rule)).await;
    assert_eq!(bench.get_json("/faults").await, json!([rule]));
    for _ in 0..2 {
        let failed = bench.create_session("attempt-1", 4820).await;
        assert_eq!(failed.status(), 503);
        assert_eq!(failed.json::<Value>().await.unwrap()["error"]["type"], "api_error");
    }
    assert_eq!(bench.get_json("/faults").await, json!([]));
    assert_eq!(json_of(bench.stripe(Method::GET, "/v1/checkout/sessions")).await["data"], json!([]));
    assert_eq!(bench.create_session("attempt-1", 4820).await.status(), 200);

    bench.order_fault("easypost", "any", json!({ "kind": "status", "status": 429 })).await;
    let failed = bench.easypost(Method::GET, "/shipments/shp_1").send().await.unwrap();
    assert_eq!(failed.status(), 429);
    assert_eq!(failed.json::<Value>().await.unwrap()["error"]["code"], "RATE_LIMITED");
}

#[tokio::test]
async fn a_connection_closes_after_the_work_and_the_work_is_found() {
    let bench = Bench::start().await;
    bench.order_fault("stripe", "create_session", json!({ "kind": "drop_after_commit" })).await;
    let dropped = bench
        .stripe(Method::POST, "/v1/checkout/sessions")
        .header("Idempotency-Key", "attempt-1")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(session_form(4820))
        .send()
        .await;
    assert!(dropped.is_err());
    let listed = json_of(bench.stripe(Method::GET, "/v1/checkout/sessions")).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        bench.session("attempt-1").await["id"],
        listed["data"][0]["id"],
        "the same key finds the same session"
    );

    let shipment = bench.shipment().await;
    bench.order_fault("easypost", "buy", json!({ "kind": "drop_after_commit" })).await;
    let path = format!("/shipments/{}", id(&shipment));
    let body = json!({ "rate": { "id": shipment["rates"][0]["id"] } });
    assert!(bench.easypost(Method::POST, &format!("{path}/buy")).json(&body).send().await.is_err());
    let after = json_of(bench.easypost(Method::GET, &path)).await;
    assert!(after["tracking_code"].is_string(), "the postage was bought");
    assert_eq!(bench.calls("easypost", "buy").await, 1);
}

#[tokio::test]
async fn an_answer_comes_late_though_the_work_was_done_at_once() {
    let bench = Bench::start().await;
    bench.order_fault("stripe", "create_session", json!({ "kind": "delay_ms", "delay_ms": 600 })).await;
    let late = bench
        .stripe(Method::POST, "/v1/checkout/sessions")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(session_form(4820))
        .timeout(Duration::from_millis(200))
        .send()
        .await;
    assert!(late.unwrap_err().is_timeout());
    let listed = json_of(bench.stripe(Method::GET, "/v1/checkout/sessions")).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);

    bench.order_fault("stripe", "list_sessions", json!({ "kind": "delay_ms", "delay_ms": 300 })).await;
    let asked = Instant::now();
    json_of(bench.stripe(Method::GET, "/v1/checkout/sessions")).await;
    assert!(asked.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn nonsense_is_no_json_under_a_good_status() {
    let bench = Bench::start().await;
    let shipment = bench.shipment().await;
    for (operation, path) in
        [("get_shipment", format!("v2/shipments/{}", id(&shipment))), ("label", "labels/x.png".to_owned())]
    {
        bench.order_fault("easypost", operation, json!({ "kind": "nonsense" })).await;
        let url = format!("{}/easypost/{path}", bench.sandbox.url());
        let answer = bench.client.get(url).bearer_auth(crate::bench::EASYPOST_KEY).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.json::<Value>().await.is_err());
    }
}

#[tokio::test]
async fn amounts_are_falsified_in_the_answer_only() {
    let bench = Bench::start().await;
    let session = bench.session("attempt-1").await;
    let path = format!("/v1/checkout/sessions/{}", id(&session));
    bench.order_fault("stripe", "get_session", json!({ "kind": "wrong_amount" })).await;
    assert_eq!(json_of(bench.stripe(Method::GET, &path)).await["amount_total"], 4920);
    assert_eq!(json_of(bench.stripe(Method::GET, &path)).await["amount_total"], 4820);

    let shipment = bench.shipment().await;
    bench.order_fault("easypost", "buy", json!({ "kind": "wrong_amount" })).await;
    let bought: Value = bench.buy(&shipment, 0).await.json().await.unwrap();
    assert_eq!(bought["selected_rate"]["rate"], "6.08");
    let after = json_of(bench.easypost(Method::GET, &format!("/shipments/{}", id(&shipment)))).await;
    assert_eq!(after["selected_rate"]["rate"], "5.08");
}

#[tokio::test]
async fn webhooks_come_twice_or_falsified_or_unreadable_or_not_at_all() {
    let bench = Bench::start().await;
    let receiver = Receiver::start(0).await;
    bench.register_webhook(&receiver.url(), &["*"]).await;

    bench.order_fault("stripe", "any", json!({ "kind": "duplicate" })).await;
    bench.pay(&bench.session("a").await).await;
    let twice = receiver.wait_for(2).await;
    assert_eq!(twice[0].body, twice[1].body);

    bench.order_fault("stripe", "webhook", json!({ "kind": "wrong_amount" })).await;
    bench.pay(&bench.session("b").await).await;
    let falsified: Value = serde_json::from_str(&receiver.wait_for(3).await[2].body).unwrap();
    assert_eq!(falsified["data"]["object"]["amount_total"], 4920);

    bench.order_fault("stripe", "webhook", json!({ "kind": "nonsense" })).await;
    bench.pay(&bench.session("c").await).await;
    assert!(serde_json::from_str::<Value>(&receiver.wait_for(4).await[3].body).is_err());

    // Were the lost one only slow, it would come before the one that is sent after it and delayed.
    bench.order_fault("stripe", "webhook", json!({ "kind": "drop_after_commit" })).await;
    bench.order_fault("stripe", "webhook", json!({ "kind": "delay_ms", "delay_ms": 400 })).await;
    bench.pay(&bench.session("d").await).await;
    let delayed = bench.session("e").await;
    let paid = Instant::now();
    bench.pay(&delayed).await;
    let last: Value = serde_json::from_str(&receiver.wait_for(5).await[4].body).unwrap();
    assert_eq!(last["data"]["object"]["id"], delayed["id"]);
    assert!(paid.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn mail_fails_in_its_own_ways() {
    let bench = Bench::start().await;
    let mut mailer = Mailer::connect(&bench.sandbox).await;
    mailer.say("EHLO test").await;
    bench.order_fault("smtp", "send", json!({ "kind": "status", "status": 451 })).await;
    assert!(mailer.send("a@b.example", "Subject: 1\r\n\r\nx").await.starts_with("451 "));
    assert_eq!(bench.get_json("/inbox.json").await, json!([]));

    bench.order_fault("smtp", "send", json!({ "kind": "delay_ms", "delay_ms": 200 })).await;
    let sent = Instant::now();
    assert!(mailer.send("a@b.example", "Subject: 2\r\n\r\nx").await.starts_with("250 "));
    assert!(sent.elapsed() >= Duration::from_millis(200));

    bench.order_fault("smtp", "any", json!({ "kind": "nonsense" })).await;
    assert_eq!(mailer.send("a@b.example", "Subject: 3\r\n\r\nx").await, "this is no answer\r\n");
    bench.order_fault("smtp", "send", json!({ "kind": "drop_after_commit" })).await;
    assert_eq!(mailer.send("a@b.example", "Subject: 4\r\n\r\nx").await, "");
    assert_eq!(
        bench.get_json("/inbox.json").await.as_array().unwrap().len(),
        3,
        "all but the refused one were kept"
    );
    assert_eq!(bench.calls("smtp", "send").await, 4);
}

#[tokio::test]
async fn impossible_faults_are_refused_and_waiting_ones_can_be_cleared() {
    let bench = Bench::start().await;
    let impossible = json!({ "provider": "smtp", "operation": "send", "fault": { "kind": "duplicate" } });
    let refused = bench.request(Method::POST, "/faults").json(&impossible).send().await.unwrap();
    assert_eq!(refused.status(), 400);
    assert!(refused.json::<Value>().await.unwrap()["error"].is_string());

    bench.order_fault("stripe", "any", json!({ "kind": "nonsense" })).await;
    assert_eq!(bench.request(Method::DELETE, "/faults").send().await.unwrap().status(), 204);
    bench.session("attempt-1").await;
}
