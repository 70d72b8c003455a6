//! Reads every paste of `tests/reading/` and compares each comment with the reading that stands below it.
//!
//! A file holds `key: value` lines, the paste, and the expected comments, parted by lines of `----`. The keys are
//! `preset`, `seller`, `order`, `layout`, `options` (what this seller switched on: `titles`, `slips`), the lists of words
//! that this seller changed (`claim`, `cancel`, `next`, `ignore`, `question`, `without`, as typed in their form), `rule` for
//! each `phrase => meaning` that was taught and, once for each thing that this seller sells, `item`, written as in
//! `catalog.txt`; without items the paste is read against that catalog.
//!
//! A comment is `author | text | status | claims | reason` on a line, with `⏎` for a line break within the text. What a
//! careful person would not decide without asking has the status `review`. Readings written by hand leave the reason out,
//! and it is not compared. `UPDATE_READINGS=1` writes the readings anew; read the difference with care before it is
//! kept. Where a careful person would have read something else, a line behind the comment says so: `  should: claim A12
//! x2`, or `  should: none`. `corpus` measures how well all of them are read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its data must stop")]

use std::fmt::Write;
use std::path::PathBuf;

mod common;
mod corpus;

use common::{Reading, read};
use corpus::{SHOULD, Sample, samples};
use domain::sales::rules::RuleForm;
use domain::sales::words::WordsForm;
use domain::sales::{
    Catalog, CatalogItem, CatalogVariant, ClaimKind, CommentOrder, LayoutChoice, Preset, ReadSettings,
    Status, infer_order,
};
use uuid::Uuid;

const RULE: &str = "\n----\n";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reading")
}

fn catalog() -> Catalog {
    let table = std::fs::read_to_string(folder().join("catalog.txt")).unwrap();
    catalog_of(table.lines().filter(|line| !line.starts_with('#')))
}

/// What the seller of a paste sells: the items of its head, or else the catalog of all pastes.
fn catalog_for(head: &str) -> Catalog {
    let mut items = head.lines().filter_map(|line| line.strip_prefix("item:")).peekable();
    if items.peek().is_none() { catalog() } else { catalog_of(items) }
}

/// `code | aliases | variants | title`, one item a line; the title may be missing. A variant with a code of its own is
/// written `Small = A12-S`.
fn catalog_of<'lines>(lines: impl Iterator<Item = &'lines str>) -> Catalog {
    let list = |cell: &str| -> Vec<String> {
        cell.split(';').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    };
    let item = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let mut names = list(cells[2]);
        if names.is_empty() {
            names.push(String::new());
        }
        let variant = |written: String| {
            let (name, code) = written.split_once('=').unwrap_or((&written, ""));
            let [name, code] = [name, code].map(|cell| cell.trim().to_owned());
            CatalogVariant { id: Uuid::nil(), code, name, left: 10, price: 1_000 }
        };
        CatalogItem {
            code: cells[0].into(),
            title: cells.get(3).map(|title| (*title).to_owned()).unwrap_or_default(),
            aliases: list(cells[1]),
            variants: names.into_iter().map(variant).collect(),
        }
    };
    Catalog::new(lines.map(item).collect())
}

fn settings(head: &str) -> ReadSettings {
    let mut settings = ReadSettings::default();
    let mut words = WordsForm::default();
    for line in head.lines().filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once(':').unwrap();
        match (key, value.trim()) {
            ("preset", value) => settings.preset = Preset::parse(value).unwrap(),
            ("seller", value) => settings.seller = value.into(),
            ("order", value) => settings.order = CommentOrder::parse(value).unwrap(),
            ("layout", value) => settings.layout = LayoutChoice::parse(value).unwrap(),
            ("options", value) => {
                for option in value.split(", ") {
                    match option {
                        "titles" => words.titles = "yes".into(),
                        "slips" => words.slips = "yes".into(),
                        option => panic!("no option {option}"),
                    }
                }
            }
            ("claim", value) => words.claim = value.into(),
            ("cancel", value) => words.cancel = value.into(),
            ("next", value) => words.next = value.into(),
            ("ignore", value) => words.ignore = value.into(),
            ("question", value) => words.question = value.into(),
            ("without", value) => words.without = value.into(),
            ("rule", value) => {
                let (phrase, meaning) = value.split_once("=>").unwrap();
                let form = RuleForm { phrase: phrase.into(), meaning: meaning.into() };
                settings.rules.push(form.parse().unwrap());
            }
            ("item", _) => {}
            (key, _) => panic!("unknown setting {key}"),
        }
    }
    settings.words = words.parse().unwrap();
    settings
}

