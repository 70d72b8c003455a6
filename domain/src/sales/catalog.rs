//! The items of a sale as the reader sees them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::grammar::fold::{AtomKind, FoldedText};
use super::grammar::presets::SIZES;

/// An item that buyers can claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogItem {
    /// What buyers type, as the seller writes it.
    pub code: String,
    pub title: String,
    /// Other words that mean this item.
    pub aliases: Vec<String>,
    /// At least one; an item without choices has one variant with an empty name.
    pub variants: Vec<CatalogVariant>,
}

/// One size, colour… of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogVariant {
    /// The stored variant; nil where the catalog came from a file.
    pub id: Uuid,
    /// Empty for the only variant of an item.
    pub name: String,
    /// Pieces that can still be claimed.
    pub left: i64,
    /// Minor units of the business' currency.
    pub price: i64,
}

/// The items of a sale with the tables that find them by what buyers type. Built once, read many times.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    items: Vec<CatalogItem>,
    /// Folded codes and aliases.
    keys: HashMap<String, Vec<u32>>,
    /// The same without a separator between letters and digits: `a12` for `A-12`.
    joined: HashMap<String, Vec<u32>>,
    /// Codes of letters and a number, with the number's leading zeros gone: `a32` for `A032`.
    numbered: HashMap<String, Vec<u32>>,
    /// The words that variants' names are made of, numbered.
    parts: HashMap<String, u32>,
    /// For each item and variant, the parts of its name.
    variant_parts: Vec<Vec<Vec<u32>>>,
    longest_key_atoms: usize,
}

/// More atoms than this in a keyword are not looked for: nobody types them, and the search must stay short.
const MAX_KEY_ATOMS: usize = 16;

impl Catalog {
    /// Folds every keyword. A keyword that two items share is kept for both, so that the reader can ask which is meant.
    pub fn new(items: Vec<CatalogItem>) -> Self {
        let mut catalog = Catalog::default();
        let mut folded = FoldedText::default();
        for (index, item) in items.iter().enumerate() {
            let index = index as u32;
            for keyword in std::iter::once(&item.code).chain(&item.aliases) {
                folded.set(keyword);
                catalog.add_keyword(&folded, index);
            }
            let variants =
                item.variants.iter().map(|variant| catalog.parts_of(&variant.name, &mut folded)).collect();
            catalog.variant_parts.push(variants);
        }
        catalog.items = items;
        catalog
    }

