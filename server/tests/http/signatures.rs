//! Events with the signatures of the real adapter: over the raw body, recent, and by whoever has the secret.

use std::collections::HashMap;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::{
    payments::Gateway,
    time::{MINUTE, SECOND},
};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{EntityTrait, PaginatorTrait};
use server::adapters::{http::client, stripe::Stripe};
use services::{
    Parts, Services, Settings, accounts::password::Hasher, database_tests, entities, live::Live, vault::Vault,
};
use sha2::Sha256;

use super::app::{Client, TestApp, URL};

/// The secret that the gateway of [`services::testing`] gives.
const SECRET: &str = "whsec_invented";

/// The same server with the real gateway's adapter, which is asked to believe events and nothing else.
fn with_real_gateway(app: &TestApp) -> Client {
    let nowhere = "http://127.0.0.1:9".parse().unwrap();
    let stripe = Stripe::new(client().unwrap(), nowhere);
    let services = Services::new(Parts {
        database: app.world.services.database.clone(),
        clock: app.world.services.clock.clone(),
        vault: Vault::new(&[42; 32]),
        hasher: Hasher::cheap(),
        places: Default::default(),
        gateways: HashMap::from([(Gateway::Stripe, Box::new(stripe) as _)]),
        carriers: HashMap::new(),
        mailer: Box::new(app.world.mailer.clone()),
        store: Box::new(app.world.store.clone()),
        live: Live::default(),
        settings: Settings { public_url: URL.into(), registration: true },
    });
    app.anonymous_at(services)
}

fn event(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","object":"event","type":"checkout.session.completed","data":{{"object":{{}}}}}}"#
    )
}

/// The header that Stripe sends with a body, signed at a moment in milliseconds.
fn signature(secret: &str, body: &str, at: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{}.{body}", at / SECOND).as_bytes());
    format!("t={},v1={}", at / SECOND, hex::encode(mac.finalize().into_bytes()))
}

async fn deliver(client: &Client, account: &str, signature: Option<&str>, body: &str) -> StatusCode {
    let mut request = Request::post(format!("/webhooks/stripe/{account}"))
        // Events come from another site, and are let through to where their signature is checked.
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/json");
    if let Some(signature) = signature {
        request = request.header("stripe-signature", signature);
    }
    client.send(request.body(Body::from(body.to_owned())).unwrap()).await.status
}

database_tests! {
    async fn only_recent_events_signed_with_the_secret_are_stored(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        let read = app.world.services.database.read();
        let account = entities::gateway_account::Entity::find().one(read).await.unwrap().unwrap().id.to_string();
        let (gateway, now) = (with_real_gateway(&app), app.world.services.now());
        let body = event("evt_1");
        let right = signature(SECRET, &body, now);

        let refused = [
            ("without a signature", None, body.clone()),
            ("with an empty signature", Some(String::new()), body.clone()),
            ("with another secret", Some(signature("whsec_another", &body, now)), body.clone()),
            ("with another body", Some(right.clone()), event("evt_2")),
            ("with one more byte", Some(right.clone()), format!("{body}\n")),
            ("too old", Some(signature(SECRET, &body, now - 6 * MINUTE)), body.clone()),
            ("from the future", Some(signature(SECRET, &body, now + 6 * MINUTE)), body.clone()),
            ("signed nonsense", Some(signature(SECRET, "{}", now)), "{}".to_owned()),
        ];
        for (what, signature, body) in refused {
            let status = deliver(&gateway, &account, signature.as_deref(), &body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{what}");
        }
        assert_eq!(entities::webhook_event::Entity::find().count(read).await.unwrap(), 0);

        for _ in 0..2 {
            assert_eq!(deliver(&gateway, &account, Some(&right), &body).await, StatusCode::OK);
            assert_eq!(entities::webhook_event::Entity::find().count(read).await.unwrap(), 1, "stored once");
        }
    }
}
