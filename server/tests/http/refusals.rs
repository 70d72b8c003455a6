//! What cannot be done is told in a page to a person, and in a word to a program.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use services::database_tests;

use super::app::TestApp;

fn request(method: Method, path: &str, accept: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::ACCEPT, accept)
}

/// Requests that are refused before anything is asked of a business: the status, and the sentence that goes with it.
fn refused(accept: &str) -> Vec<(StatusCode, &'static str, Request<Body>)> {
    let bodiless = |builder: axum::http::request::Builder| builder.body(Body::empty()).unwrap();
    let too_large =
        request(Method::POST, "/api/sales/hold", accept).header(header::CONTENT_LENGTH, 17 * 1024 * 1024);
    let from_afar = request(Method::POST, "/api/sign-out", accept).header("origin", "https://evil.example");
    vec![
        (StatusCode::NOT_FOUND, "There is nothing here", bodiless(request(Method::GET, "/nowhere", accept))),
        (
            StatusCode::NOT_FOUND,
            "There is nothing here",
            bodiless(request(Method::GET, "/pkg/none.js", accept)),
        ),
        (
            StatusCode::NOT_FOUND,
            "There is nothing here",
            bodiless(request(Method::GET, "/labels/none.pdf", accept)),
        ),
        (
            StatusCode::NOT_FOUND,
            "There is nothing here",
            bodiless(request(Method::GET, "/api/nowhere", accept)),
        ),
        (
            StatusCode::METHOD_NOT_ALLOWED,
            "This cannot be done here",
            bodiless(request(Method::POST, "/stock", accept)),
        ),
        (
            StatusCode::METHOD_NOT_ALLOWED,
            "This cannot be done here",
            bodiless(request(Method::DELETE, "/api/viewer", accept)),
        ),
        (StatusCode::FORBIDDEN, "This was not carried out", bodiless(from_afar)),
        (StatusCode::PAYLOAD_TOO_LARGE, "This is too much at once", bodiless(too_large)),
        (
            StatusCode::BAD_REQUEST,
            "This could not be read",
            bodiless(request(Method::GET, "/pay/%FF", accept)),
        ),
    ]
}

database_tests! {
    async fn a_person_gets_a_page_with_one_heading(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        for (status, words, request) in refused("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8") {
            let what = format!("{} {}", request.method(), request.uri());
            let answer = owner.send(request).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.body);
            assert!(answer.header(header::CONTENT_TYPE).starts_with("text/html"), "{what}: {}", answer.body);
            assert_eq!(answer.body.matches("<h1").count(), 1, "{what}: {}", answer.body);
            assert!(answer.body.contains(words), "{what}: {}", answer.body);
            assert!(answer.body.contains(r#"<html lang="en">"#) && answer.body.contains("href=\"/\""), "{what}");
        }
    }

    async fn a_program_gets_no_page(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        for (status, _, request) in refused("application/json") {
            let what = format!("{} {}", request.method(), request.uri());
            // What is there for nobody but people is a page for everybody.
            let is_page = what == "GET /nowhere";
            let answer = owner.send(request).await;
            assert_eq!(answer.status, status, "{what}");
            assert_eq!(answer.body.contains("<html"), is_page, "{what}: {}", answer.body);
            assert!(!answer.body.contains("#[server]"), "the program's own words stay within: {}", answer.body);
        }
    }

    async fn a_wrong_method_names_the_right_one_to_people_and_programs(database: TestDatabase) {
        let app = TestApp::new(database);
        let stranger = app.anonymous();
        for accept in ["text/html", "application/json"] {
            for (method, path, allowed) in [(Method::POST, "/privacy", "GET"), (Method::PUT, "/api/sign-in", "POST")] {
                let answer = stranger.send(request(method, path, accept).body(Body::empty()).unwrap()).await;
                assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
                assert!(answer.header(header::ALLOW).contains(allowed), "{path}: {:?}", answer.headers);
            }
        }
    }

    async fn a_paste_that_is_too_long_is_told_so_on_its_page(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let (sale, paste) = (shop.sale.to_string(), "a".repeat(6 * 1024 * 1024));
        let page = format!("/sell/{sale}");
        let answer = owner.submit("/api/sales/hold", &page, &[("sale", &sale), ("paste", &paste)]).await;
        assert_eq!((answer.status.is_redirection(), answer.header(header::LOCATION)), (true, page.as_str()));
        let shown = owner.get(&page).await;
        assert!(shown.body.contains("This is larger than can be read at once."), "{}", shown.body);
    }
}
