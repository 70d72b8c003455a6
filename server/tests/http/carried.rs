//! What a form without JavaScript carries to the next page, and what it leaves behind.

use axum::http::header;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use services::database_tests;

use super::app::{Answer, Client, PASSWORD, TestApp};

const COOKIE: &str = "__Host-selltrac-form";

/// What the cookie of a form says, in plain text.
fn carried(client: &Client) -> String {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(client.cookie(COOKIE).unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Whether a text tells the password, as it is or as it is written in an address.
fn tells_password(text: &str) -> bool {
    [" ", "+", "%20"].iter().any(|space| text.contains(&PASSWORD.replace(' ', space)))
}

/// Everything that an answer tells beside its body, as text.
fn headers(answer: &Answer) -> String {
    answer.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect()
}

database_tests! {
    async fn the_cookie_of_a_form_is_bound_to_the_host_and_short_lived(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let answer = client.submit("/api/register", "/register", &[("form[name]", "Olive")]).await;
        let cookie = answer.set_cookie(COOKIE).unwrap();
        for attribute in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=60"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{attribute}: {cookie}");
        }
        let page = client.get("/register").await;
        assert!(page.set_cookie(COOKIE).unwrap().contains("Max-Age=0"), "it is read once");
        assert_eq!(client.cookie(COOKIE), None);
    }

    async fn on_plain_http_it_has_a_plain_name(database: TestDatabase) {
        let app = TestApp::at(database, "http://127.0.0.1:3000");
        let client = app.anonymous();
        let request = axum::http::Request::post("/api/register")
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "http://127.0.0.1:3000")
            .header(header::REFERER, "http://127.0.0.1:3000/register")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = client.send(request.body("form%5Bname%5D=Olive".into()).unwrap()).await;
        assert!(!answer.set_cookie("selltrac-form").unwrap().contains("Secure"), "{:?}", answer.headers);
        assert!(client.get("/register").await.body.contains("Olive"));
    }

    async fn each_problem_stands_beside_its_field(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let fields = [
            ("form[name]", "Olive Owner"), ("form[business_name]", ""), ("form[email]", "no address"),
            ("form[password]", "short"), ("form[address][line1]", "1 Market Street"),
        ];
        client.submit("/api/register", "/register", &fields).await;
        let page = client.get("/register").await.body;
        for (field, sentence) in [
            ("business_name", "Please fill this in."),
            ("email", "This does not look like an e-mail address."),
            ("password", "At least 10 characters, please."),
        ] {
            let error = format!("id=\"field-{field}-error\"");
            let beside = page.split_once(&error).and_then(|(_, rest)| rest.split_once("</span>")).map(|(words, _)| words);
            assert!(beside.is_some_and(|words| words.contains(sentence)), "{field}: {beside:?}");
            let control = page.split(&format!("id=\"field-{field}\"")).nth(1).unwrap().split('>').next().unwrap();
            assert!(control.contains("aria-invalid=\"true\""), "{field}: {control}");
        }
        assert!(!page.contains("id=\"field-name-error\""), "what is right is not marked");
        assert!(page.contains("value=\"1 Market Street\"") && page.contains("value=\"no address\""), "{page}");
    }

    async fn secrets_are_carried_nowhere(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let client = app.anonymous();
        for (function, page, fields) in [
            ("/api/register", "/register", vec![("form[name]", "Olive"), ("form[password]", PASSWORD)]),
            ("/api/sign-in", "/sign-in", vec![("form[email]", "nobody@moonlit.example"), ("form[password]", PASSWORD)]),
        ] {
            let answer = client.submit(function, page, &fields).await;
            let shown = |text: &str| assert!(!tells_password(text), "{function}: {text}");
            shown(&headers(&answer));
            shown(&answer.body);
            shown(&carried(&client));
            shown(&client.get(page).await.body);
        }
        let owner = app.member("olive@moonlit.example").await;
        let fields = [("provider", "stripe"), ("form[key]", "pk_live_notthiskind")];
        let answer = owner.submit("/api/settings/connect", "/settings", &fields).await;
        assert!(!headers(&answer).contains("notthiskind") && !carried(&owner).contains("notthiskind"));
        assert!(!owner.get("/settings").await.body.contains("notthiskind"));
    }

    async fn a_form_that_was_made_up_does_no_harm(database: TestDatabase) {
        let app = TestApp::new(database);
        for made_up in ["%%%", "e30", &BASE64_URL_SAFE_NO_PAD.encode("{\"path\":1}")] {
            let request = axum::http::Request::get("/register").header(header::COOKIE, format!("{COOKIE}={made_up}"));
            let answer = app.anonymous().send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(answer.status.as_u16(), 200, "{made_up}");
        }
    }
}
