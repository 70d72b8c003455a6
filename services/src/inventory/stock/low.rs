//! Which items run low.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, prelude::Expr,
    sea_query::SimpleExpr,
};
use uuid::Uuid;

use crate::{Result, entities::item};

/// Whether an item of a query runs low: it is for sale, it has a mark, and no more of all its variants is left to claim
/// than the mark says. For the `WHERE` of a query of items. It says word for word what the index `items_low` says, which
/// is how both engines see that the index answers it.
pub(crate) fn is_low() -> SimpleExpr {
    Expr::cust(
        "items.archived_at IS NULL AND items.low_stock IS NOT NULL AND items.pieces_left <= items.low_stock",
    )
}

/// How many items of a business run low.
pub(crate) async fn low(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<i64> {
    let low = item::Entity::find()
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(is_low())
        .count(connection)
        .await?;
    Ok(i64::try_from(low).unwrap_or(i64::MAX))
}
