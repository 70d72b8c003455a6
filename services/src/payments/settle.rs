//! Booking payments: the ledger's row, the invoice's state, sold stock, and the shipment that becomes ready.

use domain::{
    invoices::InvoiceState,
    money::Money,
    payments::{AttemptState, Fee, LedgerKind, PaidTruth},
    shipping::ShipmentState,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::check;
use crate::{
    Result, Services,
    accounts::currency,
    database::Write,
    entities::{attempt, claim, invoice, invoice_line, ledger, shipment},
    error::stored,
    inventory::stock::{self, Movement},
    invoices::invoice::find,
    new_id,
};

/// Moves an attempt to where it stands now, if there is an arrow from where it stood. While a bank pays, or a person has to
/// look at what was paid, the invoice's other pages take no money.
pub(crate) async fn advance(services: &Services, attempt: &attempt::Model, to: AttemptState) -> Result<()> {
    if !stored(AttemptState::parse(&attempt.state))?.may_become(to) {
        return Ok(());
    }
    let write = services.database.write(attempt.business_id).await?;
    let now = services.now();
    let present = check::find(&*write, attempt.business_id, attempt.id).await?;
    // What was given up because it had no page has one by now.
    let was_made = attempt.reference.is_none() && present.reference.is_some();
    if to == AttemptState::Expired && was_made || !store_state(&write, present, to, now).await? {
        return Ok(());
    }
    if matches!(to, AttemptState::Pending | AttemptState::Mismatch) {
        let invoice = [attempt.invoice_id];
        check::close_open_pages(&write, attempt.business_id, &invoice, Some(attempt.id), now).await?;
    }
    write.commit().await?;
    Ok(())
}

/// Stores a state to which there is an arrow from the present one. Tells whether there was.
async fn store_state(write: &Write, present: attempt::Model, to: AttemptState, now: i64) -> Result<bool> {
    if !stored(AttemptState::parse(&present.state))?.may_become(to) {
        return Ok(false);
    }
    let mut row = present.into_active_model();
    row.state = Set(to.as_str().into());
    row.updated_at = Set(now);
    row.update(&**write).await?;
    Ok(true)
}

async fn payment_of(
    connection: &impl ConnectionTrait,
    attempt: &attempt::Model,
    paid: &PaidTruth,
) -> Result<Option<ledger::Model>> {
    Ok(ledger::Entity::find()
        .filter(ledger::Column::BusinessId.eq(attempt.business_id))
        .filter(ledger::Column::Gateway.eq(&attempt.gateway))
        .filter(ledger::Column::Kind.eq(LedgerKind::Payment.as_str()))
        .filter(ledger::Column::Reference.eq(&paid.reference))
        .one(connection)
        .await?)
}

/// The payment that an attempt led to, if any was booked.
pub(super) async fn payment_by(
    connection: &impl ConnectionTrait,
    attempt: &attempt::Model,
) -> Result<Option<ledger::Model>> {
    Ok(ledger::Entity::find()
        .filter(ledger::Column::BusinessId.eq(attempt.business_id))
        .filter(ledger::Column::AttemptId.eq(attempt.id))
        .filter(ledger::Column::Kind.eq(LedgerKind::Payment.as_str()))
        .one(connection)
        .await?)
}

/// Whether everything that a gateway says of a payment is stored already.
fn is_known(payment: &ledger::Model, attempt: &attempt::Model, paid: &PaidTruth) -> bool {
    let fee_is_known = match &paid.fee {
        Fee::Unknown => true,
        Fee::Known(_) => payment.fee.is_some(),
        Fee::Other { .. } => payment.fee.is_some() || payment.other_fee.is_some(),
    };
    fee_is_known && attempt.refunded == paid.refunded && attempt.disputed == paid.disputed
}

/// Books a payment that a gateway reported, once, and notes what became of it since. Tells when it was paid. Another
/// amount or currency than was asked is not booked: a person must look.
pub(crate) async fn book(
    services: &Services,
    attempt: &attempt::Model,
    paid: &PaidTruth,
) -> Result<Option<i64>> {
    let now = services.now();
    let asked = Money::new(attempt.amount, currency(&attempt.currency)?);
    if !paid.matches(asked) {
        advance(services, attempt, AttemptState::Mismatch).await?;
        return Ok(None);
    }
    // Most looks find nothing new, and open screens need not hear of those.
    if let Some(payment) = payment_of(services.database.read(), attempt, paid).await?
        && is_known(&payment, attempt, paid)
    {
        return Ok(Some(payment.at));
    }
    let write = services.database.write(attempt.business_id).await?;
    let known = payment_of(&*write, attempt, paid).await?;
    let paid_at = known.as_ref().map_or_else(|| moment_of(attempt, paid, now), |payment| payment.at);
    match known {
        Some(payment) => add_fee(&write, payment, &paid.fee).await?,
        None => {
            let (other_fee, other_fee_currency) = other_fee(&paid.fee);
            let payment = ledger::ActiveModel {
                id: Set(new_id()),
                business_id: Set(attempt.business_id),
                invoice_id: Set(attempt.invoice_id),
                attempt_id: Set(attempt.id),
                kind: Set(LedgerKind::Payment.as_str().into()),
                gateway: Set(attempt.gateway.clone()),
                reference: Set(paid.reference.clone()),
                amount: Set(paid.amount),
                fee: Set(paid.fee.known()),
                currency: Set(attempt.currency.clone()),
                at: Set(paid_at),
                other_fee: Set(other_fee),
                other_fee_currency: Set(other_fee_currency),
            };
            payment.insert(&*write).await?;
            let present = check::find(&*write, attempt.business_id, attempt.id).await?;
            store_state(&write, present, AttemptState::Paid, now).await?;
            add_to_invoice(&write, attempt, paid.amount, now).await?;
        }
    }
    let present = check::find(&*write, attempt.business_id, attempt.id).await?;
    let is_as_read = (present.refunded, present.disputed) == (attempt.refunded, attempt.disputed);
    // Who asked earlier and is answered later must not take back what another has noted meanwhile.
    if is_as_read && (present.refunded, present.disputed) != (paid.refunded, paid.disputed) {
        let mut row = present.into_active_model();
        row.refunded = Set(paid.refunded);
        row.disputed = Set(paid.disputed);
        row.updated_at = Set(now);
        row.update(&*write).await?;
    }
    write.commit().await?;
    Ok(Some(paid_at))
}

/// When a payment was made. A look comes days later where no event did, so the gateway's word counts; but clocks differ, and
/// nobody pays before there is a page, or tomorrow.
fn moment_of(attempt: &attempt::Model, paid: &PaidTruth, now: i64) -> i64 {
    paid.paid_at.unwrap_or(now).max(attempt.created_at).min(now)
}

/// A fee in another currency, as it is stored.
fn other_fee(fee: &Fee) -> (Option<i64>, Option<String>) {
    match fee {
        Fee::Other { currency, amount } => (Some(*amount), Some(currency.to_ascii_uppercase())),
        Fee::Unknown | Fee::Known(_) => (None, None),
    }
}

/// A fee that a gateway told later than the payment.
async fn add_fee(write: &Write, payment: ledger::Model, fee: &Fee) -> Result<()> {
    if payment.fee.is_some() || payment.other_fee.is_some() || *fee == Fee::Unknown {
        return Ok(());
    }
    let (other_fee, other_fee_currency) = other_fee(fee);
    let mut row = payment.into_active_model();
    row.fee = Set(fee.known());
    row.other_fee = Set(other_fee);
    row.other_fee_currency = Set(other_fee_currency);
    row.update(&**write).await?;
    Ok(())
}

async fn add_to_invoice(write: &Write, attempt: &attempt::Model, amount: i64, now: i64) -> Result<()> {
    let before = find(&**write, attempt.business_id, attempt.invoice_id).await?;
    let was_owed = stored(InvoiceState::parse(&before.state))?.is_owed();
    let paid = before.paid.saturating_add(amount);
    let state = InvoiceState::of(before.total, paid);
    let mut row = before.into_active_model();
    row.paid = Set(paid);
    row.state = Set(state.as_str().into());
    row.updated_at = Set(now);
    let invoice = row.update(&**write).await?;
    // Whatever is left to pay, it is not what the other pages ask for.
    let own = Some(attempt.id);
    check::close_open_pages(write, attempt.business_id, &[attempt.invoice_id], own, now).await?;
    if was_owed && state == InvoiceState::Paid {
        settled(write, &invoice, now).await?;
    }
    Ok(())
}

/// What follows when an invoice is paid in full: its pieces are sold, and its delivery is ready.
pub(crate) async fn settled(write: &Write, invoice: &invoice::Model, now: i64) -> Result<()> {
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(invoice.business_id))
        .filter(claim::Column::InvoiceId.eq(invoice.id))
        .all(&**write)
        .await?;
    let sold: Vec<Movement> =
        claims.iter().map(|claim| Movement::sell(claim.variant_id, claim.quantity, claim.id)).collect();
    stock::carry_out(write, invoice.business_id, &sold, now).await?;

    let lines = invoice_line::Entity::find()
        .filter(invoice_line::Column::BusinessId.eq(invoice.business_id))
        .filter(invoice_line::Column::InvoiceId.eq(invoice.id))
        .all(&**write)
        .await?;
    let shipment = shipment::ActiveModel {
        id: Set(new_id()),
        business_id: Set(invoice.business_id),
        invoice_id: Set(invoice.id),
        customer_id: Set(invoice.customer_id),
        state: Set(ShipmentState::Ready.as_str().into()),
        contents_weight: Set(lines.iter().map(|line| line.weight).sum()),
        packaging_id: Set(crate::shipping::packaging::usual(&**write, invoice.business_id).await?),
        carrier_account_id: Set(None),
        quote_reference: Set(None),
        problem: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        quote_hash: Set(None),
        contents_weighed_at: Set(None),
    };
    shipment.insert(&**write).await?;
    Ok(())
}
