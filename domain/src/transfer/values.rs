//! Cells as people and other shops write them: amounts, weights, counts, yes and no. What can be read in two ways
//! is a problem of its row, never a guess.

use std::borrow::Cow;

use super::{Reason, formulas};
use crate::{
    money::{Currency, Money},
    problem::FieldCode,
    text,
    weight::{self, WeightUnit},
};

/// A cell without what programs put around it: the apostrophe that keeps a spreadsheet from taking text for a formula, and
/// the `="00123"` by which some keep leading zeros.
pub fn restored(cell: &str) -> Cow<'_, str> {
    let trimmed = cell.trim();
    if let Some(inner) = trimmed.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'))
        && !inner.contains('"')
    {
        return inner.into();
    }
    formulas::unescaped(cell)
}

/// An amount of `currency`, with or without the currency's code or symbol on either side. Nothing negative.
pub fn amount(cell: &str, currency: Currency) -> Result<Money, Reason> {
    let typed = text::tidy(cell);
    let number = without_currency(typed.trim_start_matches('-').trim_start(), currency)?;
    if typed.starts_with('-') {
        return Err(Reason::Negative);
    }
    if number.is_empty() {
        return Err(FieldCode::Missing.into());
    }
    if number.starts_with(['-', '(']) || number.ends_with('-') {
        return Err(Reason::Negative);
    }
    let number = without_needless_zeros(number.trim_start_matches('+'));
    match Money::parse(number, currency) {
        Ok(money) => Ok(money),
        Err(FieldCode::NotMoney) if ends_in_three(number, '.') => Err(Reason::TwoWays),
        Err(code) => Err(code.into()),
    }
}

/// The number of an amount, without its currency.
fn without_currency(typed: &str, currency: Currency) -> Result<&str, Reason> {
    let is_word = |character: char| !character.is_ascii_digit() && !".,' -+()".contains(character);
    let start = typed.find(|character: char| !is_word(character)).unwrap_or(typed.len());
    let (before, rest) = typed.split_at(start);
    let end = rest.rfind(|character: char| !is_word(character)).map_or(0, |last| last + 1);
    let (number, after) = rest.split_at(end);
    for mark in [before.trim(), after.trim()] {
        if !mark.is_empty() && !names_currency(mark, currency) {
            let is_other = Currency::ALL.into_iter().any(|other| names_currency(mark, other));
            return Err(if is_other { Reason::AnotherCurrency } else { FieldCode::NotMoney.into() });
        }
    }
    Ok(number.trim())
}

