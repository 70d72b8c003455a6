//! The words of a business and of a sale: what they add to those of the preset, and what they take from them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::grammar::fold::FoldedText;
use crate::problem::{Check, FieldCode, Problem};
use crate::three_way::ThreeWay;

/// The most words and phrases in one list.
pub const MAX_WORDS: usize = 200;
/// Characters of one word or phrase.
pub const MAX_WORD_CHARACTERS: u32 = 60;

/// What is changed about the words by which comments are read. Words are folded as the reader folds comments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WordChanges {
    /// Words that claim.
    pub claim: Vec<String>,
    /// Words that let go.
    pub cancel: Vec<String>,
    /// Words that queue: wanted if somebody lets go.
    pub next: Vec<String>,
    /// Words to pass over.
    pub ignore: Vec<String>,
    /// Words that make a comment a question.
    pub question: Vec<String>,
    /// Words of the preset that mean nothing here.
    pub without: Vec<String>,
    /// Whether an item's title claims it as its code does. Nothing said: as the business has it, else not.
    pub titles: Option<bool>,
    /// Whether a slip of one letter is understood in aliases of six letters and more. Nothing said: as the business has
    /// it, else not.
    pub slips: Option<bool>,
}

impl WordChanges {
    /// Whether an item's title claims it.
    pub fn titles_claim(&self) -> bool {
        self.titles.unwrap_or(false)
    }

    /// Whether a slip of one letter is understood in long aliases.
    pub fn slips_are_understood(&self) -> bool {
        self.slips.unwrap_or(false)
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        *self == WordChanges::default()
    }

    /// The lists with the names of their fields, in the order of the form.
    fn lists(&self) -> [(&'static str, &[String]); 6] {
        [
            ("claim", self.claim.as_slice()),
            ("cancel", self.cancel.as_slice()),
            ("next", self.next.as_slice()),
            ("ignore", self.ignore.as_slice()),
            ("question", self.question.as_slice()),
            ("without", self.without.as_slice()),
        ]
    }

    /// These changes of a sale laid over those of its business: what the sale says about a word counts, and what it says
    /// nothing about stays as the business has it.
    #[must_use]
    pub fn over(&self, business: &WordChanges) -> WordChanges {
        let said: HashSet<&str> =
            self.lists().into_iter().flat_map(|(_, words)| words).map(String::as_str).collect();
        let joined = |sale: &[String], business: &[String]| {
            let kept = business.iter().filter(|word| !said.contains(word.as_str()));
            kept.chain(sale).cloned().collect()
        };
        WordChanges {
            claim: joined(&self.claim, &business.claim),
            cancel: joined(&self.cancel, &business.cancel),
            next: joined(&self.next, &business.next),
            ignore: joined(&self.ignore, &business.ignore),
            question: joined(&self.question, &business.question),
            without: joined(&self.without, &business.without),
            titles: self.titles.or(business.titles),
            slips: self.slips.or(business.slips),
        }
    }
}

/// The changes as typed: each list with one word or phrase a line, or several between commas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WordsForm {
    pub claim: String,
    pub cancel: String,
    pub next: String,
    pub ignore: String,
    pub question: String,
    pub without: String,
    /// `yes`, `no`, or empty for what the business has.
    pub titles: String,
    /// `yes`, `no`, or empty for what the business has.
    pub slips: String,
    /// Marks of what it was filled in with, see [`crate::three_way`].
    pub filled: String,
}

impl ThreeWay for WordsForm {
    fn filled_mut(&mut self) -> &mut String {
        &mut self.filled
    }
}

impl WordsForm {
    /// Checks every field.
    ///
    /// # Errors
    /// Names every list that is too long, has a word that is too long or of digits alone, or has a word that stands in a
    /// list above it already.
    pub fn parse(&self) -> Result<WordChanges, Problem> {
        let mut check = Check::new();
        let mut seen = HashSet::new();
        let mut list =
            |field: &str, typed: &str| check.take(field, words(typed, &mut seen)).unwrap_or_default();
        let changes = WordChanges {
            claim: list("claim", &self.claim),
            cancel: list("cancel", &self.cancel),
            next: list("next", &self.next),
            ignore: list("ignore", &self.ignore),
            question: list("question", &self.question),
            without: list("without", &self.without),
            titles: check.take("titles", switch(&self.titles)).flatten(),
            slips: check.take("slips", switch(&self.slips)).flatten(),
        };
        check.finish(Some(changes))
    }
}

