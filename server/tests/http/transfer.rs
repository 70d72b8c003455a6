//! Files in and files out, as browsers send and fetch them.

use std::{io::Read, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::transfer::MAX_FILE_BYTES;
use sea_orm::EntityTrait;
use server::{limits::Limits, stop::Stop};
use services::{database_tests, entities::import};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::app::{Client, TestApp, URL};

const BOUNDARY: &str = "a-boundary-of-the-test";
const ITEMS: &str = "code,title,price,quantity\nR1,Moon ring,24.00,2\nR2,=cmd(),9.00,1\n";

/// The form with a file, as a browser sends it.
pub fn upload(name: &str, bytes: &[u8]) -> Request<Body> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    request().body(Body::from(body)).unwrap()
}

fn request() -> axum::http::request::Builder {
    Request::builder()
        .method(Method::POST)
        .uri("/import/file")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, URL)
}

/// Sends a file and gives the path it leads to.
pub async fn sent(client: &Client, name: &str, bytes: &[u8]) -> String {
    let answer = client.send(upload(name, bytes)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header(header::LOCATION).to_owned()
}

database_tests! {
    async fn a_file_is_imported_with_plain_forms_alone(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let page = owner.get("/import").await;
        assert!(page.body.contains("64 MB"), "the limit is stated");
        let path = sent(&owner, "ring's \"file\".csv", ITEMS.as_bytes()).await;
        let id = path.strip_prefix("/import/").unwrap().to_owned();
        let page = owner.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("form[fields][3]") && page.body.contains("Moon ring"), "{}", page.body);

        let columns = |last: &'static str| vec![
            ("id", id.as_str()), ("form[subject]", "items"), ("form[has_heading]", "true"), ("form[dates]", ""),
            ("form[weight_unit]", "oz"), ("form[fields][0]", "code"), ("form[fields][1]", "title"),
            ("form[fields][2]", "price"), ("form[fields][3]", last),
        ];
        let wrong = owner.submit("/api/import/check", &path, &columns("price")).await;
        assert_eq!(wrong.status, StatusCode::FOUND);
        let page = owner.get(&path).await;
        assert!(page.body.contains("This stands here twice."), "{}", page.body);
        owner.submit("/api/import/check", &path, &columns("quantity")).await;
        app.world.work().await;
        let page = owner.get(&path).await;
        assert!(page.body.contains("Import 2 items"), "{}", page.body);
        owner.submit("/api/import/start", &path, &[("id", &id)]).await;
        app.world.work().await;
        assert!(owner.get(&path).await.body.contains("Undo the import"));
        assert!(owner.get("/stock").await.body.contains("Moon ring"));
        owner.submit("/api/import/undo", &path, &[("id", &id)]).await;
        app.world.work().await;
        assert!(owner.get(&path).await.body.contains("Everything is as it was before"));
    }

    async fn files_that_are_refused_lead_back_with_the_reason(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        for (name, bytes, word) in [
            ("", &b""[..], "no-file"),
            ("empty.csv", b"", "empty"),
            ("picture.png", b"\x89PNG\r\n\x1A\n\x00\x00", "not-a-table"),
            ("bad.xlsx", b"PK\x03\x04", "broken-workbook"),
        ] {
            assert_eq!(sent(&owner, name, bytes).await, format!("/import?problem={word}"));
        }
        let page = owner.get("/import?problem=not-a-table").await;
        assert!(page.body.contains("This is no table."), "{}", page.body);
        let damaged = owner.send(request().body(Body::from("nonsense")).unwrap()).await;
        assert_eq!(damaged.status, StatusCode::BAD_REQUEST);
        assert!(import::Entity::find().all(app.world.services.database.read()).await.unwrap().is_empty());
    }

    async fn a_file_that_is_too_large_is_refused_and_nothing_of_it_is_kept(database: TestDatabase) {
        let app = TestApp::new(database);
        app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        // Of what does not say how large it is nothing is kept as soon as it is too much, though it comes to its end.
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.csv\"\r\n\r\n");
        let piece = vec![b'x'; 1024 * 1024];
        let (pieces, receiver) = mpsc::channel(1);
        let sending = async {
            pieces.send(Ok::<_, std::io::Error>(head.into_bytes())).await.unwrap();
            for sent in 1..=100 {
                pieces.send(Ok(piece.clone())).await.unwrap();
                // One is on its way, and one more is taken.
                if sent == MAX_FILE_BYTES / (1024 * 1024) {
                    assert_eq!(app.incoming(), 1);
                }
            }
            assert_eq!(app.incoming(), 0);
            drop(pieces);
        };
        let large = request().body(Body::from_stream(ReceiverStream::new(receiver))).unwrap();
        let (answer, ()) = tokio::join!(owner.send(large), sending);
        assert_eq!(answer.header(header::LOCATION), "/import?problem=too-large", "{}", answer.body);
        // Everything else keeps its own limit.
        let form = vec![("form[title]", "x"); 2_000_000];
        assert_eq!(owner.submit("/api/sales/hold", "/sell/new", &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        // What says how large it is is refused, whether or not anything of it comes.
        let unread = Body::from_stream(tokio_stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let large = request().header(header::CONTENT_LENGTH, 200 * 1024 * 1024).body(unread).unwrap();
        let impatient = Limits { body_piece: Duration::from_millis(20), ..Limits::default() };
        let app = app.within(&impatient, &Stop::never());
        let answer = app.member("olive@moonlit.example").await.send(large).await;
        assert_eq!(answer.header(header::LOCATION), "/import?problem=too-large");
    }

    async fn strangers_and_other_sites_send_and_fetch_nothing(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.world.shop("wanda@elsewhere.example").await;
        let nobody = app.anonymous();
        for path in ["/export/items.csv", "/export/customers.xlsx", "/export/everything.zip"] {
            let answer = nobody.get(path).await;
            assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/sign-in"), "{path}");
        }
        let answer = nobody.send(upload("items.csv", ITEMS.as_bytes())).await;
        assert_eq!(answer.header(header::LOCATION), "/sign-in");
        let owner = app.member("olive@moonlit.example").await;
        let mut crossed = upload("items.csv", ITEMS.as_bytes());
        crossed.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
        assert_eq!(owner.send(crossed).await.status, StatusCode::FORBIDDEN);
        let path = sent(&owner, "items.csv", ITEMS.as_bytes()).await;
        let stranger = app.member("wanda@elsewhere.example").await;
        assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
        let theirs = stranger.get("/export/customers.csv").await.body;
        assert!(!theirs.contains("Ana Ruiz"), "{theirs}");
        assert!(owner.get("/export/customers.csv").await.body.contains("Ana Ruiz"));
        assert_eq!(owner.get("/export/nothing.csv").await.status, StatusCode::NOT_FOUND);
        assert_eq!(owner.get("/export/items.pdf").await.status, StatusCode::NOT_FOUND);
        let _ = shop;
    }

    async fn everything_can_be_taken_along(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.ship(&shop).await;
        let owner = app.member("olive@moonlit.example").await;
        let page = owner.get("/export").await;
        assert!(page.body.contains("/export/everything.zip"), "{}", page.body);
        let (_, zip) = owner.fetch("/export/everything.zip").await;
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        let mut told = Vec::new();
        for index in 0..zip.len() {
            let mut file = zip.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
            for cell in rows.iter().flatten() {
                assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{cell}");
            }
            told.push((file.name().unwrap().into_owned(), rows.len()));
        }
        let expected = [
            ("items", 4), ("customers", 1), ("past-sales", 0), ("claims", 2), ("invoices", 2), ("payments", 1), ("shipments", 1),
        ];
        for (kind, rows) in expected {
            assert!(told.contains(&(format!("selltrac-{kind}.csv"), rows)), "{kind}: {told:?}");
        }
        assert_eq!(told.len(), 8);
        let answer = owner.get("/export/items.csv").await;
        assert_eq!(answer.header(header::CONTENT_DISPOSITION), "attachment; filename=\"selltrac-items.csv\"");
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
        let (_, workbook) = owner.fetch("/export/invoices.xlsx").await;
        assert!(workbook.starts_with(b"PK"));
    }
}
