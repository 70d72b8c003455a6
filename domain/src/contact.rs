//! How a person is reached.

use crate::{problem::FieldCode, text};

/// The longest e-mail address, by RFC 5321.
const MAX_EMAIL: u32 = 254;

/// Checks an e-mail address and tidies it. The rule is deliberately loose (something, an at sign, a domain with a dot
/// or `localhost`): whether mail arrives is known only by sending some.
pub fn email(typed: &str) -> Result<String, FieldCode> {
    let email = text::required(typed, MAX_EMAIL)?;
    let well_formed = email.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.len() <= 64
            && (domain.contains('.') || domain == "localhost")
            && domain
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
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

/// A phone number as typed: digits with the usual marks between them, or nothing.
pub fn optional_phone(typed: &str) -> Result<String, FieldCode> {
    let phone = text::optional(typed, 40)?;
    if phone.chars().all(|character| character.is_ascii_digit() || " +()-./x".contains(character)) {
        Ok(phone)
    } else {
        Err(FieldCode::BadCharacter)
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
            "a@b.com\u{0}\n,c@d.com",
        ] {
            assert!(email(typed).is_err(), "{typed}");
        }
    }
}
