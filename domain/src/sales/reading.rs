//! What reading a paste yields.

use serde::{Deserialize, Serialize};

use super::reasons::Reason;

/// What becomes of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It claims, cancels or queues; [`ReadComment::claims`] says what.
    Act,
    /// It is talk, a question or praise: nothing is to be done.
    None,
    /// A person must look at it; [`ReadComment::reason`] says why.
    Review,
}

impl Status {
    /// The word for it in files and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Act => "act",
            Status::None => "none",
            Status::Review => "review",
        }
    }
}

/// What a comment demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimKind {
    /// The buyer takes it.
    Claim,
    /// The buyer lets go of all that they have of it.
    Cancel,
    /// The buyer lets go of so many pieces of it and keeps the rest.
    Reduce,
    /// The buyer lets go of all that they have of an item with several variants and does not say of which: it is plain where
    /// they have one of them. The claim names no variant, see [`NO_VARIANT`].
    CancelItem,
    /// The buyer queues for it: wanted only if somebody lets go.
    Next,
}

impl ClaimKind {
    /// The word for it in files and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimKind::Claim => "claim",
            ClaimKind::Cancel => "cancel",
            ClaimKind::Reduce => "reduce",
            ClaimKind::CancelItem => "cancel-item",
            ClaimKind::Next => "next",
        }
    }

    /// Whether it gives pieces back, all or some.
    pub fn lets_go(self) -> bool {
        matches!(self, ClaimKind::Cancel | ClaimKind::CancelItem | ClaimKind::Reduce)
    }
}

/// Where a claim names no variant: an index that no item has.
pub const NO_VARIANT: u32 = u32::MAX;

/// One demand on one variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub kind: ClaimKind,
    /// Index into the catalog's items.
    pub item: u32,
    /// Index into that item's variants; [`NO_VARIANT`] in a [`ClaimKind::CancelItem`].
    pub variant: u32,
    /// Pieces, at least 1. Always 1 for a cancel, which lets go of everything.
    pub quantity: u32,
}

/// What a marked stretch of a comment's text was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    /// A word that claims, cancels or queues.
    Word,
    /// A code or alias.
    Item,
    /// A word of a variant's name.
    Variant,
    Quantity,
    /// What kept the comment from being a claim: a question, a doubt, an unknown code.
    Obstacle,
}

/// A stretch of a text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The stretch of `text`; empty where the text has no such stretch.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Where a part of `text` stands in it. Texts that are read are shorter than 4 GiB.
    pub(super) fn within(text: &str, part: &str) -> Self {
        let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr()) as u32;
        Span { start, end: start + part.len() as u32 }
    }
}

/// A stretch of a comment's text that led to its reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub kind: MarkKind,
    /// Byte range in [`ReadComment::text`].
    pub span: (u32, u32),
}

/// One comment as read: where it stands in the paste and what it demands. A paste of many comments is kept in this form,
/// which holds no text of its own; [`super::Reader::in_words`] makes a [`ReadComment`] of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Author to last line of noise.
    pub span: Span,
    /// Empty where the paste names nobody.
    pub author: Span,
    pub text: Span,
    /// The comment's claims: first and how many, in [`Reading::claims`].
    pub(super) first_claim: u32,
    pub(super) claims: u16,
    pub status: Status,
    /// The platform says that the comment was changed after it was written.
    pub edited: bool,
    pub reason: Reason,
    /// The item that it most likely means, so that the choices can be offered.
    pub about: About,
    /// Reading can begin anew here: nothing before this comment says how it is read.
    pub(super) begins_block: bool,
}

/// The index of an item, or none. It takes no more room than the index, because a reading of many comments is mostly
/// comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// One more than the index; 0 is none.
    number: u32,
}

impl About {
    /// The index into the catalog's items.
    pub fn item(self) -> Option<u32> {
        self.number.checked_sub(1)
    }
}

impl From<Option<u32>> for About {
    fn from(item: Option<u32>) -> Self {
        About { number: item.map_or(0, |item| item + 1) }
    }
}

/// A longer link is no profile's.
const MAX_PROFILE_BYTES: usize = 200;

