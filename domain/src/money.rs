//! Money: integer minor units with their currency. Never a float, never two currencies in one sum.

use serde::{Deserialize, Serialize};

use crate::problem::FieldCode;

/// A currency that SellTrac handles: ISO 4217 currencies with two decimals, and the two with none that the gateways
/// treat alike. Others are refused until their special cases at every gateway are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Currency {
    AUD,
    CAD,
    CHF,
    CNY,
    CZK,
    DKK,
    EUR,
    GBP,
    HKD,
    JPY,
    KRW,
    MXN,
    MYR,
    NOK,
    NZD,
    PHP,
    PLN,
    SEK,
    SGD,
    THB,
    USD,
    ZAR,
}

impl Currency {
    /// Every currency, by code.
    pub const ALL: [Currency; 22] = [
        Currency::AUD,
        Currency::CAD,
        Currency::CHF,
        Currency::CNY,
        Currency::CZK,
        Currency::DKK,
        Currency::EUR,
        Currency::GBP,
        Currency::HKD,
        Currency::JPY,
        Currency::KRW,
        Currency::MXN,
        Currency::MYR,
        Currency::NOK,
        Currency::NZD,
        Currency::PHP,
        Currency::PLN,
        Currency::SEK,
        Currency::SGD,
        Currency::THB,
        Currency::USD,
        Currency::ZAR,
    ];

    /// The ISO 4217 code, upper case.
    pub fn code(self) -> &'static str {
        self.facts().0
    }

    /// What stands before an amount.
    pub fn symbol(self) -> &'static str {
        self.facts().1
    }

    /// How many digits the minor unit has.
    pub fn exponent(self) -> u32 {
        match self {
            Currency::JPY | Currency::KRW => 0,
            _ => 2,
        }
    }

    /// The currency of an ISO code in either case.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.code().eq_ignore_ascii_case(code))
    }

    /// Code and symbol. Symbols that several currencies share carry their country's letters.
    fn facts(self) -> (&'static str, &'static str) {
        match self {
            Currency::AUD => ("AUD", "A$"),
            Currency::CAD => ("CAD", "C$"),
            Currency::CHF => ("CHF", "CHF "),
            Currency::CNY => ("CNY", "CN¥"),
            Currency::CZK => ("CZK", "Kč "),
            Currency::DKK => ("DKK", "kr "),
            Currency::EUR => ("EUR", "€"),
            Currency::GBP => ("GBP", "£"),
            Currency::HKD => ("HKD", "HK$"),
            Currency::JPY => ("JPY", "¥"),
            Currency::KRW => ("KRW", "₩"),
            Currency::MXN => ("MXN", "MX$"),
            Currency::MYR => ("MYR", "RM "),
            Currency::NOK => ("NOK", "kr "),
            Currency::NZD => ("NZD", "NZ$"),
            Currency::PHP => ("PHP", "₱"),
            Currency::PLN => ("PLN", "zł "),
            Currency::SEK => ("SEK", "kr "),
            Currency::SGD => ("SGD", "S$"),
            Currency::THB => ("THB", "฿"),
            Currency::USD => ("USD", "$"),
            Currency::ZAR => ("ZAR", "R "),
        }
    }
}

/// The most that one amount may be, in minor units: ten thousand million. Sums of many such amounts stay within `i64`.
pub const MAX_MINOR: i64 = 1_000_000_000_000;

