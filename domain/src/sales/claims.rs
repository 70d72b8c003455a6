//! Who gets how many: the rules of taking stock, and what a reading would do before it is done.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::Catalog;
use super::reading::{ClaimKind, CommentOrder, Reading, Status};
use crate::text::fold;

stored_enum! {
    /// What has become of a claim.
    ClaimState {
        /// Stock is set aside for it.
        Held = "held", "Held";
        /// It waits for stock.
        Waitlisted = "waitlisted", "Waiting";
        /// The buyer or the seller let go of it.
        Cancelled = "cancelled", "Cancelled";
        /// It stands on an invoice.
        Invoiced = "invoiced", "Invoiced";
        /// It was held too long and its stock was given back.
        Released = "released", "Released";
    }
}

/// Divides a wanted quantity into what can be held of what is `left`, and what must wait.
pub fn allocate(left: i64, wanted: u32) -> (u32, u32) {
    let held = u32::try_from(left.max(0)).unwrap_or(u32::MAX).min(wanted);
    (held, wanted - held)
}

/// The authors of a paste, numbered. One person's name may be written in several ways.
#[derive(Default)]
struct Authors<'paste> {
    written: FxHashMap<&'paste str, u32>,
    folded: FxHashMap<String, u32>,
}

impl<'paste> Authors<'paste> {
    fn number(&mut self, name: &'paste str) -> u32 {
        *self.written.entry(name).or_insert_with(|| {
            let next = self.folded.len() as u32;
            *self.folded.entry(fold(name)).or_insert(next)
        })
    }
}

/// What a claim would get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Index into the reading's comments.
    pub comment: u32,
    /// Index into that comment's claims.
    pub claim: u32,
    /// Pieces held and pieces waiting; both are 0 for a cancel and for what is cancelled later in the paste.
    pub held: u32,
    pub waitlisted: u32,
}

/// What holding all claims of a reading would do: first come, first served; what a cancel sets free can be taken by
/// those who write later, and what is left at the end goes to those who wait, in their order.
///
/// A cancel frees only what the same author claimed earlier in the reading: what stands in the database is not known
/// here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldPlan {
    /// In the order in which they are served.
    pub claims: Vec<Planned>,
    /// Claims that get at least one piece.
    pub held_claims: u32,
    /// Claims that wait for at least one piece.
    pub waiting_claims: u32,
    /// Pieces.
    pub held_pieces: u32,
    pub waiting_pieces: u32,
    /// Claims of this reading that a later comment of it lets go.
    pub cancelled_claims: u32,
    /// Comments that a person must look at.
    pub to_review: u32,
}

impl HoldPlan {
    /// Plans the claims of a reading against what the catalog says is left.
    pub fn new(paste: &str, reading: &Reading, catalog: &Catalog, order: CommentOrder) -> Self {
        let mut plan = HoldPlan { to_review: reading.count(Status::Review) as u32, ..HoldPlan::default() };
        let mut left: FxHashMap<(u32, u32), i64> = FxHashMap::default();
        let mut authors = Authors::default();
        // Whose claim it is matters only where somebody lets go of the same.
        let lets_go = reading.claims.iter().filter(|claim| claim.kind.lets_go());
        let let_go: FxHashSet<(u32, u32)> = lets_go
            .flat_map(|claim| match claim.kind {
                ClaimKind::CancelItem => variants_of(catalog, claim.item),
                _ => vec![(claim.item, claim.variant)],
            })
            .collect();
        // For each author and variant, the positions in `plan.claims` that a cancel lets go.
        let mut open: FxHashMap<(u32, u32, u32), Vec<usize>> = FxHashMap::default();
        // For each claim of the plan, its variant.
        let mut variants: Vec<(u32, u32)> = Vec::new();
        for comment_index in reading.first_come_order(order) {
            let Some(comment) = reading.comments.get(comment_index) else { continue };
            if comment.status != Status::Act {
                continue;
            }
            for (claim_index, claim) in reading.claims(comment).iter().enumerate() {
                let variant = (claim.item, claim.variant);
                if claim.kind == ClaimKind::CancelItem {
                    let author = authors.number(comment.author.of(paste));
                    plan.let_go_of_item(catalog, claim.item, author, &mut open, &mut left);
                    let (comment, claim) = (comment_index as u32, claim_index as u32);
                    plan.claims.push(Planned { comment, claim, held: 0, waitlisted: 0 });
                    variants.push(variant);
                    continue;
                }
                let in_stock = catalog.variant(claim.item, claim.variant).map_or(0, |variant| variant.left);
                let left = left.entry(variant).or_insert(in_stock);
                let mut entries = let_go.contains(&variant).then(|| {
                    let author = authors.number(comment.author.of(paste));
                    open.entry((author, claim.item, claim.variant)).or_default()
                });
                let (held, waitlisted) = match claim.kind {
                    ClaimKind::Claim => allocate(*left, claim.quantity),
                    ClaimKind::Next => (0, claim.quantity),
                    ClaimKind::Reduce => {
                        let positions = entries.as_deref().map_or(&[][..], Vec::as_slice);
                        *left += plan.let_go(positions, claim.quantity);
                        (0, 0)
                    }
                    ClaimKind::CancelItem => (0, 0),
                    ClaimKind::Cancel => {
                        for position in entries.iter_mut().flat_map(|entries| entries.drain(..)) {
                            if let Some(planned) = plan.claims.get_mut(position) {
                                *left += i64::from(planned.held);
                                (planned.held, planned.waitlisted) = (0, 0);
                                plan.cancelled_claims += 1;
                            }
                        }
                        (0, 0)
                    }
                };
                *left -= i64::from(held);
                if let Some(entries) = entries
                    && !claim.kind.lets_go()
                {
                    entries.push(plan.claims.len());
                }
                let (comment, claim) = (comment_index as u32, claim_index as u32);
                plan.claims.push(Planned { comment, claim, held, waitlisted });
                variants.push(variant);
            }
        }
        for (planned, variant) in plan.claims.iter_mut().zip(variants) {
            let (served, waitlisted) = allocate(left.get(&variant).copied().unwrap_or(0), planned.waitlisted);
            left.entry(variant).and_modify(|left| *left -= i64::from(served));
            planned.held += served;
            planned.waitlisted = waitlisted;
            plan.held_claims += u32::from(planned.held > 0);
            plan.waiting_claims += u32::from(waitlisted > 0);
            plan.held_pieces += planned.held;
            plan.waiting_pieces += waitlisted;
        }
        plan
    }

