//! Undoing a merge: what moved goes back, what was changed since stays changed, and what stands in the way is told.

use std::collections::HashSet;

use domain::{
    customers::history::{MergeLine, Undoing},
    problem::Code,
    sales::ClaimState,
    text::fold,
    time,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Set, prelude::Expr, sea_query::SelectStatement,
};
use uuid::Uuid;

use super::{
    credit,
    customer::{find, names},
    merge::{Changes, Kept, MovedKind},
    search,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{
        claim, comment, customer, customer_address, customer_credit, customer_merge, customer_merge_row,
        customer_tag, handle, invoice, past_sale, sale, shipment,
    },
    error::{OrNotFound, stored},
    inventory::list::sum_of,
    sales::claims::serve_the_waiting_of,
    shipping,
};

/// Merges told of on a customer's page.
const SHOWN: u64 = 5;
/// Claims since a merge that are looked through for whose they are.
const MAX_LATER: u64 = 5_000;

/// The merges into a customer that were not undone, the latest first. Only the latest can be undone, so only of it more is
/// found out.
pub(super) async fn lines(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    into: Uuid,
    now: i64,
) -> Result<Vec<MergeLine>> {
    let merges = standing(actor.business_id)
        .filter(customer_merge::Column::IntoId.eq(into))
        .limit(SHOWN)
        .all(connection)
        .await?;
    let undoing = match merges.first() {
        Some(latest) => undoing(connection, actor, latest).await?,
        None => return Ok(Vec::new()),
    };
    let names = names(connection, actor.business_id, merges.iter().map(|merge| merge.from_id)).await?;
    let line = |(place, merge): (usize, customer_merge::Model)| MergeLine {
        id: merge.id,
        name: names.get(&merge.from_id).cloned().unwrap_or_default(),
        age: time::age(merge.created_at, now),
        undoing: if place == 0 { undoing } else { Undoing::LaterMerge },
    };
    Ok(merges.into_iter().enumerate().map(line).collect())
}

/// Merges that were not undone, the latest first.
fn standing(business_id: Uuid) -> Select<customer_merge::Entity> {
    customer_merge::Entity::find()
        .filter(customer_merge::Column::BusinessId.eq(business_id))
        .filter(customer_merge::Column::UndoneAt.is_null())
        .order_by_desc(customer_merge::Column::Id)
}

/// The rows of a kind that a merge moved or made.
fn rows(merge: &customer_merge::Model, kind: MovedKind) -> SelectStatement {
    customer_merge_row::Entity::find()
        .select_only()
        .column(customer_merge_row::Column::RowId)
        .filter(customer_merge_row::Column::MergeId.eq(merge.id))
        .filter(customer_merge_row::Column::Kind.eq(kind.as_str()))
        .into_query()
}

/// Whether something that came later stands in the way of undoing a merge.
async fn undoing(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    merge: &customer_merge::Model,
) -> Result<Undoing> {
    let later = standing(actor.business_id).filter(customer_merge::Column::Id.gt(merge.id)).filter(
        Condition::any()
            .add(customer_merge::Column::FromId.eq(merge.into_id))
            .add(customer_merge::Column::IntoId.eq(merge.into_id)),
    );
    if later.one(connection).await?.is_some() {
        return Ok(Undoing::LaterMerge);
    }
    let (claims, invoices) = (rows(merge, MovedKind::Claim), rows(merge, MovedKind::Invoice));
    let moved_on_others = Condition::all()
        .add(claim::Column::Id.in_subquery(claims.clone()))
        .add(claim::Column::InvoiceId.is_not_null())
        .add(claim::Column::InvoiceId.not_in_subquery(invoices.clone()));
    let others_on_moved = Condition::all()
        .add(claim::Column::InvoiceId.in_subquery(invoices))
        .add(claim::Column::Id.not_in_subquery(claims));
    let together = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(Condition::any().add(moved_on_others).add(others_on_moved))
        .limit(1);
    if together.one(connection).await?.is_some() {
        return Ok(Undoing::BilledTogether);
    }
    let moved: Option<i64> = customer_credit::Entity::find()
        .select_only()
        .expr_as(sum_of(customer_credit::Column::Amount), "amount")
        .filter(customer_credit::Column::BusinessId.eq(actor.business_id))
        .filter(customer_credit::Column::CustomerId.eq(merge.into_id))
        .filter(customer_credit::Column::Id.in_subquery(rows(merge, MovedKind::Credit)))
        .into_tuple()
        .one(connection)
        .await?;
    let balance = credit::balance(connection, actor, merge.into_id).await?;
    match balance.minor < moved.unwrap_or_default() {
        true => Ok(Undoing::CreditUsed),
        false => Ok(Undoing::Possible),
    }
}

