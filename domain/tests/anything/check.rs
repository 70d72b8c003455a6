//! What must hold for any bytes at all. The fuzz targets and the bounded run in the tests share it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::sales::rules::ReadingRule;
use domain::sales::words::WordChanges;
use domain::sales::{
    Catalog, CatalogItem, CatalogVariant, ClaimKind, LayoutChoice, LiveReading, Preset, ReadSettings, Reader,
    Reading, Status, fingerprints, keywords,
};
use uuid::Uuid;

/// What stands between a catalog and a paste.
const RULE: &str = "\n----\n";
/// Comments that are read in a slice.
const SLICE: usize = 3;

/// The first two bytes say how the others are read, against a small catalog.
pub fn reader(bytes: &[u8]) {
    let (how, paste) = split(bytes);
    let item =
        |code: &str, aliases: &str, variants: &str, title: &str| item_of(&[code, aliases, variants, title]);
    let items = || {
        vec![
            item("A12", "moon ring;bracelet", "", "Moonlight wax melt"),
            item("AA 10", "", "blue small;blue large;red small", ""),
            item("Y77", "外套", "粉S;粉L;藍L", "Coat"),
            item("A-032", "สร้อย", "", ""),
            item("27B", "", "6;7;7.5", "Amethyst"),
            item("13", "soy candle", "", "13"),
        ]
    };
    let known = READERS.with_borrow(|readers| readers.get(&how).cloned());
    let known = known.unwrap_or_else(|| built(items(), how));
    READERS.with_borrow_mut(|readers| readers.insert(how, known.clone()));
    check(&known, &paste);
}

/// Lines of `code|aliases|variants|title`, a rule, and a paste.
pub fn catalog(bytes: &[u8]) {
    let (how, text) = split(bytes);
    let (lines, paste) = text.split_once(RULE).unwrap_or((&text, ""));
    let items = lines.lines().take(200).map(|line| item_of(&line.split('|').collect::<Vec<_>>()));
    check(&built(items.collect(), how), paste);
}

fn split(bytes: &[u8]) -> ([u8; 2], String) {
    match bytes {
        [first, second, rest @ ..] => ([*first, *second], String::from_utf8_lossy(rest).into_owned()),
        _ => ([0, 0], String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn item_of(cells: &[&str]) -> CatalogItem {
    let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
    let list = |index: usize| cell(index).split(';').filter(|word| !word.is_empty()).map(str::to_owned);
    let variant =
        |name: String| CatalogVariant { id: Uuid::nil(), code: String::new(), name, left: 3, price: 100 };
    let mut variants: Vec<CatalogVariant> = list(2).map(variant).collect();
    if variants.is_empty() {
        variants.push(variant(String::new()));
    }
    CatalogItem { code: cell(0).to_owned(), title: cell(3).to_owned(), aliases: list(1).collect(), variants }
}

/// Preset, layout and switches, as two bytes choose them.
fn settings([first, second]: [u8; 2], items: &[CatalogItem]) -> ReadSettings {
    let words = WordChanges {
        claim: vec!["grab it".into(), "จอง".into(), "🙋".into()],
        without: vec!["claim".into()],
        titles: Some(second & 1 != 0),
        slips: Some(second & 2 != 0),
        ..WordChanges::default()
    };
    let meaning = items.first().map(|item| format!("sold {}", item.code)).unwrap_or_default();
    ReadSettings {
        preset: Preset::ALL[usize::from(first) % Preset::ALL.len()],
        seller: "shop".into(),
        words: if second & 4 != 0 { words } else { WordChanges::default() },
        rules: vec![
            ReadingRule { phrase: "the moon one".into(), meaning },
            ReadingRule { phrase: "yup".into(), meaning: String::new() },
        ],
        layout: LayoutChoice::ALL[usize::from(second >> 3) % LayoutChoice::ALL.len()],
        ..ReadSettings::default()
    }
}

/// A reader with its settings.
type Built = (Arc<Reader>, ReadSettings);

thread_local! {
    /// The readers of one catalog, because building one takes longer than reading most pastes.
    static READERS: RefCell<HashMap<[u8; 2], Built>> = RefCell::default();
}

fn built(items: Vec<CatalogItem>, how: [u8; 2]) -> Built {
    let settings = settings(how, &items);
    let catalog = Catalog::new(items);
    for item in keywords::keywords(&catalog, &settings) {
        for keyword in item.keywords {
            assert!(
                keyword.conflicts.iter().all(|conflict| conflict.item != item.item),
                "in conflict with itself"
            );
            assert_eq!(keyword.useless.is_some(), keyword.matches.is_empty(), "{keyword:?}");
        }
    }
    (Arc::new(Reader::new(catalog, &settings)), settings)
}

fn check((reader, settings): &Built, paste: &str) {
    let Ok(reading) = reader.read(paste) else { return };
    assert_eq!(reader.read(paste).as_ref(), Ok(&reading), "the same reading twice");
    all_bytes_are_accounted_for(paste, &reading);
    let mut fingerprints_met = HashSet::new();
    for (comment, fingerprint) in reading.comments.iter().zip(fingerprints(paste, &reading, settings.order)) {
        let words = reader.in_words(paste, &reading, comment);
        assert!(!words.reason.is_empty());
        assert_eq!(words.status == Status::Act, !words.claims.is_empty(), "{words:?}");
        for claim in &words.claims {
            let is_known = match claim.kind {
                ClaimKind::CancelItem => reader.catalog().item(claim.item).is_some(),
                _ => reader.catalog().variant(claim.item, claim.variant).is_some(),
            };
            assert!(is_known, "{claim:?}");
            assert!((1..=999).contains(&claim.quantity), "{claim:?}");
        }
        for mark in reader.marks(&words.text, words.status) {
            assert!(words.text.get(mark.span.0 as usize..mark.span.1 as usize).is_some(), "{mark:?}");
        }
        let explained = reader.explain(&words.text);
        assert!(!explained.reason.is_empty());
        assert!(fingerprint.len() == 32 && fingerprints_met.insert(fingerprint), "a fingerprint of its own");
    }
    let mut live = LiveReading::new(Arc::clone(reader));
    let half = paste.floor_char_boundary(paste.len() / 2);
    // Half of a text may be refused, if what makes it no text stands there.
    if live.set_text(&paste[..half]).is_ok() {
        live.read_on(SLICE).expect("it was not refused");
    }
    live.set_text(paste).expect("it was read");
    while !live.read_on(SLICE).expect("it was read") {}
    assert_eq!(live.reading(), &reading, "read in slices as at once");
}

/// Every byte belongs to a comment or to known noise, or shows nothing.
fn all_bytes_are_accounted_for(paste: &str, reading: &Reading) {
    let spans = reading.comments.iter().map(|comment| comment.span).chain(reading.noise.iter().copied());
    let mut spans: Vec<(usize, usize)> = spans.map(|span| (span.start as usize, span.end as usize)).collect();
    spans.sort_unstable();
    let mut end = 0;
    for (start, stop) in spans.into_iter().chain([(paste.len(), paste.len())]) {
        assert!(end <= start && start <= stop, "stretches overlap: {end} {start} {stop}");
        let shows = |letter: char| {
            !letter.is_whitespace() && !domain::text::is_invisible(letter) && !"·•-—".contains(letter)
        };
        assert!(!paste[end..start].contains(shows), "lost: {:?}", &paste[end..start]);
        end = stop;
    }
}
