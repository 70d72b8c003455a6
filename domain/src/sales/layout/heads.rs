//! Names that stand before a text on the same line: exported chats, live chats, hand-typed lists.

use super::bytes::Bytes;
use super::tables::TABLES;
use super::tails;

/// Longer names are sentences.
const MAX_NAME_CHARACTERS: usize = 60;
/// A name in front of a colon or dash has no more words than this.
const MAX_NAME_WORDS: usize = 5;
/// A moment in front of a chat message is written in fewer bytes than this.
const MAX_MOMENT_BYTES: usize = 48;

/// A line that begins a message of an exported chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatLine<'line> {
    Message {
        author: &'line str,
        text: &'line str,
    },
    /// `Ana joined using this group's invite link`
    System,
}

/// Reads `14/08/2023, 09:15 - Ana: text`, `[14/08/23, 09:15:32] ~Ana: text` and `[10:15, 1/2/2024] Ana: text`.
pub fn chat(line: &str) -> Option<ChatLine<'_>> {
    // A bracket, a digit, or something invisible in front of them.
    if !line.bytes().next().is_some_and(|first| first == b'[' || first.is_ascii_digit() || !first.is_ascii())
    {
        return None;
    }
    let rest = match line.strip_prefix('[') {
        Some(inner) => {
            let end = inner.bytes().take(MAX_MOMENT_BYTES).position(|byte| byte == b']')?;
            moment(inner.get(..end)?).filter(|(_, after)| after.is_empty())?;
            inner.get(end + 1..)?.trim_start()
        }
        None => {
            let after = moment(line)?.1.trim_start_matches(is_gap);
            after.strip_prefix("- ").or_else(|| after.strip_prefix("– "))?
        }
    };
    let Some(colon) = rest.char_indices().take(MAX_NAME_CHARACTERS).find(|(_, character)| *character == ':')
    else {
        return Some(ChatLine::System);
    };
    let (author, text) = (rest.get(..colon.0)?, rest.get(colon.0 + 1..)?);
    let author = author.trim_matches(is_gap).trim_start_matches('~').trim_start_matches(is_gap);
    if author.is_empty() {
        return Some(ChatLine::System);
    }
    Some(ChatLine::Message { author, text: text.trim_matches(is_gap) })
}

/// When a line of an exported chat was written, and how the line says it.
pub fn written_at(line: &str) -> Option<(Stamp, &str)> {
    let line = line.trim_start_matches(is_gap);
    let line = line.strip_prefix('[').unwrap_or(line);
    let (stamp, after) = moment(line)?;
    Some((stamp, line.get(..line.len() - after.len())?.trim_end_matches(is_gap)))
}

/// A date and a time. In which order the date is written differs from country to country.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub date: [u32; 3],
    /// Since midnight.
    pub seconds: u64,
}

fn is_gap(character: char) -> bool {
    character.is_whitespace() || crate::text::is_invisible(character)
}

/// A date and a time in either order, and what stands behind them.
fn moment(text: &str) -> Option<(Stamp, &str)> {
    let mut stamp = Stamp::default();
    let mut rest = text.trim_start_matches(is_gap);
    let (mut date, mut time) = (false, false);
    while !(date && time) {
        let (kind, numbers, after) = numbers(rest)?;
        match kind {
            Numbers::Date if !date => (date, stamp.date) = (true, numbers),
            // `14.08.18` is a time where the date stands before it.
            Numbers::Time | Numbers::Date if !time && (date || kind == Numbers::Time) => {
                let [hours, minutes, seconds] = numbers.map(u64::from);
                (time, stamp.seconds) = (true, (hours * 60 + minutes) * 60 + seconds);
            }
            _ => return None,
        }
        rest = after.trim_start_matches(is_gap);
        if let Some(after) = TABLES.halves_of_day.longest_prefix(rest) {
            stamp.seconds = tails::of_half_day(stamp.seconds, 2, rest);
            rest = after.trim_start_matches(is_gap);
        }
        if !(date && time) {
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(is_gap);
            rest = ["klo ", "kl. ", "at ", "a las ", "um "]
                .iter()
                .find_map(|word| rest.strip_prefix(word))
                .unwrap_or(rest);
        }
    }
    Some((stamp, rest))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Date,
    Time,
}

