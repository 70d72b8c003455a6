//! Forms without JavaScript: what was wrong stands beside the field, and what was typed is kept.

use axum::http::{StatusCode, header};
use services::database_tests;

use super::app::{PASSWORD, TestApp};

database_tests! {
    async fn a_wrong_registration_comes_back_with_what_was_typed_but_the_password(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let fields = [
            ("form[name]", "Olive Owner"), ("form[business_name]", "Moonlit <Silver>"), ("form[email]", "not an address"),
            ("form[password]", PASSWORD), ("form[currency]", "USD"), ("form[weight_unit]", "oz"),
        ];
        let answer = client.submit("/api/register", "/register", &fields).await;
        assert!(answer.status.is_redirection(), "{}", answer.status);
        assert_eq!(answer.header(header::LOCATION), "/register");
        let sent: String = answer.headers.values().filter_map(|value| value.to_str().ok()).collect();
        assert!(!sent.contains(PASSWORD) && !sent.contains("quiet"), "{sent}");

        let page = client.get("/register").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Moonlit &lt;Silver&gt;"), "typed text is kept, and is text");
        assert!(page.body.contains("not an address") && page.body.contains("aria-invalid"), "the field is marked");
        assert!(!page.body.contains(PASSWORD), "a password never comes back");

        let again = client.get("/register").await;
        assert!(!again.body.contains("not an address"), "the next visit begins anew");
    }

    async fn a_saved_form_says_so_on_the_page_it_came_from(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let page = format!("/customers/{}", shop.customer);
        let id = shop.customer.to_string();
        let fields = [("id", id.as_str()), ("back", ""), ("form[name]", "Ana Ruiz-Vale"), ("form[email]", "ana@buyers.example")];
        let answer = owner.submit("/api/customers/save", &page, &fields).await;
        assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.body);
        let shown = owner.get(&page).await;
        assert!(shown.body.contains("Ana Ruiz-Vale") && shown.body.contains("Saved."), "{}", shown.body);
    }

    async fn a_form_of_another_business_changes_nothing(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.world.owner("rival@other.example").await;
        let rival = app.member("rival@other.example").await;
        let id = shop.customer.to_string();
        let fields = [("id", id.as_str()), ("back", ""), ("form[name]", "Stolen")];
        let answer = rival.call("/api/customers/save", &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
        let sale = shop.sale.to_string();
        let held = rival.call("/api/sales/hold", &[("sale", sale.as_str()), ("paste", "Ana Ruiz: sold C3")]).await;
        assert_eq!(held.status, StatusCode::NOT_FOUND, "{}", held.body);
        let owner = app.member("olive@moonlit.example").await;
        assert!(owner.get(&format!("/customers/{id}")).await.body.contains("Ana Ruiz"));
    }

    async fn a_request_larger_than_anything_is_refused(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let sale = shop.sale.to_string();
        let paste = "a".repeat(17 * 1024 * 1024);
        let answer = owner.call("/api/sales/hold", &[("sale", sale.as_str()), ("paste", &paste)]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        // A paste of almost 5 MB is read, one of more than that is refused by the reader.
        let paste = "Ana Ruiz: hello\n".repeat(300_000);
        let answer = owner.call("/api/sales/hold", &[("sale", sale.as_str()), ("paste", &paste)]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
        assert!(answer.body.contains("too-large"), "too many comments: {}", answer.body);
        let paste = format!("Ana Ruiz: hello {}", "a".repeat(4_900_000));
        let answer = owner.call("/api/sales/hold", &[("sale", sale.as_str()), ("paste", &paste)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let paste = "a".repeat(6 * 1024 * 1024);
        let answer = owner.call("/api/sales/hold", &[("sale", sale.as_str()), ("paste", &paste)]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
    }
}