impl Comment {
    /// The name by which the platform knows the author, where the paste links to their profile and it says more than the
    /// name that is shown: `[Ana Ruiz](https://…/@ana_r12)`. Two buyers of one name are told apart by it.
    pub fn profile<'paste>(&self, paste: &'paste str) -> Option<&'paste str> {
        let behind = paste.get(self.author.end as usize..)?.strip_prefix("](")?;
        let link = behind.get(..memchr::memchr3(b')', b'\n', b' ', behind.as_bytes())?)?;
        let (path, query) = link.split_once('?').unwrap_or((link, ""));
        let number = query.split('&').find_map(|pair| pair.strip_prefix("id="));
        let last = path.trim_end_matches('/').rsplit('/').next()?.trim_start_matches('@');
        let profile = number.filter(|_| last.ends_with(".php")).unwrap_or(last);
        // `[ana_r](…/ana_r)` and `[Ana R](…/ana.r)` say nothing new, and the same comment may be copied without the link.
        let letters =
            |text: &str| crate::text::fold(text).replace(|letter: char| !letter.is_alphanumeric(), "");
        let profile_letters = letters(profile);
        let tells = !profile_letters.is_empty() && profile.len() <= MAX_PROFILE_BYTES;
        (tells && profile_letters != letters(self.author.of(paste))).then_some(profile)
    }
}

/// One comment as read, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadComment {
    /// The buyer's name as written, without a leading `@` or `~`; empty where the paste names nobody.
    pub author: String,
    /// What they wrote, without the noise around it.
    pub text: String,
    pub status: Status,
    /// What is to be done. Empty unless the status is [`Status::Act`].
    pub claims: Vec<Claim>,
    /// Why it was read so, as a sentence for the seller.
    pub reason: String,
    /// The item that a comment for review most likely means, so that the choices can be offered.
    pub about: Option<u32>,
    /// The platform says that the comment was changed after it was written.
    pub edited: bool,
}

/// One text as read, in words, for a box in which a seller tries words out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    pub status: Status,
    /// What would be done. Empty unless the status is [`Status::Act`].
    pub claims: Vec<Claim>,
    /// Why it was read so, as a sentence for the seller.
    pub reason: String,
    /// The item that a text for review most likely means.
    pub about: Option<u32>,
    /// The stretches that led to it, in their order.
    pub marks: Vec<Mark>,
}

/// In which order the comments of a paste were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommentOrder {
    /// The last comment of the paste was written first.
    NewestFirst,
    #[default]
    OldestFirst,
    /// Nobody knows; the order of the paste is taken for want of a better one.
    Unordered,
}

impl CommentOrder {
    /// Every order, for a list of choices.
    pub const ALL: [CommentOrder; 3] =
        [CommentOrder::OldestFirst, CommentOrder::NewestFirst, CommentOrder::Unordered];

    /// The word for it in forms, files and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            CommentOrder::NewestFirst => "newest-first",
            CommentOrder::OldestFirst => "oldest-first",
            CommentOrder::Unordered => "unordered",
        }
    }

    /// The order that a word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == word)
    }

    /// What a person reads in a list of choices.
    pub fn label(self) -> &'static str {
        match self {
            CommentOrder::NewestFirst => "Newest first",
            CommentOrder::OldestFirst => "Oldest first",
            CommentOrder::Unordered => "In no order",
        }
    }
}

/// A whole paste as read, comments in the order of the paste.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub comments: Vec<Comment>,
    /// The claims of all comments, in their order.
    pub(super) claims: Vec<Claim>,
    /// The stretches of the paste that lie outside comments and are known noise: headings, buttons, system lines.
    pub noise: Vec<Span>,
}

impl Reading {
    /// What a comment demands. Empty unless its status is [`Status::Act`].
    pub fn claims(&self, comment: &Comment) -> &[Claim] {
        let first = comment.first_claim as usize;
        self.claims.get(first..first + usize::from(comment.claims)).unwrap_or_default()
    }

    /// How many comments have this status.
    pub fn count(&self, status: Status) -> usize {
        self.comments.iter().filter(|comment| comment.status == status).count()
    }

    /// The indices of the comments in the order in which they were written, so that who came first is served first.
    pub fn first_come_order(&self, order: CommentOrder) -> Vec<usize> {
        match order {
            CommentOrder::NewestFirst => (0..self.comments.len()).rev().collect(),
            CommentOrder::OldestFirst | CommentOrder::Unordered => (0..self.comments.len()).collect(),
        }
    }
}
