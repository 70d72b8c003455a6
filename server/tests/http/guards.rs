//! What surrounds every answer: headers that protect.

use axum::http::header;
use services::database_tests;

use super::app::{Answer, TestApp};

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
}
