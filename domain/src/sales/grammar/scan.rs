//! A text's elements: words with a sense, items, quantities, and what is none of these.

use super::entry::{Entry, Items};
use super::fold::AtomKind;
use super::presets::Minus;
use super::{ClaimKind, MAX_TEXT_BYTES, Scanner, Sense};

/// A longer string of glued letters and digits is no code that anybody sells under.
const MAX_CLUSTER_ATOMS: usize = 24;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Intent {
        kind: ClaimKind,
        weak: bool,
    },
    /// A code or alias. `shared` means that other items have it too; `number` that it is only digits without `#`.
    Item {
        item: u32,
        shared: bool,
        number: bool,
    },
    /// A number in a form that only quantities have. More than fits is `u32::MAX`.
    Quantity(u32),
    /// A number that may be a quantity, a size or a price.
    Number(u32),
    /// A number with a unit of length or weight, or a child's age.
    Measure,
    Price,
    Phone,
    /// Letters and digits like a code, but of no item.
    UnknownCode,
    Question,
    Doubt,
    Pending,
    Praise,
    Filler,
    /// One of every variant, which are so many if it says so.
    Every(Option<u32>),
    Unknown,
}

/// A stretch of the folded text and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    pub kind: Kind,
    /// Where the lexicon has it as a word.
    pub place: u32,
    /// If it is also a word of some variant's name: which.
    pub part: Option<u32>,
    /// Byte range in the folded text.
    pub start: u32,
    pub end: u32,
    /// `size` or a word like it stands before.
    pub sized: bool,
    /// It is itself such a word.
    pub before_size: bool,
    /// A filler that makes a sentence of a code.
    pub talk: bool,
    /// An alias with a slip of one letter.
    pub slip: bool,
}

