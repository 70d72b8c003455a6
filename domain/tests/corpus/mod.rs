//! How well the corpus is read, as a table: `cargo test -p domain --test reader -- --nocapture table`.
//!
//! The readings of `tests/reading/` are what a careful seller reads. A claim counts as right if its author, kind, item,
//! variant and quantity are. One that is expected but goes to review lowers the recall, one that nobody expects lowers
//! the precision.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use domain::sales::{Catalog, ClaimKind, Preset, Status};

use super::{RULE, catalog_for, check_invariants, folder, read, settings, show};

/// Of the claims that the reader finds, all must be right: a wrong one sells a thing to the wrong person.
const LEAST_PRECISION: f64 = 1.0;
/// Of the claims that a person finds, so many must be found: the others cost the seller a look.
const LEAST_RECALL: f64 = 0.97;
/// Hand-written comments in all files together.
const LEAST_COMMENTS: usize = 430;

/// What a line behind a comment begins with that says how it should have been read.
pub const SHOULD: &str = "  should:";

/// One comment as read, by a person or by the reader.
pub struct Comment {
    /// The whole line.
    pub written: String,
    /// The claims that a careful person reads where the line has others, or `nothing`, or another status without claims.
    pub should: Option<String>,
    author: String,
    text: String,
    status: String,
    /// Such as `claim AA 10/blue small x2`.
    claims: Vec<String>,
    /// In the file, from 1.
    line: usize,
}

impl Comment {
    /// From `author | text | status | claims | reason`; the reason may be missing.
    fn parse(written: &str, line: usize) -> Self {
        let cells: Vec<&str> = written.splitn(5, '|').map(str::trim).collect();
        assert!(cells.len() >= 4, "line {line} is no reading: {written}");
        Comment {
            written: written.into(),
            should: None,
            author: cells[0].into(),
            text: cells[1].into(),
            status: cells[2].into(),
            claims: claims(cells[3]),
            line,
        }
    }

    fn set_should(&mut self, should: &str) {
        let status =
            [Status::None, Status::Review].map(Status::as_str).into_iter().find(|word| *word == should);
        self.claims = if status.is_some() { Vec::new() } else { claims(should) };
        if let Some(status) = status {
            self.status = status.into();
        } else if !self.claims.is_empty() {
            self.status = Status::Act.as_str().into();
        } else if self.status == Status::Act.as_str() {
            self.status = Status::None.as_str().into();
        }
        self.should = Some(should.into());
    }

    /// What to write behind a line that the reader writes in place of this one, so that no judgement of a person is lost:
    /// the one that stands there, or what was written by hand, if the reader has other claims or another status.
    pub fn judgement_of(&self, read: &str) -> Option<String> {
        let read = Comment::parse(read, self.line);
        let by_hand = self.written.splitn(5, '|').count() == 4;
        if read.claims == self.claims && read.status == self.status {
            return None;
        }
        let judged = if self.claims.is_empty() { self.status.clone() } else { self.claims.join(", ") };
        self.should.clone().or(by_hand.then_some(judged))
    }

    fn is_same_comment(&self, other: &Comment) -> bool {
        self.author == other.author && self.text == other.text
    }

