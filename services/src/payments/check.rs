//! Asking gateways what became of attempts: the truth behind events, returns and silence.

use domain::{
    payments::{AttemptState, CheckoutTruth, Fee, Gateway},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set, prelude::Expr,
};
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    account::{self, Use},
    settle,
};
use crate::{
    Result, Services,
    accounts::Actor,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::attempt,
    error::{OrNotFound, stored},
    jobs::{JobKind, Outcome, queue},
    ports::{Answer, GatewayPort, PortError},
};

/// An attempt whose page was never made is given up after this time.
const GIVE_UP_AFTER: i64 = HOUR;
/// After a page's end a payment may still be reported for a while.
const GRACE: i64 = 15 * MINUTE;
/// How long after the payment a gateway may take to tell its fee.
const FEE_PATIENCE: i64 = DAY;
/// While a fee is waited for, looks are at most so far apart.
const LONGEST_FEE_PAUSE: i64 = 6 * HOUR;
/// How soon after a payment it is looked at again, in case no event tells that it was given back or disputed. Buyers may
/// dispute for about 120 days; most of what happens happens early.
const LATER_LOOKS: [i64; 7] = [DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 120 * DAY];
/// While no key can look at a page, it is tried again so often. A new key is tried at once.
const UNCHECKED_PAUSE: i64 = HOUR;

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

/// What a gateway said, or that it takes no key with which it could be asked.
enum Asked<T> {
    Answered(T),
    /// With the account that was connected when it was asked.
    NoKey(Option<Uuid>),
}

