//! A comment's text in the form in which it is compared, cut into atoms, each with its place in the original.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::MAX_TEXT_BYTES;
use crate::text::is_invisible;

/// What an atom is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtomKind {
    /// Letters of a script that puts spaces between words, with inner apostrophes.
    Word,
    /// Letters of a script without spaces between words (Han, Kana, Thai, Lao, Khmer, Burmese).
    Run,
    /// ASCII digits; other decimal digits were folded to them.
    Digits,
    /// Any other single character: punctuation, a sign, an emoji.
    Mark,
}

/// The smallest piece that a keyword can begin or end at.
#[derive(Clone, Copy, Debug)]
pub struct Atom {
    pub kind: AtomKind,
    /// No space stands before it.
    pub glued: bool,
    /// Byte range in the folded text.
    pub start: u32,
    pub end: u32,
    /// Its bytes as a number, by which short ones are looked up: see [`packed`].
    pub key: u64,
}

/// Up to eight bytes as a number; zero stands for more. No folded text has a zero byte, so that no two words are the
/// same number.
pub fn packed(word: &str) -> u64 {
    match word.len() {
        0..=8 => word.bytes().fold(0, |key, byte| key << 8 | u64::from(byte)),
        _ => 0,
    }
}

/// What a byte does in plain text: printing ASCII but for the backquote, which some keyboards have for an apostrophe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Space,
    Letter,
    Digit,
    Apostrophe,
    Mark,
    /// It is none.
    Not,
}

const PLAIN: [Plain; 256] = {
    let mut classes = [Plain::Not; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        classes[byte as usize] = match byte {
            b' ' => Plain::Space,
            b'a'..=b'z' | b'A'..=b'Z' => Plain::Letter,
            b'0'..=b'9' => Plain::Digit,
            b'\'' => Plain::Apostrophe,
            b'`' => Plain::Not,
            _ => Plain::Mark,
        };
        byte += 1;
    }
    classes
};

/// Folded text that remembers where each of its bytes came from. One value is filled again and again, so that a paste
/// of many comments allocates once.
#[derive(Debug, Default)]
pub struct FoldedText {
    folded: String,
    /// For each byte of `folded`, the byte range of the original cluster it stands for. Empty where every byte stands
    /// for itself, as in nearly all texts of ASCII.
    origin: Vec<(u32, u32)>,
    pub atoms: Vec<Atom>,
    /// Only a beginning of the text is here: see [`MAX_TEXT_BYTES`].
    cut_off: bool,
}

impl FoldedText {
    /// Folds and cuts `text`, forgetting what was here before. Of a text that is longer than [`MAX_TEXT_BYTES`] once folded
    /// only a beginning may be kept.
    pub fn set(&mut self, text: &str) {
        self.folded.clear();
        self.origin.clear();
        self.atoms.clear();
        self.cut_off = false;
        if !self.set_plain(text) {
            self.folded.clear();
            self.atoms.clear();
            self.set_any(text);
            self.cut();
        }
    }

    /// Folds and cuts, in one pass, a text of which folding changes nothing but capitals: plain, and without a space at its
    /// ends or beside another. Says whether it is such a text.
    fn set_plain(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let class = |place: usize| bytes.get(place).map_or(Plain::Not, |byte| PLAIN[usize::from(*byte)]);
        let (mut place, mut glued) = (0, false);
        while place < bytes.len() {
            let start = place;
            let kind = match class(place) {
                Plain::Space if glued => {
                    (place, glued) = (place + 1, false);
                    continue;
                }
                Plain::Space | Plain::Not => return false,
                Plain::Letter => AtomKind::Word,
                Plain::Digit => AtomKind::Digits,
                Plain::Apostrophe | Plain::Mark => AtomKind::Mark,
            };
            let goes_on = |class: Plain| match kind {
                AtomKind::Word => matches!(class, Plain::Letter | Plain::Apostrophe),
                AtomKind::Digits => class == Plain::Digit,
                AtomKind::Run | AtomKind::Mark => false,
            };
            let mut key = 0;
            loop {
                key = key << 8 | u64::from(bytes[place].to_ascii_lowercase());
                place += 1;
                if !goes_on(class(place)) {
                    break;
                }
            }
            let key = if place - start <= 8 { key } else { 0 };
            self.atoms.push(Atom { kind, glued, start: start as u32, end: place as u32, key });
            glued = true;
        }
        self.folded.push_str(text);
        self.folded.make_ascii_lowercase();
        glued
    }

