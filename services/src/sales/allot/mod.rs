//! Allotting stock to claims within one write: first come, first served, the rest waits.
//!
//! The allotment is worked out in memory from rows read in the write and is then stored with a few statements, however
//! many claims there are. Every change of a claim's state, buyer or pieces goes through here, so that the stock's figures
//! and the claims always say the same.

mod by_hand;
mod change;
mod store;
mod take;

use std::collections::{HashMap, HashSet, VecDeque};

use domain::sales::{claims::ClaimState, policy::Objection};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub(crate) use change::Change;

use crate::{
    Result,
    customers::block::blocked,
    database::Write,
    entities::{claim, sale},
    error::stored,
    inventory::stock::Movement,
    sales::sale::{Claimed, IDS_AT_ONCE, claimed},
};

/// A demand to be met.
pub(crate) struct Demand {
    pub comment_id: Option<Uuid>,
    pub customer_id: Uuid,
    pub variant_id: Uuid,
    pub quantity: u32,
}

/// What came of it, in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    pub held: i64,
    pub waitlisted: i64,
    pub cancelled: i64,
}

/// Pieces of one variant that a buyer has in a sale, billed ones not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub held: i64,
    pub waiting: i64,
}

/// The claims of a sale while a write changes them.
pub(crate) struct Allotment<'a> {
    write: &'a Write,
    sale: &'a sale::Model,
    now: i64,
    claimed: HashMap<Uuid, Claimed>,
    /// Pieces that can still be claimed, by variant.
    left: HashMap<Uuid, i64>,
    /// Claims on these variants that are held or wait, of this sale and others.
    claims: Vec<Entry>,
    /// For each variant, who waits for it: indices into the claims, the first in line first. Those who were served or let
    /// go meanwhile are passed over.
    lines: HashMap<Uuid, VecDeque<usize>>,
    /// The claims of this sale by buyer and variant.
    of_buyer: HashMap<(Uuid, Uuid), Vec<usize>>,
    /// Buyers who get nothing from the line.
    blocked: HashSet<Uuid>,
    /// Variants whose line is served at the end.
    stirred: HashSet<Uuid>,
    next_place: i64,
    movements: Vec<Movement>,
    outcome: Outcome,
}

/// A claim, and what must become of its row.
struct Entry {
    row: claim::Model,
    state: ClaimState,
    /// As it is stored; nothing for a claim made in this write.
    before: Option<claim::Model>,
    is_changed: bool,
    /// It never was: what made it was undone.
    is_gone: bool,
}

