//! What was done by hand in a sale, and undoing it.

use std::collections::{HashMap, HashSet};

use domain::{
    problem::Code,
    sales::{
        ClaimState,
        by_hand::{ActionKind, ActionLine, HandClaimed},
    },
    time,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::{
    allot::{Allotment, Change},
    sale,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    customers::{customer::names, merge::followed},
    database::Write,
    entities::{sale as sales, sale_action},
    error::{OrNotFound, stored},
    new_id,
};

/// Actions shown at once.
const SHOWN: u64 = 20;

/// Something done by hand, about to be stored.
pub(super) struct Action {
    pub kind: ActionKind,
    /// Made with the form, if it was sent with one.
    pub key: Option<Uuid>,
    pub customer_id: Uuid,
    pub variant_id: Uuid,
    /// Pieces.
    pub quantity: i64,
}

/// What was done with this key already: a form that is sent twice does its work once.
pub(super) async fn done_already(
    write: &Write,
    actor: &Actor,
    key: Option<Uuid>,
) -> Result<Option<Vec<Change>>> {
    let Some(key) = key else { return Ok(None) };
    let row = sale_action::Entity::find_by_id(key)
        .filter(sale_action::Column::BusinessId.eq(actor.business_id))
        .one(&**write)
        .await?;
    row.map(|row| changes(&row)).transpose()
}

fn changes(row: &sale_action::Model) -> Result<Vec<Change>> {
    stored(serde_json::from_str(&row.changes).ok())
}

/// Stores an action with what it changed.
pub(super) async fn record(
    write: &Write,
    actor: &Actor,
    sale: &sales::Model,
    action: Action,
    changes: &[Change],
    now: i64,
) -> Result<()> {
    let changes =
        serde_json::to_string(changes).map_err(|_| Error::Fault("changes cannot be written as JSON"))?;
    let row = sale_action::ActiveModel {
        id: Set(action.key.unwrap_or_else(new_id)),
        business_id: Set(actor.business_id),
        sale_id: Set(sale.id),
        member_id: Set(actor.member_id),
        kind: Set(action.kind.as_str().into()),
        customer_id: Set(action.customer_id),
        variant_id: Set(action.variant_id),
        quantity: Set(action.quantity),
        changes: Set(changes),
        created_at: Set(now),
        undone_at: Set(None),
    };
    sale_action::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// What some changes came to for the buyer whose claims they made or ended, in pieces.
pub(super) fn came_to(changes: &[Change]) -> HandClaimed {
    let pieces = |state: ClaimState, is_new: bool| {
        changes
            .iter()
            .filter(|change| change.after.state == state.as_str() && change.before.is_none() == is_new)
            .map(|change| change.after.quantity)
            .sum()
    };
    HandClaimed {
        held: pieces(ClaimState::Held, true),
        waitlisted: pieces(ClaimState::Waitlisted, true),
        cancelled: pieces(ClaimState::Cancelled, false),
        unclear: None,
    }
}

/// The latest actions of a sale that were not undone, the newest first.
pub async fn list(services: &Services, actor: &Actor, sale_id: Uuid) -> Result<Vec<ActionLine>> {
    let (read, now) = (services.database.read(), services.now());
    let rows = sale_action::Entity::find()
        .filter(sale_action::Column::BusinessId.eq(actor.business_id))
        .filter(sale_action::Column::SaleId.eq(sale_id))
        .filter(sale_action::Column::UndoneAt.is_null())
        .order_by_desc(sale_action::Column::CreatedAt)
        .order_by_desc(sale_action::Column::Id)
        .limit(SHOWN)
        .all(read)
        .await?;
    let claimed = sale::claimed(read, actor.business_id, rows.iter().map(|row| row.variant_id)).await?;
    let names: HashMap<Uuid, String> =
        names(read, actor.business_id, rows.iter().map(|row| row.customer_id)).await?;
    rows.into_iter()
        .map(|row| {
            let what = claimed.get(&row.variant_id).or_not_found()?;
            Ok(ActionLine {
                id: row.id,
                kind: stored(ActionKind::parse(&row.kind))?,
                customer_name: names.get(&row.customer_id).cloned().unwrap_or_default(),
                code: what.item.code.clone(),
                variant: what.variant.name.clone(),
                quantity: row.quantity,
                age: time::age(row.created_at, now),
            })
        })
        .collect()
}

/// Changes of claims whose buyers were merged into others since: they are about those now.
async fn of_present_customers(write: &Write, actor: &Actor, mut changes: Vec<Change>) -> Result<Vec<Change>> {
    let ids: HashSet<Uuid> = changes
        .iter()
        .flat_map(|change| change.before.iter().chain([&change.after]))
        .map(|claim| claim.customer_id)
        .collect();
    let merged = followed(write, actor.business_id, ids).await?;
    for claim in changes.iter_mut().flat_map(|change| change.before.iter_mut().chain([&mut change.after])) {
        claim.customer_id = merged.get(&claim.customer_id).copied().unwrap_or(claim.customer_id);
    }
    Ok(changes)
}

/// Undoes an action: every claim that it changed is again what it was.
///
/// # Errors
/// [`Code::WrongState`] where it was undone already, or something that came later stands in the way: a claim was changed
/// again or billed, or its pieces went to somebody else.
pub async fn undo(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let action = sale_action::Entity::find_by_id(id)
        .filter(sale_action::Column::BusinessId.eq(actor.business_id))
        .one(&*write)
        .await?
        .or_not_found()?;
    if action.undone_at.is_some() {
        return Err(Code::WrongState.into());
    }
    let sale = sale::find(&*write, actor, action.sale_id).await?;
    let changes = of_present_customers(&write, actor, changes(&action)?).await?;
    let variants: HashSet<Uuid> = changes.iter().map(|change| change.after.variant_id).collect();
    let claims: Vec<Uuid> = changes.iter().map(|change| change.after.id).collect();
    let mut allotment = Allotment::begin_with(&write, &sale, variants, &claims, now).await?;
    allotment.undo(&changes)?;
    allotment.finish().await?;
    let mut row = action.into_active_model();
    row.undone_at = Set(Some(now));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}