/// Two or three numbers with the same separator between them.
fn numbers(text: &str) -> Option<(Numbers, [u32; 3], &str)> {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes.iter().skip(from).take(5).take_while(|byte| byte.is_ascii_digit()).count();
    let first = digits(0);
    let separator = *bytes.get(first)?;
    if !(1..=4).contains(&first) || !matches!(separator, b'/' | b'.' | b'-' | b':') {
        return None;
    }
    let (mut end, mut groups) = (first, 1);
    while groups < 3 && bytes.get(end) == Some(&separator) {
        let length = digits(end + 1);
        if !(1..=4).contains(&length) {
            break;
        }
        end += 1 + length;
        groups += 1;
    }
    let (written, rest) = text.split_at_checked(end)?;
    let kind = match (groups, separator) {
        (2 | 3, b':') | (2, b'.') => Numbers::Time,
        (3, _) => Numbers::Date,
        _ => return None,
    };
    let mut numbers = [0; 3];
    for (number, group) in numbers.iter_mut().zip(written.split(char::from(separator))) {
        *number = group.parse().ok()?;
    }
    Some((kind, numbers, rest))
}

/// Reads a line of a live chat or of a hand-typed list: `@ana A12`, `2:30 PM @ana A12`, `ana: A12`, `Ana Ruiz - A12`.
pub fn typed(line: &str) -> Option<(&str, &str)> {
    let line = without_bullet(line);
    let untimed = tails::clock(line).map_or(line, |after| after.trim_start_matches(is_gap));
    if let Some(rest) = untimed.strip_prefix('@') {
        let own = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b':' | b',');
        let plain = rest.bytes().take_while(own).count();
        let ends = |character: char| matches!(character, ':' | ',') || is_gap(character);
        let end = plain + rest.get(plain..)?.find(ends)?;
        let (author, text) = (rest.get(..end)?, rest.get(end..)?);
        let text = text.trim_start_matches(|character: char| {
            is_gap(character) || matches!(character, ':' | '-' | '–' | ',')
        });
        let named = is_handle(author) && !text.is_empty();
        return named.then_some((author, text));
    }
    // Behind a clock time only a handle is a name: `12:30 lunch: A12` is not.
    if untimed.len() < line.len() {
        return None;
    }
    // The first bytes of the signs that can part a name from a text.
    if !line.bytes().any(|byte| matches!(byte, b':' | b'-' | b'\t' | 0xEF | 0xE2)) {
        return None;
    }
    let head = line.char_indices().take(MAX_NAME_CHARACTERS);
    for (place, character) in head {
        let (before, after) = (line.get(..place)?, line.get(place + character.len_utf8()..)?);
        let separates = match character {
            ':' | '：' => {
                let next = after.chars().next()?;
                let digits = before.ends_with(|last: char| last.is_ascii_digit()) && next.is_ascii_digit();
                (next.is_whitespace() || next.is_alphanumeric()) && !digits
            }
            '-' | '–' | '—' => before.ends_with(' ') && after.starts_with(' '),
            '\t' => true,
            _ => false,
        };
        if separates {
            let (author, text) = (before.trim_matches(is_gap), after.trim_matches(is_gap));
            return (is_name(author) && !text.is_empty()).then_some((author, text));
        }
    }
    None
}

/// A line of a list without its number or dot: `2) Ana - A12`, `• Ana: A12`.
fn without_bullet(line: &str) -> &str {
    let number = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let behind = match line.len() - number.len() {
        0 => line.strip_prefix(['-', '•', '*', '–', '·']),
        1..=3 => number.strip_prefix(['.', ')']),
        _ => None,
    };
    behind.filter(|behind| behind.starts_with(' ')).map_or(line, |behind| behind.trim_start_matches(is_gap))
}

