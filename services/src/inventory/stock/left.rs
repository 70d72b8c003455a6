//! What is left to claim of an item, kept beside the item so that lists can be ordered and filtered by it.

use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryTrait, Select, prelude::Expr,
    sea_query::SimpleExpr,
};
use uuid::Uuid;

use crate::{
    Result,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{item, variant},
};

/// What the variants of an item of the query have left together: the truth that the item's own figure repeats.
pub(super) fn summed() -> SimpleExpr {
    Expr::cust(
        "(SELECT CAST(COALESCE(SUM(variants.on_hand - variants.held), 0) AS BIGINT) FROM variants \
         WHERE variants.business_id = items.business_id AND variants.item_id = items.id \
         AND variants.removed_at IS NULL)",
    )
}

/// Notes what is left of the items of some variants, with one statement. `items` finds their ids.
pub(super) async fn note(write: &Write, business_id: Uuid, items: Select<variant::Entity>) -> Result<()> {
    note_where(write, business_id, item::Column::Id.in_subquery(items.into_query())).await
}

/// Notes what is left of some items.
pub(crate) async fn note_of(write: &Write, business_id: Uuid, items: &[Uuid]) -> Result<()> {
    for some in items.chunks(ROWS_AT_ONCE) {
        note_where(write, business_id, item::Column::Id.is_in(some.iter().copied())).await?;
    }
    Ok(())
}

async fn note_where(write: &Write, business_id: Uuid, items: SimpleExpr) -> Result<()> {
    item::Entity::update_many()
        .col_expr(item::Column::PiecesLeft, summed())
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(items)
        // A row that is right already is not written again, with all its indexes.
        .filter(Expr::col(item::Column::PiecesLeft).ne(summed()))
        .exec(&**write)
        .await?;
    Ok(())
}
