//! One invoice for the seller.

use std::collections::HashMap;

use domain::{
    invoices::{
        InvoiceState, InvoiceView, Line, Mood, TimelineEntry, Totals, UnclearPayment, WhyUnclear, number,
        overpaid,
    },
    money::{Currency, Money},
    payments::{AttemptState, Gateway},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::mail::{MailKind, given_up};
use crate::{
    Result, Services,
    accounts::{Actor, currency},
    customers,
    entities::{attempt, gateway_account, invoice, invoice_line, ledger, mail, shipment},
    error::{OrNotFound, stored},
    inventory::group,
    jobs::stuck,
    payments::reversals,
    shipping::LabelFacts,
};

/// Entries of a timeline at most.
const TIMELINE: u64 = 200;

/// The lines of some invoices, by invoice, in their order.
pub(crate) async fn lines_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    invoices: &[Uuid],
) -> Result<HashMap<Uuid, Vec<invoice_line::Model>>> {
    let lines = invoice_line::Entity::find()
        .filter(invoice_line::Column::BusinessId.eq(business_id))
        .filter(invoice_line::Column::InvoiceId.is_in(invoices.iter().copied()))
        .order_by_asc(invoice_line::Column::Position)
        .all(connection)
        .await?;
    Ok(group(lines, |line| line.invoice_id))
}

/// A stored line as the rules see it.
pub(crate) fn line(row: &invoice_line::Model, currency: Currency) -> Line {
    Line {
        code: row.code.clone(),
        description: row.description.clone(),
        quantity: row.quantity,
        unit_price: Money::new(row.unit_price, currency),
    }
}

/// The stored sums.
pub(crate) fn totals(row: &invoice::Model, currency: Currency) -> Totals {
    Totals {
        subtotal: Money::new(row.subtotal, currency),
        shipping: Money::new(row.shipping, currency),
        total: Money::new(row.total, currency),
    }
}

/// Where the buyer pays, a path on this server.
pub(crate) fn pay_path(row: &invoice::Model) -> String {
    format!("/pay/{}", row.token)
}

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<invoice::Model> {
    invoice::Entity::find_by_id(id)
        .filter(invoice::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The invoice's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<InvoiceView> {
    let read = services.database.read();
    let invoice = find(read, actor.business_id, id).await?;
    let currency = currency(&invoice.currency)?;
    let customer = customers::customer::find(read, actor.business_id, invoice.customer_id).await?;
    let lines = lines_of(read, actor.business_id, &[id]).await?.remove(&id).unwrap_or_default();
    let shipment = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::InvoiceId.eq(id))
        .one(read)
        .await?;
    let label = match &shipment {
        Some(shipment) => crate::shipping::bought_label(read, actor.business_id, shipment.id).await?,
        None => None,
    };
    let mails = mails_of(read, &invoice).await?;
    let was_mailed = mails.iter().any(|mail| mail.kind == MailKind::Invoice.as_str());
    let timeline = timeline(read, actor, &invoice, mails, currency, label.as_ref()).await?;
    let state = stored(InvoiceState::parse(&invoice.state))?;
    let owed = Money::new((invoice.total - invoice.paid).max(0), currency);
    let too_small_below =
        if state.is_owed() { too_small_below(services, actor.business_id, owed).await? } else { None };
    let (totals, paid) = (totals(&invoice, currency), Money::new(invoice.paid, currency));
    let reversals = reversals::of_invoice(read, actor.business_id, id, currency).await?;
    let refunded = Money::sum(currency, reversals.iter().map(|reversal| reversal.refunded))?;
    Ok(InvoiceView {
        id,
        number: number(invoice.sequence),
        state,
        customer_id: customer.id,
        customer_address: customers::address(&customer),
        customer_name: customer.name,
        customer_email: customer.email,
        business_name: actor.business_name.clone(),
        lines: lines.iter().map(|row| line(row, currency)).collect(),
        overpaid: overpaid(totals.total, paid, refunded)?,
        totals,
        paid,
        owed,
        pay_path: pay_path(&invoice),
        issued: actor.zone.date(invoice.issued_at),
        was_mailed,
        shipment_id: shipment.map(|shipment| shipment.id),
        tracking_number: label.map(|label| label.tracking_number).unwrap_or_default(),
        reversals,
        unclear: unclear(read, &invoice, currency).await?,
        too_small_below,
        timeline,
    })
}

