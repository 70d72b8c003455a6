//! To which comments the lines of a block belong.

use super::lines::{Line, LineKind};
use super::noise;
use super::tables::TABLES;
use super::tails::Tail;
use super::{Finder, Found, Open, Shape};

impl<'paste, Take: FnMut(&Found<'paste>) -> bool> Finder<'paste, '_, Take> {
    /// The block ends without a tail: its lines name their authors themselves, or nobody knows who wrote them.
    pub(super) fn end_untailed(&mut self) {
        if self.block.is_empty() {
            return;
        }
        self.take_block(|finder, block| finder.untailed(block));
        self.open = Open::Nothing;
    }

    /// Does something with the lines of the block, which ends.
    pub(super) fn take_block(&mut self, assign: impl FnOnce(&mut Self, &[Line<'paste>])) {
        let mut block = std::mem::take(&mut self.block);
        let unsettled = std::mem::take(&mut self.unsettled);
        self.block_begins_at = block.first().map(|line| if unsettled { usize::MAX } else { line.start });
        assign(self, &block);
        (self.block_begins_at, self.bare) = (None, false);
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
                LineKind::Badge { .. } | LineKind::Picture => self.noise(line),
                _ => self.typed_or_unread(*line),
            }
        }
    }

    fn typed_or_unread(&mut self, line: Line<'paste>) {
        match self.choice.typed(&line) {
            Some((author, text)) => {
                let shape = if line.text.starts_with('@') { Shape::Marked } else { Shape::Typed };
                self.push(shape, author, text, &[line], false, false);
            }
            None => self.push(Shape::Unread, "", line.text, &[line], false, false),
        }
    }

    /// The block ends with a tail: it is one comment of stacked lines, perhaps with a list above it.
    pub(super) fn end_tailed(&mut self, tail: Tail) {
        self.take_block(|finder, block| finder.tailed(block, tail));
    }

    fn tailed(&mut self, mut lines: &[Line<'paste>], tail: Tail) {
        // Lines of a list that stand above the stacked comment.
        while let [first, rest @ ..] = lines
            && (first.kind == LineKind::Blank
                || (first.kind == LineKind::Text && self.choice.typed(first).is_some()))
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
                lines.iter().filter(|line| line.kind != LineKind::Blank).for_each(|line| self.noise(line));
                return;
            }
            1 if lines.iter().any(|line| matches!(line.kind, LineKind::Handle(_))) => Shape::Marked,
            1 => Shape::OneLine,
            _ if is_torn(lines) || (self.bare && !tail.age) => Shape::Torn,
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
        let (name, beside_name) = match author.map(|line| (line.kind, line.text)) {
            Some((LineKind::Handle(handle), line)) => (handle.of(line), false),
            Some((_, text)) => noise::name_alone(text.trim_end_matches(is_dot)),
            None => ("", false),
        };
        let first = if author.is_none() { lines.iter().find(|line| is_text(line)) } else { texts.next() };
        let last = lines.iter().rfind(|line| is_text(line));
        let text = match (first, last) {
            (Some(first), Some(last)) => self.paste.get(first.start..last.end()).unwrap_or_default(),
            _ => "",
        };
        self.push(shape, name, text.trim_start_matches(is_dot), lines, seller || beside_name, tail.edited);
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

pub(super) fn is_text(line: &Line<'_>) -> bool {
    matches!(line.kind, LineKind::Text | LineKind::Number | LineKind::Handle(_) | LineKind::Closed { .. })
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
