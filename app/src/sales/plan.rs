//! A paste as read in this tab, with what was put right about it and what holding it would do.

use std::{collections::HashMap, sync::OnceLock};

use domain::sales::{
    ClaimKind, CommentOrder, HoldPlan, LiveReading, ReadComment, Reader, Reading, Status,
    corrections::{Correction, Corrections, Corrector},
    fingerprints,
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
    /// Worked out when they are asked for first: a long paste without corrections needs none.
    fingerprints: OnceLock<Vec<String>>,
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
}

impl Paste {
    /// Plans the claims of a reading.
    pub fn new(live: LiveReading, order: CommentOrder, corrections: &Corrections) -> Self {
        let mut paste = Paste {
            live,
            order,
            amended: None,
            corrected: HashMap::new(),
            fingerprints: OnceLock::new(),
            plan: HoldPlan::default(),
            served: Vec::new(),
            counts: Counts::default(),
        };
        if !corrections.is_empty() {
            paste.put_right(corrections);
        }
        paste.plan = HoldPlan::new(paste.text(), paste.reading(), paste.reader().catalog(), order);
        paste.served = vec![(0, 0); paste.reading().comments.len()];
        for planned in &paste.plan.claims {
            if let Some(of_comment) = paste.served.get_mut(planned.comment as usize) {
                of_comment.0 += planned.held;
                of_comment.1 += planned.waitlisted;
            }
        }
        paste.counts = counts(paste.reading());
        paste
    }

    fn put_right(&mut self, corrections: &Corrections) {
        let corrector = Corrector::new(self.live.reader());
        let mut amended = self.live.reading().clone();
        let mut corrected = HashMap::new();
        for (index, fingerprint) in self.fingerprints().iter().enumerate() {
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

    /// The same with other corrections.
    #[must_use]
    pub fn corrected(&self, corrections: &Corrections) -> Self {
        Paste::new(self.live.clone(), self.order, corrections)
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
        Some(self.reader().in_words(self.text(), self.reading(), comment))
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

fn counts(reading: &Reading) -> Counts {
    let mut counts = Counts::default();
    for comment in &reading.comments {
        let count = match comment.status {
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
        let after = before.corrected(&corrections);
        assert_eq!((before.count(Filter::Claims), after.count(Filter::Claims)), (1, 0));
        assert_eq!((before.count(Filter::Ignored), after.count(Filter::Ignored)), (1, 2));
        assert_eq!(after.hold_label(), None);
        assert!(after.correction(0).is_some() && after.correction(1).is_none());
        assert_eq!(after.corrected(&Corrections::default()).count(Filter::Claims), 1);
    }
}
