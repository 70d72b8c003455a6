//! What is too much or too slow is refused before it costs anything, and whoever is refused is told so.

use std::{future::pending, io, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, Request, StatusCode, header},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, prelude::Expr};
use server::{connections::Stopping, limits::Limits, stop::Stop};
use services::{
    database_tests, entities,
    places::{self, Places},
};
use tokio::sync::oneshot;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use super::{
    app::{Answer, Client, PASSWORD, TestApp, URL},
    transfer::upload,
};

const BOUNDARY: &str = "a-boundary-of-the-test";

/// Sends a plain form with this body, as it is.
async fn submit(client: &Client, path: &str, body: String) -> Answer {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, URL)
        .header(header::REFERER, format!("{URL}/sign-in"));
    client.send(request.body(Body::from(body)).unwrap()).await
}

/// Word of when more of a form is waited for. With what the word brings the form ends after all.
type IsRead = oneshot::Receiver<oneshot::Sender<()>>;

/// A form with a file that never comes, and word of when it is waited for.
fn unsent_file(path: &str) -> (Request<Body>, IsRead) {
    let head =
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na");
    let (mut request, is_read) = unsent(path, &head);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
    (request, is_read)
}

/// A form that never comes to its end, and word of when more of it is waited for.
fn unsent(path: &str, begun: &str) -> (Request<Body>, IsRead) {
    let (told, is_read) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let (pieces, receiver) = tokio::sync::mpsc::channel::<Result<Vec<u8>, io::Error>>(1);
    let begun = begun.as_bytes().to_vec();
    tokio::spawn(async move {
        // There is room for the second piece when the first was read. Not everybody waits for it.
        if pieces.send(Ok(begun)).await.is_ok() && pieces.send(Ok(b"b".to_vec())).await.is_ok() {
            let _ = told.send(end);
        } else {
            // Nobody reads it any more, and whoever waits for the word is not to wait for ever.
            drop((told, end));
        }
        if ended.await.is_err() {
            pending::<()>().await;
        }
        drop(pieces);
    });
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, URL);
    (request.body(Body::from_stream(ReceiverStream::new(receiver))).unwrap(), is_read)
}

/// A small file of items.
const ITEMS: &[u8] = b"code,title,price\nR1,Moon ring,24.00\n";

/// A form with files of a MiB that never comes to the content of a field.
fn without_a_field(path: &str, accept: &str, begun: &str) -> Request<Body> {
    let content = std::iter::repeat_n(vec![b'x'; 1024], 1024);
    let pieces = std::iter::once(begun.as_bytes().to_vec()).chain(content).map(Ok::<_, io::Error>);
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::ACCEPT, accept)
        .header(header::ORIGIN, URL);
    request.body(Body::from_stream(tokio_stream::iter(pieces))).unwrap()
}

/// A form that comes whole and does not say how large it is.
fn of_unsaid_size(path: &str) -> Request<Body> {
    let mut request = unsent(path, "").0;
    *request.body_mut() = Body::from_stream(tokio_stream::iter([Ok::<_, io::Error>("sale=7")]));
    request
}

/// A paste that says that it has so many bytes and never comes to its end.
fn unsent_paste(bytes: usize) -> (Request<Body>, IsRead) {
    let (mut request, is_read) = unsent("/api/sales/hold", "sale=7&paste=");
    request.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    (request, is_read)
}

