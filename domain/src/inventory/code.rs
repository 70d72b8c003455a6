//! Codes: what buyers type to claim an item, and which of them are the same.

use crate::{problem::FieldCode, text};

/// Characters of a code at most.
pub const MAX_CODE_CHARACTERS: u32 = 20;
/// The code that is suggested for the first item.
const FIRST_CODE: &str = "A1";

/// A code as typed: one to twenty letters, digits, `-`, `_`, `.` or `#`, so that it can be told from words in a comment.
///
/// # Errors
/// It is missing, too long, or has another character in it.
pub fn code(typed: &str) -> Result<String, FieldCode> {
    let code = text::required(typed, MAX_CODE_CHARACTERS)?;
    if code.chars().all(|character| character.is_alphanumeric() || "-_.#".contains(character)) {
        Ok(code)
    } else {
        Err(FieldCode::BadCharacter)
    }
}

/// A code that may be left empty.
///
/// # Errors
/// It is too long or has a character that no code has.
pub fn optional_code(typed: &str) -> Result<String, FieldCode> {
    if text::tidy(typed).is_empty() { Ok(String::new()) } else { code(typed) }
}

/// The codes that follow one: after `A12` come `A13`, `A14`…; after `27B` comes `28B`; after `RING` comes `RING2`. The last
/// number counts, and keeps its zeros: after `R009` comes `R010`. Without a code the first is `A1`.
pub fn codes_after(newest: Option<&str>) -> impl Iterator<Item = String> + use<> {
    let (before, number, after, first) = match newest {
        None => (FIRST_CODE.trim_end_matches('1').to_owned(), "1".to_owned(), String::new(), true),
        Some(code) => match last_number(code) {
            Some((start, end)) => {
                (code[..start].to_owned(), code[start..end].to_owned(), code[end..].to_owned(), false)
            }
            None => (code.to_owned(), "1".to_owned(), String::new(), false),
        },
    };
    let mut number = number;
    if first {
        number = "0".into();
    }
    std::iter::from_fn(move || {
        number = one_more(&number);
        Some(format!("{before}{number}{after}"))
    })
    .take_while(|code| code.chars().count() <= MAX_CODE_CHARACTERS as usize)
}

/// Where the last run of ASCII digits begins and ends.
fn last_number(code: &str) -> Option<(usize, usize)> {
    let end = code.rfind(|character: char| character.is_ascii_digit())? + 1;
    let start = code[..end]
        .rfind(|character: char| !character.is_ascii_digit())
        .map_or(0, |index| index + code[index..].chars().next().map_or(1, char::len_utf8));
    Some((start, end))
}

/// The next number, written with at least as many digits. Numbers of any length are counted on.
fn one_more(digits: &str) -> String {
    let mut bytes: Vec<u8> = digits.bytes().collect();
    for byte in bytes.iter_mut().rev() {
        if *byte == b'9' {
            *byte = b'0';
        } else {
            *byte += 1;
            return bytes.into_iter().map(char::from).collect();
        }
    }
    std::iter::once('1').chain(bytes.into_iter().map(char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_on_as_they_went() {
        for (newest, next) in [
            (Some("A12"), Some("A13")),
            (Some("A99"), Some("A100")),
            (Some("R009"), Some("R010")),
            (Some("27B"), Some("28B")),
            (Some("2026-7"), Some("2026-8")),
            (Some("RING"), Some("RING2")),
            (Some("環7"), Some("環8")),
            (Some("7"), Some("8")),
            (Some("99999999999999999999"), None),
            (None, Some("A1")),
        ] {
            assert_eq!(codes_after(newest).next().as_deref(), next, "after {newest:?}");
        }
        assert_eq!(codes_after(Some("A8")).take(3).collect::<Vec<_>>(), ["A9", "A10", "A11"]);
    }

    #[test]
    fn a_code_is_one_word() {
        assert_eq!(code(" A12 "), Ok("A12".into()));
        assert_eq!(code("A\u{202E}12"), Ok("A12".into()), "marks of direction are left out");
        for typed in ["A 12", "A,12", "A\u{200D}12", "<b>"] {
            assert_eq!(code(typed), Err(FieldCode::BadCharacter), "{typed:?}");
        }
        assert_eq!(code(&"A".repeat(1_000)), Err(FieldCode::TooLong(20)));
        assert_eq!(optional_code(" \u{200B} "), Ok(String::new()));
    }
}
