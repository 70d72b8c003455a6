//! A claim as it was before and after something done by hand, kept so that it can be undone.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Result, customers::merge::followed, database::Write, entities::claim};

/// One claim before and after.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    /// Nothing for a claim that was made by it.
    pub before: Option<Kept>,
    pub after: Kept,
}

/// What changes about a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub variant_id: Uuid,
    /// Pieces.
    pub quantity: i64,
    pub state: String,
    pub place: i64,
    pub held_at: Option<i64>,
    pub let_go_by: Option<Uuid>,
}

/// Changes of claims whose buyers were merged into others since: they are about those now.
pub(super) async fn of_present_customers(
    write: &Write,
    business_id: Uuid,
    mut changes: Vec<Change>,
) -> Result<Vec<Change>> {
    let ids: HashSet<Uuid> = changes
        .iter()
        .flat_map(|change| change.before.iter().chain([&change.after]))
        .map(|claim| claim.customer_id)
        .collect();
    let merged = followed(write, business_id, ids).await?;
    for claim in changes.iter_mut().flat_map(|change| change.before.iter_mut().chain([&mut change.after])) {
        claim.customer_id = merged.get(&claim.customer_id).copied().unwrap_or(claim.customer_id);
    }
    Ok(changes)
}

impl From<&claim::Model> for Kept {
    fn from(row: &claim::Model) -> Self {
        Kept {
            id: row.id,
            customer_id: row.customer_id,
            variant_id: row.variant_id,
            quantity: row.quantity,
            state: row.state.clone(),
            place: row.place,
            held_at: row.held_at,
            let_go_by: row.let_go_by,
        }
    }
}

impl Kept {
    /// Whether a claim stands as it did. Since when it is held does not matter for that.
    pub fn is_same(&self, other: &Kept) -> bool {
        (self.customer_id, self.variant_id, self.quantity, &self.state, self.place)
            == (other.customer_id, other.variant_id, other.quantity, &other.state, other.place)
    }

    /// Makes a claim what it was, but for its state.
    pub fn put_back(&self, row: &mut claim::Model) {
        row.customer_id = self.customer_id;
        row.quantity = self.quantity;
        row.place = self.place;
        row.held_at = self.held_at;
        row.let_go_by = self.let_go_by;
    }
}
