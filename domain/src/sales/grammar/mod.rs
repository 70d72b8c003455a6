//! What one comment's text demands.
//!
//! [`fold`] cuts the text into atoms, `scan` turns them into elements (words, items, quantities…) with the tables of
//! [`presets`], and `meaning` decides. None of them knows a platform or an author.

mod details;
mod entry;
pub mod fold;
pub mod lexicon;
mod lookup;
mod meaning;
mod numbers;
mod preset;
pub mod presets;
mod scan;
pub mod slips;
mod taught;
mod variants;
mod words;

use smallvec::SmallVec;

pub(super) use meaning::nothing;
pub use preset::Preset;

use super::Catalog;
use super::reading::{Claim, ClaimKind, Mark, MarkKind, Status};
use super::reasons::{Reason, ReasonCode};
use super::rules::ReadingRule;
use super::words::WordChanges;
use fold::{AtomKind, FoldedText};
use lexicon::Lexicon;
use lookup::Known;
use presets::{COMMON, Words};
use scan::{Element, Kind};
use taught::Taught;

/// Pieces that one comment can ask for; more is a slip of the finger or a price.
pub const MAX_QUANTITY: u32 = 999;
/// Bytes of a text that can be a claim. The platforms' own limit for comments is lower.
pub const MAX_TEXT_BYTES: usize = 10_000;
/// More items than this in one comment are a list, not a claim.
pub const MAX_ITEMS: usize = 40;

/// What a word of the tables means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    Intent {
        kind: ClaimKind,
        weak: bool,
    },
    Question,
    Doubt,
    Pending,
    Praise,
    Filler,
    /// One of every variant, which are so many if it says so.
    Every(Option<u32>),
    /// A number in words.
    Number(u32),
}

impl Sense {
    fn kind(self) -> Kind {
        match self {
            Sense::Intent { kind, weak } => Kind::Intent { kind, weak },
            Sense::Question => Kind::Question,
            Sense::Doubt => Kind::Doubt,
            Sense::Pending => Kind::Pending,
            Sense::Praise => Kind::Praise,
            Sense::Filler => Kind::Filler,
            Sense::Every(count) => Kind::Every(count),
            Sense::Number(number) => Kind::Quantity(number),
        }
    }
}

/// What one comment demands; nearly always one thing.
pub type Claims = SmallVec<[Claim; 2]>;

/// One comment's text as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub status: Status,
    pub claims: Claims,
    pub reason: Reason,
    /// The item that it most likely means.
    pub about: Option<u32>,
}

/// How texts are read against one catalog in the words of one preset. Built once, and shared by all who read.
#[derive(Clone, Debug)]
pub struct Grammar {
    pub lexicon: Lexicon,
    words: &'static Words,
    taught: Taught,
}

impl Grammar {
    /// Lays the preset's words over the common ones, and what the seller changed and taught over both.
    pub fn new(preset: Preset, changes: &WordChanges, rules: &[ReadingRule], catalog: &Catalog) -> Self {
        let words = preset.words();
        let lexicon = Lexicon::new(&[&COMMON, words], changes, catalog);
        Grammar { lexicon, words, taught: Taught::new(rules) }
    }

    /// Whether codes of letters and a number are read by their number: `a 32` for `A032`.
    pub fn reads_loose_codes(&self) -> bool {
        self.words.loose_codes
    }

    /// What the seller taught about a whole comment.
    pub fn rule(&self, text: &str) -> Option<&ReadingRule> {
        self.taught.rule(&FoldedText::fold(text))
    }

    /// The same for comments that may answer somebody by this name.
    pub fn answering(mut self, seller: &str) -> Self {
        self.lexicon.add_name(seller.trim_start_matches('@'));
        self
    }

    /// Somebody who reads one text after the other.
    pub fn scanner(&self) -> Scanner<'_> {
        Scanner {
            grammar: self,
            folded: FoldedText::default(),
            known: Vec::new(),
            longer: Vec::new(),
            elements: Vec::new(),
            breaks: SmallVec::new(),
        }
    }
}

/// Reads texts by a grammar, and holds the last one's elements.
#[derive(Debug)]
pub struct Scanner<'grammar> {
    grammar: &'grammar Grammar,
    folded: FoldedText,
    /// For each atom, what the lexicon knows of it.
    known: Vec<Known>,
    /// The places in the lexicon of the phrases that begin with an atom: see [`Known`].
    longer: Vec<u32>,
    elements: Vec<Element>,
    /// Bytes of the text at which its lines end.
    breaks: SmallVec<[u32; 4]>,
}

impl<'grammar> Scanner<'grammar> {
    /// What a comment's text demands.
    pub fn read(&mut self, text: &str) -> Judgement {
        if !self.fold(text) {
            return meaning::review(ReasonCode::TooLong);
        }
        if let Some(rule) = self.taught() {
            let whole = (0, text.len() as u32);
            if rule.meaning.is_empty() {
                return Judgement {
                    reason: Reason::at(ReasonCode::PassedOver, whole),
                    ..nothing(ReasonCode::NoWords)
                };
            }
            let judgement = self.read_meaning(rule);
            return Judgement { reason: Reason::at(ReasonCode::Taught, whole), ..judgement };
        }
        self.scan_folded(text);
        meaning::judge(self)
    }

