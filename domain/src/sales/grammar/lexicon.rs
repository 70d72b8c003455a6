//! One table of everything that buyers type: the words of a community, as the seller changed them, and the keywords and
//! variants of a catalog.
//!
//! It is built once for a catalog and a way of reading. An atom of a comment is looked up once; a phrase is found by going
//! on from what it begins with, atom by atom, so that nothing is looked up that no phrase begins like.

use rustc_hash::{FxHashMap, FxHashSet};

use super::entry::{self, Entry, Items};
use super::fold::{AtomKind, FoldedText, packed};
use super::presets::{SIZES, Words};
use super::slips::Slips;
use super::{ClaimKind, Sense};
use crate::sales::words::WordChanges;
use crate::sales::{Catalog, CatalogItem};

/// More atoms than this in a keyword are not looked for: nobody types them, and the search must stay short.
pub const MAX_KEY_ATOMS: usize = 16;

/// A longer claim word is not glued to an item.
const MAX_GLUED_LETTERS: usize = 12;

/// The entry of whatever is not in the table.
pub const NOTHING: u32 = 0;

/// All tables of a grammar.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    /// The places of words and phrases by their text. Those of up to eight bytes, as nearly all are, stand in `short`.
    places: FxHashMap<Box<str>, u32>,
    short: FxHashMap<u64, u32>,
    /// Where what stands at a place goes on: see [`Lexicon::step`].
    steps: FxHashMap<u64, u32>,
    /// The first is empty: what is not in the table.
    entries: Vec<Entry>,
    /// Codes of letters and a number, by the place of the letters and the number: `a 32` for `A032`.
    numbered: FxHashMap<(u32, u64), Items>,
    /// Every item of a keyword that several items share.
    shared: FxHashMap<Box<str>, Vec<u32>>,
    /// For each item and variant, the parts of its name.
    variant_parts: Vec<Vec<Vec<u32>>>,
    /// Every item with every part that stands in the name of one of its variants.
    item_parts: FxHashSet<(u32, u32)>,
    /// The variants that have a code of their own, by their item and the place of the code.
    variant_codes: FxHashMap<(u32, u32), u32>,
    /// How many different parts there are.
    parts: u32,
    /// Words that demand something and that an item may be glued to (`cfA12`), by their first letter, the shortest first.
    glued: FxHashMap<char, Vec<(Box<str>, ClaimKind)>>,
    /// Long aliases with a slip of one letter, if the seller lets them be understood.
    slips: Option<Slips>,
}

impl Lexicon {
    /// Lays the tables over each other, the later ones on top, then what the seller changed, and the catalog beside them.
    pub fn new(tables: &[&Words], changes: &WordChanges, catalog: &Catalog) -> Self {
        let mut lexicon = Lexicon { entries: vec![Entry::default()], ..Lexicon::default() };
        for table in tables {
            lexicon.add_words(table);
        }
        lexicon.change_words(changes);
        let mut folded = FoldedText::default();
        for (index, item) in catalog.items().iter().enumerate() {
            for keyword in std::iter::once(&item.code).chain(&item.aliases) {
                folded.set(keyword);
                lexicon.add_keyword(&folded, index as u32);
            }
            let variants =
                item.variants.iter().map(|variant| lexicon.parts_of(&variant.name, &mut folded)).collect();
            lexicon.add_variants(variants);
            for (variant, own) in item.variants.iter().enumerate().filter(|(_, own)| !own.code.is_empty()) {
                folded.set(&own.code);
                lexicon.add_variant_code(&folded, index as u32, variant as u32);
            }
        }
        // Words for the same size have one part.
        for (word, size) in SIZES {
            if let Some(part) = lexicon.find(size).part {
                lexicon.entry(word, |entry| entry.part = Some(part));
            }
        }
        if changes.titles_claim() {
            for (index, item) in catalog.items().iter().enumerate() {
                if lexicon.title_claims(item) {
                    folded.set(&item.title);
                    lexicon.add_keyword(&folded, index as u32);
                }
            }
        }
        if changes.slips_are_understood() {
            lexicon.slips = Some(Slips::new(catalog));
        }
        lexicon.collect_glued_words(tables, changes);
        lexicon
    }

