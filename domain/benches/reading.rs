//! How fast comments are read: `cargo bench -p domain`. Every figure has beside it, from the same run, a bare Aho–Corasick
//! pass over the same bytes with the same keywords.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on has failed")]

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::sales::{Catalog, CatalogItem, CatalogVariant, ReadSettings, Reader};
use uuid::Uuid;

const ITEMS: usize = 2_000;
const COMMENTS: usize = 100_000;

/// 2,000 items with 5,000 keywords: a code, one alias, and for every second item another.
fn items() -> Vec<CatalogItem> {
    const STONES: [&str; 8] =
        ["amethyst", "moonstone", "citrine", "labradorite", "rose quartz", "jade", "onyx", "opal"];
    const FORMS: [&str; 8] =
        ["ring", "tower", "sphere", "pendant", "heart", "bracelet", "palm stone", "studs"];
    let variant = |name: &str| CatalogVariant { id: Uuid::nil(), name: name.into(), left: 5, price: 2_400 };
    (0..ITEMS)
        .map(|index| {
            let letter = char::from(b'A' + (index / 100 % 26) as u8);
            let (stone, form) = (STONES[index % 8], FORMS[index / 8 % 8]);
            let mut aliases = vec![format!("{stone} {form} {}", index / 64)];
            if index % 2 == 0 {
                aliases.push(format!("{stone}{index}"));
            }
            CatalogItem {
                code: format!("{letter}{}", 100 + index % 100),
                title: format!("{stone} {form}"),
                aliases,
                variants: if index % 4 == 0 {
                    vec![variant("Small"), variant("Large")]
                } else {
                    vec![variant("")]
                },
            }
        })
        .collect()
}

fn keywords(items: &[CatalogItem]) -> Vec<String> {
    items.iter().flat_map(|item| std::iter::once(&item.code).chain(&item.aliases)).cloned().collect()
}

/// What buyers write, one after the other: claims of every form, cancels, questions, praise and talk.
fn texts(items: &[CatalogItem], count: usize) -> Vec<(String, String)> {
    const NAMES: [&str; 8] =
        ["Ana Ruiz", "Kim Lee", "Otto Pine", "Nora Quill", "Dee Marsh", "Lan Vo", "Mia Stone", "Ben Okoro"];
    (0..count)
        .map(|index| {
            let item = &items[index * 7 % items.len()];
            let (code, size) = (&item.code, if item.variants.len() > 1 { " small" } else { "" });
            let text = match index % 10 {
                0 => format!("sold {code}{size} x2"),
                1 => format!("mine {}{size}", code.to_lowercase()),
                2 => format!("{code}{size}"),
                3 => format!("claim {}{size} please", item.aliases[0]),
                4 => format!("how much is {code}?"),
                5 => "so pretty, love this one!".to_owned(),
                6 => format!("Sold {code}{size}"),
                7 => format!("cancel {code}{size}"),
                8 => "good evening everybody from Texas".to_owned(),
                _ => format!("sold {code}{size} for my mom"),
            };
            (format!("{} {}", NAMES[index % 8], index % 997), text)
        })
        .collect()
}

fn typed(texts: &[(String, String)]) -> String {
    texts.iter().map(|(name, text)| format!("@{}: {text}\n", name.replace(' ', "_"))).collect()
}

fn facebook(texts: &[(String, String)]) -> String {
    texts.iter().map(|(name, text)| format!("{name}\n{text}\n3h\nLike\nReply\n")).collect()
}

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
