//! Every page, for strangers, for its owner, and for the owner of another business.

use axum::http::{StatusCode, header};
use services::database_tests;
use uuid::Uuid;

use super::app::{Shop, TestApp};

/// Every page of the back office, and its heading as the owner sees it.
fn pages(shop: &Shop, shipment: Uuid) -> Vec<(String, &'static str)> {
    vec![
        ("/".into(), "Today"),
        ("/sell".into(), "Sell"),
        ("/sell/new".into(), "Open a sale"),
        (format!("/sell/{}", shop.sale), "Friday night silver"),
        (format!("/sell/{}/replies", shop.sale), "Replies"),
        (format!("/sell/{}/rules", shop.sale), "Rules of the sale"),
        ("/stock".into(), "Stock"),
        ("/stock/new".into(), "New item"),
        ("/stock/count".into(), "Stock-take"),
        ("/stock/tags".into(), "Tags"),
        ("/stock/tags/sheet".into(), "Tags"),
        ("/stock/materials".into(), "Materials"),
        ("/stock/materials/new".into(), "New material"),
        (format!("/stock/{}", shop.item), "Amber candle"),
        ("/bill".into(), "Bill"),
        (format!("/bill/{}", shop.invoice), "INV-0001"),
        ("/ship".into(), "Ship"),
        (format!("/ship/{shipment}"), "Ana Ruiz"),
        ("/customers".into(), "Customers"),
        ("/customers/new".into(), "New customer"),
        ("/customers/duplicates".into(), "Likely duplicates"),
        (format!("/customers/{}", shop.customer), "Ana Ruiz"),
        (format!("/customers/{}/merge", shop.customer), "Who is the same person as Ana Ruiz?"),
        (format!("/customers/{}/history/claims", shop.customer), "Claims of Ana Ruiz"),
        ("/import".into(), "Import"),
        ("/export".into(), "Export"),
        ("/reports".into(), "Report"),
        ("/stuck".into(), "Stuck"),
        ("/settings".into(), "Settings"),
        ("/settings/selling".into(), "Selling"),
    ]
}

fn headings(html: &str) -> Vec<&str> {
    html.split("<h1").skip(1).filter_map(|rest| rest.split_once('>')?.1.split("</h1>").next()).collect()
}

database_tests! {
    async fn a_stranger_is_sent_to_the_door_with_the_way_back(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let shipment = app.ship(&shop).await;
        let stranger = app.anonymous();
        for (page, _) in pages(&shop, shipment) {
            let answer = stranger.get(&page).await;
            let way_back = match page.as_str() {
                "/" => "/sign-in".to_owned(),
                page => format!("/sign-in?next={}", page.replace('/', "%2F")),
            };
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
            assert_eq!(answer.header(header::LOCATION), way_back);
            assert!(!answer.body.contains("Ana Ruiz"), "{page}");
        }
        for file in [format!("/labels/{shipment}.pdf"), "/reports.csv".into()] {
            assert_eq!(stranger.get(&file).await.header(header::LOCATION), "/sign-in", "{file}");
        }
        assert_eq!(stranger.get("/live").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn the_owner_sees_every_page_under_one_heading(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let shipment = app.ship(&shop).await;
        let owner = app.member("olive@moonlit.example").await;
        for (page, heading) in pages(&shop, shipment) {
            let answer = owner.get(&page).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}");
            let headings = headings(&answer.body);
            assert!(headings.len() == 1 && headings[0].contains(heading), "{page}: {headings:?}");
        }
        let label = owner.get(&format!("/labels/{shipment}.pdf")).await;
        assert_eq!((label.status, label.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/pdf"));
        assert_eq!(owner.get("/sign-in").await.header(header::LOCATION), "/", "whoever is in needs no door");
    }

    async fn another_business_finds_nothing_of_it(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let shipment = app.ship(&shop).await;
        app.world.owner("rival@other.example").await;
        let rival = app.member("rival@other.example").await;
        for (page, heading) in pages(&shop, shipment) {
            let answer = rival.get(&page).await;
            for secret in ["Ana Ruiz", "Amber candle", "INV-0001", "TRACK1"] {
                assert!(!answer.body.contains(secret), "{page} tells {secret}");
            }
            if page.split('/').any(|part| Uuid::parse_str(part).is_ok()) {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page} ({heading})");
                assert!(answer.body.contains("This is not here"), "{page}");
            }
        }
        let label = rival.get(&format!("/labels/{shipment}.pdf")).await;
        assert_eq!(label.status, StatusCode::NOT_FOUND);
        let report = rival.get("/reports.csv").await;
        assert_eq!(report.status, StatusCode::OK);
        assert!(!report.body.contains("Ana Ruiz"));
    }

    async fn what_does_not_exist_is_told_kindly(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        for page in ["/nowhere", "/sell/not-an-id", "/stock/00000000-0000-0000-0000-000000000000"] {
            let answer = owner.get(page).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
            assert!(answer.header(header::CONTENT_TYPE).starts_with("text/html"), "{page}");
            assert_eq!(headings(&answer.body).len(), 1, "{page}");
        }
    }
}
