//! Weight: an integer of milligrams. Ounces, grams, carats… are ways to write it.

use serde::{Deserialize, Serialize};

use crate::{money::half_up, problem::FieldCode};

/// A unit in which a seller writes weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightUnit {
    G,
    Kg,
    Oz,
    Lb,
    /// Troy ounce.
    Ozt,
    /// Pennyweight.
    Dwt,
    /// Metric carat.
    Ct,
}

impl WeightUnit {
    /// Every unit, the most usual first.
    pub const ALL: [WeightUnit; 7] = [
        WeightUnit::Oz,
        WeightUnit::Lb,
        WeightUnit::G,
        WeightUnit::Kg,
        WeightUnit::Ozt,
        WeightUnit::Dwt,
        WeightUnit::Ct,
    ];

    /// How the unit is written and stored.
    pub fn symbol(self) -> &'static str {
        match self {
            WeightUnit::G => "g",
            WeightUnit::Kg => "kg",
            WeightUnit::Oz => "oz",
            WeightUnit::Lb => "lb",
            WeightUnit::Ozt => "ozt",
            WeightUnit::Dwt => "dwt",
            WeightUnit::Ct => "ct",
        }
    }

    /// Its full name.
    pub fn label(self) -> &'static str {
        match self {
            WeightUnit::G => "grams (g)",
            WeightUnit::Kg => "kilograms (kg)",
            WeightUnit::Oz => "ounces (oz)",
            WeightUnit::Lb => "pounds (lb)",
            WeightUnit::Ozt => "troy ounces (ozt)",
            WeightUnit::Dwt => "pennyweights (dwt)",
            WeightUnit::Ct => "carats (ct)",
        }
    }

    /// The unit of a symbol.
    pub fn parse(symbol: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.symbol() == symbol)
    }

    /// Nanograms in one unit. The avoirdupois pound is 453.592 37 g by definition, the troy ounce 31.103 476 8 g.
    pub(crate) fn nanograms(self) -> i128 {
        match self {
            WeightUnit::G => 1_000_000_000,
            WeightUnit::Kg => 1_000_000_000_000,
            WeightUnit::Oz => 28_349_523_125,
            WeightUnit::Lb => 453_592_370_000,
            WeightUnit::Ozt => 31_103_476_800,
            WeightUnit::Dwt => 1_555_173_840,
            WeightUnit::Ct => 200_000_000,
        }
    }
}

/// The most that one thing may weigh: a tonne, in milligrams.
pub const MAX_MILLIGRAMS: i64 = 1_000_000_000;

pub(crate) const NANOGRAMS_IN_A_MILLIGRAM: i128 = 1_000_000;

/// Decimals that a person may type: enough to name any milligram in any unit.
const TYPED_DECIMALS: u32 = 6;

/// Reads what a person types, such as `2.5`, in `unit`, or in the unit that is written behind it, as in `3.2 g`; rounded
/// half up to whole milligrams.
pub fn parse(text: &str, unit: WeightUnit) -> Result<i64, FieldCode> {
    let text = crate::text::tidy(text);
    if text.is_empty() {
        return Err(FieldCode::Missing);
    }
    let (text, unit) = with_unit(&text, unit);
    let scaled = parse_typed(text).ok_or(FieldCode::NotAWeight)?;
    let divisor = NANOGRAMS_IN_A_MILLIGRAM * 10_i128.pow(TYPED_DECIMALS);
    let milligrams = half_up(i128::from(scaled) * unit.nanograms(), divisor);
    match i64::try_from(milligrams) {
        Ok(milligrams) if milligrams <= MAX_MILLIGRAMS => Ok(milligrams),
        _ => {
            let most = i128::from(MAX_MILLIGRAMS) * NANOGRAMS_IN_A_MILLIGRAM / unit.nanograms();
            Err(FieldCode::TooMuch(i64::try_from(most).unwrap_or(i64::MAX)))
        }
    }
}

/// The number, and the unit that is written behind it or else is meant.
fn with_unit(text: &str, meant: WeightUnit) -> (&str, WeightUnit) {
    let number = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let written = text[number.len()..].to_ascii_lowercase();
    match WeightUnit::parse(&written) {
        Some(unit) => (number.trim_end(), unit),
        None => (text, meant),
    }
}

/// The typed number times a million. A comma is a decimal mark here: nobody writes a parcel's weight with thousands.
fn parse_typed(text: &str) -> Option<i64> {
    let text = text.replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    if fraction.len() > TYPED_DECIMALS as usize || whole.len() > 12 {
        return None;
    }
    format!("{whole}{fraction:0<width$}", width = TYPED_DECIMALS as usize).parse().ok()
}

