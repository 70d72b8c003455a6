//! The stock ledger: the only place that changes variants' figures, and never without a row that says why.
//!
//! A variant has five figures: pieces on hand, held, waitlisted, sold and shipped. Each is the sum of its movements, always:
//! `selltrac check` says so for a database, and the tests for random ones.

pub mod book;
pub mod by_hand;
pub mod check;
pub mod history;
pub(crate) mod left;
pub mod low;

use domain::inventory::stock::Figures;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set,
    prelude::Expr,
    sea_query::{CaseStatement, SimpleExpr},
};
use uuid::Uuid;

pub use domain::inventory::stock::Cause;

use crate::{
    Error, Result,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{stock_movement, variant},
    new_id,
};

/// A change of one variant's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Made before it is carried out where something is to refer to it.
    pub id: Option<Uuid>,
    pub variant_id: Uuid,
    pub cause: Cause,
    pub on_hand: i64,
    pub held: i64,
    pub waitlisted: i64,
    pub sold: i64,
    pub shipped: i64,
    /// The claim that caused it, if one did.
    pub claim_id: Option<Uuid>,
    /// The stock-take that caused it, if one did.
    pub count_id: Option<Uuid>,
    /// The movement that it takes back, if it does.
    pub undoes: Option<Uuid>,
    /// The key of the form that asked for it, if one did.
    pub form_key: Option<Uuid>,
    /// What a person wrote about it.
    pub note: String,
}

impl Movement {
    /// A movement that changes nothing yet.
    pub fn new(variant_id: Uuid, cause: Cause) -> Self {
        Movement {
            id: None,
            variant_id,
            cause,
            on_hand: 0,
            held: 0,
            waitlisted: 0,
            sold: 0,
            shipped: 0,
            claim_id: None,
            count_id: None,
            undoes: None,
            form_key: None,
            note: String::new(),
        }
    }

    /// Pieces counted on hand, more or fewer than thought.
    pub fn count(variant_id: Uuid, difference: i64) -> Self {
        Movement { on_hand: difference, ..Movement::new(variant_id, Cause::Count) }
    }

    /// Pieces held for a claim.
    pub fn hold(variant_id: Uuid, quantity: i64, claim_id: Uuid) -> Self {
        Movement { held: quantity, claim_id: Some(claim_id), ..Movement::new(variant_id, Cause::Claim) }
    }

    /// Pieces that a claim let go.
    pub fn release(variant_id: Uuid, quantity: i64, claim_id: Uuid) -> Self {
        Movement { held: -quantity, claim_id: Some(claim_id), ..Movement::new(variant_id, Cause::Release) }
    }

    /// Held pieces that were paid.
    pub fn sell(variant_id: Uuid, quantity: i64, claim_id: Uuid) -> Self {
        Movement {
            on_hand: -quantity,
            held: -quantity,
            sold: quantity,
            claim_id: Some(claim_id),
            ..Movement::new(variant_id, Cause::Payment)
        }
    }

    /// Sold pieces whose label was bought.
    pub fn ship(variant_id: Uuid, quantity: i64, claim_id: Uuid) -> Self {
        Movement { shipped: quantity, claim_id: Some(claim_id), ..Movement::new(variant_id, Cause::Shipped) }
    }

    /// All pieces of a variant that is taken off its item.
    pub fn remove(variant_id: Uuid, on_hand: i64) -> Self {
        Movement { on_hand: -on_hand, ..Movement::new(variant_id, Cause::Removed) }
    }

    /// What it changes.
    pub fn figures(&self) -> Figures {
        let Movement { on_hand, held, waitlisted, sold, shipped, .. } = *self;
        Figures { on_hand, held, waitlisted, sold, shipped }
    }

