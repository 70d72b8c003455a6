//! Finds the comments in a paste without being told where it was copied.
//!
//! Two kinds of layouts exist. In one, a line names its author itself (chats, lists). In the other, lines are stacked:
//! author, text, then a tail of age and buttons. Lines are gathered in a block until a tail shows that they were
//! stacked; a block that ends without one can only be lines that name their authors. What is neither is handed on as
//! unread, for a person to look at, and nothing is dropped but what the tables of [`noise`] know.

mod blocks;
mod bytes;
mod choice;
pub mod columns;
pub mod heads;
pub mod lines;
pub mod noise;
mod tables;
pub mod tails;

use blocks::is_text;
pub use choice::LayoutChoice;
use columns::Columns;
use lines::{Line, LineKind, Lines, lines};
use tails::Tail;

use super::reading::Span;

/// How sure it is who wrote a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The paste itself marks the name: a chat's line, a handle.
    Marked,
    /// `name: text`, as people type it.
    Typed,
    /// The first of stacked lines.
    Stacked,
    /// Name and text in one line, without a mark between.
    OneLine,
    /// A line of which nobody knows who wrote it.
    Unread,
    /// It may be the end of one comment and the beginning of the next.
    Torn,
}

/// A comment as it stands in the paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'paste> {
    pub shape: Shape,
    /// Empty if the shape knows none.
    pub author: &'paste str,
    pub text: &'paste str,
    /// The badge of whoever wrote the post stands beside the name.
    pub seller: bool,
    pub edited: bool,
    /// Where it stands in the paste, author to last line of noise.
    pub span: Span,
    /// It begins a block: nothing above it says how it is read.
    pub begins_block: bool,
}

/// No comment has more lines than this; a longer run of lines is a list.
const MAX_BLOCK_LINES: usize = 250;

/// Finds the comments of a paste from a byte on and hands on each, until `take` says that it takes no more. Known noise
/// outside comments goes to `noise`. Says whether the end of the paste was reached.
pub fn find<'paste>(
    paste: &'paste str,
    from: usize,
    choice: LayoutChoice,
    noise: &mut Vec<Span>,
    take: impl FnMut(&Found<'paste>) -> bool,
) -> bool {
    let mut finder = Finder {
        paste,
        choice,
        columns: None,
        block: Vec::new(),
        current: None,
        noise,
        take,
        full: false,
        open: Open::Nothing,
        block_begins_at: None,
        unsettled: false,
        bare: false,
    };
    let mut from = Some(from);
    while let Some(start) = from {
        from = finder.lines(start);
    }
    finder.end_untailed();
    finder.hand_on();
    !finder.full
}

/// What the next line may belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    /// A chat's message, which may have several lines.
    Message,
    /// A chat's message with an empty line below: what follows belongs to it if another message ends it.
    Gap,
    /// A comment whose tail has begun.
    Tail,
}

struct Finder<'paste, 'noise, Take> {
    paste: &'paste str,
    choice: LayoutChoice,
    /// Those of the table above, where the seller says that all is one table.
    columns: Option<Columns>,
    /// Lines that have not been assigned yet.
    block: Vec<Line<'paste>>,
    /// The last comment: lines below may still belong to it.
    current: Option<Found<'paste>>,
    noise: &'noise mut Vec<Span>,
    take: Take,
    full: bool,
    open: Open,
    /// Where the block begins that ends at this moment; a comment outside any block begins by itself.
    block_begins_at: Option<usize>,
    /// Lines of the block were needed to read what stands above it, so that reading cannot begin with it.
    unsettled: bool,
    /// The last comment is a name with an age below it and nothing else.
    bare: bool,
}

impl<'paste, Take: FnMut(&Found<'paste>) -> bool> Finder<'paste, '_, Take> {
    /// Goes through the lines from a byte on. Gives the byte behind a table, where lines go on.
    fn lines(&mut self, from: usize) -> Option<usize> {
        let choice = self.choice;
        let mut lines = lines(self.paste, from);
        while let Some(mut line) = lines.next() {
            choice.see(&mut line);
            if let Some((columns, named)) = choice.columns(&line, self.columns) {
                self.end_untailed();
                self.open = Open::Nothing;
                if named {
                    self.noise(&line);
                    return lines.next().map(|first| self.table(first.begin, columns));
                }
                if columns::row(self.paste, line.begin, columns).is_some() {
                    return Some(self.table(line.begin, columns));
                }
            }
            self.line(&line, &lines);
            if self.block.len() >= choice.block_lines() {
                self.end_untailed();
            }
            if self.full {
                return None;
            }
        }
        None
    }

