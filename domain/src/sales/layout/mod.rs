//! Finds the comments in a paste without being told where it was copied.
//!
//! Two kinds of layouts exist. In one, a line names its author itself (chats, lists). In the other, lines are stacked:
//! author, text, then a tail of age and buttons. Lines are gathered in a block until a tail shows that they were
//! stacked; a block that ends without one can only be lines that name their authors. What is neither is handed on as
//! unread, for a person to look at, and nothing is dropped but what the tables of [`noise`] know.

mod choice;
pub mod columns;
pub mod heads;
pub mod lines;
pub mod noise;
mod tables;
pub mod tails;

pub use choice::LayoutChoice;
use columns::Columns;
use heads::ChatLine;
use lines::{Line, LineKind, lines};
use tables::TABLES;
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
}

/// The kinds of the two lines below a line.
type Below<'paste> = [Option<LineKind<'paste>>; 2];

impl<'paste, Take: FnMut(&Found<'paste>) -> bool> Finder<'paste, '_, Take> {
    /// Goes through the lines from a byte on. Gives the byte behind a table, where lines go on.
    fn lines(&mut self, from: usize) -> Option<usize> {
        let choice = self.choice;
        let mut lines = lines(self.paste, from).map(|line| choice.seen(line));
        let (mut below, mut second_below) = (lines.next(), lines.next());
        while let Some(line) = below {
            (below, second_below) = (second_below, lines.next());
            if let Some((columns, named)) = choice.columns(&line, self.columns) {
                self.end_untailed();
                self.open = Open::Nothing;
                if named {
                    self.noise(line);
                    return below.map(|first| self.table(first.begin, columns));
                }
                if columns::row(self.paste, line.begin, columns).is_some() {
                    return Some(self.table(line.begin, columns));
                }
            }
            self.line(line, [below, second_below].map(|line| Some(line?.kind)));
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

    fn line(&mut self, line: Line<'paste>, below: Below<'paste>) {
        match line.kind {
            LineKind::Blank => {
                if self.open == Open::Message && !self.choice.has_gaps() {
                    (self.open, self.unsettled) = (Open::Gap, true);
                }
                if !self.block.is_empty() {
                    self.block.push(line);
                }
            }
            LineKind::Chat(chat) => self.chat(line, chat),
            LineKind::Live { author, text } => {
                self.end_untailed();
                self.push(Shape::Marked, author, text, &[line], false, false);
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
                let text = line.text.get(..text_bytes).unwrap_or(line.text);
                if self.open == Open::Message {
                    self.tear(line);
                    return;
                }
                self.block.push(Line { text, ..line });
                self.end_tailed(tail);
                self.extend(line);
            }
            LineKind::Text | LineKind::Number if self.open == Open::Message => self.continue_message(line),
            LineKind::Text | LineKind::Number if self.open == Open::Gap => self.block.push(line),
            LineKind::Handle(_) | LineKind::Picture => {
                if self.texts() > 0 || matches!(line.kind, LineKind::Picture) {
                    self.end_untailed();
                }
                self.open = Open::Nothing;
                self.block.push(line);
            }
            LineKind::Badge { .. } => {
                // A badge stands beside a name; below a name and a text it begins the next comment.
                if self.texts() >= 2 {
                    self.end_above_badge();
                }
                self.open = Open::Nothing;
                self.block.push(line);
            }
            LineKind::Text | LineKind::Number => {
                self.open = Open::Nothing;
                self.block.push(line);
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

    fn chat(&mut self, line: Line<'paste>, chat: ChatLine<'paste>) {
        if self.open == Open::Gap && self.block.iter().all(continues_message) {
            for line in std::mem::take(&mut self.block) {
                if line.kind != LineKind::Blank {
                    self.continue_message(line);
                }
            }
        }
        self.end_untailed();
        self.unsettled = false;
        let ChatLine::Message { author, text } = chat else {
            self.noise(line);
            self.open = Open::Nothing;
            return;
        };
        let (text, edited) = without_edited_end(text);
        self.push(Shape::Marked, author, text, &[line], false, edited);
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

    fn tail(&mut self, line: Line<'paste>, tail: Tail, below: Below<'paste>) {
        if self.open == Open::Message {
            // An age alone may be a buyer's word; a button is none.
            if tail.action {
                self.tear(line)
            } else {
                self.continue_message(line)
            }
            return;
        }
        let (texts, mut unsettles) = (self.texts(), false);
        if texts == 1 && tail.age && !tail.action {
            let is_clock = tails::clock(line.text).is_some();
            let text_and_buttons = matches!(
                below,
                [
                    Some(LineKind::Text | LineKind::Number),
                    Some(LineKind::Tail(Tail { action: true, age: false, .. }))
                ]
            );
            // `Ana⏎2h⏎3h⏎Like`: the first age is what Ana wrote, because a comment has only one.
            if !is_clock && matches!(below, [Some(LineKind::Tail(Tail { age: true, .. })), _]) {
                self.block.push(Line { kind: LineKind::Text, ..line });
                return;
            }
            // `Ana⏎0:42⏎sold A12⏎Like`: the moment of the video stands beside the name.
            if is_clock && text_and_buttons {
                self.block.push(Line { kind: LineKind::Badge { seller: false }, ..line });
                return;
            }
            unsettles = is_clock;
        }
        if texts == 0 {
            self.take_block(|finder, block| {
                block.iter().filter(|line| line.kind != LineKind::Blank).for_each(|line| finder.noise(*line));
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
        self.unsettled = unsettles;
    }

    fn noise(&mut self, line: Line<'paste>) {
        if !line.text.is_empty() {
            self.noise.push(line.span());
        }
    }

    /// Counts a line of noise to the comment above it.
    fn extend(&mut self, line: Line<'paste>) {
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
        let begins_block = self.block_begins_at.is_none_or(|start| start == first.start);
        let begins_block = begins_block && self.choice != LayoutChoice::Table;
        self.current = Some(Found { shape, author, text, seller, edited, span, begins_block });
    }

    /// The block ends without a tail: its lines name their authors themselves, or nobody knows who wrote them.
    fn end_untailed(&mut self) {
        if self.block.is_empty() {
            return;
        }
        self.take_block(|finder, block| finder.untailed(block));
        self.open = Open::Nothing;
    }

    /// Does something with the lines of the block, which ends.
    fn take_block(&mut self, assign: impl FnOnce(&mut Self, &[Line<'paste>])) {
        let mut block = std::mem::take(&mut self.block);
        let unsettled = std::mem::take(&mut self.unsettled);
        self.block_begins_at = block.first().map(|line| if unsettled { usize::MAX } else { line.start });
        assign(self, &block);
        self.block_begins_at = None;
        block.clear();
        self.block = block;
    }

    fn untailed(&mut self, block: &[Line<'paste>]) {
        let mut lines = block;
        if let Some(end) = end_of_marked(block) {
            let (head, rest) = block.split_at(end);
            self.stacked(head, Shape::Marked, Tail::default());
            lines = rest;
        }
        for line in lines {
            match line.kind {
                LineKind::Blank => {}
                LineKind::Badge { .. } | LineKind::Picture => self.noise(*line),
                _ => self.typed_or_unread(*line),
            }
        }
    }

    fn typed_or_unread(&mut self, line: Line<'paste>) {
        match self.choice.typed(line.text) {
            Some((author, text)) => {
                let shape = if line.text.starts_with('@') { Shape::Marked } else { Shape::Typed };
                self.push(shape, author, text, &[line], false, false);
            }
            None => self.push(Shape::Unread, "", line.text, &[line], false, false),
        }
    }

    /// The block ends with a tail: it is one comment of stacked lines, perhaps with a list above it.
    fn end_tailed(&mut self, tail: Tail) {
        self.take_block(|finder, block| finder.tailed(block, tail));
    }

    fn tailed(&mut self, mut lines: &[Line<'paste>], tail: Tail) {
        // Lines of a list that stand above the stacked comment.
        while let [first, rest @ ..] = lines
            && (first.kind == LineKind::Blank
                || (first.kind == LineKind::Text && self.choice.typed(first.text).is_some()))
        {
            if first.kind != LineKind::Blank {
                self.typed_or_unread(*first);
            }
            lines = rest;
        }
        // A live chat's message above: its name says that it is one, and an empty line ends it.
        let is_marked = |lines: &[Line<'_>]| lines.first().is_some_and(|line| line.text.starts_with('@'));
        while is_torn(lines)
            && is_marked(lines)
            && let Some((head, rest)) = end_of_marked(lines).map(|end| lines.split_at(end))
            && rest.iter().any(is_text)
        {
            self.stacked(head, Shape::Marked, Tail::default());
            let blank = rest.iter().take_while(|line| line.kind == LineKind::Blank).count();
            lines = rest.get(blank..).unwrap_or_default();
        }
        let shape = match lines.iter().filter(|line| is_text(line)).count() {
            0 => {
                lines.iter().filter(|line| line.kind != LineKind::Blank).for_each(|line| self.noise(*line));
                return;
            }
            1 if lines.iter().any(|line| matches!(line.kind, LineKind::Handle(_))) => Shape::Marked,
            1 => Shape::OneLine,
            _ if is_torn(lines) => Shape::Torn,
            _ if lines
                .iter()
                .find(|line| is_text(line))
                .is_some_and(|line| matches!(line.kind, LineKind::Handle(_))) =>
            {
                Shape::Marked
            }
            _ => Shape::Stacked,
        };
        self.stacked(lines, shape, tail);
    }

    /// Pushes stacked lines as one comment.
    fn stacked(&mut self, lines: &[Line<'paste>], shape: Shape, tail: Tail) {
        let one_line = lines.iter().find(|line| is_text(line)).filter(|_| shape == Shape::OneLine);
        let seller = lines.iter().any(|line| matches!(line.kind, LineKind::Badge { seller: true }))
            || one_line.is_some_and(|line| noise::behind_badge(line.text, &TABLES.seller_badges).is_some());
        let mut texts = lines.iter().filter(|line| is_text(line));
        let author = match (shape, texts.next()) {
            (Shape::OneLine, _) | (_, None) => None,
            (_, Some(first)) => Some(first),
        };
        let name = match author.map(|line| (line.kind, line.text)) {
            Some((LineKind::Handle(handle), _)) => handle,
            Some((_, text)) => noise::without_follow(text.trim_end_matches(is_dot)).trim_end_matches(is_dot),
            None => "",
        };
        let first = if author.is_none() { lines.iter().find(|line| is_text(line)) } else { texts.next() };
        let last = lines.iter().rfind(|line| is_text(line));
        let text = match (first, last) {
            (Some(first), Some(last)) => self.paste.get(first.start..last.end()).unwrap_or_default(),
            _ => "",
        };
        self.push(shape, name, text.trim_start_matches(is_dot), lines, seller, tail.edited);
    }
}

/// The line behind the first comment of a block that names its author by a handle: up to the first empty line, except
/// right below the name, or to a line that names somebody else.
fn end_of_marked(block: &[Line<'_>]) -> Option<usize> {
    let place = block.iter().position(|line| matches!(line.kind, LineKind::Handle(_)))?;
    let below = block.iter().skip(place + 1).position(|line| line.kind != LineKind::Blank);
    let body = below.unwrap_or(0) + place + 1;
    let ends = |line: &Line<'_>| line.kind == LineKind::Blank || line.text.starts_with('@');
    Some(block.iter().skip(body + 1).position(ends).map_or(block.len(), |end| body + 1 + end))
}

fn is_text(line: &Line<'_>) -> bool {
    matches!(line.kind, LineKind::Text | LineKind::Number | LineKind::Handle(_) | LineKind::Closed { .. })
}

/// A line below the gap in a chat's message that names nobody.
fn continues_message(line: &Line<'_>) -> bool {
    match line.kind {
        LineKind::Blank | LineKind::Number => true,
        LineKind::Text => heads::typed(line.text).is_none(),
        _ => false,
    }
}

fn is_dot(character: char) -> bool {
    character.is_whitespace() || matches!(character, '·' | '•')
}

/// Empty lines cut the block so that the name cannot be told: `a heading⏎⏎Ana⏎sold A12`. Where every line stands alone,
/// or only the first part has several lines, the name is the first line as ever.
fn is_torn(lines: &[Line<'_>]) -> bool {
    let mut parts = lines.split(|line| line.kind == LineKind::Blank).filter(|part| part.iter().any(is_text));
    parts.next();
    parts.any(|part| part.iter().filter(|line| is_text(line)).count() > 1)
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