    /// The movement that takes a stored one back.
    pub(crate) fn against(row: &stock_movement::Model, cause: Cause) -> Self {
        Movement {
            on_hand: -row.on_hand,
            held: -row.held,
            waitlisted: -row.waitlisted,
            sold: -row.sold,
            shipped: -row.shipped,
            count_id: row.count_id,
            undoes: Some(row.id),
            ..Movement::new(row.variant_id, cause)
        }
    }
}

/// Carries out some movements, done by the member who writes. The table refuses figures that cannot be, and with them the
/// whole write.
pub async fn carry_out(write: &Write, business_id: Uuid, movements: &[Movement], now: i64) -> Result<()> {
    for some in movements.chunks(ROWS_AT_ONCE) {
        change_figures(write, business_id, some).await?;
        explain(write, business_id, some, now).await?;
    }
    Ok(())
}

/// Writes the rows of movements whose figures are there already: variants that are stored with their first pieces in the
/// same write.
pub(crate) async fn explain(
    write: &Write,
    business_id: Uuid,
    movements: &[Movement],
    now: i64,
) -> Result<()> {
    let revision = write.revision().ok_or(Error::Fault("stock moved in a write of no business"))?;
    for some in movements.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|movement| stock_movement::ActiveModel {
            id: Set(movement.id.unwrap_or_else(new_id)),
            business_id: Set(business_id),
            variant_id: Set(movement.variant_id),
            cause: Set(movement.cause.as_str().into()),
            on_hand: Set(movement.on_hand),
            held: Set(movement.held),
            sold: Set(movement.sold),
            claim_id: Set(movement.claim_id),
            at: Set(now),
            waitlisted: Set(movement.waitlisted),
            shipped: Set(movement.shipped),
            member_id: Set(write.member_id()),
            note: Set(movement.note.clone()),
            undoes: Set(movement.undoes),
            count_id: Set(movement.count_id),
            changes: Set(String::new()),
            revision: Set(revision),
            form_key: Set(movement.form_key),
        });
        stock_movement::Entity::insert_many(rows).exec_without_returning(&**write).await?;
        let moved = some.iter().filter(|movement| movement.on_hand != movement.held);
        let items = variant::Entity::find()
            .select_only()
            .column(variant::Column::ItemId)
            .filter(variant::Column::BusinessId.eq(business_id))
            .filter(variant::Column::Id.is_in(moved.map(|movement| movement.variant_id)));
        left::note(write, business_id, items).await?;
    }
    Ok(())
}

/// One of a movement's figures.
type Figure = fn(&Movement) -> i64;

/// Adds up the movements of each variant and changes all of them with one statement.
async fn change_figures(write: &Write, business_id: Uuid, movements: &[Movement]) -> Result<()> {
    use variant::Column::{BusinessId, Held, Id, OnHand, Shipped, Sold, Waitlisted};
    let mut variants: Vec<Uuid> = movements.iter().map(|movement| movement.variant_id).collect();
    variants.sort_unstable();
    variants.dedup();
    let raised = |column: variant::Column, figure: Figure| -> SimpleExpr {
        let difference = variants.iter().fold(CaseStatement::new(), |case, id| {
            let sum: i64 = movements.iter().filter(|movement| movement.variant_id == *id).map(figure).sum();
            case.case(Expr::col(Id).eq(*id), sum)
        });
        Expr::col(column).add(Expr::expr(difference.finally(0_i64)))
    };
    let mut update = variant::Entity::update_many();
    let figures: [(variant::Column, Figure); 5] = [
        (OnHand, |movement| movement.on_hand),
        (Held, |movement| movement.held),
        (Sold, |movement| movement.sold),
        (Waitlisted, |movement| movement.waitlisted),
        (Shipped, |movement| movement.shipped),
    ];
    for (column, figure) in figures {
        // Most movements change one or two figures; the others are left out of the statement.
        if movements.iter().any(|movement| figure(movement) != 0) {
            update = update.col_expr(column, raised(column, figure));
        }
    }
    if movements.iter().all(|movement| movement.figures() == Figures::default()) {
        return Ok(());
    }
    let changed = update
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
