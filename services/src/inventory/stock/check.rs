//! Whether the stock of a database is sound: every figure the sum of its movements, what is held and waited for as the
//! claims say, nothing below zero. It reads and changes nothing.

use std::collections::HashMap;

use domain::{inventory::stock::Figures, sales::claims::ClaimState};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    prelude::Expr,
};
use uuid::Uuid;

use super::{Cause, left};
use crate::{
    Result,
    database::Database,
    entities::{business, claim, item, stock_movement, variant},
    inventory::list::sum_of,
};

/// Businesses, and variants of one, that are read at once.
const AT_ONCE: u64 = 500;

/// What was found about the stock of one business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub business_id: Uuid,
    pub name: String,
    /// Variants that were checked, those among them that were taken off their items.
    pub variants: u64,
    /// A sentence for each disagreement: `A12 7: 5 held, but the movements come to 4`.
    pub disagreements: Vec<String>,
}

/// Checks all businesses, one after the other, and hands on what was found about each. What is written meanwhile is not
/// seen: each business is read as it stood at one moment.
pub async fn check(database: &Database, mut tell: impl FnMut(Checked)) -> Result<()> {
    let mut after = None;
    loop {
        let mut select = business::Entity::find()
            .select_only()
            .columns([business::Column::Id, business::Column::Name])
            .order_by_asc(business::Column::Id)
            .limit(AT_ONCE);
        if let Some(after) = after {
            select = select.filter(business::Column::Id.gt(after));
        }
        let businesses: Vec<(Uuid, String)> = select.into_tuple().all(database.read()).await?;
        let Some((last, _)) = businesses.last() else { return Ok(()) };
        after = Some(*last);
        for (business_id, name) in businesses {
            tell(check_business(database, business_id, name).await?);
        }
    }
}

async fn check_business(database: &Database, business_id: Uuid, name: String) -> Result<Checked> {
    let snapshot = database.snapshot().await?;
    let mut checked = Checked { business_id, name, variants: 0, disagreements: Vec::new() };
    let mut after = None;
    loop {
        let mut select = variant::Entity::find()
            .filter(variant::Column::BusinessId.eq(business_id))
            .order_by_asc(variant::Column::Id)
            .limit(AT_ONCE);
        if let Some(after) = after {
            select = select.filter(variant::Column::Id.gt(after));
        }
        let variants = select.all(&snapshot).await?;
        let Some(last) = variants.last() else { break };
        after = Some(last.id);
        checked.variants += variants.len() as u64;
        checked.disagreements.extend(check_some(&snapshot, business_id, &variants).await?);
    }
    checked.disagreements.extend(check_left(&snapshot, business_id).await?);
    // It has read and changed nothing, so there is nothing to keep.
    snapshot.rollback().await?;
    Ok(checked)
}

/// What disagrees about some variants.
async fn check_some(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: &[variant::Model],
) -> Result<Vec<String>> {
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.id).collect();
    let summed = sums_of_movements(connection, business_id, &ids).await?;
    let held = held_by_claims(connection, business_id, &ids).await?;
    let waiting = waiting_claims(connection, business_id, &ids).await?;
    let mut wrong: Vec<(&variant::Model, String)> = Vec::new();
    for variant in variants {
        let sums = summed.get(&variant.id).copied().unwrap_or_default();
        for (name, figure, sum) in [
            ("on hand", variant.on_hand, sums.on_hand),
            ("held", variant.held, sums.held),
            ("waiting", variant.waitlisted, sums.waitlisted),
            ("sold", variant.sold, sums.sold),
            ("shipped", variant.shipped, sums.shipped),
        ] {
            if figure != sum {
                wrong.push((variant, format!("{figure} {name}, but the movements come to {sum}")));
            }
            if figure < 0 {
                wrong.push((variant, format!("{figure} {name}, which is below zero")));
            }
        }
        for (name, figure, claims) in [
            ("held", variant.held, held.get(&variant.id)),
            ("waiting", variant.waitlisted, waiting.get(&variant.id)),
        ] {
            let claims = claims.copied().unwrap_or_default();
            if figure != claims {
                wrong.push((variant, format!("{figure} {name}, but the claims come to {claims}")));
            }
        }
        if variant.on_hand < variant.held {
            wrong.push((variant, format!("{} held, but only {} on hand", variant.held, variant.on_hand)));
        }
    }
    in_words(connection, business_id, wrong).await
}

