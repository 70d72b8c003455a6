//! The stock ledger: what a seller does to stock by hand, and the movements as shown.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MAX_QUANTITY, Stock};
use crate::{
    money::grouped,
    page::Page,
    problem::{Check, FieldCode, Problem},
    text,
};

/// Characters of a note to a movement.
const NOTE_CHARACTERS: u32 = 200;

stored_enum! {
    /// Why stock changed.
    Cause {
        /// Pieces were counted, here or in a stock-take.
        Count = "count", "Counted";
        /// A buyer claimed, or one who waited was served.
        Claim = "claim", "Claimed";
        /// A claim was cancelled, held too long, or moved to the waitlist.
        Release = "release", "Let go";
        /// The invoice was paid.
        Payment = "payment", "Paid";
        /// Sold and handed over in a shop, at a market, on another site.
        Elsewhere = "elsewhere", "Sold elsewhere";
        Restock = "restock", "Restocked";
        /// A buyer sent it back.
        Return = "return", "Came back";
        /// Broken, lost, given away, found again.
        Correction = "correction", "Corrected";
        /// The label was bought.
        Shipped = "shipped", "Shipped";
        /// The variant was taken off the item.
        Removed = "removed", "Removed";
        /// A file said so, or the import of one was undone.
        Import = "import", "Imported";
    }
}

stored_enum! {
    /// What a seller does to the stock of a variant.
    HandKind {
        Restock = "restock", "Restock";
        Elsewhere = "elsewhere", "Sold elsewhere";
        Return = "return", "Return";
        Correction = "correction", "Correct";
    }
}

impl HandKind {
    /// Why the stock changes by it.
    pub fn cause(self) -> Cause {
        match self {
            HandKind::Restock => Cause::Restock,
            HandKind::Elsewhere => Cause::Elsewhere,
            HandKind::Return => Cause::Return,
            HandKind::Correction => Cause::Correction,
        }
    }

    /// What it is for, in a sentence.
    pub fn hint(self) -> &'static str {
        match self {
            HandKind::Restock => "Pieces that came in. Buyers who wait are served first.",
            HandKind::Elsewhere => "Pieces sold and handed over in a shop, at a market or on another site.",
            HandKind::Return => "Pieces that a buyer sent back and that can be sold again.",
            HandKind::Correction => {
                "Pieces that broke, were lost or turned up: -1 takes one away, 2 adds two."
            }
        }
    }
}

/// A change of stock as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StockForm {
    pub variant: String,
    pub kind: String,
    /// Pieces; with a sign for a correction.
    pub quantity: String,
    pub note: String,
    /// Made with the form, so that sending it twice books once. May be empty.
    pub key: String,
}

/// A change of stock, checked as far as that goes without the stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockChange {
    pub variant_id: Uuid,
    pub kind: HandKind,
    /// Pieces, at least one; below zero only where a correction takes away.
    pub quantity: i64,
    pub note: String,
    pub key: Option<Uuid>,
}

impl StockForm {
    /// Checks every field.
    ///
    /// # Errors
    /// A quantity that is none, or not one for what is done; a note that is too long.
    pub fn parse(&self) -> Result<StockChange, Problem> {
        let mut check = Check::new();
        let variant =
            check.take("variant", Uuid::parse_str(&self.variant).map_err(|_| FieldCode::NotAChoice));
        let kind = check.take("kind", HandKind::parse(&self.kind).ok_or(FieldCode::NotAChoice));
        let signed = kind == Some(HandKind::Correction);
        let quantity = check.take("quantity", pieces(&self.quantity, signed));
        let note = check.take("note", text::optional(&self.note, NOTE_CHARACTERS));
        let key = match self.key.as_str() {
            "" => Some(None),
            key => check.take("key", Uuid::parse_str(key).map(Some).map_err(|_| FieldCode::BadCharacter)),
        };
        let change = (|| {
            Some(StockChange {
                variant_id: variant?,
                kind: kind?,
                quantity: quantity?,
                note: note?,
                key: key?,
            })
        })();
        check.finish(change)
    }
}

/// A number of pieces that is not zero. The minus of a phone's keyboard or of a copied text counts as one.
fn pieces(typed: &str, signed: bool) -> Result<i64, FieldCode> {
    let typed = text::tidy(typed).replace(['\u{2212}', '\u{2013}', '\u{2014}'], "-");
    if typed.is_empty() {
        return Err(FieldCode::Missing);
    }
    let least = if signed { -MAX_QUANTITY } else { 1 };
    match typed.replace("- ", "-").parse::<i64>() {
        Ok(0) => Err(FieldCode::TooLittle(1)),
        Ok(quantity) if quantity < least => Err(FieldCode::TooLittle(least)),
        Ok(quantity) if quantity > MAX_QUANTITY => Err(FieldCode::TooMuch(MAX_QUANTITY)),
        Ok(quantity) => Ok(quantity),
        Err(_) => Err(FieldCode::NotANumber),
    }
}

/// What a change of stock did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// The movement, by which it can be undone.
    pub movement: String,
    /// `Restocked 5. 2 went to buyers who waited.`
    pub told: String,
}

/// The sentence for a change of stock that served `served` pieces to those who waited.
pub fn told(kind: HandKind, quantity: i64, served: i64) -> String {
    let done = match kind {
        HandKind::Restock => format!("Restocked {quantity}."),
        HandKind::Elsewhere => format!("{quantity} sold elsewhere."),
        HandKind::Return => format!("{quantity} came back."),
        HandKind::Correction => format!("Corrected by {}.", signed(quantity)),
    };
    match served {
        0 => done,
        served => format!("{done} {served} went to buyers who waited."),
    }
}

