//! Pictures: what is taken in, what is refused and how, and how they are served.

use std::io::Cursor;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use image::{DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage};
use services::database_tests;
use uuid::Uuid;

use super::app::{Answer, Client, TestApp, URL};

const BOUNDARY: &str = "a-boundary-that-no-picture-holds";

/// A picture whose left half is red and whose right half is blue.
fn two_colours(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(
        width,
        height,
        |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) },
    )
    .into()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A JPEG with a camera's notes: that it was held on its side (6: to be turned clockwise), and where it was taken.
fn with_notes(jpeg: &[u8]) -> Vec<u8> {
    let mut notes = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    notes.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    notes.extend(b"\x01\x0F\0\x02\0\0\0\x12\0\0\0\x26");
    notes.extend(b"\0\0\0\0SecretCamera51.5N\0");
    let length = u16::try_from(notes.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &notes, &jpeg[2..]].concat()
}

/// The header of a PNG of so many pixels, and nothing of its content.
fn claims_to_be(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(13_u32.to_be_bytes());
    file.extend(&chunk);
    file.extend(crc(&chunk).to_be_bytes());
    file.extend(b"\0\0\0\x01IDAT\0");
    file.extend(crc(b"IDAT\0").to_be_bytes());
    file
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 },
        )
    })
}

