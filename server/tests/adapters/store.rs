//! The two stores for files, each asked the same: a folder, and a bucket whose service is a small stand-in on this machine.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use server::adapters::store::{Bucket, BucketCredentials, BucketSettings, Folder};
use services::ports::{PortError, Store};
use tokio::{io::AsyncReadExt, net::TcpListener};

const SECRET: &str = "a very secret key";

/// What the stand-in holds, and the headers of the last request.
#[derive(Clone, Default)]
struct Service {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    headers: Arc<Mutex<HeaderMap>>,
}

async fn put(
    State(service): State<Service>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    service.files.lock().unwrap().insert(key, body.to_vec());
    *service.headers.lock().unwrap() = headers;
    [("etag", "\"1\"")].into_response()
}

async fn fetch(State(service): State<Service>, Path(key): Path<String>) -> Response {
    match service.files.lock().unwrap().get(&key) {
        Some(file) => {
            let headers = [("etag", "\"1\""), ("last-modified", "Mon, 23 Nov 2026 09:15:00 GMT")];
            (headers, file.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn delete(State(service): State<Service>, Path(key): Path<String>) -> StatusCode {
    service.files.lock().unwrap().remove(&key);
    StatusCode::NO_CONTENT
}

async fn list(State(service): State<Service>, Query(query): Query<BTreeMap<String, String>>) -> String {
    let prefix = query.get("prefix").cloned().unwrap_or_default();
    let files = service.files.lock().unwrap();
    let found = files.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(key, file)| {
        format!(
            "<Contents><Key>{key}</Key><LastModified>2026-11-23T09:15:00.000Z</LastModified><ETag>\"1\"</ETag><Size>{}</Size></Contents>",
            file.len()
        )
    });
    let found: String = found.collect();
    format!(
        "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
    )
}

/// A bucket named `shop` whose service is the stand-in.
async fn bucket(service: Service) -> Bucket {
    let router = Router::new()
        .route("/shop", get(list))
        .route("/shop/", get(list))
        .route("/shop/{*key}", get(fetch).put(put).delete(delete))
        .with_state(service);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Bucket::new(&BucketSettings {
        url: "s3://shop/live".parse().unwrap(),
        endpoint: Some(endpoint.parse().unwrap()),
        region: "us-east-1".into(),
        credentials: Some(BucketCredentials { key_id: "shop".into(), secret: SECRET.into() }),
    })
    .unwrap()
}

/// What every store does.
async fn keeps_files(store: &dyn Store) {
    assert!(matches!(store.get("a/b/ring-96.jpg").await, Err(PortError::Gone(_))));
    assert_eq!(store.list("a/b").await, Ok(vec![]));
    store.put("a/b/ring-96.jpg", vec![7; 100_000]).await.unwrap();
    store.put("a/b/ring-320.jpg", vec![8; 3]).await.unwrap();
    store.put("a/c/tower-96.jpg", vec![9]).await.unwrap();
    store.put("a/b/ring-96.jpg", vec![7; 100_000]).await.unwrap();
    assert_eq!(store.get("a/b/ring-320.jpg").await, Ok(vec![8; 3]));
    let mut file = store.open("a/b/ring-96.jpg").await.unwrap();
    let mut content = Vec::new();
    file.content.read_to_end(&mut content).await.unwrap();
    assert_eq!((file.length, content), (100_000, vec![7; 100_000]));
    let mut listed = store.list("a/b").await.unwrap();
    listed.sort();
    assert_eq!(listed, ["a/b/ring-320.jpg", "a/b/ring-96.jpg"]);
    for key in listed {
        store.delete(&key).await.unwrap();
        store.delete(&key).await.unwrap();
    }
    assert!(matches!(store.open("a/b/ring-96.jpg").await, Err(PortError::Gone(_))));
    assert_eq!(store.get("a/c/tower-96.jpg").await, Ok(vec![9]));
}

#[tokio::test]
async fn a_folder_keeps_files_and_nothing_outside_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("pictures");
    let store = Folder::new(&root);
    keeps_files(&store).await;
    assert!(!root.join("a/b").exists(), "an empty folder goes with its last file");
    assert_eq!(std::fs::read_dir(root.join("a/c")).unwrap().count(), 1, "nothing is left beside a file");
    std::fs::write(folder.path().join("master.key"), "secret").unwrap();
    for key in ["../master.key", "a/../../master.key", "/etc/passwd", "a//b", "", ".hidden", "a\\b"] {
        assert!(matches!(store.get(key).await, Err(PortError::Gone(_))), "{key}");
        assert!(store.put(key, vec![1]).await.is_err(), "{key}");
    }
}

#[tokio::test]
async fn a_bucket_keeps_files_in_its_folder_and_tells_no_secret() {
    let service = Service::default();
    let store = bucket(service.clone()).await;
    keeps_files(&store).await;
    let keys: Vec<String> = service.files.lock().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["live/a/c/tower-96.jpg"]);
    let headers = format!("{:?}", service.headers.lock().unwrap());
    assert!(headers.contains("AWS4-HMAC-SHA256") && !headers.contains(SECRET), "{headers}");
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_told_without_its_address() {
    let settings = BucketSettings {
        url: "s3://shop".parse().unwrap(),
        endpoint: Some("http://127.0.0.1:9".parse().unwrap()),
        region: "us-east-1".into(),
        credentials: Some(BucketCredentials { key_id: "shop".into(), secret: SECRET.into() }),
    };
    assert!(!format!("{settings:?}").contains(SECRET));
    for url in ["https://shop.example/", "s3:///folder", "s3://shop?x=1"] {
        assert!(
            Bucket::new(&BucketSettings { url: url.parse().unwrap(), ..settings.clone() }).is_err(),
            "{url}"
        );
    }
    let error = Bucket::new(&settings).unwrap().get("a/b").await.unwrap_err();
    assert!(error.is_passing() && !error.to_string().contains("127.0.0.1"), "{error}");
}
