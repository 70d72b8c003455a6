//! How a person is reached.

use crate::{problem::FieldCode, text};

/// The longest e-mail address, by RFC 5321.
const MAX_EMAIL: u32 = 254;

/// ASCII for the wide forms that East Asian keyboards write: `ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ` reaches nobody as it stands.
fn narrow(typed: &str) -> String {
    let narrow = |character: char| match character {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFF01 + u32::from('!')).unwrap_or(character)
        }
        '。' | '｡' => '.',
        '\u{3000}' => ' ',
        other => other,
    };
    typed.chars().map(narrow).collect()
}

/// The longest label of a domain's name, in bytes.
const MAX_LABEL: usize = 63;

/// Checks an e-mail address and tidies it. The rule is that of what sends mail (RFC 5322's dots, RFC 1034's labels) without
/// quoted names, and with a domain that has a dot or is `localhost`: whether mail arrives is known only by sending some.
pub fn email(typed: &str) -> Result<String, FieldCode> {
    let email = text::required(&narrow(typed), MAX_EMAIL)?;
    let well_formed = email.rsplit_once('@').is_some_and(|(local, domain)| {
        local.len() <= 64
            // No dot at either end and no two in a row.
            && local.split('.').all(|atom| !atom.is_empty())
            && (domain.contains('.') || domain == "localhost")
            && domain
                .split('.')
                .all(|label| (1..=MAX_LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'))
            && domain.chars().all(|character| character.is_alphanumeric() || matches!(character, '.' | '-'))
            && local
                .chars()
                .all(|character| character.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(character))
    });
    if well_formed { Ok(email) } else { Err(FieldCode::NotAnEmail) }
}

/// As [`email`], but nothing is allowed.
pub fn optional_email(typed: &str) -> Result<String, FieldCode> {
    if text::tidy(typed).is_empty() { Ok(String::new()) } else { email(typed) }
}

/// A phone number as typed, with the usual marks and an extension (`ext. 5`, `x5`, `#5`), or nothing. Whether it is one
/// is known where the numbering plans are.
pub fn optional_phone(typed: &str) -> Result<String, FieldCode> {
    let phone = text::optional(&narrow(typed), 40)?;
    let is_phone = |character: char| {
        character.is_ascii_digit()
            || " +()-./#,;".contains(character)
            || "extnsion".contains(character.to_ascii_lowercase())
    };
    match phone.is_empty()
        || (phone.chars().any(|character| character.is_ascii_digit()) && phone.chars().all(is_phone))
    {
        true => Ok(phone),
        false => Err(FieldCode::NotAPhone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses_are_told_from_other_text() {
        for typed in
            ["ana@example.com", " ana.ruiz+shop@mail.example.co ", "a@localhost", "ñandú@example.com"]
        {
            assert!(email(typed).is_ok(), "{typed}");
        }
        for typed in [
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "ana@-x.com",
            "a b@example.com",
            "a@b..com",
            "ana..ruiz@example.com",
            "ana.@example.com",
            ".ana@example.com",
            &format!("ana@{}.com", "x".repeat(64)),
            "a@b.com\u{0}\n,c@d.com",
        ] {
            assert!(email(typed).is_err(), "{typed}");
        }
    }
    #[test]
    fn wide_letters_are_made_narrow() {
        assert_eq!(email("ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ"), Ok("ana@example.com".into()));
        assert_eq!(email("ana@example。com"), Ok("ana@example.com".into()));
        assert_eq!(optional_phone("＋１　５１２　５５５　０１００"), Ok("+1 512 555 0100".into()));
    }

    #[test]
    fn phone_numbers_may_have_extensions_and_nothing_else() {
        for typed in
            ["", "+1 (512) 555-0100 ext. 5", "020 7946 0958 x12", "5125550100#3", "Extension 7, 5125550100"]
        {
            assert!(optional_phone(typed).is_ok(), "{typed}");
        }
        for typed in ["call me", "ext", "5125550100 (mum)", "512\u{0666}"] {
            assert_eq!(optional_phone(typed), Err(FieldCode::NotAPhone), "{typed}");
        }
    }
}
