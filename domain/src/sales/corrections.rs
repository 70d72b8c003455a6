//! What a seller puts right about a reading before its claims are held.
//!
//! A correction belongs to a comment by its fingerprint, so it stays with it while more is pasted, and holds on the
//! server, which reads the paste anew. It names a stored variant, never an index: what it demands is looked up in the
//! catalog of whoever reads.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::by_hand::{buyer, read_typed};
use super::grammar::MAX_QUANTITY;
use super::reading::{Claim, ClaimKind, ReadComment, Status};
use super::{Reader, Reading};
use crate::problem::{Code, FieldCode, Problem};
use crate::text;

/// The most corrections that are sent with one paste.
pub const MAX_CORRECTIONS: usize = 2_000;
/// Characters of a comment as it is retyped.
pub const MAX_RETYPED_CHARACTERS: u32 = 200;

/// What a comment is to be read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// As if this had been written.
    As(String),
    /// As a claim of so many pieces of a stored variant.
    Takes { variant: Uuid, quantity: u32 },
    /// As nothing that is to be done.
    Nothing,
}

/// Some pieces that go to another buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitOff {
    /// A handle or a name.
    pub buyer: String,
    pub pieces: u32,
}

/// What is put right about one comment. What it says nothing about stays as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Correction {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads: Option<Reads>,
    /// For whom it is meant, if not for its author: a handle or a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    /// Only of a comment with a single claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitOff>,
    /// It lets all others go first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

impl Correction {
    fn is_empty(&self) -> bool {
        *self == Correction::default()
    }

    fn check(&self) -> Result<(), FieldCode> {
        let pieces = |pieces: u32| match pieces {
            0 => Err(FieldCode::TooLittle(1)),
            1..=MAX_QUANTITY => Ok(()),
            _ => Err(FieldCode::TooMuch(MAX_QUANTITY.into())),
        };
        match &self.reads {
            Some(Reads::As(typed)) => text::required(typed, MAX_RETYPED_CHARACTERS).map(drop)?,
            Some(Reads::Takes { quantity, .. }) => pieces(*quantity)?,
            Some(Reads::Nothing) | None => {}
        }
        self.buyer.iter().try_for_each(|typed| buyer(typed).map(drop))?;
        self.split.iter().try_for_each(|split| {
            buyer(&split.buyer)?;
            pieces(split.pieces)
        })
    }
}

/// The corrections of a paste, by the fingerprints of its comments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Corrections(BTreeMap<String, Correction>);

impl Corrections {
    /// Whether nothing was put right.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many comments were put right.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What was put right about a comment.
    pub fn of(&self, fingerprint: &str) -> Option<&Correction> {
        self.0.get(fingerprint)
    }

    /// Puts a comment right, and gives what was there before. An empty correction leaves it as it was read.
    pub fn put(&mut self, fingerprint: &str, correction: Correction) -> Option<Correction> {
        if correction.is_empty() {
            self.0.remove(fingerprint)
        } else {
            self.0.insert(fingerprint.to_owned(), correction)
        }
    }

    /// Keeps the corrections of these comments.
    pub fn keep(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|fingerprint, _| keep(fingerprint));
    }

    /// Checks what came over the wire. Whether a variant can be claimed is not known here.
    ///
    /// # Errors
    /// There are too many, or one of them holds what no screen sends.
    pub fn check(&self) -> Result<(), Problem> {
        if self.len() > MAX_CORRECTIONS {
            return Err(Code::TooLarge.into());
        }
        let mut all = self.0.values();
        all.try_for_each(Correction::check).map_err(|code| Problem::field("corrections", code))
    }
}

/// Applies corrections to what a reader read.
pub struct Corrector<'reader> {
    reader: &'reader Reader,
    /// Item and variant of the catalog, by the stored variant.
    places: FxHashMap<Uuid, (u32, u32)>,
}

impl<'reader> Corrector<'reader> {
    /// Makes the table of what can be claimed.
    pub fn new(reader: &'reader Reader) -> Self {
        let mut places = FxHashMap::default();
        for (item, of_catalog) in (0_u32..).zip(reader.catalog().items()) {
            for (variant, of_item) in (0_u32..).zip(&of_catalog.variants) {
                places.insert(of_item.id, (item, variant));
            }
        }
        Corrector { reader, places }
    }

    /// The comment as it is read with a correction. For whom it is, and what is split off, is the caller's.
    pub fn apply(&self, read: &ReadComment, correction: &Correction) -> ReadComment {
        let mut read = read.clone();
        match &correction.reads {
            None => {}
            Some(Reads::Nothing) => decide(&mut read, Status::None, Vec::new(), "Passed over by hand."),
            Some(Reads::Takes { variant, quantity }) => match self.places.get(variant) {
                Some((item, variant)) => {
                    let claim =
                        Claim { kind: ClaimKind::Claim, item: *item, variant: *variant, quantity: *quantity };
                    decide(&mut read, Status::Act, vec![claim], "Decided by hand.");
                }
                None => decide(&mut read, Status::Review, Vec::new(), "The item was changed meanwhile."),
            },
            Some(Reads::As(typed)) => {
                let anew = read_typed(self.reader, typed);
                let reason = format!("Read as “{typed}”. {}", anew.reason);
                decide(&mut read, anew.status, anew.claims, &reason);
                read.about = anew.about;
            }
        }
        if correction.waits {
            for claim in read.claims.iter_mut().filter(|claim| claim.kind == ClaimKind::Claim) {
                claim.kind = ClaimKind::Next;
            }
        }
        read
    }
}