fn names_currency(mark: &str, currency: Currency) -> bool {
    let symbol = currency.symbol().trim();
    mark.eq_ignore_ascii_case(currency.code())
        || mark.eq_ignore_ascii_case(symbol)
        // At home nobody writes whose dollar it is.
        || (symbol.ends_with(mark) && !mark.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        || (mark.ends_with(symbol) && mark.trim_end_matches(symbol).trim().eq_ignore_ascii_case(&currency.code()[..2]))
}

/// `12.5000` without the zeros that no currency has: more than three decimals cannot be thousands.
fn without_needless_zeros(number: &str) -> &str {
    match number.rfind(['.', ',']) {
        Some(mark) if number.len() - mark > 4 && number.bytes().all(|byte| !byte.is_ascii_alphabetic()) => {
            let mut kept = number.trim_end_matches('0');
            if kept.len() < mark + 3 {
                kept = &number[..mark + 3];
            }
            kept
        }
        _ => number,
    }
}

/// Whether the only mark of a number is `mark`, before exactly three digits: thousands to some, decimals to others.
fn ends_in_three(number: &str, mark: char) -> bool {
    let Some((whole, rest)) = number.split_once(mark) else { return false };
    let digits = |part: &str, counts: std::ops::RangeInclusive<usize>| {
        counts.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    digits(whole, 1..=3) && digits(rest, 3..=3)
}

/// The unit that a weight is written in: its symbol or its name.
pub fn weight_unit(word: &str) -> Option<WeightUnit> {
    let word = text::fold(word);
    match word.trim_end_matches('.') {
        "g" | "gr" | "gm" | "gms" | "gram" | "grams" | "gramme" | "grammes" | "gramm" => Some(WeightUnit::G),
        "kg" | "kgs" | "kilo" | "kilos" | "kilogram" | "kilograms" => Some(WeightUnit::Kg),
        "oz" | "ounce" | "ounces" | "imperial_oz" => Some(WeightUnit::Oz),
        "lb" | "lbs" | "pound" | "pounds" | "imperial_lb" => Some(WeightUnit::Lb),
        "ozt" | "oz t" | "troy ounce" | "troy ounces" => Some(WeightUnit::Ozt),
        "dwt" | "pennyweight" | "pennyweights" => Some(WeightUnit::Dwt),
        "ct" | "cts" | "carat" | "carats" => Some(WeightUnit::Ct),
        _ => None,
    }
}

/// A weight in milligrams: `12 g`, `2 oz`, or a number in `unit`. A dot is a decimal mark; a comma before three digits can
/// be either.
pub fn weight(cell: &str, unit: WeightUnit) -> Result<i64, Reason> {
    let typed = text::tidy(cell);
    let end = typed.find(|character: char| !character.is_ascii_digit() && !".,-+ ".contains(character));
    let (number, word) = typed.split_at(end.unwrap_or(typed.len()));
    let unit = match word {
        "" => unit,
        word => weight_unit(word).ok_or(FieldCode::NotAWeight)?,
    };
    let number = number.trim();
    if ends_in_three(number, ',') && !number.starts_with("0,") {
        return Err(Reason::TwoWays);
    }
    let kept = match number.find(['.', ',']) {
        Some(mark) if number.len() - mark > 5 => number.trim_end_matches('0'),
        _ => number,
    };
    Ok(weight::parse(kept, unit)?)
}

/// A whole number of pieces. `12.0` is twelve, as spreadsheets write it.
pub fn count(cell: &str) -> Result<i64, Reason> {
    let typed = text::tidy(cell);
    if typed.is_empty() {
        return Err(FieldCode::Missing.into());
    }
    if ends_in_three(&typed, '.') {
        return Err(Reason::TwoWays);
    }
    let (whole, fraction) = typed.rsplit_once('.').unwrap_or((&typed, ""));
    if !fraction.bytes().all(|byte| byte == b'0') {
        return Err(FieldCode::NotANumber.into());
    }
    let negative = whole.starts_with('-');
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let groups: Vec<&str> = digits.split(',').collect();
    let grouped = groups.len() == 1
        || (groups[0].len() <= 3
            && !groups[0].is_empty()
            && groups[1..].iter().all(|group| group.len() == 3));
    let number: i64 = groups.concat().parse().map_err(|_| FieldCode::NotANumber)?;
    if !grouped || !digits.starts_with(|character: char| character.is_ascii_digit()) {
        return Err(FieldCode::NotANumber.into());
    }
    Ok(if negative { -number } else { number })
}

/// Yes or no, in the words that programs export.
pub fn truth(cell: &str) -> Result<bool, Reason> {
    match text::fold(cell).as_str() {
        "true" | "yes" | "y" | "1" | "x" | "on" | "ja" | "si" | "sí" | "oui" | "accepts marketing" => {
            Ok(true)
        }
        "false" | "no" | "n" | "0" | "" | "off" | "nein" | "non" => Ok(false),
        _ => Err(Reason::NotYesOrNo),
    }
}

/// The parts of a cell that holds several, each once and tidy. Where a comma or a new line stands in it, these alone divide.
pub fn list(cell: &str) -> Vec<String> {
    let marks: &[char] = if cell.contains([',', '\n']) { &[',', '\n'] } else { &[';', '|'] };
    let mut folded = Vec::new();
    let mut parts = Vec::new();
    for part in cell.split(marks).map(text::tidy) {
        let key = text::fold(&part);
        if !key.is_empty() && !folded.contains(&key) {
            folded.push(key);
            parts.push(part);
        }
    }
    parts
}

/// Several words as one cell that [`list`] reads back.
pub fn list_cell<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let joined = words.into_iter().collect::<Vec<_>>().join(", ");
    match joined.contains([';', '|']) && !joined.contains(',') {
        true => joined + ",",
        false => joined,
    }
}

/// What is left of HTML when a person reads it: shops export descriptions as markup.
pub fn without_markup(cell: &str) -> String {
    if !cell.contains('<') && !cell.contains('&') {
        return cell.to_owned();
    }
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let is_tag =
            tag.starts_with(|character: char| character.is_ascii_alphabetic() || "/!".contains(character));
        let Some(end) = tag.find('>').filter(|_| is_tag) else {
            text.push_str(&rest[..=start]);
            rest = tag;
            continue;
        };
        text.push_str(&rest[..start]);
        let name = tag[..end].trim_start_matches('/').to_ascii_lowercase();
        if ["p", "br", "li", "div", "h1", "h2", "h3", "tr", "ul", "ol"]
            .iter()
            .any(|block| name.split([' ', '/']).next() == Some(block))
        {
            text.push('\n');
        }
        rest = &tag[end + 1..];
    }
    text.push_str(rest);
    for (entity, character) in
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minor(cell: &str, currency: Currency) -> Result<i64, Reason> {
        amount(cell, currency).map(|money| money.minor)
    }

    #[test]
    fn amounts_are_read_in_the_habits_of_their_sources() {
        for (cell, expected) in [
            ("$1,234.50", 123_450),
            ("1.234,50", 123_450),
            ("1,234.50 USD", 123_450),
            ("USD 12", 1_200),
            ("US$12.50", 1_250),
            ("12.5000", 1_250),
            ("24.0000", 2_400),
            ("0", 0),
            (".99", 99),
        ] {
            assert_eq!(minor(cell, Currency::USD), Ok(expected), "{cell}");
        }
        assert_eq!(minor("12,50 €", Currency::EUR), Ok(1_250));
        assert_eq!(minor("$12.50", Currency::AUD), Ok(1_250));
        assert_eq!(minor("RM12.50", Currency::MYR), Ok(1_250));
    }

    #[test]
    fn an_amount_that_can_be_read_in_two_ways_is_not_read() {
        for cell in ["12.500", "1.234", "$1.250"] {
            assert_eq!(minor(cell, Currency::USD), Err(Reason::TwoWays), "{cell}");
        }
        assert_eq!(minor("€12", Currency::USD), Err(Reason::AnotherCurrency));
        assert_eq!(minor("12.50 GBP", Currency::USD), Err(Reason::AnotherCurrency));
        for cell in ["-5", "(5.00)", "-$5", "5-"] {
            assert_eq!(minor(cell, Currency::USD), Err(Reason::Negative), "{cell}");
        }
        for cell in ["twelve", "12.5051", "1e3", "=1+1", "12..5"] {
            assert_eq!(minor(cell, Currency::USD), Err(FieldCode::NotMoney.into()), "{cell}");
        }
    }

    #[test]
    fn weights_carry_their_unit_or_the_column_s() {
        for (cell, unit, milligrams) in [
            ("12 g", WeightUnit::Oz, 12_000),
            ("12g", WeightUnit::Oz, 12_000),
            ("2 oz", WeightUnit::G, 56_699),
            ("1.5 lbs", WeightUnit::G, 680_389),
            ("12.345", WeightUnit::G, 12_345),
            ("0,250 kg", WeightUnit::Oz, 250_000),
            ("3.50000", WeightUnit::G, 3_500),
        ] {
            assert_eq!(weight(cell, unit), Ok(milligrams), "{cell}");
        }
        assert_eq!(weight("1,250 g", WeightUnit::Oz), Err(Reason::TwoWays));
        assert_eq!(weight("2 stones", WeightUnit::Oz), Err(FieldCode::NotAWeight.into()));
    }

    #[test]
    fn pieces_are_whole() {
        for (cell, expected) in [("12", 12), ("12.0", 12), ("1,200", 1_200), ("-3", -3)] {
            assert_eq!(count(cell), Ok(expected), "{cell}");
        }
        assert_eq!(count("1.200"), Err(Reason::TwoWays));
        for cell in ["1.5", "a few", "1,20", "--1", "+"] {
            assert_eq!(count(cell), Err(FieldCode::NotANumber.into()), "{cell}");
        }
    }

    #[test]
    fn cells_are_given_back_what_they_held() {
        for text in ["=cmd()", "+1 512 555 0100", "-2", "@ana", "'=quoted", "'plain", "A12", "", "- S;\n- M"]
        {
            assert_eq!(restored(&formulas::escaped(text)), text);
        }
        assert_eq!(restored("=\"00123\""), "00123");
        assert_eq!(restored("=1+1"), "=1+1");
    }

    #[test]
    fn yes_no_lists_and_markup() {
        assert_eq!(
            [truth("TRUE"), truth("yes"), truth("1"), truth(" no "), truth("")]
                .map(Result::unwrap_or_default),
            [true, true, true, false, false]
        );
        assert_eq!(truth("perhaps"), Err(Reason::NotYesOrNo));
        assert_eq!(list("moon, Moon , lunar"), ["moon", "lunar"]);
        assert_eq!(list("moon; lunar | "), ["moon", "lunar"]);
        for words in [vec!["a;b"], vec!["a|b", "c"], vec!["moon"], vec![]] {
            assert_eq!(list(&list_cell(words.iter().copied())), words);
        }
        assert_eq!(
            without_markup("<p>A <b>silver</b> ring &amp; box</p>5 < 6").trim(),
            "A silver ring & box\n5 < 6"
        );
    }

    proptest! {
        #[test]
        fn reading_never_panics(cell in "\\PC*", digits in "[0-9,. /:$€()-]{0,24}") {
            for text in [cell, digits] {
                let _ = (amount(&text, Currency::USD), weight(&text, WeightUnit::G), count(&text), truth(&text));
                let _ = (list(&text), restored(&text));
                let _ = without_markup(&text);
            }
        }

        #[test]
        fn what_is_escaped_is_restored(text in "['\"=+@a;\t\r\n-]{0,6}") {
            let cell = formulas::escaped(&text);
            prop_assert_eq!(restored(&cell), text.as_str());
        }
    }
}
