//! What an operator's machines ask.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use server::{http::REQUEST_ID, limits::Limits, stop::Stop};
use services::database_tests;

use super::app::TestApp;

database_tests! {
    async fn probes_are_answered_whatever_name_they_call(database: TestDatabase) {
        let (say_stop, stop) = Stop::new();
        let app = TestApp::new(database).within(&Limits::default(), &stop);
        let probe = app.anonymous();
        for path in ["/health/live", "/health/ready"] {
            let request = Request::get(path).header(header::HOST, "10.0.0.7:3000");
            let answer = probe.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status, answer.header(header::CACHE_CONTROL)), (StatusCode::OK, "no-store"), "{path}");
        }
        say_stop.send(true).unwrap();
        assert_eq!(probe.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(probe.get("/health/live").await.status, StatusCode::OK);
    }

    async fn a_server_without_its_database_is_alive_and_not_ready(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.services.database.clone().close().await.unwrap();
        let probe = app.anonymous();
        assert_eq!(probe.get("/health/live").await.status, StatusCode::OK);
        assert_eq!(probe.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
    }

    async fn every_answer_names_its_request(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let mut names = Vec::new();
        for path in ["/sign-in", "/sign-in", "/nowhere", "/favicon.svg", "/api/viewer", "/pay/nothing"] {
            let answer = client.get(path).await;
            let name = answer.header(REQUEST_ID).to_owned();
            assert_eq!(name.len(), 36, "{path}: {name}");
            names.push(name);
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 6, "no two requests have one name");
    }
}