    /// How many claims are right; those of somebody else are not.
    fn right_claims(&self, read: &Comment) -> usize {
        let mut meant: HashMap<&str, usize> = HashMap::new();
        for claim in &self.claims {
            *meant.entry(claim).or_default() += 1;
        }
        let is_meant = |claim: &&String| match meant.get_mut(claim.as_str()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        if self.author == read.author { read.claims.iter().filter(is_meant).count() } else { 0 }
    }

    fn shown(&self) -> String {
        format!("{} | {} | {} | {}", self.author, self.text, self.status, self.claims.join(", "))
    }
}

/// `claim A12 x2, next B3 x1`, one by one.
fn claims(cell: &str) -> Vec<String> {
    cell.split(", ").filter(|claim| !claim.is_empty() && *claim != "nothing").map(str::to_owned).collect()
}

/// Which read comment is which expected one: those with the same author and text in the same order, and between two of
/// them the others as they come.
fn pairs(expected: &[Comment], read: &[Comment]) -> Vec<(Option<usize>, Option<usize>)> {
    // `longest[i][j]` comments are common to what begins at `i` and what begins at `j`.
    let mut longest = vec![vec![0_usize; read.len() + 1]; expected.len() + 1];
    for i in (0..expected.len()).rev() {
        for j in (0..read.len()).rev() {
            longest[i][j] = if expected[i].is_same_comment(&read[j]) {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    let (mut lost, mut surplus) = (Vec::new(), Vec::new());
    loop {
        let common = i < expected.len() && j < read.len() && expected[i].is_same_comment(&read[j]);
        if common || (i == expected.len() && j == read.len()) {
            let count = lost.len().max(surplus.len());
            pairs.extend((0..count).map(|place| (lost.get(place).copied(), surplus.get(place).copied())));
            (lost, surplus) = (Vec::new(), Vec::new());
            if !common {
                return pairs;
            }
            pairs.push((Some(i), Some(j)));
            (i, j) = (i + 1, j + 1);
        } else if j == read.len() || (i < expected.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            lost.push(i);
            i += 1;
        } else {
            surplus.push(j);
            j += 1;
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Default)]
struct Counts {
    comments: usize,
    statuses_right: usize,
    claims_expected: usize,
    claims_read: usize,
    claims_right: usize,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.comments += other.comments;
        self.statuses_right += other.statuses_right;
        self.claims_expected += other.claims_expected;
        self.claims_read += other.claims_read;
        self.claims_right += other.claims_right;
    }

    fn precision(&self) -> f64 {
        share(self.claims_right, self.claims_read)
    }

    fn recall(&self) -> f64 {
        share(self.claims_right, self.claims_expected)
    }

    fn row(&self, name: &str) -> String {
        let Counts { comments, statuses_right, claims_expected, claims_read, claims_right } = self;
        format!(
            "{name:<32} {comments:>8} {statuses_right:>8} {claims_expected:>8} {claims_read:>8} {claims_right:>8} \
             {:>9.3} {:>7.3}\n",
            self.precision(),
            self.recall()
        )
    }
}

/// Of nothing, nothing is wrong.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// A file of the corpus.
pub struct Sample {
    pub path: PathBuf,
    pub head: String,
    pub paste: String,
    /// As a person reads it.
    pub expected: Vec<Comment>,
}

/// The pastes of a folder, in the order of their names.
pub fn samples(folder: &Path) -> Vec<Sample> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|extension| extension == "txt") && !path.ends_with("catalog.txt")
    });
    paths.sort();
    paths.into_iter().map(Sample::open).collect()
}

impl Sample {
    fn open(path: PathBuf) -> Self {
        let content = std::fs::read_to_string(&path).unwrap();
        let parts: Vec<&str> = content.split(RULE).collect();
        assert_eq!(parts.len(), 3, "{} has a head, a paste and readings", path.display());
        let first_line = content.lines().count() - parts[2].lines().count() + 1;
        let mut expected: Vec<Comment> = Vec::new();
        for (line, written) in (first_line..).zip(parts[2].lines()) {
            match written.strip_prefix(SHOULD) {
                Some(should) => expected.last_mut().unwrap().set_should(should.trim()),
                None => expected.push(Comment::parse(written, line)),
            }
        }
        Sample { head: parts[0].into(), paste: parts[1].into(), expected, path }
    }

    /// Such as `whatsapp_exports.txt`.
    fn name(&self) -> String {
        self.path.strip_prefix(folder()).unwrap().display().to_string()
    }

