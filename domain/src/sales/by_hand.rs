//! What a seller does to claims by hand.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ReadComment, Reader};
use crate::problem::{Check, FieldCode, Problem};
use crate::text;

/// Characters of a buyer's name and of a claim as typed.
const BUYER_CHARACTERS: u32 = 100;
const TEXT_CHARACTERS: u32 = 200;

stored_enum! {
    /// What was done to a claim.
    ActionKind {
        Claim = "claim", "Claimed by hand";
        Wait = "wait", "Moved to the waitlist";
        Split = "split", "Split";
        Assign = "assign", "Given to another buyer";
        Cancel = "cancel", "Cancelled";
        Answer = "answer", "Decided";
    }
}

/// A claim by hand as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandClaimForm {
    /// A handle, a name, or the id of a customer.
    pub buyer: String,
    /// As a buyer would write it: `A12 7 x2`.
    pub text: String,
    /// Made with the form, so that sending it twice claims once. May be empty.
    pub key: String,
}

/// Another buyer for a claim, or for some of its pieces, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SplitForm {
    /// A handle, a name, or the id of a customer.
    pub buyer: String,
    /// How many pieces go to them.
    pub pieces: String,
    /// Made with the form, so that sending it twice splits once. May be empty.
    pub key: String,
}

/// A claim by hand as one line: `@ana A12 7 x2`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandLineForm {
    /// The buyer first, see [`split_line`].
    pub line: String,
    /// Made with the form, so that sending it twice claims once. May be empty.
    pub key: String,
}

impl HandLineForm {
    /// Checks what can be checked without the catalog: the line and the key.
    ///
    /// # Errors
    /// The line is missing or too long.
    pub fn parse(&self) -> Result<(String, Option<Uuid>), Problem> {
        let mut check = Check::new();
        let line = check.take("line", text::required(&self.line, BUYER_CHARACTERS + TEXT_CHARACTERS));
        let key = check.take("key", key(&self.key));
        let parsed = (|| Some((line?, key?)))();
        check.finish(parsed)
    }
}

/// A claim by hand, checked as far as that goes without the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandClaim {
    pub buyer: String,
    pub text: String,
    pub key: Option<Uuid>,
}

/// A split, checked as far as that goes without the claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    pub buyer: String,
    pub pieces: i64,
    pub key: Option<Uuid>,
}

impl HandClaimForm {
    /// Checks every field.
    ///
    /// # Errors
    /// The buyer or the text is missing or too long.
    pub fn parse(&self) -> Result<HandClaim, Problem> {
        let mut check = Check::new();
        let buyer = check.take("buyer", buyer(&self.buyer));
        let text = check.take("text", text::required(&self.text, TEXT_CHARACTERS));
        let key = check.take("key", key(&self.key));
        let claim = (|| Some(HandClaim { buyer: buyer?, text: text?, key: key? }))();
        check.finish(claim)
    }
}

/// Whom a line such as `@ana A12 7 x2`, `Ana Ruiz: A12 x2` or `Ana Ruiz sold A12` is for, and what it claims. Nothing
/// where it is not plain where the name ends.
pub fn split_line(reader: &Reader, line: &str) -> Option<(String, String)> {
    let line = text::tidy(line);
    let (buyer, text) = match line.split_once(':') {
        Some((buyer, text)) => (buyer.to_owned(), text.to_owned()),
        None if line.starts_with('@') => {
            let (handle, text) = line.split_once(' ')?;
            (handle.to_owned(), text.to_owned())
        }
        None => {
            let (name, text) = reader.name_and_claim(&line)?;
            (name.to_owned(), text.to_owned())
        }
    };
    let parts = (text::tidy(&buyer), text::tidy(&text));
    (!parts.0.trim_start_matches('@').is_empty() && !parts.1.is_empty()).then_some(parts)
}

/// Reads what a seller typed as the comment of a buyer whose name is beyond doubt.
pub fn read_typed(reader: &Reader, text: &str) -> ReadComment {
    reader.read_text(&text::tidy(text))
}

impl SplitForm {
    /// Checks every field.
    ///
    /// # Errors
    /// The buyer is missing or too long, or the pieces are no number of at least one.
    pub fn parse(&self) -> Result<Split, Problem> {
        let mut check = Check::new();
        let buyer = check.take("buyer", buyer(&self.buyer));
        let pieces = match text::tidy(&self.pieces).parse::<i64>() {
            Ok(pieces) if pieces < 1 => Err(FieldCode::TooLittle(1)),
            Ok(pieces) => Ok(pieces),
            Err(_) => Err(FieldCode::NotANumber),
        };
        let pieces = check.take("pieces", pieces);
        let key = check.take("key", key(&self.key));
        let split = (|| Some(Split { buyer: buyer?, pieces: pieces?, key: key? }))();
        check.finish(split)
    }
}

