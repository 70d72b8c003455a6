//! The buyer, who holds a link and nothing else.

use axum::http::{StatusCode, header};
use domain::time::MINUTE;
use services::{database_tests, jobs::stuck};

use super::app::{Shop, TestApp};

/// A page without what differs from one run to the next.
fn settled(html: &str, shop: &Shop) -> String {
    html.replace(&shop.token, "TOKEN").replace("><", ">\n<")
}

database_tests! {
    async fn an_invoice_is_readable_without_anything_that_runs(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let page = app.anonymous().get(&format!("/pay/{}", shop.token)).await;
        assert_eq!(page.status, StatusCode::OK);
        for heavy in ["type=\"module\"", ".wasm", "modulepreload", "<script>"] {
            assert!(!page.body.contains(heavy), "{heavy}");
        }
        assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
        insta::assert_snapshot!("an_open_invoice", settled(&page.body, &shop));
    }

    async fn the_click_leads_to_the_gateways_page_and_a_second_one_to_the_same(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        let path = format!("/pay/{}/stripe", shop.token);
        let first = buyer.submit(&path, "/pay", &[]).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER);
        assert!(first.header(header::LOCATION).starts_with("https://gateway.example/"));
        let second = buyer.submit(&path, "/pay", &[]).await;
        assert_eq!(second.header(header::LOCATION), first.header(header::LOCATION));
        assert_eq!(app.world.gateway.pages(), 1);
        assert_eq!(buyer.get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }

    async fn a_gateway_that_is_down_is_told_and_nothing_is_lost(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        app.world.gateway.fail_next(services::ports::PortError::Unavailable("down".into()));
        let answer = buyer.submit(&format!("/pay/{}/stripe", shop.token), "/pay", &[]).await;
        let back = answer.header(header::LOCATION).to_owned();
        assert!(back.starts_with(&format!("/pay/{}?problem=", shop.token)), "{back}");
        let page = buyer.get(&back).await;
        assert!(page.body.contains("does not answer right now"), "{}", page.body);
        assert!(page.body.contains("Pay $"), "it can be tried again");
    }

    async fn a_payment_that_differs_is_told_to_both_and_nobody_pays_again(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let (buyer, pay) = (app.anonymous(), format!("/pay/{}/stripe", shop.token));
        buyer.submit(&pay, "/pay", &[]).await;
        app.world.gateway.pay_with(|paid| paid.amount -= 1);
        app.world.later(MINUTE).await;
        let page = buyer.get(&format!("/pay/{}", shop.token)).await.body;
        assert!(page.contains("Please do not pay again for now") && !page.contains("<form"), "{page}");
        let again = buyer.submit(&pay, "/pay", &[]).await;
        assert!(again.header(header::LOCATION).ends_with("?problem=payment-unclear"), "{}", again.header(header::LOCATION));

        let row = stuck::view(&app.world.services, &shop.actor, "").await.unwrap().stuck.rows.remove(0);
        let invoice = app.member("olive@moonlit.example").await.get(&row.path).await.body;
        let notice = invoice.find("A payment at Stripe differs from the").unwrap();
        assert!(notice < invoice.find("What happened").unwrap(), "it stands on top");
        assert!(invoice.contains(&format!("/stuck/{}", row.id)), "where it is settled");
    }

    async fn a_refusal_of_the_gateway_says_whom_to_ask(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        app.world.gateway.fail_next(services::ports::PortError::Refused("no".into()));
        let answer = buyer.submit(&format!("/pay/{}/stripe", shop.token), "/pay", &[]).await;
        let page = buyer.get(answer.header(header::LOCATION)).await.body;
        assert!(page.contains("The payment could not be started. Nothing was taken."), "{page}");
        assert!(!page.contains("The provider refused"), "{page}");
    }

    async fn pressing_on_and_on_is_answered_kindly_and_does_nothing(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        let path = format!("/pay/{}/stripe", shop.token);
        for _ in 0..10 {
            assert_eq!(buyer.submit(&path, "/pay", &[]).await.status, StatusCode::SEE_OTHER);
        }
        let eleventh = buyer.submit(&path, "/pay", &[]).await;
        assert_eq!(eleventh.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(eleventh.body.contains("Please wait up to 15 minutes"), "{}", eleventh.body);
        assert!(eleventh.body.contains("Pay $"), "the page is there all the same");
        assert_eq!(app.world.gateway.created(), 1);
        app.world.services.clock.advance(60_000);
        assert_eq!(buyer.submit(&path, "/pay", &[]).await.status, StatusCode::SEE_OTHER);
    }

    async fn a_shop_whose_key_is_not_taken_says_whom_to_ask(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.world.gateway.revoke_key(services::testing::ports::STRIPE_KEY);
        let buyer = app.anonymous();
        let answer = buyer.submit(&format!("/pay/{}/stripe", shop.token), "/pay", &[]).await;
        let back = answer.header(header::LOCATION).to_owned();
        assert!(back.ends_with("?problem=cannot-take-payments"), "{back}");
        assert!(buyer.get(&back).await.body.contains("Please contact the seller."));
    }

    async fn a_paid_invoice_thanks_and_takes_no_more_money(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.ship(&shop).await;
        let page = app.anonymous().get(&format!("/pay/{}", shop.token)).await;
        assert!(page.body.contains("TRACK1") && !page.body.contains("<form"), "{}", page.body);
        insta::assert_snapshot!("a_paid_invoice", settled(&page.body, &shop));
        let again = app.anonymous().submit(&format!("/pay/{}/stripe", shop.token), "/pay", &[]).await;
        assert!(again.header(header::LOCATION).contains("problem="), "{}", again.header(header::LOCATION));
        assert_eq!(app.world.gateway.pages(), 1);
    }

    async fn a_guessed_link_opens_nothing(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        for path in ["/pay/guessed", "/pay/guessed?session=x"] {
            assert_eq!(buyer.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/pay/guessed/stripe", "/pay/guessed/nowhere"] {
            assert_eq!(buyer.submit(path, "/pay", &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn the_mails_say_what_happened_and_where_to_go(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.ship(&shop).await;
        let mails: Vec<String> = app.world.mailer.sent().iter()
            .map(|mail| format!("To: {}\nSubject: {}\n\n{}", mail.to, mail.subject, mail.text))
            .collect();
        insta::assert_snapshot!("the_mails_of_a_sale", settled(&mails.join("\n========\n"), &shop));
    }
}
