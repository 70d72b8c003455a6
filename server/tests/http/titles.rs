//! What a page is called in tabs and histories, and that what it is called after stays a text.

use std::path::Path;

use axum::http::StatusCode;
use services::database_tests;
use uuid::Uuid;

use super::{
    app::TestApp,
    every_page::{DOORS, Everything, OWNER},
};

/// What ends a title, sends the reader away, and would be a form of the house if it were HTML.
const HOSTILE: &str = "</title><meta http-equiv=refresh content=0;//evil.test>";

/// The titles in a page.
fn titles(html: &str) -> Vec<&str> {
    html.split("<title>").skip(1).filter_map(|rest| rest.split("</title>").next()).collect()
}

#[track_caller]
fn title<'page>(html: &'page str, page: &str) -> &'page str {
    let titles = titles(html);
    assert_eq!(titles.len(), 1, "{page}: {titles:?}");
    assert!(titles[0].ends_with(" · SellTrac"), "{page} is called “{}”", titles[0]);
    titles[0].trim_end_matches(" · SellTrac")
}

/// Every file of the screens.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn titles_are_set_in_one_place() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src"), &mut found);
    assert!(found.len() > 100, "only {} files", found.len());
    for (path, source) in found {
        let uses = source.lines().filter(|line| line.contains("leptos_meta") && line.contains("Title"));
        assert!(
            path.ends_with("ui/title.rs") || uses.count() == 0,
            "{path} sets a title that is not escaped"
        );
    }
}

database_tests! {
    async fn no_name_becomes_a_part_of_a_page(database: TestDatabase) {
        let app = TestApp::new(database);
        let everything = Everything::called(&app, HOSTILE).await;
        let owner = app.member(OWNER).await;
        let mut called_after = 0;
        for page in everything.pages() {
            if page.starts_with("/stock/find") {
                continue;
            }
            let answer = owner.get(&page).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}");
            let title = title(&answer.body, &page);
            called_after += usize::from(title.contains("&lt;/title&gt;&lt;meta http-equiv=refresh"));
            assert!(!answer.body.contains("<meta http-equiv=refresh"), "{page}: {}", answer.body);
            assert!(!answer.body.contains("<meta http-equiv=\"refresh"), "{page}");
        }
        // A sale, an item, a parcel, a customer and each of the five parts of what happened with them, a material, a
        // packaging, a stock-take and its differences, and a file.
        assert_eq!(called_after, 14);
        for page in [format!("/pay/{}", everything.shop.token), "/privacy".into()] {
            let answer = app.anonymous().get(&page).await;
            assert_eq!(titles(&answer.body).len(), 1, "{page}");
            assert!(!answer.body.contains("<meta http-equiv=refresh"), "{page}");
        }
    }

    async fn every_page_says_what_it_is_about(database: TestDatabase) {
        let app = TestApp::new(database);
        let everything = Everything::called(&app, "silver & gold").await;
        let (owner, stranger) = (app.member(OWNER).await, app.anonymous());
        for page in DOORS {
            title(&stranger.get(page).await.body, page);
        }
        for (page, called) in [
            ("/".to_owned(), "Today"),
            ("/bill".into(), "Bill"),
            ("/reports".into(), "Reports"),
            (format!("/bill/{}", everything.shop.invoice), "INV-0001"),
            (format!("/sell/{}", everything.shop.sale), "Friday silver &amp; gold"),
            (format!("/customers/{}", everything.shop.customer), "Ana silver &amp; gold"),
        ] {
            assert_eq!(title(&owner.get(&page).await.body, &page), called);
        }
        // What is not there has a title too.
        let nobody = Uuid::max();
        for (page, called) in [
            (format!("/bill/{nobody}"), "Invoice"),
            (format!("/sell/{nobody}"), "Sale"),
            (format!("/stock/{nobody}"), "Item"),
            (format!("/stock/materials/{nobody}"), "Material"),
            (format!("/stock/count/{nobody}"), "Stock-take"),
            (format!("/ship/{nobody}"), "Parcel"),
            (format!("/customers/{nobody}"), "Customer"),
            (format!("/customers/{nobody}/history/claims"), "Customer"),
            (format!("/import/{nobody}"), "Import"),
            (format!("/settings/packaging/{nobody}"), "Packaging"),
        ] {
            let answer = owner.get(&page).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
            assert_eq!(title(&answer.body, &page), called);
        }
    }
}
