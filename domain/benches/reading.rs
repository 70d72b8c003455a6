//! How fast comments are read: `cargo bench -p domain`. Every figure has beside it, from the same run, a bare Aho–Corasick
//! pass over the same bytes with the same keywords.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on has failed")]

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::sales::{Catalog, ReadSettings, Reader};

mod pastes;
use pastes::{facebook, items, keywords, texts, typed};

const COMMENTS: usize = 100_000;

fn reading(criterion: &mut Criterion) {
    let items = items();
    let keywords = keywords(&items);
    assert_eq!(keywords.len(), 5_000);
    let bare = AhoCorasick::builder().ascii_case_insensitive(true).build(&keywords).unwrap();
    let reader = Reader::new(Catalog::new(items.clone()), &ReadSettings::default());
    let texts = texts(&items, COMMENTS);
    let mut group = criterion.benchmark_group("100,000 comments");
    group.sample_size(10).throughput(Throughput::Elements(COMMENTS as u64));
    for (layout, paste) in [("typed", typed(&texts)), ("facebook", facebook(&texts))] {
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
