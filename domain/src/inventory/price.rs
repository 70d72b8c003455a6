//! What a piece costs: a price of its own, or its weight times what its material costs.

use serde::{Deserialize, Serialize};

use crate::{
    money::{Currency, MAX_MINOR, Money, half_up},
    problem::FieldCode,
    text,
    weight::{self, WeightUnit},
};

/// Millionths of a currency's unit in that unit: a rate may be finer than a cent.
const MICROS: i128 = 1_000_000;
const MICRO_DIGITS: usize = 6;
/// The most that one unit of a material may cost, in millionths: ten thousand million.
pub const MAX_RATE_MICROS: i64 = 10_000_000_000_000_000;
/// Basis points in the whole.
const WHOLE: i128 = 10_000;
/// The most that may be wasted: as much again as is used, in basis points.
pub const MAX_WASTAGE: i64 = 10_000;

stored_enum! {
    /// How an item's price comes about.
    Pricing {
        Fixed = "fixed", "One price";
        ByWeight = "by-weight", "By weight";
    }
}

/// What one unit of a material costs, in millionths of the currency's unit: $0.85 are 850,000. Always above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub micros: i64,
    pub currency: Currency,
}

impl Rate {
    /// Reads what a person types: `0.85`, `0,85`, `$1,250.00`, `65,000`. A point is the decimal mark; a comma is one where
    /// no group of three digits follows it. At most six decimals.
    ///
    /// # Errors
    /// It is missing, no such number, zero, or more than [`MAX_RATE_MICROS`].
    pub fn parse(typed: &str, currency: Currency) -> Result<Self, FieldCode> {
        let typed = text::tidy(typed);
        let typed = typed.trim_start_matches(currency.symbol().trim()).trim();
        if typed.is_empty() {
            return Err(FieldCode::Missing);
        }
        let (whole, fraction) = match (typed.split_once('.'), typed.rsplit_once(',')) {
            (Some((whole, fraction)), _) => (without_groups(whole), fraction),
            (None, Some((_, group))) if group.len() == 3 && !typed.starts_with('0') => {
                (without_groups(typed), "")
            }
            (None, Some((whole, fraction))) => (Some(whole.to_owned()), fraction),
            (None, None) => (Some(typed.to_owned()), ""),
        };
        let whole = whole.ok_or(FieldCode::NotARate)?;
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(&whole) || !are_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return Err(FieldCode::NotARate);
        }
        if fraction.len() > MICRO_DIGITS {
            return Err(FieldCode::NotARate);
        }
        match format!("{whole}{fraction:0<MICRO_DIGITS$}").parse::<i64>() {
            Ok(0) => Err(FieldCode::NotARate),
            Ok(micros) if micros <= MAX_RATE_MICROS => Ok(Rate { micros, currency }),
            _ => {
                let most = MAX_RATE_MICROS / 1_000_000 * 10_i64.pow(currency.exponent());
                Err(FieldCode::TooMuchMoney(Money::new(most, currency)))
            }
        }
    }

    /// The plain number, with the decimals of the currency and those beyond that are not zero: `0.85`, `0.854`, `12.00`.
    pub fn decimal(self) -> String {
        let (whole, fraction) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let mut digits = format!("{fraction:0MICRO_DIGITS$}");
        while digits.len() > self.currency.exponent() as usize && digits.ends_with('0') {
            digits.pop();
        }
        if digits.is_empty() { whole.to_string() } else { format!("{whole}.{digits}") }
    }
}

/// Digits without the commas between their thousands, if those stand where they should.
fn without_groups(digits: &str) -> Option<String> {
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let mut whole = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        whole.push_str(group);
    }
    Some(whole)
}

impl std::fmt::Display for Rate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}{}", self.currency.symbol(), self.decimal())
    }
}

/// What a material costs by weight: so much for a unit, and what is wasted in making, which the buyer pays as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightRate {
    pub rate: Rate,
    pub unit: WeightUnit,
    /// Basis points of the net weight: 1,000 are ten per cent.
    pub wastage: i64,
}

impl WeightRate {
    /// What so many milligrams cost: rate × weight × (1 + wastage), [half up](half_up) to the minor unit, and only there.
    /// Nothing if that is more than any price.
    pub fn price(&self, net_weight: i64) -> Option<Money> {
        let currency = self.rate.currency;
        let number = i128::from(self.rate.micros)
            .checked_mul(i128::from(net_weight.max(0)))?
            .checked_mul(weight::NANOGRAMS_IN_A_MILLIGRAM)?
            .checked_mul(WHOLE + i128::from(self.wastage.clamp(0, MAX_WASTAGE)))?
            .checked_mul(10_i128.pow(currency.exponent()))?;
        let minor = i64::try_from(half_up(number, self.unit.nanograms() * WHOLE * MICROS)).ok()?;
        (minor <= MAX_MINOR).then(|| Money::new(minor, currency))
    }

