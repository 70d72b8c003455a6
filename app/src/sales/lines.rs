//! The lines of a reading as they are shown, worked out without a browser.

use std::collections::HashMap;

use domain::sales::{
    ClaimKind, Comment, CommentOrder, HoldPlan, LiveReading, Mark, ReadComment, Reading, Status,
};

use crate::ui::Tone;

/// Lines shown at once. A sale that is pasted whole has thousands; a person looks at those that need them, and the
/// browser stays quick.
pub const MOST_LINES: usize = 200;
/// Bytes of a comment's text that are shown.
const MOST_TEXT: usize = 400;

/// A paste as read in this tab, and what holding it would do.
#[derive(Debug)]
pub struct Paste {
    live: LiveReading,
    pub plan: HoldPlan,
    /// For each comment that claims, by its index: pieces that it would get and pieces that would wait.
    served: HashMap<u32, (u32, u32)>,
}

impl Paste {
    /// Plans the claims of a reading.
    pub fn new(live: LiveReading, order: CommentOrder) -> Self {
        let plan = HoldPlan::new(live.text(), live.reading(), live.reader().catalog(), order);
        let mut served: HashMap<u32, (u32, u32)> = HashMap::new();
        for planned in &plan.claims {
            let of_comment = served.entry(planned.comment).or_default();
            of_comment.0 += planned.held;
            of_comment.1 += planned.waitlisted;
        }
        Paste { live, plan, served }
    }

    /// What was read.
    pub fn reading(&self) -> &Reading {
        self.live.reading()
    }

    /// What pressing the button would do, in its words; nothing where there is nothing to store.
    pub fn hold_label(&self) -> Option<String> {
        let claims = self.plan.claims.iter().filter(|planned| planned.held + planned.waitlisted > 0).count();
        let cancels = self.kinds().filter(|kind| *kind == ClaimKind::Cancel).count();
        match (claims, cancels, self.plan.to_review) {
            (1, ..) => Some("Hold 1 claim".to_owned()),
            (2.., ..) => Some(format!("Hold {claims} claims")),
            (0, 1.., _) => Some("Carry out the cancels".to_owned()),
            (0, 0, 1..) => Some(format!("Keep {} for review", self.plan.to_review)),
            (0, 0, 0) => None,
        }
    }

    fn kinds(&self) -> impl Iterator<Item = ClaimKind> {
        let reading = self.reading();
        reading.comments.iter().flat_map(|comment| reading.claims(comment)).map(|claim| claim.kind)
    }
}

/// Which lines are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    All,
    Claims,
    Review,
    Ignored,
}

impl Filter {
    /// Every filter, in the order of its buttons.
    pub const ALL: [Filter; 4] = [Filter::All, Filter::Claims, Filter::Review, Filter::Ignored];

    /// The word on its button.
    pub fn label(self) -> &'static str {
        match self {
            Filter::All => "All",
            Filter::Claims => "Claims",
            Filter::Review => "Review",
            Filter::Ignored => "Ignored",
        }
    }

    /// How many comments of a reading it shows.
    pub fn count(self, reading: &Reading) -> usize {
        match self.status() {
            Some(status) => reading.count(status),
            None => reading.comments.len(),
        }
    }

    fn status(self) -> Option<Status> {
        match self {
            Filter::All => None,
            Filter::Claims => Some(Status::Act),
            Filter::Review => Some(Status::Review),
            Filter::Ignored => Some(Status::None),
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
    pub said: Vec<Segment>,
    pub understood: Vec<Understood>,
    /// `×2` for a single demand, else empty.
    pub count: String,
    pub reason: String,
    pub tone: Tone,
    /// The state in words.
    pub word: &'static str,
}

/// The lines that are shown, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    pub lines: Vec<Line>,
    pub more: usize,
}

/// The first lines of a paste that a filter shows, in the order of the paste.
pub fn lines(paste: &Paste, filter: Filter) -> Lines {
    let status = filter.status();
    let shown = (0_u32..)
        .zip(&paste.reading().comments)
        .filter(|(_, comment)| status.is_none_or(|status| comment.status == status))
        .take(MOST_LINES)
        .map(|(index, comment)| line(paste, index, comment))
        .collect::<Vec<_>>();
    let more = filter.count(paste.reading()) - shown.len();
    Lines { lines: shown, more }
}