/// `author | text | status | claims | reason`, one comment a line.
fn show(reading: &Reading, catalog: &Catalog) -> String {
    let mut shown = String::new();
    for comment in &reading.comments {
        let claims: Vec<String> = comment
            .claims
            .iter()
            .map(|claim| {
                let item = catalog.item(claim.item).unwrap();
                let variant = match claim.kind {
                    ClaimKind::CancelItem => "",
                    _ => item.variants[claim.variant as usize].name.as_str(),
                };
                let choice = if variant.is_empty() { String::new() } else { format!("/{variant}") };
                format!("{} {}{choice} x{}", claim.kind.as_str(), item.code, claim.quantity)
            })
            .collect();
        let status = comment.status.as_str();
        let text = comment.text.replace('\n', "⏎");
        writeln!(
            shown,
            "{} | {text} | {status} | {} | {}",
            comment.author,
            claims.join(", "),
            comment.reason
        )
        .unwrap();
    }
    shown
}

/// Author and text of a shown comment, by which a judgement finds it again.
fn who_and_what(line: &str) -> String {
    line.split(" | ").take(2).collect::<Vec<_>>().join(" | ")
}

/// Whether a shown comment is the expected one, which may leave the reason out.
fn agrees(expected: &str, shown: &str) -> bool {
    let cells = |line: &str| line.splitn(5, '|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let (expected, shown) = (cells(expected), cells(shown));
    expected.len() >= 4 && shown.starts_with(&expected)
}

#[test]
fn every_paste_is_read_as_written_below_it() {
    let mut comments = 0;
    let mut wrong = Vec::new();
    for Sample { path, head, paste, expected } in samples(&folder()) {
        let catalog = catalog_for(&head);
        let reading = read(&paste, &catalog, &settings(&head)).unwrap();
        let shown = show(&reading, &catalog);
        comments += reading.comments.len();
        check_invariants(&paste, &reading);
        if std::env::var_os("UPDATE_READINGS").is_some() {
            let mut written = String::new();
            for line in shown.lines() {
                writeln!(written, "{line}").unwrap();
                let known =
                    expected.iter().find(|before| who_and_what(&before.written) == who_and_what(line));
                if let Some(should) = known.and_then(|comment| comment.judgement_of(line)) {
                    writeln!(written, "{SHOULD} {should}").unwrap();
                }
            }
            std::fs::write(&path, format!("{head}{RULE}{paste}{RULE}{written}")).unwrap();
        } else if shown.lines().count() != expected.len()
            || !expected.iter().zip(shown.lines()).all(|(comment, shown)| agrees(&comment.written, shown))
        {
            wrong.push(format!("{}\n{shown}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "read otherwise:\n{}", wrong.join("\n"));
    assert!(comments >= 400, "only {comments} comments");
}

/// What holds for every reading.
#[track_caller]
fn check_invariants(paste: &str, reading: &Reading) {
    let mut accounted: Vec<(u32, u32)> = reading.comments.iter().map(|comment| comment.span).collect();
    assert!(
        accounted.windows(2).all(|pair| pair[0].1 <= pair[1].0),
        "comments overlap or stand out of order"
    );
    accounted.extend(&reading.noise);
    accounted.sort_unstable();
    let mut end = 0;
    for (start, stop) in accounted.into_iter().chain([(paste.len() as u32, paste.len() as u32)]) {
        assert!(end <= start && start <= stop, "{end} {start} {stop}");
        let between = paste.get(end as usize..start as usize).unwrap();
        let lost: String = between
            .chars()
            .filter(|lost| {
                !lost.is_whitespace() && !domain::text::is_invisible(*lost) && !"·•-—".contains(*lost)
            })
            .collect();
        assert_eq!(lost, "", "bytes {end} to {start} are neither comment nor noise");
        end = stop;
    }
    for comment in &reading.comments {
        assert!(paste.get(comment.span.0 as usize..comment.span.1 as usize).unwrap().contains(&comment.text));
        assert_eq!(comment.status == Status::Act, !comment.claims.is_empty(), "{comment:?}");
        assert!(!comment.reason.is_empty() && comment.fingerprint.len() == 32);
        assert!(
            comment
                .marks
                .iter()
                .all(|mark| comment.text.get(mark.span.0 as usize..mark.span.1 as usize).is_some())
        );
        assert!(comment.claims.iter().all(|claim| claim.quantity >= 1 && claim.quantity <= 999));
        assert!(comment.claims.iter().all(|claim| claim.kind != ClaimKind::Cancel || claim.quantity == 1));
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of which pastes are made, in any order, to get near the places where the reader decides.
    const PIECES: [&str; 44] = [
        "Ana Ruiz",
        "ana_r",
        "@ben",
        "Top fan",
        "Author",
        "sold A12",
        "mine",
        "A12",
        "x2",
        "+1",
        "3h",
        "Like",
        "Reply",
        "Like · Reply · 2h",
        "5",
        "\n",
        "\n",
        "\n",
        "\n\n",
        " ",
        ": ",
        " - ",
        "14/08/2023, 09:15 - Ana: ",
        "[10:15, 1/2/2024] Ben: ",
        "2:30 PM",
        "粉",
        "藍L",
        "เอา",
        "ค่ะ",
        "chốt",
        "?",
        "-",
        "#13",
        "0901234567",
        "AA 10",
        "blue",
        "cancel",
        "next",
        "LikeShare",
        "\u{200B}",
        "e\u{301}",
        "🎉",
        "999999999999",
        "[Ana](https://x.example/@ana)",
    ];

    fn paste() -> impl Strategy<Value = String> {
        let pieces = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..60)
            .prop_map(|pieces| pieces.concat());
        prop_oneof![pieces, any::<String>(), "(\\PC|\n){0,200}"]
    }

    fn preset() -> impl Strategy<Value = Preset> {
        prop::sample::select(Preset::ALL.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn any_text_is_read_or_refused_and_nothing_is_lost(paste in paste(), preset in preset()) {
            let catalog = catalog();
            let settings = ReadSettings { preset, ..ReadSettings::default() };
            let order = infer_order(&paste).map(|inferred| inferred.order);
            prop_assert!(order != Some(CommentOrder::Unordered));
            if let Ok(reading) = read(&paste, &catalog, &settings) {
                check_invariants(&paste, &reading);
                prop_assert_eq!(read(&paste, &catalog, &settings).unwrap(), reading);
            }
        }

        #[test]
        fn a_longer_or_shuffled_copy_keeps_the_fingerprints(
            comments in prop::collection::vec((0..4_u8, 0..4_u8), 1..20),
            more in 0..10_usize,
            newest_first in any::<bool>(),
            seed in any::<u64>(),
        ) {
            let catalog = catalog();
            let order = if newest_first { CommentOrder::NewestFirst } else { CommentOrder::OldestFirst };
            let fingerprints = |comments: &[(u8, u8)], age: &str| -> Vec<String> {
                let one = |(who, what): &(u8, u8)| format!("Buyer {}\nsold A12 x{what}\n{age}\nLike\nReply\n", ["Ana", "Ben", "Cora", "Dan"][usize::from(*who)]);
                let mut lines: Vec<String> = comments.iter().map(one).collect();
                if newest_first {
                    lines.reverse();
                }
                let settings = ReadSettings { order, ..ReadSettings::default() };
                let reading = read(&lines.concat(), &catalog, &settings).unwrap();
                let mut found: Vec<String> = reading.comments.iter().map(|comment| comment.fingerprint.clone()).collect();
                if newest_first {
                    found.reverse();
                }
                found
            };
            let before = fingerprints(&comments, "2h\n3");
            let distinct: std::collections::HashSet<&String> = before.iter().collect();
            prop_assert_eq!(distinct.len(), before.len());
            let mut longer = comments.clone();
            longer.extend(comments.iter().cycle().take(more));
            let after = fingerprints(&longer, "1d");
            prop_assert_eq!(&after[..before.len()], &before[..]);
            // In another order the same comments have the same fingerprints, in that order's sequence.
            let mut shuffled = comments.clone();
            shuffled.rotate_left((seed % comments.len() as u64) as usize);
            let (mut left, mut right) = (fingerprints(&shuffled, "5w"), before);
            left.sort();
            right.sort();
            prop_assert_eq!(left, right);
        }
    }

    #[test]
    fn what_is_no_text_or_too_much_is_refused() {
        use domain::sales::Refused;
        let catalog = catalog();
        let refused = |paste: &str| read(paste, &catalog, &ReadSettings::default()).unwrap_err();
        assert_eq!(refused("sold A12\0"), Refused::Binary);
        assert_eq!(refused(&"\u{1}\u{2}x".repeat(100)), Refused::Binary);
        assert_eq!(refused(&"a".repeat(5 * 1024 * 1024 + 1)), Refused::TooLarge);
        assert_eq!(refused(&"a\n".repeat(100_001)), Refused::TooManyComments);
        assert_eq!(refused("\0").problem().fields[0].field, "paste");
    }
}
