//! The lines of a reading as they are shown, worked out without a browser.

use domain::sales::{
    Catalog, Claim, ClaimKind, Mark, ReadComment, Status,
    choices::{Choice, choices},
    corrections::Correction,
};

use super::plan::{Paste, lets_go};
use crate::ui::Tone;

/// Lines shown at once. A sale that is pasted whole has thousands; a person looks at those that need them, and the
/// browser stays quick.
pub const MOST_LINES: usize = 200;
/// Bytes of a comment's text that are shown.
const MOST_TEXT: usize = 400;

/// Which lines are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    All,
    Claims,
    Review,
    Cancels,
    Ignored,
    /// What the sale knows from an earlier paste.
    Known,
}

impl Filter {
    /// Every filter, in the order of its buttons.
    pub const ALL: [Filter; 6] =
        [Filter::All, Filter::Claims, Filter::Review, Filter::Cancels, Filter::Ignored, Filter::Known];

    /// The word on its button.
    pub fn label(self) -> &'static str {
        match self {
            Filter::All => "All",
            Filter::Claims => "Claims",
            Filter::Review => "Review",
            Filter::Cancels => "Cancels",
            Filter::Ignored => "Ignored",
            Filter::Known => "Known",
        }
    }

    /// Whether it shows a comment of this status that the sale does not know, which only lets go or not.
    fn shows(self, status: Status, lets_go: bool) -> bool {
        match self {
            Filter::Known => false,
            Filter::All => true,
            Filter::Claims => status == Status::Act && !lets_go,
            Filter::Cancels => status == Status::Act && lets_go,
            Filter::Review => status == Status::Review,
            Filter::Ignored => status == Status::None,
        }
    }
}

/// A stretch of a comment's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub text: String,
    /// Whether it led to the reading.
    pub marked: bool,
}

/// One thing that a comment demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub code: String,
    /// Title and variant.
    pub title: String,
    /// What else is to be known: how many where there are several demands, or that it is no plain claim.
    pub note: String,
}

/// A comment as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Index into the reading's comments.
    pub index: u32,
    pub author: String,
    /// For whom it was said to be, if not for its author, and what was split off.
    pub given: String,
    pub said: Vec<Segment>,
    pub understood: Vec<Understood>,
    /// `×2` for a single demand, else empty.
    pub count: String,
    pub reason: String,
    pub status: Status,
    pub tone: Tone,
    /// The state in words.
    pub word: &'static str,
    /// The platform says that it was changed after it was written.
    pub edited: bool,
    /// Whether the sale knows it from an earlier paste, so that nothing can be done about it here.
    pub known: bool,
    /// Whether something was put right about it.
    pub corrected: bool,
    /// Whether it lets all others go first because the seller said so.
    pub waits: bool,
    /// Whether it has pieces that could go to somebody else.
    pub can_split: bool,
    /// The ways to settle it that can be offered side by side.
    pub choices: Vec<Choice>,
}

/// The lines that are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    pub lines: Vec<Line>,
    /// Lines that stand before and after these.
    pub before: usize,
    pub after: usize,
}

/// A page of the lines of a paste that a filter shows, in the order of the paste. The first page is 0.
pub fn lines(paste: &Paste, filter: Filter, page: usize) -> Lines {
    let reading = paste.reading();
    let of_filter = (0_u32..).zip(&reading.comments).filter(|(index, comment)| {
        if paste.is_known(*index) {
            return matches!(filter, Filter::All | Filter::Known);
        }
        let lets_go = || lets_go(reading.claims(comment).iter().map(|claim| claim.kind));
        filter.shows(comment.status, comment.status == Status::Act && lets_go())
    });
    let of_filter = of_filter.map(|(index, _)| index);
    let count = paste.count(filter);
    // A page that is gone, because the paste became shorter, is the last one.
    let page = page.min(count.saturating_sub(1) / MOST_LINES);
    let before = page * MOST_LINES;
    let lines: Vec<Line> =
        of_filter.skip(before).take(MOST_LINES).filter_map(|index| line(paste, index)).collect();
    let after = count.saturating_sub(before + lines.len());
    Lines { lines, before, after }
}

/// What a comment is understood as.
pub fn understood(catalog: &Catalog, claims: &[Claim]) -> Vec<Understood> {
    let understood = claims.iter().map(|claim| {
        let item = catalog.item(claim.item);
        let variant = catalog.variant(claim.item, claim.variant);
        let title = item.map_or("", |item| item.title.as_str());
        let variant = variant.map_or("", |variant| variant.name.as_str());
        let note = match claim.kind {
            ClaimKind::Cancel => "lets go".to_owned(),
            ClaimKind::CancelItem => "lets go of the one they have".to_owned(),
            ClaimKind::Reduce => format!("lets go of {}", claim.quantity),
            ClaimKind::Next => format!("×{}, next in line", claim.quantity),
            ClaimKind::Claim => format!("×{}", claim.quantity),
        };
        Understood {
            code: item.map_or_else(String::new, |item| item.code.clone()),
            title: with_variant(title, variant),
            note,
        }
    });
    understood.collect()
}

