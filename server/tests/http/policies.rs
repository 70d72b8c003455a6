//! What a browser is told to guard, on every kind of answer.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use services::database_tests;

use super::app::{Answer, Shop, TestApp};

/// The sources that a directive allows; without it, those of `default-src`.
fn sources<'a>(policy: &'a str, directive: &str) -> Vec<&'a str> {
    let find = |name: &str| {
        policy.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix(' ')).map(str::trim)
    };
    find(directive).or_else(|| find("default-src")).unwrap_or("*").split(' ').collect()
}

/// An answer of every kind, with its name and the status that makes it one of that kind.
async fn answers(app: &TestApp, shop: &Shop) -> Vec<(&'static str, StatusCode, Answer)> {
    let shipment = app.ship(shop).await;
    let owner = app.member("olive@moonlit.example").await;
    let stranger = app.anonymous();
    let too_large = Request::post("/api/sales/hold").header(header::CONTENT_LENGTH, 17 * 1024 * 1024);
    let from_afar = Request::post("/api/sign-out").header("sec-fetch-site", "cross-site");
    vec![
        ("a page", StatusCode::OK, owner.get("/").await),
        ("the door", StatusCode::OK, stranger.get("/sign-in").await),
        ("a buyer's page", StatusCode::OK, stranger.get(&format!("/pay/{}", shop.token)).await),
        ("a plain page", StatusCode::OK, stranger.get("/privacy").await),
        ("a file", StatusCode::OK, stranger.get("/favicon.svg").await),
        ("a file that is not there", StatusCode::NOT_FOUND, stranger.get("/pkg/nothing.js").await),
        ("a label", StatusCode::OK, owner.get(&format!("/labels/{shipment}.pdf")).await),
        ("a report", StatusCode::OK, owner.get("/reports.csv").await),
        ("a redirect", StatusCode::SEE_OTHER, stranger.get("/stock").await),
        ("data", StatusCode::OK, owner.get_json("/api/viewer").await),
        ("refused data", StatusCode::UNAUTHORIZED, stranger.get_json("/api/viewer").await),
        ("a page that is not there", StatusCode::NOT_FOUND, stranger.get("/nowhere").await),
        ("a wrong method", StatusCode::METHOD_NOT_ALLOWED, owner.submit("/stock", "/stock", &[]).await),
        ("a wrong origin", StatusCode::FORBIDDEN, owner.send(from_afar.body(Body::empty()).unwrap()).await),
        ("too much", StatusCode::PAYLOAD_TOO_LARGE, owner.send(too_large.body(Body::empty()).unwrap()).await),
        ("a forged event", StatusCode::NOT_FOUND, stranger.submit("/webhooks/stripe/nobody", "/", &[]).await),
    ]
}

database_tests! {
    async fn every_kind_of_answer_is_guarded(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        for (kind, status, answer) in answers(&app, &shop).await {
            assert_eq!(answer.status, status, "{kind}: {}", answer.body);
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), value, "{kind}");
            }
            let policy = answer.header(header::CONTENT_SECURITY_POLICY);
            assert_eq!(sources(policy, "frame-ancestors"), ["'none'"], "{kind}: {policy}");
            assert_eq!(sources(policy, "base-uri"), ["'none'"], "{kind}: {policy}");
            for source in sources(policy, "script-src") {
                let allowed = ["'self'", "'wasm-unsafe-eval'"].contains(&source) || source.starts_with("'nonce-");
                assert!(allowed, "{kind} lets scripts of {source} run: {policy}");
            }
        }
    }

    async fn what_belongs_to_somebody_is_kept_nowhere(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        for (kind, _, answer) in answers(&app, &shop).await {
            let personal = ["a page", "a buyer's page", "a label", "a report", "data", "refused data"].contains(&kind);
            if personal {
                assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{kind}");
            }
        }
    }

    async fn every_script_of_a_page_has_the_nonce_of_its_answer(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let mut nonces = Vec::new();
        for path in ["/", "/", "/stock/new"] {
            let answer = owner.get(path).await;
            let policy = answer.header(header::CONTENT_SECURITY_POLICY).to_owned();
            let script_sources = sources(&policy, "script-src");
            let nonce = script_sources.iter().find_map(|source| source.strip_prefix("'nonce-")).unwrap();
            let nonce = nonce.trim_end_matches('\'').to_owned();
            for script in answer.body.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                let runs = tag.contains("src=\"/") || tag.contains(&format!("nonce=\"{nonce}\""));
                assert!(runs, "{path} has a script that will not run: <script{tag}>");
            }
            nonces.push(nonce);
        }
        nonces.sort();
        nonces.dedup();
        assert_eq!(nonces.len(), 3, "a nonce is used once: {nonces:?}");
    }
}