/// The weight in `unit` with at most `decimals` decimals, rounded half up, trailing zeros gone: `2.5`.
pub fn decimal(milligrams: i64, unit: WeightUnit, decimals: u32) -> String {
    let scaled =
        half_up(i128::from(milligrams) * NANOGRAMS_IN_A_MILLIGRAM * 10_i128.pow(decimals), unit.nanograms());
    let unit_value = 10_i128.pow(decimals);
    let text = format!("{}.{:0width$}", scaled / unit_value, scaled % unit_value, width = decimals as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The weight in `unit` with as many decimals as it needs to be read back as it is: `0.2`, `0.112877`.
pub fn exact(milligrams: i64, unit: WeightUnit) -> String {
    let is_exact = |decimals: &u32| parse(&decimal(milligrams, unit, *decimals), unit) == Ok(milligrams);
    let decimals = (0..=TYPED_DECIMALS).find(is_exact).unwrap_or(TYPED_DECIMALS);
    decimal(milligrams, unit, decimals)
}

/// The weight as a form shows what was weighed in some unit: in `unit` where that is a plain number, else in grams with
/// their sign, `25 g`; read back as it is.
pub fn natural(milligrams: i64, unit: WeightUnit) -> String {
    let (in_unit, in_grams) = (exact(milligrams, unit), exact(milligrams, WeightUnit::G));
    let decimals = |text: &str| text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals(&in_unit) <= decimals(&in_grams).max(2) { in_unit } else { format!("{in_grams} g") }
}

/// The weight as shown: `2.5 oz`.
pub fn display(milligrams: i64, unit: WeightUnit) -> String {
    format!("{} {}", decimal(milligrams, unit, 2), unit.symbol())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_are_what_the_law_says() {
        for (text, unit, milligrams) in [
            ("1", WeightUnit::G, 1_000),
            ("1", WeightUnit::Oz, 28_350),
            ("16", WeightUnit::Oz, 453_592),
            ("1", WeightUnit::Lb, 453_592),
            ("1", WeightUnit::Ozt, 31_103),
            ("20", WeightUnit::Dwt, 31_103),
            ("5", WeightUnit::Ct, 1_000),
            ("2,5 oz", WeightUnit::Oz, 70_874),
            (".5", WeightUnit::Kg, 500_000),
            ("3.2 g", WeightUnit::Oz, 3_200),
            ("2DWT", WeightUnit::G, 3_110),
            ("0.000036", WeightUnit::Oz, 1),
        ] {
            assert_eq!(parse(text, unit), Ok(milligrams), "{text} {unit:?}");
        }
        for text in ["-1", "x", "1.2345678", "1e3", "g", "3 stone", "", ".", "99999999999999999999"] {
            assert!(parse(text, WeightUnit::Oz).is_err(), "{text}");
        }
        assert_eq!(parse("2000", WeightUnit::Kg), Err(FieldCode::TooMuch(1_000)));
    }

    #[test]
    fn what_was_weighed_in_grams_is_shown_in_grams() {
        let written = |typed: &str, unit| natural(parse(typed, unit).unwrap(), unit);
        assert_eq!(written("25 g", WeightUnit::Oz), "25 g");
        assert_eq!(written("3.2 g", WeightUnit::Oz), "3.2 g");
        assert_eq!(written("0.25", WeightUnit::Oz), "0.25");
        assert_eq!(written("1.5", WeightUnit::Lb), "1.5");
        assert_eq!(written("3.205", WeightUnit::G), "3.205");
        assert_eq!(written("10.5 ct", WeightUnit::Oz), "2.1 g");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(tenths in 0..100_000_i64, index in 0..WeightUnit::ALL.len()) {
            let unit = WeightUnit::ALL[index];
            let typed = format!("{}.{}", tenths / 10, tenths % 10);
            if let Ok(milligrams) = parse(&typed, unit) {
                let expected = typed.trim_end_matches('0').trim_end_matches('.');
                let expected = if expected.is_empty() { "0" } else { expected };
                prop_assert_eq!(decimal(milligrams, unit, 1), expected);
            }
        }

        #[test]
        fn an_exact_weight_is_read_back(milligrams in 0..=MAX_MILLIGRAMS, index in 0..WeightUnit::ALL.len()) {
            let unit = WeightUnit::ALL[index];
            prop_assert_eq!(parse(&exact(milligrams, unit), unit), Ok(milligrams));
            prop_assert_eq!(parse(&natural(milligrams, unit), unit), Ok(milligrams));
        }

        #[test]
        fn reading_never_panics(text in "\\PC*") {
            let _ = parse(&text, WeightUnit::Oz);
        }
    }
}