    /// The rows of a table, each a comment. Gives the byte behind the last.
    fn table(&mut self, from: usize, columns: Columns) -> usize {
        let mut at = from;
        self.columns = Some(columns);
        while let Some((row, end)) = columns::row(self.paste, at, columns) {
            self.hand_on();
            if self.full {
                break;
            }
            let author = row.name.trim_start_matches('@');
            let shape = if author.is_empty() { Shape::Unread } else { Shape::Marked };
            // Reading cannot begin within a table, because only its head says what the cells are.
            let (text, span) = (row.text, row.span);
            self.current =
                Some(Found { shape, author, text, seller: false, edited: false, span, begins_block: false });
            at = end;
        }
        at
    }

    fn hand_on(&mut self) {
        if let Some(comment) = self.current.take() {
            self.full = self.full || !(self.take)(&comment);
        }
    }

    /// Takes a line, with those below it at hand.
    fn line(&mut self, line: &Line<'paste>, below: &Lines<'paste>) {
        match line.kind {
            LineKind::Blank => {
                if self.open == Open::Message && !self.choice.has_gaps() {
                    (self.open, self.unsettled) = (Open::Gap, true);
                }
                if !self.block.is_empty() {
                    self.block.push(*line);
                }
            }
            LineKind::Message { author, text } => self.chat(*line, Some((author, text))),
            LineKind::System => self.chat(*line, None),
            LineKind::Live { author, text } => {
                self.end_untailed();
                self.push(
                    Shape::Marked,
                    author.of(line.text),
                    text.of(line.text),
                    std::slice::from_ref(line),
                    false,
                    false,
                );
                self.open = Open::Nothing;
            }
            LineKind::Tail(tail) => self.tail(line, tail, below),
            LineKind::Number if self.open == Open::Tail && self.block.is_empty() => self.extend(line),
            LineKind::Thread | LineKind::Event => {
                self.end_untailed();
                if self.open == Open::Tail {
                    self.extend(line);
                } else {
                    self.noise(line);
                    self.open = Open::Nothing;
                }
            }
            LineKind::Closed { text_bytes, tail } => {
                let text = line.text.get(..text_bytes as usize).unwrap_or(line.text);
                if self.open == Open::Message {
                    self.tear(*line);
                    return;
                }
                self.block.push(Line { text, ..*line });
                self.end_tailed(tail);
                self.extend(line);
            }
            LineKind::Text | LineKind::Number if self.open == Open::Message => self.continue_message(*line),
            LineKind::Text | LineKind::Number if self.open == Open::Gap => self.block.push(*line),
            LineKind::Handle(_) | LineKind::Picture => {
                if self.texts() > 0 || matches!(line.kind, LineKind::Picture) {
                    self.end_untailed();
                }
                self.open = Open::Nothing;
                self.block.push(*line);
            }
            LineKind::Badge { .. } => {
                // A badge stands beside a name; below a name and a text it begins the next comment.
                if self.texts() >= 2 {
                    self.end_above_badge();
                }
                self.open = Open::Nothing;
                self.block.push(*line);
            }
            LineKind::Text | LineKind::Number => {
                self.open = Open::Nothing;
                self.block.push(*line);
            }
        }
    }

    /// How many lines of the block are a name or a text.
    fn texts(&self) -> usize {
        self.block.iter().filter(|line| is_text(line)).count()
    }

    /// Ends the block above a badge, but for a name that stands between an empty line and the badge.
    fn end_above_badge(&mut self) {
        let name = match self.block.as_slice() {
            [.., above, last] if above.kind == LineKind::Blank && is_text(last) => self.block.pop(),
            _ => None,
        };
        self.end_untailed();
        if let Some(name) = name {
            self.block.push(name);
            self.unsettled = true;
        }
    }

    /// The beginning of a chat's message, with author and text, or what the chat itself says.
    fn chat(&mut self, line: Line<'paste>, message: Option<(Span, Span)>) {
        if self.open == Open::Gap && self.block.iter().all(continues_message) {
            for line in std::mem::take(&mut self.block) {
                if line.kind != LineKind::Blank {
                    self.continue_message(line);
                }
            }
        }
        self.end_untailed();
        self.unsettled = false;
        let Some((author, text)) = message else {
            self.noise(&line);
            self.open = Open::Nothing;
            return;
        };
        let (text, edited) = without_edited_end(text.of(line.text));
        self.push(Shape::Marked, author.of(line.text), text, &[line], false, edited);
        self.open = Open::Message;
    }