/// What was typed in place of a comment, as one line: `A12 Moon ring · 7 ×2`, or why it is not plain.
pub fn preview(catalog: &Catalog, read: &ReadComment) -> (Tone, String) {
    if read.status != Status::Act {
        let tone = if read.status == Status::Review { Tone::Review } else { Tone::Quiet };
        return (tone, read.reason.clone());
    }
    let parts = understood(catalog, &read.claims);
    let words = parts.into_iter().map(|part| format!("{} {} {}", part.code, part.title, part.note));
    (Tone::Ok, words.map(|words| domain::text::tidy(&words)).collect::<Vec<_>>().join(", "))
}

fn line(paste: &Paste, index: u32) -> Option<Line> {
    let (reader, catalog) = (paste.reader(), paste.reader().catalog());
    let comment = paste.comment(index)?;
    let correction = paste.correction(index);
    let mut understood = understood(catalog, &comment.claims);
    // The number of a single demand stands in a column of its own, where numbers can be compared.
    let mut count = String::new();
    if let ([claim], [only]) = (comment.claims.as_slice(), understood.as_mut_slice())
        && !claim.kind.lets_go()
    {
        count = format!("×{}", claim.quantity);
        only.note = if claim.kind == ClaimKind::Next { "next in line".to_owned() } else { String::new() };
    }
    if let (Status::Review, Some(item)) =
        (comment.status, comment.about.and_then(|about| catalog.item(about)))
    {
        understood.push(Understood {
            code: item.code.clone(),
            title: item.title.clone(),
            note: String::new(),
        });
    }
    let (tone, word) = match paste.is_known(index) {
        true => (Tone::Quiet, "Known already"),
        false => state(&comment, paste.served(index)),
    };
    let marks = reader.marks(&comment.text, comment.status);
    let named = correction.is_some_and(|correction| correction.buyer.is_some());
    let can_be_settled = comment.status == Status::Review && (named || !comment.author.is_empty());
    let choices = if can_be_settled { choices(reader, &comment.text) } else { Vec::new() };
    Some(Line {
        index,
        given: correction.map(given).unwrap_or_default(),
        said: segments(&comment.text, &marks),
        understood,
        count,
        status: comment.status,
        tone,
        word,
        edited: comment.edited,
        known: paste.is_known(index),
        corrected: correction.is_some(),
        waits: correction.is_some_and(|correction| correction.waits),
        can_split: can_split(&comment.claims),
        choices,
        author: comment.author,
        reason: comment.reason,
    })
}

/// Whether pieces of a comment's claims can go to somebody else: only of a single claim it is plain of which.
pub fn can_split(claims: &[Claim]) -> bool {
    matches!(claims, [claim] if !claim.kind.lets_go() && claim.quantity > 1)
}

/// `for @kim · 1 to @ida`.
fn given(correction: &Correction) -> String {
    let buyer = correction.buyer.as_ref().map(|buyer| format!("for {buyer}"));
    let split = correction.split.as_ref().map(|split| format!("{} to {}", split.pieces, split.buyer));
    buyer.into_iter().chain(split).collect::<Vec<_>>().join(" · ")
}

/// How a comment stands, given the pieces that it would get and those that would wait.
fn state(comment: &ReadComment, served: (u32, u32)) -> (Tone, &'static str) {
    match (comment.status, served) {
        (Status::Review, _) => (Tone::Review, "Needs your eye"),
        (Status::None, _) => (Tone::Quiet, "Ignored"),
        (Status::Act, (1.., 0)) => (Tone::Ok, "Will be held"),
        (Status::Act, (1.., _)) => (Tone::Waiting, "A part will wait"),
        (Status::Act, (0, 1..)) => (Tone::Waiting, "Will wait"),
        (Status::Act, (0, 0)) if lets_go(comment.claims.iter().map(|claim| claim.kind)) => {
            (Tone::Quiet, "Lets go")
        }
        (Status::Act, (0, 0)) => (Tone::Quiet, "Let go later"),
    }
}

/// A title with the name of a variant, if there is a choice.
pub fn with_variant(title: &str, variant: &str) -> String {
    if variant.is_empty() { title.to_owned() } else { format!("{title} · {variant}") }
}

