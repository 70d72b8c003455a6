//! Buyers choose their names, and a spreadsheet must not take one for a formula.

use domain::{customers::CustomerForm, transfer::formulas::unescaped};
use services::{
    customers, database_tests, invoices::bill::bill_everyone, reports::report, sales::hold::hold,
};

use super::app::TestApp;

/// Names as a mischievous buyer gives them, and their cells.
const NAMES: [(&str, &str); 4] = [
    ("=HYPERLINK(\"https://evil.example\")", "'=HYPERLINK(\"https://evil.example\")"),
    ("+1+1", "'+1+1"),
    ("-2+3", "'-2+3"),
    // Where semicolons part cells, this would be two.
    ("Xia;@SUM(A1:A9)", "Xia;'@SUM(A1:A9)"),
];

database_tests! {
    async fn no_name_becomes_a_formula_and_every_figure_is_the_reports(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.ship(&shop).await;
        let services = &app.world.services;
        hold(services, &shop.actor, shop.sale, "Uma: sold C3\nVal: sold C3\nWes: sold C3\nXia: sold C3".into()).await.unwrap();
        for (plain, (name, _)) in ["Uma", "Val", "Wes", "Xia"].into_iter().zip(NAMES) {
            let customer = app.world.introduce(&shop.actor, plain, "").await;
            let form = CustomerForm { name: name.into(), ..Default::default() };
            customers::customer::save(services, &shop.actor, customer, &form).await.unwrap();
        }
        bill_everyone(services, &shop.actor).await.unwrap();

        let owner = app.member("olive@moonlit.example").await;
        let file = owner.get("/reports.csv").await;
        let mut reader = csv::Reader::from_reader(file.body.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        let report = report::view(services, &shop.actor, &Default::default()).await.unwrap();
        assert_eq!(rows.len(), report.lines.rows.len() + 1, "a line an invoice, and one of sums");
        // The page begins with the latest one, the file with the first.
        for (row, line) in rows.iter().zip(report.lines.rows.iter().rev()) {
            let amounts = [line.total, line.paid, line.fee, line.owed, line.postage].map(|money| money.decimal());
            assert_eq!([&row[4], &row[5], &row[6], &row[7], &row[8]], amounts.each_ref().map(String::as_str));
            assert_eq!((&row[0], &row[3]), (line.number.as_str(), line.pieces.to_string().as_str()));
            assert_eq!(unescaped(&row[2]), line.customer_name);
        }
        for (_, cell) in NAMES {
            assert!(rows.iter().any(|row| &row[2] == cell), "{cell}: {}", file.body);
        }
        let sums = rows.last().unwrap();
        let figures = &report.figures;
        let expected = [figures.sold, figures.collected, figures.fees, figures.owed, figures.postage].map(|money| money.decimal());
        assert_eq!([&sums[4], &sums[5], &sums[6], &sums[7], &sums[8]], expected.each_ref().map(String::as_str));
    }
}
