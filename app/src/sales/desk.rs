//! The desk at which a reading is put right before it is held: what was changed, and what is being changed.

use std::sync::Arc;

use domain::{
    sales::{
        Reader, Status,
        choices::Choice,
        corrections::{Correction, Corrections, MAX_RETYPED_CHARACTERS, Reads, SplitOff},
    },
    text,
};
use leptos::prelude::*;

use super::{lines::Filter, reader::Outcome};

/// What is open under a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Retyping the comment as it should have been read.
    Correct,
    /// Naming the buyer.
    Assign,
    /// Giving some pieces to somebody else.
    Split,
    /// Teaching the reader what was meant.
    Teach,
}

/// The desk of a page. It is copied into closures.
#[derive(Clone, Copy)]
pub struct Desk {
    pub text: RwSignal<String>,
    pub outcome: RwSignal<Outcome>,
    pub reader: RwSignal<Option<Arc<Reader>>>,
    pub corrections: RwSignal<Corrections>,
    /// What there was before each change, the latest last.
    past: StoredValue<Vec<(String, Correction)>>,
    pub filter: RwSignal<Filter>,
    /// The page of the lines, 0 for the first.
    pub page: RwSignal<usize>,
    /// The line under which something is open, and what.
    pub open: RwSignal<Option<(u32, Tool)>>,
    /// What is typed there: the text or the buyer, and the pieces or the meaning.
    pub typed: RwSignal<String>,
    pub second: RwSignal<String>,
}

impl Desk {
    /// A desk on which nothing lies.
    pub fn new(
        text: RwSignal<String>,
        corrections: RwSignal<Corrections>,
        reads: super::reader::Reads,
    ) -> Self {
        Desk {
            text,
            outcome: reads.outcome,
            reader: reads.reader,
            corrections,
            past: StoredValue::new(Vec::new()),
            filter: RwSignal::new(Filter::All),
            page: RwSignal::new(0),
            open: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            second: RwSignal::new(String::new()),
        }
    }

    /// Forgets what was put right: the paste was held.
    pub fn clear(self) {
        self.past.update_value(Vec::clear);
        self.open.set(None);
        if self.corrections.with_untracked(|corrections| !corrections.is_empty()) {
            self.corrections.set(Corrections::default());
        }
    }

    fn change(self, index: u32, change: impl FnOnce(&mut Correction)) {
        let known = self.outcome.with_untracked(|outcome| {
            let paste = outcome.paste()?;
            let correction = paste.correction(index).cloned().unwrap_or_default();
            Some((paste.fingerprint(index)?.to_owned(), correction))
        });
        let Some((fingerprint, before)) = known else { return };
        let mut after = before.clone();
        change(&mut after);
        self.open.set(None);
        if after == before {
            return;
        }
        self.past.update_value(|past| past.push((fingerprint.clone(), before)));
        self.corrections.update(|corrections| {
            corrections.put(&fingerprint, after);
        });
    }

    /// Takes the latest change back. Says whether there was one.
    pub fn undo(self) -> bool {
        let Some((fingerprint, before)) = self.past.try_update_value(Vec::pop).flatten() else {
            return false;
        };
        self.corrections.update(|corrections| {
            corrections.put(&fingerprint, before);
        });
        true
    }

    /// Settles a comment as one of its choices says.
    pub fn settle(self, index: u32, choice: &Choice) {
        let reads = choice.reads.clone();
        self.change(index, |correction| correction.reads = Some(reads));
    }

    /// Lets all others go first, or not any more.
    pub fn wait(self, index: u32) {
        self.change(index, |correction| correction.waits = !correction.waits);
    }

    /// Passes a comment over.
    pub fn pass_over(self, index: u32) {
        self.change(index, |correction| {
            *correction = Correction { reads: Some(Reads::Nothing), ..Correction::default() };
        });
    }

    /// Leaves a comment as it was read.
    pub fn leave(self, index: u32) {
        self.change(index, |correction| *correction = Correction::default());
    }

    /// Opens something under a line, with what is known already; closes it if it stands open.
    pub fn open(self, index: u32, tool: Tool) {
        if self.open.get_untracked() == Some((index, tool)) {
            self.open.set(None);
            return;
        }
        let (typed, second) = self.outcome.with_untracked(|outcome| {
            let paste = outcome.paste();
            let comment = paste.and_then(|paste| paste.comment(index));
            let written = comment.map(|comment| text::tidy(&comment.text)).unwrap_or_default();
            let written: String = written.chars().take(MAX_RETYPED_CHARACTERS as usize).collect();
            let correction = paste.and_then(|paste| paste.correction(index)).cloned().unwrap_or_default();
            let read_as = match correction.reads {
                Some(Reads::As(typed)) => Some(typed),
                Some(Reads::Takes { .. } | Reads::Nothing) | None => None,
            };
            match tool {
                Tool::Correct => (read_as.unwrap_or(written), String::new()),
                Tool::Assign => (correction.buyer.unwrap_or_default(), String::new()),
                Tool::Split => match correction.split {
                    Some(split) => (split.buyer, split.pieces.to_string()),
                    None => (String::new(), "1".to_owned()),
                },
                Tool::Teach => {
                    let phrase = written.chars().take(domain::sales::rules::MAX_RULE_CHARACTERS as usize);
                    (phrase.collect(), read_as.unwrap_or_default())
                }
            }
        });
        self.typed.set(typed);
        self.second.set(second);
        self.open.set(Some((index, tool)));
    }

    /// Takes what was typed under a line. An empty answer takes back what was said before.
    pub fn take(self, index: u32, tool: Tool) {
        let (typed, second) = (self.typed.get_untracked(), self.second.get_untracked());
        let (typed, pieces) = (text::tidy(&typed), text::tidy(&second).parse::<u32>().ok());
        self.change(index, |correction| match tool {
            Tool::Correct => correction.reads = (!typed.is_empty()).then_some(Reads::As(typed)),
            Tool::Assign => correction.buyer = (!typed.is_empty()).then_some(typed),
            Tool::Split => {
                let pieces = pieces.filter(|pieces| *pieces > 0);
                correction.split =
                    pieces.filter(|_| !typed.is_empty()).map(|pieces| SplitOff { buyer: typed, pieces });
            }
            Tool::Teach => {}
        });
    }

    /// Why what is typed under a line cannot be taken as it stands; nothing where it can.
    pub fn objection(self, index: u32, tool: Tool) -> Option<String> {
        let typed = self.typed.with(|typed| text::tidy(typed));
        match tool {
            Tool::Correct if typed.chars().count() > MAX_RETYPED_CHARACTERS as usize => {
                Some(format!("At most {MAX_RETYPED_CHARACTERS} characters, please."))
            }
            Tool::Assign | Tool::Split if !typed.is_empty() => {
                if let Err(code) = domain::sales::by_hand::buyer(&typed) {
                    return Some(code.message());
                }
                if tool == Tool::Assign {
                    return None;
                }
                let most = self.outcome.with(|outcome| {
                    let comment = outcome.paste().and_then(|paste| paste.comment(index));
                    comment
                        .filter(|comment| comment.status == Status::Act)?
                        .claims
                        .first()
                        .map(|claim| claim.quantity)
                });
                let pieces = self.second.with(|second| text::tidy(second).parse::<u32>());
                match (pieces, most) {
                    (Ok(pieces), Some(most)) if (1..=most).contains(&pieces) => None,
                    (_, most) => Some(format!("Write how many pieces, from 1 to {}.", most.unwrap_or(1))),
                }
            }
            Tool::Correct | Tool::Assign | Tool::Split | Tool::Teach => None,
        }
    }
}
