//! Reads a paste: finds its comments, reads each, and gives each its fingerprint.

use std::hash::Hasher;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::Catalog;
use super::grammar::{Claims, Grammar, Judgement, Preset, Scanner, nothing};
use super::layout::{self, Found, LayoutChoice, Shape, noise};
use super::reading::{Claim, Comment, CommentOrder, Explained, Mark, ReadComment, Reading, Span, Status};
use super::reasons::{Context, Reason, ReasonCode};
use super::rules::ReadingRule;
use super::words::WordChanges;
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
    /// What the seller changed about the preset's words.
    #[serde(default)]
    pub words: WordChanges,
    /// What the reader was taught, the oldest first.
    #[serde(default)]
    pub rules: Vec<ReadingRule>,
    #[serde(default)]
    pub layout: LayoutChoice,
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

/// Everything that reading needs, made once for a catalog and a way of reading.
#[derive(Clone, Debug)]
pub struct Reader {
    catalog: Catalog,
    grammar: Grammar,
    /// Folded; empty if not known.
    seller: String,
    layout: LayoutChoice,
}

impl Reader {
    /// Builds the tables.
    pub fn new(catalog: Catalog, settings: &ReadSettings) -> Self {
        let grammar = Grammar::new(settings.preset, &settings.words, &settings.rules, &catalog)
            .answering(&settings.seller);
        Reader { catalog, grammar, seller: folded_name(&settings.seller), layout: settings.layout }
    }

    /// The items that claims name by their index.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Reads every comment of a paste. Nothing is guessed: what is not plain has [`Status::Review`] and a reason.
    ///
    /// # Errors
    /// A paste that is too large or no text is refused as a whole.
    pub fn read(&self, paste: &str) -> Result<Reading, Refused> {
        refuse(paste)?;
        let mut reading = Reading::default();
        match self.read_on(paste, &mut reading, 0, MAX_COMMENTS) {
            None => Ok(reading),
            Some(_) => Err(Refused::TooManyComments),
        }
    }

    /// [`Reader::read`] for one who has taken care of how much there is: nothing is refused. Texts are shorter than 4 GiB.
    pub fn read_all(&self, paste: &str) -> Reading {
        let mut reading = Reading::default();
        self.read_on(paste, &mut reading, 0, usize::MAX);
        reading
    }

    /// Reads at least so many comments more, from a byte at which a block begins, behind what was read already. Gives the
    /// byte at which to go on, unless the end was reached.
    pub(super) fn read_on(
        &self,
        paste: &str,
        reading: &mut Reading,
        from: usize,
        comments: usize,
    ) -> Option<usize> {
        let enough = reading.comments.len().saturating_add(comments);
        let mut rest = None;
        let mut session = Session {
            reader: self,
            scanner: self.grammar.scanner(),
            paste,
            comments: &mut reading.comments,
            claims: &mut reading.claims,
            remembered: vec![Remembered::default(); places(paste.len())],
        };
        layout::find(paste, from, self.layout, &mut reading.noise, |found| {
            if found.begins_block && session.comments.len() >= enough {
                rest = Some(found.span.start);
                return false;
            }
            session.comment(found);
            true
        });
        // The layout had looked further already.
        let rest = rest?;
        while reading.noise.pop_if(|noise| noise.start >= rest).is_some() {}
        Some(rest as usize)
    }

    /// A comment of a reading in words.
    pub fn in_words(&self, paste: &str, reading: &Reading, comment: &Comment) -> ReadComment {
        let (text, claims) = (comment.text.of(paste), reading.claims(comment));
        ReadComment {
            author: comment.author.of(paste).to_owned(),
            text: text.to_owned(),
            status: comment.status,
            claims: claims.to_vec(),
            reason: self.reason(text, comment.reason, comment.about.item(), claims),
            about: comment.about.item().filter(|_| comment.status == Status::Review),
            edited: comment.edited,
        }
    }

    /// Reads one comment's text by itself, as that of a buyer whose name is beyond doubt.
    pub fn read_text(&self, text: &str) -> ReadComment {
        self.judge(text).0
    }

