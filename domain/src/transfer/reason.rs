//! Why a file, a row or a step back was not taken, each with its sentence.

use serde::{Deserialize, Serialize};

use super::MAX_ROWS_OF_ONE;
use crate::problem::FieldCode;

stored_enum! {
    /// What is wrong with a whole file. Nothing of it was kept.
    FileProblem {
        NoFile = "no-file", "Choose a file first.";
        Empty = "empty", "There is nothing in this file.";
        NoRows = "no-rows", "This file has a heading and no row under it.";
        TooLarge = "too-large", "This file is larger than 64 MB. Please split it, or leave out columns that are not needed.";
        NotATable = "not-a-table", "This is no table. Save it as CSV or XLSX and choose that file.";
        OldWorkbook = "old-workbook", "This is a workbook of the old kind (XLS) or a locked one. Save it as XLSX without a password and choose that file.";
        BrokenWorkbook = "broken-workbook", "This workbook is damaged or not an XLSX workbook. Open it, save it anew and choose that file.";
        Unpacks = "unpacks", "This workbook unpacks to far more than a table needs. Save its one sheet as CSV and choose that file.";
        TooManyRows = "too-many-rows", "This file has more than 250,000 rows. Please split it.";
        TooManyColumns = "too-many-columns", "This file has more than 200 columns. Please leave out those that are not needed.";
        RowTooLong = "row-too-long", "A row of this file does not end. Most often a quotation mark was opened and not closed.";
        Unreadable = "unreadable", "The characters of this file cannot be read. Save it as CSV in UTF-8 and choose that file.";
    }
}

/// Why a row was not taken, or what an undo left. It crosses the wire and is stored, so it holds no text from inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why", content = "of")]
pub enum Reason {
    /// The same that a form would say.
    Field(FieldCode),
    /// A number such as `1.250`.
    TwoWays,
    NotADate,
    DateTwoWays,
    NotYesOrNo,
    /// An amount in another currency than the business'.
    AnotherCurrency,
    /// A currency that is not known.
    UnknownCurrency,
    /// The same key stands in an earlier line.
    Twice(i64),
    /// Cells beyond the heading.
    TooManyCells,
    /// More rows of one thing than are read.
    TooManyRows,
    /// Nothing that would tell what the row is.
    Nameless,
    /// Rows of one item that tell nothing apart.
    SameVariant,
    /// Several stored things can be meant.
    SeveralMeant,
    /// One row means two customers that are stored as two.
    TwoCustomers,
    /// Fewer pieces than are held.
    Held(i64),
    /// An amount below zero: money that went out is no sale.
    Negative,
    /// Of an undo: what was imported was changed later.
    ChangedSince,
    /// Of an undo: pieces of it were claimed, sold or moved later.
    MovedSince,
    /// Of an undo: claims, invoices or other rows speak of it by now.
    SpokenOf,
    /// Of an undo: it is gone already.
    GoneSince,
}

impl From<FieldCode> for Reason {
    fn from(code: FieldCode) -> Self {
        Reason::Field(code)
    }
}

impl Reason {
    /// The sentence for a person.
    pub fn message(&self) -> String {
        match self {
            Reason::Field(FieldCode::Missing) => "This is missing.".into(),
            Reason::Field(FieldCode::NotMoney) => "This is no amount such as 12.50.".into(),
            Reason::Field(FieldCode::NotAWeight) => "This is no weight such as 2.5 or 12 g.".into(),
            Reason::Field(FieldCode::NotANumber) => "This is no whole number.".into(),
            Reason::Field(FieldCode::NotAChoice) => "This is not one of what can stand here.".into(),
            Reason::Field(code) => code.message(),
            Reason::TwoWays => "This can be read in two ways: a point or comma before three digits. Write it with two decimals.".into(),
            Reason::NotADate => "This is no date such as 2026-11-23.".into(),
            Reason::DateTwoWays => "Day or month first? Choose it above, next to the columns.".into(),
            Reason::NotYesOrNo => "This is neither yes nor no.".into(),
            Reason::AnotherCurrency => "This is in another currency than your business.".into(),
            Reason::UnknownCurrency => "This currency is not known here.".into(),
            Reason::Twice(line) => format!("The same stands in line {line} already."),
            Reason::TooManyCells => "This row has more cells than the heading. A comma may stand where it should be in quotation marks.".into(),
            Reason::TooManyRows => format!("More than {MAX_ROWS_OF_ONE} rows speak of the same."),
            Reason::Nameless => "Nothing here says what it is called.".into(),
            Reason::SameVariant => "Two rows speak of the same variant.".into(),
            Reason::SeveralMeant => "Several that you have already can be meant. Nothing is guessed.".into(),
            Reason::TwoCustomers => "This names two customers that you have as two. Merge them first, if they are one.".into(),
            Reason::Held(1) => "One piece is held for a buyer; there cannot be fewer.".into(),
            Reason::Held(pieces) => format!("{pieces} pieces are held for buyers; there cannot be fewer."),
            Reason::Negative => "This is below zero. Refunds and payouts are no sales, and nothing costs less than nothing.".into(),
            Reason::ChangedSince => "It was changed after the import, so it stays.".into(),
            Reason::MovedSince => "Pieces of it were claimed, sold or counted after the import, so it stays.".into(),
            Reason::SpokenOf => "Claims, invoices or notes speak of it by now, so it stays.".into(),
            Reason::GoneSince => "It was gone already.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{MAX_COLUMNS, MAX_FILE_WORDS, MAX_ROWS},
        *,
    };

    #[test]
    fn sentences_state_the_limits_that_hold() {
        assert!(FileProblem::TooLarge.label().contains(MAX_FILE_WORDS));
        assert_eq!(super::super::MAX_FILE_BYTES, 64 * 1024 * 1024);
        assert!(FileProblem::TooManyRows.label().replace(',', "").contains(&MAX_ROWS.to_string()));
        assert!(FileProblem::TooManyColumns.label().contains(&MAX_COLUMNS.to_string()));
    }

    #[test]
    fn reasons_are_stored_and_read_back() {
        for reason in [Reason::Field(FieldCode::TooLong(20)), Reason::Twice(12), Reason::TwoWays] {
            let stored = serde_json::to_string(&reason).unwrap();
            assert_eq!(serde_json::from_str::<Reason>(&stored).unwrap(), reason);
            assert!(reason.message().ends_with('.'));
        }
    }
}
