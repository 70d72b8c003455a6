//! What a single line of a paste is, before its neighbours are looked at.

use memchr::{memchr, memchr2};

use super::heads::{self, ChatLine};
use super::noise;
use super::tables::TABLES;
use super::tails::{self, Tail};
use crate::sales::reading::Span;

/// A line without the space and the invisible characters around it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'paste> {
    pub text: &'paste str,
    /// Byte in the paste at which the line begins.
    pub begin: usize,
    /// Byte in the paste at which `text` begins.
    pub start: usize,
    pub kind: LineKind<'paste>,
}

impl Line<'_> {
    /// Byte in the paste behind `text`.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Where `text` stands in the paste.
    pub fn span(&self) -> Span {
        Span { start: self.start as u32, end: self.end() as u32 }
    }
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind<'paste> {
    Blank,
    Chat(ChatLine<'paste>),
    /// `2:30 PM @ana A12`
    Live {
        author: &'paste str,
        text: &'paste str,
    },
    /// A name that can only be the author of what follows.
    Handle(&'paste str),
    Badge {
        seller: bool,
    },
    Picture,
    /// Buttons, an age: the comment above it is over.
    Tail(Tail),
    /// A text with its tail on the same line; the text has this many bytes.
    Closed {
        text_bytes: usize,
        tail: Tail,
    },
    /// Only digits: a count of reactions below a tail, otherwise a text.
    Number,
    /// Links to replies, ways of sorting.
    Thread,
    /// What happens in a show, headings.
    Event,
    Text,
}

/// Longer lines are texts without further questions.
const MAX_NOISE_BYTES: usize = 160;

/// The lines of a paste from a byte on, to its end.
pub fn lines(paste: &str, from: usize) -> impl Iterator<Item = Line<'_>> {
    let mut rest = paste.get(from..);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = end_of_line(text);
        let (raw, break_and_rest) = text.split_at(end);
        rest = break_and_rest.chars().next().map(|line_break| &break_and_rest[line_break.len_utf8()..]);
        let text = trimmed(raw);
        let place = |part: &str| part.as_ptr().addr() - paste.as_ptr().addr();
        Some(Line { text, begin: place(raw), start: place(text), kind: kind(text) })
    })
}

/// The byte at which the first line of a text ends.
fn end_of_line(text: &str) -> usize {
    let end = memchr2(b'\n', b'\r', text.as_bytes()).unwrap_or(text.len());
    // The separators of lines and paragraphs begin with this byte; few texts have it.
    match memchr(0xE2, &text.as_bytes()[..end]).is_some() {
        true => text[..end].find(['\u{2028}', '\u{2029}']).unwrap_or(end),
        false => end,
    }
}

fn trimmed(raw: &str) -> &str {
    let printing = |byte: Option<&u8>| byte.is_none_or(|byte| (b'!'..=b'~').contains(byte));
    match printing(raw.as_bytes().first()) && printing(raw.as_bytes().last()) {
        true => raw,
        false => raw.trim_matches(is_edge),
    }
}

/// White space and what shows nothing, at the ends of a line.
fn is_edge(character: char) -> bool {
    character.is_whitespace() || crate::text::is_invisible(character)
}

fn kind(line: &str) -> LineKind<'_> {
    if line.is_empty() || matches!(line, "·" | "•" | "-" | "—") {
        return LineKind::Blank;
    }
    if let Some(chat) = heads::chat(line) {
        return LineKind::Chat(chat);
    }
    if line.len() <= MAX_NOISE_BYTES
        && let Some(noise) = noise(line)
    {
        return noise;
    }
    if let Some(handle) = heads::lone_handle(line) {
        return LineKind::Handle(handle);
    }
    if let Some((author, text)) = tails::clock(line).and_then(|_| heads::typed(line)) {
        return LineKind::Live { author, text };
    }
    let closed = if TABLES.may_end(line) { tails::behind(line) } else { None };
    match closed {
        Some((text, tail)) => LineKind::Closed { text_bytes: text.len(), tail },
        None => LineKind::Text,
    }
}

/// What a short line is that holds neither a name nor a text.
fn noise(line: &str) -> Option<LineKind<'_>> {
    if line.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(LineKind::Number);
    }
    let (may_begin, may_end) = (TABLES.may_begin(line), TABLES.may_end(line));
    if may_begin {
        let dressed = match line.as_bytes() {
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => line,
            _ => line.trim_matches(|character: char| is_edge(character) || matches!(character, '·' | '•')),
        };
        // Most lines of noise are a button.
        if let Some(tail) = TABLES.tails.get(line) {
            return Some(LineKind::Tail(*tail));
        }
        if TABLES.seller_badges.contains(dressed) {
            return Some(LineKind::Badge { seller: true });
        }
        let beside_name = dressed.len() < line.len() && TABLES.follow.contains(dressed);
        if TABLES.badges.contains(dressed) || beside_name || noise::are_badges(dressed) {
            return Some(LineKind::Badge { seller: false });
        }
        if let Some(tail) = tails::whole(line) {
            return Some(LineKind::Tail(tail));
        }
    }
    if heads::is_picture(line) {
        return Some(LineKind::Picture);
    }
    if may_begin && TABLES.threads.begin(line) || may_end && TABLES.threads.end(line) {
        return Some(LineKind::Thread);
    }
    let event = may_begin && TABLES.events.begin(line) || may_end && TABLES.events.end(line);
    (event && !line.contains(':') || is_scattered(line)).then_some(LineKind::Event)
}

/// `t 0 6 8 5 4 9 ·`: letters scattered over a heading so that machines do not read it.
fn is_scattered(line: &str) -> bool {
    // The second character ends the first word.
    if line.as_bytes().get(1).is_some_and(u8::is_ascii_graphic) {
        return false;
    }
    let mut words = 0;
    let single = line.split_whitespace().all(|word| {
        words += 1;
        word.chars().nth(1).is_none()
    });
    single && words >= 6
}
