//! Words that no space parts from their neighbours: scripts without spaces, and `cfA12`.

use smallvec::SmallVec;

use super::fold::AtomKind;
use super::lexicon::MAX_KEY_ATOMS;
use super::scan::{Element, Kind};
use super::{Scanner, Sense};

/// Letters of an unspaced script that are looked up together.
const MAX_RUN_CHARACTERS: usize = 12;

impl Scanner<'_> {
    /// Words of a script without spaces, peeled from the left; what is left over is unknown.
    pub(super) fn known_in_run(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        let longest = (atom + self.reach(atom)).min(self.folded.atoms.len());
        for end in (atom + 1..=longest).rev() {
            if let Some(kind) = self.sense(atom, end, elements)
                && self.tail_is_understood(end, &kind)
            {
                return self.add(elements, kind, atom, end);
            }
        }
        let first_element = elements.len();
        let run = *self.folded.atoms.get(atom)?;
        let mut start = run.start;
        let mut unknown = false;
        while start < run.end {
            let rest = self.folded.bytes(start, run.end);
            let ends = rest
                .char_indices()
                .map(|(place, character)| place + character.len_utf8())
                .take(MAX_RUN_CHARACTERS);
            let ends: SmallVec<[usize; MAX_RUN_CHARACTERS]> = ends.collect();
            let found = ends.iter().rev().find_map(|end| {
                let slice = rest.get(..*end)?;
                Some((self.sense_of_slice(slice)?, *end as u32))
            });
            match found {
                Some((kind, length)) => {
                    self.add_bytes(elements, kind, start, start + length);
                    start += length;
                }
                None => {
                    let length = rest.chars().next().map_or(1, char::len_utf8) as u32;
                    match elements.last_mut() {
                        Some(last) if unknown && last.kind == Kind::Unknown && last.end == start => {
                            last.end += length
                        }
                        _ => self.add_bytes(elements, Kind::Unknown, start, start + length),
                    }
                    unknown = true;
                    start += length;
                }
            }
        }
        // A claim word inside a longer word that is not understood may be a part of that word, and a single letter that
        // praises may be one of a name.
        if unknown {
            for element in elements.iter_mut().skip(first_element) {
                let written = self.folded.bytes(element.start, element.end);
                let is_letter = written.chars().nth(1).is_none();
                match &mut element.kind {
                    // It has grown since it was looked up.
                    Kind::Unknown => element.place = self.grammar.lexicon.place(written),
                    Kind::Intent { weak, .. } => *weak = true,
                    Kind::Praise if is_letter => element.kind = Kind::Unknown,
                    _ => {}
                }
            }
        }
        Some(atom + 1)
    }

    fn sense_of_slice(&self, slice: &str) -> Option<Kind> {
        let entry = self.grammar.lexicon.find(slice);
        if let Some(Sense::Intent { kind, weak }) = entry.sense {
            return Some(Kind::Intent { kind, weak });
        }
        if let Some(items) = entry.items {
            return Some(Kind::Item { item: items.first, shared: items.shared, number: false });
        }
        entry.sense.map(Sense::kind).or(entry.part.map(|_| Kind::Unknown))
    }

    /// A long alias with a slip of one letter, where nothing else explains the text.
    pub(super) fn slip(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        let slips = self.grammar.lexicon.slips()?;
        if !matches!(self.kind(atom)?, AtomKind::Word | AtomKind::Run) || self.means_something(atom) {
            return None;
        }
        let alone = self.entry(atom, atom + 1);
        let alone_known = alone.sense.is_some() || alone.part.is_some();
        let (mut end, mut words, mut found) = (atom, 0, None);
        while words < slips.most_words() && (end == atom || !self.is_glued(end)) {
            let next = self.cluster_end(end).max(end + usize::from(self.kind(end) == Some(AtomKind::Run)));
            if next == end || next - atom > MAX_KEY_ATOMS {
                break;
            }
            (end, words) = (next, words + 1);
            let whole = !self.is_glued(end) || self.kind(end) == Some(AtomKind::Mark);
            if whole
                && (words > 1 || !alone_known)
                && let Some(items) = slips.find(self.folded.slice(atom, end))
            {
                found = Some((end, items));
            }
        }
        let (end, items) = found?;
        let kind = Kind::Item { item: items.first, shared: items.shared, number: false };
        self.add(elements, kind, atom, end);
        if let Some(element) = elements.last_mut() {
            element.slip = true;
        }
        Some(end)
    }

    /// Whether a keyword or a word that decides begins at an atom.
    fn means_something(&self, atom: usize) -> bool {
        let longest = (atom + self.reach(atom)).min(self.folded.atoms.len());
        (atom + 1..=longest).any(|end| {
            let entry = self.entry(atom, end);
            let decides = matches!(
                entry.sense,
                Some(Sense::Intent { .. } | Sense::Question | Sense::Doubt | Sense::Pending)
            );
            decides || self.items(atom, end).is_some()
        })
    }

    /// A claim word glued to an item: `cfA12`, `mineB3`.
    pub(super) fn glued_word(&self, atom: usize, elements: &mut Vec<Element>) -> Option<usize> {
        if self.kind(atom)? != AtomKind::Word {
            return None;
        }
        let (letters, end) = (*self.folded.atoms.get(atom)?, self.cluster_end(atom));
        let last = self.folded.atoms.get(end.checked_sub(1)?)?.end;
        for (claim_word, kind) in self.grammar.lexicon.glued_words(self.word(atom)) {
            let length = claim_word.len();
            let middle = letters.start + length as u32;
            // The item may be followed by a glued quantity, so every end of it is tried.
            for item_end in (atom + 1..=end).rev() {
                let item_last = self.folded.atoms.get(item_end - 1).map_or(last, |atom| atom.end);
                if let Some(items) = self.grammar.lexicon.find(self.folded.bytes(middle, item_last)).items
                    && self.tail_is_understood(item_end, &Kind::Unknown)
                {
                    self.add_bytes(
                        elements,
                        Kind::Intent { kind: *kind, weak: false },
                        letters.start,
                        middle,
                    );
                    let item = Kind::Item { item: items.first, shared: items.shared, number: false };
                    self.add_bytes(elements, item, middle, item_last);
                    return Some(item_end);
                }
            }
        }
        None
    }
}
