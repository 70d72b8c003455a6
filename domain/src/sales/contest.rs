//! Who came first for a variant, and how sure that is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ClaimState, CommentOrder};

stored_enum! {
    /// How sure it is that a claim stands in its right place.
    Sureness {
        Sure = "sure", "Sure";
        /// The comment says that it was changed after it was written.
        Edited = "edited", "Not sure: the comment was edited";
        /// Nobody said in which order the comments were copied.
        Unordered = "unordered", "Not sure: the comments were in no order";
    }
}

impl Sureness {
    /// Of a comment in a paste of this order.
    pub fn of(edited: bool, order: CommentOrder) -> Self {
        match order {
            _ if edited => Sureness::Edited,
            CommentOrder::Unordered => Sureness::Unordered,
            CommentOrder::OldestFirst | CommentOrder::NewestFirst => Sureness::Sure,
        }
    }
}

/// The claims on one variant in one sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    pub code: String,
    pub title: String,
    pub variant: String,
    /// Pieces that are there, held ones among them.
    pub on_hand: i64,
    /// Pieces that can still be claimed.
    pub left: i64,
    /// Pieces that buyers of this sale wait for.
    pub waiting: i64,
    /// Who came first stands first.
    pub lines: Vec<ContestLine>,
    /// Whether there are more claims than are shown.
    pub more: bool,
}

impl Contest {
    /// Whether more is wanted than there is.
    pub fn is_contested(&self) -> bool {
        self.waiting > self.left
    }

    /// Whether every claim stands surely in its right place.
    pub fn is_sure(&self) -> bool {
        self.lines.iter().all(|line| line.sureness == Sureness::Sure)
    }
}

/// A claim in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestLine {
    pub claim_id: Uuid,
    pub customer_id: Uuid,
    pub customer_name: String,
    pub quantity: i64,
    pub state: ClaimState,
    /// What the buyer wrote; empty for a claim made by hand.
    pub text: String,
    /// When it came: the place in the paste and the paste's moment, or the moment of a claim by hand.
    pub came: String,
    pub sureness: Sureness,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unedited_comment_of_an_ordered_paste_is_sure() {
        assert_eq!(Sureness::of(false, CommentOrder::NewestFirst), Sureness::Sure);
        assert_eq!(Sureness::of(false, CommentOrder::Unordered), Sureness::Unordered);
        assert_eq!(Sureness::of(true, CommentOrder::OldestFirst), Sureness::Edited);
    }

    #[test]
    fn contested_is_what_somebody_waits_for_and_does_not_get() {
        let contest = |left, waiting| Contest {
            code: "A12".into(),
            title: String::new(),
            variant: String::new(),
            on_hand: 3,
            left,
            waiting,
            lines: Vec::new(),
            more: false,
        };
        assert!(contest(0, 1).is_contested());
        assert!(!contest(0, 0).is_contested());
        assert!(!contest(2, 2).is_contested());
    }
}