/// An amount in the minor units of its currency. Negative for what goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// Why two amounts do not make a third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("two currencies in one sum")]
    Currencies,
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// An amount of minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Money { minor, currency }
    }

    /// Nothing of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Money::new(0, currency)
    }

    /// The sum, if both are of one currency and it fits.
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money::new(minor, self.currency))
    }

    /// The difference, if both are of one currency and it fits.
    pub fn minus(self, other: Money) -> Result<Money, MoneyError> {
        let minor = other.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        self.plus(Money::new(minor, other.currency))
    }

    /// So many times the amount.
    pub fn times(self, quantity: i64) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_mul(quantity).ok_or(MoneyError::Overflow)?;
        Ok(Money::new(minor, self.currency))
    }

    /// The sum of many amounts of `currency`.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Money>) -> Result<Money, MoneyError> {
        amounts.into_iter().try_fold(Money::zero(currency), Money::plus)
    }

    /// Sign, symbol and digits with thousands apart: `("-", "$", "1,048.20")`.
    pub fn parts(self) -> (&'static str, &'static str, String) {
        let sign = if self.minor < 0 { "-" } else { "" };
        (sign, self.currency.symbol(), grouped(&self.digits()))
    }

    /// The plain decimal number without sign or symbol: `1048.20`, as forms, files and providers want it.
    fn digits(self) -> String {
        let minor = self.minor.unsigned_abs();
        let exponent = self.currency.exponent();
        if exponent == 0 {
            return minor.to_string();
        }
        let unit = 10_u64.pow(exponent);
        format!("{}.{:0width$}", minor / unit, minor % unit, width = exponent as usize)
    }

    /// The plain decimal number: `-1048.20`.
    pub fn decimal(self) -> String {
        format!("{}{}", if self.minor < 0 { "-" } else { "" }, self.digits())
    }

    /// Reads what a person types: `12`, `12.5`, `12.50`, `$1,250.00`, `12,50`. No more decimals than the currency has,
    /// nothing negative, at most [`MAX_MINOR`].
    pub fn parse(text: &str, currency: Currency) -> Result<Money, FieldCode> {
        let text = crate::text::tidy(text);
        let text = text.trim_start_matches(currency.symbol().trim()).trim();
        if text.is_empty() {
            return Err(FieldCode::Missing);
        }
        let minor = parse_decimal(text, currency.exponent()).ok_or(FieldCode::NotMoney)?;
        if minor > MAX_MINOR {
            return Err(FieldCode::TooMuchMoney(Money::new(MAX_MINOR, currency)));
        }
        Ok(Money::new(minor, currency))
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, symbol, digits) = self.parts();
        write!(formatter, "{sign}{symbol}{digits}")
    }
}

/// The one way in which SellTrac rounds: half up, to the nearest whole number and from the middle to the greater.
/// `divisor` is positive.
pub fn half_up(number: i128, divisor: i128) -> i128 {
    // `number` times two could overflow where the remainder times two cannot.
    let (whole, rest) = (number.div_euclid(divisor), number.rem_euclid(divisor));
    if rest >= divisor - rest { whole + 1 } else { whole }
}

