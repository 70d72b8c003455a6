//! Sales that were made before, somewhere else, as rows of a file tell of them.

use serde::{Deserialize, Serialize};

use super::{
    Columns, DateOrder, Field, Reason, Row, RowProblem, WrittenMoment, columns::Reading, customers::Who,
    values,
};
use crate::{
    money::{Currency, Money},
    problem::FieldCode,
    text,
};

/// Characters of an order's number, and of what was bought.
const REFERENCE_CHARACTERS: u32 = 80;
const TITLE_CHARACTERS: u32 = 300;
/// The most pieces of one line.
const MAX_PIECES: i64 = 1_000_000;

/// A line of a past sale, as it is stored and shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PastLine {
    pub code: String,
    pub title: String,
    pub quantity: i64,
    /// Minor units of one piece, where it is known.
    pub price: Option<i64>,
}

/// A past sale as its rows tell of it. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleDraft {
    /// The line of its first row.
    pub line: i64,
    pub reference: String,
    pub sold_at: WrittenMoment,
    pub currency: Currency,
    pub who: Who,
    pub lines: Vec<PastLine>,
    pub discount: i64,
    pub shipping: i64,
    pub tax: i64,
    pub total: i64,
    pub problems: Vec<RowProblem>,
}

/// Whether two rows that follow each other tell of one sale.
pub fn is_of_the_same(columns: &Columns, row: &Row, next: &Row) -> bool {
    let reference = |row| text::fold(&columns.text(row, Field::Reference));
    !reference(row).is_empty() && reference(row) == reference(next)
}

/// Reads the rows of one sale. Amounts that name no currency are in `home`.
pub fn read(columns: &Columns, rows: &[Row], home: Currency, dates: DateOrder) -> SaleDraft {
    let blank = Row::default();
    let first = rows.first().unwrap_or(&blank);
    let mut reading = Reading::new(columns);
    reading.problems.extend(rows.iter().filter_map(|row| columns.excess(row)));
    let row_with = |field| rows.iter().find(|row| columns.cell(row, field).is_some()).unwrap_or(first);
    let currency = reading
        .take(row_with(Field::Currency), Field::Currency, |cell| {
            Currency::parse(&text::tidy(cell)).ok_or(Reason::UnknownCurrency)
        })
        .unwrap_or(home);
    let amount = |cell: &str| values::amount(cell, currency).map(|money| money.minor);
    // Discounts are exported with and without their sign.
    let without_sign = |cell: &str| amount(text::tidy(cell).trim_start_matches('-'));
    let reference = reading.take(first, Field::Reference, |cell| {
        text::required(cell, REFERENCE_CHARACTERS).map_err(Reason::from)
    });
    if reference.is_none() && columns.cell(first, Field::Reference).is_none() {
        reading.note(first, Field::Reference, FieldCode::Missing);
    }
    let date_row = row_with(Field::Date);
    let sold_at = reading.take(date_row, Field::Date, |cell| super::date(cell, dates));
    if sold_at.is_none() && columns.cell(date_row, Field::Date).is_none() {
        reading.note(first, Field::Date, FieldCode::Missing);
    }
    let who = Who::read(&mut reading, rows);
    let lines: Vec<PastLine> = rows.iter().filter_map(|row| line(&mut reading, row, &amount)).collect();
    let subtotal = reading.take(row_with(Field::Subtotal), Field::Subtotal, amount);
    let discount = reading.take(row_with(Field::Discount), Field::Discount, without_sign).unwrap_or_default();
    let shipping = reading.take(row_with(Field::Shipping), Field::Shipping, amount).unwrap_or_default();
    let tax = reading.take(row_with(Field::Tax), Field::Tax, amount).unwrap_or_default();
    let total_row = row_with(Field::Total);
    let total = match columns.cell(total_row, Field::Total) {
        Some(_) => reading.take(total_row, Field::Total, amount),
        None => subtotal.or_else(|| sum(&lines, currency)).map(|goods| goods - discount + shipping + tax),
    };
    if total.is_none() && columns.cell(total_row, Field::Total).is_none() && reading.problems.is_empty() {
        reading.note(first, Field::Total, FieldCode::Missing);
    }
    if total.is_some_and(|total| total < 0) {
        reading.note(first, Field::Total, Reason::Negative);
    }
    SaleDraft {
        line: first.line,
        reference: reference.unwrap_or_default(),
        sold_at: sold_at.unwrap_or(WrittenMoment::Utc(0)),
        currency,
        who,
        lines,
        discount,
        shipping,
        tax,
        total: total.unwrap_or_default(),
        problems: reading.problems,
    }
}

/// What one row says was bought, if it says anything.
fn line(
    reading: &mut Reading<'_>,
    row: &Row,
    amount: &impl Fn(&str) -> Result<i64, Reason>,
) -> Option<PastLine> {
    let short = |cell: &str| text::optional(cell, TITLE_CHARACTERS).map_err(Reason::from);
    let title = reading.take(row, Field::LineTitle, short).unwrap_or_default();
    let code = reading.take(row, Field::LineCode, short).unwrap_or_default();
    let price = reading.take(row, Field::LinePrice, amount);
    let quantity = reading.take(row, Field::LineQuantity, |cell| match values::count(cell)? {
        count if count < 0 => Err(FieldCode::TooLittle(0).into()),
        count if count > MAX_PIECES => Err(FieldCode::TooMuch(MAX_PIECES).into()),
        count => Ok(count),
    });
    if title.is_empty() && code.is_empty() && price.is_none() {
        return None;
    }
    Some(PastLine { code, title, quantity: quantity.unwrap_or(1), price })
}

/// What the lines come to, if each has its price.
fn sum(lines: &[PastLine], currency: Currency) -> Option<i64> {
    if lines.is_empty() {
        return None;
    }
    let amounts: Option<Vec<Money>> =
        lines.iter().map(|line| Money::new(line.price?, currency).times(line.quantity).ok()).collect();
    Money::sum(currency, amounts?).ok().map(|sum| sum.minor)
}

/// The lines in short: `Moon ring and 2 more`.
pub fn summary(lines: &[PastLine]) -> String {
    let Some(first) = lines.first() else { return String::new() };
    let name = if first.title.is_empty() { &first.code } else { &first.title };
    match lines.len() - 1 {
        0 => name.clone(),
        more => format!("{name} and {more} more"),
    }
}
