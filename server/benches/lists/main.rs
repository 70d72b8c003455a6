//! How fast the pages of long lists are: the real page against a bare handler that asks the database the same and answers
//! with as many bytes, both in this process and measured one after the other. Prints a table.

mod load;
mod seed;

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    time::Duration,
};

use axum::{Router, extract::State, response::Html, routing::get};
use domain::{customers::CustomerQuery, inventory::StockQuery};
use server::{
    config::{Config, ProviderConfig},
    http,
    limits::Limits,
    start,
    stop::Stop,
};
use services::{Services, accounts::Actor, customers, inventory};
use tokio::net::TcpListener;

use load::Figures;
use seed::Business;

/// How long each figure is measured, after a warm-up.
const MEASURED: Duration = Duration::from_secs(4);
const WARM_UP: Duration = Duration::from_millis(1_500);
/// The two sizes of a list.
const SMALL: usize = 500;
const LARGE: usize = 50_000;

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// What a bare handler asks and answers.
#[derive(Clone)]
struct Bare {
    services: Services,
    actor: Actor,
    /// As many bytes as the real page has.
    answer: String,
}

async fn bare_items(State(bare): State<Bare>) -> Result<Html<String>, String> {
    let list = inventory::list::show(&bare.services, &bare.actor, &StockQuery::default()).await;
    list.map(|_| Html(bare.answer)).map_err(|error| error.to_string())
}

async fn bare_customers(State(bare): State<Bare>) -> Result<Html<String>, String> {
    let list = customers::list::show(&bare.services, &bare.actor, &CustomerQuery::default()).await;
    list.map(|_| Html(bare.answer)).map_err(|error| error.to_string())
}

/// Serves until the process ends.
async fn serve(router: Router) -> Result<SocketAddr, Problem> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

fn config(folder: &Path) -> Result<Config, Problem> {
    let provider =
        || -> Result<ProviderConfig, Problem> { Ok(ProviderConfig { url: "http://127.0.0.1:9".parse()? }) };
    Ok(Config {
        address: "127.0.0.1:0".parse()?,
        public_url: "http://127.0.0.1".parse()?,
        data: folder.into(),
        database: format!("sqlite://{}", folder.join("bench.db").display()).into(),
        master_key: None,
        mail: None,
        stripe: provider()?,
        easypost: provider()?,
        pictures: None,
        site_root: folder.into(),
        workers: 1,
        registration: true,
        trusted_proxies: Default::default(),
        connections: 1_000,
        log_format: Default::default(),
    })
}

/// One line of the table.
struct Line {
    what: String,
    bytes: usize,
    bare: Option<Figures>,
    page: Figures,
}

async fn measure(
    services: &Services,
    real: SocketAddr,
    business: &Business,
    path: &str,
    what: &str,
) -> Result<Line, Problem> {
    let page = load::fetch(real, path, &business.cookie).await?;
    let bare =
        Bare { services: services.clone(), actor: business.actor.clone(), answer: "x".repeat(page.len()) };
    let router = Router::new()
        .route("/stock", get(bare_items))
        .route("/customers", get(bare_customers))
        .with_state(bare);
    let bare = if path.contains('?') {
        None
    } else {
        let bare = serve(router).await?;
        Some(load::measure(bare, path, &business.cookie, WARM_UP, MEASURED).await?)
    };
    let figures = load::measure(real, path, &business.cookie, WARM_UP, MEASURED).await?;
    Ok(Line { what: what.to_owned(), bytes: page.len(), bare, page: figures })
}

fn print(out: &mut impl Write, lines: &[Line]) -> io::Result<()> {
    writeln!(
        out,
        "| page | bytes | bare, requests/s | page, requests/s | page ÷ bare | page, median ms | 99 of 100 ms |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    for line in lines {
        let (bare, ratio) = match &line.bare {
            Some(bare) => (format!("{:.0}", bare.rate), format!("{:.2}", line.page.rate / bare.rate)),
            None => (String::new(), String::new()),
        };
        let Figures { rate, median, slow } = &line.page;
        writeln!(
            out,
            "| {} | {} | {bare} | {rate:.0} | {ratio} | {median:.2} | {slow:.2} |",
            line.what, line.bytes
        )?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Problem> {
    // Cargo hands on words of its own.
    let folder = tempfile::tempdir()?;
    let config = config(folder.path())?;
    let services = start::services(&config).await?;
    let mut out = io::stdout();
    writeln!(out, "seeding {SMALL} and {LARGE} items and customers…")?;
    let small = seed::business(&services, "small@bench.example", SMALL).await?;
    let large = seed::business(&services, "large@bench.example", LARGE).await?;
    let real =
        serve(http::router(&config, services.clone(), None, &Limits::default(), &Stop::never())).await?;

    let mut lines = Vec::new();
    for path in ["/stock", "/customers"] {
        for (business, size) in [(&small, SMALL), (&large, LARGE)] {
            let what = format!("{path}, 25 of {size}");
            lines.push(measure(&services, real, business, path, &what).await?);
        }
    }
    let deep = load::fetch(real, "/stock?sort=-code", &large.cookie).await?;
    let deep = deep.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let deep = deep.filter(|address| address.contains("after=")).map(|address| address.replace("&amp;", "&"));
    let deep = deep.last().unwrap_or_else(|| "/stock?sort=-code".into());
    for (path, what) in [
        (deep.as_str(), "/stock, the second stretch from the end"),
        ("/stock?sort=title", "/stock by title"),
        ("/stock?sort=left", "/stock by what is left"),
        ("/stock?q=k049", "/stock, beginning of a code"),
        ("/stock?q=nothing%20like%20it", "/stock, a search that finds nothing"),
        ("/customers?q=anna%20499", "/customers, a search that finds few"),
    ] {
        lines.push(measure(&services, real, &large, path, &format!("{what}, of {LARGE}")).await?);
    }
    writeln!(out)?;
    print(&mut out, &lines)?;
    writeln!(out)?;
    for pair in lines[..4].chunks(2) {
        if let [small, large] = pair
            && let (Some(small_bare), Some(large_bare)) = (&small.bare, &large.bare)
        {
            let reached = [small.page.rate / small_bare.rate, large.page.rate / large_bare.rate];
            let growth = small.page.rate / large.page.rate;
            let lowest = reached[0].min(reached[1]);
            writeln!(
                out,
                "{}: {lowest:.2} of the bare handler (at least 0.4: {}); {LARGE} rows take {growth:.2} times as long as \
                 {SMALL} (at most 2: {})",
                large.what,
                if lowest >= 0.4 { "yes" } else { "no" },
                if growth <= 2.0 { "yes" } else { "no" },
            )?;
        }
    }
    Ok(())
}
