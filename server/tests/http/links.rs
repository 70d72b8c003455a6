//! Buyers' links as they arrive: cut off, mangled, or with a word from the last click.

use axum::http::{StatusCode, header};
use services::database_tests;

use super::app::TestApp;

database_tests! {
    async fn a_mangled_link_still_shows_the_invoice(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        for query in ["", "?", "?problem=nonsense", "?problem=", "?session=a&session=b", "?utm_source=mail", "?%FF=%zz"] {
            let page = buyer.get(&format!("/pay/{}{query}", shop.token)).await;
            assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.body);
            assert!(page.body.contains("Pay $51.99 with Stripe"), "{query}: {}", page.body);
        }
    }

    async fn every_problem_of_the_last_click_is_a_kind_sentence(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        for code in domain::problem::Code::ALL {
            let word = serde_json::to_value(code).unwrap();
            let page = buyer.get(&format!("/pay/{}?problem={}", shop.token, word.as_str().unwrap())).await;
            assert_eq!(page.status, StatusCode::OK, "{word}");
            assert!(page.body.contains(code.message()), "{word}: {}", page.body);
            assert!(page.body.contains("role=\"alert\""), "{word}");
        }
    }

    async fn only_who_comes_back_from_the_gateway_waits_for_its_word(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        let page = format!("/pay/{}", shop.token);
        let refresh = r#"<meta http-equiv="refresh""#;
        buyer.submit(&format!("{page}/stripe"), &page, &[]).await;
        assert!(!buyer.get(&page).await.body.contains(refresh), "a page that was left is not being confirmed");
        let back = format!("{page}?session=cs_invented");
        let waiting = buyer.get(&back).await.body;
        assert!(waiting.contains(refresh) && waiting.contains("We are confirming your payment"), "{waiting}");
        app.world.gateway.pay();
        app.world.later(60_000).await;
        let paid = buyer.get(&back).await.body;
        assert!(!paid.contains(refresh) && paid.contains("Thank you, Ana Ruiz!"), "{paid}");
    }

    async fn while_a_bank_pays_the_page_takes_no_more_money(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        let page = format!("/pay/{}", shop.token);
        buyer.submit(&format!("{page}/stripe"), &page, &[]).await;
        app.world.gateway.tell(domain::payments::CheckoutTruth::Pending);
        app.world.later(60_000).await;
        assert!(!buyer.get(&page).await.body.contains("<form"));
        let second = buyer.submit(&format!("{page}/stripe"), &page, &[]).await;
        assert_eq!(second.header(header::LOCATION), format!("{page}?problem=payment-on-its-way"));
        let told = buyer.get(second.header(header::LOCATION)).await.body;
        assert!(told.contains("Nothing more needs to be paid."), "{told}");
        assert_eq!(app.world.gateway.pages(), 1);
    }
}
