//! Variants: the sizes, colours… of an item, by up to three options.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ItemForm, code::optional_code, grid, quantity};
use crate::{
    money::{Currency, Money},
    problem::{Check, FieldCode},
    text,
    weight::{self, WeightUnit},
};

/// The most variants that one item has.
pub const MAX_VARIANTS: usize = 500;
/// The most options that one item has, such as size and colour.
pub const MAX_OPTIONS: usize = 3;
/// What an option is called that was given no name.
pub const UNNAMED_OPTION: &str = "Choice";
/// What stands between the values in a variant's name: `7 / Gold`.
const BETWEEN_VALUES: &str = " / ";
/// Characters of an option's name, of a value and of a barcode.
const OPTION_CHARACTERS: u32 = 30;
const VALUE_CHARACTERS: u32 = 60;
const BARCODE_CHARACTERS: u32 = 40;

/// A variant as typed. A row of which nothing but the id is left counts as not there: a stored variant goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VariantForm {
    /// The stored variant, empty for a new one.
    pub id: String,
    /// One for each option of the item; empty for the only variant of an item without options.
    pub values: Vec<String>,
    /// A code of its own; may be empty.
    pub code: String,
    /// Empty where it costs what the item costs.
    pub price: String,
    /// Of what is sold; empty where it is the item's.
    pub net_weight: String,
    /// Of what is posted; empty where it is the item's.
    pub weight: String,
    pub barcode: String,
    pub quantity: String,
    /// The pieces on hand when the form was shown: what was paid or restocked since then stays, and a number that was left
    /// as it is counts nothing. May be empty.
    pub was: String,
}

/// A variant, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantInput {
    /// The row of the form, for a problem that shows only when it is saved.
    pub row: usize,
    pub id: Option<Uuid>,
    /// As many as the item has options.
    pub values: Vec<String>,
    /// The values as one text, `7 / Gold`: what comments are matched with and invoices say.
    pub name: String,
    pub code: String,
    pub price: Option<Money>,
    /// Milligrams.
    pub net_weight: Option<i64>,
    pub weight: Option<i64>,
    pub barcode: String,
    /// Pieces on hand.
    pub quantity: i64,
    /// The pieces on hand when the form was shown, if that is known.
    pub was: Option<i64>,
}

/// Options and variants, checked together.
#[derive(Debug, Default)]
pub(super) struct Choices {
    pub options: Vec<String>,
    pub variants: Vec<VariantInput>,
}

/// The name of a variant with these values.
pub fn variant_name(values: &[String]) -> String {
    let values: Vec<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
    values.join(BETWEEN_VALUES)
}

impl VariantForm {
    /// A variant of an item with one option or none.
    pub fn named(value: &str, quantity: &str) -> Self {
        let values = if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
        VariantForm { values, quantity: quantity.to_owned(), ..Self::default() }
    }

    fn is_blank(&self) -> bool {
        [&self.code, &self.price, &self.net_weight, &self.weight, &self.barcode, &self.quantity]
            .into_iter()
            .chain(&self.values)
            .all(|answer| text::tidy(answer).is_empty())
    }

    fn value(&self, option: usize) -> &str {
        self.values.get(option).map_or("", String::as_str)
    }
}

/// The rows of a form, and those that the values typed beside its options make.
fn with_typed_values(form: &ItemForm) -> Cow<'_, [VariantForm]> {
    let values: Vec<Vec<String>> = form.values.iter().map(|typed| grid::values(typed)).collect();
    if values.iter().all(Vec::is_empty) {
        return Cow::Borrowed(&form.variants);
    }
    let mut rows = form.variants.clone();
    let filled: Vec<usize> = (0..rows.len()).filter(|row| !rows[*row].is_blank()).collect();
    let there: Vec<Vec<String>> = filled.iter().map(|row| rows[*row].values.clone()).collect();
    let mut grown = grid::grow(&there, &values).into_iter();
    for (row, values) in filled.into_iter().zip(&mut grown) {
        rows[row].values = values;
    }
    rows.extend(grown.map(|values| VariantForm { values, quantity: "0".into(), ..VariantForm::default() }));
    Cow::Owned(rows)
}

/// What is known of the rows that were checked already, to find what stands there twice.
#[derive(Default)]
struct Met {
    names: Vec<String>,
    codes: Vec<String>,
    barcodes: Vec<String>,
}

impl Met {
    /// The text, unless it is among `known`, which it then joins.
    fn once(known: &mut Vec<String>, written: String) -> Result<String, FieldCode> {
        let folded = text::fold(&written);
        if !folded.is_empty() && known.contains(&folded) {
            return Err(FieldCode::Twice);
        }
        known.push(folded);
        Ok(written)
    }
}

