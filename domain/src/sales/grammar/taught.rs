//! What a seller taught: whole comments that are read as others.

use rustc_hash::FxHashMap;

use super::fold::FoldedText;
use crate::sales::rules::ReadingRule;

/// The rules of a business by their phrases.
#[derive(Clone, Debug, Default)]
pub struct Taught {
    rules: Vec<ReadingRule>,
    by_phrase: FxHashMap<Box<str>, u32>,
}

impl Taught {
    /// The rules, of which a later one about the same phrase counts more.
    pub fn new(rules: &[ReadingRule]) -> Self {
        let mut taught = Taught { rules: rules.to_vec(), by_phrase: FxHashMap::default() };
        for (number, rule) in rules.iter().enumerate() {
            let phrase = FoldedText::fold(&rule.phrase);
            let phrase = without_end(&phrase);
            if !phrase.is_empty() {
                taught.by_phrase.insert(phrase.into(), number as u32);
            }
        }
        taught
    }

    /// The rule for a whole comment, folded.
    pub fn rule(&self, folded: &str) -> Option<&ReadingRule> {
        if self.rules.is_empty() {
            return None;
        }
        self.rules.get(*self.by_phrase.get(without_end(folded))? as usize)
    }
}

/// A full stop or an exclamation mark at the end changes nothing.
fn without_end(folded: &str) -> &str {
    let end = |character| matches!(character, '.' | '!' | '。' | ' ');
    match folded.trim_end_matches(end) {
        "" => folded,
        phrase => phrase,
    }
}
