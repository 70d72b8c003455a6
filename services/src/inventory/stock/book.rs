//! Booking movements that bring stock in or take it out, serving those who wait, and taking both back.

use std::collections::{HashMap, HashSet};

use domain::{inventory::stock::Figures, problem::Code, sales::claims::ClaimState};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Movement, carry_out};
use crate::{
    Error, Result,
    database::Write,
    entities::{sale, variant},
    error::{OrNotFound, stored},
    sales::{
        allot::{Allotment, Change},
        claims::serve_and_tell,
        sale::IDS_AT_ONCE,
    },
};

/// Carries out movements and gives what came in to those who wait for it, in their order. Gives what changed about claims.
pub(crate) async fn book(
    write: &Write,
    business_id: Uuid,
    movements: &[Movement],
    now: i64,
) -> Result<Vec<Change>> {
    carry_out(write, business_id, movements, now).await?;
    let mut came_in: Vec<Uuid> = movements
        .iter()
        .filter(|movement| movement.on_hand > 0)
        .map(|movement| movement.variant_id)
        .collect();
    came_in.sort_unstable();
    came_in.dedup();
    let mut changes = Vec::new();
    for some in came_in.chunks(IDS_AT_ONCE) {
        changes.extend(serve_and_tell(write, business_id, some, now).await?);
    }
    Ok(changes)
}

/// Pieces that some changes gave to buyers who waited.
pub(crate) fn served(changes: &[Change]) -> i64 {
    let held = changes.iter().filter(|change| change.after.state == ClaimState::Held.as_str());
    held.map(|change| change.after.quantity).sum()
}

/// Takes movements back: those who were served by them wait again in their old places, then `against` is carried out and
/// what is left over after all goes to those who wait.
///
/// # Errors
/// [`Code::WrongState`] where a claim has changed since, or the pieces went to somebody else.
pub(crate) async fn take_back(
    write: &Write,
    business_id: Uuid,
    changes: &[Change],
    against: Vec<Movement>,
    now: i64,
) -> Result<()> {
    let Some(first) = changes.first() else {
        must_leave_enough(write, business_id, &against).await?;
        book(write, business_id, &against, now).await?;
        return Ok(());
    };
    let sale_id = crate::sales::claims::sale_of(write, business_id, first.after.id).await?;
    let sale = sale::Entity::find_by_id(sale_id)
        .filter(sale::Column::BusinessId.eq(business_id))
        .one(&**write)
        .await?
        .or_not_found()?;
    let mut variants: HashSet<Uuid> = changes.iter().map(|change| change.after.variant_id).collect();
    variants.extend(against.iter().map(|movement| movement.variant_id));
    let claims: Vec<Uuid> = changes.iter().map(|change| change.after.id).collect();
    let mut allotment = Allotment::begin_with(write, &sale, variants, &claims, now).await?;
    allotment.undo(changes).await?;
    for movement in against {
        allotment.change_stock(movement)?;
    }
    allotment.finish().await?;
    Ok(())
}

/// Fails where movements would take away what is held, sold or shipped.
async fn must_leave_enough(write: &Write, business_id: Uuid, movements: &[Movement]) -> Result<()> {
    let mut sums: HashMap<Uuid, Figures> = HashMap::new();
    for movement in movements {
        let sum = sums.entry(movement.variant_id).or_default();
        sum.on_hand += movement.on_hand;
        sum.held += movement.held;
        sum.sold += movement.sold;
        sum.shipped += movement.shipped;
    }
    let ids: Vec<Uuid> = sums.keys().copied().collect();
    for some in ids.chunks(IDS_AT_ONCE) {
        let variants = variant::Entity::find()
            .filter(variant::Column::BusinessId.eq(business_id))
            .filter(variant::Column::Id.is_in(some.iter().copied()))
            .all(&**write)
            .await?;
        for variant in variants {
            let sum = sums.get(&variant.id).copied().unwrap_or_default();
            let left = variant.on_hand + sum.on_hand - variant.held - sum.held;
            let (sold, shipped) = (variant.sold + sum.sold, variant.shipped + sum.shipped);
            if left < 0 || shipped < 0 || sold < shipped {
                return Err(Code::WrongState.into());
            }
        }
    }
    Ok(())
}

/// What changed about claims, as it is stored beside what caused it; empty for nothing.
pub(crate) fn to_json(changes: &[Change]) -> Result<String> {
    if changes.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(changes).map_err(|_| Error::Fault("changes cannot be written as JSON"))
}

/// What [`to_json`] wrote.
pub(crate) fn from_json(json: &str) -> Result<Vec<Change>> {
    if json.is_empty() {
        return Ok(Vec::new());
    }
    stored(serde_json::from_str(json).ok())
}
