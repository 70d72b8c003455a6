//! Closing a stock-take, and opening it again.

use std::collections::{HashMap, HashSet};

use domain::{
    inventory::count::{Difference, Differences, Finding},
    problem::{Check, Code},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::{find, find_open, moved, view::variants_to_count};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{stock_count_line, stock_movement},
    inventory::{
        list::sum_of,
        stock::{
            Movement,
            book::{book, from_json, take_back, to_json},
        },
    },
    sales::sale::{Claimed, claimed},
};

/// Differences shown before closing.
const SHOWN: usize = 200;

/// A line, the variant it is about, and what closing does to it.
struct Found {
    line: stock_count_line::Model,
    what: Claimed,
    finding: Finding,
}

/// What was counted, against the figures of now. Variants that are gone meanwhile are passed over.
async fn findings(connection: &impl ConnectionTrait, actor: &Actor, count_id: Uuid) -> Result<Vec<Found>> {
    let lines = stock_count_line::Entity::find()
        .filter(stock_count_line::Column::BusinessId.eq(actor.business_id))
        .filter(stock_count_line::Column::CountId.eq(count_id))
        .all(connection)
        .await?;
    let ids: Vec<Uuid> = lines.iter().map(|line| line.variant_id).collect();
    let moved = moved(connection, actor.business_id, &ids).await?;
    let mut claimed = claimed(connection, actor.business_id, ids).await?;
    let found = lines.into_iter().filter_map(|line| {
        let what = claimed.remove(&line.variant_id).filter(|what| what.variant.removed_at.is_none())?;
        let finding = Finding {
            counted: line.counted,
            moved: moved.get(&line.variant_id).copied().unwrap_or_default() - line.moved,
            on_hand: what.variant.on_hand,
            held: what.variant.held,
        };
        Some(Found { line, what, finding })
    });
    let mut found: Vec<Found> = found.collect();
    found.sort_by(|one, other| {
        let key = |found: &Found| (found.what.item.code_folded.clone(), found.what.variant.position);
        key(one).cmp(&key(other))
    });
    Ok(found)
}

/// What closing a stock-take would book.
pub async fn differences(services: &Services, actor: &Actor, count_id: Uuid) -> Result<Differences> {
    let read = services.database.read();
    let count = find(read, actor, count_id).await?;
    let to_count = variants_to_count(read, &count).await?;
    let found = findings(read, actor, count_id).await?;
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let counted = number(found.len());
    let mut differences = Differences::default();
    for Found { line, what, finding } in found {
        let problem = finding.problem().map(|code| code.message());
        if finding.difference() == 0 && problem.is_none() && !line.unsure {
            differences.agree += 1;
            continue;
        }
        differences.all += 1;
        differences.problems += i64::from(problem.is_some());
        // Those that cannot be booked are shown however many there are before them.
        if differences.rows.len() < SHOWN || problem.is_some() {
            differences.rows.push(Difference {
                variant_id: what.variant.id,
                item_id: what.item.id,
                code: what.item.code,
                title: what.item.title,
                variant: what.variant.name,
                counted: finding.counted,
                moved: finding.moved,
                on_hand: finding.on_hand,
                held: finding.held,
                difference: finding.difference(),
                problem,
                unsure: line.unsure,
            });
        }
    }
    differences.left_out = Ord::max(to_count - counted, 0);
    Ok(differences)
}

/// Closes a stock-take: books a movement for each difference, all in one write, and serves those who wait for what was
/// found. What was not counted stays as it is. Gives how many differences were booked.
///
/// # Errors
/// A field `line_<variant>` for each variant of which fewer were counted than are held for buyers; nothing is booked then.
pub async fn close(services: &Services, actor: &Actor, count_id: Uuid) -> Result<i64> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let count = find_open(&*write, actor, count_id).await?;
    let found = findings(&*write, actor, count_id).await?;
    let mut check = Check::new();
    for Found { what, finding, .. } in &found {
        if let Some(code) = finding.problem() {
            check.note(&format!("line_{}", what.variant.id), code);
        }
    }
    if let Some(problem) = check.problem() {
        return Err(problem.into());
    }
    let differences = found.iter().map(|found| (found.what.variant.id, found.finding.difference()));
    let movements: Vec<Movement> = differences
        .filter(|(_, difference)| *difference != 0)
        .map(|(variant_id, difference)| Movement {
            count_id: Some(count_id),
            ..Movement::count(variant_id, difference)
        })
        .collect();
    let changes = book(&write, actor.business_id, &movements, now).await?;
    let mut row = count.into_active_model();
    row.closed_at = Set(Some(now));
    row.closed_by = Set(Some(actor.member_id));
    row.changes = Set(to_json(&changes)?);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(i64::try_from(movements.len()).unwrap_or(i64::MAX))
}

/// Undoes closing: the opposite of what was booked is booked, buyers who were served by it wait again in their old places,
/// and counting goes on where it was.
///
/// # Errors
/// [`Code::WrongState`] where pieces that were found were claimed since.
pub async fn reopen(services: &Services, actor: &Actor, count_id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let count = find(&*write, actor, count_id).await?;
    if count.closed_at.is_none() {
        return Err(Code::WrongState.into());
    }
    // What earlier closings booked and their undoing add up to nothing.
    let booked: HashMap<Uuid, i64> = stock_movement::Entity::find()
        .select_only()
        .column(stock_movement::Column::VariantId)
        .expr_as(sum_of(stock_movement::Column::OnHand), "pieces")
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::CountId.eq(count_id))
        .group_by(stock_movement::Column::VariantId)
        .into_tuple::<(Uuid, i64)>()
        .all(&*write)
        .await?
        .into_iter()
        .filter(|(_, pieces)| *pieces != 0)
        .collect();
    let gone: HashSet<Uuid> = claimed(&*write, actor.business_id, booked.keys().copied())
        .await?
        .into_values()
        .filter(|what| what.variant.removed_at.is_some())
        .map(|what| what.variant.id)
        .collect();
    let against = booked
        .into_iter()
        .filter(|(variant_id, _)| !gone.contains(variant_id))
        .map(|(variant_id, pieces)| Movement {
            count_id: Some(count_id),
            note: "Stock-take opened again".into(),
            ..Movement::count(variant_id, -pieces)
        })
        .collect();
    take_back(&write, actor.business_id, &from_json(&count.changes)?, against, now).await?;
    let mut row = count.into_active_model();
    row.closed_at = Set(None);
    row.closed_by = Set(None);
    row.changes = Set(String::new());
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}
