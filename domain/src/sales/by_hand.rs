//! What a seller does to claims by hand.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
}

/// Something done by hand, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLine {
    pub id: Uuid,
    pub kind: ActionKind,
    pub customer_name: String,
    pub code: String,
    pub variant: String,
    pub quantity: i64,
    pub age: String,
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_split_moves_at_least_one_piece() {
        let form =
            |pieces: &str| SplitForm { buyer: "kim".into(), pieces: pieces.into(), key: String::new() };
        assert_eq!(form(" 2 ").parse().unwrap().pieces, 2);
        assert_eq!(form("0").parse().unwrap_err().fields[0].code, FieldCode::TooLittle(1));
        assert_eq!(form("two").parse().unwrap_err().fields[0].code, FieldCode::NotANumber);
    }
}