    /// As [`Reader::read_text`], with the reason as a code.
    pub(super) fn judge(&self, text: &str) -> (ReadComment, ReasonCode) {
        let Judgement { status, claims, reason, about } = self.grammar.scanner().read(text);
        let read = ReadComment {
            author: String::new(),
            text: text.to_owned(),
            status,
            reason: self.reason(text, reason, about, &claims),
            about: about.filter(|_| status == Status::Review),
            claims: claims.to_vec(),
            edited: false,
        };
        (read, reason.code)
    }

    /// Where a line such as `Ana Ruiz sold A12` stops being a name, if all before the claim can be one.
    pub(super) fn name_and_claim<'line>(&self, line: &'line str) -> Option<(&'line str, &'line str)> {
        let (place, only_unknown) = self.grammar.scanner().end_of_name(line)?;
        line.split_at_checked(place).filter(|_| only_unknown)
    }

    /// Reads one comment's text, as somebody wrote it whose name is beyond doubt, and says why it is read so.
    pub fn explain(&self, text: &str) -> Explained {
        let text = text.trim();
        let mut scanner = self.grammar.scanner();
        let Judgement { status, claims, reason, about } = match text {
            text if noise::is_media(text) => nothing(ReasonCode::Media),
            text => scanner.read(text),
        };
        Explained {
            status,
            reason: self.reason(text, reason, about, &claims),
            claims: claims.to_vec(),
            about: about.filter(|_| status == Status::Review),
            marks: scanner.marks(text, status),
        }
    }

    fn reason(&self, text: &str, reason: Reason, about: Option<u32>, claims: &[Claim]) -> String {
        let (catalog, lexicon) = (&self.catalog, &self.grammar.lexicon);
        let taught = if reason.code == ReasonCode::Taught { self.grammar.rule(text) } else { None };
        let Some(rule) = taught else {
            return reason.in_words(&Context { catalog, lexicon, text, about, claims });
        };
        let Judgement { reason, about, claims, .. } = self.grammar.scanner().read_meaning(rule);
        let context = Context { catalog, lexicon, text: &rule.meaning, about, claims: &claims };
        format!("You taught to read “{text}” as “{}”. {}", rule.meaning, reason.in_words(&context))
    }

    /// The stretches of a comment's text that led to its reading, in their order.
    pub fn marks(&self, text: &str, status: Status) -> Vec<Mark> {
        self.grammar.scanner().marks(text, status)
    }
}

/// Refuses what is not read at all.
pub(super) fn refuse(paste: &str) -> Result<(), Refused> {
    if paste.len() > MAX_PASTE_BYTES {
        Err(Refused::TooLarge)
    } else if is_binary(paste) {
        Err(Refused::Binary)
    } else {
        Ok(())
    }
}

fn is_binary(paste: &str) -> bool {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t');
    // So few at once that their number fits in a byte, which is many times faster.
    let count = |bytes: &[u8]| usize::from(bytes.iter().map(|byte| u8::from(is_control(byte))).sum::<u8>());
    let controls: usize = paste.as_bytes().chunks(128).map(count).sum();
    controls > 0
        && (paste.as_bytes().contains(&0) || controls > 1 + paste.len() / BYTES_PER_CONTROL_CHARACTER)
}

/// A name for comparison, without the mark of a handle.
fn folded_name(name: &str) -> String {
    fold(name).trim_start_matches('@').to_owned()
}

/// How many texts are remembered at most: a power of two.
const REMEMBERED: usize = 1 << 14;
/// One text is remembered for so many bytes of a paste.
const BYTES_PER_REMEMBERED: usize = 128;
/// Longer texts are hardly written twice.
const REMEMBERED_BYTES: usize = 64;

/// After so many comments, it can be told how many there will be.
const COMMENTS_BEFORE_ESTIMATE: usize = 64;

/// One reading of one paste.
struct Session<'session> {
    reader: &'session Reader,
    scanner: Scanner<'session>,
    paste: &'session str,
    comments: &'session mut Vec<Comment>,
    claims: &'session mut Vec<Claim>,
    /// For a part of the hash of a text, the last comment with such a text, because buyers write the same few things again
    /// and again, and the same text is read alike whoever wrote it.
    remembered: Vec<Remembered>,
}

/// The last comment of which the text has a hash.
#[derive(Clone, Copy, Default)]
struct Remembered {
    /// Another part of the hash than the one that led here, so that most other texts are told by it.
    hash: u32,
    /// One more than the index of the comment.
    comment: u32,
}