/// Undoes a merge and gives the customer who is there again. Claims that were made since under a name of theirs go back
/// with them, unless they are billed.
///
/// # Errors
/// [`Code::WrongState`] where it was undone already or something that came later stands in the way.
pub async fn undo(services: &Services, actor: &Actor, merge_id: Uuid) -> Result<Uuid> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let merge = customer_merge::Entity::find_by_id(merge_id)
        .filter(customer_merge::Column::BusinessId.eq(actor.business_id))
        .one(&*write)
        .await?
        .or_not_found()?;
    if merge.undone_at.is_some() || undoing(&*write, actor, &merge).await? != Undoing::Possible {
        return Err(Code::WrongState.into());
    }
    let changes: Changes = stored(serde_json::from_str(&merge.changes).ok())?;
    let (into_id, from_id) = (merge.into_id, merge.from_id);
    later_claims(&write, &merge, now).await?;
    back(&write, &merge).await?;
    take_away_copies(&write, &merge).await?;

    let into = find(&*write, actor.business_id, into_id).await?;
    let was_blocked = into.blocked_at.is_some();
    let restored = restored(Kept::of(&into), changes);
    let is_freed = was_blocked && restored.blocked_at.is_none();
    let mut row = into.into_active_model();
    restored.put_into(&mut row);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    let from = find(&*write, actor.business_id, from_id).await?;
    let others_freed = was_blocked && from.blocked_at.is_none();
    let mut row = from.into_active_model();
    row.merged_into = Set(None);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    // Those who had gone up in the one who is there again point at them again.
    let before = standing(actor.business_id)
        .filter(customer_merge::Column::IntoId.eq(from_id))
        .select_only()
        .column(customer_merge::Column::FromId)
        .into_query();
    customer::Entity::update_many()
        .col_expr(customer::Column::MergedInto, Expr::value(from_id))
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::MergedInto.eq(into_id))
        .filter(customer::Column::Id.in_subquery(before))
        .exec(&*write)
        .await?;
    let mut row = merge.into_active_model();
    row.undone_at = Set(Some(now));
    row.update(&*write).await?;
    search::refresh(&write, actor.business_id, &[into_id, from_id]).await?;
    shipping::forget_quotes(&write, actor.business_id, into_id, now).await?;
    shipping::forget_quotes(&write, actor.business_id, from_id, now).await?;
    // Who is no longer blocked gets what they waited for, as when a block is taken back.
    for (freed, id) in [(is_freed, into_id), (others_freed, from_id)] {
        if freed {
            serve_the_waiting_of(&write, actor.business_id, id, now).await?;
        }
    }
    write.commit().await?;
    Ok(from_id)
}

/// What the merge changed is again what it was; what somebody changed since stays.
fn restored(present: Kept, Changes { before, after }: Changes) -> Kept {
    fn field<T: PartialEq>(present: T, before: T, after: &T) -> T {
        if present == *after { before } else { present }
    }
    Kept {
        name: field(present.name, before.name, &after.name),
        email: field(present.email, before.email, &after.email),
        phone: field(present.phone, before.phone, &after.phone),
        language: field(present.language, before.language, &after.language),
        note: field(present.note, before.note, &after.note),
        tax: field(present.tax, before.tax, &after.tax),
        home: field(present.home, before.home, &after.home),
        blocked_at: field(present.blocked_at, before.blocked_at, &after.blocked_at),
    }
}

/// Moves the rows back that are still where the merge put them.
async fn back(write: &Write, merge: &customer_merge::Model) -> Result<()> {
    let customer_merge::Model { business_id, into_id, from_id, .. } = *merge;
    claim::Entity::update_many()
        .col_expr(claim::Column::CustomerId, Expr::value(from_id))
        .filter(claim::Column::BusinessId.eq(business_id))
        .filter(claim::Column::CustomerId.eq(into_id))
        .filter(claim::Column::Id.in_subquery(rows(merge, MovedKind::Claim)))
        .exec(&**write)
        .await?;
    invoice::Entity::update_many()
        .col_expr(invoice::Column::CustomerId, Expr::value(from_id))
        .filter(invoice::Column::BusinessId.eq(business_id))
        .filter(invoice::Column::CustomerId.eq(into_id))
        .filter(invoice::Column::Id.in_subquery(rows(merge, MovedKind::Invoice)))
        .exec(&**write)
        .await?;
    shipment::Entity::update_many()
        .col_expr(shipment::Column::CustomerId, Expr::value(from_id))
        .filter(shipment::Column::BusinessId.eq(business_id))
        .filter(shipment::Column::CustomerId.eq(into_id))
        .filter(shipment::Column::InvoiceId.in_subquery(rows(merge, MovedKind::Invoice)))
        .exec(&**write)
        .await?;
    handle::Entity::update_many()
        .col_expr(handle::Column::CustomerId, Expr::value(from_id))
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::CustomerId.eq(into_id))
        .filter(handle::Column::Id.in_subquery(rows(merge, MovedKind::Handle)))
        .exec(&**write)
        .await?;
    customer_credit::Entity::update_many()
        .col_expr(customer_credit::Column::CustomerId, Expr::value(from_id))
        .filter(customer_credit::Column::BusinessId.eq(business_id))
        .filter(customer_credit::Column::CustomerId.eq(into_id))
        .filter(customer_credit::Column::Id.in_subquery(rows(merge, MovedKind::Credit)))
        .exec(&**write)
        .await?;
    past_sale::Entity::update_many()
        .col_expr(past_sale::Column::CustomerId, Expr::value(from_id))
        .filter(past_sale::Column::BusinessId.eq(business_id))
        .filter(past_sale::Column::CustomerId.eq(into_id))
        .filter(past_sale::Column::Id.in_subquery(rows(merge, MovedKind::PastSale)))
        .exec(&**write)
        .await?;
    Ok(())
}