    fn add_keyword(&mut self, keyword: &FoldedText, item: u32) {
        if keyword.atoms.is_empty() || keyword.atoms.len() > MAX_KEY_ATOMS {
            return;
        }
        self.longest_key_atoms = self.longest_key_atoms.max(keyword.atoms.len());
        add(&mut self.keys, keyword.as_str().to_owned(), item);
        add(&mut self.joined, joined(keyword.as_str()), item);
        if let Some(numbered) = numbered(keyword, 0, keyword.atoms.len()) {
            add(&mut self.numbered, numbered, item);
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
                let part = canonical_part(part);
                let next = self.parts.len() as u32;
                let id = *self.parts.entry(part.to_owned()).or_insert(next);
                if !parts.contains(&id) {
                    parts.push(id);
                }
            }
            first = end;
        }
        parts
    }

    /// The items in the order in which they were given; claims name them by their index.
    pub fn items(&self) -> &[CatalogItem] {
        &self.items
    }

    /// An item by its index.
    pub fn item(&self, index: u32) -> Option<&CatalogItem> {
        self.items.get(index as usize)
    }

    /// A variant by its item's index and its own.
    pub fn variant(&self, item: u32, variant: u32) -> Option<&CatalogVariant> {
        self.item(item)?.variants.get(variant as usize)
    }

    /// The items that a folded keyword means: none, one, or several that a person must choose from.
    pub fn find(&self, folded: &str) -> &[u32] {
        self.keys.get(folded).map_or(&[], Vec::as_slice)
    }

    /// As [`Catalog::find`], also for `A-12` where the keyword is `A12` and the other way round.
    pub fn find_joined(&self, folded: &str) -> &[u32] {
        self.joined.get(joined(folded).as_str()).map_or(&[], Vec::as_slice)
    }

    /// As [`Catalog::find`] for any way of writing letters and a number: `a 32`, `A-032`, `A_32`.
    pub fn find_numbered(&self, text: &FoldedText, first: usize, end: usize) -> &[u32] {
        numbered(text, first, end).and_then(|key| self.numbered.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// The number of a word that stands in the name of some variant.
    pub fn part(&self, folded: &str) -> Option<u32> {
        self.parts.get(canonical_part(folded)).copied()
    }

    /// For each variant of an item, the parts of its name.
    pub fn variant_parts(&self, item: u32) -> &[Vec<u32>] {
        self.variant_parts.get(item as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a part stands in the name of some variant of the item.
    pub fn has_part(&self, item: u32, part: u32) -> bool {
        self.variant_parts(item).iter().any(|parts| parts.contains(&part))
    }

    /// How many atoms the longest keyword has.
    pub fn longest_key_atoms(&self) -> usize {
        self.longest_key_atoms
    }
}

fn add(table: &mut HashMap<String, Vec<u32>>, key: String, item: u32) {
    let items = table.entry(key).or_default();
    if !items.contains(&item) {
        items.push(item);
    }
}

/// Whether the atom at `index` still belongs to the part before it: `18cm` and `7.5` are one part, `藍L` are two.
fn stays_in_part(text: &FoldedText, index: usize) -> bool {
    let (Some(before), Some(atom)) = (text.atoms.get(index - 1), text.atoms.get(index)) else { return false };
    if !atom.glued || matches!(text.slice(index, index + 1), "/" | "," | "-" | "|" | "·" | "、" | "+") {
        return false;
    }
    if matches!(text.slice(index - 1, index), "/" | "," | "-" | "|" | "·" | "、" | "+") {
        return false;
    }
    (before.kind == AtomKind::Run) == (atom.kind == AtomKind::Run)
}

/// Words for the same size have one form.
fn canonical_part(part: &str) -> &str {
    SIZES.iter().find(|(word, _)| *word == part).map_or(part, |(_, size)| size)
}

/// Removes a separator that stands between a letter and a digit. Between two digits it stays: `A1-2` is not `A12`.
fn joined(folded: &str) -> String {
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

/// Letters and a number without leading zeros, if the atoms are just that with at most one separator between.
fn numbered(text: &FoldedText, first: usize, end: usize) -> Option<String> {
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
    let digits = text.slice(end - 1, end).trim_start_matches('0');
    Some(format!("{}{}", text.slice(first, first + 1), if digits.is_empty() { "0" } else { digits }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(code: &str, aliases: &[&str], variants: &[&str]) -> CatalogItem {
        CatalogItem {
            code: code.into(),
            title: String::new(),
            aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
            variants: variants
                .iter()
                .map(|name| CatalogVariant { id: Uuid::nil(), name: (*name).into(), left: 1, price: 0 })
                .collect(),
        }
    }

    #[test]
    fn a_keyword_is_found_however_it_is_written() {
        let catalog =
            Catalog::new(vec![item("A-032", &["Blue  Ring"], &[""]), item("Ｂ１", &["blue ring"], &[""])]);
        assert_eq!(catalog.find("a-032"), [0]);
        assert_eq!(catalog.find("b1"), [1]);
        assert_eq!(catalog.find("blue ring"), [0, 1], "shared by two");
        assert_eq!(catalog.find_joined("a032"), [0]);
        assert_eq!(catalog.find_joined("b-1"), [1]);
        assert_eq!(joined("aa 10"), "aa10");
        let mut text = FoldedText::default();
        for written in ["a 32", "A_32", "A0032", "a-32"] {
            text.set(written);
            assert_eq!(catalog.find_numbered(&text, 0, text.atoms.len()), [0], "{written}");
        }
        assert!(catalog.find("a-32").is_empty());
    }

    #[test]
    fn a_separator_between_digits_stays() {
        assert_eq!(joined("a1-2"), "a1-2");
        assert_eq!(joined("a-12_b"), "a12b");
    }

    #[test]
    fn names_of_variants_are_cut_into_parts() {
        let catalog = Catalog::new(vec![item("A1", &[], &["Blue / Small", "藍L", "18cm", "7.5"])]);
        let names = [("blue", 0), ("s", 0), ("small", 0), ("藍", 1), ("l", 1), ("18cm", 2), ("7.5", 3)];
        for (part, variant) in names {
            let id = catalog.part(part).unwrap();
            assert!(catalog.variant_parts(0)[variant].contains(&id), "{part}");
        }
        assert!(catalog.part("red").is_none());
    }
}