impl From<&WordChanges> for WordsForm {
    fn from(changes: &WordChanges) -> Self {
        let switch = |on: Option<bool>| match on {
            None => String::new(),
            Some(on) => (if on { "yes" } else { "no" }).to_owned(),
        };
        WordsForm {
            claim: changes.claim.join("\n"),
            cancel: changes.cancel.join("\n"),
            next: changes.next.join("\n"),
            ignore: changes.ignore.join("\n"),
            question: changes.question.join("\n"),
            without: changes.without.join("\n"),
            titles: switch(changes.titles),
            slips: switch(changes.slips),
            filled: String::new(),
        }
        .filled()
    }
}

/// The words of one list, folded, each once. `seen` holds those of the lists above: a word means one thing.
fn words(typed: &str, seen: &mut HashSet<String>) -> Result<Vec<String>, FieldCode> {
    let mut words: Vec<String> = Vec::new();
    let mut here = HashSet::new();
    for word in typed.split(['\n', '\r', ',', '，', '、', '،']) {
        let word = FoldedText::fold(word);
        if word.is_empty() || here.contains(&word) {
            continue;
        }
        if word.chars().count() > MAX_WORD_CHARACTERS as usize {
            return Err(FieldCode::TooLong(MAX_WORD_CHARACTERS));
        }
        // A number by itself is a code or a quantity; as a word it would make the reader guess.
        if word.chars().all(|character| character.is_ascii_digit()) {
            return Err(FieldCode::BadCharacter);
        }
        if seen.contains(&word) {
            return Err(FieldCode::Twice);
        }
        here.insert(word.clone());
        words.push(word);
        if words.len() > MAX_WORDS {
            return Err(FieldCode::TooMuch(MAX_WORDS as i64));
        }
    }
    seen.extend(here);
    Ok(words)
}

fn switch(typed: &str) -> Result<Option<bool>, FieldCode> {
    match typed {
        "" => Ok(None),
        "yes" => Ok(Some(true)),
        "no" => Ok(Some(false)),
        _ => Err(FieldCode::NotAChoice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(words: &[&str]) -> WordChanges {
        WordChanges { claim: words.iter().map(|word| (*word).to_owned()).collect(), ..Default::default() }
    }

    #[test]
    fn words_are_split_folded_and_kept_once() {
        let form = WordsForm {
            claim: " Grab it, ＤＩＢＳ\r\n\nGRAB  it、จอง".into(),
            without: "sold".into(),
            slips: "yes".into(),
            ..Default::default()
        };
        let changes = form.parse().unwrap();
        assert_eq!(changes.claim, ["grab it", "dibs", "จอง"]);
        assert_eq!(changes.without, ["sold"]);
        assert!(changes.slips_are_understood() && !changes.titles_claim());
        assert_eq!(WordsForm::from(&changes).parse().unwrap(), changes, "a form shows what it stored");
    }

    #[test]
    fn what_cannot_be_a_word_is_named_beside_its_list() {
        let many = (0..=MAX_WORDS).map(|number| format!("word {number}")).collect::<Vec<_>>().join("\n");
        let form = WordsForm {
            claim: "x".repeat(61),
            cancel: many,
            next: "12".into(),
            ignore: "please".into(),
            question: "how much, Please".into(),
            titles: "maybe".into(),
            ..Default::default()
        };
        let problem = form.parse().unwrap_err();
        let fields: Vec<(&str, &FieldCode)> =
            problem.fields.iter().map(|field| (field.field.as_str(), &field.code)).collect();
        assert_eq!(
            fields,
            [
                ("claim", &FieldCode::TooLong(60)),
                ("cancel", &FieldCode::TooMuch(200)),
                ("next", &FieldCode::BadCharacter),
                ("question", &FieldCode::Twice),
                ("titles", &FieldCode::NotAChoice),
            ]
        );
    }

    #[test]
    fn what_a_sale_says_about_a_word_counts_more_than_what_its_business_says() {
        let mut business = claims(&["grab", "dibs"]);
        business.without = vec!["sold".into()];
        business.titles = Some(true);
        let mut sale = claims(&["sold"]);
        sale.ignore = vec!["grab".into()];
        sale.slips = Some(false);
        let read = sale.over(&business);
        assert_eq!(read.claim, ["dibs", "sold"]);
        assert_eq!(read.ignore, ["grab"]);
        assert!(read.without.is_empty(), "the sale has its claim word back");
        assert_eq!((read.titles, read.slips), (Some(true), Some(false)));
        assert_eq!(WordChanges::default().over(&business), business);
    }

    #[test]
    fn changes_are_stored_as_text_and_later_fields_may_be_missing() {
        let changes = claims(&["grab"]);
        let stored = serde_json::to_string(&changes).unwrap();
        assert_eq!(serde_json::from_str::<WordChanges>(&stored).unwrap(), changes);
        assert_eq!(serde_json::from_str::<WordChanges>(r#"{"claim":["grab"]}"#).unwrap(), changes);
    }
}
