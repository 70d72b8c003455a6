//! What surrounds every answer: headers that protect.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use services::database_tests;

use super::app::{Answer, Log, TestApp};

/// The nonce of a content policy.
fn nonce(policy: &str) -> Option<&str> {
    policy.split_once("'nonce-")?.1.split('\'').next()
}

database_tests! {
    async fn every_answer_carries_the_headers_that_protect(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let paths = ["/", "/favicon.svg", "/nowhere", "/reports.csv", "/privacy", "/api/nowhere"].map(str::to_owned);
        for path in paths.into_iter().chain([format!("/pay/{}", shop.token)]) {
            let answer = owner.get(&path).await;
            for (name, value) in [
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::X_FRAME_OPTIONS, "DENY"),
                (header::REFERRER_POLICY, "same-origin"),
            ] {
                assert_eq!(answer.header(&name), value, "{path}");
            }
        }
    }

    async fn only_scripts_of_the_page_run(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let (first, second) = (owner.get("/").await, owner.get("/").await);
        let policy = |answer: &Answer| answer.header(header::CONTENT_SECURITY_POLICY).to_owned();
        let (one, two) = (policy(&first), policy(&second));
        assert!(nonce(&one).is_some_and(|nonce| nonce.len() >= 16), "{one}");
        assert_ne!(nonce(&one), nonce(&two), "a nonce is used once");
        assert!(first.body.contains(&format!("nonce=\"{}\"", nonce(&one).unwrap())));
        let buyers = policy(&app.anonymous().get(&format!("/pay/{}", shop.token)).await);
        for policy in [one, buyers] {
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        }
    }

    async fn a_server_of_this_machine_demands_no_tls(database: TestDatabase) {
        let local = TestApp::at(database, "http://127.0.0.1:3000");
        assert_eq!(local.anonymous().get("/sign-in").await.header(header::STRICT_TRANSPORT_SECURITY), "");
    }

    async fn browsers_come_back_over_tls_alone(database: TestDatabase) {
        let app = TestApp::new(database);
        for path in ["/sign-in", "/favicon.svg", "/nowhere", "/api/viewer"] {
            let answer = app.anonymous().get(path).await;
            assert_eq!(answer.header(header::STRICT_TRANSPORT_SECURITY), "max-age=31536000", "{path}");
        }
    }

    async fn the_server_goes_by_no_other_name(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        for (path, host, status) in [
            ("/sign-in", "shop.example", StatusCode::OK),
            ("/sign-in", "localhost:3000", StatusCode::OK),
            ("/sign-in", "evil.example", StatusCode::MISDIRECTED_REQUEST),
            ("/api/viewer", "evil.example", StatusCode::MISDIRECTED_REQUEST),
            ("/favicon.svg", "shop.example.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ] {
            let request = Request::get(path).header(header::HOST, host).header(header::ACCEPT, "text/html");
            let answer = client.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, status, "{path} of {host}");
        }
        let request = Request::post("/webhooks/stripe/nobody").header(header::HOST, "evil.example");
        let answer = client.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    }

    async fn a_call_by_another_name_is_a_security_event(database: TestDatabase) {
        let app = TestApp::new(database);
        let log = Log::listen();
        let request = Request::get("/sign-in").header(header::HOST, "evil.example").body(Body::empty()).unwrap();
        app.anonymous().send(request).await;
        let log = log.read();
        assert!(log.contains(r#"security: event="host" outcome="refused""#), "{log}");
        assert!(!log.contains("evil.example"), "what was sent is not in it: {log}");
    }

    async fn nobody_puts_words_on_a_page_by_its_address(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let error = "eyJjb2RlIjoiaW52YWxpZCIsImZpZWxkcyI6W3siZmllbGQiOiJlbWFpbCIsImNvZGUiOnsiaXMiOiJub3QtbGlrZSIsImxpbWl0IjoiZXZpbC5leGFtcGxlIn19XX0=";
        for query in [
            format!("__path=/api/sign-in&__err={error}&next=%2Fstock"),
            format!("%5F%5Fpath=/api/sign-in&_%5Ferr={error}&next=%2Fstock"),
        ] {
            let answer = client.get(&format!("/sign-in?{query}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{query}: {}", answer.body);
            assert_eq!(answer.header(header::LOCATION), "/sign-in?next=%2Fstock");
        }
    }

    async fn signing_out_leaves_nothing_in_the_browser(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        assert_eq!(owner.get("/").await.header("clear-site-data"), "");
        for answer in [owner.submit("/api/sign-out", "/", &[]).await, owner.call("/api/sign-out", &[]).await] {
            assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
        }
    }

    async fn a_buyers_form_leads_to_the_gateways_alone(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let page = app.anonymous().get(&format!("/pay/{}", shop.token)).await;
        let policy = page.header(header::CONTENT_SECURITY_POLICY);
        let directive = policy.split("form-action ").nth(1).unwrap();
        assert_eq!(directive, "'self' https://checkout.stripe.com https://gateway.example");
    }
}
