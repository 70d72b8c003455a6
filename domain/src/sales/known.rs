//! The comments that a sale knows already, in so few bytes that a browser can be told of all of them.

use rustc_hash::FxHashSet;

/// The most comments of a sale that a browser is told of, the newest. Of those before them only the server knows.
pub const MOST_KNOWN: usize = 50_000;
/// Hexadecimal digits of a mark: 64 bits. Among 50,000 comments that are known and 10,000 that are pasted, two different
/// ones have the same mark with odds of one to 10¹⁰; the preview would then pass a new comment over that the server holds.
const DIGITS: usize = 16;

/// Marks of comments. A mark is a fingerprint in short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    marks: FxHashSet<u64>,
}

impl Known {
    /// The marks of some fingerprints as a text.
    pub fn write<'of>(fingerprints: impl IntoIterator<Item = &'of str>) -> String {
        let marks = fingerprints.into_iter().filter_map(mark);
        marks.map(|mark| format!("{mark:0DIGITS$x}")).collect()
    }

    /// Reads what [`Known::write`] wrote. What is no mark is passed over.
    pub fn read(written: &str) -> Self {
        let digits = written.as_bytes().chunks_exact(DIGITS);
        let marks = digits.filter_map(|digits| u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        Known { marks: marks.collect() }
    }

    /// Whether no comment is known.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Whether the comment with this fingerprint is known.
    pub fn has(&self, fingerprint: &str) -> bool {
        mark(fingerprint).is_some_and(|mark| self.marks.contains(&mark))
    }
}

/// Both halves of a fingerprint in one.
fn mark(fingerprint: &str) -> Option<u64> {
    let whole = u128::from_str_radix(fingerprint, 16).ok()?;
    Some((whole >> 64) as u64 ^ whole as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::{Catalog, CommentOrder, ReadSettings, Reader, fingerprints};

    fn of(paste: &str) -> Vec<String> {
        let reading = Reader::new(Catalog::default(), &ReadSettings::default()).read(paste).unwrap();
        fingerprints(paste, &reading, CommentOrder::OldestFirst)
    }

    #[test]
    fn what_was_written_is_known_and_nothing_else() {
        let first = "@ana: sold A12\n@ben: sold A12\n@ana: sold A12\n";
        let written = Known::write(of(first).iter().map(String::as_str));
        assert_eq!(written.len(), 3 * DIGITS);
        let known = Known::read(&written);
        let later: Vec<bool> = of(&format!("{first}@ana: sold A12\n@cora: hello\n"))
            .iter()
            .map(|fingerprint| known.has(fingerprint))
            .collect();
        assert_eq!(later, [true, true, true, false, false], "the third of the same words is a new comment");
    }

    #[test]
    fn what_is_no_mark_is_passed_over() {
        assert!(Known::read("").is_empty() && Known::read("0123").is_empty());
        assert!(Known::read("zzzzzzzzzzzzzzzz").is_empty() && Known::read("é23456789012345").is_empty());
        assert_eq!(Known::write(["no fingerprint"]), "");
        assert!(!Known::default().has("no fingerprint"));
    }
}