    /// Folds a text of any script, cluster by cluster, because composing must see a letter and its marks together and
    /// never more than that.
    fn set_any(&mut self, text: &str) {
        for (place, cluster) in text.grapheme_indices(true) {
            // Some characters are folded into many, so that a short text becomes a long one.
            if self.folded.len() > MAX_TEXT_BYTES {
                self.cut_off = true;
                break;
            }
            if cluster.is_ascii() {
                for (inner, character) in cluster.char_indices() {
                    self.push(character.to_ascii_lowercase(), place + inner, place + inner + 1);
                }
                continue;
            }
            // NFKC makes a slash of it, and seventy-one halves of `7½`.
            if let Some(decimals) = fraction(cluster)
                && self.folded.ends_with(|before: char| before.is_ascii_digit())
            {
                decimals.chars().for_each(|decimal| self.push(decimal, place, place + cluster.len()));
                continue;
            }
            for character in cluster.nfkc().flat_map(char::to_lowercase) {
                self.push(character, place, place + cluster.len());
            }
        }
        if self.folded.ends_with(' ') {
            self.folded.pop();
            self.origin.pop();
        }
    }

    /// The folded text of one keyword or name.
    pub fn fold(text: &str) -> String {
        let mut folded = FoldedText::default();
        folded.set(text);
        folded.folded
    }

    fn push(&mut self, character: char, start: usize, end: usize) {
        let character = match character {
            '’' | '‘' | '`' | '´' => '\'',
            '\u{0660}'..='\u{0669}' => ascii_digit(character, 0x0660),
            '\u{06F0}'..='\u{06F9}' => ascii_digit(character, 0x06F0),
            '\u{0E50}'..='\u{0E59}' => ascii_digit(character, 0x0E50),
            character if character.is_whitespace() => ' ',
            character if is_invisible(character) || character.is_control() => return,
            // How a digit or sign is dressed up as an emoji.
            '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' => return,
            character => plain_letter(character),
        };
        if character == ' ' && (self.folded.is_empty() || self.folded.ends_with(' ')) {
            return;
        }
        // NFKC takes the Thai sara am apart; the tables and keyboards have it whole.
        if character == 'า' && self.folded.ends_with('\u{0E4D}') {
            self.folded.pop();
            self.origin.truncate(self.folded.len());
            self.folded.push('ำ');
        } else {
            self.folded.push(character);
        }
        self.origin.resize(self.folded.len(), (start as u32, end as u32));
    }

    fn cut(&mut self) {
        let mut glued = false;
        for (place, character) in self.folded.char_indices() {
            if character == ' ' {
                glued = false;
                continue;
            }
            let end = (place + character.len_utf8()) as u32;
            let kind = kind_of(character);
            let extends = glued
                && self.atoms.last().is_some_and(|last| match kind {
                    AtomKind::Mark => {
                        is_combining(character) || (character == '\'' && last.kind == AtomKind::Word)
                    }
                    kind => kind == last.kind,
                });
            match self.atoms.last_mut() {
                Some(last) if extends => last.end = end,
                _ => self.atoms.push(Atom { kind, glued, start: place as u32, end, key: 0 }),
            }
            glued = true;
        }
        for atom in &mut self.atoms {
            atom.key = packed(self.folded.get(atom.start as usize..atom.end as usize).unwrap_or_default());
        }
    }

    /// Whether the text was too long once folded, so that only a beginning of it is here.
    pub fn is_cut_off(&self) -> bool {
        self.cut_off
    }

    /// The whole folded text.
    pub fn as_str(&self) -> &str {
        &self.folded
    }

    /// The folded text from atom `first` to before atom `end`.
    pub fn slice(&self, first: usize, end: usize) -> &str {
        match (self.atoms.get(first), self.atoms.get(end.wrapping_sub(1))) {
            (Some(first), Some(last)) if first.start <= last.end => self.bytes(first.start, last.end),
            _ => "",
        }
    }

    /// A byte range of the folded text; empty where it is none.
    pub fn bytes(&self, start: u32, end: u32) -> &str {
        self.folded.get(start as usize..end as usize).unwrap_or("")
    }

    /// The byte range of the original text that a byte range of the folded text came from.
    pub fn original(&self, start: u32, end: u32) -> (u32, u32) {
        if self.origin.is_empty() {
            return (start, end);
        }
        let first = self.origin.get(start as usize).map_or(0, |origin| origin.0);
        let last = self.origin.get((end as usize).saturating_sub(1)).map_or(first, |origin| origin.1);
        (first, last.max(first))
    }
}

fn ascii_digit(character: char, zero: u32) -> char {
    char::from_digit(u32::from(character) - zero, 10).unwrap_or(character)
}