/// A buyer as typed: something to find or make a customer by.
///
/// # Errors
/// There is nothing, or too much of it.
pub fn buyer(typed: &str) -> Result<String, FieldCode> {
    let buyer = text::required(typed, BUYER_CHARACTERS)?;
    if text::fold(buyer.trim_start_matches('@')).is_empty() { Err(FieldCode::Missing) } else { Ok(buyer) }
}

fn key(typed: &str) -> Result<Option<Uuid>, FieldCode> {
    match typed {
        "" => Ok(None),
        key => Uuid::parse_str(key).map(Some).map_err(|_| FieldCode::BadCharacter),
    }
}

/// What a claim by hand did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandClaimed {
    /// Pieces.
    pub held: i64,
    pub waitlisted: i64,
    pub cancelled: i64,
    /// Why nothing was done: the text was not plain. A sentence for the seller.
    pub unclear: Option<String>,
    /// What was done, by which it can be undone.
    pub action: Option<Uuid>,
}

/// Something done by hand, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLine {
    pub id: Uuid,
    pub kind: ActionKind,
    pub customer_name: String,
    pub code: String,
    pub variant: String,
    /// Pieces.
    pub quantity: i64,
    pub age: String,
}

impl ActionLine {
    /// `A12 7 ×2`.
    pub fn what(&self) -> String {
        let variant = if self.variant.is_empty() { String::new() } else { format!(" {}", self.variant) };
        format!("{}{variant} ×{}", self.code, self.quantity)
    }

    /// What was done, as a sentence.
    pub fn sentence(&self) -> String {
        let (what, buyer) = (self.what(), &self.customer_name);
        match self.kind {
            ActionKind::Claim => format!("Claimed {what} for {buyer}."),
            ActionKind::Wait => format!("{buyer} waits for {what} now."),
            ActionKind::Split => format!("Split: {what} went to {buyer}."),
            ActionKind::Assign => format!("Gave {what} to {buyer}."),
            ActionKind::Cancel => format!("Let go of {what} for {buyer}."),
            ActionKind::Answer => format!("Decided: {what} for {buyer}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::{Catalog, CatalogItem, CatalogVariant, ReadSettings, Status};

    #[test]
    fn a_claim_by_hand_needs_a_buyer_and_a_text() {
        let form = HandClaimForm { buyer: "@ana".into(), text: "A12  7 x2".into(), key: String::new() };
        assert_eq!(
            form.parse().unwrap(),
            HandClaim { buyer: "@ana".into(), text: "A12 7 x2".into(), key: None }
        );
        let problem = HandClaimForm { buyer: " @ ".into(), ..Default::default() }.parse().unwrap_err();
        let fields: Vec<&str> = problem.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["buyer", "text"]);
    }

    fn reader() -> Reader {
        let variant =
            CatalogVariant { id: Uuid::nil(), code: String::new(), name: String::new(), left: 1, price: 100 };
        let item = CatalogItem {
            code: "A12".into(),
            title: String::new(),
            aliases: Vec::new(),
            variants: vec![variant],
        };
        Reader::new(Catalog::new(vec![item]), &ReadSettings::default())
    }

    #[test]
    fn a_line_names_the_buyer_first() {
        let reader = reader();
        let split = |line: &str| split_line(&reader, line);
        let pair = |buyer: &str, text: &str| Some((buyer.to_owned(), text.to_owned()));
        assert_eq!(split("@ana  A12 x2"), pair("@ana", "A12 x2"));
        assert_eq!(split("Ana Ruiz: A12"), pair("Ana Ruiz", "A12"));
        assert_eq!(split("Ana Ruiz sold A12"), pair("Ana Ruiz", "sold A12"));
        for unclear in ["", "@ana", "A12", "@: A12", ": A12", "ana:", "some of that for me"] {
            assert_eq!(split(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn what_is_typed_is_read_as_one_comment() {
        let reader = reader();
        let typed = read_typed(&reader, "A12\n x2");
        assert_eq!((typed.status, typed.claims[0].quantity), (Status::Act, 2));
        assert_eq!(read_typed(&reader, "hello").status, Status::None);
    }

    #[test]
    fn an_action_is_told_in_a_sentence() {
        let line = ActionLine {
            id: Uuid::nil(),
            kind: ActionKind::Assign,
            customer_name: "Kim".into(),
            code: "A12".into(),
            variant: "7".into(),
            quantity: 2,
            age: String::new(),
        };
        assert_eq!(line.sentence(), "Gave A12 7 ×2 to Kim.");
    }

    #[test]
    fn a_split_moves_at_least_one_piece() {
        let form =
            |pieces: &str| SplitForm { buyer: "kim".into(), pieces: pieces.into(), key: String::new() };
        assert_eq!(form(" 2 ").parse().unwrap().pieces, 2);
        assert_eq!(form("0").parse().unwrap_err().fields[0].code, FieldCode::TooLittle(1));
        assert_eq!(form("two").parse().unwrap_err().fields[0].code, FieldCode::NotANumber);
    }
}