    /// Lets go of all that an author claimed of an item, where that is one variant.
    fn let_go_of_item(
        &mut self,
        catalog: &Catalog,
        item: u32,
        author: u32,
        open: &mut FxHashMap<(u32, u32, u32), Vec<usize>>,
        left: &mut FxHashMap<(u32, u32), i64>,
    ) {
        let has_any = |positions: &Vec<usize>| {
            let planned = positions.iter().filter_map(|position| self.claims.get(*position));
            planned.into_iter().any(|planned| planned.held + planned.waitlisted > 0)
        };
        let mut theirs = variants_of(catalog, item)
            .into_iter()
            .filter(|(item, variant)| open.get(&(author, *item, *variant)).is_some_and(has_any));
        let (Some((item, variant)), None) = (theirs.next(), theirs.next()) else { return };
        for position in open.remove(&(author, item, variant)).unwrap_or_default() {
            if let Some(planned) = self.claims.get_mut(position) {
                *left.entry((item, variant)).or_default() += i64::from(planned.held);
                (planned.held, planned.waitlisted) = (0, 0);
                self.cancelled_claims += 1;
            }
        }
    }

    /// Lets go of so many pieces of the claims at some positions, as the server does: of those that wait first, and of the
    /// latest claims first. Gives the pieces that were held.
    fn let_go(&mut self, positions: &[usize], pieces: u32) -> i64 {
        let (mut rest, mut freed) = (pieces, 0);
        for waiting in [true, false] {
            for position in positions.iter().rev() {
                let Some(planned) = self.claims.get_mut(*position) else { continue };
                let part = if waiting { &mut planned.waitlisted } else { &mut planned.held };
                let taken = Ord::min(*part, rest);
                *part -= taken;
                rest -= taken;
                freed += if waiting { 0 } else { i64::from(taken) };
                self.cancelled_claims += u32::from(taken > 0 && planned.held + planned.waitlisted == 0);
            }
        }
        freed
    }

    /// `47 claims held, 3 waiting, 2 to review`.
    pub fn summary(&self) -> String {
        let claims = if self.held_claims == 1 { "claim" } else { "claims" };
        format!(
            "{} {claims} held, {} waiting, {} to review",
            self.held_claims, self.waiting_claims, self.to_review
        )
    }
}

