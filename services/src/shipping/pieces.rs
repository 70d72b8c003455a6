//! The pieces that leave the house with a parcel.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    Result,
    database::Write,
    entities::{claim, shipment, stock_movement},
    inventory::{
        list::sum_of,
        stock::{self, Movement},
    },
    sales::sale::claimed,
};

/// Notes in the stock that the pieces of a shipment have left the house: of each claim what it did not ship before, and no
/// more than was sold of the variant and is still here, because a piece may have been booked as returned before it was
/// sent. A label that was paid for is never refused for that.
pub(super) async fn ship(write: &Write, shipment: &shipment::Model, now: i64) -> Result<()> {
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(shipment.business_id))
        .filter(claim::Column::InvoiceId.eq(shipment.invoice_id))
        .all(&**write)
        .await?;
    let gone = shipped_before(write, shipment.business_id, &claims).await?;
    let variants = claims.iter().map(|claim| claim.variant_id);
    let mut here: HashMap<Uuid, i64> = claimed(&**write, shipment.business_id, variants)
        .await?
        .into_iter()
        .map(|(id, what)| (id, what.variant.sold - what.variant.shipped))
        .collect();
    let shipped = claims.iter().filter_map(|claim| {
        let here = here.get_mut(&claim.variant_id)?;
        let left = claim.quantity - gone.get(&claim.id).copied().unwrap_or_default();
        let pieces = Ord::min(left, *here);
        (pieces > 0).then(|| {
            *here -= pieces;
            Movement::ship(claim.variant_id, pieces, claim.id)
        })
    });
    let shipped: Vec<Movement> = shipped.collect();
    stock::carry_out(write, shipment.business_id, &shipped, now).await
}

/// How many pieces of each claim were booked as shipped already.
async fn shipped_before(
    write: &Write,
    business_id: Uuid,
    claims: &[claim::Model],
) -> Result<HashMap<Uuid, i64>> {
    // The ledger is asked by variant, for which it has an index.
    let sums: Vec<(Uuid, i64)> = stock_movement::Entity::find()
        .select_only()
        .column(stock_movement::Column::ClaimId)
        .expr_as(sum_of(stock_movement::Column::Shipped), "pieces")
        .filter(stock_movement::Column::BusinessId.eq(business_id))
        .filter(stock_movement::Column::VariantId.is_in(claims.iter().map(|claim| claim.variant_id)))
        .filter(stock_movement::Column::ClaimId.is_in(claims.iter().map(|claim| claim.id)))
        .filter(stock_movement::Column::Shipped.ne(0))
        .group_by(stock_movement::Column::ClaimId)
        .into_tuple()
        .all(&**write)
        .await?;
    Ok(sums.into_iter().collect())
}
