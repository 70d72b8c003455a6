//! Changing variants' stock: the only place that does, and never without a row that says why.

use domain::stored_enum;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set,
    prelude::Expr,
    sea_query::{CaseStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Error, Result,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{stock_movement, variant},
    new_id,
};

stored_enum! {
    /// Why stock changed.
    Cause {
        Count = "count", "Counted";
        Claim = "claim", "Claimed";
        Release = "release", "Let go";
        Payment = "payment", "Paid";
    }
}

/// A change of one variant's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub variant_id: Uuid,
    pub cause: Cause,
    pub on_hand: i64,
    pub held: i64,
    pub sold: i64,
    /// The claim that caused it, if one did.
    pub claim_id: Option<Uuid>,
}

impl Movement {
    /// Pieces counted on hand, more or fewer than thought.
    pub fn count(variant_id: Uuid, difference: i64) -> Self {
        Movement { variant_id, cause: Cause::Count, on_hand: difference, held: 0, sold: 0, claim_id: None }
    }

    /// Pieces held for a claim.
    pub fn hold(variant_id: Uuid, quantity: i64, claim_id: Uuid) -> Self {
        Movement {
            variant_id,
            cause: Cause::Claim,
            on_hand: 0,
            held: quantity,
            sold: 0,
            claim_id: Some(claim_id),
        }
    }

    /// Pieces that a claim let go.
    pub fn release(variant_id: Uuid, quantity: i64, claim_id: Uuid) -> Self {
        let cause = Cause::Release;
        Movement { variant_id, cause, on_hand: 0, held: -quantity, sold: 0, claim_id: Some(claim_id) }
    }

    /// Held pieces that were paid.
    pub fn sell(variant_id: Uuid, quantity: i64, claim_id: Uuid) -> Self {
        Movement {
            variant_id,
            cause: Cause::Payment,
            on_hand: -quantity,
            held: -quantity,
            sold: quantity,
            claim_id: Some(claim_id),
        }
    }
}

/// Carries out some movements. The table refuses figures that cannot be, and with them the whole write.
pub async fn carry_out(write: &Write, business_id: Uuid, movements: &[Movement], now: i64) -> Result<()> {
    for some in movements.chunks(ROWS_AT_ONCE) {
        change_figures(write, business_id, some).await?;
        let rows = some.iter().map(|movement| stock_movement::ActiveModel {
            id: Set(new_id()),
            business_id: Set(business_id),
            variant_id: Set(movement.variant_id),
            cause: Set(movement.cause.as_str().into()),
            on_hand: Set(movement.on_hand),
            held: Set(movement.held),
            sold: Set(movement.sold),
            claim_id: Set(movement.claim_id),
            at: Set(now),
        });
        stock_movement::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Adds up the movements of each variant and changes all of them with one statement.
async fn change_figures(write: &Write, business_id: Uuid, movements: &[Movement]) -> Result<()> {
    use variant::Column::{BusinessId, Held, Id, OnHand, Sold};
    let mut variants: Vec<Uuid> = movements.iter().map(|movement| movement.variant_id).collect();
    variants.sort_unstable();
    variants.dedup();
    let raised = |column: variant::Column, figure: fn(&Movement) -> i64| -> SimpleExpr {
        let difference = variants.iter().fold(CaseStatement::new(), |case, id| {
            let sum: i64 = movements.iter().filter(|movement| movement.variant_id == *id).map(figure).sum();
            case.case(Expr::col(Id).eq(*id), sum)
        });
        Expr::col(column).add(Expr::expr(difference.finally(0_i64)))
    };
    let changed = variant::Entity::update_many()
        .col_expr(OnHand, raised(OnHand, |movement| movement.on_hand))
        .col_expr(Held, raised(Held, |movement| movement.held))
        .col_expr(Sold, raised(Sold, |movement| movement.sold))
        .filter(BusinessId.eq(business_id))
        .filter(Id.is_in(variants.iter().copied()))
        .exec(&**write)
        .await?;
    if changed.rows_affected == variants.len() as u64 {
        Ok(())
    } else {
        Err(Error::Fault("stock of a variant that is not there"))
    }
}
