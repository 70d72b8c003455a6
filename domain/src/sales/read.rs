//! Reads a paste: finds its comments, reads each, and gives each its fingerprint.

use serde::{Deserialize, Serialize};

use super::grammar::{Grammar, Judgement, Preset};
use super::layout::{self, Found, Shape, noise};
use super::reading::{CommentOrder, ReadComment, Reading, Status};
use super::{Catalog, fingerprint};
use crate::problem::{Code, FieldCode, Problem};
use crate::text::fold;

/// Larger pastes are refused: 5 MiB.
pub const MAX_PASTE_BYTES: usize = 5 * 1024 * 1024;
/// More comments than this in one paste are refused.
pub const MAX_COMMENTS: usize = 100_000;
/// One control character in so many bytes is met in texts; more of them are a file of another kind.
const BYTES_PER_CONTROL_CHARACTER: usize = 50;
/// An author's name is kept up to here; a longer line is no name.
const MAX_AUTHOR_CHARACTERS: usize = 100;

/// How a paste is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadSettings {
    pub preset: Preset,
    /// The name under which the seller writes, so that their own comments claim nothing. May be empty.
    pub seller: String,
    pub order: CommentOrder,
}

/// Why a paste was not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("This paste is larger than 5 MB. Please paste it in parts.")]
    TooLarge,
    #[error("This paste has more than 100,000 comments. Please paste it in parts.")]
    TooManyComments,
    #[error("This is not text. Please paste the comments themselves.")]
    Binary,
}

impl Refused {
    /// The same for whoever asked over the wire.
    pub fn problem(self) -> Problem {
        match self {
            Refused::TooLarge | Refused::TooManyComments => Code::TooLarge.into(),
            Refused::Binary => Problem::field("paste", FieldCode::BadCharacter),
        }
    }
}

/// Reads every comment of a paste. Nothing is guessed: what is not plain has [`Status::Review`] and a reason.
///
/// # Errors
/// A paste that is too large or no text is refused as a whole.
pub fn read(paste: &str, catalog: &Catalog, settings: &ReadSettings) -> Result<Reading, Refused> {
    if paste.len() > MAX_PASTE_BYTES {
        return Err(Refused::TooLarge);
    }
    if is_binary(paste) {
        return Err(Refused::Binary);
    }
    let layout = layout::find(paste, MAX_COMMENTS);
    if layout.comments.len() > MAX_COMMENTS {
        return Err(Refused::TooManyComments);
    }
    let mut reader = Reader {
        grammar: Grammar::new(settings.preset, catalog),
        seller: folded_name(&settings.seller),
        first_byte: layout.comments.first().map_or(0, |comment| comment.span.0),
    };
    let mut reading = Reading {
        comments: layout.comments.iter().map(|found| reader.comment(found)).collect(),
        noise: layout.noise.iter().map(|span| (span.0 as u32, span.1 as u32)).collect(),
    };
    fingerprint::fill(&mut reading, settings.order);
    Ok(reading)
}

fn is_binary(paste: &str) -> bool {
    let controls =
        paste.bytes().filter(|byte| *byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')).count();
    paste.as_bytes().contains(&0) || controls > 1 + paste.len() / BYTES_PER_CONTROL_CHARACTER
}

/// A name for comparison, without the mark of a handle.
fn folded_name(name: &str) -> String {
    fold(name).trim_start_matches('@').to_owned()
}

struct Reader<'catalog> {
    grammar: Grammar<'catalog>,
    /// Folded; empty if not known.
    seller: String,
    /// Where the first comment begins.
    first_byte: usize,
}

