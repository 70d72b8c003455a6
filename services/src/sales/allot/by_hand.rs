//! What a seller changes about single claims, and undoing it.

use std::collections::{HashMap, HashSet};

use domain::{problem::Code, sales::claims::ClaimState};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    Allotment, Change, Entry,
    change::{Kept, of_present_customers},
};
use crate::{
    Result,
    entities::{claim, sale},
    error::stored,
    inventory::stock::Movement,
    new_id,
    sales::release,
};

impl Allotment<'_> {
    /// Moves a held claim to the end of the line, behind all who wait now. They are served first; what nobody of them
    /// takes stays free for the next who claim it.
    pub fn move_to_line(&mut self, claim_id: Uuid) -> Result<()> {
        let index = self.open_claim(claim_id)?;
        let entry = &mut self.claims[index];
        if entry.state != ClaimState::Held {
            return Err(Code::WrongState.into());
        }
        let (variant_id, quantity) = (entry.row.variant_id, entry.row.quantity);
        entry.state = ClaimState::Waitlisted;
        entry.row.held_at = None;
        entry.row.place = self.next_place;
        entry.is_changed = true;
        self.next_place += 1;
        self.movements.push(Movement::release(variant_id, quantity, claim_id));
        *self.left.entry(variant_id).or_default() += quantity;
        self.serve(variant_id);
        Ok(())
    }

    /// Gives a claim to another buyer, held or waiting as it is.
    pub fn assign(&mut self, claim_id: Uuid, customer_id: Uuid) -> Result<()> {
        let index = self.open_claim(claim_id)?;
        let entry = &mut self.claims[index];
        if entry.row.customer_id == customer_id {
            return Err(Code::WrongState.into());
        }
        entry.row.customer_id = customer_id;
        entry.is_changed = true;
        Ok(())
    }

    /// Gives some pieces of a claim to another buyer, held or waiting as they are.
    pub fn split(&mut self, claim_id: Uuid, pieces: i64, customer_id: Uuid) -> Result<()> {
        let index = self.open_claim(claim_id)?;
        let entry = &mut self.claims[index];
        if entry.row.customer_id == customer_id || !(1..entry.row.quantity).contains(&pieces) {
            return Err(Code::WrongState.into());
        }
        entry.row.quantity -= pieces;
        entry.is_changed = true;
        let (state, variant_id) = (entry.state, entry.row.variant_id);
        let row = claim::Model { id: new_id(), customer_id, quantity: pieces, ..entry.row.clone() };
        if state == ClaimState::Held {
            self.movements.push(Movement::release(variant_id, pieces, claim_id));
            self.movements.push(Movement::hold(variant_id, pieces, row.id));
        }
        self.enter(Entry { row, state, before: None, is_changed: true, is_gone: false });
        Ok(())
    }

    /// Makes a claim stand again that was let go: what is left is held for it anew, the rest waits in its old place.
    pub fn restore(&mut self, claim_id: Uuid) -> Result<()> {
        let index = self.index_of(claim_id).ok_or(Code::NotFound)?;
        let now = self.now;
        let entry = &mut self.claims[index];
        if !matches!(entry.state, ClaimState::Cancelled | ClaimState::Released) {
            return Err(Code::WrongState.into());
        }
        let (variant_id, pieces) = (entry.row.variant_id, entry.row.quantity);
        let left = self.left.entry(variant_id).or_default();
        let held = Ord::min(pieces, Ord::max(*left, 0));
        *left -= held;
        entry.row.let_go_by = None;
        entry.row.held_at = (held > 0).then_some(now);
        entry.state = if held > 0 { ClaimState::Held } else { ClaimState::Waitlisted };
        entry.is_changed = true;
        if held > 0 {
            entry.row.quantity = held;
            self.movements.push(Movement::hold(variant_id, held, claim_id));
        }
        let rest = pieces - held;
        if held > 0 && rest > 0 {
            let row = claim::Model { id: new_id(), quantity: rest, held_at: None, ..entry.row.clone() };
            let state = ClaimState::Waitlisted;
            self.enter(Entry { row, state, before: None, is_changed: true, is_gone: false });
        }
        self.line_up();
        Ok(())
    }

    /// A claim that is held or waits.
    fn open_claim(&self, claim_id: Uuid) -> Result<usize> {
        let index = self.index_of(claim_id).ok_or(Code::NotFound)?;
        match self.claims[index].state {
            ClaimState::Held | ClaimState::Waitlisted => Ok(index),
            ClaimState::Cancelled | ClaimState::Invoiced | ClaimState::Released => {
                Err(Code::WrongState.into())
            }
        }
    }

    /// What was changed so far, those who were served among it.
    pub fn changes(&mut self) -> Vec<Change> {
        self.serve_the_stirred();
        let changed = self.claims.iter().filter(|entry| entry.is_changed && !entry.is_gone);
        changed
            .map(|entry| Change {
                before: entry.before.as_ref().map(Kept::from),
                after: Kept { state: entry.state.as_str().into(), ..Kept::from(&entry.row) },
            })
            .collect()
    }

    /// Makes the claims what they were before some changes. Who waits is served then with what is left over. A buyer whose
    /// time to hold went by meanwhile has it anew, and one who was merged into another since is that one now.
    ///
    /// # Errors
    /// [`Code::WrongState`] where a claim has changed since, or its pieces went elsewhere.
    pub async fn undo(&mut self, changes: &[Change]) -> Result<()> {
        let changes = of_present_customers(self.write, self.sale.business_id, changes.to_vec()).await?;
        let sales = self.sales_of(&changes).await?;
        let now = self.now;
        let mut holds = Vec::new();
        for change in &changes {
            let index = self.index_of(change.after.id).ok_or(Code::WrongState)?;
            let entry = &mut self.claims[index];
            let stands = Kept { state: entry.state.as_str().into(), ..Kept::from(&entry.row) };
            if !stands.is_same(&change.after) {
                return Err(Code::WrongState.into());
            }
            let variant_id = entry.row.variant_id;
            self.stirred.insert(variant_id);
            if entry.state == ClaimState::Held {
                *self.left.entry(variant_id).or_default() += entry.row.quantity;
                self.movements.push(Movement::release(variant_id, entry.row.quantity, entry.row.id));
            }
            entry.is_changed = true;
            match &change.before {
                None => entry.is_gone = true,
                Some(before) => {
                    before.put_back(&mut entry.row);
                    entry.state = stored(ClaimState::parse(&before.state))?;
                    if entry.state == ClaimState::Held {
                        let sale = sales.get(&entry.row.sale_id);
                        let ends = sale.and_then(|sale| release::releases_at(sale, &entry.row));
                        if ends.is_some_and(|ends| ends <= now) {
                            entry.row.held_at = Some(now);
                        }
                        holds.push(Movement::hold(variant_id, entry.row.quantity, entry.row.id));
                    }
                }
            }
        }
        // All that returns has returned before anything is taken, so that no figure is ever below what it can be.
        for hold in holds {
            *self.left.entry(hold.variant_id).or_default() -= hold.held;
            self.movements.push(hold);
        }
        if self.left.values().any(|left| *left < 0) {
            return Err(Code::WrongState.into());
        }
        self.line_up();
        Ok(())
    }

    /// The sales of some changed claims.
    async fn sales_of(&self, changes: &[Change]) -> Result<HashMap<Uuid, sale::Model>> {
        let ids: HashSet<Uuid> = changes
            .iter()
            .filter_map(|change| self.index_of(change.after.id))
            .map(|index| self.claims[index].row.sale_id)
            .collect();
        let sales = sale::Entity::find()
            .filter(sale::Column::BusinessId.eq(self.sale.business_id))
            .filter(sale::Column::Id.is_in(ids))
            .all(&**self.write)
            .await?;
        Ok(sales.into_iter().map(|sale| (sale.id, sale)).collect())
    }
}
