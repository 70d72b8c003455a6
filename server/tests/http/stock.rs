//! Codes that lead to items, the stock's forms without JavaScript, tags, and the check of the command line.

use std::process::Command;

use axum::http::{StatusCode, header};
use domain::inventory::MaterialForm;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use services::{database_tests, entities, inventory, shipping::packaging};
use uuid::Uuid;

use super::app::{Shop, TestApp};

/// The candle of a shop, which has one variant.
async fn candle(app: &TestApp, shop: &Shop) -> (Uuid, Uuid) {
    let variant = app.world.variant(&shop.actor, "C3", "").await;
    let row = entities::variant::Entity::find_by_id(variant).one(app.world.services.database.read()).await;
    (row.unwrap().unwrap().item_id, variant)
}

database_tests! {
    async fn a_code_leads_to_its_item_and_an_unknown_one_to_the_search(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.world.shop("rita@rival.example").await;
        let (item, _) = candle(&app, &shop).await;
        let owner = app.member("olive@moonlit.example").await;
        for code in ["C3", "c3", "%EF%BC%A33", "+C3+", "https%3A%2F%2Fshop.example%2Fstock%2Ffind%3Fcode%3DC3"] {
            let answer = owner.get(&format!("/stock/find?code={code}")).await;
            assert!(answer.status.is_redirection(), "{code}: {}", answer.status);
            assert_eq!(answer.header(header::LOCATION), format!("/stock/{item}"), "{code}");
        }
        let typed = owner.get("/stock/find?q=c3").await;
        assert_eq!(typed.header(header::LOCATION), format!("/stock/{item}"), "from the search, as a scanner types");
        let unknown = owner.get("/stock/find?code=moon%20r").await;
        assert_eq!(unknown.header(header::LOCATION), "/stock?q=moon%20r");
        assert_eq!(owner.get("/stock/find").await.header(header::LOCATION), "/stock");

        let stranger = app.anonymous().get("/stock/find?code=C3").await;
        assert_eq!(stranger.header(header::LOCATION), "/sign-in?next=%2Fstock%2Ffind%3Fcode%3DC3");
        let rival = app.member("rita@rival.example").await.get("/stock/find?code=C3").await;
        assert_ne!(rival.header(header::LOCATION), format!("/stock/{item}"), "the rival has a candle of her own");
    }

    async fn a_material_is_removed_and_put_back_without_javascript(database: TestDatabase) {
        let app = TestApp::new(database);
        let actor = app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let form = MaterialForm { name: "Silver <925>".into(), unit: "g".into(), ..Default::default() };
        let id = inventory::material::save(&app.world.services, &actor, None, &form).await.unwrap().to_string();
        let page = format!("/stock/materials/{id}");
        let answer = owner.submit("/api/stock/materials/remove", &page, &[("id", &id)]).await;
        let list = format!("/stock/materials?removed={id}");
        assert_eq!(answer.header(header::LOCATION), list);
        let told = owner.get(&list).await.body;
        assert!(told.contains("Silver &lt;925&gt; was removed.") && told.contains("Removed (1)"), "{told}");
        assert!(owner.get(&page).await.body.contains("Removed: no new item is made of it."));
        let again = owner.submit("/api/stock/materials/save", "/stock/materials/new", &[
            ("form[name]", "silver <925>"), ("form[unit]", "g"),
        ]).await;
        let refused = owner.get(again.header(header::LOCATION)).await.body;
        assert!(refused.contains("Put it back instead of adding it again."), "{refused}");
        let answer = owner.submit("/api/stock/materials/restore", &list, &[("id", &id)]).await;
        assert_eq!(answer.header(header::LOCATION), "/stock/materials");
        let back = owner.get(&list).await.body;
        assert!(!back.contains("was removed.") && !back.contains("Removed (1)"), "{back}");
    }

    async fn a_packaging_is_changed_without_javascript(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let services = &app.world.services;
        let id = packaging::list(services, &shop.actor).await.unwrap()[0].id.to_string();
        let page = format!("/settings/packaging/{id}");
        let shown = owner.get(&page).await.body;
        assert!(shown.contains(r#"value="Small mailer""#) && shown.contains(r#"value="23""#), "{shown}");
        let mut fields = vec![
            ("id", id.as_str()), ("form[was]", ""), ("form[name]", "Padded mailer"), ("form[weight]", "0.7"),
            ("form[length]", "23"), ("form[width]", "15"), ("form[height]", "tall"), ("form[cost]", ""), ("form[stock]", "12"),
        ];
        let wrong = owner.submit("/api/settings/packaging/save", &page, &fields).await;
        let wrong = owner.get(wrong.header(header::LOCATION)).await.body;
        assert!(wrong.contains("packaging-height-error") && wrong.contains(r#"value="Padded mailer""#), "{wrong}");
        fields[6].1 = "4.5";
        let saved = owner.submit("/api/settings/packaging/save", &page, &fields).await;
        assert_eq!(saved.header(header::LOCATION), "/settings#packaging");
        let list = owner.get("/settings").await.body;
        assert!(list.contains("Padded mailer") && list.contains("23 × 15 × 4.5 cm") && list.contains("12 left"), "{list}");
        owner.submit("/api/settings/packaging/remove", "/settings", &[("id", &id), ("name", "Padded mailer")]).await;
        assert!(owner.get("/settings").await.body.contains("Removed (1)"));
        owner.submit("/api/settings/packaging/restore", "/settings", &[("id", &id)]).await;
        assert!(!owner.get("/settings").await.body.contains("Removed (1)"));
        app.world.owner("rita@rival.example").await;
        let rival = app.member("rita@rival.example").await;
        assert_eq!(rival.get(&page).await.status, StatusCode::NOT_FOUND);
    }

    async fn stock_is_changed_and_undone_without_javascript(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let (item, variant) = candle(&app, &shop).await;
        let owner = app.member("olive@moonlit.example").await;
        let (page, variant) = (format!("/stock/{item}"), variant.to_string());
        let change = |kind: &'static str, quantity: &'static str| {
            [("form[variant]", variant.clone()), ("form[kind]", kind.to_owned()), ("form[quantity]", quantity.to_owned()), ("form[note]", "From <the> kiln".to_owned())]
        };
        let send = async |fields: &[(&str, String)]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            owner.submit("/api/stock/change", &page, &fields).await
        };
        assert!(send(&change("restock", "7")).await.status.is_redirection());
        let shown = owner.get(&page).await.body;
        assert!(shown.contains("Restocked") && shown.contains("From &lt;the&gt; kiln") && shown.contains("Olive Owner"), "{shown}");

        assert!(send(&change("elsewhere", "1000")).await.status.is_redirection());
        let shown = owner.get(&page).await.body;
        assert!(shown.contains("At most 106, please."), "one of 107 is held: {shown}");
        assert!(shown.contains("value=\"1000\""), "what was typed is kept");

        let movement = entities::stock_movement::Entity::find()
            .filter(entities::stock_movement::Column::Cause.eq("restock"))
            .one(app.world.services.database.read())
            .await
            .unwrap()
            .unwrap();
        let movement = movement.id.to_string();
        owner.submit("/api/stock/undo", &page, &[("movement", &movement)]).await;
        assert!(owner.get(&page).await.body.contains("Undone: restocked"));
        let tags = owner.get(&format!("/stock/tags?item={item}")).await.body;
        assert!(tags.contains(&format!("name=\"n-{variant}\"")), "{tags}");
        let sheet = owner.get(&format!("/stock/tags/sheet?paper=sheet&code=bars&n-{variant}=13")).await.body;
        assert_eq!(sheet.matches("class=\"tag-leaf").count(), 2, "twelve on the first, one on the second");
        assert_eq!(sheet.matches("aria-label=\"Code C3\"").count(), 13);
        let many = owner.get(&format!("/stock/tags/sheet?n-{variant}=100000")).await.body;
        assert!(many.contains("Too many tags"), "{many}");
    }

    async fn a_stock_take_is_taken_without_javascript(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let (_, variant) = candle(&app, &shop).await;
        let owner = app.member("olive@moonlit.example").await;
        let begun = owner.submit("/api/stock/counts/begin", "/stock/count", &[("form[search]", "candle")]).await;
        let page = begun.header(header::LOCATION).to_owned();
        let id = page.rsplit('/').next().unwrap().to_owned();
        assert!(owner.get(&page).await.body.contains("Amber candle"));
        let variant = variant.to_string();
        let fields = [("form[count]", id.as_str()), ("form[variant]", variant.as_str()), ("form[counted]", "none")];
        owner.submit("/api/stock/counts/line", &page, &fields).await;
        assert!(owner.get(&page).await.body.contains("Write a whole number."));
        let fields = [("form[count]", id.as_str()), ("form[variant]", variant.as_str()), ("form[counted]", "98")];
        owner.submit("/api/stock/counts/line", &page, &fields).await;
        owner.submit("/api/stock/counts/scan", &page, &[("id", id.as_str()), ("code", "c3")]).await;
        let review = owner.get(&format!("{page}?review=1")).await.body;
        assert!(review.contains("Close and book 1 difference"), "{review}");
        owner.submit("/api/stock/counts/close", &format!("{page}?review=1"), &[("id", id.as_str())]).await;
        assert!(owner.get(&page).await.body.contains("Undo and go on counting"));
        let stock = app.world.figures(Uuid::parse_str(&variant).unwrap()).await;
        assert_eq!(stock[0], 99);
    }

    async fn the_check_of_the_command_line_tells_sound_from_unsound(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        app.world.shop("rita@rival.example").await;
        let data = tempfile::tempdir().unwrap();
        let run = || {
            let output = Command::new(env!("CARGO_BIN_EXE_selltrac"))
                .arg("check")
                .current_dir(data.path())
                .env("SELLTRAC_DATA", data.path())
                .env("SELLTRAC_DATABASE", &app.world.database.url)
                .output()
                .unwrap();
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            (output.status.code(), text(output.stdout), text(output.stderr))
        };
        let (code, told, _) = run();
        assert_eq!((code, told.lines().count()), (Some(0), 2), "{told}");
        assert!(told.lines().all(|line| line.ends_with("4 variants, sound")), "{told}");
        let spoil = "UPDATE variants SET on_hand = on_hand + 1 WHERE on_hand = 100";
        app.world.services.database.read().execute_unprepared(spoil).await.unwrap();
        let (code, told, failed) = run();
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("  C3: 101 on hand, but the movements come to 100\n"), "{told}");
        assert_eq!(failed.trim(), "selltrac: the stock is not sound: 4 disagreements in 2 businesses; nothing was changed");
    }
}
