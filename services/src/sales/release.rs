//! Releasing what was held too long. One job a sale does it, and queues itself for the next claim whose time is over.

use domain::{sales::claims::ClaimState, time::HOUR};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Expr,
};
use uuid::Uuid;

use super::allot::Allotment;
use crate::{
    Result, Services,
    database::Write,
    entities::{claim, sale},
    jobs::{JobKind, Outcome, queue::enqueue},
};

/// Claims released in one write; the rest follows at once.
const AT_ONCE: u64 = 2_000;

/// How long a sale holds a claim, in milliseconds; nothing where it holds for ever.
fn hold_time(sale: &sale::Model) -> Option<i64> {
    sale.hold_hours.map(|hours| hours.saturating_mul(HOUR))
}

/// When a held claim of a sale is released; nothing where it is held for ever.
pub(crate) fn releases_at(sale: &sale::Model, claim: &claim::Model) -> Option<i64> {
    Some(claim.held_at?.saturating_add(hold_time(sale)?))
}

/// When the next claim of some sales is to be released.
async fn next_release(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    timed: &[sale::Model],
) -> Result<Option<i64>> {
    let first: Vec<(Uuid, Option<i64>)> = claim::Entity::find()
        .select_only()
        .column(claim::Column::SaleId)
        .expr_as(Expr::col(claim::Column::HeldAt).min(), "first")
        .filter(claim::Column::BusinessId.eq(business_id))
        .filter(claim::Column::SaleId.is_in(timed.iter().map(|sale| sale.id)))
        .filter(claim::Column::State.eq(ClaimState::Held.as_str()))
        .group_by(claim::Column::SaleId)
        .into_tuple()
        .all(connection)
        .await?;
    let moments = first.into_iter().filter_map(|(sale_id, first)| {
        let sale = timed.iter().find(|sale| sale.id == sale_id)?;
        Some(first?.saturating_add(hold_time(sale)?))
    });
    Ok(moments.min())
}

/// Queues the release of what some sales hold. A job that comes too early for one of them waits on.
pub(crate) async fn schedule(
    write: &Write,
    business_id: Uuid,
    sales: impl IntoIterator<Item = Uuid>,
) -> Result<()> {
    let sales: Vec<Uuid> = sales.into_iter().collect();
    if sales.is_empty() {
        return Ok(());
    }
    let timed = sale::Entity::find()
        .filter(sale::Column::BusinessId.eq(business_id))
        .filter(sale::Column::Id.is_in(sales))
        .filter(sale::Column::HoldHours.is_not_null())
        .all(&**write)
        .await?;
    if timed.is_empty() {
        return Ok(());
    }
    let Some(next) = next_release(&**write, business_id, &timed).await? else { return Ok(()) };
    let ids = timed.iter().map(|sale| sale.id);
    enqueue(write, business_id, JobKind::ReleaseClaims, ids, next).await
}

/// Releases the claims of a sale whose time is over. Carried out twice, it finds nothing the second time.
pub(crate) async fn release(services: &Services, business_id: Uuid, sale_id: Uuid) -> Result<Outcome> {
    let now = services.now();
    let write = services.database.write(business_id).await?;
    let sale = sale::Entity::find_by_id(sale_id)
        .filter(sale::Column::BusinessId.eq(business_id))
        .one(&*write)
        .await?;
    let Some(sale) = sale else { return Ok(Outcome::Done) };
    let Some(hold_time) = hold_time(&sale) else { return Ok(Outcome::Done) };
    let over: Vec<(Uuid, Uuid)> = claim::Entity::find()
        .select_only()
        .columns([claim::Column::Id, claim::Column::VariantId])
        .filter(claim::Column::BusinessId.eq(business_id))
        .filter(claim::Column::SaleId.eq(sale_id))
        .filter(claim::Column::State.eq(ClaimState::Held.as_str()))
        .filter(claim::Column::HeldAt.lte(now.saturating_sub(hold_time)))
        .order_by_asc(claim::Column::Place)
        .limit(AT_ONCE)
        .into_tuple()
        .all(&*write)
        .await?;
    if !over.is_empty() {
        let variants = over.iter().map(|(_, variant_id)| *variant_id);
        let mut allotment = Allotment::begin(&write, &sale, variants, now).await?;
        let claims: Vec<Uuid> = over.iter().map(|(claim_id, _)| *claim_id).collect();
        allotment.release(&claims);
        allotment.finish().await?;
    }
    let next = next_release(&*write, business_id, std::slice::from_ref(&sale)).await?;
    write.commit().await?;
    Ok(next.map_or(Outcome::Done, Outcome::Again))
}
