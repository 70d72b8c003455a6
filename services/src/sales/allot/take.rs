//! Taking stock for claims, giving it back, and serving those who wait.

use domain::{
    problem::Code,
    sales::claims::{ClaimState, allocate},
};
use uuid::Uuid;

use super::{Allotment, Demand, Entry, Standing};
use crate::{Result, entities::claim, inventory::stock::Movement, new_id, sales::sale::Claimed};

impl Allotment<'_> {
    /// Holds what is left for a demand; the rest waits.
    pub fn claim(&mut self, demand: &Demand) {
        self.stirred.insert(demand.variant_id);
        let left = self.left.entry(demand.variant_id).or_default();
        let (held, waiting) = allocate(*left, demand.quantity);
        *left -= i64::from(held);
        if held > 0 {
            let index = self.add(demand, i64::from(held), ClaimState::Held);
            let claim_id = self.claims[index].row.id;
            self.movements.push(Movement::hold(demand.variant_id, i64::from(held), claim_id));
            self.outcome.held += i64::from(held);
        }
        if waiting > 0 {
            self.wait_for(demand, i64::from(waiting));
        }
    }

    /// Queues a demand behind all others.
    pub fn queue(&mut self, demand: &Demand) {
        self.stirred.insert(demand.variant_id);
        self.wait_for(demand, i64::from(demand.quantity));
    }

    fn wait_for(&mut self, demand: &Demand, quantity: i64) {
        let index = self.add(demand, quantity, ClaimState::Waitlisted);
        if !self.blocked.contains(&demand.customer_id) {
            self.lines.entry(demand.variant_id).or_default().push_back(index);
        }
        self.outcome.waitlisted += quantity;
    }

    fn add(&mut self, demand: &Demand, quantity: i64, state: ClaimState) -> usize {
        let row = claim::Model {
            id: new_id(),
            business_id: self.sale.business_id,
            sale_id: self.sale.id,
            comment_id: demand.comment_id,
            customer_id: demand.customer_id,
            variant_id: demand.variant_id,
            quantity,
            price: self.claimed.get(&demand.variant_id).map_or(0, Claimed::price),
            state: state.as_str().into(),
            invoice_id: None,
            place: self.next_place,
            created_at: self.now,
            updated_at: self.now,
            held_at: (state == ClaimState::Held).then_some(self.now),
            let_go_by: None,
        };
        self.next_place += 1;
        self.enter(Entry { row, state, before: None, is_changed: true, is_gone: false })
    }

    /// Cancels all that a customer holds or waits for of a variant in this sale, by a comment of theirs, and serves those
    /// who wait. Billed claims stay: the invoice stands. Gives what was let go.
    pub fn cancel(&mut self, customer_id: Uuid, variant_id: Uuid, comment_id: Option<Uuid>) -> Standing {
        let standing = self.standing(customer_id, variant_id);
        for index in self.of_buyer.get(&(customer_id, variant_id)).cloned().unwrap_or_default() {
            self.let_go(index, ClaimState::Cancelled, comment_id);
        }
        self.serve(variant_id);
        standing
    }

    /// Cancels so many pieces of what a customer holds or waits for of a variant in this sale, and serves those who wait: of
    /// what waits first, and of the latest claims first; all, if there are no more. Gives what they had.
    pub fn reduce(
        &mut self,
        customer_id: Uuid,
        variant_id: Uuid,
        pieces: u32,
        comment_id: Option<Uuid>,
    ) -> Standing {
        let standing = self.standing(customer_id, variant_id);
        let theirs = self.of_buyer.get(&(customer_id, variant_id)).cloned().unwrap_or_default();
        let mut rest = i64::from(pieces);
        for state in [ClaimState::Waitlisted, ClaimState::Held] {
            for index in theirs.iter().rev().copied() {
                let Some(entry) =
                    self.claims.get(index).filter(|entry| entry.state == state && !entry.is_gone)
                else {
                    continue;
                };
                let (all, taken) = (entry.row.quantity, Ord::min(entry.row.quantity, rest));
                rest -= taken;
                if taken == all {
                    self.let_go(index, ClaimState::Cancelled, comment_id);
                } else if taken > 0 {
                    self.let_go_of(index, taken, comment_id);
                }
            }
        }
        self.serve(variant_id);
        standing
    }

    /// Lets go of fewer pieces than a claim has: it keeps the rest, and what was let go stands beside it.
    fn let_go_of(&mut self, index: usize, pieces: i64, comment_id: Option<Uuid>) {
        let Some(entry) = self.claims.get_mut(index) else { return };
        entry.row.quantity -= pieces;
        entry.is_changed = true;
        let row = entry.row.clone();
        if entry.state == ClaimState::Held {
            *self.left.entry(row.variant_id).or_default() += pieces;
            self.movements.push(Movement::release(row.variant_id, pieces, row.id));
        }
        self.outcome.cancelled += pieces;
        let row = claim::Model { id: new_id(), quantity: pieces, let_go_by: comment_id, ..row };
        let state = ClaimState::Cancelled;
        self.enter(Entry { row, state, before: None, is_changed: true, is_gone: false });
    }

    /// Cancels one claim, if it is held or waits, and serves those who wait.
    pub fn cancel_claim(&mut self, claim_id: Uuid) {
        if let Some(index) = self.index_of(claim_id) {
            self.let_go(index, ClaimState::Cancelled, None);
            self.serve(self.claims[index].row.variant_id);
        }
    }

    /// Takes back what was held too long, and with it the buyer's place in the line for the same: otherwise the piece
    /// could come straight back to them.
    pub fn release(&mut self, claims: &[Uuid]) {
        for claim_id in claims {
            let Some(index) = self.index_of(*claim_id) else { continue };
            let (customer_id, variant_id) =
                (self.claims[index].row.customer_id, self.claims[index].row.variant_id);
            self.let_go(index, ClaimState::Released, None);
            for index in self.of_buyer.get(&(customer_id, variant_id)).cloned().unwrap_or_default() {
                if self.claims[index].state == ClaimState::Waitlisted {
                    self.let_go(index, ClaimState::Released, None);
                }
            }
            self.stirred.insert(variant_id);
        }
    }

    fn let_go(&mut self, index: usize, state: ClaimState, comment_id: Option<Uuid>) {
        let Some(entry) = self.claims.get_mut(index).filter(|entry| !entry.is_gone) else { return };
        match entry.state {
            ClaimState::Held => {
                *self.left.entry(entry.row.variant_id).or_default() += entry.row.quantity;
                let release = Movement::release(entry.row.variant_id, entry.row.quantity, entry.row.id);
                self.movements.push(release);
            }
            ClaimState::Waitlisted => {}
            ClaimState::Cancelled | ClaimState::Invoiced | ClaimState::Released => return,
        }
        self.outcome.cancelled += entry.row.quantity;
        entry.row.let_go_by = comment_id;
        entry.state = state;
        entry.is_changed = true;
    }

    /// Changes the stock of a variant within the allotment, before those who wait are served.
    ///
    /// # Errors
    /// [`Code::WrongState`] where less would be left than nothing.
    pub fn change_stock(&mut self, movement: Movement) -> Result<()> {
        let left = self.left.entry(movement.variant_id).or_default();
        *left += movement.on_hand - movement.held;
        if *left < 0 {
            return Err(Code::WrongState.into());
        }
        self.stirred.insert(movement.variant_id);
        self.movements.push(movement);
        Ok(())
    }

    /// Gives what is left of a variant to those who wait for it, in their order. One who gets a part goes on waiting for
    /// the rest, in the same place.
    pub fn serve(&mut self, variant_id: Uuid) {
        if !self.claimed.contains_key(&variant_id) {
            return;
        }
        while self.left(variant_id) > 0
            && let Some(index) = self.lines.get_mut(&variant_id).and_then(|line| line.pop_front())
        {
            let left = self.left(variant_id);
            let Some(entry) = self.claims.get_mut(index) else { continue };
            if entry.state != ClaimState::Waitlisted || entry.is_gone {
                continue;
            }
            let served = Ord::min(entry.row.quantity, left);
            let rest = entry.row.quantity - served;
            entry.row.quantity = served;
            entry.row.held_at = Some(self.now);
            entry.state = ClaimState::Held;
            entry.is_changed = true;
            let row = entry.row.clone();
            self.movements.push(Movement::hold(variant_id, served, row.id));
            self.left.insert(variant_id, left - served);
            self.outcome.held += served;
            self.outcome.waitlisted -= served;
            if rest > 0 {
                let row = claim::Model { id: new_id(), quantity: rest, held_at: None, ..row };
                let state = ClaimState::Waitlisted;
                let rest = self.enter(Entry { row, state, before: None, is_changed: true, is_gone: false });
                self.lines.entry(variant_id).or_default().push_front(rest);
            }
        }
    }

    /// Serves the lines of all variants that were changed.
    pub(super) fn serve_the_stirred(&mut self) {
        let stirred: Vec<Uuid> = self.stirred.drain().collect();
        for variant_id in stirred {
            self.serve(variant_id);
        }
    }

    pub(super) fn index_of(&self, claim_id: Uuid) -> Option<usize> {
        self.claims.iter().position(|entry| entry.row.id == claim_id)
    }
}