/// `+3`, `−2`, `0`, `+1,200`, with the minus that is as wide as a plus.
pub fn signed(number: i64) -> String {
    match number {
        0 => "0".into(),
        1.. => format!("+{}", grouped(&number.to_string())),
        _ => format!("−{}", grouped(&number.unsigned_abs().to_string())),
    }
}

/// A variant and its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantStock {
    pub id: Uuid,
    /// Empty for the only variant of an item.
    pub name: String,
    pub stock: Stock,
    /// Pieces that were sold and have left the house.
    pub shipped: i64,
}

/// What a movement changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub on_hand: i64,
    pub held: i64,
    pub waitlisted: i64,
    pub sold: i64,
    pub shipped: i64,
}

impl Figures {
    /// What happened, in words: the label of the cause, said more exactly where the figures tell more.
    pub fn words(&self, cause: Cause) -> &'static str {
        match cause {
            Cause::Claim if self.held > 0 && self.waitlisted < 0 => "Served from the waitlist",
            Cause::Claim if self.held == 0 => "Waits for it",
            Cause::Release if self.held < 0 && self.waitlisted > 0 => "Moved to the waitlist",
            Cause::Release if self.held == 0 => "Left the waitlist",
            _ => cause.label(),
        }
    }

    /// The figure that the movement is about, with its sign and, where it is not pieces on hand, its name.
    pub fn change(&self) -> String {
        if self.on_hand != 0 {
            return signed(self.on_hand);
        }
        for (difference, name) in [
            (self.held, "held"),
            (self.waitlisted, "waiting"),
            (self.shipped, "shipped"),
            (self.sold, "sold"),
        ] {
            if difference != 0 {
                return format!("{} {name}", signed(difference));
            }
        }
        signed(0)
    }
}

/// One movement, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementLine {
    pub id: Uuid,
    /// The variant's name; empty for the only one of an item.
    pub variant: String,
    pub cause: Cause,
    pub change: Figures,
    /// Pieces on hand and still free to claim after it.
    pub on_hand_after: i64,
    pub left_after: i64,
    /// Empty where no member did it.
    pub who: String,
    pub note: String,
    pub when: String,
    /// Where what caused it is shown, and what that is called.
    pub link: Option<(String, String)>,
    /// It takes another movement back.
    pub undoes: bool,
    /// It was taken back.
    pub undone: bool,
    /// It was done by hand and can still be taken back.
    pub can_be_undone: bool,
}

/// The stock of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockView {
    pub variants: Vec<VariantStock>,
    /// So many left of all variants together, or fewer, are few.
    pub low_mark: Option<i64>,
    pub movements: Page<MovementLine>,
    /// For the next change of stock.
    pub key: Uuid,
}

impl StockView {
    /// Whether no more is left than the mark says.
    pub fn is_low(&self) -> bool {
        let left: i64 = self.variants.iter().map(|variant| variant.stock.left()).sum();
        self.low_mark.is_some_and(|mark| left <= mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(kind: &str, quantity: &str) -> StockForm {
        StockForm {
            variant: Uuid::nil().to_string(),
            kind: kind.into(),
            quantity: quantity.into(),
            ..Default::default()
        }
    }

    #[test]
    fn differences_have_a_sign_and_thousands_apart() {
        assert_eq!([signed(3), signed(0), signed(-2), signed(987_653)], ["+3", "0", "−2", "+987,653"]);
    }

    #[test]
    fn only_a_correction_takes_away() {
        assert_eq!(form("restock", " 5 ").parse().unwrap().quantity, 5);
        assert_eq!(form("correction", "-2").parse().unwrap().quantity, -2);
        assert_eq!(form("correction", "− 2").parse().unwrap().quantity, -2);
        assert_eq!(form("correction", "+2").parse().unwrap().quantity, 2);
        for (kind, quantity, code) in [
            ("restock", "-2", FieldCode::TooLittle(1)),
            ("return", "0", FieldCode::TooLittle(1)),
            ("correction", "0", FieldCode::TooLittle(1)),
            ("elsewhere", "", FieldCode::Missing),
            ("restock", "1.5", FieldCode::NotANumber),
            ("restock", "1000001", FieldCode::TooMuch(MAX_QUANTITY)),
        ] {
            assert_eq!(form(kind, quantity).parse().unwrap_err().fields[0].code, code, "{kind} {quantity}");
        }
        assert_eq!(form("gift", "1").parse().unwrap_err().fields[0].field, "kind");
    }

    #[test]
    fn a_movement_is_told_by_what_it_changed() {
        let of = |on_hand, held, waitlisted| Figures { on_hand, held, waitlisted, ..Default::default() };
        for (change, cause, words, figure) in [
            (of(0, 2, 0), Cause::Claim, "Claimed", "+2 held"),
            (of(0, 0, 1), Cause::Claim, "Waits for it", "+1 waiting"),
            (of(0, 2, -3), Cause::Claim, "Served from the waitlist", "+2 held"),
            (of(0, -1, 0), Cause::Release, "Let go", "−1 held"),
            (of(0, -1, 1), Cause::Release, "Moved to the waitlist", "−1 held"),
            (of(0, 0, -1), Cause::Release, "Left the waitlist", "−1 waiting"),
            (of(-1, -1, 0), Cause::Payment, "Paid", "−1"),
            (of(5, 0, 0), Cause::Restock, "Restocked", "+5"),
        ] {
            assert_eq!((change.words(cause), change.change().as_str()), (words, figure));
        }
        assert_eq!(told(HandKind::Restock, 5, 2), "Restocked 5. 2 went to buyers who waited.");
        assert_eq!(told(HandKind::Correction, -1, 0), "Corrected by −1.");
    }
}
