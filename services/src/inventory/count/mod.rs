//! Stock-takes: what was counted is kept on the server while people count, on as many phones as they like, and is booked
//! when the stock-take is closed.
//!
//! Selling goes on meanwhile. What was counted of a variant is true for the moment in which it was counted; pieces that
//! come or go afterwards are added or taken off when it is booked (see [`Finding`](domain::inventory::count::Finding)).
//! That is worked out from the sum of the variant's movements other than counts: as it was when the variant was counted,
//! and as it is at the end. Claims change neither sum, since they move no piece.

mod close;
mod line;
mod view;

use std::collections::HashMap;

use domain::{
    inventory::count::{CountForm, CountRow, what},
    problem::{Code, FieldCode, Problem},
    time,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set, prelude::Expr,
};
use uuid::Uuid;

pub use self::{
    close::{close, differences, reopen},
    line::{scan, set},
    view::view,
};
use super::{list::sum_of, stock::Cause};
use crate::{
    Result, Services,
    accounts::{Actor, members::names},
    entities::{stock_count, stock_count_line, stock_movement},
    error::OrNotFound,
    new_id,
    sales::sale::IDS_AT_ONCE,
};

/// Stock-takes in the list.
const SHOWN: u64 = 20;
/// The most that may be open at once; who needs more closes one first.
const MAX_OPEN: usize = 20;

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<stock_count::Model> {
    stock_count::Entity::find_by_id(id)
        .filter(stock_count::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// A stock-take that is not closed yet.
pub(super) async fn find_open(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<stock_count::Model> {
    let count = find(connection, actor, id).await?;
    if count.closed_at.is_some() { Err(Code::WrongState.into()) } else { Ok(count) }
}

/// Begins a stock-take.
pub async fn begin(services: &Services, actor: &Actor, form: &CountForm) -> Result<Uuid> {
    actor.must_sell()?;
    let (search, blind) = form.parse()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let open = stock_count::Entity::find()
        .filter(stock_count::Column::BusinessId.eq(actor.business_id))
        .filter(stock_count::Column::ClosedAt.is_null())
        .limit(MAX_OPEN as u64)
        .all(&*write)
        .await?;
    if open.len() >= MAX_OPEN {
        return Err(Problem::field("search", FieldCode::TooManyOpen(MAX_OPEN as u32)).into());
    }
    let count = stock_count::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        search: Set(search),
        blind: Set(blind),
        member_id: Set(actor.member_id),
        created_at: Set(now),
        closed_at: Set(None),
        closed_by: Set(None),
        changes: Set(String::new()),
    };
    let count = count.insert(&*write).await?;
    write.commit().await?;
    Ok(count.id)
}

/// Shows the figures to those who count, or hides them.
pub async fn hide_figures(services: &Services, actor: &Actor, id: Uuid, blind: bool) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write_by(actor).await?;
    let mut row = find_open(&*write, actor, id).await?.into_active_model();
    row.blind = Set(blind);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Throws an open stock-take away with everything that was counted in it. The stock stays as it is.
pub async fn discard(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write_by(actor).await?;
    find_open(&*write, actor, id).await?;
    let booked = stock_movement::Entity::find()
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::CountId.eq(id))
        .limit(1)
        .one(&*write)
        .await?;
    // One that was closed and opened again stands in the history of the stock.
    if booked.is_some() {
        return Err(Code::WrongState.into());
    }
    stock_count_line::Entity::delete_many()
        .filter(stock_count_line::Column::BusinessId.eq(actor.business_id))
        .filter(stock_count_line::Column::CountId.eq(id))
        .exec(&*write)
        .await?;
    stock_count::Entity::delete_by_id(id)
        .filter(stock_count::Column::BusinessId.eq(actor.business_id))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// The latest stock-takes, those that are open first.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<CountRow>> {
    let (read, now) = (services.database.read(), services.now());
    let rows = stock_count::Entity::find()
        .filter(stock_count::Column::BusinessId.eq(actor.business_id))
        .order_by_asc(Expr::col(stock_count::Column::ClosedAt).is_not_null())
        .order_by_desc(stock_count::Column::Id)
        .limit(SHOWN)
        .all(read)
        .await?;
    let counted: HashMap<Uuid, i64> = stock_count_line::Entity::find()
        .select_only()
        .column(stock_count_line::Column::CountId)
        .expr_as(stock_count_line::Column::Id.count(), "variants")
        .filter(stock_count_line::Column::BusinessId.eq(actor.business_id))
        .filter(stock_count_line::Column::CountId.is_in(rows.iter().map(|row| row.id)))
        .group_by(stock_count_line::Column::CountId)
        .into_tuple::<(Uuid, i64)>()
        .all(read)
        .await?
        .into_iter()
        .collect();
    let names = names(read, rows.iter().map(|row| row.member_id)).await?;
    Ok(rows
        .into_iter()
        .map(|row| CountRow {
            id: row.id,
            what: what(&row.search),
            who: names.get(&row.member_id).cloned().unwrap_or_default(),
            when: match row.closed_at {
                Some(at) => actor.zone.date(at),
                None => time::age(row.created_at, now),
            },
            counted: counted.get(&row.id).copied().unwrap_or_default(),
            closed: row.closed_at.is_some(),
        })
        .collect())
}

/// For those of some variants that stock-takes which are not closed yet have counted, the figures that closing would give.
pub(super) async fn found_in_open(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: &[Uuid],
) -> Result<HashMap<Uuid, Vec<i64>>> {
    let open = stock_count::Entity::find()
        .select_only()
        .column(stock_count::Column::Id)
        .filter(stock_count::Column::BusinessId.eq(business_id))
        .filter(stock_count::Column::ClosedAt.is_null())
        .into_query();
    let lines = stock_count_line::Entity::find()
        .filter(stock_count_line::Column::BusinessId.eq(business_id))
        .filter(stock_count_line::Column::CountId.in_subquery(open))
        .filter(stock_count_line::Column::VariantId.is_in(variants.iter().copied()))
        .all(connection)
        .await?;
    let mut found: HashMap<Uuid, Vec<i64>> = HashMap::new();
    if lines.is_empty() {
        return Ok(found);
    }
    let moved = moved(connection, business_id, variants).await?;
    for line in lines {
        let since = moved.get(&line.variant_id).copied().unwrap_or_default() - line.moved;
        found.entry(line.variant_id).or_default().push(line.counted + since);
    }
    Ok(found)
}

/// For some variants, pieces that came less those that went, counts not among them.
pub(super) async fn moved(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    let mut moved = HashMap::with_capacity(variants.len());
    for some in variants.chunks(IDS_AT_ONCE) {
        let sums: Vec<(Uuid, i64)> = stock_movement::Entity::find()
            .select_only()
            .column(stock_movement::Column::VariantId)
            .expr_as(sum_of(stock_movement::Column::OnHand), "pieces")
            .filter(stock_movement::Column::BusinessId.eq(business_id))
            .filter(stock_movement::Column::VariantId.is_in(some.iter().copied()))
            .filter(stock_movement::Column::Cause.ne(Cause::Count.as_str()))
            .group_by(stock_movement::Column::VariantId)
            .into_tuple()
            .all(connection)
            .await?;
        moved.extend(sums);
    }
    Ok(moved)
}
