//! Claims as shown, and changing one by hand.

use std::collections::HashSet;

use domain::{
    money::Money,
    problem::Code,
    sales::{claims::ClaimState, view::ClaimLine},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::SimpleExpr,
};
use uuid::Uuid;

pub use super::by_hand::cancel;
use super::{
    allot::{Allotment, Change, Demand},
    sale,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::customer::names,
    database::Write,
    entities::{claim, sale as sales},
    error::{OrNotFound, stored},
};

/// Claims shown on a sale's page.
const SHOWN: u64 = 200;

/// The latest claims of a sale, and whether there are more.
pub(crate) async fn of_sale(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sale_id: Uuid,
) -> Result<(Vec<ClaimLine>, bool)> {
    let mut claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::SaleId.eq(sale_id))
        .order_by_desc(claim::Column::Place)
        .limit(SHOWN + 1)
        .all(connection)
        .await?;
    let more = claims.len() as u64 > SHOWN;
    claims.truncate(SHOWN as usize);
    let claimed =
        sale::claimed(connection, actor.business_id, claims.iter().map(|claim| claim.variant_id)).await?;
    let names = names(connection, actor.business_id, claims.iter().map(|claim| claim.customer_id)).await?;
    let lines = claims
        .into_iter()
        .map(|claim| {
            let what = claimed.get(&claim.variant_id).or_not_found()?;
            Ok(ClaimLine {
                id: claim.id,
                customer_id: claim.customer_id,
                customer_name: names.get(&claim.customer_id).cloned().unwrap_or_default(),
                code: what.item.code.clone(),
                title: what.item.title.clone(),
                variant: what.variant.name.clone(),
                quantity: claim.quantity,
                price: Money::new(claim.price, actor.currency),
                state: stored(ClaimState::parse(&claim.state))?,
            })
        })
        .collect::<Result<_>>()?;
    Ok((lines, more))
}

pub(super) async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<claim::Model> {
    claim::Entity::find_by_id(id)
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// Takes back a cancellation or a release. If the pieces went to somebody else meanwhile, the buyer waits again.
pub async fn restore(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write_by(actor).await?;
    let claim = find(&*write, actor, id).await?;
    if ![ClaimState::Cancelled.as_str(), ClaimState::Released.as_str()].contains(&claim.state.as_str()) {
        return Err(Code::WrongState.into());
    }
    let sale = sale::find(&*write, actor, claim.sale_id).await?;
    let mut allotment = Allotment::begin(&write, &sale, [claim.variant_id], services.now()).await?;
    if !allotment.can_be_claimed(claim.variant_id) {
        return Err(Code::WrongState.into());
    }
    allotment.claim(&Demand {
        comment_id: claim.comment_id,
        customer_id: claim.customer_id,
        variant_id: claim.variant_id,
        quantity: u32::try_from(claim.quantity).unwrap_or(u32::MAX),
    });
    allotment.finish().await?;
    claim::Entity::delete_by_id(id).exec(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Gives what is left of some variants to those who wait for them, after stock came in.
pub(crate) async fn serve_the_waiting(
    write: &Write,
    business_id: Uuid,
    variants: &[Uuid],
    now: i64,
) -> Result<()> {
    serve_and_tell(write, business_id, variants, now).await?;
    Ok(())
}

/// Gives what is left to a customer who waits for it, and to all who wait for the same.
pub(crate) async fn serve_the_waiting_of(
    write: &Write,
    business_id: Uuid,
    customer_id: Uuid,
    now: i64,
) -> Result<()> {
    serve_where(write, business_id, claim::Column::CustomerId.eq(customer_id), now).await?;
    Ok(())
}

/// As [`serve_the_waiting`]; gives what changed about claims, so that it can be taken back with the stock that came in.
pub(crate) async fn serve_and_tell(
    write: &Write,
    business_id: Uuid,
    variants: &[Uuid],
    now: i64,
) -> Result<Vec<Change>> {
    serve_where(write, business_id, claim::Column::VariantId.is_in(variants.iter().copied()), now).await
}

/// The sale of a claim.
pub(crate) async fn sale_of(write: &Write, business_id: Uuid, claim_id: Uuid) -> Result<Uuid> {
    claim::Entity::find_by_id(claim_id)
        .select_only()
        .column(claim::Column::SaleId)
        .filter(claim::Column::BusinessId.eq(business_id))
        .into_tuple()
        .one(&**write)
        .await?
        // A claim that is gone was changed since.
        .ok_or_else(|| Code::WrongState.into())
}

async fn serve_where(write: &Write, business_id: Uuid, which: SimpleExpr, now: i64) -> Result<Vec<Change>> {
    let waiting: Vec<(Uuid, Uuid)> = claim::Entity::find()
        .select_only()
        .columns([claim::Column::SaleId, claim::Column::VariantId])
        .distinct()
        .filter(claim::Column::BusinessId.eq(business_id))
        .filter(which)
        .filter(claim::Column::State.eq(ClaimState::Waitlisted.as_str()))
        .into_tuple()
        .all(&**write)
        .await?;
    // The claims of all sales are served in one go, from whichever sale it begins.
    let Some((sale_id, _)) = waiting.first() else { return Ok(Vec::new()) };
    let sale = sales::Entity::find_by_id(*sale_id)
        .filter(sales::Column::BusinessId.eq(business_id))
        .one(&**write)
        .await?
        .or_not_found()?;
    let variants: HashSet<Uuid> = waiting.iter().map(|(_, variant_id)| *variant_id).collect();
    let mut allotment = Allotment::begin(write, &sale, variants.iter().copied(), now).await?;
    for variant_id in variants {
        allotment.serve(variant_id);
    }
    let changes = allotment.changes();
    allotment.finish().await?;
    Ok(changes)
}
