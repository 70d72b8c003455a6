//! The buyer's click: an attempt is stored, then the gateway's page is made, then the buyer goes there.

use domain::{
    invoices::{InvoiceState, number},
    money::Money,
    payments::{AttemptState, Gateway},
    problem::Code,
    time::{HOUR, MINUTE, SECOND},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use std::collections::HashSet;
use uuid::Uuid;

use super::{
    account::{self, Use},
    check,
};
use crate::{
    Error, Result, Services,
    accounts::currency,
    customers,
    database::Write,
    entities::{attempt, gateway_account, invoice},
    error::stored,
    invoices::pay_page::by_token,
    jobs::{JobKind, queue, stuck},
    new_id,
    ports::{
        PortError,
        gateway::{Checkout, CheckoutAnswer, CheckoutRequest, NotMade},
    },
};

/// How long a page takes money: a little less than the day that Stripe allows at most.
const PAGE_LIFE: i64 = 23 * HOUR;
/// A page that is nearly over is not offered again.
const LEAST_LEFT: i64 = 5 * MINUTE;
/// When an attempt is first looked at, in case no event comes.
const FIRST_CHECK: i64 = 20 * SECOND;
/// New attempts at one invoice within a minute and within an hour. A page that is open is used again, so nobody who wants to
/// pay needs more.
const MOST_A_MINUTE: usize = 5;
const MOST_AN_HOUR: usize = 20;

/// Where the buyer pays an invoice. A page that is still good for the same amount is used again. What needs no write is
/// answered without one, because whoever holds a link may press its button as often as they like.
///
/// # Errors
/// Codes that are meant for the buyer: nothing is owed, another payment is on its way or unclear, the amount is too small or
/// too large, the seller's account does not work, the gateway makes no page, or there were too many tries.
pub async fn start(services: &Services, token: &str, gateway: Gateway) -> Result<String> {
    let read = services.database.read();
    let invoice = by_token(read, token).await?;
    let account = account::connected(read, invoice.business_id, gateway).await.map_err(for_buyer)?;
    let owed = payable(read, &invoice, gateway).await?;
    let known = match usable(read, &invoice, account.id, owed, services.now()).await? {
        Some(attempt) => attempt,
        None => {
            let customer = customers::customer::find(read, invoice.business_id, invoice.customer_id).await?;
            begin(services, &invoice, &account, gateway, customer.email).await?
        }
    };
    match (&known.url, known.state == AttemptState::Open.as_str()) {
        (Some(url), true) => Ok(url.clone()),
        _ => make_page(services, &invoice, &account, gateway, known).await,
    }
}

/// That no account is connected, in words for a buyer instead of a member.
fn for_buyer(error: Error) -> Error {
    match error.problem().code {
        Code::NotConnected => Code::CannotTakePayments.into(),
        _ => error,
    }
}

/// What may be paid of an invoice now.
async fn payable(
    connection: &impl ConnectionTrait,
    invoice: &invoice::Model,
    gateway: Gateway,
) -> Result<Money> {
    if !stored(InvoiceState::parse(&invoice.state))?.is_owed() {
        return Err(Code::WrongState.into());
    }
    if let Some(code) = in_doubt(connection, invoice).await? {
        return Err(code.into());
    }
    let owed = Money::new(invoice.total - invoice.paid, currency(&invoice.currency)?);
    if gateway.is_too_small(owed) { Err(Code::AmountTooSmall.into()) } else { Ok(owed) }
}

/// Attempts of which money may come, or has come, that is not booked: the buyer's bank is paying, no key can look at their
/// page, or what was paid differs and a person has to look.
fn in_doubt_condition(business_id: Uuid) -> Condition {
    let unchecked = Condition::all()
        .add(attempt::Column::UncheckedSince.is_not_null())
        .add(attempt::Column::State.is_in([AttemptState::Created.as_str(), AttemptState::Open.as_str()]));
    Condition::any()
        .add(attempt::Column::State.eq(AttemptState::Pending.as_str()))
        .add(unchecked)
        .add(stuck::is_open_mismatch(business_id))
}

/// Why nothing more may be paid of an invoice for now, if so: a second page could take the money twice.
pub(crate) async fn in_doubt(
    connection: &impl ConnectionTrait,
    invoice: &invoice::Model,
) -> Result<Option<Code>> {
    let states: Vec<String> = attempt::Entity::find()
        .select_only()
        .column(attempt::Column::State)
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .filter(in_doubt_condition(invoice.business_id))
        .into_tuple()
        .all(connection)
        .await?;
    let is_pending = states.iter().any(|state| state == AttemptState::Pending.as_str());
    Ok(match states.is_empty() {
        true => None,
        false if is_pending => Some(Code::PaymentOnItsWay),
        false => Some(Code::PaymentUnclear),
    })
}

/// Which of some invoices have money on its way, or some of which nobody knows yet what becomes of it. What they ask for must
/// not change meanwhile.
pub(crate) async fn all_in_doubt(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    invoices: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    for some in invoices.chunks(customers::handles::ROWS_AT_ONCE) {
        let ids: Vec<Uuid> = attempt::Entity::find()
            .select_only()
            .column(attempt::Column::InvoiceId)
            .filter(attempt::Column::BusinessId.eq(business_id))
            .filter(attempt::Column::InvoiceId.is_in(some.iter().copied()))
            .filter(in_doubt_condition(business_id))
            .into_tuple()
            .all(connection)
            .await?;
        found.extend(ids);
    }
    Ok(found)
}

/// An attempt at the same account for the same amount whose page is open, or was not made yet.
async fn usable(
    connection: &impl ConnectionTrait,
    invoice: &invoice::Model,
    account_id: Uuid,
    owed: Money,
    now: i64,
) -> Result<Option<attempt::Model>> {
    Ok(attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .filter(attempt::Column::GatewayAccountId.eq(account_id))
        .filter(attempt::Column::Amount.eq(owed.minor))
        .filter(attempt::Column::Currency.eq(owed.currency.code()))
        .filter(attempt::Column::ExpiresAt.gt(now + LEAST_LEFT))
        .filter(attempt::Column::State.is_in([AttemptState::Created.as_str(), AttemptState::Open.as_str()]))
        .filter(attempt::Column::Closing.eq(false))
        .order_by_desc(attempt::Column::Id)
        .one(connection)
        .await?)
}

/// Stores a new attempt, unless another click has done so meanwhile. `email` is what the gateway is told; it may be empty.
async fn begin(
    services: &Services,
    invoice: &invoice::Model,
    account: &gateway_account::Model,
    gateway: Gateway,
    email: String,
) -> Result<attempt::Model> {
    let now = services.now();
    let write = services.database.write(invoice.business_id).await?;
    let invoice = crate::invoices::invoice::find(&*write, invoice.business_id, invoice.id).await?;
    let owed = payable(&*write, &invoice, gateway).await?;
    if let Some(attempt) = usable(&*write, &invoice, account.id, owed, now).await? {
        return Ok(attempt);
    }
    bound(&*write, &invoice, now).await?;
    let attempt = attempt::ActiveModel {
        id: Set(new_id()),
        business_id: Set(invoice.business_id),
        invoice_id: Set(invoice.id),
        gateway_account_id: Set(account.id),
        gateway: Set(gateway.as_str().into()),
        amount: Set(owed.minor),
        currency: Set(owed.currency.code().into()),
        state: Set(AttemptState::Created.as_str().into()),
        reference: Set(None),
        url: Set(None),
        expires_at: Set(now + PAGE_LIFE),
        created_at: Set(now),
        updated_at: Set(now),
        customer_email: Set(email),
        return_url: Set(format!("{}/pay/{}", services.settings.public_url, invoice.token)),
        closing: Set(false),
        unchecked_since: Set(None),
        refunded: Set(0),
        disputed: Set(false),
    };
    let attempt = attempt.insert(&*write).await?;
    check::close_open_pages(&write, invoice.business_id, &[invoice.id], Some(attempt.id), now).await?;
    look_soon(&write, &attempt, now).await?;
    write.commit().await?;
    Ok(attempt)
}

/// Refuses a new attempt where there were too many lately.
async fn bound(connection: &impl ConnectionTrait, invoice: &invoice::Model, now: i64) -> Result<()> {
    let made_at: Vec<i64> = attempt::Entity::find()
        .select_only()
        .column(attempt::Column::CreatedAt)
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .filter(attempt::Column::CreatedAt.gt(now - HOUR))
        .order_by_desc(attempt::Column::CreatedAt)
        .limit(MOST_AN_HOUR as u64)
        .into_tuple()
        .all(connection)
        .await?;
    let in_a_minute = made_at.iter().filter(|at| **at > now - MINUTE).count();
    if in_a_minute >= MOST_A_MINUTE || made_at.len() >= MOST_AN_HOUR {
        return Err(Code::TooMany.into());
    }
    Ok(())
}

async fn look_soon(write: &Write, attempt: &attempt::Model, now: i64) -> Result<()> {
    queue::enqueue(write, attempt.business_id, JobKind::CheckAttempt, [attempt.id], now + FIRST_CHECK).await
}

/// Makes the gateway's page for a stored attempt. The attempt's id is the idempotency key and its row holds what is asked, so
/// a second click, another server or a retry after a crash asks for the same and gets the same page.
async fn make_page(
    services: &Services,
    invoice: &invoice::Model,
    account: &gateway_account::Model,
    gateway: Gateway,
    attempt: attempt::Model,
) -> Result<String> {
    let key = account::key(services, account)?;
    let mut attempt = attempt;
    loop {
        let asked = ask(services, invoice, &key, gateway, &attempt).await;
        let refusal = match asked {
            Ok(CheckoutAnswer::Made(checkout)) => {
                account::note_key(services, account, Use::Make, true).await?;
                return open(services, &attempt, checkout).await;
            }
            // An address that the gateway does not take is left out: it spares the buyer some typing and no more.
            Ok(CheckoutAnswer::NotMade(NotMade::Email)) if !attempt.customer_email.is_empty() => {
                give_up(services, &attempt).await?;
                attempt = begin(services, invoice, account, gateway, String::new()).await?;
                continue;
            }
            Ok(CheckoutAnswer::NotMade(NotMade::Email)) => Code::PaymentNotStarted.into(),
            Ok(CheckoutAnswer::NotMade(NotMade::TooSmall)) => Code::AmountTooSmall.into(),
            Ok(CheckoutAnswer::NotMade(NotMade::TooLarge)) => Code::AmountTooLarge.into(),
            Ok(CheckoutAnswer::NotMade(NotMade::Spent(text))) => Error::from(PortError::Unavailable(text)),
            Err(PortError::Unauthorised(text)) => {
                tracing::warn!(account = %account.id, error = text, "the gateway does not take this key");
                account::note_key(services, account, Use::Make, false).await?;
                Code::CannotTakePayments.into()
            }
            Err(error @ (PortError::LiveKeyElsewhere | PortError::PaymentRequired(_))) => {
                tracing::warn!(account = %account.id, %error, "the gateway takes no payments for this account");
                Code::CannotTakePayments.into()
            }
            // The page may have been made all the same; the attempt stays, and the next click asks again.
            Err(error) if error.is_passing() => return Err(error.into()),
            Err(error) => {
                tracing::warn!(attempt = %attempt.id, %error, "the gateway makes no page for this payment");
                Code::PaymentNotStarted.into()
            }
        };
        return match give_up(services, &attempt).await? {
            // Another click of the same buyer has got the page meanwhile.
            Some(url) => Ok(url),
            None => Err(refusal),
        };
    }
}

/// Asks the gateway for the page of an attempt, with what its row holds.
async fn ask(
    services: &Services,
    invoice: &invoice::Model,
    key: &secrecy::SecretString,
    gateway: Gateway,
    attempt: &attempt::Model,
) -> Result<CheckoutAnswer, PortError> {
    let currency = currency(&attempt.currency).map_err(|_| unknown("currency"))?;
    let request = CheckoutRequest {
        attempt_id: attempt.id,
        invoice_id: invoice.id,
        invoice_number: number(invoice.sequence),
        amount: Money::new(attempt.amount, currency),
        customer_email: attempt.customer_email.clone(),
        return_url: attempt.return_url.clone(),
        cancel_url: attempt.return_url.clone(),
        expires_at: attempt.expires_at,
    };
    let port = services.gateway(gateway).map_err(|_| unknown("gateway"))?;
    port.create_checkout(key, &request).await
}

fn unknown(what: &str) -> PortError {
    PortError::Refused(format!("this server knows no such {what}"))
}

/// Stores the page that was made, if it may be paid still. What happened meanwhile decides: where the invoice asks for
/// something else by now or another payment is on its way, the page is closed and nobody is sent there.
async fn open(services: &Services, attempt: &attempt::Model, checkout: Checkout) -> Result<String> {
    let now = services.now();
    let write = services.database.write(attempt.business_id).await?;
    let present = check::find(&*write, attempt.business_id, attempt.id).await?;
    let state = stored(AttemptState::parse(&present.state))?;
    match state {
        AttemptState::Pending => return Err(Code::PaymentOnItsWay.into()),
        AttemptState::Paid | AttemptState::Mismatch => return Err(Code::WrongState.into()),
        AttemptState::Created | AttemptState::Open | AttemptState::Expired | AttemptState::Refused => {}
    }
    let invoice = crate::invoices::invoice::find(&*write, attempt.business_id, attempt.invoice_id).await?;
    let is_owed = stored(InvoiceState::parse(&invoice.state))?.is_owed();
    let is_asked = is_owed && invoice.total - invoice.paid == attempt.amount && !present.closing;
    let is_alive = matches!(state, AttemptState::Created | AttemptState::Open);
    let may_be_paid = is_asked && is_alive && in_doubt(&*write, &invoice).await?.is_none();

    let mut row = present.into_active_model();
    if state.may_become(AttemptState::Open) {
        row.state = Set(AttemptState::Open.as_str().into());
    }
    row.reference = Set(Some(checkout.reference));
    row.url = Set(Some(checkout.url.clone()));
    row.expires_at = Set(checkout.expires_at);
    row.closing = Set(!may_be_paid);
    row.updated_at = Set(now);
    let row = row.update(&*write).await?;
    if may_be_paid {
        look_soon(&write, &row, now).await?;
    } else {
        queue::enqueue(&write, row.business_id, JobKind::ExpireAttempt, [row.id], now).await?;
    }
    write.commit().await?;
    if may_be_paid { Ok(checkout.url) } else { Err(Code::WrongState.into()) }
}

/// Gives an attempt up of which no page came, so that the next click makes a new one. Where another click has got its page
/// meanwhile, that is told and stays.
async fn give_up(services: &Services, attempt: &attempt::Model) -> Result<Option<String>> {
    let write = services.database.write(attempt.business_id).await?;
    let present = check::find(&*write, attempt.business_id, attempt.id).await?;
    if present.state != AttemptState::Created.as_str() {
        let is_open = present.state == AttemptState::Open.as_str() && !present.closing;
        return Ok(present.url.filter(|_| is_open));
    }
    let mut row = present.into_active_model();
    row.state = Set(AttemptState::Refused.as_str().into());
    row.updated_at = Set(services.now());
    row.update(&*write).await?;
    write.commit().await?;
    Ok(None)
}
