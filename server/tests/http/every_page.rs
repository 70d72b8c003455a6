//! Every page of the routes, in a shop where something of everything exists.

use std::sync::{
    Arc, Once,
    atomic::{AtomicUsize, Ordering},
};

use axum::http::{StatusCode, header};
use domain::{
    customers::{CustomerForm, history::Part},
    inventory::{MaterialForm, count::CountForm},
    sales::SaleForm,
    shipping::PackagingForm,
};
use services::{
    customers, database_tests, inventory, invoices::bill::bill_everyone, jobs::stuck, ports::PortError,
    sales, shipping,
};
use tokio::{sync::Semaphore, task::JoinSet};
use uuid::Uuid;

use super::{
    app::{Client, Shop, TestApp},
    transfer::sent,
};

/// The owner of [`Everything`].
pub const OWNER: &str = "olive@moonlit.example";

/// A shop in which whatever a page can be about exists and has a name that ends with the same word.
pub struct Everything {
    pub shop: Shop,
    item: Uuid,
    shipment: Uuid,
    variant: Uuid,
    count: Uuid,
    material: Uuid,
    packaging: Uuid,
    other_customer: Uuid,
    import: String,
    stuck: Uuid,
}

impl Everything {
    /// The shop, whose things are called so.
    pub async fn called(app: &TestApp, word: &str) -> Self {
        let shop = app.shop(OWNER).await;
        let (services, actor) = (&app.world.services, &shop.actor);
        let form = SaleForm {
            title: format!("Friday {word}"),
            ..sales::sale::form(services, actor, shop.sale).await.unwrap()
        };
        sales::sale::edit(services, actor, shop.sale, &form).await.unwrap();
        let item = app.world.item(actor, "H1", &format!("Ring {word}"), "7.00", &[("", "9")]).await;
        // The name of a buyer is whatever a platform shows.
        let paste = format!("Ana Ruiz: sold H1 x2\nAna Ruiz: what about H1 {word}?");
        sales::hold::hold(services, actor, shop.sale, paste).await.unwrap();
        bill_everyone(services, actor).await.unwrap();
        let variant = app.world.variant(actor, "H1", "").await;
        // No mail of the shop goes out, so something is stuck.
        app.world.mailer.fail_always(Some(PortError::Refused("550".into())));
        let shipment = app.ship(&shop).await;
        app.world.mailer.fail_always(None);
        let stuck = stuck::view(services, actor, "").await.unwrap().stuck.rows[0].id;
        let named = |name: String| CustomerForm { name, ..Default::default() };
        let kept = customers::customer::view(services, actor, shop.customer).await.unwrap().form;
        let renamed = CustomerForm { name: format!("Ana {word}"), ..kept };
        customers::customer::save(services, actor, shop.customer, &renamed).await.unwrap();
        let other_customer =
            customers::customer::create(services, actor, &named(format!("Kim {word}"))).await.unwrap();
        let count = CountForm { search: format!("Ring {word}"), blind: String::new() };
        let count = inventory::count::begin(services, actor, &count).await.unwrap();
        let material =
            MaterialForm { name: format!("Silver {word}"), unit: "g".into(), ..Default::default() };
        let material = inventory::material::save(services, actor, None, &material).await.unwrap();
        let packaging = PackagingForm {
            name: format!("Box {word}"),
            weight: "0.6".into(),
            length: "23".into(),
            width: "15".into(),
            height: "3".into(),
            ..Default::default()
        };
        shipping::packaging::add(services, actor, &packaging).await.unwrap();
        let packagings = shipping::packaging::list(services, actor).await.unwrap();
        let packaging = packagings.iter().find(|packaging| packaging.name.starts_with("Box")).unwrap().id;
        let owner = app.member(OWNER).await;
        let file = format!("code,title,price\nR1,Moon {word},24.00\n");
        let import = sent(&owner, &format!("Items {word}.csv"), file.as_bytes()).await;
        Everything {
            shop,
            item,
            shipment,
            variant,
            count,
            material,
            packaging,
            other_customer,
            import,
            stuck,
        }
    }