fn decide(read: &mut ReadComment, status: Status, claims: Vec<Claim>, reason: &str) {
    read.status = status;
    read.claims = claims;
    read.about = read.about.filter(|_| status == Status::Review);
    reason.clone_into(&mut read.reason);
}

impl Reading {
    /// Takes over how a comment is read with a correction.
    pub fn amend(&mut self, index: usize, read: &ReadComment) {
        let (first, claims) = (self.claims.len() as u32, read.claims.len() as u16);
        let Some(comment) = self.comments.get_mut(index) else { return };
        (comment.first_claim, comment.claims) = (first, claims);
        comment.status = read.status;
        comment.about = read.about.into();
        self.claims.extend_from_slice(&read.claims);
    }

    /// Lets a comment demand nothing.
    pub fn pass_over(&mut self, index: usize) {
        if let Some(comment) = self.comments.get_mut(index) {
            (comment.first_claim, comment.claims) = (0, 0);
            comment.status = Status::None;
            comment.about = None.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::{fingerprints, fixture::reader};

    fn corrected(text: &str, correction: Correction) -> ReadComment {
        let reader = reader();
        let paste = format!("@ana: {text}");
        let reading = reader.read(&paste).unwrap();
        let read = reader.in_words(&paste, &reading, &reading.comments[0]);
        Corrector::new(&reader).apply(&read, &correction)
    }

    fn reads(reads: Reads) -> Correction {
        Correction { reads: Some(reads), ..Correction::default() }
    }

    #[test]
    fn a_comment_is_read_as_it_is_put_right() {
        let seven = corrected("sold A12", reads(Reads::Takes { variant: Uuid::from_u128(2), quantity: 2 }));
        assert_eq!((seven.status, seven.claims[0].variant, seven.claims[0].quantity), (Status::Act, 1, 2));
        let typed = corrected("the moon one", reads(Reads::As("A12 6 and sold B27".into())));
        assert_eq!((typed.status, typed.claims.len()), (Status::Act, 2));
        assert_eq!(typed.text, "the moon one", "what was written stays");
        let passed = corrected("sold A12 6", reads(Reads::Nothing));
        assert_eq!((passed.status, passed.claims.len()), (Status::None, 0));
        let waits = corrected("sold A12 6", Correction { waits: true, ..Correction::default() });
        assert_eq!(waits.claims[0].kind, ClaimKind::Next);
    }

    #[test]
    fn what_a_correction_does_not_settle_stays_for_a_person() {
        let gone = corrected("sold A12", reads(Reads::Takes { variant: Uuid::from_u128(9), quantity: 1 }));
        assert_eq!((gone.status, gone.claims.len()), (Status::Review, 0));
        let unclear = corrected("sold A12", reads(Reads::As("A12 x2".into())));
        assert_eq!(unclear.status, Status::Review, "{}", unclear.reason);
    }

    #[test]
    fn corrections_stay_with_their_comments_while_more_is_pasted() {
        let reader = reader();
        let (before, after) = ("@ana: sold A12\n", "@ana: sold A12\n@ben: sold A12\n@ana: sold A12\n");
        let of = |paste: &str| fingerprints(paste, &reader.read(paste).unwrap(), Default::default());
        let mut corrections = Corrections::default();
        corrections.put(&of(before)[0], reads(Reads::Nothing));
        let after = of(after);
        assert!(corrections.of(&after[0]).is_some() && corrections.of(&after[2]).is_none());
        corrections.put(&after[0], Correction::default());
        assert!(corrections.is_empty(), "an empty correction is none");
    }

    #[test]
    fn a_reading_takes_over_what_was_put_right() {
        let reader = reader();
        let paste = "@ana: sold A12\n@ben: sold B27";
        let mut reading = reader.read(paste).unwrap();
        let read = reader.in_words(paste, &reading, &reading.comments[0]);
        let takes = reads(Reads::Takes { variant: Uuid::from_u128(2), quantity: 3 });
        reading.amend(0, &Corrector::new(&reader).apply(&read, &takes));
        let quantities: Vec<u32> =
            reading.comments.iter().map(|comment| reading.claims(comment)[0].quantity).collect();
        assert_eq!(quantities, [3, 1]);
    }

    #[test]
    fn what_no_screen_sends_is_refused() {
        for wrong in [
            reads(Reads::As("x".repeat(201))),
            reads(Reads::Takes { variant: Uuid::nil(), quantity: 0 }),
            reads(Reads::Takes { variant: Uuid::nil(), quantity: 1_000 }),
            Correction { buyer: Some(" @ ".into()), ..Correction::default() },
            Correction { split: Some(SplitOff { buyer: "kim".into(), pieces: 0 }), ..Correction::default() },
        ] {
            let mut corrections = Corrections::default();
            corrections.put("0", wrong);
            assert_eq!(corrections.check().unwrap_err().code, Code::Invalid);
        }
        let mut many = Corrections::default();
        for number in 0..=MAX_CORRECTIONS {
            many.put(&number.to_string(), reads(Reads::Nothing));
        }
        assert_eq!(many.check().unwrap_err().code, Code::TooLarge);
    }

    #[test]
    fn corrections_travel_as_text() {
        let mut corrections = Corrections::default();
        corrections.put("f", Correction { buyer: Some("kim".into()), ..reads(Reads::As("A12 6".into())) });
        let text = serde_json::to_string(&corrections).unwrap();
        assert_eq!(text, r#"{"f":{"reads":{"as":"A12 6"},"buyer":"kim"}}"#);
        assert_eq!(serde_json::from_str::<Corrections>(&text).unwrap(), corrections);
    }
}
