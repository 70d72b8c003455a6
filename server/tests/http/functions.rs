//! Server functions: each authorises itself, and none that changes something answers GET.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use services::database_tests;

use super::app::TestApp;

/// What strangers may call.
const OPEN: [&str; 2] = ["/api/sign-in", "/api/register"];

/// Path and method of every server function.
fn functions() -> Vec<(&'static str, Method)> {
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 30, "only {} functions are known", functions.len());
    functions
}

database_tests! {
    async fn every_function_refuses_a_stranger(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let stranger = app.anonymous();
        let id = shop.sale.to_string();
        // Whatever a function is called with, a stranger is refused before it is looked at.
        let fields = [
            ("id", id.as_str()), ("sale", &id), ("claim", &id), ("comment", &id), ("paste", "Ana: sold C3"),
            ("provider", "stripe"), ("form[key]", "rk_test_invented1234"), ("archived", "true"), ("query[text]", ""),
            ("form[code]", "Z9"), ("form[title]", "x"), ("packaging_id", &id), ("rate_id", &id), ("after", ""),
        ];
        for (path, method) in functions() {
            if OPEN.contains(&path) {
                continue;
            }
            let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let answer = if method == Method::GET {
                stranger.ask(&format!("{path}?{encoded}")).await
            } else {
                stranger.call(path, &fields).await
            };
            let told = answer.status == StatusCode::UNAUTHORIZED
                // Arguments that do not fit are refused even earlier; they say nothing about the business.
                || (answer.status == StatusCode::UNPROCESSABLE_ENTITY && !answer.body.contains("Ana"));
            let signed_out = path == "/api/sign-out" && answer.set_cookie("__Host-selltrac").is_some();
            assert!(told || signed_out, "{method} {path}: {} {}", answer.status, answer.body);
        }
    }

    async fn what_changes_something_does_not_answer_get(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        for (path, method) in functions() {
            if method == Method::GET {
                continue;
            }
            let answer = owner.get(path).await;
            assert!(
                matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::BAD_REQUEST),
                "GET {path}: {}", answer.status
            );
        }
    }

    async fn a_request_from_another_site_is_refused_and_changes_nothing(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let paths = functions().into_iter().map(|(path, _)| path.to_owned());
        for path in paths.chain([format!("/pay/{}/stripe", shop.token), "/demo".into()]) {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
                let request = Request::post(&path)
                    .header(name, value)
                    .header(header::HOST, "shop.example")
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(Body::from("form%5Bname%5D=x"))
                    .unwrap();
                assert_eq!(owner.send(request).await.status, StatusCode::FORBIDDEN, "{path} with {name}: {value}");
            }
        }
        assert_eq!(app.world.gateway.created(), 0);
        assert_eq!(owner.get("/stock").await.status, StatusCode::OK, "the session is still there");
    }
}
