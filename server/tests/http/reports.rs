//! The report as a file.

use axum::http::StatusCode;
use domain::reports::ReportQuery;
use services::{database_tests, reports::report, sales::hold::hold};

use super::app::TestApp;

database_tests! {
    async fn the_file_says_what_the_report_says(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.ship(&shop).await;
        let owner = app.member("olive@moonlit.example").await;
        let report = report::view(&app.world.services, &shop.actor, &ReportQuery::default()).await.unwrap().figures;
        let file = owner.get("/reports.csv").await;
        assert_eq!(file.status, StatusCode::OK);
        let mut rows = csv::Reader::from_reader(file.body.trim_start_matches('\u{feff}').as_bytes());
        let headers = rows.headers().unwrap().clone();
        let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
        let mut rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
        let sums = rows.pop().unwrap();
        for (name, amount) in [("total", report.sold), ("paid", report.collected), ("owed", report.owed), ("postage", report.postage)] {
            let cents = |row: &csv::StringRecord| row[column(name)].replace('.', "").parse::<i64>().unwrap();
            assert_eq!(rows.iter().map(cents).sum::<i64>(), amount.minor, "{name}: {}", file.body);
            assert_eq!(cents(&sums), amount.minor, "{name}: {}", file.body);
        }
    }

    async fn a_name_that_is_a_formula_stays_a_name(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let services = &app.world.services;
        hold(services, &shop.actor, shop.sale, "[10:15, 1/2/2024] =cmd(1): sold C3".into()).await.unwrap();
        services::invoices::bill::bill_everyone(services, &shop.actor).await.unwrap();
        let owner = app.member("olive@moonlit.example").await;
        let file = owner.get("/reports.csv").await;
        assert!(file.body.contains("cmd(1)"), "{}", file.body);
        assert!(!file.body.contains(",=cmd") && !file.body.contains("\n=cmd") && !file.body.contains("\"=cmd"), "{}", file.body);
    }
}
