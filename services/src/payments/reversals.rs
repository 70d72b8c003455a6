//! What was given back or is disputed at a gateway. The ledger knows no refunds yet, so this is shown beside its sums and
//! taken off none of them.

use std::collections::HashMap;

use domain::{
    invoices::Reversal,
    money::Currency,
    money::Money,
    payments::{Gateway, LedgerKind},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::{
    Result,
    customers::handles::ROWS_AT_ONCE,
    entities::{attempt, ledger},
    error::stored,
    inventory::list::sum_of,
};

/// What was given back of one invoice or is disputed, by payment.
pub(crate) async fn of_invoice(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    invoice_id: Uuid,
    currency: Currency,
) -> Result<Vec<Reversal>> {
    let attempts = attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice_id))
        .filter(Condition::any().add(attempt::Column::Refunded.gt(0)).add(attempt::Column::Disputed.eq(true)))
        .all(connection)
        .await?;
    attempts
        .into_iter()
        .map(|attempt| {
            Ok(Reversal {
                gateway: stored(Gateway::parse(&attempt.gateway))?,
                refunded: Money::new(attempt.refunded, currency),
                disputed: attempt.disputed,
            })
        })
        .collect()
}

/// What was given back of some invoices, minor units, by invoice; those without are left out.
pub(crate) async fn of_invoices(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    invoices: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    let mut refunded = HashMap::new();
    for some in invoices.chunks(ROWS_AT_ONCE) {
        let sums: Vec<(Uuid, i64)> = attempt::Entity::find()
            .select_only()
            .column(attempt::Column::InvoiceId)
            .expr_as(sum_of(attempt::Column::Refunded), "refunded")
            .filter(attempt::Column::BusinessId.eq(business_id))
            .filter(attempt::Column::InvoiceId.is_in(some.iter().copied()))
            .filter(attempt::Column::Refunded.gt(0))
            .group_by(attempt::Column::InvoiceId)
            .into_tuple()
            .all(connection)
            .await?;
        refunded.extend(sums);
    }
    Ok(refunded)
}

/// What was given back of payments that were made since a moment (UTC milliseconds), minor units: of just those that count as
/// collected since then, so that the one can be set off against the other.
pub(crate) async fn since(connection: &impl ConnectionTrait, business_id: Uuid, since: i64) -> Result<i64> {
    let paid = ledger::Entity::find()
        .select_only()
        .column(ledger::Column::AttemptId)
        .filter(ledger::Column::BusinessId.eq(business_id))
        .filter(ledger::Column::Kind.eq(LedgerKind::Payment.as_str()))
        .filter(ledger::Column::At.gte(since));
    let sum: Option<i64> = attempt::Entity::find()
        .select_only()
        .expr_as(sum_of(attempt::Column::Refunded), "refunded")
        .filter(attempt::Column::BusinessId.eq(business_id))
        .filter(attempt::Column::Refunded.gt(0))
        .filter(attempt::Column::Id.in_subquery(paid.into_query()))
        .into_tuple()
        .one(connection)
        .await?;
    Ok(sum.unwrap_or_default())
}