    /// A further line of a chat's message.
    fn continue_message(&mut self, line: Line<'paste>) {
        let (_, edited) = without_edited_end(line.text);
        if let Some(comment) = &mut self.current {
            let start = comment.text.as_ptr().addr() - self.paste.as_ptr().addr();
            let start = if comment.text.is_empty() { line.start } else { start };
            let text = self.paste.get(start..line.end()).unwrap_or(comment.text);
            comment.text = without_edited_end(text).0;
            comment.edited |= edited;
            comment.span.end = line.end() as u32;
        }
    }

    /// A tail below a chat's message: lines of another layout have run into it.
    fn tear(&mut self, line: Line<'paste>) {
        self.continue_message(line);
        if let Some(comment) = &mut self.current {
            comment.shape = Shape::Torn;
        }
        self.open = Open::Nothing;
    }

    fn tail(&mut self, line: &Line<'paste>, tail: Tail, below: &Lines<'paste>) {
        if self.open == Open::Message {
            // An age alone may be a buyer's word; a button is none.
            if tail.action {
                self.tear(*line)
            } else {
                self.continue_message(*line)
            }
            return;
        }
        if self.open == Open::Gap {
            self.open = Open::Nothing;
        }
        let (texts, mut looked_below) = (self.texts(), false);
        if texts == 1 && tail.age && !tail.action {
            let mut kinds = below.clone().map(|mut line| {
                self.choice.see(&mut line);
                line.kind
            });
            let below = [kinds.next(), kinds.next()];
            let text_and_buttons = matches!(
                below,
                [Some(LineKind::Text | LineKind::Number), Some(LineKind::Tail(Tail { age: false, .. }))]
            );
            // `Ana⏎2h⏎3h⏎Like`: the first age is what Ana wrote, because a comment has only one.
            if tails::clock(line.text).is_none()
                && matches!(below, [Some(LineKind::Tail(Tail { age: true, .. })), _])
            {
                self.block.push(Line { kind: LineKind::Text, ..*line });
                return;
            }
            // `Ana⏎0:42⏎sold A12⏎Like`: the moment stands beside the name.
            if text_and_buttons {
                self.block.push(Line { kind: LineKind::Badge { seller: false }, ..*line });
                return;
            }
            looked_below = true;
        }
        if texts == 0 {
            self.take_block(|finder, block| {
                block.iter().filter(|line| line.kind != LineKind::Blank).for_each(|line| finder.noise(line));
            });
            if self.open == Open::Tail {
                self.extend(line);
                if let Some(comment) = &mut self.current {
                    comment.edited |= tail.edited;
                }
            } else {
                self.noise(line);
            }
            return;
        }
        self.end_tailed(tail);
        self.extend(line);
        // A line of a list has its text beside the name.
        let is_name = |comment: Found<'_>| comment.shape == Shape::OneLine || comment.text.is_empty();
        self.bare = looked_below && self.current.is_some_and(is_name);
        self.unsettled = looked_below;
    }

    fn noise(&mut self, line: &Line<'paste>) {
        if !line.text.is_empty() {
            self.noise.push(line.span());
        }
    }

    /// Counts a line of noise to the comment above it.
    fn extend(&mut self, line: &Line<'paste>) {
        let end = line.end();
        match &mut self.current {
            Some(comment) => comment.span.end = comment.span.end.max(end as u32),
            None => self.noise(line),
        }
        self.open = Open::Tail;
    }

    fn push(
        &mut self,
        shape: Shape,
        author: &'paste str,
        text: &'paste str,
        lines: &[Line<'paste>],
        seller: bool,
        edited: bool,
    ) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
        let span = Span { start: first.start as u32, end: last.end() as u32 };
        self.hand_on();
        self.bare = false;
        self.unsettled &= self.block_begins_at.is_some();
        let begins_block = self.block_begins_at.is_none_or(|start| start == first.start);
        let begins_block = begins_block && self.choice != LayoutChoice::Table;
        self.current = Some(Found { shape, author, text, seller, edited, span, begins_block });
    }
}

/// A line below the gap in a chat's message that names nobody.
fn continues_message(line: &Line<'_>) -> bool {
    match line.kind {
        LineKind::Blank | LineKind::Number => true,
        LineKind::Text => heads::typed(line.text).is_none(),
        _ => false,
    }
}

/// The text of a message without the mark that it was changed.
fn without_edited_end(text: &str) -> (&str, bool) {
    match noise::EDITED_ENDS.iter().find_map(|end| text.strip_suffix(end)) {
        Some(text) => (
            text.trim_end_matches(|character: char| {
                character.is_whitespace() || crate::text::is_invisible(character)
            }),
            true,
        ),
        None => (text, false),
    }
}