impl Reader<'_> {
    fn comment(&mut self, found: &Found<'_>) -> ReadComment {
        let (author, text, doubt) = self.parts(found);
        let judgement = match doubt {
            _ if found.seller || self.is_seller(author) => talk("The seller's own comment."),
            Some(reason) => self.held_back(text, reason),
            None if text.is_empty() => talk("A name without a text: a picture or a sticker."),
            None if noise::MEDIA.contains(&text) => talk("A picture, or a message that is gone."),
            None => self.grammar.read(text),
        };
        ReadComment {
            author: author.to_owned(),
            text: text.to_owned(),
            status: judgement.status,
            claims: judgement.claims,
            reason: judgement.reason,
            marks: judgement.marks,
            about: judgement.about,
            edited: found.edited,
            span: (found.span.0 as u32, found.span.1 as u32),
            fingerprint: String::new(),
        }
    }

    fn is_seller(&self, author: &str) -> bool {
        !self.seller.is_empty() && folded_name(author) == self.seller
    }

    /// Author, text, and why it is not sure that this author wrote this text.
    fn parts<'paste>(&mut self, found: &Found<'paste>) -> (&'paste str, &'paste str, Option<&'static str>) {
        const NO_NAME: &str = "There is no name beside this text.";
        let (author, text) = (found.author.trim_start_matches('@'), found.text);
        match found.shape {
            Shape::Marked => (author, text, None),
            Shape::Unread => ("", text, Some(NO_NAME)),
            Shape::Torn => {
                (author, text, Some("More than one comment may stand here; the name is not sure."))
            }
            Shape::OneLine => self.one_line(text),
            Shape::Typed if self.grammar.is_hardly_a_name(author, true) => {
                (author, text, Some("What stands before the sign may not be a name."))
            }
            Shape::Typed => (author, text, None),
            // Only the first comment of a paste is likely to have been cut off above its text.
            Shape::Stacked
                if author.chars().count() > MAX_AUTHOR_CHARACTERS
                    || self.grammar.is_hardly_a_name(author, found.span.0 == self.first_byte) =>
            {
                (author, text, Some("The name above this text is missing."))
            }
            Shape::Stacked if self.hides_a_name(text) => {
                (author, text, Some("More than one person may be writing here."))
            }
            Shape::Stacked => (author, text, None),
        }
    }

    /// `Ana Ruiz sold A12`: the name ends where the claim begins, if all before it can be a name and nothing else.
    fn one_line<'paste>(&mut self, line: &'paste str) -> (&'paste str, &'paste str, Option<&'static str>) {
        const UNSURE: &str = "It is not plain where the name ends and the text begins.";
        let line = line.strip_prefix('·').unwrap_or(line).trim_start();
        let line = noise::without_badge(line);
        let Some((place, only_unknown)) = self.grammar.end_of_name(line) else {
            let courtesy = self.grammar.is_courtesy(line);
            let name = looks_like_a_name(line) && !courtesy;
            return if name { (line, "", None) } else { ("", line, Some(UNSURE)) };
        };
        let (name, text) =
            (line.get(..place).unwrap_or_default().trim(), line.get(place..).unwrap_or_default());
        if name.is_empty() {
            return ("", line, Some("There is no name beside this text."));
        }
        if only_unknown && looks_like_a_name(name) { (name, text, None) } else { ("", line, Some(UNSURE)) }
    }

    /// A line within a text that looks like a name, above a line that looks like a claim: a tail may have been lost.
    fn hides_a_name(&mut self, text: &str) -> bool {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
        while let Some(line) = lines.next() {
            if let Some(next) = lines.peek()
                && looks_like_a_name(line)
                && !self.grammar.is_courtesy(line)
                && !self.grammar.speaks_of_claims(line)
                && self.grammar.speaks_of_claims(next)
            {
                return true;
            }
        }
        false
    }

    /// A text of which it is not sure who wrote it is for a person, with the item that it names.
    fn held_back(&mut self, text: &str, reason: &'static str) -> Judgement {
        let judgement = self.grammar.read(text);
        let about = judgement.claims.first().map(|claim| claim.item).or(judgement.about);
        Judgement { status: Status::Review, claims: Vec::new(), reason: reason.into(), about, ..judgement }
    }
}

/// One to five words, each with a capital or of a script without capitals, and no digits.
fn looks_like_a_name(text: &str) -> bool {
    const PARTICLES: [&str; 14] =
        ["de", "del", "la", "las", "los", "da", "do", "dos", "van", "von", "der", "bin", "binti", "y"];
    let mut words = 0;
    let all = text.split_whitespace().all(|word| {
        words += 1;
        let first = word.chars().next();
        let named = first.is_some_and(|first| first.is_alphabetic() && !first.is_lowercase());
        (named || (words > 1 && PARTICLES.contains(&word)))
            && word
                .chars()
                .all(|character| !character.is_ascii_digit() && !matches!(character, '!' | '?' | ',' | ':'))
    });
    all && (1..=6).contains(&words)
}

fn talk(reason: &str) -> Judgement {
    Judgement {
        status: Status::None,
        claims: Vec::new(),
        reason: reason.into(),
        marks: Vec::new(),
        about: None,
    }
}