    /// The addresses of a route of the signed-in house, as the router writes it: `/sell/{id}`.
    pub fn addresses(&self, route: &str) -> Vec<String> {
        let Shop { sale, customer, invoice, .. } = &self.shop;
        let (item, variant, other) = (self.item, self.variant, self.other_customer);
        match route {
            "/sell/{id}" => vec![format!("/sell/{sale}")],
            "/sell/{id}/replies" => vec![format!("/sell/{sale}/replies")],
            "/sell/{id}/rules" => vec![format!("/sell/{sale}/rules")],
            "/sell/{id}/first/{variant}" => vec![format!("/sell/{sale}/first/{variant}")],
            "/stock" => vec!["/stock".into(), "/stock?q=ring&filters=1".into()],
            "/stock/find" => vec!["/stock/find?code=H1".into()],
            "/stock/count/{id}" => {
                let count = format!("/stock/count/{}", self.count);
                vec![format!("{count}?review=1"), count]
            }
            "/stock/tags/sheet" => vec![format!("/stock/tags/sheet?n-{variant}=13")],
            "/stock/materials/{id}" => vec![format!("/stock/materials/{}", self.material)],
            "/stock/{id}" => vec![format!("/stock/{item}")],
            "/bill/{id}" => vec![format!("/bill/{invoice}")],
            "/ship/{id}" => vec![format!("/ship/{}", self.shipment)],
            "/customers" => vec!["/customers".into(), "/customers?q=ana&filters=1".into()],
            "/customers/{id}" => vec![format!("/customers/{customer}")],
            "/customers/{id}/merge" => {
                let merge = format!("/customers/{customer}/merge");
                vec![format!("{merge}?with={other}"), merge]
            }
            "/customers/{id}/history/{part}" => {
                let part = |part: Part| format!("/customers/{customer}/history/{}", part.as_str());
                Part::ALL.iter().copied().map(part).collect()
            }
            "/import/{id}" => vec![self.import.clone()],
            "/stuck/{id}" => vec![format!("/stuck/{}", self.stuck)],
            "/settings/packaging/{id}" => vec![format!("/settings/packaging/{}", self.packaging)],
            route => {
                assert!(!route.contains('{'), "say here at which address {route} is opened");
                vec![route.to_owned()]
            }
        }
    }

    /// The addresses of all pages of the signed-in house.
    pub fn pages(&self) -> Vec<String> {
        let routes: Vec<String> = leptos_axum::generate_route_list(app::App)
            .iter()
            .map(|route| route.path().to_owned())
            .filter(|route| !DOORS.contains(&route.as_str()))
            .collect();
        assert!(routes.len() >= 30, "{routes:?}");
        routes.iter().flat_map(|route| self.addresses(route)).collect()
    }
}

/// The pages for those who are not signed in.
pub const DOORS: [&str; 2] = ["/sign-in", "/register"];

/// Panics of this process, wherever they happen: one in a task of its own ends no request and fails no test.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            before(panic);
        }));
    });
}

/// How often each page is asked for. Pages are built without optimization here, about thirty a second on two cores, so the
/// long run is asked for: `SELLTRAC_PAGE_TIMES=200 cargo nextest run -p server --test http every_page`.
fn times() -> usize {
    std::env::var("SELLTRAC_PAGE_TIMES").ok().map_or(16, |times| times.parse().unwrap())
}

/// Readers at once.
const AT_ONCE: usize = 8;

/// Whether a page has its end, behind which only what it was made of is handed over.
fn is_whole(body: &str) -> bool {
    let has_its_end = body.contains("</body>") && body.contains("</html>");
    body.starts_with("<!DOCTYPE html>") && has_its_end && body.ends_with('>')
}

/// What is wrong with the answer to a reader who asked for a page; nothing if it is whole.
async fn complaint(client: &Client, address: &str) -> Option<String> {
    let answer = client.get(address).await;
    if address.starts_with("/stock/find") {
        return (!answer.status.is_redirection()).then(|| format!("{address}: {}", answer.status));
    }
    let has_content = answer.body.matches("<h1").count() == 1;
    let is_right = answer.status == StatusCode::OK && is_whole(&answer.body) && has_content;
    (!is_right).then(|| format!("{address}: {}, {} bytes", answer.status, answer.body.len()))
}

database_tests! {
    async fn every_page_answers_many_readers_at_once(database: TestDatabase) {
        count_panics();
        let app = TestApp::new(database);
        let everything = Everything::called(&app, "silver").await;
        let (owner, stranger) = (app.member(OWNER).await, app.anonymous());
        let doors = DOORS.iter().map(|door| (stranger.clone(), (*door).to_owned()));
        let pages = everything.pages().into_iter().map(|page| (owner.clone(), page));
        let pages: Vec<(Client, String)> = pages.chain(doors).collect();
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut readers = JoinSet::new();
        for (client, page) in pages {
            for _ in 0..times() {
                let place = places.clone().acquire_owned().await.unwrap();
                let (client, page) = (client.clone(), page.clone());
                readers.spawn(async move {
                    let complaint = complaint(&client, &page).await;
                    drop(place);
                    complaint
                });
            }
        }
        let answers = readers.join_all().await;
        let complaints: Vec<String> = answers.into_iter().flatten().collect();
        assert_eq!(complaints, Vec::<String>::new());
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "panics in tasks of their own");
    }

    async fn every_page_comes_whole_over_a_connection(database: TestDatabase) {
        count_panics();
        let app = TestApp::new(database);
        let everything = Everything::called(&app, "silver").await;
        let owner = app.member(OWNER).await;
        let server = app.serve().await;
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        for page in everything.pages() {
            // The house answers to its own name alone.
            let answer = browser.get(format!("{server}{page}")).header(header::HOST, "shop.example");
            let answer = answer.header(header::COOKIE, owner.cookies());
            let answer = answer.header(header::ACCEPT, "text/html").send().await.unwrap();
            let (status, body) = (answer.status(), answer.text().await.unwrap());
            if page.starts_with("/stock/find") {
                assert!(status.is_redirection(), "{page}: {status}");
            } else {
                assert!(status == StatusCode::OK && is_whole(&body), "{page}: {status}, {body}");
            }
        }
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "panics in tasks of their own");
    }
}
