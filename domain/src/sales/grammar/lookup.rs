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
}

impl Scanner<'_> {
    /// Looks up every atom of the text.
    pub(super) fn look_up(&mut self) {
        let lexicon = &self.grammar.lexicon;
        self.known.clear();
        self.known.extend(self.folded.atoms.iter().map(|atom| {
            let place = lexicon.place(self.folded.bytes(atom.start, atom.end));
            Known { place, reach: lexicon.at(place).reach.max(1) }
        }));
        for atom in 0..self.known.len() {
            let reach = self.reach_of(atom);
            if let Some(known) = self.known.get_mut(atom) {
                known.reach = reach;
            }
        }
    }

    /// How far the text agrees with some phrase that begins with an atom, separators passed over or not.
    fn reach_of(&self, first: usize) -> u8 {
        let longest = self.reach(first);
        if longest == 1 {
            return 1;
        }
        let end = (first + longest).min(self.known.len());
        let (_, exact) = self.walk(first, end, false);
        let (_, joined) = self.walk(first, end, true);
        // A code that is read by its number is in the tables under its letters alone.
        let code = if self.grammar.words.loose_codes { end.min(first + 3) } else { first };
        (exact.max(joined).max(code) - first) as u8
    }

    /// Goes on from an atom while some phrase does, passing over separators between letters and digits or not. Gives the
    /// place that was reached and the atom behind.
    fn walk(&self, first: usize, end: usize, over_separators: bool) -> (u32, usize) {
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

    /// What the table knows of a stretch of atoms.
    pub(super) fn entry(&self, first: usize, end: usize) -> &Entry {
        let lexicon = &self.grammar.lexicon;
        if end - first == 1 {
            return lexicon.at(self.place(first));
        }
        if end - first > self.reach(first) || end > self.known.len() {
            return lexicon.at(NOTHING);
        }
        match self.walk(first, end, false) {
            (place, reached) if reached == end => lexicon.at(place),
            _ => lexicon.at(NOTHING),
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
        match self.walk(first, end, true) {
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