/// Checks options and variants, amounts in `currency` and weights in `unit`.
pub(super) fn choices(form: &ItemForm, currency: Currency, unit: WeightUnit, check: &mut Check) -> Choices {
    let typed = with_typed_values(form);
    let rows: Vec<(usize, &VariantForm)> =
        typed.iter().enumerate().filter(|(_, variant)| !variant.is_blank()).collect();
    if rows.len() > MAX_VARIANTS {
        check.note("variants", FieldCode::TooMuch(MAX_VARIANTS as i64));
        return Choices::default();
    }
    if rows.is_empty() {
        check.note("variants_0_quantity", FieldCode::Missing);
        return Choices::default();
    }
    let Some(columns) = columns(&form.options, &rows, check) else { return Choices::default() };
    let mut met = Met { codes: vec![text::fold(&form.code)], ..Met::default() };
    let several = rows.len() > 1;
    let variants = rows
        .iter()
        .map(|(row, variant)| {
            Row { row: *row, variant, columns: &columns, several, currency, unit }.parse(&mut met, check)
        })
        .collect();
    Choices { options: columns.into_iter().map(|(_, name)| name).collect(), variants }
}

/// The options that are used, each by its column and with its name, unless there are too many. One of which no row has a
/// value is passed over.
fn columns(
    typed: &[String],
    rows: &[(usize, &VariantForm)],
    check: &mut Check,
) -> Option<Vec<(usize, String)>> {
    let is_used =
        |column: usize| rows.iter().any(|(_, variant)| !text::tidy(variant.value(column)).is_empty());
    let width = rows.iter().map(|(_, variant)| variant.values.len()).max().unwrap_or_default();
    let used: Vec<usize> = (0..width).filter(|column| is_used(*column)).collect();
    if used.iter().any(|column| *column >= MAX_OPTIONS) {
        check.note("variants", FieldCode::TooMuch(MAX_OPTIONS as i64));
        return None;
    }
    let mut names = Vec::new();
    let only_one = used.len() == 1;
    let columns = used
        .into_iter()
        .map(|column| {
            let name = typed.get(column).map_or("", String::as_str);
            let name = match text::optional(name, OPTION_CHARACTERS) {
                Ok(name) if name.is_empty() && only_one => Ok(UNNAMED_OPTION.to_owned()),
                Ok(name) if name.is_empty() => Err(FieldCode::Missing),
                named => named,
            };
            let name = name.and_then(|name| Met::once(&mut names, name));
            (column, check.take(&format!("options_{column}"), name).unwrap_or_default())
        })
        .collect();
    Some(columns)
}

/// One row with what it is checked by.
struct Row<'form> {
    row: usize,
    variant: &'form VariantForm,
    columns: &'form [(usize, String)],
    several: bool,
    currency: Currency,
    unit: WeightUnit,
}

impl Row<'_> {
    fn parse(&self, met: &mut Met, check: &mut Check) -> VariantInput {
        let field = |name: &str| format!("variants_{}_{name}", self.row);
        let variant = self.variant;
        let values: Vec<String> = self
            .columns
            .iter()
            .map(|(column, _)| {
                let value = text::optional(variant.value(*column), VALUE_CHARACTERS).and_then(|value| {
                    if value.is_empty() && self.several { Err(FieldCode::Missing) } else { Ok(value) }
                });
                check.take(&field(&format!("values_{column}")), value).unwrap_or_default()
            })
            .collect();
        let name = variant_name(&values);
        if self.columns.is_empty() && self.several {
            check.note(&field("values_0"), FieldCode::Missing);
        }
        let first = self.columns.first().map_or(0, |(column, _)| *column);
        let name = check
            .take(&field(&format!("values_{first}")), Met::once(&mut met.names, name))
            .unwrap_or_default();
        let code = optional_code(&variant.code).and_then(|code| Met::once(&mut met.codes, code));
        let code = check.take(&field("code"), code).unwrap_or_default();
        let price = optional(&variant.price, |typed| Money::parse(typed, self.currency));
        let price = check.take(&field("price"), price).unwrap_or_default();
        let weigh = |typed: &str| weight::parse(typed, self.unit);
        let net_weight =
            check.take(&field("net_weight"), optional(&variant.net_weight, weigh)).unwrap_or_default();
        let weight = check.take(&field("weight"), optional(&variant.weight, weigh)).unwrap_or_default();
        let barcode = barcode(&variant.barcode).and_then(|barcode| Met::once(&mut met.barcodes, barcode));
        let barcode = check.take(&field("barcode"), barcode).unwrap_or_default();
        let quantity = check.take(&field("quantity"), quantity(&variant.quantity)).unwrap_or_default();
        let id = match variant.id.as_str() {
            "" => None,
            id => check.take(&field("quantity"), Uuid::parse_str(id).map_err(|_| FieldCode::NotAChoice)),
        };
        // Nobody types this one, so that what is no number counts as not known.
        let was = variant.was.parse().ok();
        VariantInput {
            row: self.row,
            id,
            values,
            name,
            code,
            price,
            net_weight,
            weight,
            barcode,
            quantity,
            was,
        }
    }
}

/// An answer that may be left empty.
pub(super) fn optional<T>(
    typed: &str,
    parse: impl FnOnce(&str) -> Result<T, FieldCode>,
) -> Result<Option<T>, FieldCode> {
    match text::tidy(typed) {
        typed if typed.is_empty() => Ok(None),
        typed => parse(&typed).map(Some),
    }
}

/// A barcode as scanners send it: signs of ASCII without white space. May be empty.
fn barcode(typed: &str) -> Result<String, FieldCode> {
    let barcode = text::optional(typed, BARCODE_CHARACTERS)?;
    if barcode.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(barcode)
    } else {
        Err(FieldCode::BadCharacter)
    }
}
