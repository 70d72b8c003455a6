//! What one comment's text demands.
//!
//! [`fold`] cuts the text into atoms, `scan` turns them into elements (words, items, quantities…) with the tables of
//! [`presets`], and `meaning` decides. None of them knows a platform or an author.

mod details;
pub mod fold;
mod meaning;
mod numbers;
mod preset;
pub mod presets;
mod scan;
mod variants;
mod words;

use std::collections::HashMap;

pub use preset::Preset;

use super::Catalog;
use super::reading::{Claim, ClaimKind, Mark, Status};
use fold::FoldedText;
use presets::{COMMON, Words};
use scan::{Element, Kind};

/// Pieces that one comment can ask for; more is a slip of the finger or a price.
pub const MAX_QUANTITY: u32 = 999;
/// Bytes of a text that can be a claim. The platforms' own limit for comments is lower.
pub const MAX_TEXT_BYTES: usize = 10_000;

/// What a word of the tables means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    Intent { kind: ClaimKind, weak: bool },
    Question,
    Doubt,
    Pending,
    Praise,
    Filler,
}

/// One comment's text as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub status: Status,
    pub claims: Vec<Claim>,
    pub reason: String,
    pub marks: Vec<Mark>,
    pub about: Option<u32>,
}

/// Reads texts against one catalog in the words of one preset. Built once for a paste.
#[derive(Debug)]
pub struct Grammar<'catalog> {
    catalog: &'catalog Catalog,
    words: &'static Words,
    senses: HashMap<&'static str, Sense>,
    longest_atoms: usize,
    folded: FoldedText,
    elements: Vec<Element>,
}

impl<'catalog> Grammar<'catalog> {
    /// Lays the preset's words over the common ones.
    pub fn new(preset: Preset, catalog: &'catalog Catalog) -> Self {
        let words = preset.words();
        let mut senses = HashMap::new();
        for table in [&COMMON, words] {
            let intent = |kind, weak| Sense::Intent { kind, weak };
            for (list, sense) in [
                (table.before_size, Sense::Filler),
                (table.filler, Sense::Filler),
                (table.praise, Sense::Praise),
                (table.question, Sense::Question),
                (table.doubt, Sense::Doubt),
                (table.pending, Sense::Pending),
                (table.weak_claim, intent(ClaimKind::Claim, true)),
                (table.claim, intent(ClaimKind::Claim, false)),
                (table.next, intent(ClaimKind::Next, false)),
                (table.cancel, intent(ClaimKind::Cancel, false)),
            ] {
                senses.extend(list.iter().map(|word| (*word, sense)));
            }
        }
        let longest_word = senses.keys().map(|word| word.split(' ').count()).max().unwrap_or(1);
        let longest_atoms = longest_word.max(catalog.longest_key_atoms()).max(3);
        Grammar { catalog, words, senses, longest_atoms, folded: FoldedText::default(), elements: Vec::new() }
    }

    /// What a comment's text demands.
    pub fn read(&mut self, text: &str) -> Judgement {
        if text.len() > MAX_TEXT_BYTES {
            return meaning::too_long();
        }
        self.scan(text);
        meaning::judge(self)
    }

    /// Where the name ends in `Ana Ruiz sold A12`: the byte at which the first word begins that claims, cancels, queues
    /// or names an item, and whether all before it looks like a name and nothing else.
    pub fn end_of_name(&mut self, line: &str) -> Option<(usize, bool)> {
        if line.len() > MAX_TEXT_BYTES {
            return None;
        }
        self.scan(line);
        let first = self.elements.iter().position(|element| {
            matches!(
                element.kind,
                Kind::Intent { .. } | Kind::Item { .. } | Kind::UnknownCode | Kind::Pending
            )
        })?;
        let place = self.folded.original(self.elements[first].start, self.elements[first].end).0 as usize;
        let only_unknown = self.elements[..first].iter().all(|element| element.kind == Kind::Unknown);
        Some((place, only_unknown && first > 0))
    }

    /// Whether a line holds words of a claim, so that it is hardly somebody's name.
    pub fn speaks_of_claims(&mut self, line: &str) -> bool {
        if line.len() > MAX_TEXT_BYTES {
            return true;
        }
        self.scan(line);
        let has = |wanted: fn(&Kind) -> bool| self.elements.iter().any(|element| wanted(&element.kind));
        let intent = has(|kind| matches!(kind, Kind::Intent { weak: false, .. }));
        let item = has(|kind| matches!(kind, Kind::Item { .. } | Kind::UnknownCode | Kind::Number(_)));
        let only_item = item && !has(|kind| *kind == Kind::Unknown);
        let alone = self.elements.len() == 1;
        (intent && (item || alone)) || only_item || has(|kind| *kind == Kind::Question)
    }

    /// Whether a line that stands where a name should is none: it holds claim words or an item. A handle without spaces
    /// may hold a code (`b3_boutique`). Where `strict`, it must also hold something that no table explains, as names do.
    pub fn is_hardly_a_name(&mut self, line: &str, strict: bool) -> bool {
        if line.len() > MAX_TEXT_BYTES {
            return true;
        }
        self.scan(line);
        let has = |wanted: fn(&Kind) -> bool| self.elements.iter().any(|element| wanted(&element.kind));
        let unknown = has(|kind| matches!(kind, Kind::Unknown | Kind::UnknownCode));
        let item = has(|kind| matches!(kind, Kind::Item { .. }));
        let intent = has(|kind| matches!(kind, Kind::Intent { .. }));
        let code = has(|kind| matches!(kind, Kind::UnknownCode | Kind::Number(_)));
        let claims = (item || intent) && (!unknown || line.contains(' ') && (item || code));
        claims || (strict && !unknown)
    }

    /// Whether a line is nothing but courtesies and praise (`Hello!`), so that it is hardly somebody's name.
    pub fn is_courtesy(&mut self, line: &str) -> bool {
        if line.len() > MAX_TEXT_BYTES {
            return false;
        }
        self.scan(line);
        self.elements.iter().all(|element| matches!(element.kind, Kind::Filler | Kind::Praise))
    }
}
