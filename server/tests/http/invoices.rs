//! The page of an invoice, as its seller sees it without a script.

use axum::http::{StatusCode, header};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use services::{database_tests, entities, invoices::bill::bill_everyone, sales::hold::hold};

use super::app::TestApp;

database_tests! {
    async fn an_invoice_that_cannot_be_mailed_offers_its_link(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let with_address = owner.get(&format!("/bill/{}", shop.invoice)).await.body;
        assert!(with_address.contains("Mail it again") && !with_address.contains("href=\"#pay-link\""), "{with_address}");

        hold(&app.world.services, &shop.actor, shop.sale, "Zoe Hill: sold C3".into()).await.unwrap();
        bill_everyone(&app.world.services, &shop.actor).await.unwrap();
        let invoices = entities::invoice::Entity::find().order_by_desc(entities::invoice::Column::Sequence);
        let invoice = invoices.one(app.world.services.database.read()).await.unwrap().unwrap();
        let page = owner.get(&format!("/bill/{}", invoice.id)).await.body;
        assert!(page.contains("href=\"#pay-link\"") && page.contains("id=\"pay-link\""), "{page}");
        assert!(!page.contains("Mail it"), "{page}");

        app.world.introduce(&shop.actor, "Zoe Hill", "zoe@buyers.example").await;
        let page = owner.get(&format!("/bill/{}", invoice.id)).await.body;
        assert!(page.contains("Mail it") && !page.contains("Mail it again"), "nobody was mailed: {page}");
    }

    async fn why_nothing_was_mailed_stands_above_the_sheet(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let page = format!("/bill/{}", shop.invoice);
        // The address went while the page stood open.
        let gone = entities::customer::Entity::update_many()
            .col_expr(entities::customer::Column::Email, sea_orm::prelude::Expr::value(""))
            .filter(entities::customer::Column::Id.eq(shop.customer));
        gone.exec(app.world.services.database.read()).await.unwrap();
        let invoice = shop.invoice.to_string();
        let answer = owner.submit("/api/bill/mail-again", &page, &[("id", &invoice)]).await;
        assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::FOUND, page.as_str()));
        let told = owner.get(&page).await.body;
        let (above, sheet) = told.split_once("class=\"columns\"").unwrap();
        assert!(above.contains("No e-mail address of this buyer is known.") && !sheet.contains("of this buyer is known"), "{told}");
    }
}
