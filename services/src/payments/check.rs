//! Asking gateways what became of attempts: the truth behind events, returns and silence.

use domain::{
    payments::{AttemptState, CheckoutTruth, Gateway},
    time::{HOUR, MINUTE, SECOND},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::{account, settle};
use crate::{
    Result, Services,
    database::Write,
    entities::{attempt, ledger},
    error::{OrNotFound, stored},
    jobs::{JobKind, Outcome, queue},
    ports::PortError,
};

/// An attempt whose page was never made is given up after this time.
const GIVE_UP_AFTER: i64 = HOUR;
/// After a page's end a payment may still be reported for a while.
const GRACE: i64 = 15 * MINUTE;
/// How long a gateway may take to tell its fee.
const FEE_PATIENCE: i64 = 24 * HOUR;

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<attempt::Model> {
    attempt::Entity::find_by_id(id)
        .filter(attempt::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The job: asks what became of an attempt and books it. Asks again until it is known for good.
pub(crate) async fn check(services: &Services, business_id: Uuid, attempt_id: Uuid) -> Result<Outcome> {
    let now = services.now();
    let attempt = find(services.database.read(), business_id, attempt_id).await?;
    let state = stored(AttemptState::parse(&attempt.state))?;
    let Some(reference) = attempt.reference.clone() else {
        if state.is_final() {
            return Ok(Outcome::Done);
        }
        if now - attempt.created_at < GIVE_UP_AFTER {
            return Ok(Outcome::Again(next_look(&attempt, now)));
        }
        // The buyer never saw a page, so nothing can have been paid.
        settle::note_state(services, &attempt, AttemptState::Expired).await?;
        return Ok(Outcome::Done);
    };
    let gateway = stored(Gateway::parse(&attempt.gateway))?;
    let account =
        account::of_attempt(services.database.read(), business_id, attempt.gateway_account_id).await?;
    let key = account::key(services, &account)?;
    let report = services.gateway(gateway)?.fetch_checkout(&key, &reference).await?;
    if report.attempt_id != Some(attempt.id) {
        settle::note_state(services, &attempt, AttemptState::Mismatch).await?;
        return Ok(Outcome::Done);
    }
    match report.truth {
        CheckoutTruth::Open if now < attempt.expires_at + GRACE => {
            Ok(Outcome::Again(next_look(&attempt, now)))
        }
        CheckoutTruth::Open | CheckoutTruth::Expired => {
            settle::note_state(services, &attempt, AttemptState::Expired).await?;
            Ok(Outcome::Done)
        }
        CheckoutTruth::Failed => {
            settle::note_state(services, &attempt, AttemptState::Refused).await?;
            Ok(Outcome::Done)
        }
        CheckoutTruth::Pending => {
            settle::note_state(services, &attempt, AttemptState::Pending).await?;
            Ok(Outcome::Again(now + 10 * MINUTE))
        }
        CheckoutTruth::Paid(paid) => {
            let fee_known = paid.fee.is_some();
            settle::book(services, &attempt, &paid).await?;
            match fee_known || now - attempt.created_at > FEE_PATIENCE {
                true => Ok(Outcome::Done),
                false => Ok(Outcome::Again(now + MINUTE)),
            }
        }
    }
}

/// When to look again: soon after the click, when buyers pay, then less and less often, at most every ten minutes.
fn next_look(attempt: &attempt::Model, now: i64) -> i64 {
    now + ((now - attempt.created_at) / 2).clamp(10 * SECOND, 10 * MINUTE)
}

/// The job: closes a page that must not take money any more. If it was paid before, that is booked.
pub(crate) async fn expire(services: &Services, business_id: Uuid, attempt_id: Uuid) -> Result<Outcome> {
    let attempt = find(services.database.read(), business_id, attempt_id).await?;
    let state = stored(AttemptState::parse(&attempt.state))?;
    if state.is_final() || attempt.reference.is_none() && state == AttemptState::Created {
        return Ok(Outcome::Done);
    }
    if let Some(reference) = &attempt.reference {
        let gateway = stored(Gateway::parse(&attempt.gateway))?;
        let account =
            account::of_attempt(services.database.read(), business_id, attempt.gateway_account_id).await?;
        let key = account::key(services, &account)?;
        match services.gateway(gateway)?.expire_checkout(&key, reference).await {
            // What cannot be closed is closed already, perhaps by paying.
            Ok(()) | Err(PortError::Gone(_) | PortError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    check(services, business_id, attempt_id).await
}

/// Queues the closing of all pages of some invoices that are open, except one.
pub(crate) async fn close_open_pages(
    write: &Write,
    business_id: Uuid,
    invoices: &[Uuid],
    except: Option<Uuid>,
    now: i64,
) -> Result<()> {
    let open: Vec<Uuid> = attempt::Entity::find()
        .select_only()
        .column(attempt::Column::Id)
        .filter(attempt::Column::BusinessId.eq(business_id))
        .filter(attempt::Column::InvoiceId.is_in(invoices.iter().copied()))
        .filter(attempt::Column::State.is_in([AttemptState::Created.as_str(), AttemptState::Open.as_str()]))
        .into_tuple()
        .all(&**write)
        .await?;
    let open = open.into_iter().filter(|id| Some(*id) != except);
    queue::enqueue(write, business_id, JobKind::ExpireAttempt, open, now).await
}

/// A fee that a gateway told later than the payment.
pub(crate) async fn add_fee(write: &Write, payment: ledger::Model, fee: Option<i64>) -> Result<()> {
    if payment.fee.is_none() && fee.is_some() {
        let mut row = payment.into_active_model();
        row.fee = Set(fee);
        row.update(&**write).await?;
    }
    Ok(())
}
