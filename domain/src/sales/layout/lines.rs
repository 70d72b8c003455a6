//! What a single line of a paste is, before its neighbours are looked at.

use super::bytes::Bytes;
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
    /// What `text` is made of.
    pub bytes: Bytes,
    pub kind: LineKind,
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

/// What a line is. Stretches are such of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Blank,
    /// The beginning of a message of an exported chat.
    Message {
        author: Span,
        text: Span,
    },
    /// `Ana joined using this group's invite link`, in such a chat.
    System,
    /// `2:30 PM @ana A12`
    Live {
        author: Span,
        text: Span,
    },
    /// A name that can only be the author of what follows.
    Handle(Span),
    Badge {
        seller: bool,
    },
    Picture,
    /// Buttons, an age: the comment above it is over.
    Tail(Tail),
    /// A text with its tail on the same line; the text has this many bytes.
    Closed {
        text_bytes: u32,
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
#[derive(Clone)]
pub struct Lines<'paste> {
    /// Byte in the paste at which the rest begins, and the rest.
    rest: Option<(usize, &'paste str)>,
}

/// The lines of a paste from a byte on, to its end.
pub fn lines(paste: &str, from: usize) -> Lines<'_> {
    Lines { rest: paste.get(from..).map(|text| (from, text)) }
}

impl<'paste> Iterator for Lines<'paste> {
    type Item = Line<'paste>;

    fn next(&mut self) -> Option<Line<'paste>> {
        let (begin, text) = self.rest?;
        let (bytes, end) = first_line(text);
        let (raw, break_and_rest) = text.split_at(end);
        let line_break = break_and_rest.chars().next().map(char::len_utf8);
        self.rest = line_break.map(|length| (begin + end + length, &break_and_rest[length..]));
        let text = trimmed(raw);
        let bytes = if text.len() == raw.len() { bytes } else { Bytes::of(text) };
        let start = begin + (text.as_ptr().addr() - raw.as_ptr().addr());
        Some(Line { text, begin, start, bytes, kind: kind(text, bytes) })
    }
}

/// What the first line of a text is made of, and the byte at which it ends.
fn first_line(text: &str) -> (Bytes, usize) {
    let (bytes, end) = Bytes::of_line(text.as_bytes());
    if bytes.any(Bytes::HIGH)
        && let Some(end) = text[..end].find(['\u{2028}', '\u{2029}'])
    {
        return (Bytes::of(&text[..end]), end);
    }
    (bytes, end)
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

fn kind(line: &str, bytes: Bytes) -> LineKind {
    // Most lines of noise are a button or an age.
    let may_begin = TABLES.may_begin(line);
    if may_begin && let Some(tail) = tails::alone(line) {
        return LineKind::Tail(tail);
    }
    if line.is_empty() || matches!(line, "·" | "•" | "-" | "—") {
        return LineKind::Blank;
    }
    match heads::chat(line) {
        Some(ChatLine::Message { author, text }) => {
            return LineKind::Message { author: Span::within(line, author), text: Span::within(line, text) };
        }
        Some(ChatLine::System) => return LineKind::System,
        None => {}
    }
    let may_end = TABLES.may_end(line);
    if line.len() <= MAX_NOISE_BYTES
        && let Some(noise) = noise(line, bytes, may_begin, may_end)
    {
        return noise;
    }
    if let Some(handle) = heads::lone_handle(line, bytes) {
        return LineKind::Handle(Span::within(line, handle));
    }
    if bytes.any(Bytes::NAMES)
        && let Some((author, text)) = tails::clock(line).and_then(|_| heads::typed(line))
    {
        return LineKind::Live { author: Span::within(line, author), text: Span::within(line, text) };
    }
    let closed = if may_end { tails::behind(line) } else { None };
    match closed {
        Some((text, tail)) => LineKind::Closed { text_bytes: text.len() as u32, tail },
        None => LineKind::Text,
    }
}

/// What a short line is that holds neither a name nor a text.
fn noise(line: &str, bytes: Bytes, may_begin: bool, may_end: bool) -> Option<LineKind> {
    if bytes.only_digits() {
        return Some(LineKind::Number);
    }
    if may_begin {
        let dressed = match line.as_bytes() {
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => line,
            _ => line.trim_matches(|character: char| is_edge(character) || matches!(character, '·' | '•')),
        };
        if TABLES.seller_badges.contains(dressed) {
            return Some(LineKind::Badge { seller: true });
        }
        let beside_name = dressed.len() < line.len() && TABLES.follow.contains(dressed);
        let dotted = bytes.any(Bytes::HIGH) && noise::are_badges(dressed);
        if TABLES.badges.contains(dressed) || beside_name || dotted {
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
