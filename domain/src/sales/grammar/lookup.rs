//! Looking up what stands in a text in the tables of the grammar.

use super::Scanner;
use super::entry::{Entry, Items};
use super::fold::AtomKind;
use super::lexicon::{NOTHING, numbered};

/// What the tables know of an atom.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// Its place in the lexicon.
    place: u32,
    /// How many atoms from it on can be a phrase: no longer stretch that begins here is in the tables.
    reach: u8,
    /// No phrase begins here, and the tables say nothing of the atom alone but, at most, that it goes before something.
    idle: bool,
    /// The places of the longer phrases that begin here: first and how many, in [`Scanner::longer`].
    first_longer: u32,
    longer: u8,
}

impl Scanner<'_> {
    /// Looks up every atom of the text, and follows every phrase that begins with one.
    pub(super) fn look_up(&mut self) {
        let lexicon = &self.grammar.lexicon;
        self.longer.clear();
        self.known.clear();
        self.known.extend(self.folded.atoms.iter().map(|atom| {
            let place = lexicon.place_of(atom.key, self.folded.bytes(atom.start, atom.end));
            let entry = lexicon.at(place);
            let reach = entry.reach.max(1);
            Known { place, reach, idle: reach == 1 && entry.is_idle(), first_longer: 0, longer: 0 }
        }));
        for atom in 0..self.known.len() {
            if self.reach(atom) > 1 {
                self.follow(atom);
            }
        }
    }

    /// Finds out how far the text agrees with some phrase that begins with an atom, separators passed over or not.
    fn follow(&mut self, first: usize) {
        let end = (first + self.reach(first)).min(self.known.len());
        let first_longer = self.longer.len();
        let mut longer = std::mem::take(&mut self.longer);
        let (_, exact) = self.walk(first, end, false, |place| longer.push(place));
        self.longer = longer;
        let (_, joined) = self.walk(first, end, true, |_| {});
        // A code that is read by its number is in the tables under its letters alone.
        let code = if self.grammar.words.loose_codes { end.min(first + 3) } else { first };
        if let Some(known) = self.known.get_mut(first) {
            known.reach = (exact.max(joined).max(code) - first) as u8;
            known.first_longer = first_longer as u32;
            known.longer = (exact - first - 1) as u8;
        }
    }

    /// Goes on from an atom while some phrase does, passing over separators between letters and digits or not, and hands on
    /// each place that is reached. Gives the last and the atom behind.
    fn walk(
        &self,
        first: usize,
        end: usize,
        over_separators: bool,
        mut reached: impl FnMut(u32),
    ) -> (u32, usize) {
        let mut place = self.place(first);
        let mut atom = first + 1;
        while atom < end {
            let (next, glued) = match over_separators {
                true => self.behind_separator(atom, end),
                false => (atom, self.is_glued(atom)),
            };
            let longer = self.grammar.lexicon.step(place, self.place(next), glued);
            if longer == NOTHING {
                break;
            }
            (place, atom) = (longer, next + 1);
            reached(place);
        }
        (place, atom)
    }

    /// The atom that follows the one before `atom`, and whether it is glued, where a separator or a space between letters
    /// and digits does not count.
    fn behind_separator(&self, atom: usize, end: usize) -> (usize, bool) {
        let letters = |kind| matches!(kind, Some(AtomKind::Word | AtomKind::Run));
        let digits = |kind| kind == Some(AtomKind::Digits);
        let parts = |next: usize| {
            let (before, after) = (self.kind(atom - 1), self.kind(next));
            (letters(before) && digits(after)) || (digits(before) && letters(after))
        };
        let glued = self.is_glued(atom);
        if !glued && parts(atom) {
            return (atom, true);
        }
        let separator = glued && self.kind(atom) == Some(AtomKind::Mark) && atom + 1 < end;
        if separator
            && self.is_glued(atom + 1)
            && parts(atom + 1)
            && matches!(self.word(atom), "-" | "_" | ".")
        {
            return (atom + 1, true);
        }
        (atom, glued)
    }

    fn place(&self, atom: usize) -> u32 {
        self.known.get(atom).map_or(NOTHING, |known| known.place)
    }

    /// How many atoms the longest phrase has that could begin at an atom.
    pub(super) fn reach(&self, atom: usize) -> usize {
        self.known.get(atom).map_or(1, |known| usize::from(known.reach))
    }

    /// Whether the tables say nothing of an atom that would make it a claim, an item or a choice, alone or with others.
    pub(super) fn is_idle(&self, atom: usize) -> bool {
        self.known.get(atom).is_some_and(|known| known.idle)
    }

    /// What the table knows of a stretch of atoms.
    pub(super) fn entry(&self, first: usize, end: usize) -> &Entry {
        self.grammar.lexicon.at(self.place_of(first, end))
    }

    /// The place of a stretch of atoms in the lexicon.
    pub(super) fn place_of(&self, first: usize, end: usize) -> u32 {
        let Some(known) = self.known.get(first) else { return NOTHING };
        match end - first {
            1 => known.place,
            atoms if (2..=1 + usize::from(known.longer)).contains(&atoms) => {
                self.longer.get(known.first_longer as usize + atoms - 2).copied().unwrap_or(NOTHING)
            }
            _ => NOTHING,
        }
    }

    /// The items of a keyword that is written with or without a separator between letters and digits. Where `spaced`, they
    /// may stand apart: `sold A 12`.
    pub(super) fn find_joined(&self, first: usize, end: usize, spaced: bool) -> Option<Items> {
        let mut inner = first + 1..end;
        let digits = (first..end).any(|atom| self.kind(atom) == Some(AtomKind::Digits));
        if !digits || (!spaced && !inner.all(|atom| self.is_glued(atom))) {
            return None;
        }
        match self.walk(first, end, true, |_| {}) {
            (place, reached) if reached == end => self.grammar.lexicon.at(place).joined,
            _ => None,
        }
    }

    /// The items of a code for any way of writing letters and a number: `a 32`, `A-032`, `A_32`.
    pub(super) fn find_numbered(&self, first: usize, end: usize) -> Option<Items> {
        let (letters, number) = numbered(&self.folded, first, end)?;
        self.grammar.lexicon.find_numbered(self.place(letters), number)
    }
}
