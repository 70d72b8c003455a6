//! What reading costs beside its speed: how time grows with the number of comments, how much memory is taken, and how long
//! the worst texts take. `cargo bench -p domain --bench cost` prints four tables.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;

use domain::sales::{Catalog, ReadSettings, Reader};
use peak_alloc::PeakAlloc;

mod pastes;
mod timing;
mod worst;

use timing::best;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() {
    let items = pastes::items();
    let settings = ReadSettings { seller: "Moonlit Silver".into(), ..ReadSettings::default() };
    let reader = Reader::new(Catalog::new(items.clone()), &settings);

    println!("{:>10} {:>10} {:>12} {:>14} {:>12}", "comments", "layout", "ms", "ns a comment", "peak/paste");
    for count in [1_000, 10_000, 100_000, 1_000_000] {
        let texts = pastes::texts(&items, count);
        for (layout, paste) in [("typed", pastes::typed(&texts)), ("facebook", pastes::facebook(&texts))] {
            let seconds = best(|| assert_eq!(reader.read_all(black_box(&paste)).comments.len(), count));
            let share = peak(|| drop(black_box(reader.read_all(&paste)))) as f64 / paste.len() as f64;
            let (ms, each) = (seconds * 1e3, seconds * 1e9 / count as f64);
            println!("{count:>10} {layout:>10} {ms:>12.2} {each:>14.0} {share:>12.2}");
        }
    }

    println!(
        "\n{:>10} {:>14} {:>14} {:>14} {:>12} {:>12}",
        "items", "reader ms", "reader MB", "10,000 in ms", "sent MB", "left MB"
    );
    for count in [2_000, 10_000, 50_000, 100_000] {
        let items = pastes::items_of(count);
        let make = || Reader::new(Catalog::new(items.clone()), &settings);
        let (made, taken) = (best(|| drop(black_box(make()))), peak(|| drop(black_box(make()))));
        let reader = make();
        let paste = pastes::typed(&pastes::texts(&items, 10_000));
        let read = best(|| drop(black_box(reader.read_all(black_box(&paste)))));
        let left: Vec<i64> = items.iter().flat_map(|item| &item.variants).map(|one| one.left).collect();
        let megabytes = |json: Result<Vec<u8>, _>| json.map_or(0.0, |json: Vec<u8>| json.len() as f64 / 1e6);
        println!(
            "{count:>10} {:>14.1} {:>14.1} {:>14.2} {:>12.2} {:>12.2}",
            made * 1e3,
            taken as f64 / 1e6,
            read * 1e3,
            megabytes(serde_json::to_vec(&items)),
            megabytes(serde_json::to_vec(&left)),
        );
    }

    println!("\n{:<44} {:>10} {:>10} {:>12}", "worst texts of 5 MB", "comments", "ms", "peak/paste");
    for (name, paste) in worst::texts() {
        let comments = reader.read_all(&paste).comments.len();
        let ms = best(|| drop(black_box(reader.read_all(black_box(&paste))))) * 1e3;
        let share = peak(|| drop(black_box(reader.read_all(&paste)))) as f64 / paste.len() as f64;
        println!("{name:<44} {comments:>10} {ms:>10.1} {share:>12.2}");
    }
}

/// The most bytes that the work held at once, beside what was held before.
fn peak(work: impl Fn()) -> usize {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    work();
    MEMORY.peak_usage().saturating_sub(before)
}
