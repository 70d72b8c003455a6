//! A paste as read in this tab, with what was put right about it and what holding it would do.

use std::{collections::HashMap, sync::OnceLock};

use domain::sales::{
    ClaimKind, CommentOrder, HoldPlan, LiveReading, ReadComment, Reader, Reading, Status,
    corrections::{Correction, Corrections, Corrector},
    fingerprints,
    known::Known,
};

use super::lines::Filter;

/// A paste as read in this tab, and what holding it would do.
#[derive(Debug)]
pub struct Paste {
    live: LiveReading,
    order: CommentOrder,
    /// The reading with what was put right; nothing where nothing was.
    amended: Option<Reading>,
    /// The comments that were put right, by their index, as they are read now.
    corrected: HashMap<u32, (ReadComment, Correction)>,
    /// Worked out when they are asked for first: a long paste into a new sale, without corrections, needs none.
    fingerprints: OnceLock<Vec<String>>,
    /// Whether the sale knows each comment from an earlier paste; empty while it knows none.
    known: Vec<bool>,
    pub plan: HoldPlan,
    /// For each comment: pieces that it would get and pieces that would wait.
    served: Vec<(u32, u32)>,
    counts: Counts,
}

/// How many comments each filter shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    claims: usize,
    cancels: usize,
    review: usize,
    ignored: usize,
    known: usize,
}

impl Paste {
    /// Plans the claims of a reading. What the sale knows already demands nothing, as the server has it too.
    pub fn new(live: LiveReading, order: CommentOrder, corrections: &Corrections, known: &Known) -> Self {
        let mut paste = Paste {
            live,
            order,
            amended: None,
            corrected: HashMap::new(),
            fingerprints: OnceLock::new(),
            known: Vec::new(),
            plan: HoldPlan::default(),
            served: Vec::new(),
            counts: Counts::default(),
        };
        if !known.is_empty() {
            paste.known = paste.fingerprints().iter().map(|fingerprint| known.has(fingerprint)).collect();
        }
        if !corrections.is_empty() {
            paste.put_right(corrections);
        }
        paste.pass_known_over();
        paste.plan = HoldPlan::new(paste.text(), paste.reading(), paste.reader().catalog(), order);
        paste.served = vec![(0, 0); paste.reading().comments.len()];
        for planned in &paste.plan.claims {
            if let Some(of_comment) = paste.served.get_mut(planned.comment as usize) {
                of_comment.0 += planned.held;
                of_comment.1 += planned.waitlisted;
            }
        }
        paste.counts = counts(&paste);
        paste
    }

    fn pass_known_over(&mut self) {
        if !self.known.contains(&true) {
            return;
        }
        let mut amended = self.amended.take().unwrap_or_else(|| self.live.reading().clone());
        let known = (0..).zip(&self.known).filter(|(_, is_known)| **is_known);
        known.for_each(|(index, _)| amended.pass_over(index));
        self.amended = Some(amended);
    }

    /// Whether the sale knows a comment from an earlier paste.
    pub fn is_known(&self, index: u32) -> bool {
        self.known.get(index as usize).copied().unwrap_or_default()
    }

    fn put_right(&mut self, corrections: &Corrections) {
        let corrector = Corrector::new(self.live.reader());
        let mut amended = self.live.reading().clone();
        let mut corrected = HashMap::new();
        for (index, fingerprint) in self.fingerprints().iter().enumerate() {
            if self.known.get(index).copied().unwrap_or_default() {
                continue;
            }
            let (Some(correction), Some(comment)) =
                (corrections.of(fingerprint), self.live.reading().comments.get(index))
            else {
                continue;
            };
            let read = self.live.reader().in_words(self.live.text(), self.live.reading(), comment);
            let read = corrector.apply(&read, correction);
            amended.amend(index, &read);
            corrected.insert(u32::try_from(index).unwrap_or(u32::MAX), (read, correction.clone()));
        }
        self.amended = (!corrected.is_empty()).then_some(amended);
        self.corrected = corrected;
    }

    /// The same with other corrections, and with what the sale knows now.
    #[must_use]
    pub fn corrected(&self, corrections: &Corrections, known: &Known) -> Self {
        Paste::new(self.live.clone(), self.order, corrections, known)
    }

    pub fn text(&self) -> &str {
        self.live.text()
    }

    pub fn reader(&self) -> &Reader {
        self.live.reader()
    }

    /// What was read, with what was put right.
    pub fn reading(&self) -> &Reading {
        self.amended.as_ref().unwrap_or_else(|| self.live.reading())
    }

    fn fingerprints(&self) -> &[String] {
        self.fingerprints.get_or_init(|| fingerprints(self.live.text(), self.live.reading(), self.order))
    }

    /// By which a comment is known in every copy of the stream.
    pub fn fingerprint(&self, index: u32) -> Option<&str> {
        self.fingerprints().get(index as usize).map(String::as_str)
    }

    /// What was put right about a comment.
    pub fn correction(&self, index: u32) -> Option<&Correction> {
        self.corrected.get(&index).map(|(_, correction)| correction)
    }