/// Shares `total` among `weights` so that the parts add up to it exactly: each gets its share rounded down, and the
/// units left over go to the largest remainders, earlier ones first. Weights must not be negative; if all are zero the
/// first part gets everything.
pub fn allocate(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if weights.is_empty() {
        return Vec::new();
    }
    if sum <= 0 {
        let mut parts = vec![0; weights.len()];
        parts[0] = total;
        return parts;
    }
    let shares: Vec<(i128, i128)> = weights
        .iter()
        .map(|weight| {
            let share = i128::from(total) * i128::from(*weight);
            (share.div_euclid(sum), share.rem_euclid(sum))
        })
        .collect();
    let mut left = i128::from(total) - shares.iter().map(|(share, _)| share).sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(shares[*index].1));
    let mut parts: Vec<i128> = shares.into_iter().map(|(share, _)| share).collect();
    for index in order {
        if left == 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
    // Each part lies between zero and the total, which is an `i64`.
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

/// A non-negative decimal number as an integer of `exponent` more digits. The last `.` or `,` followed by one or two
/// digits is the decimal mark; others are thousands marks and must stand before groups of three.
pub(crate) fn parse_decimal(text: &str, exponent: u32) -> Option<i64> {
    let (whole, fraction) = match text.rfind(['.', ',']) {
        Some(mark) if !is_group(text, mark) => (&text[..mark], &text[mark + 1..]),
        // `12.505` may be twelve and a half or twelve thousand; money is never guessed.
        Some(mark) if text.as_bytes()[mark] == b'.' => return None,
        _ => (text, ""),
    };
    if fraction.len() > exponent as usize || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // One mark cannot stand for both thousands and decimals.
    if !fraction.is_empty() && text[whole.len()..].chars().next().is_some_and(|mark| whole.contains(mark)) {
        return None;
    }
    let digits = ungrouped(whole)?;
    if digits.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value: i64 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    for place in 0..exponent as usize {
        let digit = fraction.as_bytes().get(place).map_or(0, |byte| i64::from(byte - b'0'));
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(value)
}

/// Whether the mark at `index` stands before exactly three digits that end the text, with digits before it.
fn is_group(text: &str, index: usize) -> bool {
    let rest = &text[index + 1..];
    index > 0 && rest.len() == 3 && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits without their thousands marks, or nothing if a mark stands in a wrong place.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split([',', '.', '\'', ' ']);
    let first = groups.next()?;
    let mut digits = String::from(first);
    let mut grouped = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        grouped = true;
        digits.push_str(group);
    }
    let well_formed =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && (!grouped || (1..=3).contains(&first.len()));
    well_formed.then_some(digits)
}

/// Commas between thousands, in digits without a sign.
pub fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, minor) in [
            ("12", 1_200),
            ("12.5", 1_250),
            ("12.50", 1_250),
            ("12,50", 1_250),
            ("$1,250.00", 125_000),
            ("1.250,00", 125_000),
            ("1,250", 125_000),
            (".99", 99),
            ("0", 0),
        ] {
            assert_eq!(Money::parse(text, Currency::USD), Ok(Money::new(minor, Currency::USD)), "{text}");
        }
        assert_eq!(Money::parse("1,250", Currency::JPY).map(|money| money.minor), Ok(1_250));
        for text in ["-5", "12.345.6", "1e3", "12.505", "abc", "1,25,000", "9999999999999", "NaN", "٣"] {
            assert!(Money::parse(text, Currency::USD).is_err(), "{text}");
        }
        assert!(Money::parse("12.50", Currency::JPY).is_err());
        assert_eq!(Money::parse(" ", Currency::USD), Err(FieldCode::Missing));
    }

    #[test]
    fn amounts_are_written_with_their_cents() {
        assert_eq!(Money::new(104_820, Currency::USD).to_string(), "$1,048.20");
        assert_eq!(Money::new(-5, Currency::EUR).to_string(), "-€0.05");
        assert_eq!(Money::new(1_234_567, Currency::JPY).to_string(), "¥1,234,567");
        assert_eq!(Money::new(104_820, Currency::USD).decimal(), "1048.20");
    }

    #[test]
    fn two_currencies_never_make_one_sum() {
        let dollars = Money::new(1, Currency::USD);
        assert_eq!(dollars.plus(Money::new(1, Currency::EUR)), Err(MoneyError::Currencies));
        assert_eq!(Money::new(i64::MAX, Currency::USD).plus(dollars), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn an_allocation_keeps_its_sum(total in 0..MAX_MINOR, weights in prop::collection::vec(0..1_000_000_i64, 1..20)) {
            let parts = allocate(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert!(parts.iter().all(|part| *part >= 0));
        }

        #[test]
        fn what_is_written_is_read_back(minor in 0..MAX_MINOR, index in 0..Currency::ALL.len()) {
            let money = Money::new(minor, Currency::ALL[index]);
            prop_assert_eq!(Money::parse(&money.decimal(), money.currency), Ok(money));
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency), Ok(money));
        }

        #[test]
        fn reading_never_panics(text in "\\PC*") {
            let _ = Money::parse(&text, Currency::USD);
        }
    }
}
