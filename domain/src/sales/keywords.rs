//! What buyers may type for each item, and where two items could be meant by the same.
//!
//! A keyword that two items have is no error, because a comment with it goes to review; but a seller wants to know it
//! before the show. Keywords are compared as the reader compares them.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::grammar::fold::FoldedText;
use super::grammar::lexicon::{MAX_KEY_ATOMS, joined, numbered};
use super::grammar::slips::{self, Slips};
use super::grammar::{Grammar, Sense};
use super::{Catalog, CatalogItem, ReadSettings};

stored_enum! {
    /// Where a keyword comes from.
    KeywordKind {
        Code = "code", "Code";
        Alias = "alias", "Alias";
        Title = "title", "Title";
    }
}

stored_enum! {
    /// Why a keyword is never found in a comment.
    Useless {
        /// Nothing is left of it once it is folded.
        Blank = "blank", "There is nothing in this that buyers could type.";
        TooLong = "too-long", "This is longer than what buyers type.";
        /// The reader takes it for a word that claims, cancels or queues.
        Word = "word", "This is a word that claims, cancels or queues, so it names no item.";
        /// A title of a single letter, a number, or a word that means something else.
        Title = "title", "This title is not name enough to claim by.";
    }
}

stored_enum! {
    /// How two keywords are alike.
    Likeness {
        Same = "same", "the same";
        Separators = "separators", "the same but for a separator";
        Zeros = "zeros", "the same but for zeros";
        /// A slip of one letter in an alias is understood, and this is one.
        Slip = "slip", "one letter away";
    }
}

/// Another item that could be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub likeness: Likeness,
    /// The other item by its index in the catalog.
    pub item: u32,
    /// Its code.
    pub code: String,
    /// Its keyword as it is written there.
    pub keyword: String,
}

impl Conflict {
    /// A sentence for the seller.
    pub fn message(&self) -> String {
        let Conflict { code, keyword, .. } = self;
        match self.likeness {
            Likeness::Same if code == keyword => format!("{code} has this code too."),
            Likeness::Same => format!("{code} is called “{keyword}” too."),
            Likeness::Separators => format!("Only a separator parts this from “{keyword}” ({code})."),
            Likeness::Zeros => format!("Only zeros part this from “{keyword}” ({code})."),
            Likeness::Slip => format!("Only a letter parts this from “{keyword}” ({code})."),
        }
    }
}

/// A keyword of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyword {
    pub kind: KeywordKind,
    /// As the seller wrote it.
    pub text: String,
    /// What is read as this keyword, folded, besides other capitals; the keyword itself comes first.
    pub matches: Vec<String>,
    /// Whether one slip of a letter is understood too.
    pub slips: bool,
    pub useless: Option<Useless>,
    pub conflicts: Vec<Conflict>,
}

/// The keywords of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemKeywords {
    /// Index into the catalog's items.
    pub item: u32,
    pub keywords: Vec<Keyword>,
}

/// The keywords of every item of a catalog.
pub fn keywords(catalog: &Catalog, settings: &ReadSettings) -> Vec<ItemKeywords> {
    let index = KeywordIndex::new(catalog, settings);
    let item = |(item, typed): (usize, &CatalogItem)| {
        let item = item as u32;
        ItemKeywords { item, keywords: index.check(typed, Some(item)) }
    };
    catalog.items().iter().enumerate().map(item).collect()
}

/// All keywords of a catalog by all forms in which they are read.
#[derive(Clone, Debug)]
pub struct KeywordIndex<'catalog> {
    catalog: &'catalog Catalog,
    grammar: Grammar,
    titles: bool,
    slips: Option<Slips>,
    by_form: FxHashMap<(Likeness, String), Vec<(u32, &'catalog str)>>,
}

impl<'catalog> KeywordIndex<'catalog> {
    /// The keywords of a catalog, read by these settings.
    pub fn new(catalog: &'catalog Catalog, settings: &ReadSettings) -> Self {
        // Without the catalog: what a word means before any item has it.
        let grammar = Grammar::new(settings.preset, &settings.words, &[], &Catalog::default());
        let slips = settings.words.slips_are_understood().then(|| Slips::new(catalog));
        let titles = settings.words.titles_claim();
        let mut index = KeywordIndex { catalog, grammar, titles, slips, by_form: FxHashMap::default() };
        for (item, typed) in catalog.items().iter().enumerate() {
            for (kind, text) in index.of(typed) {
                if index.useless(kind, text, typed).is_none() {
                    for form in index.forms(text) {
                        index.by_form.entry(form).or_default().push((item as u32, text));
                    }
                }
            }
        }
        index
    }

