//! What open screens are told of changes.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::StatusCode;
use server::{limits::Limits, stop::Stop};
use services::{accounts::Actor, database_tests, live, places};
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
        // What was known here before may be told first; a page that shows it already passes it over.
        let told = next(&mut events).await;
        let told = if told == shown + 1 { next(&mut events).await } else { told };
        assert_eq!(told, shown + 2);
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

    async fn whoever_signed_out_is_told_nothing_more(database: TestDatabase) {
        let app = TestApp::new(database);
        let actor = app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let other = app.member("olive@moonlit.example").await;
        let (mut events, mut others) = (owner.listen("/live").await, other.listen("/live").await);
        live::look_once(&app.world.services).await.unwrap();
        let known = next(&mut events).await;
        next(&mut others).await;
        owner.call("/api/sign-out", &[]).await;
        change(&app, &actor).await;
        live::look_once(&app.world.services).await.unwrap();
        assert!(tokio::time::timeout(PATIENCE, events.next()).await.unwrap().is_none(), "the stream has ended");
        assert_eq!(next(&mut others).await, known + 1, "another session hears on");
    }

    async fn a_session_that_ends_by_itself_is_noticed_though_nothing_happens(database: TestDatabase) {
        let limits = Limits { listener_check: Duration::from_millis(10), ..Limits::default() };
        let app = TestApp::new(database).within(&limits, &Stop::never());
        app.world.owner("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let mut events = owner.listen("/live").await;
        app.world.services.clock.advance(400 * domain::time::DAY);
        // Signs of life come until it is noticed.
        let ended = async { while events.next().await.is_some() {} };
        tokio::time::timeout(PATIENCE, ended).await.unwrap();
    }

    async fn a_member_has_so_many_open_screens(database: TestDatabase) {
        let limits = Limits { listeners: places::Limits { at_once: 10, of_one: 2, waiting: 0 }, ..Limits::default() };
        let app = TestApp::new(database).within(&limits, &Stop::never());
        app.world.owner("olive@moonlit.example").await;
        app.world.owner("nina@other.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let screens = [owner.listen("/live").await, owner.listen("/live").await];
        assert_eq!(owner.get("/live").await.status, StatusCode::TOO_MANY_REQUESTS);
        let _theirs = app.member("nina@other.example").await.listen("/live").await;
        drop(screens);
        assert_eq!(app.anonymous().get("/live").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_server_that_stops_keeps_no_screen(database: TestDatabase) {
        let (say_stop, stop) = Stop::new();
        let app = TestApp::new(database).within(&Limits::default(), &stop);
        app.world.owner("olive@moonlit.example").await;
        let mut events = app.member("olive@moonlit.example").await.listen("/live").await;
        say_stop.send(true).unwrap();
        assert!(tokio::time::timeout(PATIENCE, events.next()).await.unwrap().is_none());
    }
}
