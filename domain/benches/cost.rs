//! What reading costs besides time on one paste: `cargo bench -p domain --bench cost`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot go on"
)]

use std::hint::black_box;
fn cpu() -> f64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse::<f64>()
        .unwrap()
        * 1e-9
}

use domain::sales::{Catalog, ReadSettings, Reader};
mod pastes;
use pastes::*;
fn main() {
    let items = items();
    let reader = Reader::new(Catalog::new(items.clone()), &ReadSettings::default());
    let texts = texts(&items, 100_000);
    let keywords = keywords(&items);
    let bare = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(&keywords).unwrap();
    let which = std::env::args().nth(1).unwrap_or_default();
    let pastes = [("typed", typed(&texts)), ("facebook", facebook(&texts))];
    let _ = black_box(&reader);
    for (name, paste) in
        pastes.iter().filter(|(name, _)| which.is_empty() || *name == which || which == "--bench")
    {
        let (mut best, mut least) = (f64::MAX, f64::MAX);
        for _ in 0..15 {
            let start = cpu();
            black_box(bare.find_iter(black_box(paste)).count());
            least = least.min((cpu() - start));
            let start = cpu();
            black_box(reader.read(black_box(paste)).unwrap());
            best = best.min((cpu() - start));
        }
        println!(
            "{name}: {} bytes, read {:.1} ms ({:.2} M/s), bare {:.1} ms, ratio {:.3}",
            paste.len(),
            best * 1e3,
            0.1 / best,
            least * 1e3,
            least / best
        );
    }
}