/// Splits a text at its marks. What overlaps or lies outside of the text is passed over; a very long text ends with an
/// ellipsis.
pub fn segments(text: &str, marks: &[Mark]) -> Vec<Segment> {
    let shown = shortened(text);
    let mut segments = Vec::new();
    let mut done = 0;
    let mut push = |text: &str, marked| {
        if !text.is_empty() {
            segments.push(Segment { text: text.to_owned(), marked });
        }
    };
    for mark in marks {
        let (start, end) = (mark.span.0 as usize, mark.span.1 as usize);
        let (Some(plain), Some(marked)) = (shown.get(done..start), shown.get(start..end)) else { continue };
        push(plain, false);
        push(marked, true);
        done = end;
    }
    push(shown.get(done..).unwrap_or_default(), false);
    if shown.len() < text.len() {
        push("…", false);
    }
    segments
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
pub mod tests {
    use std::sync::Arc;

    use domain::sales::{CatalogItem, CatalogVariant, LiveReading, MarkKind, ReadSettings, Reader};
    use uuid::Uuid;

    use super::*;

    fn mark(start: u32, end: u32) -> Mark {
        Mark { kind: MarkKind::Word, span: (start, end) }
    }

    fn joined(segments: &[Segment]) -> Vec<(&str, bool)> {
        segments.iter().map(|segment| (segment.text.as_str(), segment.marked)).collect()
    }

    /// A paste read against a ring of which so many are left.
    pub fn paste(text: &str, left: i64) -> Paste {
        let variant =
            CatalogVariant { id: Uuid::nil(), code: String::new(), name: String::new(), left, price: 2_400 };
        let catalog = Catalog::new(vec![CatalogItem {
            code: "A12".into(),
            title: "Moon ring".into(),
            aliases: Vec::new(),
            variants: vec![variant],
        }]);
        let settings = ReadSettings::default();
        let mut live = LiveReading::new(Arc::new(Reader::new(catalog, &settings)));
        live.set_text(text).expect("the paste is small text");
        assert_eq!(live.read_on(usize::MAX), Ok(true));
        Paste::new(live, settings.order, &Default::default(), &Default::default())
    }

    #[test]
    fn a_text_is_split_at_its_marks() {
        let split = segments("sold A12 x2 pls", &[mark(0, 4), mark(5, 8), mark(9, 11)]);
        assert_eq!(
            joined(&split),
            [("sold", true), (" ", false), ("A12", true), (" ", false), ("x2", true), (" pls", false)]
        );
        assert_eq!(joined(&segments("so pretty", &[])), [("so pretty", false)]);
        assert!(segments("", &[]).is_empty());
    }

    #[test]
    fn marks_that_do_not_fit_lose_no_text() {
        for marks in [vec![mark(2, 99)], vec![mark(4, 2)], vec![mark(1, 2)], vec![mark(0, 3), mark(2, 4)]] {
            let split = segments("เอา A12", &marks);
            let whole: String = split.iter().map(|segment| segment.text.as_str()).collect();
            assert_eq!(whole, "เอา A12", "{marks:?}");
        }
    }

    #[test]
    fn a_long_text_ends_with_an_ellipsis() {
        let text = "é".repeat(MOST_TEXT);
        let split = segments(&text, &[mark(2, 4)]);
        assert_eq!(split.last().map(|segment| segment.text.as_str()), Some("…"));
        assert!(split.iter().map(|segment| segment.text.len()).sum::<usize>() <= MOST_TEXT + "…".len());
    }

    #[test]
    fn lines_say_what_will_become_of_each_comment() {
        let paste = paste("@ana: sold A12 x2\n@ben: sold A12 x2\n@cora: how much is A12?", 3);
        let all = lines(&paste, Filter::All, 0);
        let states: Vec<(Tone, &str)> =
            all.lines.iter().map(|line| (line.tone, line.count.as_str())).collect();
        assert_eq!(states, [(Tone::Ok, "×2"), (Tone::Waiting, "×2"), (Tone::Quiet, "")]);
        assert_eq!(all.lines[0].understood[0].title, "Moon ring");
        assert_eq!(lines(&paste, Filter::Ignored, 0).lines[0].author, "cora");
        assert_eq!(lines(&paste, Filter::Review, 0), Lines::default());
    }

    #[test]
    fn no_more_lines_are_shown_than_a_browser_draws_at_once() {
        let text: String = (0..MOST_LINES + 7).map(|buyer| format!("@buyer{buyer}: sold A12\n")).collect();
        let paste = paste(&text, 5);
        let first = lines(&paste, Filter::Claims, 0);
        assert_eq!((first.before, first.lines.len(), first.after), (0, MOST_LINES, 7));
        for page in [1, 9] {
            let last = lines(&paste, Filter::Claims, page);
            assert_eq!((last.before, last.lines.len(), last.after), (MOST_LINES, 7, 0), "page {page}");
        }
    }

    #[test]
    fn every_filter_shows_as_many_lines_as_it_counts() {
        let paste = paste("@a: sold A12\n@b: cancel A12\n@c: hello\n@d: sold Z9\n@e: next A12", 1);
        let shown = Filter::ALL.map(|filter| lines(&paste, filter, 0).lines.len());
        assert_eq!(shown, Filter::ALL.map(|filter| paste.count(filter)));
        assert_eq!(shown, [5, 2, 1, 1, 1, 0]);
    }

    #[test]
    fn what_is_typed_is_previewed_in_one_line() {
        let paste = paste("@ana: hello", 3);
        let shown = |typed: &str| preview(paste.reader().catalog(), &paste.reader().read_text(typed));
        assert_eq!(shown("A12 x2"), (Tone::Ok, "A12 Moon ring ×2".to_owned()));
        assert_eq!(shown("cancel A12").1, "A12 Moon ring lets go");
        assert_eq!(shown("sold Z9").0, Tone::Review);
        assert_eq!(shown("hello").0, Tone::Quiet);
    }
}
