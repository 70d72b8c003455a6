//! Events as they arrive from a gateway, or from somebody who pretends to be one.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use sea_orm::EntityTrait;
use services::{database_tests, entities};

use super::app::{Log, Shop, TestApp};

async fn deliver(app: &TestApp, account: &str, signature: Option<&str>, body: String) -> StatusCode {
    let mut request = Request::post(format!("/webhooks/stripe/{account}"));
    if let Some(signature) = signature {
        request = request.header("signature", signature);
    }
    app.anonymous().send(request.body(Body::from(body)).unwrap()).await.status
}

/// An attempt at paying: the account that it runs over, and the page's name there.
async fn attempt(app: &TestApp, shop: &Shop) -> (String, String) {
    app.anonymous().submit(&format!("/pay/{}/stripe", shop.token), "/pay", &[]).await;
    let attempts = entities::attempt::Entity::find().all(app.world.services.database.read()).await.unwrap();
    (attempts[0].gateway_account_id.to_string(), attempts[0].reference.clone().unwrap())
}

async fn stored(app: &TestApp) -> usize {
    entities::webhook_event::Entity::find().all(app.world.services.database.read()).await.unwrap().len()
}

database_tests! {
    async fn a_right_event_is_stored_once_and_only_pokes(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let (account, reference) = attempt(&app, &shop).await;
        let event = format!("evt_1 {reference}");
        assert_eq!(deliver(&app, &account, Some("right"), event.clone()).await, StatusCode::OK);
        assert_eq!(deliver(&app, &account, Some("right"), event).await, StatusCode::OK);
        assert_eq!(stored(&app).await, 1);
        app.world.work().await;
        let ledger = entities::ledger::Entity::find().all(app.world.services.database.read()).await.unwrap();
        assert_eq!(ledger.len(), 0, "the event says paid, the gateway does not");
        app.world.gateway.pay();
        assert_eq!(deliver(&app, &account, Some("right"), format!("evt_2 {reference}")).await, StatusCode::OK);
        app.world.work().await;
        let ledger = entities::ledger::Entity::find().all(app.world.services.database.read()).await.unwrap();
        assert_eq!(ledger.len(), 1);
    }

    async fn what_is_not_believed_changes_nothing(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let (account, reference) = attempt(&app, &shop).await;
        let event = || format!("evt_1 {reference}");
        let log = Log::listen();
        assert_eq!(deliver(&app, &account, Some("forged"), event()).await, StatusCode::BAD_REQUEST);
        let logged = log.read();
        let security = format!(r#"security: event="webhook" outcome="refused" about="{account}""#);
        assert!(logged.contains(&security) && !logged.contains(&reference), "{logged}");
        drop(log);
        assert_eq!(deliver(&app, &account, None, event()).await, StatusCode::BAD_REQUEST);
        assert_eq!(deliver(&app, &account, Some("right"), "nonsense".into()).await, StatusCode::BAD_REQUEST);
        assert_eq!(deliver(&app, "not-an-id", Some("right"), event()).await, StatusCode::NOT_FOUND);
        let nobody = "00000000-0000-0000-0000-000000000000";
        assert_eq!(deliver(&app, nobody, Some("right"), event()).await, StatusCode::NOT_FOUND);
        let large = "x".repeat(1024 * 1024 + 1);
        assert_eq!(deliver(&app, &account, Some("right"), large).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(stored(&app).await, 0);
    }
}