fn form(files: &[(&str, &[u8])]) -> Body {
    let mut body = Vec::new();
    for (name, content) in files {
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"pictures\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    Body::from(body)
}

async fn send(client: &Client, item: Uuid, accept: &str, files: &[(&str, &[u8])]) -> Answer {
    let request = Request::post(format!("/stock/{item}/pictures"))
        .header(header::ACCEPT, accept)
        .header(header::ORIGIN, URL)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    client.send(request.body(form(files)).unwrap()).await
}

/// The addresses of the pictures on a page, in the square size.
fn addresses(html: &str) -> Vec<String> {
    html.split("src=\"/pictures/")
        .skip(1)
        .map(|rest| format!("/pictures/{}", rest.split('"').next().unwrap()))
        .collect()
}

fn decoded(file: &[u8]) -> RgbImage {
    ImageReader::with_format(Cursor::new(file), ImageFormat::Jpeg).decode().unwrap().into_rgb8()
}

database_tests! {
    async fn a_picture_is_turned_stripped_resized_and_served_to_anybody(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let photo = with_notes(&encoded(&two_colours(2400, 1800), ImageFormat::Jpeg));
        assert!(String::from_utf8_lossy(&photo).contains("SecretCamera"));
        let answer = send(&owner, shop.item, "application/json", &[("ring.jpg", &photo)]).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, r#"{"added":1,"refused":[]}"#));

        let files: Vec<_> = app.world.store.keys();
        assert_eq!(files.len(), 3, "{files:?}");
        for key in &files {
            let file = services::ports::Store::get(&app.world.store, key).await.unwrap();
            assert!(!String::from_utf8_lossy(&file).contains("SecretCamera"), "{key} keeps the camera's notes");
            assert!(!file.windows(4).any(|four| four == b"Exif"), "{key}");
        }
        let page = owner.get(&format!("/stock/{}", shop.item)).await;
        let card = addresses(&page.body).pop().unwrap();
        let full = card.replace("-320.jpg", "-1600.jpg");
        let stranger = app.anonymous();
        for (address, width, height) in [(card.clone(), 320, 320), (full, 1200, 1600), (card.replace("-320", "-96"), 96, 96)] {
            let (answer, file) = stranger.fetch(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            assert_eq!(answer.header(header::CONTENT_TYPE), "image/jpeg");
            assert_eq!(answer.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
            assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
            assert!(answer.header(header::CONTENT_SECURITY_POLICY).starts_with("default-src 'none'"));
            let picture = decoded(&file);
            assert_eq!(picture.dimensions(), (width, height), "{address}");
            // What was left of a camera held on its side is above now.
            let (above, below) = (picture.get_pixel(width / 2, height / 4).0, picture.get_pixel(width / 2, height * 3 / 4).0);
            assert!(above[0] > 180 && above[2] < 80, "{address}: {above:?}");
            assert!(below[2] > 180 && below[0] < 80, "{address}: {below:?}");
        }
    }

    async fn what_is_no_picture_is_refused_by_name_and_the_others_are_kept(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let good = encoded(&two_colours(40, 30), ImageFormat::Png);
        let webp = encoded(&two_colours(30, 40), ImageFormat::WebP);
        let wide = claims_to_be(30_000, 20);
        let bomb = claims_to_be(15_000, 15_000);
        let large = vec![0_u8; 25 * 1024 * 1024 + 1];
        let cut = &good[..good.len() / 2];
        let files: Vec<(&str, &[u8])> = vec![
            ("good.png", &good), ("notes.txt", b"not a picture"), ("script.svg", b"<svg onload='alert(1)'/>"), ("page.jpg", b"<html>"),
            ("wide.png", &wide), ("bomb.png", &bomb), ("large.jpg", &large), ("cut.png", cut),
            ("../../phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0"), ("", b""), ("good.webp", &webp),
        ];
        let answer = send(&owner, shop.item, "application/json", &files).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let uploaded: domain::inventory::pictures::Uploaded = serde_json::from_str(&answer.body).unwrap();
        let refused: Vec<String> =
            uploaded.refused.iter().map(|file| format!("{}: {}", file.field, file.code.message())).collect();
        assert_eq!(uploaded.added, 2, "{refused:?}");
        assert_eq!(refused, [
            "notes.txt: This cannot be read as a picture. JPEG, PNG and WebP can.",
            "script.svg: This cannot be read as a picture. JPEG, PNG and WebP can.",
            "page.jpg: This cannot be read as a picture. JPEG, PNG and WebP can.",
            "wide.png: This picture is too large. At most 50 million pixels, please.",
            "bomb.png: This picture is too large. At most 50 million pixels, please.",
            "large.jpg: A file has at most 25 MB, please.",
            "cut.png: This cannot be read as a picture. JPEG, PNG and WebP can.",
            "phone.heic: This is a HEIC picture, which few devices can show. Save it as JPEG, please.",
        ]);
        assert_eq!(app.world.store.keys().len(), 6, "two pictures in three sizes, and nothing of the others");
        let nothing = send(&owner, shop.item, "application/json", &[("notes.txt", b"text")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn without_javascript_the_page_tells_what_became_of_the_files(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let good = encoded(&two_colours(40, 30), ImageFormat::Png);
        let answer = send(&owner, shop.item, "text/html", &[("good.png", &good), ("notes.txt", b"text")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(answer.header(header::LOCATION), format!("/stock/{}#pictures", shop.item));
        let page = owner.get(&format!("/stock/{}", shop.item)).await;
        assert!(page.body.contains("1 picture was added."), "{}", page.body);
        assert!(page.body.contains("notes.txt: This cannot be read as a picture."));
        assert!(!owner.get(&format!("/stock/{}", shop.item)).await.body.contains("was added"), "it is told once");
        let none = send(&owner, shop.item, "text/html", &[("", b"")]).await;
        assert_eq!(none.status, StatusCode::SEE_OTHER);
        assert!(owner.get(&format!("/stock/{}", shop.item)).await.body.contains("Pictures: Please fill this in."));
    }

    async fn only_the_own_business_adds_pictures_and_only_from_its_own_pages(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        app.world.owner("rival@other.example").await;
        let rival = app.member("rival@other.example").await;
        let good = encoded(&two_colours(40, 30), ImageFormat::Png);
        let files: [(&str, &[u8]); 1] = [("good.png", &good)];
        assert_eq!(send(&rival, shop.item, "application/json", &files).await.status, StatusCode::NOT_FOUND);
        assert_eq!(send(&app.anonymous(), shop.item, "application/json", &files).await.status, StatusCode::UNAUTHORIZED);
        let door = send(&app.anonymous(), shop.item, "text/html", &files).await;
        assert_eq!(door.header(header::LOCATION), "/sign-in");
        let owner = app.member("olive@moonlit.example").await;
        let from_afar = Request::post(format!("/stock/{}/pictures", shop.item))
            .header("sec-fetch-site", "cross-site")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
        assert_eq!(owner.send(from_afar.body(form(&files)).unwrap()).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.world.store.keys(), Vec::<String>::new());
        for name in ["nothing", "..%2F..%2Fmaster.key", "short-96.jpg", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-96.jpg"] {
            assert_eq!(app.anonymous().get(&format!("/pictures/{name}")).await.status, StatusCode::NOT_FOUND, "{name}");
        }
    }

    async fn a_buyer_sees_the_picture_of_what_was_won(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let owner = app.member("olive@moonlit.example").await;
        let buyer = app.anonymous();
        let address = format!("/pay/{}", shop.token);
        assert_eq!(addresses(&buyer.get(&address).await.body), Vec::<String>::new());
        let good = encoded(&two_colours(40, 30), ImageFormat::Png);
        let files: [(&str, &[u8]); 1] = [("good.png", &good)];
        let items = owner.get("/stock").await.body;
        for item in items.split("href=\"/stock/").skip(1).filter_map(|rest| Uuid::parse_str(rest.get(..36)?).ok()) {
            assert_eq!(send(&owner, item, "application/json", &files).await.status, StatusCode::OK);
        }
        let shown = addresses(&buyer.get(&address).await.body);
        assert!(!shown.is_empty(), "the page shows what was won");
        for picture in shown {
            assert_eq!(buyer.get(&picture).await.status, StatusCode::OK);
        }
        assert_eq!(addresses(&owner.get("/stock").await.body).len(), 3, "so does the list of items");
    }
}