/// `@ana` or `[Ana](https://…/@ana)` alone on a line: the name of who wrote what follows.
pub fn lone_handle(line: &str, bytes: Bytes) -> Option<&str> {
    if let Some(rest) = line.strip_prefix('@') {
        return (!bytes.any(Bytes::SPACE) && is_handle(rest)).then_some(rest);
    }
    let (name, link) = line.strip_prefix('[')?.split_once("](")?;
    let whole = link.strip_suffix(')')?;
    let profile = whole.starts_with("http") || whole.starts_with('/');
    let name = name.trim_matches(is_gap).trim_start_matches('@');
    (profile && !whole.contains(char::is_whitespace) && !name.is_empty() && !name.starts_with('!'))
        .then_some(name)
}

/// `[![ana's profile picture](…)](…)`, `ana's profile picture`: stands above a comment.
pub fn is_picture(line: &str) -> bool {
    line.starts_with("[![")
        || line.starts_with("![")
        || line.ends_with("'s profile picture")
        || line.starts_with("Foto del perfil de ")
}

fn is_handle(text: &str) -> bool {
    let own = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if (1..=MAX_NAME_CHARACTERS).contains(&text.len()) && text.bytes().all(own) {
        return true;
    }
    !text.is_ascii()
        && (1..=MAX_NAME_CHARACTERS).contains(&text.chars().count())
        && text.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '.' | '-'))
}

fn is_name(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (1..=MAX_NAME_WORDS).contains(&words)
        && text.chars().any(char::is_alphabetic)
        && !text.contains(['?', '!', '"', '+', '=', '#', '$'])
        && !text.starts_with("http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chat_lines_of_every_export() {
        for line in [
            "14/08/2023, 09:15 - Ana: mine A12",
            "[14/08/23, 09:15:32] ~Ana: mine A12",
            "[7/29/24, 1:46:27\u{202F}PM] Ana: mine A12",
            "[12.3.2022 klo 14.08.18] Ana: mine A12",
            "[10:15, 1/2/2024] Ana: mine A12",
            "8/14/23, 9:15 PM - Ana: mine A12",
            "2023-08-14 09:15 - Ana: mine A12",
        ] {
            assert_eq!(chat(line), Some(ChatLine::Message { author: "Ana", text: "mine A12" }), "{line}");
        }
        let system = "14/08/2023, 09:15 - Messages and calls are end-to-end encrypted.";
        assert_eq!(chat(system), Some(ChatLine::System));
        for line in ["12/13/14 A12", "Ana: mine A12", "[A12] Ana: mine", "1-2 - Ana: x", "[", "14/08/2023"] {
            assert_eq!(chat(line), None, "{line}");
        }
    }

    #[test]
    fn typed_lines() {
        for (line, expected) in [
            ("@ana: mine A12", Some(("ana", "mine A12"))),
            ("@ana A201+1", Some(("ana", "A201+1"))),
            ("ana: a201 +2", Some(("ana", "a201 +2"))),
            ("Ana Ruiz - A12", Some(("Ana Ruiz", "A12"))),
            ("2:30 PM @ana A12 x2", Some(("ana", "A12 x2"))),
            ("0:05 @ana\u{200B} A12", Some(("ana", "A12"))),
            ("2. Ana Ruiz - A12", Some(("Ana Ruiz", "A12"))),
            ("- Ana: A12", Some(("Ana", "A12"))),
            ("3) @ana: A12", Some(("ana", "A12"))),
            ("Ana Ruiz\tA12 x2", Some(("Ana Ruiz", "A12 x2"))),
            ("https://example.com", None),
            ("12:30 mine", None),
            ("sold :)", None),
            ("mine A-12", None),
            ("@ana", None),
        ] {
            assert_eq!(typed(line), expected, "{line}");
        }
    }
}
