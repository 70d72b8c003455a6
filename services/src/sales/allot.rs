//! Allotting stock to claims within one write: first come, first served, the rest waits.
//!
//! The allotment is worked out in memory from rows read in the write and is then stored with a few statements, however
//! many claims there are.

use std::collections::HashMap;

use domain::sales::claims::{ClaimState, allocate};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    prelude::Expr,
};
use uuid::Uuid;

use crate::{
    Result,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{claim, sale},
    error::stored,
    inventory::stock::{self, Movement},
    new_id,
    sales::sale::{Claimed, claimed},
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

/// The claims of a sale while a write changes them.
pub(crate) struct Allotment<'a> {
    write: &'a Write,
    sale: &'a sale::Model,
    now: i64,
    claimed: HashMap<Uuid, Claimed>,
    /// Pieces that can still be claimed, by variant.
    left: HashMap<Uuid, i64>,
    /// Claims on these variants that are held or wait, of this sale and others, oldest first.
    claims: Vec<Entry>,
    next_place: i64,
    movements: Vec<Movement>,
    outcome: Outcome,
}

/// A claim, and what must become of its row.
struct Entry {
    row: claim::Model,
    state: ClaimState,
    is_new: bool,
    is_changed: bool,
}

impl<'a> Allotment<'a> {
    /// Reads what is needed to change claims on `variants`.
    pub async fn begin(
        write: &'a Write,
        sale: &'a sale::Model,
        variants: impl IntoIterator<Item = Uuid>,
        now: i64,
    ) -> Result<Allotment<'a>> {
        let claimed = claimed(&**write, sale.business_id, variants).await?;
        let rows = claim::Entity::find()
            .filter(claim::Column::BusinessId.eq(sale.business_id))
            .filter(claim::Column::VariantId.is_in(claimed.keys().copied()))
            .filter(claim::Column::State.is_in([ClaimState::Held.as_str(), ClaimState::Waitlisted.as_str()]))
            .order_by_asc(claim::Column::Place)
            .all(&**write)
            .await?;
        let claims = rows
            .into_iter()
            .map(|row| {
                let state = stored(ClaimState::parse(&row.state))?;
                Ok(Entry { row, state, is_new: false, is_changed: false })
            })
            .collect::<Result<_>>()?;
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
        Ok(Allotment {
            write,
            sale,
            now,
            claimed,
            left,
            claims,
            next_place: last.unwrap_or_default() + 1,
            movements: Vec::new(),
            outcome: Outcome::default(),
        })
    }

    /// Whether a variant can be claimed at all: it was not removed or archived since the comment was read.
    pub fn can_be_claimed(&self, variant_id: Uuid) -> bool {
        self.claimed
            .get(&variant_id)
            .is_some_and(|what| what.variant.removed_at.is_none() && what.item.archived_at.is_none())
    }

    /// Holds what is left for a demand; the rest waits.
    pub fn claim(&mut self, demand: &Demand) {
        let left = self.left.entry(demand.variant_id).or_default();
        let (held, waiting) = allocate(*left, demand.quantity);
        *left -= i64::from(held);
        if held > 0 {
            let id = self.add(demand, i64::from(held), ClaimState::Held);
            self.movements.push(Movement::hold(demand.variant_id, i64::from(held), id));
            self.outcome.held += i64::from(held);
        }
        if waiting > 0 {
            self.add(demand, i64::from(waiting), ClaimState::Waitlisted);
            self.outcome.waitlisted += i64::from(waiting);
        }
    }

    /// Queues a demand behind all others.
    pub fn queue(&mut self, demand: &Demand) {
        self.add(demand, i64::from(demand.quantity), ClaimState::Waitlisted);
        self.outcome.waitlisted += i64::from(demand.quantity);
    }

    /// Cancels all that a customer holds or waits for of a variant in this sale. Billed claims stay: the invoice stands.
    pub fn cancel(&mut self, customer_id: Uuid, variant_id: Uuid) {
        let sale_id = self.sale.id;
        self.cancel_where(|row| {
            row.sale_id == sale_id && row.customer_id == customer_id && row.variant_id == variant_id
        });
    }

    /// Cancels one claim, if it is held or waits.
    pub fn cancel_claim(&mut self, claim_id: Uuid) {
        self.cancel_where(|row| row.id == claim_id);
    }

    fn cancel_where(&mut self, matches: impl Fn(&claim::Model) -> bool) {
        for entry in self.claims.iter_mut().filter(|entry| matches(&entry.row)) {
            match entry.state {
                ClaimState::Held => {
                    *self.left.entry(entry.row.variant_id).or_default() += entry.row.quantity;
                    let release = Movement::release(entry.row.variant_id, entry.row.quantity, entry.row.id);
                    self.movements.push(release);
                }
                ClaimState::Waitlisted => {}
                _ => continue,
            }
            self.outcome.cancelled += entry.row.quantity;
            entry.state = ClaimState::Cancelled;
            entry.is_changed = true;
        }
    }

    /// Gives what is left to those who wait, in their order. One who gets a part goes on waiting for the rest.
    fn serve_the_waiting(&mut self) {
        for index in 0..self.claims.len() {
            let entry = &mut self.claims[index];
            if entry.state != ClaimState::Waitlisted || !self.claimed.contains_key(&entry.row.variant_id) {
                continue;
            }
            let left = self.left.entry(entry.row.variant_id).or_default();
            let served = Ord::min(entry.row.quantity, Ord::max(*left, 0));
            if served == 0 {
                continue;
            }
            *left -= served;
            self.outcome.held += served;
            self.outcome.waitlisted -= served;
            let rest = entry.row.quantity - served;
            entry.row.quantity = served;
            entry.state = ClaimState::Held;
            entry.is_changed = true;
            self.movements.push(Movement::hold(entry.row.variant_id, served, entry.row.id));
            if rest > 0 {
                let row = claim::Model { id: new_id(), quantity: rest, ..entry.row.clone() };
                self.claims.push(Entry {
                    row,
                    state: ClaimState::Waitlisted,
                    is_new: true,
                    is_changed: false,
                });
            }
        }
    }

    fn add(&mut self, demand: &Demand, quantity: i64, state: ClaimState) -> Uuid {
        let id = new_id();
        let row = claim::Model {
            id,
            business_id: self.sale.business_id,
            sale_id: self.sale.id,
            comment_id: demand.comment_id,
            customer_id: demand.customer_id,
            variant_id: demand.variant_id,
            quantity,
            price: self.claimed.get(&demand.variant_id).map_or(0, Claimed::price),
            state: String::new(),
            invoice_id: None,
            place: self.next_place,
            created_at: self.now,
            updated_at: self.now,
        };
        self.next_place += 1;
        self.claims.push(Entry { row, state, is_new: true, is_changed: false });
        id
    }

    /// Serves those who wait and stores everything.
    pub async fn finish(mut self) -> Result<Outcome> {
        self.serve_the_waiting();
        let new: Vec<claim::ActiveModel> = self
            .claims
            .iter()
            .filter(|entry| entry.is_new)
            .map(|entry| {
                let mut row: claim::ActiveModel = entry.row.clone().into();
                row.state = Set(entry.state.as_str().into());
                row.reset_all()
            })
            .collect();
        for some in new.chunks(ROWS_AT_ONCE) {
            claim::Entity::insert_many(some.to_vec()).exec_without_returning(&**self.write).await?;
        }
        self.store_changed(ClaimState::Cancelled).await?;
        self.store_changed(ClaimState::Held).await?;
        stock::carry_out(self.write, self.sale.business_id, &self.movements, self.now).await?;
        Ok(self.outcome)
    }

    /// Stores the known claims that came to `state`. A claim that was split has a smaller quantity now.
    async fn store_changed(&self, state: ClaimState) -> Result<()> {
        let changed: Vec<&Entry> = self
            .claims
            .iter()
            .filter(|entry| entry.is_changed && !entry.is_new && entry.state == state)
            .collect();
        for some in changed.chunks(ROWS_AT_ONCE) {
            let quantity = some.iter().fold(sea_orm::sea_query::CaseStatement::new(), |case, entry| {
                case.case(Expr::col(claim::Column::Id).eq(entry.row.id), entry.row.quantity)
            });
            claim::Entity::update_many()
                .col_expr(claim::Column::State, Expr::value(state.as_str()))
                .col_expr(
                    claim::Column::Quantity,
                    Expr::expr(quantity.finally(Expr::col(claim::Column::Quantity))),
                )
                .col_expr(claim::Column::UpdatedAt, Expr::value(self.now))
                .filter(claim::Column::BusinessId.eq(self.sale.business_id))
                .filter(claim::Column::Id.is_in(some.iter().map(|entry| entry.row.id)))
                .exec(&**self.write)
                .await?;
        }
        Ok(())
    }
}
