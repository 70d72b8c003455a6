//! Storing an allotment.

use std::collections::HashSet;

use domain::sales::claims::ClaimState;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Allotment, Outcome};
use crate::{Result, customers::handles::ROWS_AT_ONCE, entities::claim, inventory::stock, sales::release};

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