    /// A comment in words, as it was put right.
    pub fn comment(&self, index: u32) -> Option<ReadComment> {
        if let Some((read, _)) = self.corrected.get(&index) {
            return Some(read.clone());
        }
        let comment = self.reading().comments.get(index as usize)?;
        let mut read = self.reader().in_words(self.text(), self.reading(), comment);
        if self.is_known(index) {
            read.reason = "The sale knows this comment already. It adds nothing.".to_owned();
        }
        Some(read)
    }

    /// Pieces that a comment would get and pieces that would wait.
    pub fn served(&self, index: u32) -> (u32, u32) {
        self.served.get(index as usize).copied().unwrap_or_default()
    }

    /// How many comments a filter shows.
    pub fn count(&self, filter: Filter) -> usize {
        match filter {
            Filter::All => self.reading().comments.len(),
            Filter::Claims => self.counts.claims,
            Filter::Cancels => self.counts.cancels,
            Filter::Review => self.counts.review,
            Filter::Ignored => self.counts.ignored,
            Filter::Known => self.counts.known,
        }
    }

    /// What pressing the button would do, in its words; nothing where there is nothing to store.
    pub fn hold_label(&self) -> Option<String> {
        let claims = self.plan.claims.iter().filter(|planned| planned.held + planned.waitlisted > 0).count();
        match (claims, self.counts.cancels, self.plan.to_review) {
            (1, ..) => Some("Hold 1 claim".to_owned()),
            (2.., ..) => Some(format!("Hold {claims} claims")),
            (0, 1.., _) => Some("Carry out the cancels".to_owned()),
            (0, 0, 1..) => Some(format!("Keep {} for review", self.plan.to_review)),
            (0, 0, 0) => None,
        }
    }
}

fn counts(paste: &Paste) -> Counts {
    let (reading, mut counts) = (paste.reading(), Counts::default());
    for (index, comment) in (0..).zip(&reading.comments) {
        let count = match comment.status {
            _ if paste.is_known(index) => &mut counts.known,
            Status::Act if lets_go(reading.claims(comment).iter().map(|claim| claim.kind)) => {
                &mut counts.cancels
            }
            Status::Act => &mut counts.claims,
            Status::Review => &mut counts.review,
            Status::None => &mut counts.ignored,
        };
        *count += 1;
    }
    counts
}

/// Whether a comment that acts only lets go.
pub fn lets_go(mut kinds: impl Iterator<Item = ClaimKind>) -> bool {
    kinds.all(ClaimKind::lets_go)
}

#[cfg(test)]
mod tests {
    use domain::sales::corrections::Reads;

    use super::*;
    use crate::sales::lines::tests::paste;

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
    fn what_is_put_right_changes_the_plan_and_the_counts() {
        let before = paste("@ana: sold A12\n@ben: hello", 1);
        let mut corrections = Corrections::default();
        let fingerprint = before.fingerprint(0).map(str::to_owned).unwrap_or_default();
        corrections.put(&fingerprint, Correction { reads: Some(Reads::Nothing), ..Correction::default() });
        let none = Known::default();
        let after = before.corrected(&corrections, &none);
        assert_eq!((before.count(Filter::Claims), after.count(Filter::Claims)), (1, 0));
        assert_eq!((before.count(Filter::Ignored), after.count(Filter::Ignored)), (1, 2));
        assert_eq!(after.hold_label(), None);
        assert!(after.correction(0).is_some() && after.correction(1).is_none());
        assert_eq!(after.corrected(&Corrections::default(), &none).count(Filter::Claims), 1);
    }

    #[test]
    fn what_the_sale_knows_is_not_held_again() {
        let old: String = (0..47).map(|buyer| format!("@buyer{buyer}: sold A12\n")).collect();
        let before = paste(&old, 60);
        let known = Known::read(&Known::write(before.fingerprints().iter().map(String::as_str)));
        let text = format!("{old}@ana: sold A12\n@ben: sold A12 x2\n@buyer1: sold A12\n@cora: so pretty\n");
        let unknown = paste(&text, 60);
        assert_eq!(unknown.hold_label().as_deref(), Some("Hold 50 claims"));
        let now = unknown.corrected(&Corrections::default(), &known);
        assert_eq!(now.hold_label().as_deref(), Some("Hold 3 claims"));
        assert_eq!(Filter::ALL.map(|filter| now.count(filter)), [51, 3, 0, 0, 1, 47]);
        assert!(now.is_known(46) && !now.is_known(47), "the second comment of a known buyer is new");
        let read = now.comment(0).expect("it is the first of many");
        assert!(read.claims.is_empty() && read.reason.contains("knows this comment"), "{read:?}");
        // What was put right about a known comment changes nothing: the server does not look at it.
        let mut corrections = Corrections::default();
        let first = now.fingerprint(0).map(str::to_owned).unwrap_or_default();
        corrections
            .put(&first, Correction { reads: Some(Reads::As("A12 x5".into())), ..Correction::default() });
        assert_eq!(now.corrected(&corrections, &known).hold_label(), now.hold_label());
        // All of it again is nothing to hold.
        assert_eq!(before.corrected(&Corrections::default(), &known).hold_label(), None);
    }
}
