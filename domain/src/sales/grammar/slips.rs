//! Long aliases with one slip of a finger in them: a letter too many, too few, another one, or two that changed places.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::entry::Items;
use super::fold::FoldedText;
use super::lexicon::MAX_KEY_ATOMS;
use crate::sales::Catalog;

/// In shorter aliases, a slip makes another word too easily.
pub const MIN_LETTERS: usize = 6;
/// Nobody types longer ones.
const MAX_CHARACTERS: usize = 60;
/// Any odd number will do that is not small; see [`hashes`].
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The aliases in which a slip is understood.
///
/// Two words are one slip apart only if they are equal once at most one letter is left out of each. So each alias stands in
/// the table under the hashes of itself and of itself without each of its letters, and a word is looked up in the same way.
#[derive(Clone, Debug, Default)]
pub struct Slips {
    aliases: Vec<(Box<str>, u32)>,
    by_hash: FxHashMap<u64, SmallVec<[u32; 2]>>,
    /// Characters of the shortest and of the longest.
    shortest: usize,
    longest: usize,
    /// Words of the one that has most.
    words: usize,
}

impl Slips {
    /// The long aliases of a catalog.
    pub fn new(catalog: &Catalog) -> Self {
        let mut slips = Slips { shortest: usize::MAX, ..Slips::default() };
        for (item, alias) in catalog
            .items()
            .iter()
            .enumerate()
            .flat_map(|(item, all)| all.aliases.iter().map(move |alias| (item as u32, alias)))
        {
            let mut folded = FoldedText::default();
            folded.set(alias);
            if is_long_enough(folded.as_str()) && folded.atoms.len() <= MAX_KEY_ATOMS {
                slips.add(folded.as_str(), item);
            }
        }
        slips
    }

    fn add(&mut self, alias: &str, item: u32) {
        let characters = alias.chars().count();
        let number = self.aliases.len() as u32;
        hashes(alias, |hash| {
            let aliases = self.by_hash.entry(hash).or_default();
            if aliases.last() != Some(&number) {
                aliases.push(number);
            }
        });
        self.aliases.push((alias.into(), item));
        self.shortest = self.shortest.min(characters);
        self.longest = self.longest.max(characters);
        self.words = self.words.max(alias.split(' ').count());
    }

    /// The most words that can be an alias with a slip: a space may have got in.
    pub fn most_words(&self) -> usize {
        self.words + 1
    }

    /// The items of which a folded text is an alias with one slip.
    pub fn find(&self, folded: &str) -> Option<Items> {
        let mut found: Option<Items> = None;
        self.candidates(folded, |_, item| {
            found = Some(match found {
                None => Items { first: item, shared: false },
                Some(Items { first, shared }) => Items { first, shared: shared || first != item },
            });
        });
        found
    }

    /// Every such item.
    pub fn all_items(&self, folded: &str) -> Vec<u32> {
        let mut items = Vec::new();
        self.candidates(folded, |_, item| {
            if !items.contains(&item) {
                items.push(item);
            }
        });
        items.sort_unstable();
        items
    }

    /// Every alias that a folded text is one slip away from, with its item.
    pub fn of(&self, folded: &str) -> Vec<(&str, u32)> {
        let mut found = Vec::new();
        self.candidates(folded, |alias, item| found.push((alias, item)));
        found.sort_unstable();
        let alias = |number: u32| self.aliases.get(number as usize).map_or("", |(alias, _)| &**alias);
        found.into_iter().map(|(number, item)| (alias(number), item)).collect()
    }

    /// The alias that a folded text is taken for.
    pub fn meant(&self, folded: &str) -> Option<&str> {
        let mut meant = None;
        self.candidates(folded, |alias, _| meant = meant.or(Some(alias)));
        meant.and_then(|alias| self.aliases.get(alias as usize)).map(|(alias, _)| &**alias)
    }

    fn candidates(&self, folded: &str, mut take: impl FnMut(u32, u32)) {
        let characters = folded.chars().count();
        if characters + 1 < self.shortest || characters > self.longest.min(MAX_CHARACTERS) + 1 {
            return;
        }
        // An alias is met under several hashes.
        let mut seen: SmallVec<[u32; 8]> = SmallVec::new();
        hashes(folded, |hash| {
            for number in self.by_hash.get(&hash).into_iter().flatten() {
                if let Some((alias, item)) = self.aliases.get(*number as usize)
                    && !seen.contains(number)
                {
                    seen.push(*number);
                    if is_slip(alias, folded) {
                        take(*number, *item);
                    }
                }
            }
        });
    }
}

