//! Long lists: how they are ordered and continued, views of them that are kept under a name, and what is done to many of
//! their rows at once.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    money::half_up,
    problem::FieldCode,
    text::{self, fold, search_fold},
};

/// How many rows a long list shows at once.
pub const LIST_ROWS: u64 = 25;
/// The most views of one list that a business keeps.
pub const MAX_VIEWS: usize = 20;
/// The most rows that are changed at once.
pub const MAX_BULK_ROWS: usize = 100_000;
/// The most characters of a view's name, and of the query that it keeps.
const MAX_VIEW_NAME: u32 = 40;
const MAX_VIEW_QUERY: usize = 1_000;

stored_enum! {
    /// A list that has views and whose rows can be changed together.
    ListName {
        Items = "items", "Items";
        Customers = "customers", "Customers";
    }
}

impl ListName {
    /// Where the list is.
    pub fn path(self) -> &'static str {
        match self {
            ListName::Items => "/stock",
            ListName::Customers => "/customers",
        }
    }
}

/// The most characters of a search that are looked at, and the most words.
pub const MAX_SEARCH_CHARACTERS: usize = 200;
pub const MAX_SEARCH_WORDS: usize = 10;

/// The folded words of a search, each of which must be found. Of one that is longer than anybody types only the beginning is
/// looked for: each word is a condition of its own.
pub fn search_words(typed: &str) -> Vec<String> {
    let words = search_fold(searched(typed));
    words.split(' ').filter(|word| !word.is_empty()).take(MAX_SEARCH_WORDS).map(str::to_owned).collect()
}

/// What is looked at of a search, or of a name that a list is filtered by.
pub fn searched(typed: &str) -> &str {
    typed
        .char_indices()
        .nth(MAX_SEARCH_CHARACTERS)
        .map_or(typed, |(end, _)| typed.get(..end).unwrap_or_default())
}

/// Whether a search is looked for as a whole. One that is not finds more than was asked for.
pub fn is_whole_search(typed: &str) -> bool {
    searched(typed) == typed && fold(typed).split(' ').count() <= MAX_SEARCH_WORDS
}

/// Where a stretch of a list begins or ends: what a row is ordered by, and the row itself for those that are alike in it.
/// Written as one word it stands in an address. The value is that of the row when it was shown, so that nothing is shown
/// twice or left out when the row is changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub id: Uuid,
    pub value: String,
}

impl Cursor {
    /// As it stands in an address.
    pub fn word(&self) -> String {
        format!("{}{}", self.id.simple(), self.value)
    }

    /// Reads what [`Cursor::word`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        let (id, value) = word.split_at_checked(32)?;
        Some(Cursor { id: Uuid::try_parse(id).ok()?, value: value.to_owned() })
    }
}

/// From which row a stretch is counted, and in which direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    Start,
    /// What follows this row.
    After(Cursor),
    /// What comes before this row.
    Before(Cursor),
}

impl Point {
    /// What the two words of an address mean; one that is no cursor is passed over.
    pub fn read(after: &str, before: &str) -> Self {
        match (Cursor::parse(after), Cursor::parse(before)) {
            (Some(after), _) => Point::After(after),
            (None, Some(before)) => Point::Before(before),
            (None, None) => Point::Start,
        }
    }
}

/// A stretch of a list, and the words of the rows at its ends where the list goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch<T> {
    pub rows: Vec<T>,
    /// For what comes before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// For what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Stretch<T> {
    /// The same stretch of other rows.
    pub fn of<U>(&self, rows: Vec<U>) -> Stretch<U> {
        Stretch { rows, previous: self.previous.clone(), next: self.next.clone() }
    }
}

/// A view of a list under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    pub id: Uuid,
    pub name: String,
    /// The query of its address, without a question mark.
    pub query: String,
}

/// A view's name, checked.
pub fn view_name(typed: &str) -> Result<String, FieldCode> {
    text::required(typed, MAX_VIEW_NAME)
}

/// Whether a query is short enough to be kept.
pub fn is_view_query(query: &str) -> bool {
    query.len() <= MAX_VIEW_QUERY
}

/// What was done to many rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDone {
    /// For undoing it; nothing where nothing was changed.
    pub action: Option<Uuid>,
    /// `12 items archived.`
    pub words: String,
}

/// What undoing it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkUndone {
    /// Rows that are again what they were.
    pub restored: i64,
    /// Rows that were changed since and were left as they are.
    pub left: i64,
}

impl BulkUndone {
    /// `12 are as before. 1 was changed since and stays.`
    pub fn words(self) -> String {
        let restored = match self.restored {
            1 => "1 is as before.".to_owned(),
            several => format!("{several} are as before."),
        };
        match self.left {
            0 => restored,
            1 => format!("{restored} 1 was changed since and stays as it is."),
            left => format!("{restored} {left} were changed since and stay as they are."),
        }
    }
}

