//! How fast comments are read: `cargo bench -p domain --bench reading`. Every figure has beside it, from the same run, a bare
//! Aho–Corasick pass over the same bytes with the same keywords, as anybody would write it: the automaton that the crate
//! chooses for so many keywords, without regard to capitals. The table at the end has their ratio.
//!
//! Buyers write the same few things, and what was read once is not read again; `all different` has a word of its own in
//! each comment, so that nothing is.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::sales::{Catalog, CatalogItem, ReadSettings, Reader};

mod pastes;
mod timing;
use pastes::{facebook, items, texts, typed};

/// The same with a word behind each that no other has.
fn all_different(texts: &[(String, String)]) -> Vec<(String, String)> {
    let letters = |mut number: usize| {
        let mut word = String::new();
        while number > 0 || word.is_empty() {
            word.push(char::from(b'a' + (number % 26) as u8));
            number /= 26;
        }
        word
    };
    let one = |(index, (name, text)): (usize, &(String, String))| {
        (name.clone(), format!("{text} ty{}", letters(index)))
    };
    texts.iter().enumerate().map(one).collect()
}

const COMMENTS: usize = 100_000;

/// Every code and alias.
fn keywords(items: &[CatalogItem]) -> Vec<String> {
    items.iter().flat_map(|item| std::iter::once(&item.code).chain(&item.aliases)).cloned().collect()
}

fn settings() -> ReadSettings {
    ReadSettings { seller: "Moonlit Silver".into(), ..ReadSettings::default() }
}

fn reading(criterion: &mut Criterion) {
    let items = items();
    let keywords = keywords(&items);
    assert_eq!(keywords.len(), 5_000);
    let bare = AhoCorasick::builder().ascii_case_insensitive(true).build(&keywords).unwrap();
    let reader = Reader::new(Catalog::new(items.clone()), &settings());
    let texts = texts(&items, COMMENTS);
    let mut group = criterion.benchmark_group("100,000 comments");
    group.sample_size(10).throughput(Throughput::Elements(COMMENTS as u64));
    let different = all_different(&texts);
    let pastes = [
        ("typed", typed(&texts)),
        ("facebook", facebook(&texts)),
        ("typed, all different", typed(&different)),
        ("facebook, all different", facebook(&different)),
    ];
    for (layout, paste) in &pastes {
        // One of them is larger than what a browser may paste.
        let read_all = || reader.read_all(black_box(paste));
        assert_eq!(read_all().comments.len(), COMMENTS);
        group.bench_function(BenchmarkId::new("bare Aho–Corasick", layout), |bencher| {
            bencher.iter(|| bare.find_iter(black_box(paste)).count());
        });
        group.bench_function(BenchmarkId::new("read", layout), |bencher| bencher.iter(&read_all));
    }
    group.finish();
    println!("\nbare pass: {:?}", bare.kind());
    println!(
        "{:<26} {:>10} {:>10} {:>16} {:>8}",
        "100,000 comments", "bare ms", "read ms", "million a second", "ratio"
    );
    for (layout, paste) in &pastes {
        let bare_ms = 1e3 * timing::best(|| assert!(bare.find_iter(black_box(paste)).count() > 0));
        let read_ms = 1e3 * timing::best(|| drop(black_box(reader.read_all(black_box(paste)))));
        let (million, ratio) = (COMMENTS as f64 / read_ms / 1e3, bare_ms / read_ms);
        println!("{layout:<26} {bare_ms:>10.2} {read_ms:>10.2} {million:>16.2} {ratio:>8.3}");
    }
}

criterion_group!(benches, reading);
criterion_main!(benches);
