//! Storing an allotment.

use std::collections::{HashMap, HashSet};

use domain::sales::claims::ClaimState;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Allotment, Outcome};
use crate::{
    Result,
    customers::handles::ROWS_AT_ONCE,
    entities::claim,
    inventory::stock::{self, Cause, Movement},
    sales::release,
};

impl Allotment<'_> {
    /// Serves those who wait, stores everything, and sees to it that what is held now is released in time.
    pub async fn finish(mut self) -> Result<Outcome> {
        use claim::Column::{CustomerId, HeldAt, Id, LetGoBy, Place, Quantity, State, UpdatedAt};
        self.serve_the_stirred();
        let changed: Vec<claim::ActiveModel> = self
            .claims
            .iter()
            .filter(|entry| entry.is_changed && !entry.is_gone)
            .map(|entry| {
                let mut row = entry.row.clone();
                row.state = entry.state.as_str().into();
                row.updated_at = self.now;
                row.into_active_model().reset_all()
            })
            .collect();
        for some in changed.chunks(ROWS_AT_ONCE) {
            claim::Entity::insert_many(some.to_vec())
                .on_conflict(
                    OnConflict::column(Id)
                        .update_columns([CustomerId, HeldAt, LetGoBy, Place, Quantity, State, UpdatedAt])
                        .to_owned(),
                )
                .exec_without_returning(&**self.write)
                .await?;
        }
        self.delete_gone().await?;
        self.tell_who_waits();
        stock::carry_out(self.write, self.sale.business_id, &self.movements, self.now).await?;
        let held: HashSet<Uuid> = self
            .claims
            .iter()
            .filter(|entry| entry.is_changed && !entry.is_gone && entry.state == ClaimState::Held)
            .map(|entry| entry.row.sale_id)
            .collect();
        release::schedule(self.write, self.sale.business_id, held).await?;
        Ok(self.outcome)
    }

    /// Adds to the movements what changed about those who wait, worked out from the claims before and after, so that no
    /// way to change a claim can forget it. A claim that moved held pieces as well says both in one row.
    fn tell_who_waits(&mut self) {
        let waiting = |row: &claim::Model, state: &str| match state == ClaimState::Waitlisted.as_str() {
            true => row.quantity,
            false => 0,
        };
        let mut rows: HashMap<Uuid, usize> = HashMap::new();
        for (index, movement) in self.movements.iter().enumerate() {
            rows.extend(movement.claim_id.map(|claim_id| (claim_id, index)));
        }
        for entry in self.claims.iter().filter(|entry| entry.is_changed) {
            let before = entry.before.as_ref().map(|row| (row.variant_id, -waiting(row, &row.state)));
            let after =
                (!entry.is_gone).then(|| (entry.row.variant_id, waiting(&entry.row, entry.state.as_str())));
            let mut differences: Vec<(Uuid, i64)> = Vec::new();
            for (variant_id, pieces) in before.into_iter().chain(after) {
                match differences.iter_mut().find(|(known, _)| *known == variant_id) {
                    Some((_, sum)) => *sum += pieces,
                    None => differences.push((variant_id, pieces)),
                }
            }
            for (variant_id, waitlisted) in differences.into_iter().filter(|(_, pieces)| *pieces != 0) {
                let told = rows.get(&entry.row.id).and_then(|index| self.movements.get_mut(*index));
                match told.filter(|movement| movement.variant_id == variant_id) {
                    Some(movement) => movement.waitlisted += waitlisted,
                    None => {
                        let cause = if waitlisted > 0 { Cause::Claim } else { Cause::Release };
                        let movement = Movement::new(variant_id, cause);
                        self.movements.push(Movement {
                            waitlisted,
                            claim_id: Some(entry.row.id),
                            ..movement
                        });
                    }
                }
            }
        }
    }

    /// Deletes the claims whose making was undone.
    async fn delete_gone(&self) -> Result<()> {
        let gone: Vec<Uuid> =
            self.claims.iter().filter(|entry| entry.is_gone).map(|entry| entry.row.id).collect();
        for some in gone.chunks(ROWS_AT_ONCE) {
            claim::Entity::delete_many()
                .filter(claim::Column::BusinessId.eq(self.sale.business_id))
                .filter(claim::Column::Id.is_in(some.iter().copied()))
                .exec(&**self.write)
                .await?;
        }
        Ok(())
    }
}