    /// What an item could be called by, and which other items could be meant by the same. `own` is the index of the item
    /// if it stands in the catalog already: it is in no conflict with itself. What is typed may differ from what stands there.
    pub fn check(&self, typed: &CatalogItem, own: Option<u32>) -> Vec<Keyword> {
        let keyword = |(kind, text): (KeywordKind, &str)| {
            let useless = self.useless(kind, text, typed);
            let folded = FoldedText::fold(text);
            let slips = kind == KeywordKind::Alias && self.slips.is_some() && slips::is_long_enough(&folded);
            let conflicts = if useless.is_none() { self.conflicts(text, own) } else { Vec::new() };
            let matches = if useless.is_none() { self.matches(text) } else { Vec::new() };
            Keyword { kind, text: text.to_owned(), matches, slips, useless, conflicts }
        };
        self.of(typed).map(keyword).collect()
    }

    fn of<'item>(
        &self,
        item: &'item CatalogItem,
    ) -> impl Iterator<Item = (KeywordKind, &'item str)> + use<'item> {
        let title =
            (self.titles && !item.title.is_empty()).then_some((KeywordKind::Title, item.title.as_str()));
        let aliases = item.aliases.iter().map(|alias| (KeywordKind::Alias, alias.as_str()));
        std::iter::once((KeywordKind::Code, item.code.as_str())).chain(aliases).chain(title)
    }

    fn useless(&self, kind: KeywordKind, text: &str, item: &CatalogItem) -> Option<Useless> {
        let mut folded = FoldedText::default();
        folded.set(text);
        let lexicon = &self.grammar.lexicon;
        match folded.atoms.len() {
            0 => Some(Useless::Blank),
            atoms if atoms > MAX_KEY_ATOMS => Some(Useless::TooLong),
            _ if matches!(lexicon.find(folded.as_str()).sense, Some(Sense::Intent { .. })) => {
                Some(Useless::Word)
            }
            _ if kind == KeywordKind::Title && !lexicon.title_claims(item) => Some(Useless::Title),
            _ => None,
        }
    }

    /// The forms in which a keyword is looked up, the closest likeness first.
    fn forms(&self, text: &str) -> Vec<(Likeness, String)> {
        let mut folded = FoldedText::default();
        folded.set(text);
        let mut forms = vec![
            (Likeness::Same, folded.as_str().to_owned()),
            (Likeness::Separators, joined(folded.as_str())),
        ];
        if self.grammar.reads_loose_codes()
            && let Some((letters, number)) = numbered(&folded, 0, folded.atoms.len())
        {
            forms.push((Likeness::Zeros, format!("{}{number}", folded.slice(letters, letters + 1))));
        }
        forms
    }

    fn conflicts(&self, text: &str, own: Option<u32>) -> Vec<Conflict> {
        let mut conflicts: Vec<Conflict> = Vec::new();
        let mut add = |likeness: Likeness, item: u32, keyword: &str| {
            let Some(other) = self.catalog.item(item).filter(|_| Some(item) != own) else { return };
            if !conflicts.iter().any(|known| known.item == item && known.keyword == keyword) {
                let (code, keyword) = (other.code.clone(), keyword.to_owned());
                conflicts.push(Conflict { likeness, item, code, keyword });
            }
        };
        for form in self.forms(text) {
            for (item, keyword) in self.by_form.get(&form).into_iter().flatten() {
                add(form.0, *item, keyword);
            }
        }
        if let Some(slips) = &self.slips {
            for (alias, item) in slips.of(&FoldedText::fold(text)) {
                add(Likeness::Slip, item, alias);
            }
        }
        conflicts
    }

    fn matches(&self, text: &str) -> Vec<String> {
        let mut folded = FoldedText::default();
        folded.set(text);
        let key = folded.as_str();
        let mut matches = vec![key.to_owned(), joined(key)];
        // `a12` is also read where a buyer writes a separator between the letters and the number.
        let [letters, number] = match folded.atoms.len() {
            2 => [folded.slice(0, 1), folded.slice(1, 2)],
            3 if joined(key).len() < key.len() => [folded.slice(0, 1), folded.slice(2, 3)],
            _ => ["", ""],
        };
        let parts = |text: &str| text.chars().all(char::is_alphanumeric) && !text.is_empty();
        if parts(letters)
            && parts(number)
            && joined(&format!("{letters}-{number}")) == format!("{letters}{number}")
        {
            matches.extend(["-", "_", "."].map(|separator| format!("{letters}{separator}{number}")));
            if self.grammar.reads_loose_codes() {
                matches.push(format!("{letters} {number}"));
            }
        }
        let mut seen = Vec::new();
        matches.retain(|form| {
            let new = !seen.contains(form);
            seen.push(form.clone());
            new
        });
        matches
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sales::{CatalogVariant, Preset, words::WordChanges};

    fn item(code: &str, aliases: &[&str], title: &str) -> CatalogItem {
        CatalogItem {
            code: code.into(),
            title: title.into(),
            aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
            variants: vec![CatalogVariant {
                id: Uuid::nil(),
                code: String::new(),
                name: String::new(),
                left: 1,
                price: 0,
            }],
        }
    }

    fn settings(preset: Preset) -> ReadSettings {
        let words = WordChanges { titles: Some(true), slips: Some(true), ..WordChanges::default() };
        ReadSettings { preset, words, ..ReadSettings::default() }
    }

    fn told(keywords: &[Keyword]) -> Vec<String> {
        let told = |keyword: &Keyword| {
            let useless = keyword.useless.map(|useless| useless.label().to_owned());
            let conflicts = keyword.conflicts.iter().map(Conflict::message);
            useless
                .into_iter()
                .chain(conflicts)
                .map(|told| format!("{}: {told}", keyword.text))
                .collect::<Vec<_>>()
        };
        keywords.iter().flat_map(told).collect()
    }

    #[test]
    fn a_keyword_that_two_items_could_be_meant_by_is_told() {
        let catalog = Catalog::new(vec![
            item("A12", &["moon ring", "bracelet"], "Moon ring"),
            item("A-12", &["Moon  Ring", "next"], "Bracelets of the sea"),
            item("A012", &["bracelte", "a12"], "S"),
            item("B3", &[], "Love"),
        ]);
        let index = KeywordIndex::new(&catalog, &settings(Preset::My));
        assert_eq!(
            told(&index.check(&catalog.items()[0], Some(0))),
            [
                "A12: A012 is called “a12” too.",
                "A12: Only a separator parts this from “A-12” (A-12).",
                "A12: Only zeros part this from “A012” (A012).",
                "moon ring: A-12 is called “Moon  Ring” too.",
                "bracelet: Only a letter parts this from “bracelte” (A012).",
                "Moon ring: A-12 is called “Moon  Ring” too.",
            ]
        );
        assert_eq!(
            told(&index.check(&catalog.items()[1], Some(1))).last().unwrap(),
            "next: This is a word that claims, cancels or queues, so it names no item."
        );
        assert_eq!(
            told(&index.check(&catalog.items()[3], Some(3))),
            ["Love: This title is not name enough to claim by."]
        );
        // A new item is compared with all.
        assert_eq!(told(&index.check(&item("b3", &[], ""), None)), ["b3: B3 has this code too."]);
        assert_eq!(
            told(&index.check(&item("", &["x y z x y z x y z x y z x y z x y z"], ""), None)).len(),
            2
        );
    }

    #[test]
    fn what_is_told_is_what_the_reader_does() {
        let catalog =
            Catalog::new(vec![item("A12", &["bracelet"], "Moon ring"), item("C5", &["candle"], "Moon ring")]);
        let settings = settings(Preset::Us);
        let reader = crate::sales::Reader::new(catalog.clone(), &settings);
        for ItemKeywords { item, keywords } in keywords(&catalog, &settings) {
            for keyword in keywords {
                for text in &keyword.matches {
                    let read = reader.explain(&format!("sold {text}"));
                    let claimed = read.claims.iter().map(|claim| claim.item).collect::<Vec<_>>();
                    let expected = if keyword.conflicts.is_empty() { vec![item] } else { vec![] };
                    assert_eq!(claimed, expected, "{text}: {}", read.reason);
                }
            }
        }
    }
}