    /// Counts what is right and writes down what is not.
    fn measure(&self, misread: &mut String) -> Counts {
        let catalog = catalog_for(&self.head);
        let reading = read(&self.paste, &catalog, &settings(&self.head)).unwrap();
        check_invariants(&self.paste, &reading);
        let read: Vec<Comment> =
            show(&reading, &catalog).lines().map(|shown| Comment::parse(shown, 0)).collect();
        let mut counts = Counts {
            comments: self.expected.len(),
            claims_expected: self.expected.iter().map(|comment| comment.claims.len()).sum(),
            claims_read: read.iter().map(|comment| comment.claims.len()).sum(),
            ..Counts::default()
        };
        for (expected, found) in pairs(&self.expected, &read) {
            let (expected, found) =
                (expected.map(|index| &self.expected[index]), found.map(|index| &read[index]));
            if let (Some(expected), Some(found)) = (expected, found) {
                counts.statuses_right += usize::from(expected.status == found.status);
                counts.claims_right += expected.right_claims(found);
            }
            let is_right = expected.zip(found).is_some_and(|(expected, found)| {
                expected.is_same_comment(found)
                    && expected.status == found.status
                    && expected.claims == found.claims
            });
            if !is_right {
                let line = expected.map_or(String::new(), |comment| format!(":{}", comment.line));
                let shown = |comment: Option<&Comment>| comment.map_or("nothing".into(), Comment::shown);
                writeln!(
                    misread,
                    "{}{line}\n    expected {}\n    read     {}",
                    self.name(),
                    shown(expected),
                    shown(found)
                )
                .unwrap();
            }
        }
        counts
    }
}

#[test]
fn table_of_precision_and_recall() {
    let (mut table, mut misread, mut total) = (String::new(), String::new(), Counts::default());
    writeln!(
        table,
        "{:<32} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>7}",
        "", "comments", "statuses", "claims", "read", "right", "precision", "recall"
    )
    .unwrap();
    for sample in samples(&folder()) {
        let counts = sample.measure(&mut misread);
        table.push_str(&counts.row(&sample.name()));
        total.add(counts);
    }
    table.push_str(&total.row("all"));
    println!("{misread}\n{table}");
    assert!(total.comments > 0 && total.claims_read > 0, "nothing was read");
    assert!(total.precision() >= LEAST_PRECISION, "precision {:.4}", total.precision());
    assert!(total.recall() >= LEAST_RECALL, "recall {:.4}", total.recall());
}

/// What people write by hand has slips of its own.
#[test]
fn hand_written_readings_name_what_stands_in_the_paste_and_in_the_catalog() {
    let (mut comments, mut presets) = (0, HashSet::new());
    for sample in samples(&folder()) {
        let catalog = catalog_for(&sample.head);
        let preset = sample.head.lines().find_map(|line| line.strip_prefix("preset: ")).unwrap();
        presets.insert(preset.to_owned());
        comments += sample.expected.len();
        for comment in &sample.expected {
            let place = format!("{}:{}", sample.name(), comment.line);
            assert!(sample.paste.contains(&comment.author), "{place}: no such author in the paste");
            assert!(sample.paste.contains(&comment.text.replace('⏎', "\n")), "{place}: no such text");
            let acts = comment.status == Status::Act.as_str();
            let known =
                acts || [Status::None.as_str(), Status::Review.as_str()].contains(&comment.status.as_str());
            assert!(known && acts != comment.claims.is_empty(), "{place}: {}", comment.status);
            for claim in &comment.claims {
                assert!(is_sold(claim, &catalog), "{place}: {claim} is no claim on this catalog");
            }
        }
    }
    assert!(comments >= LEAST_COMMENTS, "only {comments} comments");
    let missing: Vec<&str> =
        Preset::ALL.map(Preset::as_str).into_iter().filter(|preset| !presets.contains(*preset)).collect();
    assert!(missing.is_empty(), "no paste for {missing:?}");
}

/// Whether `claim AA 10/blue small x2` names a kind, an item with its variant, and a number.
fn is_sold(claim: &str, catalog: &Catalog) -> bool {
    let kinds = [ClaimKind::Claim, ClaimKind::Cancel, ClaimKind::Reduce, ClaimKind::Next];
    if let Some(code) = claim.strip_prefix("cancel-item ").and_then(|rest| rest.strip_suffix(" x1")) {
        return catalog.items().iter().any(|item| item.code == code);
    }
    let Some((kind, rest)) = claim.split_once(' ') else { return false };
    let Some((choice, quantity)) = rest.rsplit_once(" x") else { return false };
    let is_choice = catalog.items().iter().any(|item| {
        item.variants.iter().any(|variant| {
            let name = if variant.name.is_empty() { String::new() } else { format!("/{}", variant.name) };
            choice == format!("{}{name}", item.code)
        })
    });
    kinds.iter().any(|known| known.as_str() == kind)
        && is_choice
        && quantity.parse::<u32>().is_ok_and(|quantity| quantity >= 1)
}
