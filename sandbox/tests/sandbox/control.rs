use std::net::SocketAddr;

use reqwest::Method;
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::bench::{Bench, Mailer, Receiver, id, json_of};

#[tokio::test]
async fn the_state_file_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { state_file: Some(folder.path().join("sandbox.json")), ..Options::default() };
    let receiver = Receiver::start(0).await;

    let bench = Bench::start_with(options.clone()).await;
    bench.register_webhook(&receiver.url(), &["*"]).await;
    let session = bench.session("attempt-1").await;
    let shipment = bench.shipment().await;
    let bought: Value = bench.buy(&shipment, 0).await.json().await.unwrap();
    let mut mailer = Mailer::connect(&bench.sandbox).await;
    mailer.send("a@b.example", "Subject: Kept\r\n\r\nx").await;
    bench.sandbox.stop().await;
    let kept = std::fs::read_to_string(folder.path().join("sandbox.json")).unwrap();
    assert!(!kept.contains(crate::bench::STRIPE_KEY) && !kept.contains(crate::bench::EASYPOST_KEY));

    let bench = Bench::start_with(options).await;
    assert_eq!(bench.session("attempt-1").await["id"], session["id"], "answers are replayed over a restart");
    let open = json_of(bench.stripe(Method::GET, &format!("/v1/checkout/sessions/{}", id(&session)))).await;
    assert!(
        open["url"].as_str().unwrap().starts_with(&bench.sandbox.url()),
        "the page is where the sandbox is now"
    );
    assert_eq!(bench.pay(&session).await.status(), 303);
    receiver.wait_for(1).await;
    let after = json_of(bench.easypost(Method::GET, &format!("/shipments/{}", id(&shipment)))).await;
    assert_eq!(after["tracking_code"], bought["tracking_code"]);
    assert_eq!(bench.get_json("/inbox.json").await[0]["subject"], "Kept");
    assert_ne!(bench.session("attempt-2").await["id"], session["id"], "ids are counted on");
}

#[tokio::test]
async fn a_spoilt_state_file_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    std::fs::write(&path, "{ spoilt").unwrap();
    let started = Sandbox::start(Options { state_file: Some(path.clone()), ..Options::default() }).await;
    assert_eq!(started.unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{ spoilt");
}

#[tokio::test]
async fn only_the_loopback_interface_is_served() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    for options in [
        Options { http: everywhere, ..Options::default() },
        Options { smtp: everywhere, ..Options::default() },
    ] {
        assert_eq!(Sandbox::start(options).await.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn pages_say_what_this_is_and_load_nothing() {
    let bench = Bench::start().await;
    for path in ["/", "/inbox", "/stripe/sessions", "/easypost/shipments"] {
        let response = bench.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        let page = response.text().await.unwrap();
        assert!(page.contains("nothing here is real") && !page.contains("<script"), "{path}");
    }
    let unknown = bench.request(Method::GET, "/stripe/checkout/cs_test_x").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn calls_are_logged_with_their_idempotency_key() {
    let bench = Bench::start().await;
    bench.session("attempt-1").await;
    bench.shipment().await;
    let calls = bench.get_json("/calls.json?provider=stripe").await;
    assert_eq!(calls.as_array().unwrap().len(), 1);
    assert_eq!(calls[0]["operation"], "create_session");
    assert_eq!(calls[0]["method"], "POST");
    assert_eq!(calls[0]["path"], "/stripe/v1/checkout/sessions");
    assert_eq!(calls[0]["idempotency_key"], "attempt-1");
    bench.request(Method::DELETE, "/calls.json").send().await.unwrap();
    assert_eq!(bench.get_json("/calls.json").await, json!([]));
}

#[tokio::test]
async fn a_body_too_large_is_refused() {
    let bench = Bench::start().await;
    let body = "x".repeat(3 * 1024 * 1024);
    let refused = bench.stripe(Method::POST, "/v1/checkout/sessions").body(body).send().await;
    // The server may close the connection while the client is still sending.
    assert!(refused.map_or(true, |response| response.status() == 413));
    assert_eq!(json_of(bench.stripe(Method::GET, "/v1/checkout/sessions")).await["data"], json!([]));
}

#[tokio::test]
async fn dropping_the_sandbox_frees_its_ports() {
    let bench = Bench::start().await;
    let address = bench.sandbox.smtp_address();
    drop(bench.sandbox);
    // A connection accepted just before the end is reset; after it, none is accepted.
    crate::bench::eventually("the end", async || {
        let error = tokio::net::TcpStream::connect(address).await.err()?;
        (error.kind() == std::io::ErrorKind::ConnectionRefused).then_some(())
    })
    .await;
}
