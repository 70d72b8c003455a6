//! Claims as shown, and changing one by hand.

use std::collections::{HashMap, HashSet};

use domain::{
    money::Money,
    problem::Code,
    sales::{claims::ClaimState, view::ClaimLine},
    time,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::SimpleExpr,
};
use uuid::Uuid;

pub use super::by_hand::cancel;
use super::{
    allot::{Allotment, Change},
    release, sale,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::{block::blocked, customer::names},
    database::Write,
    entities::{claim, sale as sales},
    error::{OrNotFound, stored},
};

/// Claims shown on a sale's page.
const SHOWN: u64 = 200;
/// Claims looked through for places in a line. Who stands further behind is shown without a place.
const LINE: u64 = 10_000;

/// The latest claims of a sale, and whether there are more.
pub(crate) async fn of_sale(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sale: &sales::Model,
    now: i64,
) -> Result<(Vec<ClaimLine>, bool)> {
    let mut claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::SaleId.eq(sale.id))
        .order_by_desc(claim::Column::Place)
        .limit(SHOWN + 1)
        .all(connection)
        .await?;
    let more = claims.len() as u64 > SHOWN;
    claims.truncate(SHOWN as usize);
    let claimed =
        sale::claimed(connection, actor.business_id, claims.iter().map(|claim| claim.variant_id)).await?;
    let names = names(connection, actor.business_id, claims.iter().map(|claim| claim.customer_id)).await?;
    let places = places_in_line(connection, actor, &claims).await?;
    let lines = claims
        .into_iter()
        .map(|claim| {
            let state = stored(ClaimState::parse(&claim.state))?;
            let releases_at = release::releases_at(sale, &claim).filter(|_| state == ClaimState::Held);
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
                state,
                place_in_line: places.get(&claim.id).copied(),
                time_left: releases_at.map(|moment| time::left(moment, now)),
            })
        })
        .collect::<Result<_>>()?;
    Ok((lines, more))
}

/// Of those of some claims that wait, how manieth each is in the line for its variant, in whichever sale the others wait.
/// Who is blocked is passed over.
async fn places_in_line(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    claims: &[claim::Model],
) -> Result<HashMap<Uuid, u32>> {
    let waitlisted = ClaimState::Waitlisted.as_str();
    let variants: HashSet<Uuid> =
        claims.iter().filter(|claim| claim.state == waitlisted).map(|claim| claim.variant_id).collect();
    if variants.is_empty() {
        return Ok(HashMap::new());
    }
    let blocked = blocked(connection, actor.business_id).await?;
    let line: Vec<(Uuid, Uuid, Uuid)> = claim::Entity::find()
        .select_only()
        .columns([claim::Column::Id, claim::Column::VariantId, claim::Column::CustomerId])
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::VariantId.is_in(variants))
        .filter(claim::Column::State.eq(waitlisted))
        .order_by_asc(claim::Column::Place)
        .order_by_asc(claim::Column::Id)
        .limit(LINE)
        .into_tuple()
        .all(connection)
        .await?;
    let mut lengths: HashMap<Uuid, u32> = HashMap::new();
    let served = line.into_iter().filter(|(_, _, customer_id)| !blocked.contains(customer_id));
    let places = served.map(|(claim_id, variant_id, _)| {
        let length = lengths.entry(variant_id).or_default();
        *length += 1;
        (claim_id, *length)
    });
    Ok(places.collect())
}

pub(super) async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<claim::Model> {
    claim::Entity::find_by_id(id)
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// Takes back a cancellation or a release: the same claim stands again, with its price and its place in the line. If the
/// pieces went to somebody else meanwhile, the buyer waits again.
pub async fn restore(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write_by(actor).await?;
    let claim = find(&*write, actor, id).await?;
    if ![ClaimState::Cancelled.as_str(), ClaimState::Released.as_str()].contains(&claim.state.as_str()) {
        return Err(Code::WrongState.into());
    }
    let sale = sale::find(&*write, actor, claim.sale_id).await?;
    let now = services.now();
    let mut allotment = Allotment::begin_with(&write, &sale, [claim.variant_id], &[id], now).await?;
    if !allotment.can_be_claimed(claim.variant_id) {
        return Err(Code::WrongState.into());
    }
    allotment.restore(id)?;
    allotment.finish().await?;
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

/// Gives what is left to some customers who wait for it, and to all who wait for the same.
pub(crate) async fn serve_the_waiting_of_some(
    write: &Write,
    business_id: Uuid,
    customers: &[Uuid],
    now: i64,
) -> Result<()> {
    serve_where(write, business_id, claim::Column::CustomerId.is_in(customers.iter().copied()), now).await?;
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