/// Items beside which another number of pieces is noted than their variants have left.
async fn check_left(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<Vec<String>> {
    let wrong: Vec<(String, i64, i64)> = item::Entity::find()
        .select_only()
        .columns([item::Column::Code, item::Column::PiecesLeft])
        .expr_as(left::summed(), "summed")
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(Expr::col(item::Column::PiecesLeft).ne(left::summed()))
        .order_by_asc(item::Column::CodeFolded)
        .into_tuple()
        .all(connection)
        .await?;
    let sentences = wrong.into_iter().map(|(code, noted, summed)| {
        format!("{code}: {noted} left by its own figure, but its variants have {summed}")
    });
    Ok(sentences.collect())
}

/// Names the variants by code and name.
async fn in_words(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    wrong: Vec<(&variant::Model, String)>,
) -> Result<Vec<String>> {
    if wrong.is_empty() {
        return Ok(Vec::new());
    }
    let codes: HashMap<Uuid, String> = item::Entity::find()
        .select_only()
        .columns([item::Column::Id, item::Column::Code])
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::Id.is_in(wrong.iter().map(|(variant, _)| variant.item_id)))
        .into_tuple::<(Uuid, String)>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let sentences = wrong.into_iter().map(|(variant, problem)| {
        let code = codes.get(&variant.item_id).cloned().unwrap_or_default();
        let name = [code.as_str(), variant.name.as_str()].join(" ");
        format!("{}: {problem}", name.trim())
    });
    Ok(sentences.collect())
}

async fn sums_of_movements(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: &[Uuid],
) -> Result<HashMap<Uuid, Figures>> {
    use stock_movement::Column::{BusinessId, Held, OnHand, Shipped, Sold, VariantId, Waitlisted};
    let sums: Vec<(Uuid, i64, i64, i64, i64, i64)> = stock_movement::Entity::find()
        .select_only()
        .column(VariantId)
        .expr_as(sum_of(OnHand), "sum_on_hand")
        .expr_as(sum_of(Held), "sum_held")
        .expr_as(sum_of(Waitlisted), "sum_waitlisted")
        .expr_as(sum_of(Sold), "sum_sold")
        .expr_as(sum_of(Shipped), "sum_shipped")
        .filter(BusinessId.eq(business_id))
        .filter(VariantId.is_in(variants.iter().copied()))
        .group_by(VariantId)
        .into_tuple()
        .all(connection)
        .await?;
    let sums = sums.into_iter().map(|(variant_id, on_hand, held, waitlisted, sold, shipped)| {
        (variant_id, Figures { on_hand, held, waitlisted, sold, shipped })
    });
    Ok(sums.collect())
}

/// Pieces that claims hold: those that are held or billed, but for those whose pieces were sold when they were paid.
async fn held_by_claims(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    let paid = stock_movement::Entity::find()
        .select_only()
        .column(stock_movement::Column::ClaimId)
        .filter(stock_movement::Column::BusinessId.eq(business_id))
        .filter(stock_movement::Column::VariantId.is_in(variants.iter().copied()))
        .filter(stock_movement::Column::Cause.eq(Cause::Payment.as_str()))
        .filter(stock_movement::Column::ClaimId.is_not_null())
        .into_query();
    let holding = [ClaimState::Held.as_str(), ClaimState::Invoiced.as_str()];
    let sums: Vec<(Uuid, i64)> = claim::Entity::find()
        .select_only()
        .column(claim::Column::VariantId)
        .expr_as(sum_of(claim::Column::Quantity), "pieces")
        .filter(claim::Column::BusinessId.eq(business_id))
        .filter(claim::Column::VariantId.is_in(variants.iter().copied()))
        .filter(claim::Column::State.is_in(holding))
        .filter(Expr::col(claim::Column::Id).not_in_subquery(paid))
        .group_by(claim::Column::VariantId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(sums.into_iter().collect())
}

async fn waiting_claims(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    crate::inventory::list::waitlisted(connection, business_id, variants.to_vec()).await
}
