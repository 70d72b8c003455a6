//! How countries write addresses: which parts they need, what they call them, and what their postal codes look like.
//!
//! The countries that sellers post to most have rules; of the others anything is taken, because a refused address that is
//! right costs more than a wrong one that the carrier will name.

use crate::problem::FieldCode;

/// Whether a part of an address is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Needed,
    /// It may be there.
    Optional,
}

/// How a country writes addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What it calls the city.
    pub city: &'static str,
    /// The city of a country that is one; empty elsewhere.
    pub only_city: &'static str,
    /// What it calls its regions.
    pub region: &'static str,
    region_part: Part,
    /// What it calls its postal codes.
    pub postal: &'static str,
    postal_part: Part,
    /// What its postal codes look like: `N` is a digit, `A` a letter, `*` either, and anything else itself. None means
    /// that anything is taken.
    patterns: &'static [&'static str],
    /// A code of the country, to be shown.
    example: &'static str,
}

/// What is known of a country without rules.
const LENIENT: Rules = Rules {
    city: "City",
    only_city: "",
    region: "State or region",
    region_part: Part::Optional,
    postal: "Postal code",
    postal_part: Part::Needed,
    patterns: &[],
    example: "",
};

/// A country with a rule for its postal codes.
const fn coded(patterns: &'static [&'static str], example: &'static str) -> Rules {
    Rules { patterns, example, ..LENIENT }
}

const AMERICAN: &[&str] = &["NNNNN", "NNNNN-NNNN"];
const BRITISH: &[&str] = &["AN NAA", "ANN NAA", "AAN NAA", "AANN NAA", "ANA NAA", "AANA NAA", "GIR NAA"];

/// The rules of a country, by its code. No country at all has the lenient ones.
pub fn of(country: &str) -> Rules {
    use Part::{Needed, Optional};
    match country {
        "US" => {
            Rules { region: "State", region_part: Needed, postal: "ZIP code", ..coded(AMERICAN, "78701") }
        }
        "PR" => Rules { postal: "ZIP code", ..coded(AMERICAN, "00901") },
        "CA" => Rules { region: "Province", region_part: Needed, ..coded(&["ANA NAN"], "K1A 0B1") },
        "AU" => Rules {
            city: "Suburb",
            region: "State",
            region_part: Needed,
            postal: "Postcode",
            ..coded(&["NNNN"], "2000")
        },
        "NZ" => Rules { region: "Suburb or region", postal: "Postcode", ..coded(&["NNNN"], "6011") },
        "GB" => {
            Rules { city: "Town or city", region: "County", postal: "Postcode", ..coded(BRITISH, "SW1A 1AA") }
        }
        "IE" => Rules {
            city: "Town or city",
            region: "County",
            postal: "Eircode",
            postal_part: Optional,
            ..coded(&["ANN ****", "ANA ****"], "D02 X285")
        },
        "DE" => coded(&["NNNNN"], "10115"),
        "FR" => coded(&["NNNNN"], "75008"),
        "ES" => Rules { region: "Province", ..coded(&["NNNNN"], "28013") },
        "IT" => Rules { region: "Province", ..coded(&["NNNNN"], "00184") },
        "NL" => Rules { region: "Province", ..coded(&["NNNN AA"], "1012 JS") },
        "MX" => Rules { region: "State", ..coded(&["NNNNN"], "06000") },
        "PH" => Rules { region: "Province", postal: "ZIP code", ..coded(&["NNNN"], "1000") },
        "TH" => {
            Rules { city: "District", region: "Province", region_part: Needed, ..coded(&["NNNNN"], "10200") }
        }
        "VN" => Rules {
            city: "District or city",
            region: "Province",
            postal_part: Optional,
            ..coded(&["NNNNN", "NNNNNN"], "10000")
        },
        "TW" => {
            Rules { city: "District", region: "City or county", ..coded(&["NNN", "NNNNN", "NNNNNN"], "106") }
        }
        "MY" => Rules { region: "State", postal: "Postcode", ..coded(&["NNNNN"], "50000") },
        "SG" => Rules { only_city: "Singapore", ..coded(&["NNNNNN"], "238823") },
        "JP" => Rules { region: "Prefecture", region_part: Needed, ..coded(&["NNN-NNNN"], "100-0001") },
        "HK" => Rules { city: "District", region: "Area", postal_part: Optional, ..LENIENT },
        _ => LENIENT,
    }
}