    /// How a price came about: `$0.85/g × 3.2 g + 10%`.
    pub fn told(&self, net_weight: i64) -> String {
        let weight = weight::exact(net_weight, self.unit);
        let wastage =
            if self.wastage > 0 { format!(" + {}%", per_cent(self.wastage)) } else { String::new() };
        format!("{self} × {weight} {}{wastage}", self.unit.symbol())
    }
}

impl std::fmt::Display for WeightRate {
    /// `$0.85/g`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.rate, self.unit.symbol())
    }
}

/// Basis points as per cent: `12.5`.
pub fn per_cent(basis_points: i64) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Per cent as typed, `12.5` or `12.5 %`, as basis points; nothing typed is nothing wasted.
///
/// # Errors
/// It is no number of at most two decimals, or more than a hundred.
pub fn wastage(typed: &str) -> Result<i64, FieldCode> {
    let typed = text::tidy(typed);
    let typed = typed.trim_end_matches('%').trim_end();
    if typed.is_empty() {
        return Ok(0);
    }
    match crate::money::parse_decimal(typed, 2) {
        Some(points) if points > MAX_WASTAGE => Err(FieldCode::TooMuch(MAX_WASTAGE / 100)),
        Some(points) => Ok(points),
        None => Err(FieldCode::NotAPercentage),
    }
}

/// Everything that decides what one piece costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceFacts {
    pub pricing: Pricing,
    /// The item's price: for one by weight the last one that was worked out, which stands in where none can be.
    pub price: Money,
    pub sale_price: Option<Money>,
    /// The variant's own price.
    pub own_price: Option<Money>,
    /// What the item's material costs.
    pub rate: Option<WeightRate>,
    /// Milligrams of what is sold: the variant's, else the item's.
    pub net_weight: Option<i64>,
}

/// What one piece costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priced {
    /// What a claim made now costs.
    pub price: Money,
    /// What it costs otherwise, where there is a sale price below that.
    pub regular: Option<Money>,
    /// `$0.85/g × 3.2 g`, where the regular price comes about so.
    pub told: Option<String>,
}

