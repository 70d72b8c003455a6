//! What a seller taught: the next time a phrase is read as another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::grammar::fold::FoldedText;
use crate::problem::{Check, FieldCode, Problem};
use crate::text;

/// The most rules of one business.
pub const MAX_RULES: usize = 500;
/// Characters of a phrase and of what it means.
pub const MAX_RULE_CHARACTERS: u32 = 120;

/// Next time `phrase` is read as `meaning`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingRule {
    /// As comments have it, folded as the reader folds them.
    pub phrase: String,
    /// What is read in its place, as a buyer would write it; empty where the phrase is passed over.
    pub meaning: String,
}

/// A rule as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    pub phrase: String,
    /// Empty to pass the phrase over.
    pub meaning: String,
}

impl RuleForm {
    /// Checks both fields.
    ///
    /// # Errors
    /// The phrase is missing, one of the two is too long, or both say the same.
    pub fn parse(&self) -> Result<ReadingRule, Problem> {
        let mut check = Check::new();
        let phrase = text::required(&self.phrase, MAX_RULE_CHARACTERS).and_then(|phrase| {
            let phrase = FoldedText::fold(&phrase);
            if phrase.is_empty() { Err(FieldCode::Missing) } else { Ok(phrase) }
        });
        let phrase = check.take("phrase", phrase);
        let meaning = text::optional(&self.meaning, MAX_RULE_CHARACTERS).and_then(|meaning| match &phrase {
            Some(phrase) if FoldedText::fold(&meaning) == *phrase => Err(FieldCode::Twice),
            _ => Ok(meaning),
        });
        let meaning = check.take("meaning", meaning);
        let rule = (|| Some(ReadingRule { phrase: phrase?, meaning: meaning? }))();
        check.finish(rule)
    }
}

/// A rule as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleLine {
    pub id: Uuid,
    pub rule: ReadingRule,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(phrase: &str, meaning: &str) -> RuleForm {
        RuleForm { phrase: phrase.into(), meaning: meaning.into() }
    }

    #[test]
    fn a_rule_has_a_folded_phrase_and_a_meaning_as_typed() {
        let rule = form(" The  MOON one ", "A12 7").parse().unwrap();
        assert_eq!(rule, ReadingRule { phrase: "the moon one".into(), meaning: "A12 7".into() });
        assert_eq!(form("pls", "").parse().unwrap().meaning, "");
    }

    #[test]
    fn a_rule_that_says_nothing_is_refused() {
        assert!(form("", "A12").parse().unwrap_err().message_for("phrase").is_some());
        assert!(form("a12", "A12").parse().unwrap_err().message_for("meaning").is_some());
        let long = form("x", &"y".repeat(121)).parse().unwrap_err();
        assert_eq!(long.fields[0].code, FieldCode::TooLong(120));
    }
}
