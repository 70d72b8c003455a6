//! Text as people type it: folding for comparison, cleaning, and length limits.

use unicode_normalization::UnicodeNormalization;

use crate::problem::FieldCode;

/// Characters that show nothing and carry no meaning outside emoji, as found in pasted comments and forms.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200B}'
            | '\u{200C}'
            | '\u{200D}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{3164}'
            | '\u{FFA0}'
            | '\u{FEFF}'
            | '\u{00AD}'
    )
}

/// The form in which two texts are compared: compatibility-folded, lower case, invisible characters gone, runs of
/// white space as one space, trimmed. Codes, handles, names and e-mail addresses are all matched in this form.
pub fn fold(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("  ") {
        return text.trim_matches(' ').to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.nfkc().flat_map(char::to_lowercase) {
        if is_invisible(character) {
            continue;
        }
        if character.is_whitespace() {
            gap = !folded.is_empty();
            continue;
        }
        if gap {
            folded.push(' ');
            gap = false;
        }
        folded.push(character);
    }
    folded
}

/// The form in which things are looked for: folded, and without the accents that many keyboards do not have. `Nguyễn` is
/// found by `nguyen`, and so is `Nguyen` by `nguyễn`. Codes and names are never told apart in this form: `mia` and `mía` are
/// two people.
pub fn search_fold(text: &str) -> String {
    let folded = fold(text);
    if folded.is_ascii() {
        return folded;
    }
    let mut bare = String::with_capacity(folded.len());
    // Marks of other scripts are vowels and tones, without which a word is another one.
    for letter in folded.nfd().filter(|letter| !matches!(letter, '\u{0300}'..='\u{036F}')) {
        match letter {
            'đ' | 'ð' => bare.push('d'),
            'ø' => bare.push('o'),
            'ł' => bare.push('l'),
            'ħ' => bare.push('h'),
            'ŧ' => bare.push('t'),
            'ı' => bare.push('i'),
            'ß' => bare.push_str("ss"),
            'æ' => bare.push_str("ae"),
            'œ' => bare.push_str("oe"),
            'þ' => bare.push_str("th"),
            letter => bare.push(letter),
        }
    }
    bare.nfc().collect()
}

/// What is stored of a single line that a person typed: trimmed, inner white space as single spaces, without control
/// and invisible characters. Case and accents stay as typed.
pub fn tidy(text: &str) -> String {
    let visible: String = text
        .nfc()
        .filter(|character| {
            (!is_invisible(*character) || *character == '\u{200D}')
                && (!character.is_control() || character.is_whitespace())
        })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A tidy line that must show something and has at most `limit` characters.
pub fn required(text: &str, limit: u32) -> Result<String, FieldCode> {
    let text = optional(text, limit)?;
    if fold(&text).is_empty() { Err(FieldCode::Missing) } else { Ok(text) }
}

/// A tidy line of at most `limit` characters that may be empty.
pub fn optional(text: &str, limit: u32) -> Result<String, FieldCode> {
    let text = tidy(text);
    if text.chars().count() > limit as usize { Err(FieldCode::TooLong(limit)) } else { Ok(text) }
}

/// Several lines of at most `limit` characters together; each line is tidy, empty lines at the ends are gone.
pub fn paragraph(text: &str, limit: u32) -> Result<String, FieldCode> {
    let lines: Vec<String> = text.lines().map(tidy).collect();
    let text = lines.join("\n").trim().to_owned();
    if text.chars().count() > limit as usize { Err(FieldCode::TooLong(limit)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_equal_what_looks_equal() {
        for (left, right) in
            [("Ａ１２", "a12"), ("  Ana\u{00A0} Ruiz ", "ana ruiz"), ("a\u{200B}12", "A12"), ("𝐒𝐨𝐥𝐝", "sold")]
        {
            assert_eq!(fold(left), fold(right), "{left:?} and {right:?}");
        }
        assert_ne!(fold("mia"), fold("mía"), "accents carry meaning in names");
    }

    #[test]
    fn what_is_looked_for_has_no_accents() {
        for (written, typed) in [
            ("Nguyễn Thị Lan Hương", "nguyen thi lan huong"),
            ("Đặng", "dang"),
            ("Łukasz Strauß", "lukasz strauss"),
            ("Søren Æbelø", "soren aebelo"),
            ("José Muñoz", "JOSE munoz"),
            ("İpek ışık", "ipek isik"),
        ] {
            assert_eq!(search_fold(written), search_fold(typed), "{written}");
        }
        for other in ["ทองคำ", "がっこう", "한국어", "王小明", "मुंबई"] {
            assert_eq!(search_fold(other), fold(other), "{other} keeps its vowels and tones");
        }
    }

    #[test]
    fn limits_count_characters_not_bytes() {
        assert_eq!(required("ทองทอง", 6), Ok("ทองทอง".into()));
        assert_eq!(required("ทองทอง", 5), Err(FieldCode::TooLong(5)));
        assert_eq!(required(" \u{200B} ", 5), Err(FieldCode::Missing));
        assert_eq!(tidy("a\u{0007}b\tc"), "ab c");
    }
}
