//! How sales stand.

use std::collections::HashMap;

use domain::{
    money::Money,
    sales::{Status, claims::ClaimState, view::Tally},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    prelude::Expr,
    sea_query::{Alias, Func},
};
use uuid::Uuid;

use crate::{
    Result,
    accounts::Actor,
    entities::{claim, comment},
    error::stored,
    inventory::list::sum_of,
};

/// The states in which a claim counts as taken: it is held, or it stands on an invoice.
const TAKEN: [&str; 2] = ["held", "invoiced"];

/// The states whose pieces are counted, each by itself.
const COUNTED: [ClaimState; 3] = [ClaimState::Held, ClaimState::Invoiced, ClaimState::Waitlisted];

/// A sale into which nothing was pasted.
pub(crate) fn empty(actor: &Actor) -> Tally {
    Tally { held: 0, billed: 0, waiting: 0, to_review: 0, buyers: 0, claimed: Money::zero(actor.currency) }
}

/// The tallies of some sales, by sale. Sales without comments are absent.
pub(crate) async fn of(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sales: &[Uuid],
) -> Result<HashMap<Uuid, Tally>> {
    let of_these = claim::Entity::find()
        .select_only()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::SaleId.is_in(sales.iter().copied()));
    let amount = Expr::col(claim::Column::Quantity).mul(Expr::col(claim::Column::Price)).sum();
    let taken: Vec<(Uuid, i64, i64)> = of_these
        .clone()
        .column(claim::Column::SaleId)
        .expr_as(Expr::expr(Func::count_distinct(Expr::col(claim::Column::CustomerId))), "buyers")
        .expr_as(Expr::expr(amount).if_null(0).cast_as(Alias::new("bigint")), "amount")
        .filter(claim::Column::State.is_in(TAKEN))
        .group_by(claim::Column::SaleId)
        .into_tuple()
        .all(connection)
        .await?;
    let standing: Vec<(Uuid, String, i64)> = of_these
        .column(claim::Column::SaleId)
        .column(claim::Column::State)
        .expr_as(sum_of(claim::Column::Quantity), "pieces")
        .filter(claim::Column::State.is_in(COUNTED.map(ClaimState::as_str)))
        .group_by(claim::Column::SaleId)
        .group_by(claim::Column::State)
        .into_tuple()
        .all(connection)
        .await?;
    let review: Vec<(Uuid, i64)> = comment::Entity::find()
        .select_only()
        .column(comment::Column::SaleId)
        .expr_as(comment::Column::Id.count(), "comments")
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::SaleId.is_in(sales.iter().copied()))
        .filter(comment::Column::Status.eq(Status::Review.as_str()))
        .group_by(comment::Column::SaleId)
        .into_tuple()
        .all(connection)
        .await?;

    let mut tallies: HashMap<Uuid, Tally> = HashMap::new();
    let blank = || empty(actor);
    for (sale, buyers, amount) in taken {
        let tally = tallies.entry(sale).or_insert_with(blank);
        tally.buyers = buyers;
        tally.claimed = Money::new(amount, actor.currency);
    }
    for (sale, state, pieces) in standing {
        let tally = tallies.entry(sale).or_insert_with(blank);
        match stored(ClaimState::parse(&state))? {
            ClaimState::Held => tally.held = pieces,
            ClaimState::Invoiced => tally.billed = pieces,
            ClaimState::Waitlisted => tally.waiting = pieces,
            ClaimState::Cancelled | ClaimState::Released => {}
        }
    }
    for (sale, comments) in review {
        tallies.entry(sale).or_insert_with(blank).to_review = comments;
    }
    Ok(tallies)
}
