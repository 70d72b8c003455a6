//! What a single line of a paste is, before its neighbours are looked at.

use super::heads::{self, ChatLine};
use super::noise::{self, matches};
use super::tails::{self, Tail};

/// A line without the space and the invisible characters around it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'paste> {
    pub text: &'paste str,
    /// Byte in the paste at which `text` begins.
    pub start: usize,
    pub kind: LineKind<'paste>,
}

impl Line<'_> {
    /// Byte in the paste behind `text`.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
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

/// The lines of a paste, from first to last.
pub fn lines(paste: &str) -> impl Iterator<Item = Line<'_>> {
    paste.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(move |raw| {
        let text = raw.trim_matches(is_edge);
        let start = text.as_ptr().addr() - paste.as_ptr().addr();
        Line { text, start, kind: kind(text) }
    })
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
    if line.len() <= MAX_NOISE_BYTES {
        if line.bytes().all(|byte| byte.is_ascii_digit()) {
            return LineKind::Number;
        }
        let dressed =
            line.trim_matches(|character: char| is_edge(character) || matches!(character, '·' | '•'));
        if noise::SELLER_BADGES.contains(&dressed) {
            return LineKind::Badge { seller: true };
        }
        if noise::BADGES.contains(&dressed) {
            return LineKind::Badge { seller: false };
        }
        if let Some(tail) = tails::whole(line) {
            return LineKind::Tail(tail);
        }
        if heads::is_picture(line) {
            return LineKind::Picture;
        }
        if noise::THREADS.iter().any(|pattern| matches(pattern, line)) {
            return LineKind::Thread;
        }
        let event = !line.contains(':') && noise::EVENTS.iter().any(|pattern| matches(pattern, line));
        if event || is_scattered(line) {
            return LineKind::Event;
        }
    }
    if let Some(handle) = heads::lone_handle(line) {
        return LineKind::Handle(handle);
    }
    if let Some((author, text)) = tails::clock(line).and_then(|_| heads::typed(line)) {
        return LineKind::Live { author, text };
    }
    match tails::behind(line) {
        Some((text, tail)) => LineKind::Closed { text_bytes: text.len(), tail },
        None => LineKind::Text,
    }
}

/// `t 0 6 8 5 4 9 ·`: letters scattered over a heading so that machines do not read it.
fn is_scattered(line: &str) -> bool {
    let mut words = 0;
    let single = line.split_whitespace().all(|word| {
        words += 1;
        word.chars().nth(1).is_none()
    });
    single && words >= 6
}