/// Whether an alias has letters enough for a slip to be understood.
pub fn is_long_enough(folded: &str) -> bool {
    let letters = folded.chars().filter(|character| character.is_alphabetic()).count();
    letters >= MIN_LETTERS && folded.chars().count() <= MAX_CHARACTERS
}

/// Hands on the hash of a text and that of the text without each of its characters, without writing any of them down: a
/// hash is a sum of characters times powers of the base, so a character is taken out by dividing what stands behind it.
fn hashes(text: &str, mut take: impl FnMut(u64)) {
    const INVERSE: u64 = inverse(BASE);
    let (mut whole, mut power) = (0_u64, 1_u64);
    for character in text.chars() {
        whole = whole.wrapping_add(u64::from(character).wrapping_mul(power));
        power = power.wrapping_mul(BASE);
    }
    take(whole);
    let (mut before, mut power) = (0_u64, 1_u64);
    for character in text.chars() {
        let with = before.wrapping_add(u64::from(character).wrapping_mul(power));
        take(before.wrapping_add(whole.wrapping_sub(with).wrapping_mul(INVERSE)));
        before = with;
        power = power.wrapping_mul(BASE);
    }
}

/// The number that an odd number is multiplied with to give 1, by Newton's method: each step doubles the bits that are right.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

/// Whether a word is an alias with exactly one slip. Digits are never slips, because another number is another thing, and
/// neither is an `s` at the end, which says that several are meant.
pub fn is_slip(alias: &str, word: &str) -> bool {
    let same = alias.chars().zip(word.chars()).take_while(|(left, right)| left == right);
    let same: usize = same.map(|(character, _)| character.len_utf8()).sum();
    let (Some(alias), Some(word)) = (alias.get(same..), word.get(same..)) else { return false };
    let mut first = (alias.chars(), word.chars());
    let (from, to) = (first.0.next(), first.1.next());
    let (alias_behind, word_behind) = (first.0.as_str(), first.1.as_str());
    let letter = |character: Option<char>| character.is_some_and(|character| character.is_alphabetic());
    let letter_or_space = |character: Option<char>| letter(character) || character == Some(' ');
    let plural = alias.is_empty() && word == "s";
    let added = letter_or_space(to) && word_behind == alias && !plural;
    let left_out = letter_or_space(from) && alias_behind == word;
    let another = letter(from) && letter(to) && alias_behind == word_behind;
    let changed_places = letter(from) && letter(to) && from != to && {
        let (mut left, mut right) = (alias_behind.chars(), word_behind.chars());
        left.next() == to && right.next() == from && left.as_str() == right.as_str()
    };
    added || left_out || another || changed_places
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sales::{CatalogItem, CatalogVariant};

    fn slips(aliases: &[&str]) -> Slips {
        let item = |alias: &&str| CatalogItem {
            code: "A1".into(),
            title: String::new(),
            aliases: vec![(*alias).into()],
            variants: vec![CatalogVariant {
                id: Uuid::nil(),
                code: String::new(),
                name: String::new(),
                left: 1,
                price: 0,
            }],
        };
        Slips::new(&Catalog::new(aliases.iter().map(item).collect()))
    }

    #[test]
    fn one_slip_is_understood_and_no_more() {
        let slips = slips(&["bracelet", "soy candle", "ring", "moonstone 12", "vòng tay"]);
        for (word, alias) in [
            ("bracelt", "bracelet"),
            ("braceleet", "bracelet"),
            ("brazelet", "bracelet"),
            ("rbacelet", "bracelet"),
            ("soy cnadle", "soy candle"),
            ("soycandle", "soy candle"),
            ("mooonstone 12", "moonstone 12"),
            ("vong tay", "vòng tay"),
        ] {
            assert_eq!(slips.meant(word), Some(alias), "{word}");
        }
        for word in
            ["bracelet", "brclet", "rong", "bracelets", "moonstone 13", "moonstone 2", "soy cnadel", ""]
        {
            assert_eq!(slips.find(word), None, "{word}");
        }
    }

    #[test]
    fn where_two_items_fit_both_are_named() {
        let slips = slips(&["candle", "handle", "candle"]);
        assert_eq!(slips.find("dandle"), Some(Items { first: 0, shared: true }));
        assert_eq!(slips.all_items("dandle"), [0, 1, 2]);
        assert_eq!(slips.find("candl"), Some(Items { first: 0, shared: true }), "two items have this alias");
    }
}