    fn add_variants(&mut self, variants: Vec<Vec<u32>>) {
        let item = self.variant_parts.len() as u32;
        self.item_parts.extend(variants.iter().flatten().map(|part| (item, *part)));
        self.variant_parts.push(variants);
    }

    /// Whether a title can be a keyword: a name of its own, not a number, a single letter, or a word that means something
    /// else already.
    pub fn title_claims(&self, item: &CatalogItem) -> bool {
        let title = FoldedText::fold(&item.title);
        let entry = self.find(&title);
        let letters = title.chars().filter(|character| character.is_alphabetic()).count();
        letters >= 2 && entry.sense.is_none() && entry.part.is_none() && !entry.opens_question
    }

    fn collect_glued_words(&mut self, tables: &[&Words], changes: &WordChanges) {
        let lists = tables.iter().flat_map(|table| [table.claim, table.cancel, table.next]).flatten();
        let own = [&changes.claim, &changes.cancel, &changes.next];
        let own = own.into_iter().flatten().map(|word| FoldedText::fold(word));
        let mut words: Vec<String> = lists.map(|word| (*word).to_owned()).chain(own).collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            let Some(Sense::Intent { kind, weak: false }) = self.find(&word).sense else { continue };
            let letters = (1..=MAX_GLUED_LETTERS).contains(&word.chars().count());
            if let Some(first) =
                word.chars().next().filter(|_| letters && word.chars().all(char::is_alphabetic))
            {
                self.glued.entry(first).or_default().push((word.into(), kind));
            }
        }
        self.glued.values_mut().for_each(|words| words.sort_by_key(|(word, _)| word.len()));
    }

    /// The claim words that a word begins with.
    pub fn glued_words<'lexicon>(
        &'lexicon self,
        word: &'lexicon str,
    ) -> impl Iterator<Item = &'lexicon (Box<str>, ClaimKind)> {
        let words = word.chars().next().and_then(|first| self.glued.get(&first));
        words.into_iter().flatten().filter(move |(claim_word, _)| word.starts_with(&**claim_word))
    }

    fn add_words(&mut self, table: &Words) {
        let intent = |kind, weak| Sense::Intent { kind, weak };
        for (list, sense) in [
            (table.before_size, Sense::Filler),
            (table.filler, Sense::Filler),
            (table.praise, Sense::Praise),
            (table.question, Sense::Question),
            (table.doubt, Sense::Doubt),
            (table.pending, Sense::Pending),
            (table.every_variant, Sense::Every(None)),
            (table.weak_claim, intent(ClaimKind::Claim, true)),
            (table.claim, intent(ClaimKind::Claim, false)),
            (table.next, intent(ClaimKind::Next, false)),
            (table.cancel, intent(ClaimKind::Cancel, false)),
        ] {
            for word in list {
                self.entry(word, |entry| entry.sense = Some(sense));
            }
        }
        for (word, number) in table.numbers {
            self.entry(word, |entry| entry.sense = Some(Sense::Number(*number)));
        }
        for (phrase, count) in table.every_of {
            self.entry(phrase, |entry| entry.sense = Some(Sense::Every(Some(*count))));
        }
        for (list, set) in entry::marks(table) {
            for word in list {
                self.entry(word, set);
            }
        }
    }

    /// What the seller says about a word is all that it means.
    fn change_words(&mut self, changes: &WordChanges) {
        let intent = |kind| Some(Sense::Intent { kind, weak: false });
        for (list, sense) in [
            (&changes.without, None),
            (&changes.ignore, Some(Sense::Filler)),
            (&changes.question, Some(Sense::Question)),
            (&changes.claim, intent(ClaimKind::Claim)),
            (&changes.next, intent(ClaimKind::Next)),
            (&changes.cancel, intent(ClaimKind::Cancel)),
        ] {
            for word in list.iter().map(|word| FoldedText::fold(word)).filter(|word| !word.is_empty()) {
                self.entry(&word, |entry| {
                    let Entry { items, joined, part, reach, .. } = *entry;
                    *entry = Entry { sense, items, joined, part, reach, ..Entry::default() };
                });
            }
        }
    }

    /// A name that means nothing in a comment, such as that of the seller who is answered; a word of the tables stays
    /// what it is.
    pub fn add_name(&mut self, name: &str) {
        let name = FoldedText::fold(name);
        let Entry { sense, items, part, .. } = *self.find(&name);
        if !name.is_empty() && sense.is_none() && items.is_none() && part.is_none() {
            self.entry(&name, |entry| entry.sense = Some(Sense::Filler));
        }
    }

    fn add_keyword(&mut self, keyword: &FoldedText, item: u32) {
        let atoms = keyword.atoms.len();
        if atoms == 0 || atoms > MAX_KEY_ATOMS {
            return;
        }
        let key = keyword.as_str();
        self.entry(key, |entry| join(&mut entry.items, item));
        if let Some(Items { first, shared: true }) = self.find(key).items {
            let all = self.shared.entry(key.into()).or_insert_with(|| vec![first]);
            if !all.contains(&item) {
                all.push(item);
            }
        }
        let without = joined(key);
        self.entry(&without, |entry| join(&mut entry.joined, item));
        // A separator may stand where the keyword has none.
        let first = self.place(keyword.slice(0, 1));
        self.reaches(first, atoms + 1);
        if let Some((letters, number)) = numbered(keyword, 0, atoms) {
            let letters = self.new_place(keyword.slice(letters, letters + 1));
            let mut items = self.numbered.get(&(letters, number)).copied();
            join(&mut items, item);
            self.numbered.extend(items.map(|items| ((letters, number), items)));
        }
    }

    /// The code of one variant: a keyword of its item, that says which as well.
    fn add_variant_code(&mut self, code: &FoldedText, item: u32, variant: u32) {
        self.add_keyword(code, item);
        for written in [code.as_str(), &joined(code.as_str())] {
            let place = self.place(written);
            if place != NOTHING {
                self.variant_codes.entry((item, place)).or_insert(variant);
            }
        }
    }

    fn parts_of(&mut self, name: &str, folded: &mut FoldedText) -> Vec<u32> {
        folded.set(name);
        let mut parts = Vec::new();
        let mut first = 0;
        while first < folded.atoms.len() {
            let mut end = first + 1;
            while end < folded.atoms.len() && stays_in_part(folded, end) {
                end += 1;
            }
            let part = folded.slice(first, end);
            if part.chars().any(char::is_alphanumeric) {
                let part = SIZES.iter().find(|(word, _)| *word == part).map_or(part, |(_, size)| size);
                let id = self.find(part).part.unwrap_or(self.parts);
                self.parts = self.parts.max(id + 1);
                self.entry(part, |entry| entry.part = Some(id));
                if !parts.contains(&id) {
                    parts.push(id);
                }
            }
            first = end;
        }
        parts
    }

    /// Changes the entry of a folded word or phrase, which is made if it is new.
    fn entry(&mut self, key: &str, change: impl FnOnce(&mut Entry)) {
        let place = self.phrase(key);
        if let Some(entry) = self.entries.get_mut(place as usize) {
            change(entry);
        }
    }

    /// The place of a folded word or phrase, with a way that leads there from its first atom.
    fn phrase(&mut self, key: &str) -> u32 {
        let mut folded = FoldedText::default();
        folded.set(key);
        let atoms = folded.atoms.len();
        let first = self.new_place(folded.slice(0, 1));
        let mut place = first;
        for index in 1..atoms {
            let Some(atom) = folded.atoms.get(index) else { break };
            let next = self.new_place(folded.slice(index, index + 1));
            let longer = self.new_place(folded.slice(0, index + 1));
            self.steps.insert(step(place, next, atom.glued), longer);
            place = longer;
        }
        if atoms > 1 {
            self.reaches(first, atoms);
        }
        place
    }

    fn new_place(&mut self, key: &str) -> u32 {
        let known = self.place(key);
        if known != NOTHING || key.is_empty() {
            return known;
        }
        let place = self.entries.len() as u32;
        self.entries.push(Entry::default());
        match packed(key) {
            0 => self.places.insert(key.into(), place),
            short => self.short.insert(short, place),
        };
        place
    }

    /// Notes at a first atom how many atoms must be looked at to find the longest that begins with it.
    fn reaches(&mut self, first: u32, atoms: usize) {
        if let Some(entry) = self.entries.get_mut(first as usize).filter(|_| first != NOTHING) {
            entry.reach = entry.reach.max(atoms.min(MAX_KEY_ATOMS + 1) as u8);
        }
    }

    /// The place of a folded word or phrase, or [`NOTHING`].
    pub fn place(&self, folded: &str) -> u32 {
        self.place_of(packed(folded), folded)
    }

    /// The same where the text is packed already.
    pub fn place_of(&self, key: u64, folded: &str) -> u32 {
        let place = match key {
            0 => self.places.get(folded),
            short => self.short.get(&short),
        };
        place.copied().unwrap_or(NOTHING)
    }

    /// Where a word or phrase goes on with another atom, which has no space before it if `glued`.
    pub fn step(&self, place: u32, atom: u32, glued: bool) -> u32 {
        self.steps.get(&step(place, atom, glued)).copied().unwrap_or(NOTHING)
    }

    /// The entry at a place.
    pub fn at(&self, place: u32) -> &Entry {
        self.entries.get(place as usize).unwrap_or(&self.entries[NOTHING as usize])
    }

    /// The entry of a folded word or phrase; an empty one if it is not in the table.
    pub fn find(&self, folded: &str) -> &Entry {
        self.at(self.place(folded))
    }

    /// Every item that a folded keyword means, with a slip in it or without.
    pub fn all_items(&self, folded: &str) -> Vec<u32> {
        match (self.shared.get(folded), self.find(folded).items) {
            (Some(all), _) => all.clone(),
            (None, Some(items)) => vec![items.first],
            (None, None) => self.slips.as_ref().map_or(Vec::new(), |slips| slips.all_items(folded)),
        }
    }

    /// Long aliases with a slip in them, if the seller lets them be understood.
    pub fn slips(&self) -> Option<&Slips> {
        self.slips.as_ref()
    }

    /// The items of a code of letters and a number, however many zeros it is written with.
    pub fn find_numbered(&self, letters: u32, number: u64) -> Option<Items> {
        self.numbered.get(&(letters, number)).copied()
    }

    /// The variant of an item that has the code at a place.
    pub fn variant_with_code(&self, item: u32, place: u32) -> Option<u32> {
        self.variant_codes.get(&(item, place)).copied()
    }

    /// For each variant of an item, the parts of its name.
    pub fn variant_parts(&self, item: u32) -> &[Vec<u32>] {
        self.variant_parts.get(item as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a part stands in the name of some variant of the item.
    pub fn has_part(&self, item: u32, part: u32) -> bool {
        self.item_parts.contains(&(item, part))
    }
}

/// The key of [`Lexicon::step`].
fn step(place: u32, atom: u32, glued: bool) -> u64 {
    u64::from(place) << 32 | u64::from(atom) << 1 | u64::from(glued)
}

fn join(items: &mut Option<Items>, item: u32) {
    *items = Some(match *items {
        None => Items { first: item, shared: false },
        Some(Items { first, shared }) => Items { first, shared: shared || first != item },
    });
}

/// Whether the atom at `index` still belongs to the part before it: `18cm` and `7.5` are one part, `藍L` are two.
fn stays_in_part(text: &FoldedText, index: usize) -> bool {
    let (Some(before), Some(atom)) = (text.atoms.get(index - 1), text.atoms.get(index)) else { return false };
    let separates =
        |index: usize| matches!(text.slice(index, index + 1), "/" | "," | "-" | "|" | "·" | "、" | "+");
    if !atom.glued || separates(index) || separates(index - 1) {
        return false;
    }
    (before.kind == AtomKind::Run) == (atom.kind == AtomKind::Run)
}

/// Removes a separator that stands between a letter and a digit. Between two digits it stays: `A1-2` is not `A12`.
pub fn joined(folded: &str) -> String {
    let mut joined = String::with_capacity(folded.len());
    let mut characters = folded.chars().peekable();
    while let Some(character) = characters.next() {
        let separates = matches!(character, '-' | '_' | '.' | ' ')
            && match (joined.chars().next_back(), characters.peek()) {
                (Some(before), Some(after)) => {
                    (before.is_alphabetic() && after.is_ascii_digit())
                        || (before.is_ascii_digit() && after.is_alphabetic())
                }
                _ => false,
            };
        if !separates {
            joined.push(character);
        }
    }
    joined
}

/// The atom of the letters, and the number, if the atoms are just that with at most one separator between.
pub fn numbered(text: &FoldedText, first: usize, end: usize) -> Option<(usize, u64)> {
    let letters = text.atoms.get(first)?;
    let number = text.atoms.get(end.checked_sub(1)?)?;
    if letters.kind != AtomKind::Word || number.kind != AtomKind::Digits {
        return None;
    }
    match end - first {
        2 => {}
        3 if matches!(text.slice(first + 1, first + 2), "-" | "_" | ".") => {}
        _ => return None,
    }
    Some((first, text.slice(end - 1, end).parse().ok()?))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sales::{CatalogItem, CatalogVariant};

    fn item(code: &str, aliases: &[&str], variants: &[&str]) -> CatalogItem {
        CatalogItem {
            code: code.into(),
            title: String::new(),
            aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
            variants: variants
                .iter()
                .map(|name| CatalogVariant {
                    id: Uuid::nil(),
                    code: String::new(),
                    name: (*name).into(),
                    left: 1,
                    price: 0,
                })
                .collect(),
        }
    }

    fn lexicon(items: Vec<CatalogItem>) -> Lexicon {
        Lexicon::new(&[], &WordChanges::default(), &Catalog::new(items))
    }

    #[test]
    fn a_keyword_is_found_however_it_is_written() {
        let lexicon =
            lexicon(vec![item("A-032", &["Blue  Ring"], &[""]), item("Ｂ１", &["blue ring"], &[""])]);
        let only = |first| Some(Items { first, shared: false });
        assert_eq!(lexicon.find("a-032").items, only(0));
        assert_eq!(lexicon.find("b1").items, only(1));
        assert_eq!(lexicon.all_items("blue ring"), [0, 1], "shared by two");
        assert_eq!(lexicon.find("a032").joined, only(0));
        assert_eq!(joined("aa 10"), "aa10");
        let mut text = FoldedText::default();
        for written in ["a 32", "A_32", "A0032", "a-32"] {
            text.set(written);
            let (letters, number) = numbered(&text, 0, text.atoms.len()).unwrap();
            let place = lexicon.place(text.slice(letters, letters + 1));
            assert_eq!(lexicon.find_numbered(place, number), only(0), "{written}");
        }
        assert_eq!(lexicon.find("a-32").items, None);
    }

    #[test]
    fn a_separator_between_digits_stays() {
        assert_eq!(joined("a1-2"), "a1-2");
        assert_eq!(joined("a-12_b"), "a12b");
    }

    #[test]
    fn names_of_variants_are_cut_into_parts() {
        let lexicon = lexicon(vec![item("A1", &[], &["Blue / Small", "藍L", "18cm", "7.5"])]);
        let names = [("blue", 0), ("s", 0), ("small", 0), ("藍", 1), ("l", 1), ("18cm", 2), ("7.5", 3)];
        for (part, variant) in names {
            let id = lexicon.find(part).part.unwrap();
            assert!(lexicon.variant_parts(0)[variant].contains(&id), "{part}");
        }
        assert!(lexicon.find("red").part.is_none());
    }
}
