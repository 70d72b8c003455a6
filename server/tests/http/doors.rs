//! Every door that changes something: shut to strangers and to other sites, open to the own pages.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use services::{database_tests, entities};
use uuid::Uuid;

use super::app::{Answer, Client, PASSWORD, Shop, TestApp, URL};

/// Server functions that let people in, and one that lets them out.
const OPEN: [&str; 3] = ["/api/sign-in", "/api/register", "/api/sign-out"];

/// Where a request may come from that is not one of the own pages.
const ELSEWHERE: [(&str, &str); 5] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("origin", "https://evil.example"),
    ("origin", "https://shop.example.evil.example"),
    ("origin", "null"),
];

/// Fields in which every server function finds its arguments: each takes those that it knows.
fn fields(shop: &Shop, shipment: Uuid) -> String {
    let [sale, customer, item, shipment] =
        [shop.sale, shop.customer, shop.item, shipment].map(|id| id.to_string());
    let pairs = [
        ("id", customer.as_str()),
        ("sale", &sale),
        ("claim", &sale),
        ("comment", &sale),
        ("variant", &item),
        ("quantity", "1"),
        ("paste", "Ana Ruiz: sold C3"),
        ("closed", "true"),
        ("archived", "true"),
        ("blocked", "true"),
        ("merge", &sale),
        ("one", &customer),
        ("other", &sale),
        ("part", "claims"),
        ("packaging_id", &shipment),
        ("rate_id", &shipment),
        ("provider", "stripe"),
        ("back", ""),
        ("next", ""),
        ("search", ""),
        ("after", ""),
        ("blind", "true"),
        ("code", "C3"),
        ("item", &item),
        ("list", "stock"),
        ("movement", &sale),
        ("rate", "1.00"),
        ("removed", "true"),
        ("stock", "1"),
        ("to", "0"),
        ("query[search]", ""),
        ("query[sale]", ""),
        ("query[after]", ""),
        ("form[name]", "Changed from afar"),
        ("form[business_name]", "Afar"),
        ("form[email]", "afar@other.example"),
        ("form[password]", PASSWORD),
        ("form[key]", "rk_test_invented1234"),
        ("form[code]", "Z9"),
        ("form[title]", "Afar"),
        ("form[price]", "1.00"),
        ("form[weight]", "1"),
        ("form[length]", "1"),
        ("form[width]", "1"),
        ("form[height]", "1"),
        ("form[variants][0][quantity]", "1"),
        ("form[address][line1]", "1 Far Street"),
        ("form[address][city]", "Austin"),
        ("form[address][postal_code]", "78701"),
        ("form[address][country]", "US"),
        ("form[address][region]", "TX"),
        ("form[currency]", "USD"),
        ("form[weight_unit]", "oz"),
        ("form[shipping_fee]", "9.00"),
        ("form[preset]", "us"),
        ("form[platform]", "facebook"),
        ("form[order]", "oldest-first"),
    ];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn functions() -> Vec<(&'static str, Method)> {
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 30, "only {} functions are known", functions.len());
    functions
}

async fn post(client: &Client, path: &str, from: (&str, &str), fields: &str) -> Answer {
    let request = Request::post(path)
        .header(header::HOST, "shop.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .header(from.0, from.1);
    client.send(request.body(Body::from(fields.to_owned())).unwrap()).await
}

/// What a request that was let through would change: the revision that every write of a business raises, and the rows
/// that are written outside of a business.
async fn state(app: &TestApp) -> (Vec<i64>, [u64; 4], u32) {
    let read = app.world.services.database.read();
    let businesses = entities::business::Entity::find().all(read).await.unwrap();
    let rows = [
        entities::session::Entity::find().count(read).await.unwrap(),
        entities::member::Entity::find().count(read).await.unwrap(),
        entities::sign_in_try::Entity::find().count(read).await.unwrap(),
        entities::attempt::Entity::find().count(read).await.unwrap(),
    ];
    (businesses.iter().map(|business| business.revision).collect(), rows, app.world.gateway.created())
}

database_tests! {
    async fn a_stranger_with_all_the_right_arguments_is_refused(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let shipment = app.ship(&shop).await;
        let (stranger, fields) = (app.anonymous(), fields(&shop, shipment));
        let before = state(&app).await;
        let mut let_in = Vec::new();
        for (path, method) in functions() {
            if OPEN.contains(&path) {
                continue;
            }
            let answer = match method {
                // An order of tags is asked for, an order of comments is set.
                Method::GET => stranger.get_json(&format!("{path}?{fields}&order%5Bpicks%5D=")).await,
                _ => post(&stranger, path, ("origin", URL), &format!("{fields}&order=oldest-first")).await,
            };
            if (answer.status, answer.body.as_str()) != (StatusCode::UNAUTHORIZED, r#"{"code":"sign-in-needed"}"#) {
                let_in.push(format!("{path}: {} {}", answer.status, answer.body));
            }
        }
        assert_eq!(let_in, Vec::<String>::new());
        assert_eq!(state(&app).await, before);
    }

    async fn nothing_that_another_site_sends_is_carried_out(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let fields = fields(&shop, shop.sale);
        let owner = app.member("olive@moonlit.example").await;
        let changing = functions().into_iter().filter(|(_, method)| *method != Method::GET);
        let mut paths: Vec<String> = changing.map(|(path, _)| path.to_owned()).collect();
        paths.extend([format!("/pay/{}/stripe", shop.token), "/demo/enter".to_owned()]);
        let before = state(&app).await;
        for path in &paths {
            for from in ELSEWHERE {
                let answer = post(&owner, path, from, &fields).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {from:?}");
            }
        }
        assert_eq!(state(&app).await, before);
        assert_eq!(owner.get("/stock").await.status, StatusCode::OK, "the session was not ended");

        // The same requests from the own pages are carried out, so it was the origin that was refused.
        for from in [("origin", URL), ("sec-fetch-site", "same-origin")] {
            let (before, _, _) = state(&app).await;
            let answer = post(&owner, "/api/customers/save", from, &fields).await;
            assert_eq!(answer.status, StatusCode::OK, "{from:?}: {}", answer.body);
            assert_ne!(state(&app).await.0, before, "{from:?}");
        }
        let page = post(&app.anonymous(), &format!("/pay/{}/stripe", shop.token), ("origin", URL), "").await;
        assert_eq!((page.status, app.world.gateway.created()), (StatusCode::SEE_OTHER, 1));
    }

    async fn what_changes_something_says_that_it_wants_a_form(database: TestDatabase) {
        let app = TestApp::new(database);
        let shop = app.shop("olive@moonlit.example").await;
        let fields = fields(&shop, shop.sale);
        let owner = app.member("olive@moonlit.example").await;
        let before = state(&app).await;
        for (path, method) in functions() {
            if method == Method::GET {
                continue;
            }
            let answer = owner.get_json(&format!("{path}?{fields}")).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}: {}", answer.body);
            assert_eq!(answer.header(header::ALLOW), "POST", "{path}");
        }
        assert_eq!(state(&app).await, before);
    }
}
