//! The application under test, and the kinds of people who use it.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, BodyDataStream},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use sea_orm::{EntityTrait, QueryOrder};
use server::{
    config::{Config, ProviderConfig},
    http::router,
    limits::Limits,
    stop::Stop,
};
use services::{
    Services,
    accounts::Actor,
    entities,
    invoices::bill::bill_everyone,
    payments::pay,
    sales::hold::hold,
    shipping::quote,
    testing::{TestDatabase, World, world::registration},
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower::ServiceExt;
use uuid::Uuid;

/// Where the application is reached, unless a test says otherwise.
pub const URL: &str = "https://shop.example";
/// The password of everybody who registers.
pub const PASSWORD: &str = "a quiet long password";

/// The real router on a world that the test holds in its hand.
pub struct TestApp {
    pub world: World,
    router: Router,
    /// Holds the site's files for as long as the test lasts.
    site: TempDir,
}

impl TestApp {
    /// An application without any business.
    pub fn new(database: TestDatabase) -> Self {
        Self::at(database, URL)
    }

    /// The same, reached at another address.
    pub fn at(database: TestDatabase, public_url: &str) -> Self {
        let world = World::at(database, public_url);
        let site = tempfile::tempdir().unwrap();
        std::fs::write(site.path().join("favicon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
        let router = router_of(world.services.clone(), site.path(), &Limits::default(), &Stop::never());
        TestApp { world, router, site }
    }

    /// The router of a server with bounds of its own, which may be told to stop.
    pub fn router(&self, limits: &Limits, stop: &Stop) -> Router {
        router_of(self.world.services.clone(), self.site.path(), limits, stop)
    }

    /// The same application within other bounds.
    pub fn within(mut self, limits: &Limits, stop: &Stop) -> Self {
        self.router = self.router(limits, stop);
        self
    }

    /// The settings of a server of it.
    pub fn config(&self) -> Config {
        config_of(&self.world.services, self.site.path())
    }

    /// How many files are on their way in.
    pub fn incoming(&self) -> usize {
        let entries = std::fs::read_dir(self.site.path().join("incoming")).unwrap();
        // Each server has a folder, and a locked file beside it.
        let folders = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        folders.map(|folder| std::fs::read_dir(folder).unwrap().count()).sum()
    }

    /// Waits until a file is on its way in, which is a little after its first piece was read.
    pub async fn one_comes_in(&self) {
        while !self.site.path().join("incoming").exists() || self.incoming() == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Puts a file of so many bytes among those of the site, as its largest icon.
    pub fn put_icon(&self, bytes: u64) {
        std::fs::File::create(self.site.path().join("icon-512.png")).unwrap().set_len(bytes).unwrap();
    }

    /// Somebody without a session.
    pub fn anonymous(&self) -> Client {
        Client { router: self.router.clone(), cookies: Arc::default() }
    }

    /// Somebody without a session, at a server of the same site that has other services.
    pub fn anonymous_at(&self, services: Services) -> Client {
        let router = router_of(services, self.site.path(), &Limits::default(), &Stop::never());
        Client { router, cookies: Arc::default() }
    }

    /// The owner of a business that was registered through the world, signed in through the door.
    pub async fn member(&self, email: &str) -> Client {
        let client = self.anonymous();
        let form = [("form[email]", email), ("form[password]", PASSWORD)];
        let answer = client.submit("/api/sign-in", "/sign-in", &form).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        client
    }

    /// A business in which something of everything exists: an item, a sale with claims and a comment for review, a
    /// customer, an invoice and a shipment whose label is bought.
    pub async fn shop(&self, email: &str) -> Shop {
        let actor = self.world.shop(email).await;
        let services = &self.world.services;
        let sale = self.world.sale(&actor).await;
        let paste = "Ana Ruiz: sold B27 x2\nAna Ruiz: sold C3\nKim Lee: sold A12";
        hold(services, &actor, sale, paste.into()).await.unwrap();
        let customer = self.world.introduce(&actor, "Ana Ruiz", "ana@buyers.example").await;
        bill_everyone(services, &actor).await.unwrap();
        let read = services.database.read();
        let invoices = entities::invoice::Entity::find().order_by_desc(entities::invoice::Column::Id);
        let invoice = invoices.one(read).await.unwrap().unwrap();
        let items = entities::item::Entity::find().order_by_desc(entities::item::Column::Id);
        let item = items.one(read).await.unwrap().unwrap().id;
        Shop { actor, sale, customer, item, invoice: invoice.id, token: invoice.token }
    }

    /// Serves it at a held port of this machine until the test ends. Gives the address.
    pub async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    /// Pays the shop's invoice and buys the label. Returns the shipment.
    pub async fn ship(&self, shop: &Shop) -> Uuid {
        let services = &self.world.services;
        pay::start(services, &shop.token, domain::payments::Gateway::Stripe).await.unwrap();
        self.world.gateway.pay();
        self.world.later(60_000).await;
        let shipments = entities::shipment::Entity::find().order_by_desc(entities::shipment::Column::Id);
        let shipment = shipments.one(services.database.read()).await.unwrap().unwrap().id;
        quote::ask(services, &shop.actor, shipment).await.unwrap();
        let rates = entities::rate::Entity::find().all(services.database.read()).await.unwrap();
        services::shipping::purchase::order(services, &shop.actor, shipment, rates[0].id).await.unwrap();
        self.world.work().await;
        shipment
    }
}

/// The router of a server whose settings are those of its services.
fn router_of(services: Services, site: &Path, limits: &Limits, stop: &Stop) -> Router {
    router(&config_of(&services, site), services, None, limits, stop)
}

fn config_of(services: &Services, site: &Path) -> Config {
    let provider = |url: &str| ProviderConfig { url: url.parse().unwrap() };
    Config {
        address: "127.0.0.1:0".parse().unwrap(),
        public_url: services.settings.public_url.parse().unwrap(),
        data: site.into(),
        database: String::new().into(),
        master_key: None,
        mail: None,
        // Where the world's gateway has its pages, to which buyers are sent.
        stripe: provider("https://gateway.example"),
        easypost: provider("http://127.0.0.1:9"),
        pictures: None,
        site_root: site.into(),
        workers: 1,
        registration: services.settings.registration,
        trusted_proxies: Default::default(),
        connections: 1_000,
        log_format: Default::default(),
    }
}

/// What [`TestApp::shop`] made.
pub struct Shop {
    pub actor: Actor,
    pub sale: Uuid,
    pub customer: Uuid,
    pub item: Uuid,
    pub invoice: Uuid,
    /// What the buyer's link ends with.
    pub token: String,
}

/// Somebody with a browser: their cookies are kept from one request to the next.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The `Set-Cookie` header of a cookie.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let values = self.headers.get_all(header::SET_COOKIE).iter();
        values.filter_map(|value| value.to_str().ok()).find(|value| value.starts_with(&format!("{name}=")))
    }
}

impl Client {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// Calls a server function that only reads, as the browser's code does.
    pub async fn ask(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "application/json").body(Body::empty()).unwrap())
            .await
    }

    /// Asks for data as the browser's code does.
    pub async fn get_json(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT, "application/json");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a browser without JavaScript does, from a page of this site.
    pub async fn submit(&self, path: &str, page: &str, fields: &[(&str, &str)]) -> Answer {
        let request = form(path)
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, URL)
            .header(header::REFERER, format!("{URL}{page}"));
        self.send(request.body(encoded(fields)).unwrap()).await
    }

    /// Calls a server function as the browser's code does.
    pub async fn call(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form(path).header(header::ACCEPT, "application/json").body(encoded(fields)).unwrap()).await
    }

    /// Fetches a file, with its bytes as they are.
    pub async fn fetch(&self, path: &str) -> (Answer, Vec<u8>) {
        self.exchange(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// An answer that does not end: a stream of events, as it comes.
    pub async fn listen(&self, path: &str) -> BodyDataStream {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        self.show_cookies(&mut request);
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.into_body().into_data_stream()
    }

    /// Sends a request with this client's cookies and keeps those that come back.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.exchange(request).await.0
    }

    async fn exchange(&self, mut request: Request<Body>) -> (Answer, Vec<u8>) {
        self.show_cookies(&mut request);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            match value {
                "" => cookies.remove(name),
                value => cookies.insert(name.into(), value.into()),
            };
        }
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        (Answer { status: parts.status, headers: parts.headers, body }, bytes)
    }

    fn show_cookies(&self, request: &mut Request<Body>) {
        let cookies = self.cookies.lock().unwrap().clone();
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, pairs.join("; ").parse().unwrap());
        }
    }

    /// All cookies that this client holds, as a header.
    pub fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The value of a cookie that this client holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }
}

fn form(path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn encoded(fields: &[(&str, &str)]) -> Body {
    Body::from(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
}

/// The fields of a registration that is well formed.
pub fn registration_fields(email: &str) -> Vec<(&'static str, String)> {
    let form = registration(email);
    vec![
        ("form[name]", form.name),
        ("form[business_name]", form.business_name),
        ("form[email]", form.email),
        ("form[password]", form.password),
        ("form[address][line1]", form.address.line1),
        ("form[address][line2]", form.address.line2),
        ("form[address][city]", form.address.city),
        ("form[address][region]", form.address.region),
        ("form[address][postal_code]", form.address.postal_code),
        ("form[address][country]", form.address.country),
        ("form[currency]", form.currency),
        ("form[weight_unit]", form.weight_unit),
    ]
}

/// What is logged on this thread while it lives.
pub struct Log {
    file: tempfile::NamedTempFile,
    _listening: tracing::subscriber::DefaultGuard,
}

impl Log {
    pub fn listen() -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = Arc::new(file.reopen().unwrap());
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
        Log { file, _listening: tracing::subscriber::set_default(subscriber) }
    }

    pub fn read(&self) -> String {
        std::fs::read_to_string(self.file.path()).unwrap()
    }
}
