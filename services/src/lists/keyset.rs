//! Continuing a list by key: a stretch begins behind, or ends before, a row that was shown, wherever that row would stand
//! now. Nothing is counted, so a stretch deep in a list costs what its first one does, and rows that come and go meanwhile
//! are neither shown twice nor make others be left out.

use domain::lists::{Cursor, LIST_ROWS, Point, Stretch};
use sea_orm::{
    EntityTrait, ExprTrait, IntoSimpleExpr, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::SimpleExpr,
};
use uuid::Uuid;

/// What a list stands in the order of. Rows that are alike in it stand in the order of their ids.
pub(crate) struct Sorting<C> {
    /// What is compared first, if anything is besides the id.
    pub by: Option<SimpleExpr>,
    pub id: C,
    /// Whether the list begins with the smallest.
    pub ascending: bool,
}

/// The row from which a stretch is counted: what it is compared by, as the database understands it, and its id.
pub(crate) struct Bound {
    pub by: Option<SimpleExpr>,
    pub id: Uuid,
}

/// The query in the order of the list, in its opposite if `backwards`, and behind the bound in that direction. It asks for
/// one row more than a stretch has.
pub(crate) fn ordered<E: EntityTrait>(
    select: Select<E>,
    sorting: &Sorting<E::Column>,
    bound: Option<Bound>,
    backwards: bool,
) -> Select<E> {
    let ascending = sorting.ascending != backwards;
    let order = if ascending { Order::Asc } else { Order::Desc };
    let id = || sorting.id.into_simple_expr();
    let beyond = |expr: SimpleExpr, than: SimpleExpr| if ascending { expr.gt(than) } else { expr.lt(than) };
    let mut select = select;
    if let Some(bound) = bound {
        let past_the_id = beyond(id(), bound.id.into());
        select = match (&sorting.by, bound.by) {
            (Some(by), Some(than)) => {
                // An index is read from the first condition on; the second leaves out what was shown of those alike.
                let from =
                    if ascending { by.clone().gte(than.clone()) } else { by.clone().lte(than.clone()) };
                select.filter(from).filter(beyond(by.clone(), than).or(past_the_id))
            }
            _ => select.filter(past_the_id),
        };
    }
    if let Some(by) = &sorting.by {
        select = select.order_by(by.clone(), order.clone());
    }
    select.order_by(id(), order).limit(LIST_ROWS + 1)
}

/// The rows of a stretch in their order, from what [`ordered`] found.
pub(crate) fn stretch<M>(mut found: Vec<M>, point: &Point, cursor: impl Fn(&M) -> Cursor) -> Stretch<M> {
    let limit = usize::try_from(LIST_ROWS).unwrap_or(usize::MAX);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let (has_previous, has_next) = match point {
        Point::Start => (false, has_more),
        Point::After(_) => (true, has_more),
        Point::Before(_) => {
            found.reverse();
            (has_more, true)
        }
    };
    let word = |row: Option<&M>| row.map(|row| cursor(row).word());
    Stretch {
        previous: word(found.first()).filter(|_| has_previous),
        next: word(found.last()).filter(|_| has_next),
        rows: found,
    }
}

/// Whether so few rows come before a row that the list is better shown from its start.
pub(crate) fn is_short(point: &Point, found: usize) -> bool {
    matches!(point, Point::Before(_)) && (found as u64) < LIST_ROWS
}