/// Which rows are meant: some of them, or all that a list with this query would show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chosen {
    /// Ids; passed over where all are meant.
    pub ids: Vec<String>,
    /// `1` where all that match are meant.
    pub all: String,
    /// The query of the list's address.
    pub query: String,
    /// The key of the view in which they were chosen: a form that is sent twice changes them once. May be empty.
    pub key: String,
}

/// A change of prices, in basis points: 1,250 is 12.5 per cent more, -1,000 is ten per cent less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceChange(i64);

/// The most that prices are raised by at once, in basis points: to eleven times what they are.
const MOST_RAISE: i64 = 100_000;
/// Basis points in the whole.
const WHOLE: i64 = 10_000;

impl PriceChange {
    /// Reads `10`, `+12.5`, `-7,25 %`. At most two decimals; no lower than -100.
    pub fn parse(typed: &str) -> Result<Self, FieldCode> {
        let typed = text::tidy(typed);
        let number = typed.trim_end_matches('%').trim();
        let (is_less, digits) = match number.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest.trim()),
            None => (false, number.strip_prefix('+').unwrap_or(number).trim()),
        };
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() {
            return Err(FieldCode::Missing);
        }
        if !are_digits(whole) || !are_digits(fraction) || fraction.len() > 2 || whole.len() > 6 {
            return Err(FieldCode::NotAPercentage);
        }
        let points: i64 = format!("{whole}{fraction:0<2}").parse().map_err(|_| FieldCode::NotAPercentage)?;
        match if is_less { -points } else { points } {
            0 => Err(FieldCode::NotAPercentage),
            points if points < -WHOLE => Err(FieldCode::TooLittle(-100)),
            points if points > MOST_RAISE => Err(FieldCode::TooMuch(MOST_RAISE / 100)),
            points => Ok(PriceChange(points)),
        }
    }

    /// The price after the change, [half up](half_up) to the minor unit.
    pub fn of(self, minor: i64) -> i64 {
        let changed = half_up(i128::from(minor) * i128::from(WHOLE + self.0), i128::from(WHOLE));
        i64::try_from(changed).unwrap_or(i64::MAX)
    }

    /// `+12.5 %`.
    pub fn words(self) -> String {
        let sign = if self.0 < 0 { '\u{2212}' } else { '+' };
        let (whole, fraction) = (self.0.abs() / 100, self.0.abs() % 100);
        let number = format!("{whole}.{fraction:02}");
        format!("{sign}{} %", number.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_again_whatever_its_value() {
        for value in ["", "a12", "ring & moon=1", "ทอง", "%41"] {
            let cursor = Cursor { id: Uuid::from_u128(7), value: value.into() };
            assert_eq!(Cursor::parse(&cursor.word()), Some(cursor));
        }
        for word in ["", "a12", "not-an-id-not-an-id-not-an-id-not", "ทองทองทองทองทองทองทองทอง"]
        {
            assert_eq!(Cursor::parse(word), None, "{word}");
        }
    }

    #[test]
    fn a_search_is_bounded_in_characters_and_words() {
        assert_eq!(search_words("  Moon\u{00A0}RING "), ["moon", "ring"]);
        assert_eq!(search_words(&"a ".repeat(1_000_000)).len(), MAX_SEARCH_WORDS);
        assert_eq!(search_words(&"ท".repeat(1_000_000)), ["ท".repeat(MAX_SEARCH_CHARACTERS)]);
        assert!(is_whole_search("a b c d e f g h i j") && is_whole_search(&"x".repeat(200)));
        assert!(!is_whole_search("a b c d e f g h i j k") && !is_whole_search(&"x".repeat(201)));
    }

    #[test]
    fn prices_change_by_per_cent_and_round_half_up() {
        for (typed, before, after) in [
            ("10", 2_400, 2_640),
            ("-12,5 %", 1_999, 1_749),
            ("+0.5", 100, 101),
            ("−100", 500, 0),
            ("7.25", 1, 1),
        ] {
            assert_eq!(PriceChange::parse(typed).map(|change| change.of(before)), Ok(after), "{typed}");
        }
        for (typed, code) in [
            ("", FieldCode::Missing),
            ("%", FieldCode::Missing),
            ("ten", FieldCode::NotAPercentage),
            ("1.234", FieldCode::NotAPercentage),
            ("0", FieldCode::NotAPercentage),
            ("1-", FieldCode::NotAPercentage),
            ("-100.01", FieldCode::TooLittle(-100)),
            ("1000.01", FieldCode::TooMuch(1000)),
            ("99999999999999999999", FieldCode::NotAPercentage),
        ] {
            assert_eq!(PriceChange::parse(typed), Err(code), "{typed}");
        }
        assert_eq!(PriceChange::parse("-7,50").map(PriceChange::words), Ok("−7.5 %".into()));
        assert_eq!(PriceChange::parse("10").map(PriceChange::words), Ok("+10 %".into()));
    }

    #[test]
    fn undoing_tells_what_stayed() {
        assert_eq!(BulkUndone { restored: 12, left: 0 }.words(), "12 are as before.");
        assert_eq!(
            BulkUndone { restored: 1, left: 1 }.words(),
            "1 is as before. 1 was changed since and stays as it is."
        );
    }
}
