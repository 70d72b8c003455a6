//! What a customs declaration asks about an item.

use crate::{address::COUNTRIES, problem::FieldCode, text};

/// A country of origin as typed, a code of two letters from the list of countries; may be empty.
///
/// # Errors
/// It is no country of the list.
pub fn origin(typed: &str) -> Result<String, FieldCode> {
    let code = text::tidy(typed).to_ascii_uppercase();
    if code.is_empty() || COUNTRIES.iter().any(|(known, _)| *known == code) {
        Ok(code)
    } else {
        Err(FieldCode::NotAChoice)
    }
}

/// A tariff code of the Harmonized System as typed, such as `7113.11` or `7113 11 50 00`: its six to ten digits. May be
/// empty.
///
/// # Errors
/// It has other characters than digits, points and spaces, or too few or too many digits.
pub fn hs_code(typed: &str) -> Result<String, FieldCode> {
    let typed = text::tidy(typed);
    let digits: String = typed.chars().filter(|character| !". -".contains(*character)).collect();
    let well_formed = digits.bytes().all(|byte| byte.is_ascii_digit()) && (6..=10).contains(&digits.len());
    if typed.is_empty() || well_formed { Ok(digits) } else { Err(FieldCode::NotAnHsCode) }
}

/// The first of two answers that is one: an item's own before its material's.
pub fn own_or<'answer>(own: &'answer str, materials: &'answer str) -> &'answer str {
    if own.is_empty() { materials } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tariff_codes_have_six_to_ten_digits() {
        for (typed, code) in [("7113.11", "711311"), ("7113 11 50 00", "7113115000"), ("", "")] {
            assert_eq!(hs_code(typed).as_deref(), Ok(code), "{typed}");
        }
        for typed in ["71131", "71131150001", "7113xx", "٧١١٣١١", "..."] {
            assert_eq!(hs_code(typed), Err(FieldCode::NotAnHsCode), "{typed}");
        }
    }

    #[test]
    fn an_origin_is_a_country_that_is_known() {
        assert_eq!(origin(" mx "), Ok("MX".into()));
        assert_eq!(origin(""), Ok(String::new()));
        assert_eq!(origin("Mexico"), Err(FieldCode::NotAChoice));
        assert_eq!((own_or("", "TH"), own_or("MX", "TH")), ("TH", "MX"));
    }
}
