//! What was done by hand in a sale, and undoing it.

use std::collections::{HashMap, HashSet};

use domain::{
    problem::Code,
    sales::{
        ClaimState, Status,
        by_hand::{ActionKind, ActionLine, HandClaimed},
    },
    time,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, prelude::Expr, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::{
    allot::{Allotment, Change},
    claims, sale,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    customers::customer::names,
    database::Write,
    entities::{comment, sale as sales, sale_action},
    error::{OrNotFound, stored},
    once::Once,
};

/// Actions shown at once.
const SHOWN: u64 = 20;

/// Something done by hand, about to be stored.
pub(super) struct Action {
    pub kind: ActionKind,
    /// The form that asked for it.
    pub once: Once,
    pub customer_id: Uuid,
    pub variant_id: Uuid,
    /// Pieces.
    pub quantity: i64,
}

/// What was done with this key already: a form that is sent twice does its work once.
///
/// # Errors
/// [`Code::WrongState`] if something else was done with the key, or it was undone since.
pub(super) async fn done_already(write: &Write, actor: &Actor, once: &Once) -> Result<Option<Vec<Change>>> {
    let Some(key) = once.key else { return Ok(None) };
    let row = sale_action::Entity::find_by_id(key)
        .filter(sale_action::Column::BusinessId.eq(actor.business_id))
        .one(&**write)
        .await?;
    let Some(row) = row else { return Ok(None) };
    once.must_be_same(&row.asked, row.undone_at.is_some())?;
    changes(&row).map(Some)
}

fn changes(row: &sale_action::Model) -> Result<Vec<Change>> {
    stored(serde_json::from_str(&row.changes).ok())
}

/// Stores an action with what it changed, and gives its id.
pub(super) async fn record(
    write: &Write,
    actor: &Actor,
    sale: &sales::Model,
    action: Action,
    changes: &[Change],
    now: i64,
) -> Result<Uuid> {
    let id = action.once.id();
    let changes =
        serde_json::to_string(changes).map_err(|_| Error::Fault("changes cannot be written as JSON"))?;
    let row = sale_action::ActiveModel {
        id: Set(id),
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
        asked: Set(action.once.asked),
    };
    sale_action::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(id)
}

/// What some changes came to for the buyer whose claims they made or ended, in pieces.
pub(super) fn came_to(changes: &[Change]) -> HandClaimed {
    let pieces = |state: ClaimState, is_new: bool| -> i64 {
        changes
            .iter()
            .filter(|change| change.after.state == state.as_str() && change.before.is_none() == is_new)
            .map(|change| change.after.quantity)
            .sum()
    };
    HandClaimed {
        held: pieces(ClaimState::Held, true),
        waitlisted: pieces(ClaimState::Waitlisted, true),
        // Of a claim that was let go of in part, the part is a row of its own.
        cancelled: pieces(ClaimState::Cancelled, false) + pieces(ClaimState::Cancelled, true),
        unclear: None,
        action: None,
    }
}

/// The latest actions of a sale that were not undone, the newest first.
pub async fn list(services: &Services, actor: &Actor, sale_id: Uuid) -> Result<Vec<ActionLine>> {
    let of_sale = sale_action::Column::SaleId.eq(sale_id);
    lines(services, actor, of_sale.and(sale_action::Column::UndoneAt.is_null())).await
}

/// One action as shown.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<ActionLine> {
    lines(services, actor, sale_action::Column::Id.eq(id)).await?.pop().or_not_found()
}

async fn lines(services: &Services, actor: &Actor, which: SimpleExpr) -> Result<Vec<ActionLine>> {
    let (read, now) = (services.database.read(), services.now());
    let rows = sale_action::Entity::find()
        .filter(sale_action::Column::BusinessId.eq(actor.business_id))
        .filter(which)
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

/// Undoes an action: every claim that it changed is again what it was, and a comment that it decided is for a person
/// again.
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
    let changes = changes(&action)?;
    let variants: HashSet<Uuid> = changes.iter().map(|change| change.after.variant_id).collect();
    let changed: Vec<Uuid> = changes.iter().map(|change| change.after.id).collect();
    if action.kind == ActionKind::Answer.as_str() {
        review_again(&write, actor, &changes).await?;
    }
    let mut allotment = Allotment::begin_with(&write, &sale, variants, &changed, now).await?;
    allotment.undo(&changes).await?;
    allotment.finish().await?;
    let mut row = action.into_active_model();
    row.undone_at = Set(Some(now));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Puts the comment that was decided by some changes to review again.
async fn review_again(write: &Write, actor: &Actor, changes: &[Change]) -> Result<()> {
    let let_go_by = changes.iter().find_map(|change| {
        let before = change.before.as_ref()?.let_go_by;
        change.after.let_go_by.filter(|_| before.is_none())
    });
    // What was claimed by it stands behind all others; a rest that waits on keeps the place it had.
    let made = changes.iter().filter(|change| change.before.is_none());
    let made = made.max_by_key(|change| change.after.place).map(|change| change.after.id);
    let comment_id = match (let_go_by, made) {
        (Some(comment_id), _) => Some(comment_id),
        (None, Some(claim_id)) => claims::find(&**write, actor, claim_id).await?.comment_id,
        (None, None) => None,
    };
    comment::Entity::update_many()
        .col_expr(comment::Column::Status, Expr::value(Status::Review.as_str()))
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::Id.is_in(comment_id))
        .exec(&**write)
        .await?;
    Ok(())
}