/// Every variant of an item.
fn variants_of(catalog: &Catalog, item: u32) -> Vec<(u32, u32)> {
    let count = catalog.item(item).map_or(0, |item| item.variants.len());
    (0..count).map(|variant| (item, variant as u32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sales::{CatalogItem, CatalogVariant, ReadSettings, Reader};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn catalog(left: i64) -> Catalog {
        let variant =
            CatalogVariant { id: Uuid::nil(), code: String::new(), name: String::new(), left, price: 100 };
        Catalog::new(vec![CatalogItem {
            code: "A12".into(),
            title: String::new(),
            aliases: vec![],
            variants: vec![variant],
        }])
    }

    fn plan(paste: &str, left: i64, order: CommentOrder) -> HoldPlan {
        let reader = Reader::new(catalog(left), &ReadSettings { order, ..ReadSettings::default() });
        HoldPlan::new(paste, &reader.read(paste).unwrap(), reader.catalog(), order)
    }

    #[test]
    fn the_first_to_write_is_served_first() {
        let paste = "@ana: sold A12 x2\n@ben: sold A12\n@cora: sold A12 x2\n@dan: nice A12 and A77 sold";
        let oldest = plan(paste, 3, CommentOrder::OldestFirst);
        assert_eq!(
            oldest.claims.iter().map(|claim| (claim.held, claim.waitlisted)).collect::<Vec<_>>(),
            [(2, 0), (1, 0), (0, 2)]
        );
        assert_eq!(oldest.summary(), "2 claims held, 1 waiting, 1 to review");
        let newest = plan(paste, 3, CommentOrder::NewestFirst);
        assert_eq!(
            newest.claims.iter().map(|claim| (claim.held, claim.waitlisted)).collect::<Vec<_>>(),
            [(2, 0), (1, 0), (0, 2)]
        );
        assert_eq!(newest.claims[0].comment, 2, "the last comment was written first");
    }

    #[test]
    fn a_cancel_frees_what_the_same_author_claimed_before() {
        let freed = plan("@ana: sold A12\n@ben: sold A12\n@ana: cancel A12", 1, CommentOrder::OldestFirst);
        assert_eq!((freed.held_claims, freed.waiting_claims, freed.cancelled_claims), (1, 0, 1));
        let foreign = plan("@ana: sold A12\n@ben: cancel A12\n@cora: sold A12", 1, CommentOrder::OldestFirst);
        assert_eq!((foreign.held_claims, foreign.waiting_claims, foreign.cancelled_claims), (1, 1, 0));
    }

    #[test]
    fn a_counted_cancel_frees_so_many_of_the_latest() {
        let paste = "@ana: sold A12 x3\n@ben: sold A12\n@ana: cancel 1 A12\n@ana: cancel 1 A12";
        let freed = plan(paste, 3, CommentOrder::OldestFirst);
        let served: Vec<(u32, u32)> =
            freed.claims.iter().map(|claim| (claim.held, claim.waitlisted)).collect();
        assert_eq!(served, [(1, 0), (1, 0), (0, 0), (0, 0)]);
        assert_eq!((freed.held_pieces, freed.cancelled_claims), (2, 0));
        let all = plan("@ana: sold A12 x2\n@ana: cancel 9 A12", 1, CommentOrder::OldestFirst);
        assert_eq!((all.held_pieces, all.waiting_pieces, all.cancelled_claims), (0, 0, 1));
    }

    #[test]
    fn who_is_next_in_line_waits_until_something_is_left() {
        assert_eq!(plan("@ana: next A12", 0, CommentOrder::OldestFirst).waiting_claims, 1);
        assert_eq!(plan("@ana: next A12\n@ben: sold A12", 1, CommentOrder::OldestFirst).claims[1].held, 1);
    }

    proptest! {
        #[test]
        fn allocating_keeps_the_sum_and_never_exceeds_the_stock(left in any::<i64>(), wanted in any::<u32>()) {
            let (held, waiting) = allocate(left, wanted);
            prop_assert_eq!(u64::from(held) + u64::from(waiting), u64::from(wanted));
            prop_assert!(i64::from(held) <= left.max(0));
        }

        #[test]
        fn a_plan_never_holds_more_than_there_is(
            left in 0_i64..8,
            acts in prop::collection::vec((0..4_u8, 0..4_u8, 1..4_u32), 0..30),
        ) {
            let lines: Vec<String> = acts.iter().map(|(who, what, count)| match what {
                0 => format!("@buyer{who}: sold A12 x{count}"),
                1 => format!("@buyer{who}: cancel A12"),
                3 => format!("@buyer{who}: cancel {count} A12"),
                _ => format!("@buyer{who}: next A12"),
            }).collect();
            let plan = plan(&lines.join("\n"), left, CommentOrder::OldestFirst);
            prop_assert!(i64::from(plan.held_pieces) <= left);
            prop_assert!(plan.waiting_pieces == 0 || i64::from(plan.held_pieces) == left);
        }
    }
}
