//! Registering, signing in and out.

use axum::http::{StatusCode, header};
use sea_orm::EntityTrait;
use services::{database_tests, entities};

use super::app::{PASSWORD, TestApp, registration_fields};

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

database_tests! {
    async fn whoever_registers_is_in_by_a_cookie_bound_to_the_host(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let fields = registration_fields("olive@moonlit.example");
        let answer = client.submit("/api/register", "/register", &borrowed(&fields)).await;
        assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::FOUND, "/"), "{}", answer.body);
        let cookie = answer.set_cookie("__Host-selltrac").unwrap();
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_eq!(client.get("/").await.status, StatusCode::OK);

        // Whoever reads the table cannot take the session over.
        let token = client.cookie("__Host-selltrac").unwrap();
        let sessions = entities::session::Entity::find().all(app.world.services.database.read()).await.unwrap();
        assert_eq!(sessions.len(), 1);
        assert_ne!(sessions[0].token_hash, token.as_bytes());
    }

    async fn on_plain_http_the_cookie_has_a_plain_name(database: TestDatabase) {
        let app = TestApp::at(database, "http://127.0.0.1:3000");
        app.world.owner("olive@moonlit.example").await;
        let client = app.anonymous();
        let form = [("form[email]", "olive@moonlit.example"), ("form[password]", PASSWORD)];
        let answer = client.call("/api/sign-in", &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let cookie = answer.set_cookie("selltrac").unwrap();
        assert!(cookie.contains("HttpOnly") && !cookie.contains("Secure"), "{cookie}");
    }

    async fn signing_out_ends_the_session_for_everybody_who_has_the_cookie(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let client = app.member("olive@moonlit.example").await;
        let stolen = format!("__Host-selltrac={}", client.cookie("__Host-selltrac").unwrap());
        let request = || {
            axum::http::Request::get("/stock").header(header::COOKIE, &stolen).body(axum::body::Body::empty()).unwrap()
        };
        assert_eq!(app.anonymous().send(request()).await.status, StatusCode::OK);
        let answer = client.submit("/api/sign-out", "/", &[]).await;
        assert!(answer.status.is_redirection(), "{}", answer.status);
        assert_eq!(client.cookie("__Host-selltrac"), None);
        assert_eq!(app.anonymous().send(request()).await.header(header::LOCATION), "/sign-in?next=%2Fstock");
    }

    async fn strangers_who_guess_do_not_keep_a_member_out_of_their_own_browser(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let fields = registration_fields("olive@moonlit.example");
        let answer = client.submit("/api/register", "/register", &borrowed(&fields)).await;
        let cookie = answer.set_cookie("__Host-selltrac-browser").unwrap();
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        client.submit("/api/sign-out", "/", &[]).await;
        assert_eq!(client.cookie("__Host-selltrac"), None);
        assert!(client.cookie("__Host-selltrac-browser").is_some(), "a browser stays known");

        let stranger = app.anonymous();
        let wrong = [("form[email]", "olive@moonlit.example"), ("form[password]", "not the password")];
        for _ in 0..10 {
            stranger.call("/api/sign-in", &wrong).await;
        }
        let right = [("form[email]", "olive@moonlit.example"), ("form[password]", PASSWORD)];
        assert_eq!(stranger.call("/api/sign-in", &right).await.status, StatusCode::TOO_MANY_REQUESTS);
        let answer = client.call("/api/sign-in", &right).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    async fn a_wrong_password_and_an_unknown_address_look_alike_and_tries_are_limited(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let client = app.anonymous();
        let wrong = |email: &'static str| [("form[email]", email), ("form[password]", "not the password")];
        let known = client.call("/api/sign-in", &wrong("olive@moonlit.example")).await;
        let unknown = client.call("/api/sign-in", &wrong("nobody@moonlit.example")).await;
        assert_eq!(known.status, StatusCode::UNAUTHORIZED);
        assert_eq!((known.status, known.body), (unknown.status, unknown.body));
        for _ in 0..9 {
            client.call("/api/sign-in", &wrong("olive@moonlit.example")).await;
        }
        let right = [("form[email]", "olive@moonlit.example"), ("form[password]", PASSWORD)];
        let limited = client.call("/api/sign-in", &right).await;
        assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS, "{}", limited.body);
        assert_eq!(limited.header(header::RETRY_AFTER), "60");
    }
}
