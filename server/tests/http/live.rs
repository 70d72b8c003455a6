//! What open screens are told of changes.

use std::time::Duration;

use axum::body::BodyDataStream;
use services::{accounts::Actor, database_tests, live};
use tokio_stream::StreamExt;

use super::app::TestApp;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The revision of the next event.
async fn next(events: &mut BodyDataStream) -> i64 {
    let event = tokio::time::timeout(PATIENCE, events.next()).await.unwrap().unwrap().unwrap();
    let event = String::from_utf8(event.to_vec()).unwrap();
    event.trim().strip_prefix("data: ").unwrap().parse().unwrap()
}

async fn change(app: &TestApp, actor: &Actor) {
    app.world.services.database.write(actor.business_id).await.unwrap().commit().await.unwrap();
}

database_tests! {
    async fn a_screen_is_told_where_the_business_stands_and_when_that_changes(database: TestDatabase) {
        let app = TestApp::new(database);
        let actor = app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let services = &app.world.services;
        let revision = async || -> i64 {
            let viewer = owner.get_json("/api/viewer").await.body;
            serde_json::from_str::<serde_json::Value>(&viewer).unwrap()["revision"].as_i64().unwrap()
        };
        change(&app, &actor).await;
        let shown = revision().await;

        let mut events = owner.listen("/live").await;
        live::look_once(services).await.unwrap();
        assert_eq!(next(&mut events).await, shown, "a page that is fresh hears nothing new");
        change(&app, &actor).await;
        live::look_once(services).await.unwrap();
        assert_eq!(next(&mut events).await, shown + 1);

        // Whoever listened no longer, and does again, learns what was missed.
        drop(events);
        change(&app, &actor).await;
        let mut events = owner.listen("/live").await;
        live::look_once(services).await.unwrap();
        assert_eq!(next(&mut events).await, shown + 2);
        assert_eq!(revision().await, shown + 2);

        // Another business hears nothing of it.
        app.world.owner("nina@other.example").await;
        let mut theirs = app.member("nina@other.example").await.listen("/live").await;
        live::look_once(services).await.unwrap();
        let first = next(&mut theirs).await;
        change(&app, &actor).await;
        live::look_once(services).await.unwrap();
        assert_eq!(next(&mut events).await, shown + 3);
        assert!(tokio::time::timeout(Duration::from_millis(50), theirs.next()).await.is_err(), "after {first}");
    }
}