/// Asks a gateway about the page of an attempt, with each key that may know it.
async fn ask<T>(
    services: &Services,
    attempt: &attempt::Model,
    reference: &str,
    used: Use,
    question: impl for<'a> Fn(&'a dyn GatewayPort, &'a SecretString, &'a str) -> Answer<'a, T>,
) -> Result<Asked<T>> {
    let port = services.gateway(stored(Gateway::parse(&attempt.gateway))?)?;
    let account =
        account::of_attempt(services.database.read(), attempt.business_id, attempt.gateway_account_id)
            .await?;
    let mut was_refused = false;
    let keys = account::keys_of(services, account).await?;
    for candidate in keys.candidates {
        let answer = match &candidate.key {
            Ok(key) => question(port, key, reference).await,
            Err(error) => Err(error.clone()),
        };
        match answer {
            Ok(answer) => {
                account::note_key(services, &candidate.account, used, true).await?;
                return Ok(Asked::Answered(answer));
            }
            Err(PortError::Unauthorised(text)) => {
                tracing::warn!(attempt = %attempt.id, error = text, "a key is not taken any more");
                account::note_key(services, &candidate.account, used, false).await?;
                was_refused = true;
            }
            // Another account at the gateway, which has never heard of the page.
            Err(PortError::Gone(_)) if was_refused => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Asked::NoKey(keys.connected))
}

/// The job: asks what became of an attempt and books it. Asks again until it is known for good.
pub(crate) async fn check(services: &Services, business_id: Uuid, attempt_id: Uuid) -> Result<Outcome> {
    let attempt = find(services.database.read(), business_id, attempt_id).await?;
    look(services, &attempt).await
}

/// Looks at an attempt and books what became of it. A page that must take no money is closed before, whoever looks. One that
/// cannot be closed is looked at all the same, since it may have been paid; that it could not be closed matters only while it
/// is open.
async fn look(services: &Services, attempt: &attempt::Model) -> Result<Outcome> {
    let now = services.now();
    let state = stored(AttemptState::parse(&attempt.state))?;
    let Some(reference) = attempt.reference.as_deref() else {
        if state.is_final() {
            return Ok(Outcome::Done);
        }
        if now - attempt.created_at < GIVE_UP_AFTER {
            return Ok(Outcome::Again(next_look(attempt, now)));
        }
        // The buyer never saw a page, so nothing can have been paid.
        settle::advance(services, attempt, AttemptState::Expired).await?;
        return Ok(Outcome::Done);
    };
    let closed = match attempt.closing && may_be_open(state) {
        true => close(services, attempt, reference).await,
        false => Ok(()),
    };
    let asked = ask(services, attempt, reference, Use::Look, |port, key, reference| {
        port.fetch_checkout(key, reference)
    })
    .await?;
    let report = match asked {
        Asked::Answered(report) => report,
        Asked::NoKey(connected) => return unseen(services, attempt, state, connected, now).await,
    };
    note_checked(services, attempt).await?;
    if report.attempt_id != Some(attempt.id) {
        settle::advance(services, attempt, AttemptState::Mismatch).await?;
        return Ok(Outcome::Done);
    }
    match report.truth {
        CheckoutTruth::Open => {
            closed?;
            if now < attempt.expires_at + GRACE {
                return Ok(Outcome::Again(next_look(attempt, now)));
            }
            settle::advance(services, attempt, AttemptState::Expired).await?;
            Ok(Outcome::Done)
        }
        CheckoutTruth::Expired => {
            settle::advance(services, attempt, AttemptState::Expired).await?;
            Ok(Outcome::Done)
        }
        CheckoutTruth::Failed => {
            settle::advance(services, attempt, AttemptState::Refused).await?;
            Ok(Outcome::Done)
        }
        CheckoutTruth::Pending => {
            settle::advance(services, attempt, AttemptState::Pending).await?;
            Ok(Outcome::Again(now + 10 * MINUTE))
        }
        CheckoutTruth::Paid(paid) => {
            let paid_at = settle::book(services, attempt, &paid).await?;
            let fee_is_known = paid.fee != Fee::Unknown;
            Ok(paid_at.map_or(Outcome::Done, |paid_at| after_payment(paid_at, fee_is_known, now)))
        }
    }
}

/// Whether the page of an attempt in this state may be open at its gateway: one that was given up by time or by a person was
/// not closed by that.
fn may_be_open(state: AttemptState) -> bool {
    match state {
        AttemptState::Created | AttemptState::Open | AttemptState::Expired | AttemptState::Refused => true,
        AttemptState::Pending | AttemptState::Paid | AttemptState::Mismatch => false,
    }
}

/// Asks a gateway to take no more money on a page. Whether it does, or was paid before, is seen by looking at the page.
async fn close(services: &Services, attempt: &attempt::Model, reference: &str) -> Result<()> {
    let closed = ask(services, attempt, reference, Use::Make, |port, key, reference| {
        port.expire_checkout(key, reference)
    })
    .await;
    match closed {
        // What cannot be closed is closed already, perhaps by paying.
        Ok(_) | Err(crate::Error::Port(PortError::Gone(_) | PortError::Refused(_))) => Ok(()),
        Err(error) => Err(error),
    }
}

/// When to look again at what no key can look at. Whatever is not known for good is marked, so that it is looked at as soon
/// as an account is connected; where one was connected after `asked` while the gateway was asked, that is at once.
async fn unseen(
    services: &Services,
    attempt: &attempt::Model,
    state: AttemptState,
    asked: Option<Uuid>,
    now: i64,
) -> Result<Outcome> {
    let again = match state {
        AttemptState::Created | AttemptState::Open | AttemptState::Pending => {
            Outcome::Again(now + UNCHECKED_PAUSE)
        }
        AttemptState::Expired | AttemptState::Refused => {
            if !attempt.closing && attempt.unchecked_since.is_none() {
                // The gateway itself said so.
                return Ok(Outcome::Done);
            }
            if now < attempt.expires_at + GRACE {
                Outcome::Again(now + UNCHECKED_PAUSE)
            } else {
                Outcome::Done
            }
        }
        AttemptState::Paid => {
            let payment = settle::payment_by(services.database.read(), attempt).await?;
            payment.map_or(Outcome::Done, |payment| {
                let fee_is_known = payment.fee.is_some() || payment.other_fee.is_some();
                after_payment(payment.at, fee_is_known, now)
            })
        }
        // A person looks at the gateway's own pages.
        AttemptState::Mismatch => return Ok(Outcome::Done),
    };
    if attempt.unchecked_since.is_some() {
        let is_new = is_another_connected(services.database.read(), attempt, asked).await?;
        return Ok(if is_new { Outcome::Again(now) } else { again });
    }
    let write = services.database.write(attempt.business_id).await?;
    // Whoever connected it found no mark, and queued nothing.
    if is_another_connected(&*write, attempt, asked).await? {
        return Ok(Outcome::Again(now));
    }
    mark_unchecked(&write, attempt, Some(now)).await?;
    write.commit().await?;
    Ok(again)
}

/// Whether another account is connected than when the gateway was asked. Its key may know what no other could tell.
async fn is_another_connected(
    connection: &impl ConnectionTrait,
    attempt: &attempt::Model,
    asked: Option<Uuid>,
) -> Result<bool> {
    let gateway = stored(Gateway::parse(&attempt.gateway))?;
    let connected = account::find_connected(connection, attempt.business_id, gateway).await?;
    Ok(connected.is_some_and(|account| Some(account.id) != asked))
}

/// When to look again: soon after the click, when buyers pay, then less and less often, at most every ten minutes.
fn next_look(attempt: &attempt::Model, now: i64) -> i64 {
    now + ((now - attempt.created_at) / 2).clamp(10 * SECOND, 10 * MINUTE)
}

/// When to look again at what is paid: for its fee less and less often for a day, for what is given back now and then.
fn after_payment(paid_at: i64, fee_is_known: bool, now: i64) -> Outcome {
    let age = now - paid_at;
    if !fee_is_known && age < FEE_PATIENCE {
        return Outcome::Again(now + (age / 2).clamp(MINUTE, LONGEST_FEE_PAUSE));
    }
    let next = LATER_LOOKS.into_iter().find(|after| *after > age);
    next.map_or(Outcome::Done, |after| Outcome::Again(paid_at + after))
}

/// Notes that a key can look at a page.
async fn note_checked(services: &Services, attempt: &attempt::Model) -> Result<()> {
    if attempt.unchecked_since.is_none() {
        return Ok(());
    }
    let write = services.database.write(attempt.business_id).await?;
    mark_unchecked(&write, attempt, None).await?;
    write.commit().await?;
    Ok(())
}

/// Notes since when no key can look at a page, or that one can.
async fn mark_unchecked(write: &Write, attempt: &attempt::Model, since: Option<i64>) -> Result<()> {
    attempt::Entity::update_many()
        .col_expr(attempt::Column::UncheckedSince, Expr::value(since))
        .filter(attempt::Column::BusinessId.eq(attempt.business_id))
        .filter(attempt::Column::Id.eq(attempt.id))
        .exec(&**write)
        .await?;
    Ok(())
}

/// A person has looked at the gateway and found that a page which no key can look at was not paid. The invoice can be paid
/// anew. The page itself may be open still, so it is closed as soon as a key can; should that key tell that it was paid after
/// all, that is believed.
///
/// # Errors
/// Who asks is not the owner, or the page can be looked at.
pub async fn give_up(services: &Services, actor: &Actor, attempt_id: Uuid) -> Result<()> {
    actor.must_own()?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let present = find(&*write, actor.business_id, attempt_id).await?;
    let state = stored(AttemptState::parse(&present.state))?;
    if state.is_final() || present.unchecked_since.is_none() {
        return Err(domain::problem::Code::WrongState.into());
    }
    let mut row = present.into_active_model();
    // Also what a bank was paying: from here a key that tells that it still does is believed.
    row.state = Set(AttemptState::Expired.as_str().into());
    // It stays marked as unchecked: this was a person's word and not the gateway's.
    row.closing = Set(true);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    queue::enqueue(&write, actor.business_id, JobKind::ExpireAttempt, [attempt_id], now).await?;
    write.commit().await?;
    Ok(())
}

/// The job: closes a page that must not take money any more. If it was paid before, that is booked.
pub(crate) async fn expire(services: &Services, business_id: Uuid, attempt_id: Uuid) -> Result<Outcome> {
    let attempt = find(services.database.read(), business_id, attempt_id).await?;
    let state = stored(AttemptState::parse(&attempt.state))?;
    // Where the page is being made at this moment, whoever makes it sees that it must be closed.
    let is_to_close = attempt.closing && attempt.reference.is_some();
    if !is_to_close || matches!(state, AttemptState::Paid | AttemptState::Mismatch) {
        return Ok(Outcome::Done);
    }
    match look(services, &attempt).await? {
        // From now on it is looked at like any other, by one job; where an event has just asked for that, no later.
        Outcome::Again(at) => {
            let write = services.database.write_across().await?;
            queue::enqueue_by(&write, business_id, JobKind::CheckAttempt, attempt_id, at).await?;
            write.commit().await?;
            Ok(Outcome::Done)
        }
        outcome => Ok(outcome),
    }
}

/// Marks all pages of some invoices that are open, or are being made, as ones that must take no money, and queues that they
/// are closed; except one.
pub(crate) async fn close_open_pages(
    write: &Write,
    business_id: Uuid,
    invoices: &[Uuid],
    except: Option<Uuid>,
    now: i64,
) -> Result<()> {
    for some in invoices.chunks(ROWS_AT_ONCE) {
        let mut open = Condition::all()
            .add(attempt::Column::BusinessId.eq(business_id))
            .add(attempt::Column::InvoiceId.is_in(some.iter().copied()))
            .add(attempt::Column::State.is_in([AttemptState::Created.as_str(), AttemptState::Open.as_str()]));
        if let Some(except) = except {
            open = open.add(attempt::Column::Id.ne(except));
        }
        let ids: Vec<Uuid> = attempt::Entity::find()
            .select_only()
            .column(attempt::Column::Id)
            .filter(open.clone())
            .into_tuple()
            .all(&**write)
            .await?;
        attempt::Entity::update_many()
            .col_expr(attempt::Column::Closing, Expr::value(true))
            .filter(open)
            .exec(&**write)
            .await?;
        for some in ids.chunks(ROWS_AT_ONCE) {
            queue::enqueue(write, business_id, JobKind::ExpireAttempt, some.iter().copied(), now).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(fee: Fee, age: i64) -> Option<i64> {
        match after_payment(0, fee != Fee::Unknown, age) {
            Outcome::Again(at) => Some(at),
            _ => None,
        }
    }

    #[test]
    fn a_fee_is_asked_for_less_and_less_often_and_what_is_given_back_now_and_then() {
        assert_eq!(again(Fee::Unknown, 0), Some(MINUTE));
        assert_eq!(again(Fee::Unknown, 4 * HOUR), Some(6 * HOUR));
        assert_eq!(again(Fee::Unknown, 20 * HOUR), Some(26 * HOUR));
        assert_eq!(again(Fee::Unknown, 25 * HOUR), Some(3 * DAY), "then it is asked for with the rest");
        assert_eq!(again(Fee::Known(30), 0), Some(DAY));
        assert_eq!(again(Fee::Other { currency: "eur".into(), amount: 30 }, DAY), Some(3 * DAY));
        assert_eq!(again(Fee::Known(30), 120 * DAY), None);
    }

    /// The looks of one payment whose fee never comes, from the first to the last.
    #[test]
    fn a_payment_is_looked_at_a_bounded_number_of_times() {
        let (mut now, mut looks) = (0, 0);
        while let Some(next) = again(Fee::Unknown, now) {
            assert!(next > now);
            (now, looks) = (next, looks + 1);
        }
        assert!(looks < 40, "{looks} looks");
    }
}