fn line(paste: &Paste, index: u32, comment: &Comment) -> Line {
    let (reader, catalog) = (paste.live.reader(), paste.live.reader().catalog());
    let comment = reader.in_words(paste.live.text(), paste.reading(), comment);
    let mut understood: Vec<Understood> = comment
        .claims
        .iter()
        .map(|claim| {
            let item = catalog.item(claim.item);
            let variant = catalog.variant(claim.item, claim.variant);
            let title = item.map_or("", |item| item.title.as_str());
            let variant = variant.map_or("", |variant| variant.name.as_str());
            let quantity = match claim.kind {
                ClaimKind::Cancel => "lets go".to_owned(),
                ClaimKind::Next => format!("×{}, next in line", claim.quantity),
                ClaimKind::Claim => format!("×{}", claim.quantity),
            };
            Understood {
                code: item.map_or_else(String::new, |item| item.code.clone()),
                title: with_variant(title, variant),
                note: quantity,
            }
        })
        .collect();
    // The number of a single demand stands in a column of its own, where numbers can be compared.
    let mut count = String::new();
    if let ([claim], [only]) = (comment.claims.as_slice(), understood.as_mut_slice())
        && claim.kind != ClaimKind::Cancel
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
    let served = paste.served.get(&index).copied().unwrap_or_default();
    let (tone, word) = state(&comment, served);
    let marks = reader.marks(&comment.text, comment.status);
    Line {
        index,
        author: comment.author,
        said: segments(&comment.text, &marks),
        understood,
        count,
        reason: comment.reason,
        tone,
        word,
    }
}

/// How a comment stands, given the pieces that it would get and those that would wait.
fn state(comment: &ReadComment, served: (u32, u32)) -> (Tone, &'static str) {
    match (comment.status, served) {
        (Status::Review, _) => (Tone::Review, "Needs your eye"),
        (Status::None, _) => (Tone::Quiet, "Ignored"),
        (Status::Act, (1.., 0)) => (Tone::Ok, "Will be held"),
        (Status::Act, (1.., _)) => (Tone::Waiting, "A part will wait"),
        (Status::Act, (0, 1..)) => (Tone::Waiting, "Will wait"),
        (Status::Act, (0, 0)) if comment.claims.iter().all(|claim| claim.kind == ClaimKind::Cancel) => {
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
mod tests {
    use std::sync::Arc;

    use domain::sales::{Catalog, CatalogItem, CatalogVariant, MarkKind, ReadSettings, Reader};
    use uuid::Uuid;

    use super::*;

    fn mark(start: u32, end: u32) -> Mark {
        Mark { kind: MarkKind::Word, span: (start, end) }
    }

    fn joined(segments: &[Segment]) -> Vec<(&str, bool)> {
        segments.iter().map(|segment| (segment.text.as_str(), segment.marked)).collect()
    }

    fn paste(text: &str, left: i64) -> Paste {
        let variant = CatalogVariant { id: Uuid::nil(), name: String::new(), left, price: 2_400 };
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
        Paste::new(live, settings.order)
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
        let all = lines(&paste, Filter::All);
        let states: Vec<(Tone, &str)> =
            all.lines.iter().map(|line| (line.tone, line.count.as_str())).collect();
        assert_eq!(states, [(Tone::Ok, "×2"), (Tone::Waiting, "×2"), (Tone::Quiet, "")]);
        assert_eq!(all.lines[0].understood[0].title, "Moon ring");
        assert_eq!(lines(&paste, Filter::Ignored).lines[0].author, "cora");
        assert_eq!(lines(&paste, Filter::Review), Lines::default());
    }

    #[test]
    fn the_button_is_named_by_what_it_does() {
        for (text, label) in [
            ("@ana: sold A12", Some("Hold 1 claim")),
            ("@ana: sold A12\n@ben: sold A12", Some("Hold 2 claims")),
            ("@ana: cancel A12", Some("Carry out the cancels")),
            ("@ana: so pretty", None),
        ] {
            assert_eq!(paste(text, 1).hold_label().as_deref(), label, "{text}");
        }
    }

    #[test]
    fn no_more_lines_are_shown_than_a_browser_draws_at_once() {
        let text: String = (0..MOST_LINES + 7).map(|buyer| format!("@buyer{buyer}: sold A12\n")).collect();
        let shown = lines(&paste(&text, 5), Filter::Claims);
        assert_eq!((shown.lines.len(), shown.more), (MOST_LINES, 7));
    }
}
