//! How fast comments are read: `cargo bench -p domain --bench reading`. Every figure has beside it, from the same run, a bare
//! Aho–Corasick pass over the same bytes with the same keywords.
//!
//! Buyers write the same few things, and what was read once is not read again; `all different` has a word of its own in
//! each comment, so that nothing is.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on has failed")]

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::sales::{Catalog, CatalogItem, ReadSettings, Reader};

mod pastes;
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
    for (layout, paste) in [
        ("typed", typed(&texts)),
        ("facebook", facebook(&texts)),
        ("typed, all different", typed(&different)),
        ("facebook, all different", facebook(&different)),
    ] {
        let read_all = || reader.read(black_box(&paste)).expect("it is read");
        assert_eq!(read_all().comments.len(), COMMENTS);
        group.bench_function(BenchmarkId::new("bare Aho–Corasick", layout), |bencher| {
            bencher.iter(|| bare.find_iter(black_box(&paste)).count());
        });
        group.bench_function(BenchmarkId::new("read", layout), |bencher| bencher.iter(&read_all));
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
