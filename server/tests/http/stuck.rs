//! What is stuck, without JavaScript: seen, tried again, dismissed and put back.

use axum::http::{StatusCode, header};
use domain::time::MINUTE;
use services::{database_tests, jobs::stuck, ports::PortError};

use super::app::TestApp;

database_tests! {
    async fn a_mail_that_was_refused_is_dismissed_and_put_back(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.world.mailer.fail_always(Some(PortError::Refused("550".into())));
        app.world.work().await;
        let owner = app.member("olive@moonlit.example").await;
        let today = owner.get("/").await;
        for words in ["A mail could not be sent", "INV-0001 · Ana Ruiz", "refused the address", "Try again", "/stuck"] {
            assert!(today.body.contains(words), "{words}");
        }
        let id = stuck::view(&app.world.services, &shop.actor, "").await.unwrap().stuck.rows[0].id.to_string();

        let page = format!("/stuck/{id}");
        let without = owner.submit("/api/stuck/dismiss", &page, &[("id", &id), ("form[note]", "")]).await;
        assert_eq!(without.header(header::LOCATION), page);
        assert!(owner.get(&page).await.body.contains("Please fill this in."));
        let fields = [("id", id.as_str()), ("form[note]", "I rang her up")];
        let dismissed = owner.submit("/api/stuck/dismiss", &page, &fields).await;
        assert_eq!(dismissed.header(header::LOCATION), "/stuck");
        let list = owner.get("/stuck").await;
        assert!(list.body.contains("Nothing is stuck") && list.body.contains("I rang her up"));
        assert!(!owner.get("/").await.body.contains("A mail could not be sent"));

        owner.submit("/api/stuck/put-back", "/stuck", &[("id", &id)]).await;
        app.world.mailer.fail_always(None);
        owner.submit("/api/stuck/try-again", "/stuck", &[]).await;
        app.world.work().await;
        assert_eq!(app.world.mailer.sent().len(), 1);
        assert_eq!(owner.get(&page).await.status, StatusCode::NOT_FOUND, "it is not stuck any more");
    }

    async fn today_says_that_mail_is_paused(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        app.world.mailer.fail_always(Some(PortError::Unavailable("no answer".into())));
        app.world.work().await;
        let owner = app.member("olive@moonlit.example").await;
        for page in ["/", "/stuck"] {
            let body = owner.get(page).await.body;
            assert!(body.contains("because the mail server does not answer. Nothing is lost"), "{page}: {body}");
        }
        app.world.mailer.fail_always(None);
        app.world.later(MINUTE).await;
        assert!(!owner.get("/").await.body.contains("Mail is paused"));
    }
}
