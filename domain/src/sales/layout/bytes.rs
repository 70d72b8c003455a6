//! Which bytes a line is made of, found while its end is looked for, so that what it cannot be is told without looking at
//! it again.

use super::columns::SEPARATORS;

/// Kinds of bytes, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes(u8);

impl Bytes {
    /// They end a line.
    const BREAK: Bytes = Bytes(1);
    pub const DIGIT: Bytes = Bytes(1 << 1);
    /// They part the cells of a row.
    pub const CELL: Bytes = Bytes(1 << 2);
    /// A line that names its author in front of the text has one of them.
    pub const NAMES: Bytes = Bytes(1 << 3);
    /// Of a character that is not ASCII.
    pub const HIGH: Bytes = Bytes(1 << 4);
    pub const SPACE: Bytes = Bytes(1 << 5);
    const OTHER: Bytes = Bytes(1 << 6);

    /// Whether any of these is in the set.
    pub const fn any(self, of: Bytes) -> bool {
        self.0 & of.0 != 0
    }

    /// Whether there is nothing but digits.
    pub fn only_digits(self) -> bool {
        self == Bytes::DIGIT
    }

    const fn and(self, other: Bytes) -> Bytes {
        Bytes(self.0 | other.0)
    }

    /// The bytes of a text, its lines breaks aside.
    pub fn of(text: &str) -> Bytes {
        text.bytes().fold(Bytes::default(), |bytes, byte| bytes.and(KINDS[usize::from(byte)]))
    }

    /// The bytes of the first line of a text, and where it ends.
    pub fn of_line(text: &[u8]) -> (Bytes, usize) {
        let mut bytes = Bytes::default();
        for (place, byte) in text.iter().enumerate() {
            let kind = KINDS[usize::from(*byte)];
            if kind.any(Bytes::BREAK) {
                return (bytes, place);
            }
            bytes = bytes.and(kind);
        }
        (bytes, text.len())
    }
}

const KINDS: [Bytes; 256] = {
    let mut kinds = [Bytes::OTHER; 256];
    kinds[b'\n' as usize] = Bytes::BREAK;
    kinds[b'\r' as usize] = Bytes::BREAK;
    kinds[b' ' as usize] = Bytes::SPACE;
    let mut byte = b'0';
    while byte <= b'9' {
        kinds[byte as usize] = Bytes::DIGIT;
        byte += 1;
    }
    let mut byte = 0x80;
    while byte < 256 {
        // The colon, and the dashes, of other scripts begin with a high byte.
        kinds[byte] = Bytes::HIGH.and(Bytes::NAMES);
        byte += 1;
    }
    let mut place = 0;
    while place < SEPARATORS.len() {
        kinds[SEPARATORS[place] as usize] = Bytes::CELL;
        place += 1;
    }
    kinds[b'@' as usize] = Bytes::NAMES;
    kinds[b':' as usize] = Bytes::NAMES;
    kinds[b'-' as usize] = Bytes::NAMES;
    kinds[b'\t' as usize] = Bytes::CELL.and(Bytes::NAMES);
    kinds
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_by_its_bytes() {
        let (bytes, end) = Bytes::of_line(b"12\nAna: A12");
        assert_eq!((bytes.only_digits(), end), (true, 2));
        let (bytes, end) = Bytes::of_line("Ana\tsold A12 · é".as_bytes());
        assert_eq!(end, 18);
        for kind in [Bytes::CELL, Bytes::NAMES, Bytes::HIGH, Bytes::SPACE, Bytes::DIGIT] {
            assert!(bytes.any(kind), "{kind:?}");
        }
        assert!(!Bytes::of("Ana Ruiz").any(Bytes::NAMES.and(Bytes::HIGH).and(Bytes::DIGIT)));
    }
}
