//! What a person may most likely want to do with a comment that is not plain.

use uuid::Uuid;

use super::Reader;
use super::corrections::Reads;
use super::grammar::MAX_QUANTITY;
use super::reading::{ClaimKind, MarkKind, Status};
use super::reasons::ReasonCode;

/// More variants than this are not offered side by side.
pub const MOST_CHOICES: usize = 12;

/// One way to settle a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The variant's name; empty where there is nothing to choose.
    pub name: String,
    /// Pieces that can still be claimed; nothing where the whole comment is taken as it was written.
    pub left: Option<i64>,
    pub reads: Reads,
}

impl Choice {
    /// The stored variant and the pieces that it takes.
    pub fn takes(&self) -> Option<(Uuid, u32)> {
        match self.reads {
            Reads::Takes { variant, quantity } => Some((variant, quantity)),
            Reads::As(_) | Reads::Nothing => None,
        }
    }
}

/// The ways to settle a comment in review by its text. A text that is plain by itself, so that only its author was
/// doubted, is taken as it was written; otherwise the variants of the item that it speaks of are offered, if it says how
/// many of them in digits or not at all. Nothing is offered for what may let go of something.
pub fn choices(reader: &Reader, text: &str) -> Vec<Choice> {
    let (read, code) = reader.judge(text);
    match (read.status, read.about.and_then(|item| reader.catalog().item(item))) {
        // It is for review because it is not known which one the buyer has.
        (Status::Act, _) if read.claims.iter().any(|claim| claim.kind == ClaimKind::CancelItem) => Vec::new(),
        (Status::Act, _) => {
            vec![Choice { name: String::new(), left: None, reads: Reads::As(crate::text::tidy(text)) }]
        }
        (Status::Review, Some(item)) if may_claim(code) && item.variants.len() <= MOST_CHOICES => {
            let Some(quantity) = quantity(reader, text) else { return Vec::new() };
            let choices = item.variants.iter().map(|variant| Choice {
                name: variant.name.clone(),
                left: Some(variant.left),
                reads: Reads::Takes { variant: variant.id, quantity },
            });
            choices.collect()
        }
        (Status::Review | Status::None, _) => Vec::new(),
    }
}

/// Whether what is not plain may be a claim on the item that it speaks of, of as many pieces as it says.
fn may_claim(code: ReasonCode) -> bool {
    matches!(
        code,
        ReasonCode::WhichVariant
            | ReasonCode::WithoutClaimWord
            | ReasonCode::ClaimsButAsks
            | ReasonCode::Unclear
            | ReasonCode::NotUnderstood
            | ReasonCode::NoSuchSize
            | ReasonCode::MeansWhat
            | ReasonCode::SlipAlone
    )
}

/// How many a text says: 1 where it says nothing, and nothing where it is not plain.
fn quantity(reader: &Reader, text: &str) -> Option<u32> {
    let marks = reader.marks(text, Status::Review);
    let mut quantities = marks.iter().filter(|mark| mark.kind == MarkKind::Quantity);
    let Some(mark) = quantities.next() else { return Some(1) };
    if quantities.next().is_some() {
        return None;
    }
    let written = text.get(mark.span.0 as usize..mark.span.1 as usize)?;
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|quantity| (1..=MAX_QUANTITY).contains(quantity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::fixture::reader;

    fn offered(text: &str) -> Vec<(String, Option<u32>)> {
        let choices = choices(&reader(), text);
        choices
            .into_iter()
            .map(|choice| (choice.name.clone(), choice.takes().map(|(_, quantity)| quantity)))
            .collect()
    }

    #[test]
    fn a_missing_variant_is_offered_with_the_pieces_that_were_asked_for() {
        let sizes = |quantity| vec![("6".to_owned(), Some(quantity)), ("7".to_owned(), Some(quantity))];
        assert_eq!(offered("sold A12"), sizes(1));
        assert_eq!(offered("sold A12 x2"), sizes(2));
    }

    #[test]
    fn what_was_plain_but_for_its_author_is_taken_as_it_was_written() {
        assert_eq!(offered("sold A12 7 x2"), [(String::new(), None)]);
    }

    #[test]
    fn what_may_let_go_or_is_about_nothing_offers_nothing() {
        for text in ["cancel A12 x2", "cancel A12", "so pretty", "sold", "sold Z99"] {
            assert!(offered(text).is_empty(), "{text}: {:?}", offered(text));
        }
    }
}