impl Scanner<'_> {
    /// Folds a text; says whether it is short enough to be read.
    pub(super) fn fold(&mut self, text: &str) -> bool {
        if text.len() > MAX_TEXT_BYTES {
            return false;
        }
        self.folded.set(text);
        !self.folded.is_cut_off()
    }

    /// Fills `elements` with what the text consists of that is folded. Every atom is looked at a bounded number of times.
    pub(super) fn scan_folded(&mut self, text: &str) {
        self.look_up();
        self.scan_elements(text);
    }

    /// [`Scanner::scan_folded`] for the text of which the atoms are looked up already.
    pub(super) fn scan_elements(&mut self, text: &str) {
        self.breaks.clear();
        self.breaks.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|place| place as u32));
        let mut elements = std::mem::take(&mut self.elements);
        elements.clear();
        let mut atom = 0;
        while atom < self.folded.atoms.len() {
            atom = self.element(atom, &mut elements).max(atom + 1);
        }
        self.elements = elements;
    }

    /// Reads the element at an atom and returns the atom after it.
    fn element(&self, atom: usize, elements: &mut Vec<Element>) -> usize {
        let found = match self.kind(atom) {
            Some(AtomKind::Digits) => self
                .phone(atom, elements)
                .or_else(|| self.decimal_measure(atom, elements))
                .or_else(|| self.quantity(atom, elements))
                .or_else(|| self.known(atom, elements)),
            Some(AtomKind::Mark) if self.is_idle(atom) && !matches!(self.word(atom), "(" | "+" | "-") => {
                self.mark(atom, elements)
            }
            Some(AtomKind::Mark) => self
                .phone(atom, elements)
                .or_else(|| self.quantity(atom, elements))
                .or_else(|| self.known(atom, elements))
                .or_else(|| self.mark(atom, elements)),
            // Most words that the tables do not know are just that.
            _ if self.explains_nothing(atom) && self.grammar.lexicon.slips().is_none() => None,
            _ => self
                .tier(atom, elements)
                .or_else(|| self.quantity(atom, elements))
                .or_else(|| self.slip(atom, elements))
                .or_else(|| self.known(atom, elements))
                .or_else(|| self.glued_word(atom, elements)),
        };
        found.unwrap_or_else(|| self.unknown(atom, elements))
    }

    /// Whether an atom is a word or a number that no table explains, and of which no part is a claim word.
    pub(super) fn explains_nothing(&self, atom: usize) -> bool {
        let is_word = || {
            let (word, mut claim_words) =
                (self.word(atom), self.grammar.lexicon.glued_words(self.word(atom)));
            self.grammar.words.tiers.is_empty()
                && claim_words.next().is_none()
                && self.cluster_end(atom) - atom <= MAX_CLUSTER_ATOMS
                && !(is_stretched(word) && self.stretched(atom).is_some())
        };
        self.is_idle(atom)
            && match self.kind(atom) {
                Some(AtomKind::Word) => is_word(),
                Some(AtomKind::Digits) => true,
                _ => false,
            }
    }

    pub(super) fn add(
        &self,
        elements: &mut Vec<Element>,
        kind: Kind,
        first: usize,
        end: usize,
    ) -> Option<usize> {
        let start = self.folded.atoms.get(first)?.start;
        let last = self.folded.atoms.get(end.checked_sub(1)?)?.end;
        self.push(elements, kind, self.place_of(first, end), start, last);
        Some(end)
    }

    pub(super) fn add_bytes(&self, elements: &mut Vec<Element>, kind: Kind, start: u32, end: u32) {
        let place = self.grammar.lexicon.place(self.folded.bytes(start, end));
        self.push(elements, kind, place, start, end);
    }

    fn push(&self, elements: &mut Vec<Element>, kind: Kind, place: u32, start: u32, end: u32) {
        let sized = elements.last().is_some_and(|before| before.kind == Kind::Filler && before.before_size);
        let Entry { part, talk, before_size, .. } = *self.grammar.lexicon.at(place);
        elements.push(Element { kind, place, part, start, end, sized, before_size, talk, slip: false });
    }

    /// What the tables know of an element as a word.
    pub(super) fn entry_of(&self, element: &Element) -> &Entry {
        self.grammar.lexicon.at(element.place)
    }

    pub(super) fn kind(&self, atom: usize) -> Option<AtomKind> {
        self.folded.atoms.get(atom).map(|atom| atom.kind)
    }

    pub(super) fn word(&self, atom: usize) -> &str {
        self.folded.slice(atom, atom + 1)
    }

    pub(super) fn is_glued(&self, atom: usize) -> bool {
        self.folded.atoms.get(atom).is_some_and(|atom| atom.glued)
    }

    /// The end of the glued letters and digits that begin at an atom; the atom itself if it is neither.
    pub(super) fn cluster_end(&self, atom: usize) -> usize {
        let mut end = atom;
        while matches!(self.kind(end), Some(AtomKind::Word | AtomKind::Digits))
            && (end == atom || self.is_glued(end))
        {
            end += 1;
        }
        end
    }

    pub(super) fn number(&self, atom: usize) -> Option<u32> {
        (self.kind(atom)? == AtomKind::Digits).then(|| self.word(atom).parse().unwrap_or(u32::MAX))
    }

    /// The items that a stretch of atoms names, and whether the stretch is only digits.
    pub(super) fn items(&self, first: usize, end: usize) -> Option<Kind> {
        let exact = self.entry(first, end).items;
        let items = exact.or_else(|| self.items_written_otherwise(first, end, false))?;
        Some(self.item(first, end, items, exact.is_some()))
    }

    fn item(&self, first: usize, end: usize, items: Items, exact: bool) -> Kind {
        // `A-12` could be twelve pieces of A where a minus counts.
        let by_minus = self.grammar.words.minus == Minus::Quantity
            && !exact
            && self.folded.slice(first, end).contains('-')
            && self.entry(first, first + 1).items.is_some();
        let number = end - first == 1 && self.kind(first) == Some(AtomKind::Digits);
        Kind::Item { item: items.first, shared: items.shared || by_minus, number }
    }

    /// Where `spaced`, letters and digits may stand apart: `sold A 12`.
    fn items_written_otherwise(&self, first: usize, end: usize, spaced: bool) -> Option<Items> {
        if end - first < 2 || end - first > self.reach(first) {
            return None;
        }
        self.find_joined(first, end, spaced).or_else(|| {
            let loose = self.grammar.words.loose_codes;
            if loose { self.find_numbered(first, end) } else { None }
        })
    }

    /// The longest stretch from an atom that is a keyword or a word of the tables.
    fn known(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        if self.kind(atom)? == AtomKind::Run {
            return self.known_in_run(atom, elements);
        }
        let cluster = self.cluster_end(atom);
        if cluster - atom > MAX_CLUSTER_ATOMS {
            return self.add(elements, Kind::Unknown, atom, cluster);
        }
        let longest = (atom + self.reach(atom)).min(self.folded.atoms.len());
        for end in (atom + 1..=longest).rev() {
            let Some(kind) = self.sense(atom, end, elements) else { continue };
            if self.tail_is_understood(end, &kind) {
                return self.add(elements, kind, atom, end);
            }
        }
        if let Some(kind) = self.stretched(atom) {
            return self.add(elements, kind, atom, atom + 1);
        }
        // A word of a variant's name that nothing else explains, such as `7.5`.
        let end = (atom + 1..=longest).rev().find(|end| {
            self.entry(atom, *end).part.is_some() && self.tail_is_understood(*end, &Kind::Unknown)
        })?;
        let kind = match self.number(atom) {
            Some(number) if end == atom + 1 => Kind::Number(number),
            _ => Kind::Unknown,
        };
        self.add(elements, kind, atom, end)
    }

    /// A claim word whose last letter was held down: `solddd`, `minee`.
    fn stretched(&self, atom: usize) -> Option<Kind> {
        let word = self.word(atom);
        if !is_stretched(word) {
            return None;
        }
        let last = word.chars().next_back().filter(|last| last.is_alphabetic())?;
        let once = word.trim_end_matches(last).len() + last.len_utf8();
        if once == word.len() || self.cluster_end(atom) != atom + 1 {
            return None;
        }
        [once, once + last.len_utf8()].into_iter().find_map(|end| {
            match self.grammar.lexicon.find(word.get(..end)?).sense? {
                Sense::Intent { kind, weak: false } if end > 2 => Some(Kind::Intent { kind, weak: false }),
                _ => None,
            }
        })
    }

    pub(super) fn sense(&self, first: usize, end: usize, elements: &[Element]) -> Option<Kind> {
        let entry = self.entry(first, end);
        if let Some(Sense::Intent { kind, weak }) = entry.sense {
            return Some(Kind::Intent { kind, weak });
        }
        if let Some(item) = self.items(first, end).or_else(|| self.spaced_item(first, end, elements)) {
            // `a` in `a blue one` is no code, though some item may have it.
            let article = entry.sense == Some(Sense::Filler)
                && self.kind(end) == Some(AtomKind::Word)
                && self.entry(end, end + 1).part.is_none()
                && !matches!(self.entry(end, end + 1).sense, Some(Sense::Intent { .. }));
            return Some(if article { Kind::Filler } else { item });
        }
        if entry.opens_question
            && elements
                .iter()
                .all(|element| element.kind == Kind::Filler && !self.speaks_of_somebody(element))
        {
            return Some(Kind::Question);
        }
        entry.sense.map(Sense::kind)
    }

    /// `you can` and `I can` ask nothing.
    fn speaks_of_somebody(&self, element: &Element) -> bool {
        self.entry_of(element).subject
    }

    /// A code whose letters and digits stand apart, right behind a word that claims it, where neither is a code itself.
    fn spaced_item(&self, first: usize, end: usize, elements: &[Element]) -> Option<Kind> {
        let claimed = matches!(elements.last()?.kind, Kind::Intent { weak: false, .. });
        let parts = [self.entry(first, first + 1), self.entry(end - 1, end)];
        if end - first != 2 || !claimed || parts.iter().any(|part| part.items.is_some()) {
            return None;
        }
        let items = self.items_written_otherwise(first, end, true)?;
        Some(self.item(first, end, items, false))
    }

    /// Whether what is glued to a stretch that ends here can stand there: nothing, a quantity, a variant, a claim
    /// word, or after a claim word an item. `A12b` is not `A12`.
    pub(super) fn tail_is_understood(&self, mut atom: usize, before: &Kind) -> bool {
        if !self.is_glued(atom) {
            return true;
        }
        let end = self.cluster_end(atom);
        if end - atom > MAX_CLUSTER_ATOMS {
            return false;
        }
        // In `6.5` there is no 6.
        let point = self.word(atom) == "." && self.is_glued(atom + 1) && self.number(atom + 1).is_some();
        if point && atom.checked_sub(1).is_some_and(|before| self.number(before).is_some()) {
            return false;
        }
        // `A12-2` and `a12_shop` may be other codes.
        if matches!(before, Kind::Item { .. }) && self.is_glued(atom + 1) {
            let number = self.number(atom + 1).is_some() && self.entry(atom + 1, atom + 2).part.is_none();
            let goes_on = match self.word(atom) {
                "-" => number && self.grammar.words.minus == Minus::Nothing,
                // `A12.50` may be a price, `A12:30` a time.
                "." | "," | ":" => number,
                "_" => self.cluster_end(atom + 1) > atom + 1,
                _ => false,
            };
            if goes_on {
                return false;
            }
        }
        if atom < end && matches!(before, Kind::Intent { .. }) && self.items(atom, end).is_some() {
            return true;
        }
        while atom < end {
            let pair = atom + 1 < end;
            let counts =
                pair && self.entry(atom, atom + 1).before_quantity && self.number(atom + 1).is_some();
            let counted =
                pair && self.number(atom).is_some() && self.entry(atom + 1, atom + 2).after_quantity;
            if counts || counted {
                atom += 2;
                continue;
            }
            let known = (atom + 1..=end).rev().find(|end| {
                let entry = self.entry(atom, *end);
                entry.part.is_some() || matches!(entry.sense, Some(Sense::Intent { .. }))
            });
            match known {
                Some(next) => atom = next,
                None => return false,
            }
        }
        true
    }

    /// What a sign begins: a question, a price, a code after `#`, a name after `@`, a cancel by minus.
    fn mark(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        if self.kind(atom)? != AtomKind::Mark {
            return None;
        }
        let next = atom + 1;
        match self.word(atom) {
            "?" | "؟" => self.add(elements, Kind::Question, atom, next),
            "$" | "₱" | "฿" | "₫" | "€" | "£" | "¥" if self.number(next).is_some() => {
                let decimals = matches!(self.word(next + 1), "." | ",")
                    && self.is_glued(next + 1)
                    && self.is_glued(next + 2);
                let end = if decimals && self.number(next + 2).is_some() { next + 3 } else { next + 1 };
                self.add(elements, Kind::Price, atom, end)
            }
            "#" if self.cluster_end(next) > next && self.is_glued(next) => {
                let end = self.cluster_end(next);
                let kind = match self.items(next, end) {
                    Some(Kind::Item { item, shared, .. }) => Kind::Item { item, shared, number: false },
                    _ => Kind::UnknownCode,
                };
                self.add(elements, kind, atom, end)
            }
            "@" if self.is_glued(next) => {
                let mut end = next;
                while self.is_glued(end)
                    && (self.kind(end) != Some(AtomKind::Mark) || matches!(self.word(end), "_" | "." | "-"))
                {
                    end += 1;
                }
                self.add(elements, Kind::Filler, atom, end)
            }
            "-" if self.grammar.words.minus == Minus::Cancel => {
                let after_item = elements
                    .last()
                    .is_some_and(|before| matches!(before.kind, Kind::Item { .. }) || before.part.is_some());
                let ends = match self.is_glued(atom) {
                    true => self.cluster_end(next) == next || !self.is_glued(next),
                    false => next == self.folded.atoms.len(),
                };
                let cancel = Kind::Intent { kind: ClaimKind::Cancel, weak: false };
                if after_item && ends { self.add(elements, cancel, atom, next) } else { Some(next) }
            }
            _ => Some(next),
        }
    }

    /// What nothing explains: a bare number, something like a code, or a word.
    fn unknown(&self, atom: usize, elements: &mut Vec<Element>) -> usize {
        let mut end = self.cluster_end(atom).max(atom + 1);
        let lone_number = self.number(atom).filter(|_| end == atom + 1);
        // Glued on by a separator: `12.5`, `A1-2`, `10:30`.
        let first_end = end;
        while matches!(self.word(end), "-" | "." | "," | ":" | "/" | "_")
            && self.is_glued(end)
            && self.is_glued(end + 1)
            && self.cluster_end(end + 1) > end + 1
            && end - atom < MAX_CLUSTER_ATOMS
            // `A1,B2` and `A1/B2` are two codes, `1,200` and `1/2` one number.
            && (!matches!(self.word(end), "," | "/") || (self.number(end - 1).is_some() && self.number(end + 1).is_some() && lone_number.is_some()))
        {
            end = self.cluster_end(end + 1);
        }
        let atoms = atom..end;
        let letters = atoms.clone().any(|atom| self.kind(atom) == Some(AtomKind::Word));
        let digits = atoms.clone().any(|atom| self.kind(atom) == Some(AtomKind::Digits));
        let price = end - atom == 2 && self.entry(atom, atom + 1).currency && self.number(atom + 1).is_some();
        let kind = match lone_number {
            Some(number) if end == first_end => Kind::Number(number),
            _ if price => Kind::Price,
            _ if letters && digits && !self.is_ordinal(atom, end) => Kind::UnknownCode,
            _ => Kind::Unknown,
        };
        self.add(elements, kind, atom, end).unwrap_or(end)
    }

    /// `1st`, `2nd`: a word, not a code.
    fn is_ordinal(&self, atom: usize, end: usize) -> bool {
        end - atom == 2
            && self.number(atom).is_some()
            && matches!(self.word(atom + 1), "st" | "nd" | "rd" | "th")
    }
}

/// Whether a word ends with the same letter twice.
fn is_stretched(word: &str) -> bool {
    let mut letters = word.chars().rev();
    letters.next().is_some_and(|last| letters.next() == Some(last))
}
