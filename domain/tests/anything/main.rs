//! A bounded run of what `cargo fuzz` does without end: the seeds of `fuzz/seeds`, and some thousand texts made of them.
//! Always the same ones, so that a failure stays.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod check;

use std::path::PathBuf;

/// Texts that are made of the seeds.
const PASTES: usize = 2_500;
const CATALOGS: usize = 500;
/// Longer ones are cut off.
const MAX_BYTES: usize = 4_000;

/// What is put in: where readers are likely to stumble.
const PIECES: [&str; 26] = [
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "|",
    ";",
    ":",
    "@",
    "-",
    "x2",
    "+1",
    "?",
    "A12",
    "sold",
    "Like",
    "3h",
    "\"",
    ",",
    "\u{2028}",
    "\u{200B}",
    "e\u{301}",
    "👩‍👩‍👧",
    "藍L",
    "เอา",
    "\u{202E}",
    "99999999999999999999",
];

/// Small, known, and good enough to choose by: xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn seeds(of: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(of);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(seeds.len() >= 5, "there are seeds");
    seeds
}

/// One to eight changes of a text: pieces come in, stretches go, double, change places with those of another seed.
fn changed(seed: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut text = seed.to_vec();
    for _ in 0..=chance.below(8) {
        let start = chance.below(text.len() + 1);
        let end = (start + chance.below(40)).min(text.len());
        let from = chance.below(other.len() + 1);
        let foreign = &other[from..(from + chance.below(60)).min(other.len())];
        let own = text[start..end].to_vec();
        match chance.below(6) {
            0 => drop(text.splice(start..end, [])),
            1 => drop(text.splice(start..start, own.repeat(1 + chance.below(20)))),
            2 => drop(text.splice(start..end, foreign.to_vec())),
            3 => drop(text.splice(start..start, foreign.to_vec())),
            4 => drop(text.splice(start..start, PIECES[chance.below(PIECES.len())].bytes())),
            _ => text.iter_mut().skip(start).take(1).for_each(|byte| *byte = chance.below(256) as u8),
        }
        text.truncate(MAX_BYTES);
    }
    text
}

fn run(of: &str, texts: usize, check: fn(&[u8])) {
    let seeds = seeds(of);
    let mut chance = Chance(0x5EED_0F5E_117A_C000);
    for seed in &seeds {
        check(seed);
    }
    let mut texts_checked = seeds.len();
    while texts_checked < texts {
        let (seed, other) = (chance.below(seeds.len()), chance.below(seeds.len()));
        check(&changed(&seeds[seed], &seeds[other], &mut chance));
        texts_checked += 1;
    }
}

#[test]
fn any_paste_is_read_or_refused() {
    run("reader", PASTES, check::reader);
}

#[test]
fn any_catalog_can_be_read_against() {
    run("catalog", CATALOGS, check::catalog);
}
