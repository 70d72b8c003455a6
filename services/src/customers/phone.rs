//! Phone numbers by the numbering plans of the world. The plans are large, so this stays on the server.

use std::{fmt::Write, str::FromStr};

use phonenumber::{Mode, country};

/// A number as it is dialled from anywhere, such as `+15125550100`, if it is one: of the country it names, or else of the
/// first of `countries` (two-letter codes) in which it is one. An extension is not part of it.
pub fn e164(typed: &str, countries: &[&str]) -> Option<String> {
    let typed = typed.replace([';', ','], " ");
    let named = typed.trim_start().starts_with('+');
    let known = countries.iter().filter_map(|code| country::Id::from_str(code).ok()).map(Some);
    let tried: Vec<Option<country::Id>> = if named { vec![None] } else { known.collect() };
    tried.into_iter().find_map(|country| {
        let number = phonenumber::parse(country, &typed).ok()?;
        if !number.is_valid() {
            return None;
        }
        let mut written = String::new();
        write!(written, "{}", number.format().mode(Mode::E164)).ok()?;
        Some(written)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_country_of_the_business() {
        for (typed, country, expected) in [
            ("(512) 555-0100", "US", Some("+15125550100")),
            ("+1 512 555 0100", "DE", Some("+15125550100")),
            ("020 7946 0958", "GB", Some("+442079460958")),
            ("0171 1234567", "DE", Some("+491711234567")),
            ("0917 123 4567", "PH", Some("+639171234567")),
            ("081 234 5678", "TH", Some("+66812345678")),
            ("512 555 0100 ext. 5", "US", Some("+15125550100")),
            ("512 555 0100 x5", "US", Some("+15125550100")),
            ("512 555 0100 #5", "US", Some("+15125550100")),
            ("555", "US", None),
            ("+999 1234", "US", None),
            ("020 7946 0958", "US", None),
            ("1", "XX", None),
            ("", "US", None),
        ] {
            assert_eq!(e164(typed, &[country]).as_deref(), expected, "{typed} in {country}");
        }
        assert_eq!(e164("020 7946 0958", &["US", "GB"]).as_deref(), Some("+442079460958"));
    }
}
