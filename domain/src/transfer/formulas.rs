//! Text that a spreadsheet would take for a formula, in files that are made of text alone.
//!
//! A formula begins where a cell begins. Commas part the cells of the files, but a spreadsheet that expects semicolons begins
//! another at each semicolon and each end of a line within all cells but the first, whatever quotes are around them. See
//! OWASP, "CSV Injection".

use std::borrow::Cow;

/// What a formula begins with, wide forms among them, or what is passed over before one.
const STARTS: [char; 9] = ['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠'];
const LINE_ENDS: [char; 2] = ['\r', '\n'];
const SEPARATORS: [char; 3] = [';', '\r', '\n'];
/// What follows one is text.
const APOSTROPHE: char = '\'';

/// The text with an apostrophe before each part that a spreadsheet may take for a formula. So has each part that begins so
/// behind apostrophes of its own, so that [`unescaped`] can tell what was added.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !parts(text).any(is_formula) {
        return text.into();
    }
    let mut cell = String::with_capacity(text.len() + 1);
    for part in parts(text) {
        if is_formula(part) {
            cell.push(APOSTROPHE);
        }
        cell.push_str(part.1);
    }
    cell.into()
}

/// The text that was [`escaped`].
pub fn unescaped(cell: &str) -> Cow<'_, str> {
    if !parts(cell).any(|part| without_apostrophe(part).is_some()) {
        return cell.into();
    }
    parts(cell).map(|part| without_apostrophe(part).unwrap_or(part.1)).collect()
}

/// What a spreadsheet may take for cells of their own, in the order in which it stands, counted from 0.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive(SEPARATORS).enumerate()
}

/// A part without the apostrophe that was added to it, if one was.
fn without_apostrophe((at, part): (usize, &str)) -> Option<&str> {
    part.strip_prefix(APOSTROPHE).filter(|rest| is_formula((at, rest)))
}

/// Whether a part may be taken for a formula, or would be without apostrophes before it. A quote before a formula may be
/// taken for the file's.
fn is_formula((at, part): (usize, &str)) -> bool {
    let start = part.trim_start_matches([APOSTROPHE, '"']);
    start.starts_with(STARTS) || at == 0 && start.starts_with(LINE_ENDS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_marked() {
        for (text, cell) in [
            ("=cmd()", "'=cmd()"),
            ("\t=1", "'\t=1"),
            ("\n=1", "'\n'=1"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("Ana;=1+1", "Ana;'=1+1"),
            ("Ana;\"=1+1;b", "Ana;'\"=1+1;b"),
            ("Ana\r\n@SUM(A1)", "Ana\r\n'@SUM(A1)"),
        ] {
            assert_eq!(escaped(text), cell);
        }
        for text in ["Ana Ruiz", "", "'plain", "S; M; L", "a - b = c", "silver\r\n\r\ngold;"] {
            assert!(matches!(escaped(text), Cow::Borrowed(_)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_given_back(text in "['\"=+@a;\t\r\n-]{0,9}") {
            let cell = escaped(&text);
            prop_assert_eq!(unescaped(&cell), text.as_str());
        }

        #[test]
        fn no_part_begins_like_a_formula(text in "['\"=+@a;\t\r\n-]{0,9}") {
            let cell = escaped(&text);
            let mut cells = cell.split(SEPARATORS).map(|part| part.trim_start_matches('"'));
            prop_assert!(!cells.any(|cell| cell.starts_with(STARTS)));
        }
    }
}