/// Half sizes of rings and shoes.
fn fraction(cluster: &str) -> Option<&'static str> {
    match cluster {
        "½" => Some(".5"),
        "¼" => Some(".25"),
        "¾" => Some(".75"),
        _ => None,
    }
}

/// Letters of “fancy fonts” that NFKC leaves as they are: small capitals, and white letters in black circles and squares.
fn plain_letter(character: char) -> char {
    const SMALL_CAPITALS: [(char, char); 25] = [
        ('ᴀ', 'a'),
        ('ʙ', 'b'),
        ('ᴄ', 'c'),
        ('ᴅ', 'd'),
        ('ᴇ', 'e'),
        ('ꜰ', 'f'),
        ('ɢ', 'g'),
        ('ʜ', 'h'),
        ('ɪ', 'i'),
        ('ᴊ', 'j'),
        ('ᴋ', 'k'),
        ('ʟ', 'l'),
        ('ᴍ', 'm'),
        ('ɴ', 'n'),
        ('ᴏ', 'o'),
        ('ᴘ', 'p'),
        ('ǫ', 'q'),
        ('ʀ', 'r'),
        ('ꜱ', 's'),
        ('ᴛ', 't'),
        ('ᴜ', 'u'),
        ('ᴠ', 'v'),
        ('ᴡ', 'w'),
        ('ʏ', 'y'),
        ('ᴢ', 'z'),
    ];
    let from =
        |first: u32| char::from_u32(u32::from(character) - first + u32::from('a')).unwrap_or(character);
    match character {
        '\u{1F150}'..='\u{1F169}' => from(0x1F150),
        '\u{1F170}'..='\u{1F189}' => from(0x1F170),
        'ǫ' | 'ɢ'..='ʟ' | 'ᴀ'..='ᴢ' | 'ꜰ' | 'ꜱ' => SMALL_CAPITALS
            .iter()
            .find(|(small, _)| *small == character)
            .map_or(character, |(_, plain)| *plain),
        character => character,
    }
}

fn kind_of(character: char) -> AtomKind {
    match character {
        'a'..='z' => AtomKind::Word,
        '0'..='9' => AtomKind::Digits,
        character if character.is_ascii() => AtomKind::Mark,
        character if is_unspaced(character) => AtomKind::Run,
        character if character.is_alphabetic() => AtomKind::Word,
        _ => AtomKind::Mark,
    }
}

/// Letters of scripts that are written without spaces between words.
pub fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{0E01}'..='\u{0E4E}' | '\u{0E81}'..='\u{0ECE}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17D3}'
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}')
}

/// Marks that belong to the letter before them and are not letters by themselves.
fn is_combining(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{0652}' | '\u{1AB0}'..='\u{1AFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atoms(text: &str) -> Vec<String> {
        let mut folded = FoldedText::default();
        folded.set(text);
        (0..folded.atoms.len()).map(|index| folded.slice(index, index + 1).to_owned()).collect()
    }

    #[test]
    fn atoms_end_where_the_kind_of_character_changes() {
        assert_eq!(atoms("Sold A12x2"), ["sold", "a", "12", "x", "2"]);
        assert_eq!(atoms("Ｙ77藍L＋１"), ["y", "77", "藍", "l", "+", "1"]);
        assert_eq!(atoms("รับค่ะ A1"), ["รับค่ะ", "a", "1"]);
        assert_eq!(atoms("I’ll take ١٢"), ["i'll", "take", "12"]);
        assert_eq!(atoms("mi\u{301}o"), ["mío"]);
        assert_eq!(atoms("A1️⃣"), ["a", "1"]);
        assert_eq!(atoms("SᴏLᴅ 🅰️12 🅢"), ["sold", "a", "12", "s"]);
        assert_eq!(FoldedText::fold("7½ and ½"), "7.5 and 1⁄2");
        assert_eq!(FoldedText::fold("สำรอง"), "สำรอง");
    }

    #[test]
    fn folding_agrees_with_the_fold_of_the_house() {
        for text in ["  Ana\u{00A0} Ruiz ", "𝐒𝐨𝐥𝐝 Ａ１２", "a\u{200B}12", "chốt A1"] {
            let expected = crate::text::fold(text).replace('’', "'");
            assert_eq!(FoldedText::fold(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_folded_range_leads_back_to_the_original() {
        let text = "𝐒𝐨𝐥𝐝  Ａ１２!";
        let mut folded = FoldedText::default();
        folded.set(text);
        let atom = folded.atoms[1];
        let (start, end) = folded.original(atom.start, folded.atoms[2].end);
        assert_eq!(&text[start as usize..end as usize], "Ａ１２");
    }
}
