//! Connections as they come over the wire: none may keep the server waiting, and none is cut off for no reason.

use std::{net::SocketAddr, time::Duration};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use server::{
    config::Config,
    connections::{self, TrustedProxies},
    http::router,
    limits::Limits,
    start::serve_until,
    stop::Stop,
};
use services::{database_tests, entities::job, places};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

use super::app::{PASSWORD, TestApp};

/// How long anything may take that must happen.
const PATIENCE: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(50);

/// A server that listens.
struct Listening {
    address: SocketAddr,
    say_stop: watch::Sender<bool>,
    served: JoinHandle<()>,
}

impl Listening {
    async fn begin(app: &TestApp, limits: Limits) -> Self {
        Self::behind(app, limits, TrustedProxies::default()).await
    }

    /// One that believes these proxies.
    async fn behind(app: &TestApp, limits: Limits, proxies: TrustedProxies) -> Self {
        let (say_stop, stop) = Stop::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = Config { trusted_proxies: proxies.clone(), ..app.config() };
        let router = router(&config, app.world.services.clone(), None, &limits, &stop);
        let served = tokio::spawn(connections::serve(listener, router, limits, proxies, stop));
        Listening { address, say_stop, served }
    }

    async fn connect(&self) -> Wire {
        Wire(TcpStream::connect(self.address).await.unwrap())
    }

    async fn stopped(self) {
        // Nobody hears it any more if the server has stopped already.
        self.say_stop.send_replace(true);
        timeout(PATIENCE, self.served).await.unwrap().unwrap();
    }
}

/// A connection, written and read by hand.
struct Wire(TcpStream);