impl PriceFacts {
    /// The price: a variant's own before the item's, which a sale price replaces while it is lower.
    pub fn priced(&self) -> Priced {
        if let Some(own) = self.own_price {
            return Priced { price: own, regular: None, told: None };
        }
        let by_weight = match (self.pricing, self.rate, self.net_weight) {
            (Pricing::ByWeight, Some(rate), Some(weight)) => {
                rate.price(weight).map(|price| (price, rate.told(weight)))
            }
            _ => None,
        };
        let (full, told) = match by_weight {
            Some((price, told)) => (price, Some(told)),
            None => (self.price, None),
        };
        match self.sale_price {
            Some(sale) if sale.minor < full.minor => Priced { price: sale, regular: Some(full), told },
            _ => Priced { price: full, regular: None, told },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn silver(micros: i64, wastage: i64) -> WeightRate {
        WeightRate { rate: Rate { micros, currency: Currency::USD }, unit: WeightUnit::G, wastage }
    }

    #[test]
    fn rates_are_read_as_people_type_them() {
        for (typed, micros) in [
            ("0.85", 850_000),
            ("0,85", 850_000),
            ("0.125", 125_000),
            ("$1,250.5", 1_250_500_000),
            ("65,000", 65_000_000_000),
            ("65000", 65_000_000_000),
            (".5", 500_000),
            ("0.000001", 1),
        ] {
            assert_eq!(Rate::parse(typed, Currency::USD).map(|rate| rate.micros), Ok(micros), "{typed}");
        }
        for typed in ["0", "0.00", "-1", "1e3", "0.0000001", "1,25,000", "1.2.3", "0,125x", "abc", "٣", "."]
        {
            assert_eq!(Rate::parse(typed, Currency::USD), Err(FieldCode::NotARate), "{typed}");
        }
        assert_eq!(Rate::parse(" ", Currency::USD), Err(FieldCode::Missing));
        for currency in [Currency::USD, Currency::JPY] {
            let most = Money::new(10_000_000_000 * 10_i64.pow(currency.exponent()), currency);
            assert_eq!(Rate::parse("99999999999", currency), Err(FieldCode::TooMuchMoney(most)));
        }
    }

    #[test]
    fn rates_are_written_as_fine_as_they_are() {
        let dollars = |micros| Rate { micros, currency: Currency::USD }.to_string();
        assert_eq!(dollars(850_000), "$0.85");
        assert_eq!(dollars(854_300), "$0.8543");
        assert_eq!(dollars(12_000_000), "$12.00");
        assert_eq!(Rate { micros: 120_000_000, currency: Currency::JPY }.to_string(), "¥120");
        assert_eq!(silver(850_000, 1_050).told(3_200), "$0.85/g × 3.2 g + 10.5%");
    }

    #[test]
    fn a_price_by_weight_is_rounded_once_and_half_up() {
        let price = |micros, wastage, weight| silver(micros, wastage).price(weight).map(|price| price.minor);
        assert_eq!(price(850_000, 0, 3_200), Some(272));
        assert_eq!(price(850_000, 1_000, 3_200), Some(299), "2.992 is rounded down");
        assert_eq!(price(1_000_000, 0, 1_005), Some(101), "half a cent goes up");
        assert_eq!(price(1_000_000, 0, 1_004), Some(100));
        assert_eq!(price(1_000_000, 0, 0), Some(0));
        assert_eq!(price(MAX_RATE_MICROS, MAX_WASTAGE, weight::MAX_MILLIGRAMS), None);
        let gold = WeightRate {
            rate: Rate { micros: 2_650_400_000, currency: Currency::USD },
            unit: WeightUnit::Ozt,
            wastage: 0,
        };
        assert_eq!(gold.price(31_103).map(|price| price.minor), Some(265_036));
        let yen = WeightRate { rate: Rate { micros: 120_500_000, currency: Currency::JPY }, ..silver(1, 0) };
        assert_eq!(yen.price(1_000).map(|price| price.minor), Some(121));
    }

    #[test]
    fn wastage_is_per_cent() {
        for (typed, points) in [("", 0), ("10", 1_000), ("12.5 %", 1_250), ("0,25", 25), ("100", 10_000)] {
            assert_eq!(wastage(typed), Ok(points), "{typed}");
        }
        assert_eq!(wastage("101"), Err(FieldCode::TooMuch(100)));
        assert_eq!(wastage("-3"), Err(FieldCode::NotAPercentage));
        assert_eq!(
            (per_cent(1_250), per_cent(1_000), per_cent(5)),
            ("12.5".into(), "10".into(), "0.05".into())
        );
    }

    #[test]
    fn a_sale_price_is_what_a_claim_costs_unless_the_variant_has_its_own() {
        let money = |minor| Money::new(minor, Currency::USD);
        let facts = PriceFacts {
            pricing: Pricing::Fixed,
            price: money(2_400),
            sale_price: Some(money(2_000)),
            own_price: None,
            rate: None,
            net_weight: None,
        };
        assert_eq!(facts.priced().price, money(2_000));
        assert_eq!(facts.priced().regular, Some(money(2_400)));
        assert_eq!(PriceFacts { own_price: Some(money(2_600)), ..facts }.priced().price, money(2_600));
        let by_weight = PriceFacts {
            pricing: Pricing::ByWeight,
            rate: Some(silver(850_000, 0)),
            net_weight: Some(3_200),
            ..facts
        };
        assert_eq!(by_weight.priced().price, money(272), "a sale price never makes it dearer");
        assert_eq!(by_weight.priced().told.as_deref(), Some("$0.85/g × 3.2 g"));
        assert_eq!(PriceFacts { rate: None, sale_price: None, ..by_weight }.priced().price, money(2_400));
    }

    proptest! {
        #[test]
        fn a_price_by_weight_is_off_by_half_a_unit_at_most(
            micros in 1..1_000_000_000_000_i64,
            weight in 0..1_000_000_i64,
            wastage in 0..=MAX_WASTAGE,
            index in 0..WeightUnit::ALL.len(),
        ) {
            let unit = WeightUnit::ALL[index];
            let rate = WeightRate { unit, ..silver(micros, wastage) };
            if let Some(price) = rate.price(weight) {
                // Both sides times everything that was divided by, so that nothing is rounded here.
                let exact = i128::from(micros) * i128::from(weight) * 1_000_000 * (10_000 + i128::from(wastage)) * 100;
                let divisor = unit.nanograms() * 10_000 * 1_000_000;
                let off = i128::from(price.minor) * divisor - exact;
                prop_assert!(off * 2 <= divisor && off * 2 > -divisor);
            }
        }

        #[test]
        fn more_weight_never_costs_less(micros in 1..1_000_000_000_i64, weight in 0..1_000_000_i64, more in 0..1_000_i64) {
            let rate = silver(micros, 500);
            prop_assert!(rate.price(weight + more).map(|price| price.minor) >= rate.price(weight).map(|price| price.minor));
        }

        #[test]
        fn what_is_written_is_read_back(micros in 1..MAX_RATE_MICROS, index in 0..Currency::ALL.len()) {
            let rate = Rate { micros, currency: Currency::ALL[index] };
            prop_assert_eq!(Rate::parse(&rate.decimal(), rate.currency), Ok(rate));
        }

        #[test]
        fn reading_never_panics(typed in "\\PC*") {
            let _ = Rate::parse(&typed, Currency::USD);
            let _ = wastage(&typed);
        }
    }
}
