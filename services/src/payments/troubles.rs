//! What a person must do before payments go on, with where to do it.

use std::collections::HashSet;

use domain::{
    payments::{AttemptState, Gateway},
    reports::Trouble,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Result,
    entities::{attempt, gateway_account},
    error::stored,
};

/// Accounts whose key is not taken, and invoices of which nobody can see whether they were paid.
pub(crate) async fn of_business(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    limit: u64,
) -> Result<Vec<Trouble>> {
    let accounts = gateway_account::Entity::find()
        .filter(gateway_account::Column::BusinessId.eq(business_id))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .filter(gateway_account::Column::RefusedAt.is_not_null())
        .limit(limit)
        .all(connection)
        .await?;
    let mut troubles = Vec::new();
    for account in accounts {
        let gateway = stored(Gateway::parse(&account.gateway))?.label();
        troubles.push(Trouble {
            what: format!("{gateway} does not take your key any more, so nobody can pay. Connect it anew"),
            path: "/settings#payments".into(),
        });
    }
    let unchecked = attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(business_id))
        .filter(attempt::Column::UncheckedSince.is_not_null())
        .filter(attempt::Column::State.is_in([
            AttemptState::Created.as_str(),
            AttemptState::Open.as_str(),
            AttemptState::Pending.as_str(),
        ]))
        .order_by_asc(attempt::Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    let mut told = HashSet::new();
    for attempt in unchecked {
        if told.insert(attempt.invoice_id) {
            let gateway = stored(Gateway::parse(&attempt.gateway))?.label();
            troubles.push(Trouble {
                what: format!(
                    "It is unclear whether a {gateway} page was paid, because its key is not taken any more"
                ),
                path: format!("/bill/{}", attempt.invoice_id),
            });
        }
    }
    Ok(troubles)
}