/// Takes the copied addresses and tags away again; the one who is there again has kept their own.
async fn take_away_copies(write: &Write, merge: &customer_merge::Model) -> Result<()> {
    customer_address::Entity::delete_many()
        .filter(customer_address::Column::BusinessId.eq(merge.business_id))
        .filter(customer_address::Column::CustomerId.eq(merge.into_id))
        .filter(customer_address::Column::Id.in_subquery(rows(merge, MovedKind::Address)))
        .exec(&**write)
        .await?;
    customer_tag::Entity::delete_many()
        .filter(customer_tag::Column::BusinessId.eq(merge.business_id))
        .filter(customer_tag::Column::CustomerId.eq(merge.into_id))
        .filter(customer_tag::Column::Id.in_subquery(rows(merge, MovedKind::Tag)))
        .exec(&**write)
        .await?;
    Ok(())
}

/// Gives claims that were made since the merge, under a name that goes back, to whose name it is.
async fn later_claims(write: &Write, merge: &customer_merge::Model, now: i64) -> Result<()> {
    let handles: Vec<handle::Model> = handle::Entity::find()
        .filter(handle::Column::BusinessId.eq(merge.business_id))
        .filter(handle::Column::CustomerId.eq(merge.into_id))
        .filter(handle::Column::Id.in_subquery(rows(merge, MovedKind::Handle)))
        .all(&**write)
        .await?;
    if handles.is_empty() {
        return Ok(());
    }
    let names: HashSet<(&str, &str)> =
        handles.iter().map(|handle| (handle.platform.as_str(), handle.handle_folded.as_str())).collect();
    let profiles: HashSet<(&str, &str)> = handles
        .iter()
        .filter_map(|handle| Some((handle.platform.as_str(), handle.profile.as_deref()?)))
        .collect();
    let open = [ClaimState::Held.as_str(), ClaimState::Waitlisted.as_str()];
    let later: Vec<(Uuid, String, String, String)> = claim::Entity::find()
        .select_only()
        .column(claim::Column::Id)
        .column_as(Expr::col((sale::Entity, sale::Column::Platform)), "platform")
        .column_as(Expr::col((comment::Entity, comment::Column::Author)), "author")
        .column_as(Expr::col((comment::Entity, comment::Column::Profile)), "profile")
        .join(
            sea_orm::JoinType::InnerJoin,
            claim::Entity::belongs_to(comment::Entity)
                .from(claim::Column::CommentId)
                .to(comment::Column::Id)
                .into(),
        )
        .join(
            sea_orm::JoinType::InnerJoin,
            claim::Entity::belongs_to(sale::Entity).from(claim::Column::SaleId).to(sale::Column::Id).into(),
        )
        .filter(claim::Column::BusinessId.eq(merge.business_id))
        .filter(claim::Column::CustomerId.eq(merge.into_id))
        .filter(claim::Column::State.is_in(open))
        .filter(claim::Column::CreatedAt.gte(merge.created_at))
        .filter(claim::Column::Id.not_in_subquery(rows(merge, MovedKind::Claim)))
        .order_by_asc(claim::Column::Id)
        .limit(MAX_LATER)
        .into_tuple()
        .all(&**write)
        .await?;
    let theirs: Vec<Uuid> = later
        .into_iter()
        .filter(|(_, platform, author, profile)| {
            let (platform, profile) = (platform.as_str(), fold(profile));
            // By the profile where there is one: another of the same name may have stayed.
            match profile.is_empty() {
                true => names.contains(&(platform, &fold(author))),
                false => profiles.contains(&(platform, &profile)),
            }
        })
        .map(|(id, ..)| id)
        .collect();
    for some in theirs.chunks(ROWS_AT_ONCE) {
        claim::Entity::update_many()
            .col_expr(claim::Column::CustomerId, Expr::value(merge.from_id))
            .col_expr(claim::Column::UpdatedAt, Expr::value(now))
            .filter(claim::Column::BusinessId.eq(merge.business_id))
            .filter(claim::Column::Id.is_in(some.iter().copied()))
            .exec(&**write)
            .await?;
    }
    Ok(())
}