impl Rules {
    /// Whether an address must name its region.
    pub fn needs_region(&self) -> bool {
        self.region_part == Part::Needed
    }

    /// Whether an address must have a postal code.
    pub fn needs_postal_code(&self) -> bool {
        self.postal_part == Part::Needed
    }

    /// Whether an address must name its city.
    pub fn needs_city(&self) -> bool {
        self.only_city.is_empty()
    }

    /// A postal code as the country writes it, however it was spaced; nothing is taken as it is.
    ///
    /// # Errors
    /// The code is none of the country's; the example shows what one looks like.
    pub fn postal_code(&self, typed: &str) -> Result<String, FieldCode> {
        if typed.is_empty() || self.patterns.is_empty() {
            return Ok(typed.to_owned());
        }
        let code: Vec<char> = crate::text::fold(typed)
            .chars()
            .filter(|character| !matches!(character, ' ' | '-' | '.' | '〒' | '‐' | '–'))
            .map(|character| character.to_ascii_uppercase())
            .collect();
        let found = self.patterns.iter().find_map(|pattern| written(pattern, &code));
        found.ok_or_else(|| FieldCode::NotLike(self.example.to_owned()))
    }
}

/// The code in the pattern's spacing, if it fits.
fn written(pattern: &str, code: &[char]) -> Option<String> {
    let mut rest = code.iter().copied();
    let mut written = String::with_capacity(pattern.len());
    for expected in pattern.chars() {
        if matches!(expected, ' ' | '-') {
            written.push(expected);
            continue;
        }
        let character = rest.next()?;
        let fits = match expected {
            'N' => character.is_ascii_digit(),
            'A' => character.is_ascii_alphabetic(),
            '*' => character.is_ascii_alphanumeric(),
            other => other == character,
        };
        if !fits {
            return None;
        }
        written.push(character);
    }
    rest.next().is_none().then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_are_written_as_their_country_writes_them() {
        for (country, typed, expected) in [
            ("US", "787011234", "78701-1234"),
            ("US", "78701", "78701"),
            ("CA", "k1a0b1", "K1A 0B1"),
            ("GB", "sw1a1aa", "SW1A 1AA"),
            ("GB", "m1 1ae", "M1 1AE"),
            ("GB", "gir0aa", "GIR 0AA"),
            ("IE", "d02x285", "D02 X285"),
            ("IE", "D6W XY00", "D6W XY00"),
            ("NL", "1012js", "1012 JS"),
            ("JP", "〒１００－０００１", "100-0001"),
            ("TW", "106", "106"),
            ("HK", "", ""),
            ("BR", "01310-100", "01310-100"),
        ] {
            assert_eq!(of(country).postal_code(typed), Ok(expected.into()), "{country} {typed}");
        }
    }

    #[test]
    fn codes_of_another_country_are_refused_with_an_example() {
        for (country, typed, example) in [
            ("US", "K1A 0B1", "78701"),
            ("CA", "78701", "K1A 0B1"),
            ("GB", "SW1A 1A", "SW1A 1AA"),
            ("DE", "1011", "10115"),
            ("JP", "100-000", "100-0001"),
            ("SG", "2388231", "238823"),
        ] {
            assert_eq!(of(country).postal_code(typed), Err(FieldCode::NotLike(example.into())), "{country}");
        }
    }

    #[test]
    fn every_example_is_a_code_of_its_country() {
        for (country, _) in crate::address::COUNTRIES {
            let rules = of(country);
            assert_eq!(rules.postal_code(rules.example), Ok(rules.example.into()), "{country}");
        }
    }
}