    /// What the meaning of a rule demands, whatever else was taught.
    pub fn read_meaning(&mut self, rule: &ReadingRule) -> Judgement {
        if !self.fold(&rule.meaning) {
            return meaning::review(ReasonCode::TooLong);
        }
        self.scan_folded(&rule.meaning);
        meaning::judge(self)
    }

    /// The rule for the text that is folded.
    fn taught(&self) -> Option<&'grammar ReadingRule> {
        self.grammar.taught.rule(self.folded.as_str())
    }

    /// The stretches of a text that led to its reading, in their order.
    pub fn marks(&mut self, text: &str, status: Status) -> Vec<Mark> {
        if !self.fold(text) {
            return Vec::new();
        }
        if self.taught().is_some() {
            let kind = match status {
                Status::Act => MarkKind::Word,
                Status::Review => MarkKind::Obstacle,
                Status::None => return Vec::new(),
            };
            return vec![Mark { kind, span: (0, text.len() as u32) }];
        }
        self.scan_folded(text);
        meaning::marks(self, status)
    }

    /// Where the name ends in `Ana Ruiz sold A12`: the byte at which the first word begins that claims, cancels, queues
    /// or names an item, and whether all before it looks like a name and nothing else.
    pub fn end_of_name(&mut self, line: &str) -> Option<(usize, bool)> {
        if !self.fold(line) {
            return None;
        }
        self.scan_folded(line);
        let first = self.elements.iter().position(|element| {
            matches!(
                element.kind,
                Kind::Intent { .. } | Kind::Item { .. } | Kind::UnknownCode | Kind::Pending | Kind::Question
            )
        })?;
        let place = self.folded.original(self.elements[first].start, self.elements[first].end).0 as usize;
        // `Caro de la Paz`: small words within a name may mean something elsewhere.
        let in_name = |element: &Element| match element.kind {
            Kind::Unknown => true,
            Kind::Filler => {
                let written = line.get(self.folded.original(element.start, element.end).0 as usize..);
                written.is_some_and(|written| written.starts_with(char::is_lowercase))
            }
            _ => false,
        };
        let begins = self.elements[..first].first().is_some_and(|element| element.kind == Kind::Unknown);
        Some((place, begins && self.elements[..first].iter().all(in_name)))
    }

    /// Whether a line holds words of a claim, so that it is hardly somebody's name.
    pub fn speaks_of_claims(&mut self, line: &str) -> bool {
        if !self.fold(line) {
            return true;
        }
        self.scan_folded(line);
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
        if !self.fold(line) {
            return true;
        }
        self.look_up();
        // Nearly every name is nothing but words that the tables do not know, and signs between them claim nothing.
        let is_sign = |atom| self.is_idle(atom) && self.kind(atom) == Some(AtomKind::Mark);
        let atoms = 0..self.folded.atoms.len();
        if !strict && atoms.into_iter().all(|atom| self.explains_nothing(atom) || is_sign(atom)) {
            return false;
        }
        self.scan_elements(line);
        let has = |wanted: fn(&Kind) -> bool| self.elements.iter().any(|element| wanted(&element.kind));
        let unknown = has(|kind| matches!(kind, Kind::Unknown | Kind::UnknownCode));
        let item = has(|kind| matches!(kind, Kind::Item { .. }));
        let intent = has(|kind| matches!(kind, Kind::Intent { .. }));
        let code = has(|kind| matches!(kind, Kind::UnknownCode | Kind::Number(_)));
        let claims = (item || intent) && (!unknown || line.contains(' ') && (item || code));
        (claims && !self.is_name_with_alias(line)) || (strict && !unknown)
    }

    /// `Ruby Ring`: a name by its capitals, of which one word happens to be an item's and another no word of any table.
    fn is_name_with_alias(&self, line: &str) -> bool {
        let is_word = |element: &Element| match element.kind {
            Kind::Unknown => element.part.is_none(),
            Kind::Item { .. } => {
                !self.folded.bytes(element.start, element.end).contains(|c: char| c.is_ascii_digit())
            }
            _ => false,
        };
        let new = |element: &Element| element.kind == Kind::Unknown;
        self.elements.iter().all(is_word)
            && self.elements.iter().any(new)
            && line.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
    }

    /// Whether a line is nothing but courtesies and praise (`Hello!`), so that it is hardly somebody's name.
    pub fn is_courtesy(&mut self, line: &str) -> bool {
        if !self.fold(line) {
            return false;
        }
        self.scan_folded(line);
        self.elements.iter().all(|element| matches!(element.kind, Kind::Filler | Kind::Praise))
    }
}
