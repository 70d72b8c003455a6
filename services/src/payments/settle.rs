//! Booking payments: the ledger's row, the invoice's state, sold stock, and the shipment that becomes ready.

use domain::{
    invoices::InvoiceState,
    payments::{AttemptState, LedgerKind, PaidTruth},
    shipping::ShipmentState,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

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

/// Notes where an attempt stands. While a bank pays, the invoice's other pages take no money.
pub(crate) async fn note_state(
    services: &Services,
    attempt: &attempt::Model,
    state: AttemptState,
) -> Result<()> {
    if attempt.state == state.as_str() {
        return Ok(());
    }
    let write = services.database.write(attempt.business_id).await?;
    let now = services.now();
    store_state(&write, attempt, state, now).await?;
    if state == AttemptState::Pending {
        let invoice = [attempt.invoice_id];
        check::close_open_pages(&write, attempt.business_id, &invoice, Some(attempt.id), now).await?;
    }
    write.commit().await?;
    Ok(())
}

async fn store_state(write: &Write, attempt: &attempt::Model, state: AttemptState, now: i64) -> Result<()> {
    let mut row = check::find(&**write, attempt.business_id, attempt.id).await?.into_active_model();
    row.state = Set(state.as_str().into());
    row.updated_at = Set(now);
    row.update(&**write).await?;
    Ok(())
}

/// Books a payment that a gateway reported, once. Another amount or currency than was asked is not booked: a person must
/// look.
pub(crate) async fn book(services: &Services, attempt: &attempt::Model, paid: &PaidTruth) -> Result<()> {
    let now = services.now();
    let asked = domain::money::Money::new(attempt.amount, currency(&attempt.currency)?);
    if !paid.matches(asked) {
        return note_state(services, attempt, AttemptState::Mismatch).await;
    }
    let write = services.database.write(attempt.business_id).await?;
    let known = ledger::Entity::find()
        .filter(ledger::Column::BusinessId.eq(attempt.business_id))
        .filter(ledger::Column::Gateway.eq(&attempt.gateway))
        .filter(ledger::Column::Kind.eq(LedgerKind::Payment.as_str()))
        .filter(ledger::Column::Reference.eq(&paid.reference))
        .one(&*write)
        .await?;
    match known {
        Some(payment) => check::add_fee(&write, payment, paid.fee).await?,
        None => {
            let payment = ledger::ActiveModel {
                id: Set(new_id()),
                business_id: Set(attempt.business_id),
                invoice_id: Set(attempt.invoice_id),
                attempt_id: Set(attempt.id),
                kind: Set(LedgerKind::Payment.as_str().into()),
                gateway: Set(attempt.gateway.clone()),
                reference: Set(paid.reference.clone()),
                amount: Set(paid.amount),
                fee: Set(paid.fee),
                currency: Set(attempt.currency.clone()),
                at: Set(now),
            };
            payment.insert(&*write).await?;
            store_state(&write, attempt, AttemptState::Paid, now).await?;
            add_to_invoice(&write, attempt, paid.amount, now).await?;
        }
    }
    write.commit().await?;
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
    if was_owed && state == InvoiceState::Paid {
        settled(write, &invoice, now).await?;
    }
    Ok(())
}

/// What follows when an invoice is paid in full: its pieces are sold, its delivery is ready, its other pages are closed.
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
    check::close_open_pages(write, invoice.business_id, &[invoice.id], None, now).await
}
