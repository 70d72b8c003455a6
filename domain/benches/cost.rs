//! What reading costs beside its speed: how time grows with the number of comments, how much memory is taken, and how long
//! the worst texts take. `cargo bench -p domain --bench cost` prints three tables.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use domain::sales::{Catalog, ReadSettings, Reader};
use peak_alloc::PeakAlloc;

mod pastes;
mod worst;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Each figure is the best of so many runs.
const RUNS: usize = 3;

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

    println!("\n{:<44} {:>10} {:>10} {:>12}", "worst texts of 5 MB", "comments", "ms", "peak/paste");
    for (name, paste) in worst::texts() {
        let comments = reader.read_all(&paste).comments.len();
        let ms = best(|| drop(black_box(reader.read_all(black_box(&paste))))) * 1e3;
        let share = peak(|| drop(black_box(reader.read_all(&paste)))) as f64 / paste.len() as f64;
        println!("{name:<44} {comments:>10} {ms:>10.1} {share:>12.2}");
    }
}

/// Seconds that this thread worked, where the system tells, so that a busy machine shows the same figures as an idle one.
fn best(work: impl Fn()) -> f64 {
    let worked = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(told.split(' ').next()?.parse::<f64>().ok()? * 1e-9)
    };
    // What the system tells is only exact to some milliseconds, so short work is done often.
    let start = Instant::now();
    work();
    let times = (0.1 / start.elapsed().as_secs_f64().max(1e-6)).clamp(1.0, 1_000.0) as u32;
    let run = |_| {
        let (start, before) = (Instant::now(), worked());
        (0..times).for_each(|_| work());
        let worked = worked().zip(before).map(|(after, before)| after - before);
        worked.unwrap_or(start.elapsed().as_secs_f64()) / f64::from(times)
    };
    (0..RUNS).map(run).fold(f64::MAX, f64::min)
}

/// The most bytes that the work held at once, beside what was held before.
fn peak(work: impl Fn()) -> usize {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    work();
    MEMORY.peak_usage().saturating_sub(before)
}
