//! The stock-take: counting what is in the house, and what follows from it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::MAX_QUANTITY;
use crate::{
    page::Page,
    problem::{Check, FieldCode, Problem},
    text,
};

/// A stock-take as begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountForm {
    /// Words by which the items are found; empty for everything.
    pub search: String,
    /// `true` where the figures are hidden from those who count.
    pub blind: String,
}

impl CountForm {
    /// What is counted, and whether the figures are hidden.
    ///
    /// # Errors
    /// The words are too many.
    pub fn parse(&self) -> Result<(String, bool), Problem> {
        let mut check = Check::new();
        let search = check.take("search", text::optional(&self.search, 100));
        check.finish(search.map(|search| (search, self.blind == "true")))
    }
}

/// What was counted of a variant, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineForm {
    pub count: String,
    pub variant: String,
    /// Pieces; empty where it is not counted after all.
    pub counted: String,
}

/// What was counted of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub count_id: Uuid,
    pub variant_id: Uuid,
    /// Pieces; nothing where it is not counted after all.
    pub pieces: Option<i64>,
}

impl LineForm {
    /// Checks every field.
    ///
    /// # Errors
    /// A number of pieces that is none.
    pub fn parse(&self) -> Result<Counted, Problem> {
        let mut check = Check::new();
        let id = |text: &str| Uuid::parse_str(text).map_err(|_| FieldCode::NotAChoice);
        let count_id = check.take("count", id(&self.count));
        let variant_id = check.take("variant", id(&self.variant));
        let typed = text::tidy(&self.counted);
        let pieces = match typed.parse::<i64>() {
            _ if typed.is_empty() => Ok(None),
            Ok(pieces) if pieces < 0 => Err(FieldCode::TooLittle(0)),
            Ok(pieces) if pieces > MAX_QUANTITY => Err(FieldCode::TooMuch(MAX_QUANTITY)),
            Ok(pieces) => Ok(Some(pieces)),
            Err(_) => Err(FieldCode::NotANumber),
        };
        let pieces = check.take("counted", pieces);
        let counted = (|| Some(Counted { count_id: count_id?, variant_id: variant_id?, pieces: pieces? }))();
        check.finish(counted)
    }
}

/// What closing does to a variant that was counted.
///
/// What was counted stays true: pieces that came or went after it are added or taken off, so that nobody has to stop
/// selling while they count. Claims only hold pieces and move none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Pieces that were counted.
    pub counted: i64,
    /// Pieces that came less those that went since then, counts not among them.
    pub moved: i64,
    /// Pieces on hand as they stand now.
    pub on_hand: i64,
    /// Pieces held for buyers as they stand now.
    pub held: i64,
}

impl Finding {
    /// Pieces on hand after closing.
    pub fn result(&self) -> i64 {
        self.counted.saturating_add(self.moved)
    }

    /// What is booked.
    pub fn difference(&self) -> i64 {
        self.result().saturating_sub(self.on_hand)
    }

    /// Why it cannot be booked, if it cannot: pieces are promised to buyers that would not be there.
    pub fn problem(&self) -> Option<FieldCode> {
        if self.result() < self.held {
            Some(FieldCode::BelowHeld(self.held))
        } else if self.result() > MAX_QUANTITY {
            Some(FieldCode::TooMuch(MAX_QUANTITY))
        } else {
            None
        }
    }
}

/// What is asked of a stock-take's page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountQuery {
    /// Words by which an item is found among those that are counted.
    pub search: String,
    /// The key of the row after which to go on.
    pub after: String,
}

/// A stock-take in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRow {
    pub id: Uuid,
    /// What is counted: `Everything` or `Items with “ring”`.
    pub what: String,
    pub who: String,
    pub when: String,
    /// Variants that were counted.
    pub counted: i64,
    pub closed: bool,
}

/// A variant to be counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountLine {
    pub variant_id: Uuid,
    pub item_id: Uuid,
    pub code: String,
    pub title: String,
    pub variant: String,
    /// Pieces on hand by the books; absent where the figures are hidden.
    pub expected: Option<i64>,
    /// Pieces that are sold and not sent yet: they lie in the house and are not to be counted.
    pub to_ship: i64,
    pub counted: Option<i64>,
    /// Pieces came or went while it was scanned.
    pub unsure: bool,
}

/// A stock-take's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountView {
    pub id: Uuid,
    pub what: String,
    /// Words by which the items are found; empty for everything.
    pub search: String,
    pub blind: bool,
    pub closed: bool,
    pub lines: Page<CountLine>,
    /// Variants that were counted, and how many there are to count.
    pub counted: i64,
    pub of: i64,
}

/// A variant of which another number was counted than the books say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub variant_id: Uuid,
    pub item_id: Uuid,
    pub code: String,
    pub title: String,
    pub variant: String,
    pub counted: i64,
    /// Pieces that came less those that went since then.
    pub moved: i64,
    pub on_hand: i64,
    pub held: i64,
    pub difference: i64,
    /// A sentence where it cannot be booked.
    pub problem: Option<String>,
    pub unsure: bool,
}

/// What closing would book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// The first of them, by code.
    pub rows: Vec<Difference>,
    /// All of them, and those that cannot be booked.
    pub all: i64,
    pub problems: i64,
    /// Variants that were counted and of which the books say the same.
    pub agree: i64,
    /// Variants that were not counted and stay as they are.
    pub left_out: i64,
}

/// What a scan did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// `A12 Moon ring 7`.
    pub name: String,
    /// Pieces counted of it now.
    pub counted: i64,
}

/// What a stock-take counts, in words.
pub fn what(search: &str) -> String {
    match search {
        "" => "Everything".into(),
        words => format!("Items with “{words}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_after_counting_is_kept() {
        let finding = Finding { counted: 8, moved: 0, on_hand: 10, held: 3 };
        assert_eq!((finding.result(), finding.difference(), finding.problem()), (8, -2, None));
        let two_sold_since = Finding { moved: -2, on_hand: 8, held: 1, ..finding };
        assert_eq!((two_sold_since.result(), two_sold_since.difference()), (6, -2));
        let counted_elsewhere_since = Finding { on_hand: 8, ..finding };
        assert_eq!(counted_elsewhere_since.difference(), 0);
    }

    #[test]
    fn promised_pieces_must_be_there() {
        let finding = Finding { counted: 2, moved: 0, on_hand: 5, held: 3 };
        assert_eq!(finding.problem(), Some(FieldCode::BelowHeld(3)));
        assert_eq!(Finding { held: 2, ..finding }.problem(), None);
        assert_eq!(
            Finding { counted: 1, moved: -2, on_hand: 0, held: 0 }.problem(),
            Some(FieldCode::BelowHeld(0))
        );
        let many = Finding { counted: MAX_QUANTITY, moved: 1, on_hand: 5, held: 3 };
        assert_eq!(many.problem(), Some(FieldCode::TooMuch(MAX_QUANTITY)));
    }

    #[test]
    fn an_emptied_line_is_not_counted() {
        let form = |counted: &str| LineForm {
            count: Uuid::nil().to_string(),
            variant: Uuid::nil().to_string(),
            counted: counted.into(),
        };
        assert_eq!(form(" ").parse().unwrap().pieces, None);
        assert_eq!(form("0").parse().unwrap().pieces, Some(0));
        assert_eq!(form("-1").parse().unwrap_err().fields[0].code, FieldCode::TooLittle(0));
        assert_eq!(form("many").parse().unwrap_err().fields[0].code, FieldCode::NotANumber);
    }
}