/// The least that any connected gateway takes, if what is owed is less.
async fn too_small_below(services: &Services, business_id: Uuid, owed: Money) -> Result<Option<Money>> {
    let accounts = gateway_account::Entity::find()
        .filter(gateway_account::Column::BusinessId.eq(business_id))
        .filter(gateway_account::Column::RemovedAt.is_null())
        .all(services.database.read())
        .await?;
    let least: Vec<Option<Money>> = accounts
        .iter()
        .map(|account| Ok(stored(Gateway::parse(&account.gateway))?.least(owed.currency)))
        .collect::<Result<_>>()?;
    // A gateway without a known bound may take it.
    let least: Option<Vec<Money>> = least.into_iter().collect();
    Ok(least
        .and_then(|least| least.into_iter().min_by_key(|least| least.minor))
        .filter(|least| owed.minor < least.minor))
}

/// Pages of an invoice of which nobody can see whether they were paid, or on which something else was paid than was asked.
async fn unclear(
    connection: &impl ConnectionTrait,
    invoice: &invoice::Model,
    currency: Currency,
) -> Result<Vec<UnclearPayment>> {
    let unchecked = Condition::all().add(attempt::Column::UncheckedSince.is_not_null()).add(
        attempt::Column::State.is_in([
            AttemptState::Created.as_str(),
            AttemptState::Open.as_str(),
            AttemptState::Pending.as_str(),
        ]),
    );
    let attempts = attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .filter(Condition::any().add(unchecked).add(stuck::is_open_mismatch(invoice.business_id)))
        .order_by_asc(attempt::Column::Id)
        .limit(TIMELINE)
        .all(connection)
        .await?;
    attempts
        .into_iter()
        .map(|attempt| {
            let state = stored(AttemptState::parse(&attempt.state))?;
            Ok(UnclearPayment {
                attempt_id: attempt.id,
                why: if state == AttemptState::Mismatch { WhyUnclear::Differs } else { WhyUnclear::NoKey },
                gateway: stored(Gateway::parse(&attempt.gateway))?,
                amount: Money::new(attempt.amount, currency),
            })
        })
        .collect()
}

/// The mails about an invoice, the latest first.
async fn mails_of(connection: &impl ConnectionTrait, invoice: &invoice::Model) -> Result<Vec<mail::Model>> {
    Ok(mail::Entity::find()
        .filter(mail::Column::BusinessId.eq(invoice.business_id))
        .filter(mail::Column::InvoiceId.eq(invoice.id))
        .order_by_desc(mail::Column::Id)
        .limit(TIMELINE)
        .all(connection)
        .await?)
}

/// In which order things of one moment happened: what leads to the next comes before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Issued,
    Mailed,
    Asked,
    Paid,
    Reversed,
    Labelled,
    Shipped,
}