impl<'session> Session<'session> {
    /// Reads a comment that was found.
    fn comment(&mut self, found: &Found<'session>) {
        let (author, text, doubt) = self.parts(found);
        let judgement = match doubt {
            _ if found.seller || self.is_seller(author) => nothing(ReasonCode::SellersOwn),
            Some(reason) => self.held_back(text, reason),
            None if text.is_empty() => nothing(ReasonCode::NameOnly),
            None if noise::is_media(text) => nothing(ReasonCode::Media),
            None => return self.read(found, author, text),
        };
        self.add(found, author, text, judgement);
    }

    /// Reads a text, or remembers how the same text was read before.
    fn read(&mut self, found: &Found<'session>, author: &str, text: &'session str) {
        let Some(before) = self.same_before(text) else {
            let judgement = self.scanner.read(text);
            return self.add(found, author, text, judgement);
        };
        let Comment { first_claim, claims, status, reason, .. } = *before;
        let about = before.about.item();
        let same = first_claim as usize..first_claim as usize + usize::from(claims);
        self.add(found, author, text, Judgement { status, claims: Claims::new(), reason, about });
        self.claims.extend_from_within(same);
        if let Some(comment) = self.comments.last_mut() {
            comment.claims = claims;
        }
    }

    /// The last comment with this text, as far as it is remembered; the one that comes next is remembered instead.
    fn same_before(&mut self, text: &str) -> Option<&Comment> {
        if text.len() > REMEMBERED_BYTES {
            return None;
        }
        let hash = hash(text);
        let last = self.remembered.len() - 1;
        let place = self.remembered.get_mut(hash as usize & last)?;
        let next = Remembered { hash: (hash ^ hash >> 32) as u32, comment: self.comments.len() as u32 + 1 };
        let before = std::mem::replace(place, next);
        let index = (before.comment as usize).checked_sub(1).filter(|_| before.hash == next.hash)?;
        self.comments.get(index).filter(|comment| comment.text.of(self.paste) == text)
    }

    fn add(&mut self, found: &Found<'session>, author: &str, text: &str, judgement: Judgement) {
        self.make_room(found.span.start as usize);
        let within =
            |part: &str| if part.is_empty() { Span::default() } else { Span::within(self.paste, part) };
        self.comments.push(Comment {
            span: found.span,
            author: within(author),
            text: within(text),
            first_claim: self.claims.len() as u32,
            claims: judgement.claims.len() as u16,
            status: judgement.status,
            edited: found.edited,
            reason: judgement.reason,
            about: judgement.about.into(),
            begins_block: found.begins_block,
        });
        self.claims.extend_from_slice(&judgement.claims);
    }

    /// Makes room for as many comments as there will be if the paste goes on as it began, so that a long paste takes no
    /// more memory than its comments need.
    fn make_room(&mut self, read: usize) {
        let comments = self.comments.len();
        if comments < COMMENTS_BEFORE_ESTIMATE || comments < self.comments.capacity() {
            return;
        }
        let more = |so_far: usize| {
            let rest = self.paste.len().saturating_sub(read) as u64;
            // A little more, so that no second time is needed.
            let expected = so_far as u64 * rest / read.max(1) as u64 * 33 / 32;
            (expected as usize).max(so_far / 8) + 1
        };
        self.comments.reserve_exact(more(comments));
        self.claims.reserve_exact(more(self.claims.len()));
    }

    fn is_seller(&self, author: &str) -> bool {
        let seller = self.reader.seller.as_str();
        // Of two names in ASCII, the longer one can only be the other where it has more spaces than it needs.
        if author.is_ascii() && seller.is_ascii() {
            let spaced = author.len() > seller.len() && author.contains("  ");
            return !seller.is_empty()
                && (author.eq_ignore_ascii_case(seller) || (spaced && folded_name(author) == seller));
        }
        !seller.is_empty() && folded_name(author) == seller
    }

