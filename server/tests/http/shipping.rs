//! The page of a parcel without JavaScript: its weight, and a label of which nobody knows whether it was bought.

use axum::http::header;
use domain::{
    payments::Gateway,
    time::{DAY, HOUR, MINUTE},
};
use sea_orm::EntityTrait;
use services::{
    database_tests, entities,
    payments::pay,
    ports::PortError,
    shipping::{purchase, quote, shipment},
};
use uuid::Uuid;

use super::app::{Client, Shop, TestApp, URL};

/// The parcel of an invoice that was paid.
async fn parcel(app: &TestApp, shop: &Shop) -> Uuid {
    let services = &app.world.services;
    pay::start(services, &shop.token, Gateway::Stripe).await.unwrap();
    app.world.gateway.pay();
    app.world.later(MINUTE).await;
    entities::shipment::Entity::find().one(services.database.read()).await.unwrap().unwrap().id
}

/// Orders the label of the proposed rate.
async fn order(app: &TestApp, shop: &Shop, id: Uuid) {
    let services = &app.world.services;
    quote::ask(services, &shop.actor, id).await.unwrap();
    let rate = shipment::view(services, &shop.actor, id).await.unwrap().chosen.unwrap().id;
    purchase::order(services, &shop.actor, id, rate).await.unwrap();
}

/// Sends a form of the parcel's page and reads the page to which it leads.
async fn sent(owner: &Client, function: &str, id: Uuid, fields: &[(&str, &str)]) -> String {
    let (page, id) = (format!("/ship/{id}"), id.to_string());
    let mut all = vec![("id", id.as_str())];
    all.extend(fields);
    let answer = owner.submit(&format!("/api/ship/{function}"), &page, &all).await;
    // What was carried out leads back to the page that the form was on, by its whole address.
    let location = answer.header(header::LOCATION);
    let location = location.strip_prefix(URL).unwrap_or(location);
    assert!(location.starts_with(&page), "{} to {location}: {}", answer.status, answer.body);
    owner.get(location).await.body
}

database_tests! {
    async fn a_parcel_is_weighed_without_javascript(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let id = parcel(&app, &shop).await;
        let owner = app.member("olive@moonlit.example").await;
        let refused = sent(&owner, "weigh", id, &[("weight", "heavy")]).await;
        assert!(refused.contains("Write a weight such as 2.5.") && refused.contains("value=\"heavy\""), "{refused}");
        let saved = sent(&owner, "weigh", id, &[("weight", "3")]).await;
        assert!(saved.contains("3.6 oz") && saved.contains("value=\"3\""), "with the mailer: {saved}");
        assert!(saved.contains("Use the items' weight: 4.5 oz") && saved.contains("name=\"weight\" value=\"127.572 g\""), "what the items weigh: {saved}");
        let unpicked = sent(&owner, "buy", id, &[]).await;
        assert!(unpicked.contains("Pick a rate first."), "{unpicked}");
    }

    async fn the_page_says_that_a_purchase_is_not_known_and_offers_nothing_but_a_look(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let id = parcel(&app, &shop).await;
        let carrier = &app.world.carrier;
        carrier.lose_next_answer();
        carrier.fail_looks(PortError::Unavailable("503".into()));
        order(&app, &shop, id).await;
        app.world.later(MINUTE).await;
        let owner = app.member("olive@moonlit.example").await;
        let page = owner.get(&format!("/ship/{id}")).await.body;
        assert!(page.contains("whether this label was bought; looking again at"), "{page}");
        for offered in ["Get rates", "Buy label", "Repack", "Save the weight"] {
            assert!(!page.contains(offered), "{offered}: {page}");
        }
        assert!(owner.get("/ship").await.body.contains("It is not known whether this label was bought."));

        carrier.fail_looks(None);
        sent(&owner, "look", id, &[]).await;
        app.world.work().await;
        let bought = owner.get(&format!("/ship/{id}")).await.body;
        assert!(bought.contains("Print label") && bought.contains("7 Invented Lane"), "{bought}");
        assert_eq!(carrier.purchases(), 1);
    }

    async fn a_label_that_nobody_can_look_up_is_settled_without_javascript(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let id = parcel(&app, &shop).await;
        let carrier = &app.world.carrier;
        carrier.lose_next_answer();
        carrier.fail_looks(PortError::Unauthorised("401".into()));
        order(&app, &shop, id).await;
        app.world.work().await;
        let owner = app.member("olive@moonlit.example").await;
        let early = owner.get(&format!("/ship/{id}")).await.body;
        assert!(!early.contains("It was not bought"), "it is still looked for: {early}");
        for _ in 0..30 {
            app.world.later(HOUR).await;
        }
        let owner = app.member("olive@moonlit.example").await;
        let refused = sent(&owner, "give-up", id, &[("form[note]", "")]).await;
        assert!(refused.contains("Please fill this in.") && refused.contains("It was not bought"), "{refused}");
        let long = "a".repeat(301);
        let refused = sent(&owner, "give-up", id, &[("form[note]", &long)]).await;
        assert!(refused.contains("At most 300 characters, please.") && refused.contains(&long), "what was typed stays: {refused}");
        let settled = sent(&owner, "give-up", id, &[("form[note]", "That account is closed")]).await;
        for words in ["It was said here that this label was not bought.", "“That account is closed”", "Get rates"] {
            assert!(settled.contains(words), "{words}: {settled}");
        }
        assert!(!settled.contains("Was it not bought?"), "{settled}");

        carrier.fail_looks(None);
        app.world.later(DAY).await;
        let found = owner.get(&format!("/ship/{id}")).await.body;
        assert!(found.contains("was bought after all") && found.contains("number TRACK1"), "{found}");
        assert!(owner.get("/").await.body.contains("A label was bought after all"));
    }
}
