//! How fast files come in and go out, and with how much memory: `tools/bench.sh transfer`.
//!
//! Each file is a process of its own, so that none starts with what another left: without arguments this program runs itself
//! once for every file. Beside the most memory of a step stands what was in use when it began.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed, and prints its table"
)]

use std::{fmt::Write as _, io::Write, time::Instant};

use domain::transfer::{ImportQuery, ImportState, export::ExportKind};
use services::{
    accounts::Actor,
    jobs::worker,
    testing::{TestDatabase, World},
    transfer::{export, stage, steps, view},
};
use tempfile::NamedTempFile;

const ROWS: usize = 50_000;
const MEASURED: [&str; 6] =
    ["sqlite csv", "sqlite xlsx", "sqlite customers", "postgresql csv", "sqlite variants", "sqlite sales"];

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    if let [engine, kind] = chosen.as_slice() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(measure(engine, kind));
        return;
    }
    println!(
        "{:<18} {:<8} {:>8} {:>9} {:>10} {:>10} {:>8}",
        "what", "step", "rows", "seconds", "rows/s", "before MB", "peak MB"
    );
    for one in MEASURED {
        if one.starts_with("postgresql") && std::env::var("SELLTRAC_TEST_POSTGRES").is_err() {
            continue;
        }
        let program = std::env::current_exe().unwrap();
        let status = std::process::Command::new(program).args(one.split(' ')).status().unwrap();
        assert!(status.success());
    }
}

/// One step while it is measured.
struct Step {
    began: Instant,
    /// Megabytes in use when it began.
    before: u64,
}

impl Step {
    fn begin() -> Self {
        // From here on the kernel looks anew for the most memory.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        Self { began: Instant::now(), before: megabytes("VmRSS:") }
    }

    fn tell(self, what: &str, step: &str) {
        let millis = self.began.elapsed().as_millis().max(1);
        let (before, peak) = (self.before, megabytes("VmHWM:"));
        let (seconds, rest, rate) = (millis / 1_000, millis % 1_000, ROWS as u128 * 1_000 / millis);
        println!("{what:<18} {step:<8} {ROWS:>8} {seconds:>5}.{rest:03} {rate:>10} {before:>10} {peak:>8}");
    }
}

/// What the kernel says of this process's memory.
fn megabytes(of: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(of)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn csv_file(kind: &str) -> Vec<u8> {
    let mut text = String::new();
    match kind {
        "customers" => {
            text.push_str("name,email,facebook,line1,city,region,postal_code,country\n");
            for number in 0..ROWS {
                writeln!(
                    text,
                    "Buyer {number},buyer{number}@x.example,Buyer {number},{number} Lane,Austin,TX,78701,US"
                )
                .unwrap();
            }
        }
        "sales" => {
            text.push_str("Order number,Order date,Customer,Email,Item,Qty,Price,Total\n");
            for number in 0..ROWS {
                writeln!(text, "{number},2025-11-01,Buyer,b{}@x.example,Ring,1,24.00,24.00", number % 5_000)
                    .unwrap();
            }
        }
        _ => {
            text.push_str("code,title,description,price,size,quantity,weight,material,tags,aliases\n");
            for number in 0..ROWS {
                let (item, size) = if kind == "variants" {
                    (number / 5, (number % 5).to_string())
                } else {
                    (number, String::new())
                };
                writeln!(
                    text,
                    "K{item},Stone ring {item},A ring with a stone that was found by the sea,{}.50,{size},{},3.2 g,Silver,\"rings, stones\",ring {item}",
                    number % 90 + 1,
                    number % 7
                )
                .unwrap();
            }
        }
    }
    text.into_bytes()
}

fn xlsx_file() -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().unwrap();
    for (column, word) in ["code", "title", "price", "quantity"].into_iter().enumerate() {
        sheet.write_string(0, column as u16, word).unwrap();
    }
    for number in 0..ROWS as u32 {
        sheet.write_string(number + 1, 0, format!("K{number}")).unwrap();
        sheet.write_string(number + 1, 1, format!("Stone ring {number}")).unwrap();
        sheet.write_number(number + 1, 2, f64::from(number % 90) + 1.5).unwrap();
        sheet.write_number(number + 1, 3, number % 7).unwrap();
    }
    book.save(file.path()).unwrap();
    file
}

async fn measure(engine: &str, kind: &str) {
    let database = match engine {
        "postgresql" => TestDatabase::postgresql().await,
        _ => TestDatabase::sqlite().await,
    };
    let world = World::new(database);
    let actor = world.owner("olive@moonlit.example").await;
    let file = match kind {
        "xlsx" => xlsx_file(),
        kind => {
            let mut file = NamedTempFile::new().unwrap();
            file.write_all(&csv_file(kind)).unwrap();
            file
        }
    };
    let what = format!("{engine} {kind}");
    let services = &world.services;
    let all = Instant::now();
    let step = Step::begin();
    let place = services.places.files.take(actor.business_id).await.unwrap();
    let id = stage::stage(services, &actor, "file", file.path().to_owned(), place).await.unwrap().unwrap();
    step.tell(&what, "read");
    let look = || async { view::view(services, &actor, id, &ImportQuery::default()).await.unwrap() };
    let step = Step::begin();
    steps::check(services, &actor, id, &look().await.form).await.unwrap();
    worker::run_due(services).await.unwrap();
    step.tell(&what, "check");
    let step = Step::begin();
    steps::start(services, &actor, id).await.unwrap();
    worker::run_due(services).await.unwrap();
    step.tell(&what, "import");
    let view = look().await;
    assert_eq!((view.state, view.counts.problems), (ImportState::Done, 0));
    println!("{what:<18} in all {:>18}.{:03}", all.elapsed().as_secs(), all.elapsed().subsec_millis());
    let export_kind = match kind {
        "customers" => ExportKind::Customers,
        "sales" => ExportKind::Sales,
        _ => ExportKind::Items,
    };
    export_all(&world, &actor, &what, export_kind).await;
    let step = Step::begin();
    steps::undo(services, &actor, id).await.unwrap();
    worker::run_due(services).await.unwrap();
    step.tell(&what, "undo");
    assert_eq!((look().await.state, look().await.counts.kept), (ImportState::Undone, 0));
}

async fn export_all(world: &World, actor: &Actor, what: &str, kind: ExportKind) {
    for name in ["csv", "xlsx"] {
        let step = Step::begin();
        let mut pieces = match name {
            "csv" => export::csv(&world.services, actor, kind).unwrap(),
            _ => export::xlsx(&world.services, actor, kind).unwrap(),
        };
        let mut bytes = 0;
        while let Some(piece) = pieces.recv().await {
            bytes += piece.unwrap().len();
        }
        assert!(bytes > 0);
        step.tell(what, name);
    }
}