    /// Author, text, and why it is not sure that this author wrote this text.
    fn parts(&mut self, found: &Found<'session>) -> (&'session str, &'session str, Option<ReasonCode>) {
        let (author, text) = (found.author.trim_start_matches('@'), found.text);
        let doubt = match found.shape {
            Shape::Marked => None,
            Shape::Unread => match self.seller_first(text).or_else(|| self.handle_first(text)) {
                Some((handle, text)) => return (handle, text, None),
                None => return ("", text, Some(ReasonCode::NoName)),
            },
            Shape::Torn => Some(ReasonCode::TornName),
            Shape::OneLine => return self.one_line(text),
            Shape::Typed => self.scanner.is_hardly_a_name(author, true).then_some(ReasonCode::HardlyAName),
            // Only the first comment of a paste is likely to have been cut off above its text.
            Shape::Stacked if self.comments.is_empty() && self.scanner.is_hardly_a_name(author, true) => {
                Some(ReasonCode::NameMissing)
            }
            Shape::Stacked if is_long(author) || self.scanner.is_hardly_a_name(author, false) => {
                Some(ReasonCode::NameMissing)
            }
            Shape::Stacked => self.hides_a_name(text).then_some(ReasonCode::SeveralPeople),
        };
        (author, text, doubt)
    }

    /// The seller's name and what stands behind it, if a line begins with it.
    fn seller_first<'line>(&self, line: &'line str) -> Option<(&'line str, &'line str)> {
        let seller = self.reader.seller.as_str();
        let words = seller.split(' ').count();
        let (end, _) = line.match_indices(' ').nth(words - 1)?;
        let (name, text) = line.split_at_checked(end)?;
        (!seller.is_empty() && folded_name(name) == seller).then_some((name, text.trim_start()))
    }

    /// `ana_r mine 27B`: a first word that can only be a handle.
    fn handle_first(&mut self, line: &'session str) -> Option<(&'session str, &'session str)> {
        let (handle, text) = line.split_once(' ')?;
        let letters = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
        let is_handle = handle.contains(['_', '.'])
            && handle.chars().all(letters)
            && handle.starts_with(char::is_alphanumeric)
            && handle.contains(char::is_alphabetic)
            && !handle.ends_with('.');
        let named = is_handle && !self.scanner.is_hardly_a_name(handle, true);
        named.then(|| (handle, text.trim_start()))
    }

    /// `Ana Ruiz sold A12`: the name ends where the claim begins, if all before it can be a name and nothing else.
    fn one_line(&mut self, line: &'session str) -> (&'session str, &'session str, Option<ReasonCode>) {
        const UNSURE: Option<ReasonCode> = Some(ReasonCode::WhereTheNameEnds);
        let line = line.strip_prefix('·').unwrap_or(line).trim_start();
        let line = noise::without_badge(line);
        if let Some((author, text)) = self.seller_first(line).or_else(|| self.handle_first(line)) {
            return (author, text, None);
        }
        let Some((place, only_unknown)) = self.scanner.end_of_name(line) else {
            let courtesy = self.scanner.is_courtesy(line);
            let name = looks_like_a_name(line) && !courtesy;
            return if name { (line, "", None) } else { ("", line, UNSURE) };
        };
        let (name, text) =
            (line.get(..place).unwrap_or_default().trim(), line.get(place..).unwrap_or_default());
        if name.is_empty() {
            return ("", line, Some(ReasonCode::NoName));
        }
        if only_unknown && looks_like_a_name(name) { (name, text, None) } else { ("", line, UNSURE) }
    }

    /// A line within a text that looks like a name, above a line that looks like a claim: a tail may have been lost.
    fn hides_a_name(&mut self, text: &str) -> bool {
        if !text.contains('\n') {
            return false;
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
        while let Some(line) = lines.next() {
            if let Some(next) = lines.peek()
                && looks_like_a_name(line)
                && !self.scanner.is_courtesy(line)
                && !self.scanner.speaks_of_claims(line)
                && self.scanner.speaks_of_claims(next)
            {
                return true;
            }
        }
        false
    }

    /// A text of which it is not sure who wrote it is for a person, with the item that it names.
    fn held_back(&mut self, text: &str, reason: ReasonCode) -> Judgement {
        let judgement = self.scanner.read(text);
        let about = judgement.claims.first().map(|claim| claim.item).or(judgement.about);
        Judgement { status: Status::Review, claims: Claims::new(), reason: reason.into(), about }
    }
}

/// How many places there are to remember what a paste of so many bytes holds: a power of two.
fn places(bytes: usize) -> usize {
    (bytes / BYTES_PER_REMEMBERED).next_power_of_two().min(REMEMBERED)
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn is_long(author: &str) -> bool {
    author.len() > MAX_AUTHOR_CHARACTERS && author.chars().count() > MAX_AUTHOR_CHARACTERS
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