/// What happened to an invoice, the latest first. What bears the same moment stands in the order in which it happened too.
async fn timeline(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    invoice: &invoice::Model,
    mails: Vec<mail::Model>,
    currency: Currency,
    label: Option<&LabelFacts>,
) -> Result<Vec<TimelineEntry>> {
    let entry = |step: Step, at: i64, what: String, mood: Mood| {
        (step, TimelineEntry { at, when: actor.zone.date_and_time(at), what, mood })
    };
    let mut entries = vec![entry(Step::Issued, invoice.issued_at, "Issued".into(), Mood::Quiet)];
    let unsent = mails.iter().filter(|mail| mail.sent_at.is_none()).map(|mail| mail.id);
    let given_up = given_up(connection, invoice.business_id, unsent).await?;
    for mail in mails {
        let kind = stored(MailKind::parse(&mail.kind))?;
        let step = match kind {
            MailKind::Invoice => Step::Mailed,
            MailKind::Shipped => Step::Shipped,
        };
        let (kind, to) = (kind.label(), &mail.recipient);
        entries.push(match (mail.sent_at, given_up.get(&mail.id)) {
            (Some(at), _) => entry(step, at, format!("{kind} mailed to {to}"), Mood::Well),
            (None, Some(why)) => {
                let what = format!("{kind} could not be mailed to {to}. {why}");
                entry(step, mail.created_at, what, Mood::Wrong)
            }
            (None, None) => {
                entry(step, mail.created_at, format!("{kind} is being mailed to {to}"), Mood::Waiting)
            }
        });
    }
    let attempts = attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(invoice.business_id))
        .filter(attempt::Column::InvoiceId.eq(invoice.id))
        .order_by_desc(attempt::Column::Id)
        .limit(TIMELINE)
        .all(connection)
        .await?;
    for attempt in attempts {
        let gateway = stored(Gateway::parse(&attempt.gateway))?.label();
        let state = stored(AttemptState::parse(&attempt.state))?;
        let mood = match state {
            AttemptState::Paid => {
                if attempt.refunded > 0 {
                    let refunded = Money::new(attempt.refunded, currency);
                    entries.push(entry(
                        Step::Reversed,
                        attempt.updated_at,
                        format!("Refunded at {gateway}: {refunded}"),
                        Mood::Quiet,
                    ));
                }
                if attempt.disputed {
                    let what = format!("Disputed at {gateway}");
                    entries.push(entry(Step::Reversed, attempt.updated_at, what, Mood::Wrong));
                }
                continue;
            }
            AttemptState::Created | AttemptState::Open | AttemptState::Pending => Mood::Waiting,
            AttemptState::Expired => Mood::Quiet,
            AttemptState::Refused | AttemptState::Mismatch => Mood::Wrong,
        };
        let asked = Money::new(attempt.amount, currency);
        let what = format!("{gateway} page for {asked}: {}", state.label().to_lowercase());
        entries.push(entry(Step::Asked, attempt.updated_at, what, mood));
    }
    let payments = ledger::Entity::find()
        .filter(ledger::Column::BusinessId.eq(invoice.business_id))
        .filter(ledger::Column::InvoiceId.eq(invoice.id))
        .order_by_desc(ledger::Column::Id)
        .limit(TIMELINE)
        .all(connection)
        .await?;
    for payment in payments {
        let gateway = stored(Gateway::parse(&payment.gateway))?.label();
        let amount = Money::new(payment.amount, currency);
        let fee = fee(&payment, currency);
        let what = format!("{amount} paid through {gateway}{fee}");
        entries.push(entry(Step::Paid, payment.at, what, Mood::Well));
    }
    if let Some(label) = label {
        let at = label.bought_at.unwrap_or(label.created_at);
        entries.push(entry(
            Step::Labelled,
            at,
            format!("Label bought: {} {}", label.service, label.tracking_number).trim_end().to_owned(),
            Mood::Well,
        ));
    }
    // Each step's own entries are the latest first already.
    entries.sort_by_key(|(step, entry)| std::cmp::Reverse((entry.at, *step)));
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// What the gateway kept, in words; nothing while it has not told.
fn fee(payment: &ledger::Model, currency: Currency) -> String {
    if let Some(fee) = payment.fee {
        return format!(", fee {}", Money::new(fee, currency));
    }
    let settled_in = payment.other_fee_currency.as_deref();
    match (payment.other_fee, settled_in.and_then(Currency::parse), settled_in) {
        (Some(fee), Some(currency), _) => format!(", fee {}", Money::new(fee, currency)),
        (Some(_), None, Some(code)) => format!(", fee in {code}"),
        _ => String::new(),
    }
}