database_tests! {
    async fn a_strangers_form_of_very_many_fields_is_refused(database: TestDatabase) {
        let app = TestApp::new(database);
        let stranger = app.anonymous();
        // The first is too many fields in few bytes; of the second nothing but its size need be known.
        for fields in [3_000, 200_000] {
            let answer = submit(&stranger, "/api/sign-in", "a=1&".repeat(fields)).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{fields}: {}", answer.body);
            assert!(answer.body.contains("This is too much at once") && answer.set_cookie("__Host-selltrac-form").is_none());
        }
        let many: Vec<(&str, &str)> = vec![("a", "1"); 65];
        assert_eq!(stranger.call("/api/register", &many).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    async fn every_function_has_a_bound_and_those_that_need_more_have_more(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let (id, name) = (shop.customer.to_string(), "x".repeat(130 * 1024));
        let fields = [("id", id.as_str()), ("back", ""), ("form[name]", &name)];
        assert_eq!(owner.call("/api/customers/save", &fields).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let answer = owner.call("/api/sales/rules/words", &[("id", ""), ("form[claim]", &name)]).await;
        assert_ne!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
        // An item of 500 variants, each with some fields.
        let names: Vec<String> = (0..500).flat_map(|row| (0..15).map(move |field| format!("form[variants][{row}][f{field}]"))).collect();
        let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
        assert_ne!(owner.call("/api/stock/save", &fields).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(owner.call("/api/customers/save", &fields).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    async fn whoever_is_signed_out_is_asked_in_and_nothing_of_the_form_is_kept(database: TestDatabase) {
        let app = TestApp::new(database);
        let stranger = app.anonymous();
        let paste = "x".repeat(6 * 1024 * 1024);
        let answer = stranger.submit("/api/sales/hold", "/sell/7", &[("sale", "7"), ("paste", &paste)]).await;
        assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::FOUND, "/sell/7"));
        assert!(answer.set_cookie("__Host-selltrac-form").is_some());
        let page = stranger.get("/sell/7").await;
        assert_eq!(page.header(header::LOCATION), "/sign-in?next=%2Fsell%2F7");
        let answer = stranger.call("/api/sales/hold", &[("sale", "7"), ("paste", &paste)]).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::UNAUTHORIZED, r#"{"code":"sign-in-needed"}"#));
    }

    async fn an_address_of_very_many_fields_is_refused(database: TestDatabase) {
        let app = TestApp::new(database);
        let stranger = app.anonymous();
        let answer = stranger.get(&format!("/sign-in?{}", "a=1&".repeat(3_000))).await;
        assert_eq!(answer.status, StatusCode::URI_TOO_LONG);
        assert_eq!(stranger.get(&format!("/sign-in?{}", "a=1&".repeat(500))).await.status, StatusCode::OK);
    }

    async fn who_sends_too_slowly_is_given_up_and_told_so(database: TestDatabase) {
        let limits = Limits {
            body: Duration::from_millis(20),
            upload: Duration::from_millis(20),
            ..Limits::default()
        };
        let app = TestApp::new(database).within(&limits, &Stop::never());
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let never = || Body::from_stream(tokio_stream::pending::<Result<Vec<u8>, io::Error>>());
        let request = Request::post("/api/sign-in").header(header::ACCEPT, "text/html").header(header::ORIGIN, URL);
        let answer = app.anonymous().send(request.body(never()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
        assert!(answer.body.contains("This took too long"), "{}", answer.body);
        for path in ["/import/file".to_owned(), format!("/stock/{}/pictures", shop.item)] {
            let (request, _) = unsent_file(&path);
            assert_eq!(owner.send(request).await.status, StatusCode::REQUEST_TIMEOUT, "{path}");
        }
        // What the browser's part of a page sends is told so in its own way.
        let (mut request, _) = unsent_file(&format!("/stock/{}/pictures", shop.item));
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let answer = owner.send(request).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::REQUEST_TIMEOUT, r#"{"code":"too-slow"}"#));
    }

    async fn a_form_of_which_no_field_begins_is_refused(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"");
        let pictures = format!("/stock/{}/pictures", shop.item);
        let (page, script) = ("text/html", "application/json");
        for (path, accept) in [("/import/file", page), (pictures.as_str(), page), (pictures.as_str(), script)] {
            for begun in ["", head.as_str()] {
                let answer = owner.send(without_a_field(path, accept, begun)).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
            }
        }
    }

    async fn a_server_that_stops_refuses_pictures_as_whoever_sends_them_can_tell(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let path = format!("/stock/{}/pictures", shop.item);
        for (accept, words) in [("application/json", r#"{"code":"busy"}"#), ("text/html", "has to be finished first")] {
            let (mut request, _) = unsent_file(&path);
            request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
            let pieces = [Ok(format!("--{BOUNDARY}\r\n").into_bytes()), Err(Stopping)];
            *request.body_mut() = Body::from_stream(tokio_stream::iter(pieces));
            let answer = owner.send(request).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(answer.body.contains(words), "{}", answer.body);
        }
    }

    async fn a_member_who_may_only_ship_takes_no_place_for_a_file(database: TestDatabase) {
        // Whoever asked for a place would be told that there is none.
        let uploads = places::Limits { at_once: 0, of_one: 0, waiting: 0 };
        let limits = Limits { uploads, body_piece: Duration::from_millis(20), ..Limits::default() };
        let app = TestApp::new(database).within(&limits, &Stop::never());
        let shop = app.shop("olive@moonlit.example").await;
        let packer = app.member("olive@moonlit.example").await;
        entities::membership::Entity::update_many()
            .col_expr(entities::membership::Column::Role, Expr::val("packer"))
            .exec(app.world.services.database.read())
            .await
            .unwrap();
        for path in ["/import/file".to_owned(), format!("/stock/{}/pictures", shop.item)] {
            let (request, _) = unsent_file(&path);
            assert_eq!(packer.send(request).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }

    async fn a_business_sends_so_many_files_at_once_and_others_are_not_kept_waiting(database: TestDatabase) {
        let uploads = places::Limits { at_once: 32, of_one: 2, waiting: 0 };
        let limits = Limits { uploads, ..Limits::default() };
        let app = TestApp::new(database).within(&limits, &Stop::never());
        let shop = app.shop("olive@moonlit.example").await;
        app.world.shop("wanda@elsewhere.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let pictures = format!("/stock/{}/pictures", shop.item);
        let mut under_way = Vec::new();
        for path in ["/import/file", &pictures] {
            let (request, is_read) = unsent_file(path);
            let client = owner.clone();
            under_way.push(tokio::spawn(async move { client.send(request).await }));
            is_read.await.unwrap();
        }
        for path in ["/import/file", &pictures] {
            let mut request = upload("items.csv", ITEMS);
            *request.uri_mut() = path.parse().unwrap();
            let answer = owner.send(request).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert!(answer.body.contains("has to be finished first"), "{}", answer.body);
            assert_eq!(answer.header(header::RETRY_AFTER), "5");
        }
        let other = app.member("wanda@elsewhere.example").await;
        let (request, is_read) = unsent_file("/import/file");
        let theirs = tokio::spawn(async move { other.send(request).await });
        is_read.await.unwrap();
        // Whoever breaks off gives the place back.
        under_way[0].abort();
        assert!((&mut under_way[0]).await.unwrap_err().is_cancelled());
        let (request, is_read) = unsent_file("/import/file");
        let client = owner.clone();
        under_way.push(tokio::spawn(async move { client.send(request).await }));
        is_read.await.unwrap();
        for one in under_way.into_iter().chain([theirs]) {
            one.abort();
        }
    }

    async fn whoever_sends_most_at_once_gives_up_the_oldest_for_somebody_else(database: TestDatabase) {
        let limits = Limits {
            uploads: places::Limits { at_once: 2, of_one: 2, waiting: 0 },
            large_bodies: places::Limits { at_once: 200, of_one: 200, waiting: 0 },
            ..Limits::default()
        };
        let app = TestApp::new(database).within(&limits, &Stop::never());
        let shop = app.shop("olive@moonlit.example").await;
        app.world.shop("wanda@elsewhere.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let other = app.member("wanda@elsewhere.example").await;
        let pictures = format!("/stock/{}/pictures", shop.item);
        let kinds = [
            [unsent_file(&pictures), unsent_file("/import/file"), unsent_file("/import/file")],
            [unsent_paste(100 * 1024), unsent_paste(100 * 1024), unsent_paste(100 * 1024)],
        ];
        for requests in kinds {
            let (mut sent, mut ends) = (Vec::new(), Vec::new());
            for (client, (request, is_read)) in [&owner, &owner, &other].into_iter().zip(requests) {
                let client = client.clone();
                sent.push(tokio::spawn(async move { client.send(request).await }));
                ends.push(is_read.await.unwrap());
            }
            // It is read over, so that whoever sends it is told.
            ends.remove(0).send(()).unwrap();
            let oldest = sent.remove(0).await.unwrap();
            assert_eq!(oldest.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(oldest.body.contains("has to be finished first"), "{}", oldest.body);
            for (one, end) in sent.into_iter().zip(ends) {
                end.send(()).unwrap();
                let answer = one.await.unwrap();
                assert_ne!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "it was given up: {}", answer.body);
            }
        }
    }

    async fn forms_in_memory_are_weighed(database: TestDatabase) {
        let large_bodies = places::Limits { at_once: 300, of_one: 200, waiting: 0 };
        let app = TestApp::new(database).within(&Limits { large_bodies, ..Limits::default() }, &Stop::never());
        app.shop("olive@moonlit.example").await;
        app.world.shop("wanda@elsewhere.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let other = app.member("wanda@elsewhere.example").await;
        let (mut under_way, mut ends) = (Vec::new(), Vec::new());
        for client in [&owner, &owner, &other] {
            let (request, is_read) = unsent_paste(100 * 1024);
            let client = client.clone();
            under_way.push(tokio::spawn(async move { client.send(request).await }));
            ends.push(is_read.await.unwrap());
        }
        for client in [&owner, &other] {
            let answer = client.call("/api/sales/hold", &[("sale", "7"), ("paste", &"x".repeat(101 * 1024))]).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
            // Whatever does not say how much it is may be as much as there can be.
            let answer = client.send(of_unsaid_size("/api/sales/hold")).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
            // A small paste needs no place.
            let answer = client.call("/api/sales/hold", &[("sale", "7"), ("paste", "Ana Ruiz: sold C3")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
        }
        for (one, end) in under_way.into_iter().zip(ends) {
            end.send(()).unwrap();
            let answer = one.await.unwrap();
            assert_ne!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "it was given up: {}", answer.body);
        }
        let answer = other.call("/api/sales/hold", &[("sale", "7"), ("paste", &"x".repeat(100 * 1024))]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    }

    async fn a_paste_that_waits_for_its_turn_is_weighed_until_it_is_held(database: TestDatabase) {
        let large_bodies = places::Limits { at_once: 300, of_one: 200, waiting: 0 };
        let app = TestApp::new(database).within(&Limits { large_bodies, ..Limits::default() }, &Stop::never());
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let (business, sale) = (shop.actor.business_id, shop.sale.to_string());
        // Each of these is three bytes in a form.
        let paste = format!("Ana Ruiz: sold C3{}", "\n".repeat(40 * 1024));
        let places = &app.world.services.places.reading;
        let reading = places.take_free(business).unwrap();
        let (client, fields) = (owner.clone(), (sale.clone(), paste.clone()));
        let waiting = tokio::spawn(async move {
            client.call("/api/sales/hold", &[("sale", &fields.0), ("paste", &fields.1)]).await
        });
        while places.entered(&business) < 2 {
            assert!(!waiting.is_finished(), "it was refused");
            tokio::task::yield_now().await;
        }
        let answer = owner.call("/api/sales/hold", &[("sale", &sale), ("paste", &paste)]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
        drop(reading);
        let answer = waiting.await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let answer = owner.call("/api/sales/hold", &[("sale", &sale), ("paste", &paste)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    async fn a_large_page_takes_a_place_until_it_is_read(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        // A comment for review is shown as a whole, and may be as long as a paste.
        let long = entities::comment::Entity::update_many()
            .col_expr(entities::comment::Column::Text, Expr::value("x".repeat(64 * 1024 + 1)))
            .filter(entities::comment::Column::Status.eq("review"));
        let changed = long.exec(app.world.services.database.read()).await.unwrap();
        assert_eq!(changed.rows_affected, 1);
        let (places, business) = (&app.world.services.places, shop.actor.business_id);
        let (answers, large) = (places.for_answer(1024 * 1024), places.for_answer(1024 * 1024 + 1));
        let path = format!("/sell/{}", shop.sale);
        let page = owner.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.len() > 64 * 1024 && page.body.contains("</html>"), "it comes whole");
        assert_eq!(answers.entered(&business), 0, "it was read");
        let all = |places: &Places| {
            places.take_several(business, u32::try_from(places.of_one()).unwrap()).unwrap()
        };
        let catalogs = all(large);
        assert_eq!(owner.get(&path).await.status, StatusCode::OK, "catalogs that are read slowly are elsewhere");
        let unread = all(answers);
        drop(catalogs);
        let page = owner.get(&path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("has to be finished first. This is tried again by itself"), "{}", page.body);
        assert!(!page.body.contains("Nothing was changed"), "what led to it may have changed much");
        assert!(page.body.contains("http-equiv=\"refresh\""), "{}", page.body);
        assert_eq!(owner.get("/stock").await.status, StatusCode::OK, "it is small");
        drop(unread);
        assert_eq!(owner.get(&path).await.status, StatusCode::OK);
    }

    async fn a_large_page_of_a_buyer_takes_no_place_of_the_shop(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let buyer = app.anonymous();
        let path = format!("/pay/{}", shop.token);
        let pages = &app.world.services.places.buyers_pages;
        let all = u32::try_from(pages.of_one()).unwrap();
        let unread = pages.take_several(shop.actor.business_id, all).unwrap();
        assert_eq!(buyer.get(&path).await.status, StatusCode::OK, "it is small");
        let changed = entities::invoice_line::Entity::update_many()
            .col_expr(entities::invoice_line::Column::Description, Expr::value("x".repeat(64 * 1024 + 1)))
            .exec(app.world.services.database.read())
            .await
            .unwrap();
        assert!(changed.rows_affected > 0);
        let page = buyer.get(&path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("has to be finished first. This is tried again by itself"), "{}", page.body);
        drop(unread);
        let page = buyer.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.len() > 64 * 1024 && page.body.contains("</html>"), "it comes whole");
        assert_eq!(pages.entered(&shop.actor.business_id), 0, "it was read");
    }

    async fn what_waits_to_be_read_keeps_its_place(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.world.shop("olive@moonlit.example").await.business_id;
        app.world.shop("wanda@elsewhere.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let other = app.member("wanda@elsewhere.example").await;
        let files = &app.world.services.places.files;
        let items_file = || upload("items.csv", ITEMS);
        // Another file of the business is being read.
        let reading = files.take_free(shop).unwrap();
        let mut waiting = Vec::new();
        for sent in 2..=3 {
            let client = owner.clone();
            waiting.push(tokio::spawn(async move { client.send(items_file()).await }));
            while files.entered(&shop) < sent {
                assert!(waiting.iter().all(|sent| !sent.is_finished()), "it was refused");
                tokio::task::yield_now().await;
            }
        }
        let answer = owner.send(items_file()).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "no more than two wait: {}", answer.body);
        assert_eq!(app.incoming(), 2, "nothing is left of what was not taken");
        let theirs = other.send(items_file()).await;
        assert_eq!(theirs.status, StatusCode::SEE_OTHER, "whoever waits keeps nobody else: {}", theirs.body);
        drop(reading);
        for sent in waiting {
            assert_eq!(sent.await.unwrap().status, StatusCode::SEE_OTHER);
        }
    }

    async fn what_only_waits_for_its_turn_is_given_up_for_whoever_has_fewer(database: TestDatabase) {
        let uploads = places::Limits { at_once: 2, of_one: 2, waiting: 0 };
        let app = TestApp::new(database).within(&Limits { uploads, ..Limits::default() }, &Stop::never());
        let shop = app.shop("olive@moonlit.example").await;
        let rival = app.world.shop("wanda@elsewhere.example").await.business_id;
        let owner = app.member("olive@moonlit.example").await;
        let other = app.member("wanda@elsewhere.example").await;
        let pictures = format!("/stock/{}/pictures", shop.item);
        let places = &app.world.services.places;
        for (path, turns) in [("/import/file", &places.files), (pictures.as_str(), &places.pictures)] {
            // Others of both businesses are worked on, so that whatever has come whole waits.
            let business = shop.actor.business_id;
            let working = [business, rival].map(|business| turns.take_free(business).unwrap());
            let mut waiting = Vec::new();
            for sent in 2..=3 {
                let mut request = upload("items.csv", ITEMS);
                *request.uri_mut() = path.parse().unwrap();
                let client = owner.clone();
                waiting.push(tokio::spawn(async move { client.send(request).await }));
                while turns.entered(&business) < sent {
                    assert!(waiting.iter().all(|sent| !sent.is_finished()), "it was refused");
                    tokio::task::yield_now().await;
                }
            }
            let client = other.clone();
            let theirs = tokio::spawn(async move { client.send(upload("items.csv", ITEMS)).await });
            let oldest = waiting.remove(0).await.unwrap();
            assert_eq!(oldest.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", oldest.body);
            drop(working);
            assert_eq!(theirs.await.unwrap().status, StatusCode::SEE_OTHER, "{path}");
            let kept = waiting.remove(0).await.unwrap();
            assert_eq!(kept.status, StatusCode::SEE_OTHER, "{path}: {}", kept.body);
        }
    }

    async fn events_are_read_for_accounts_alone_and_so_many_at_once(database: TestDatabase) {
        let limits = Limits {
            events: places::Limits { at_once: 4, of_one: 1, waiting: 0 },
            ..Limits::default()
        };
        let app = TestApp::new(database).within(&limits, &Stop::never());
        app.shop("olive@moonlit.example").await;
        let account = entities::gateway_account::Entity::find().one(app.world.services.database.read()).await;
        let (ours, nobodys) = (account.unwrap().unwrap().id, Uuid::nil());
        let client = app.anonymous();
        let send = async |account: Uuid, body: Body| {
            let request = Request::post(format!("/webhooks/stripe/{account}")).body(body).unwrap();
            client.send(request).await.status
        };
        let large = || Body::from(vec![b'x'; 2 * 1024 * 1024]);
        assert_eq!(send(nobodys, large()).await, StatusCode::NOT_FOUND);
        assert_eq!(send(ours, large()).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(send(ours, "{}".into()).await, StatusCode::BAD_REQUEST);
        // One that comes slowly holds the only place of its account, and the next is to be sent again later.
        let (request, is_read) = unsent(&format!("/webhooks/stripe/{ours}"), "{");
        let other = client.clone();
        let slow = tokio::spawn(async move { other.send(request).await });
        is_read.await.unwrap();
        assert_eq!(send(ours, "{}".into()).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(send(nobodys, "{}".into()).await, StatusCode::NOT_FOUND);
        slow.abort();
        assert!(slow.await.unwrap_err().is_cancelled());
        assert_eq!(send(ours, "{}".into()).await, StatusCode::BAD_REQUEST);
    }

    async fn an_event_that_comes_slowly_keeps_others_waiting_for_a_moment_only(database: TestDatabase) {
        let events = places::Limits { at_once: 1, of_one: 1, waiting: 5 };
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        let account = entities::gateway_account::Entity::find().one(app.world.services.database.read()).await;
        let path = format!("/webhooks/stripe/{}", account.unwrap().unwrap().id);
        let (short, long) = (Duration::from_millis(20), Duration::from_secs(3_600));
        let patient = Limits { events, body_piece: long, body: long, ..Limits::default() };
        let app = app.within(&Limits { event: short, event_turn: long, ..patient.clone() }, &Stop::never());
        let client = app.anonymous();
        let (request, is_read) = unsent(&path, "{");
        let other = client.clone();
        let slow = tokio::spawn(async move { other.send(request).await });
        // It may have been given up already.
        let _ = is_read.await;
        let answer = client.send(Request::post(&path).body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "it had its turn, and is no event");
        assert_eq!(slow.await.unwrap().status, StatusCode::REQUEST_TIMEOUT);

        // Nor is a turn waited for without an end.
        let app = app.within(&Limits { event: long, event_turn: short, ..patient }, &Stop::never());
        let client = app.anonymous();
        let (request, is_read) = unsent(&path, "{");
        let other = client.clone();
        let slow = tokio::spawn(async move { other.send(request).await });
        is_read.await.unwrap();
        let answer = client.send(Request::post(&path).body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        slow.abort();
    }

    async fn nothing_of_a_file_is_left_behind(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let (request, is_read) = unsent_file("/import/file");
        let mut sending = tokio::spawn(async move { owner.send(request).await });
        is_read.await.unwrap();
        tokio::select! {
            () = app.one_comes_in() => {}
            _ = &mut sending => panic!("it was answered before it had come"),
        }
        assert_eq!(app.incoming(), 1, "it comes into the folder that is swept");
        sending.abort();
        assert!(sending.await.unwrap_err().is_cancelled());
        assert_eq!(app.incoming(), 0);
    }

    async fn a_password_is_never_carried_whatever_its_field_is_called(database: TestDatabase) {
        let app = TestApp::new(database);
        let client = app.anonymous();
        let answer = client.submit("/api/register", "/register", &[("form[new_Password]", PASSWORD), ("form[api_token]", PASSWORD)]).await;
        let sent: String = answer.headers.values().filter_map(|value| value.to_str().ok()).collect();
        assert!(answer.status.is_redirection() && !sent.contains("quiet"), "{sent}");
        let cookie = client.cookie("__Host-selltrac-form").unwrap();
        let carried = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, cookie).unwrap();
        assert!(!String::from_utf8(carried).unwrap().contains("quiet"));
    }
}