impl Wire {
    async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    async fn get(&mut self, path: &str, headers: &str) {
        self.write(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")).await;
    }

    /// Reads until the text has come.
    async fn read_until(&mut self, wanted: &str) -> String {
        let mut told = String::new();
        let mut piece = [0; 4096];
        while !told.contains(wanted) {
            let read = timeout(PATIENCE, self.0.read(&mut piece)).await.unwrap().unwrap();
            assert_ne!(read, 0, "closed after {told:?}");
            told.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
        told
    }

    /// What comes until the server closes the connection.
    async fn read_to_end(mut self) -> String {
        let mut told = Vec::new();
        timeout(PATIENCE, self.0.read_to_end(&mut told)).await.unwrap().unwrap();
        String::from_utf8_lossy(&told).into_owned()
    }
}

database_tests! {
    async fn a_head_that_does_not_come_is_not_waited_for(database: TestDatabase) {
        let app = TestApp::new(database);
        let server = Listening::begin(&app, Limits { head: SHORT, ..Limits::default() }).await;
        for begun in ["", "GET /priv", "GET /privacy HTTP/1.1\r\nHost: localhost\r\nA:"] {
            let mut wire = server.connect().await;
            wire.write(begun).await;
            let told = wire.read_to_end().await;
            assert!(told.is_empty() || told.starts_with("HTTP/1.1 408"), "{begun}: {told}");
        }
        server.stopped().await;
    }

    async fn a_connection_does_not_idle_for_ever(database: TestDatabase) {
        let app = TestApp::new(database);
        // Its own head has this long to come, too.
        let limits = Limits { head: Duration::from_secs(2), ..Limits::default() };
        let server = Listening::begin(&app, limits).await;
        let mut wire = server.connect().await;
        wire.get("/health/live", "").await;
        assert!(wire.read_to_end().await.contains("alive"));
        server.stopped().await;
    }

    async fn a_head_that_is_too_large_is_refused(database: TestDatabase) {
        let app = TestApp::new(database);
        let server = Listening::begin(&app, Limits::default()).await;
        let mut wire = server.connect().await;
        wire.get("/privacy", &"A: 1\r\n".repeat(101)).await;
        assert!(wire.read_until("\r\n\r\n").await.starts_with("HTTP/1.1 431"));
        server.stopped().await;
    }

    async fn a_body_that_stands_still_is_not_waited_for(database: TestDatabase) {
        let app = TestApp::new(database);
        let server = Listening::begin(&app, Limits { body_piece: SHORT, ..Limits::default() }).await;
        let mut wire = server.connect().await;
        wire.write(
            "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\nform%5Bemail%5D=",
        )
        .await;
        assert!(wire.read_to_end().await.starts_with("HTTP/1.1 408"));
        server.stopped().await;
    }

    async fn an_answer_that_is_not_read_gives_its_place_to_others(database: TestDatabase) {
        let app = TestApp::new(database);
        app.put_icon(64 * 1024 * 1024);
        let limits = Limits {
            connections: 1,
            wait_of_shared_addresses: PATIENCE,
            unread_answer: SHORT,
            ..Limits::default()
        };
        let server = Listening::begin(&app, limits).await;
        let mut unread = server.connect().await;
        unread.get("/icon-512.png", "").await;
        unread.read_until("HTTP/1.1 200").await;
        // There is one place, so this is answered when the other one was given up.
        let mut other = server.connect().await;
        other.get("/health/live", "").await;
        other.read_until("alive").await;
        drop((unread, other));
        server.stopped().await;
    }

    async fn whoever_comes_to_a_full_house_gets_the_place_of_one_that_idles(database: TestDatabase) {
        let app = TestApp::new(database);
        app.put_icon(64 * 1024 * 1024);
        // Connections idle for as long as they like, so that a place is free by no other way.
        let limits = Limits {
            connections: 3,
            wait_of_shared_addresses: PATIENCE,
            head: PATIENCE * 10,
            unread_answer: PATIENCE * 10,
            ..Limits::default()
        };
        let server = Listening::begin(&app, limits).await;
        let mut working = server.connect().await;
        working.get("/icon-512.png", "").await;
        working.read_until("HTTP/1.1 200").await;
        let (mut first, mut second) = (server.connect().await, server.connect().await);
        for idle in [&mut first, &mut second] {
            idle.get("/health/live", "").await;
            idle.read_until("alive").await;
        }
        let mut newcomers = Vec::new();
        for _ in 0..3 {
            let mut newcomer = server.connect().await;
            newcomer.get("/health/live", "").await;
            newcomer.read_until("alive").await;
            newcomers.push(newcomer);
        }
        for idle in [first, second] {
            assert_eq!(idle.read_to_end().await, "", "it was closed");
        }
        // The answer that is under way was cut off for nobody.
        working.read_until("\0\0\0").await;
        drop((working, newcomers));
        server.stopped().await;
    }

    async fn whoever_has_most_behind_a_proxy_gives_one_up(database: TestDatabase) {
        let app = TestApp::new(database);
        let limits = Limits { connections: 3, body_piece: PATIENCE * 10, ..Limits::default() };
        let proxies = TrustedProxies::parse("127.0.0.1").unwrap();
        let server = Listening::behind(&app, limits, proxies).await;
        let mut held = Vec::new();
        for client in ["203.0.113.1", "203.0.113.1", "203.0.113.2"] {
            let mut wire = server.connect().await;
            wire.write(&format!(
                "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {client}\r\n\
                 Content-Length: 1\r\nExpect: 100-continue\r\n\r\n"
            ))
            .await;
            wire.read_until("100 Continue").await;
            held.push(wire);
        }
        let mut newcomer = server.connect().await;
        newcomer.get("/health/live", "").await;
        newcomer.read_until("alive").await;
        let mut others = held.split_off(1);
        assert_eq!(held.remove(0).read_to_end().await, "", "the first of whoever had two");
        for other in &mut others {
            other.write("a").await;
            other.read_until("HTTP/1.1").await;
        }
        drop((newcomer, others));
        server.stopped().await;
    }

    async fn whoever_is_refused_for_want_of_a_place_is_told_so(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        // As much as one paste weighs.
        let large_bodies = places::Limits { at_once: 8 * 1024, of_one: 8 * 1024, waiting: 0 };
        let uploads = places::Limits { at_once: 1, of_one: 1, waiting: 0 };
        let limits = Limits { large_bodies, uploads, body_piece: PATIENCE * 10, ..Limits::default() };
        let server = Listening::begin(&app, limits).await;
        let bytes = 8 * 1024 * 1024;
        let pictures = format!("/stock/{}/pictures", shop.item);
        let cookies = owner.cookies();
        let head = |path: &str, more: &str| {
            format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nContent-Length: {bytes}\r\n\
                 Content-Type: multipart/form-data; boundary=b\r\nCookie: {cookies}\r\n{more}\r\n"
            )
        };
        // Each of them keeps a place: its body is waited for.
        let (mut paste, mut file) = (server.connect().await, server.connect().await);
        for (wire, path) in [(&mut paste, "/api/sales/hold"), (&mut file, "/import/file")] {
            wire.write(&head(path, "Expect: 100-continue\r\n")).await;
            wire.read_until("100 Continue").await;
        }
        for path in ["/api/sales/hold", "/import/file", &pictures] {
            let mut refused = server.connect().await;
            refused.write(&head(path, "")).await;
            refused.write(&"x".repeat(bytes)).await;
            let told = refused.read_until("has to be finished first").await;
            assert!(told.contains("HTTP/1.1 503"), "{path}: {told}");
        }
        drop((paste, file));
        server.stopped().await;
    }

    async fn whoever_is_refused_for_another_reason_is_told_so_as_well(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let server = Listening::begin(&app, Limits { body_piece: PATIENCE * 10, ..Limits::default() }).await;
        let bytes = 8 * 1024 * 1024;
        let pictures = format!("/stock/{}/pictures", shop.item);
        for (host, path, status) in [
            // Nobody is signed in.
            ("localhost", "/import/file", "303"),
            ("localhost", &pictures, "303"),
            ("localhost", "/sign-in", "405"),
            ("localhost", "/api/sign-in", "413"),
            ("evil.example", "/api/sign-in", "421"),
        ] {
            let mut refused = server.connect().await;
            refused
                .write(&format!(
                    "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nContent-Length: {bytes}\r\n\
                     Content-Type: multipart/form-data; boundary=b\r\n\r\n"
                ))
                .await;
            refused.write(&"x".repeat(bytes)).await;
            let told = refused.read_until("\r\n\r\n").await;
            assert!(told.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {told}");
        }
        server.stopped().await;
    }

    async fn whoever_gives_up_a_place_is_told_so(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.world.shop("wanda@elsewhere.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let other = app.member("wanda@elsewhere.example").await;
        let bytes = 8 * 1024 * 1024;
        let pictures = format!("/stock/{}/pictures", shop.item);
        for path in ["/api/sales/hold", "/import/file", &pictures] {
            // Two forms at once, whether they are counted or weighed.
            let large_bodies = places::Limits { at_once: 16 * 1024, of_one: 16 * 1024, waiting: 0 };
            let uploads = places::Limits { at_once: 2, of_one: 2, waiting: 0 };
            let limits = Limits { large_bodies, uploads, body_piece: PATIENCE * 10, ..Limits::default() };
            let server = Listening::begin(&app, limits).await;
            let mut sent = Vec::new();
            for client in [&owner, &owner, &other] {
                let mut wire = server.connect().await;
                wire.write(&format!(
                    "POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nContent-Length: {bytes}\r\n\
                     Content-Type: multipart/form-data; boundary=b\r\nCookie: {}\r\nExpect: 100-continue\r\n\r\n",
                    client.cookies()
                ))
                .await;
                wire.read_until("100 Continue").await;
                sent.push(wire);
            }
            let mut oldest = sent.remove(0);
            let begun = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
            let end = "\r\n--b--\r\n";
            let content = "x".repeat(bytes - begun.len() - end.len());
            oldest.write(&format!("{begun}{content}{end}")).await;
            let told = oldest.read_until("has to be finished first").await;
            assert!(told.contains("HTTP/1.1 503"), "{path}: {told}");
            drop((oldest, sent));
            server.stopped().await;
        }
    }

    async fn an_answer_that_is_read_comes_whole(database: TestDatabase) {
        let app = TestApp::new(database);
        let bytes = 8 * 1024 * 1024;
        app.put_icon(bytes);
        let server = Listening::begin(&app, Limits { connections: 1, ..Limits::default() }).await;
        let mut wire = server.connect().await;
        wire.get("/icon-512.png", "Connection: close\r\n").await;
        assert!(wire.read_to_end().await.len() as u64 > bytes);
        server.stopped().await;
    }

    async fn another_name_is_refused_over_the_wire(database: TestDatabase) {
        let app = TestApp::new(database);
        let server = Listening::begin(&app, Limits::default()).await;
        let mut wire = server.connect().await;
        // A name that is not the server's own, as another site's page has.
        wire.write("GET /sign-in HTTP/1.1\r\nHost: evil.example\r\n\r\n").await;
        assert!(wire.read_until("\r\n\r\n").await.starts_with("HTTP/1.1 421"));
        server.stopped().await;
    }

    async fn requests_under_way_are_answered_when_the_server_stops(database: TestDatabase) {
        let app = TestApp::new(database);
        app.world.owner("olive@moonlit.example").await;
        let server = Listening::begin(&app, Limits { last_wait: PATIENCE, ..Limits::default() }).await;
        let (mut idle, mut unused) = (server.connect().await, server.connect().await);
        idle.get("/health/live", "").await;
        idle.read_until("alive").await;
        unused.write("").await;
        let body = format!("form[email]=olive@moonlit.example&form[password]={}", PASSWORD.replace(' ', "+"));
        let mut busy = server.connect().await;
        busy.write(&format!(
            "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n",
            body.len()
        ))
        .await;
        // The server has begun to read the body.
        busy.read_until("100 Continue").await;
        server.say_stop.send(true).unwrap();
        assert_eq!(idle.read_to_end().await, "", "one that idles is closed at once");
        assert_eq!(unused.read_to_end().await, "");
        busy.write(&body).await;
        let told = busy.read_to_end().await;
        assert!(told.contains("HTTP/1.1 200") && told.contains("__Host-selltrac="), "{told}");
        let address = server.address;
        server.stopped().await;
        assert!(TcpStream::connect(address).await.is_err(), "nobody is taken any more");
    }

    async fn what_takes_too_long_is_cut_off_when_the_server_stops(database: TestDatabase) {
        let app = TestApp::new(database);
        let limits = Limits { stopping: SHORT, last_wait: PATIENCE * 10, ..Limits::default() };
        let server = Listening::begin(&app, limits).await;
        let mut busy = server.connect().await;
        busy.write("POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n").await;
        busy.read_until("100 Continue").await;
        server.stopped().await;
        assert_eq!(busy.read_to_end().await, "");
    }

    async fn what_is_slow_is_hardly_waited_for_when_the_server_stops(database: TestDatabase) {
        let app = TestApp::new(database);
        app.put_icon(64 * 1024 * 1024);
        let shop = app.shop("olive@moonlit.example").await;
        let business = shop.actor.business_id;
        let owner = app.member("olive@moonlit.example").await;
        let hour = Duration::from_secs(3_600);
        let limits = Limits {
            stopping: hour,
            head: hour,
            body_piece: hour,
            body: hour,
            unread_answer: hour,
            last_wait: SHORT,
            ..Limits::default()
        };
        let server = Listening::begin(&app, limits).await;
        let mut head = server.connect().await;
        head.write("GET /priv").await;
        let mut body = server.connect().await;
        body.write("POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n").await;
        body.read_until("100 Continue").await;
        // Also cut off: otherwise the server would not stop.
        let mut unread = server.connect().await;
        unread.get("/icon-512.png", "").await;
        unread.read_until("HTTP/1.1 200").await;
        // Of this one everything has come, and it has to wait its turn.
        let reading = &app.world.services.places.reading;
        let turn = reading.take_free(business).unwrap();
        let mut honest = server.connect().await;
        let paste = format!("sale={}&paste=Kim+Lee:+sold+C3", shop.sale);
        honest
            .write(&format!(
                "POST /api/sales/hold HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nContent-Length: {}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\r\n{paste}",
                owner.cookies(),
                paste.len()
            ))
            .await;
        let enters = async {
            while reading.entered(&business) < 2 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, enters).await.unwrap();
        server.say_stop.send_replace(true);
        assert_eq!(head.read_to_end().await, "");
        let told = body.read_to_end().await;
        assert!(told.contains("HTTP/1.1 503"), "{told}");
        // What has come whole is still waited for.
        drop(turn);
        let told = honest.read_to_end().await;
        assert!(told.contains("HTTP/1.1 200"), "{told}");
        server.stopped().await;
        drop(unread);
    }

    async fn jobs_are_given_back_while_a_request_is_still_waited_for(database: TestDatabase) {
        let app = TestApp::new(database);
        // Her invoice is due to be mailed.
        app.shop("olive@moonlit.example").await;
        let mut held = app.world.mailer.hold_next();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (say_stop, stop) = Stop::new();
        let hour = Duration::from_secs(3_600);
        let limits = Limits { stopping: hour, last_wait: hour, ending_jobs: Duration::ZERO, ..Limits::default() };
        let (config, services) = (app.config(), app.world.services.clone());
        let served =
            tokio::spawn(async move { serve_until(&config, services, listener, None, limits, stop).await });
        let mut busy = Wire(TcpStream::connect(address).await.unwrap());
        busy.write("POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n").await;
        busy.read_until("100 Continue").await;
        timeout(PATIENCE, held.arrived()).await.unwrap();
        say_stop.send_replace(true);
        timeout(PATIENCE, held.given_up()).await.unwrap();
        let mail = async || {
            let mails = job::Entity::find().filter(job::Column::Kind.eq("send-mail"));
            let mail = mails.one(app.world.services.database.read()).await.unwrap().unwrap();
            (mail.state, mail.tries, mail.lease_until)
        };
        let given_back = async { while mail().await.0 == "running" {} };
        timeout(PATIENCE, given_back).await.unwrap();
        assert!(!served.is_finished(), "the request is waited for");
        assert_eq!(mail().await, ("queued".into(), 0, None));
        busy.write("a").await;
        busy.read_to_end().await;
        timeout(PATIENCE, served).await.unwrap().unwrap().unwrap();
    }
}