impl<'a> Allotment<'a> {
    /// Reads what is needed to change claims on `variants`.
    pub async fn begin(
        write: &'a Write,
        sale: &'a sale::Model,
        variants: impl IntoIterator<Item = Uuid>,
        now: i64,
    ) -> Result<Allotment<'a>> {
        Self::begin_with(write, sale, variants, &[], now).await
    }

    /// As [`Allotment::begin`], with some claims that are neither held nor wait any more.
    pub async fn begin_with(
        write: &'a Write,
        sale: &'a sale::Model,
        variants: impl IntoIterator<Item = Uuid>,
        claims: &[Uuid],
        now: i64,
    ) -> Result<Allotment<'a>> {
        let claimed = claimed(&**write, sale.business_id, variants).await?;
        let rows = rows(write, sale.business_id, &claimed, claims).await?;
        let last: Option<i64> = claim::Entity::find()
            .select_only()
            .column(claim::Column::Place)
            .filter(claim::Column::BusinessId.eq(sale.business_id))
            .order_by_desc(claim::Column::Place)
            .limit(1)
            .into_tuple()
            .one(&**write)
            .await?;
        let left = claimed.iter().map(|(id, what)| (*id, what.variant.on_hand - what.variant.held)).collect();
        let mut allotment = Allotment {
            write,
            sale,
            now,
            claimed,
            left,
            claims: Vec::with_capacity(rows.len()),
            lines: HashMap::new(),
            of_buyer: HashMap::new(),
            blocked: blocked(&**write, sale.business_id).await?,
            stirred: HashSet::new(),
            next_place: last.unwrap_or_default() + 1,
            movements: Vec::new(),
            outcome: Outcome::default(),
        };
        for row in rows {
            let state = stored(ClaimState::parse(&row.state))?;
            let before = Some(row.clone());
            allotment.enter(Entry { row, state, before, is_changed: false, is_gone: false });
        }
        allotment.line_up();
        Ok(allotment)
    }

    /// Adds a claim and gives its index.
    fn enter(&mut self, entry: Entry) -> usize {
        let index = self.claims.len();
        if entry.row.sale_id == self.sale.id {
            self.of_buyer.entry((entry.row.customer_id, entry.row.variant_id)).or_default().push(index);
        }
        self.claims.push(entry);
        index
    }

    /// Puts those who wait into their lines. A blocked buyer keeps the place but is never served.
    fn line_up(&mut self) {
        let mut waiting: Vec<usize> = (0..self.claims.len())
            .filter(|index| {
                let entry = &self.claims[*index];
                entry.state == ClaimState::Waitlisted
                    && !entry.is_gone
                    && !self.blocked.contains(&entry.row.customer_id)
            })
            .collect();
        waiting.sort_by_key(|index| (self.claims[*index].row.place, *index));
        self.lines.clear();
        for index in waiting {
            self.lines.entry(self.claims[index].row.variant_id).or_default().push_back(index);
        }
    }

    /// Whether a variant can be claimed at all: it was not removed or archived since the comment was read.
    pub fn can_be_claimed(&self, variant_id: Uuid) -> bool {
        self.claimed
            .get(&variant_id)
            .is_some_and(|what| what.variant.removed_at.is_none() && what.item.archived_at.is_none())
    }

    /// Whether the seller has blocked a buyer.
    pub fn is_blocked(&self, customer_id: Uuid) -> bool {
        self.blocked.contains(&customer_id)
    }

    /// Pieces of a variant that can still be claimed.
    pub fn left(&self, variant_id: Uuid) -> i64 {
        self.left.get(&variant_id).copied().unwrap_or_default()
    }

    /// Pieces of a variant that somebody waits for, in this sale or another.
    pub fn waiting(&self, variant_id: Uuid) -> i64 {
        let line = self.lines.get(&variant_id).into_iter().flatten();
        let waiting = line.filter_map(|index| self.claims.get(*index));
        waiting.filter(|entry| entry.state == ClaimState::Waitlisted).map(|entry| entry.row.quantity).sum()
    }

    /// The only one of some variants of an item that a buyer has anything of in this sale.
    ///
    /// # Errors
    /// They have several of them, or none.
    pub fn only_one(&self, customer_id: Uuid, variants: &[Uuid]) -> Result<Uuid, Objection> {
        let has_any = |variant: &&Uuid| self.standing(customer_id, **variant) != Standing::default();
        let theirs: Vec<Uuid> = variants.iter().filter(has_any).copied().collect();
        if let [only] = theirs.as_slice() {
            return Ok(*only);
        }
        let code = variants.first().and_then(|variant| self.claimed.get(variant));
        let names = theirs.iter().filter_map(|variant| self.claimed.get(variant));
        Err(Objection::WhichLetGo {
            code: code.map(|what| what.item.code.clone()).unwrap_or_default(),
            variants: names.map(|what| what.variant.name.clone()).collect(),
        })
    }

    /// What a buyer has of a variant in this sale.
    pub fn standing(&self, customer_id: Uuid, variant_id: Uuid) -> Standing {
        let mut standing = Standing::default();
        let theirs = self.of_buyer.get(&(customer_id, variant_id)).into_iter().flatten();
        for entry in theirs.filter_map(|index| self.claims.get(*index)).filter(|entry| !entry.is_gone) {
            match entry.state {
                ClaimState::Held => standing.held += entry.row.quantity,
                ClaimState::Waitlisted => standing.waiting += entry.row.quantity,
                ClaimState::Cancelled | ClaimState::Invoiced | ClaimState::Released => {}
            }
        }
        standing
    }
}

/// The claims on these variants that are held or wait, and some others.
async fn rows(
    write: &Write,
    business_id: Uuid,
    variants: &HashMap<Uuid, Claimed>,
    others: &[Uuid],
) -> Result<Vec<claim::Model>> {
    use claim::Column::{BusinessId, Id, Place, State, VariantId};
    let variants: Vec<Uuid> = variants.keys().copied().collect();
    let open = State.is_in([ClaimState::Held.as_str(), ClaimState::Waitlisted.as_str()]);
    let mut rows = Vec::new();
    for some in variants.chunks(IDS_AT_ONCE) {
        let found = claim::Entity::find()
            .filter(BusinessId.eq(business_id))
            .filter(VariantId.is_in(some.iter().copied()))
            .filter(Condition::any().add(open.clone()).add(Id.is_in(others.iter().copied())))
            .order_by_asc(Place)
            .all(&**write)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}
