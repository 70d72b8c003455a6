//! The figures of a report. Of everything they are sums that the database works out, whatever their number; of a sale they are
//! the sums of its shares, which are walked through in pieces.

use std::collections::BTreeMap;

use domain::{
    invoices,
    money::{Money, MoneyError},
    reports::{Figures, ReportLine},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    prelude::Expr,
    sea_query::{Alias, CaseStatement, SimpleExpr},
};
use uuid::Uuid;

use super::{lines, period::Scope};
use crate::{
    Error, Result,
    accounts::{Actor, currency},
    entities::{attempt, invoice, invoice_line, label, ledger, shipment},
    inventory::list::sum_of,
    payments::reversals,
    reports::file::walk,
    shipping::LabelState,
};

/// The figures of what a report is about.
pub(super) async fn of(connection: &impl ConnectionTrait, actor: &Actor, scope: &Scope) -> Result<Figures> {
    match scope.sale {
        None => summed(connection, actor, scope).await,
        Some(sale) => {
            let mut figures = empty(actor);
            let mut after = None;
            while let Some(invoices) = walk(connection, scope.invoices(), &mut after).await? {
                for line in lines::of(connection, actor, Some(sale), invoices).await? {
                    add(&mut figures, &line)?;
                }
            }
            Ok(figures)
        }
    }
}

/// Nothing yet.
pub(super) fn empty(actor: &Actor) -> Figures {
    let nothing = Money::new(0, actor.currency);
    Figures {
        sold: nothing,
        pieces: 0,
        invoices: 0,
        collected: nothing,
        fees: nothing,
        owed: nothing,
        shipped: 0,
        postage: nothing,
        postage_elsewhere: Vec::new(),
        overpaid: nothing,
        refunded: nothing,
    }
}

/// Adds a line to the figures.
pub(super) fn add(figures: &mut Figures, line: &ReportLine) -> Result<(), Error> {
    let plus = |sum: &mut Money, amount: Money| -> Result<(), MoneyError> {
        *sum = Money::sum(sum.currency, [*sum, amount])?;
        Ok(())
    };
    figures.invoices = figures.invoices.saturating_add(1);
    figures.pieces = figures.pieces.saturating_add(line.pieces);
    plus(&mut figures.sold, line.total)?;
    plus(&mut figures.collected, line.paid)?;
    plus(&mut figures.fees, line.fee)?;
    plus(&mut figures.owed, line.owed)?;
    plus(&mut figures.overpaid, invoices::overpaid(line.total, line.paid, line.refunded)?)?;
    plus(&mut figures.refunded, line.refunded)?;
    figures.shipped = figures.shipped.saturating_add(i64::from(line.is_shipped));
    plus(&mut figures.postage, line.postage)?;
    let Some(elsewhere) = line.postage_elsewhere else { return Ok(()) };
    match figures.postage_elsewhere.iter_mut().find(|sum| sum.currency == elsewhere.currency) {
        Some(sum) => plus(sum, elsewhere)?,
        None => figures.postage_elsewhere.push(elsewhere),
    }
    Ok(())
}

/// What is left to be paid of each invoice, summed up: one that was paid too much takes nothing off the others.
fn sum_owed() -> SimpleExpr {
    let (total, paid) = (|| Expr::col(invoice::Column::Total), || Expr::col(invoice::Column::Paid));
    let owed: SimpleExpr =
        CaseStatement::new().case(total().gt(paid()), total().sub(paid())).finally(0).into();
    Expr::expr(owed).sum().if_null(0).cast_as(Alias::new("bigint"))
}

/// What invoices have that were paid too much and did not get it back. They are few, so they are looked at one by one.
async fn overpaid(connection: &impl ConnectionTrait, actor: &Actor, scope: &Scope) -> Result<Money> {
    let money = |minor| Money::new(minor, actor.currency);
    let mut sum = money(0);
    let mut after = None;
    while let Some(paid_more) = walk(connection, scope.overpaid(), &mut after).await? {
        let ids: Vec<Uuid> = paid_more.iter().map(|invoice| invoice.id).collect();
        let refunds = reversals::of_invoices(connection, actor.business_id, &ids).await?;
        for invoice in paid_more {
            let refunded = refunds.get(&invoice.id).copied().unwrap_or_default();
            let more = invoices::overpaid(money(invoice.total), money(invoice.paid), money(refunded))?;
            sum = sum.plus(more)?;
        }
    }
    Ok(sum)
}

async fn summed(connection: &impl ConnectionTrait, actor: &Actor, scope: &Scope) -> Result<Figures> {
    let money = |minor| Money::new(minor, actor.currency);
    let mut figures = empty(actor);
    let of_invoices: Option<(i64, i64, i64, i64)> = scope
        .invoices()
        .select_only()
        .expr_as(Expr::col(invoice::Column::Id).count(), "invoices")
        .expr_as(sum_of(invoice::Column::Total), "sold")
        .expr_as(sum_of(invoice::Column::Paid), "collected")
        .expr_as(sum_owed(), "owed")
        .into_tuple()
        .one(connection)
        .await?;
    if let Some((invoices, sold, collected, owed)) = of_invoices {
        figures.invoices = invoices;
        figures.sold = money(sold);
        figures.collected = money(collected);
        figures.owed = money(owed);
    }
    figures.overpaid = overpaid(connection, actor, scope).await?;
    let refunded: Option<i64> = attempt::Entity::find()
        .select_only()
        .expr_as(sum_of(attempt::Column::Refunded), "refunded")
        .filter(attempt::Column::BusinessId.eq(actor.business_id))
        .filter(attempt::Column::Refunded.gt(0))
        .filter(attempt::Column::InvoiceId.in_subquery(scope.ids()))
        .into_tuple()
        .one(connection)
        .await?;
    figures.refunded = money(refunded.unwrap_or_default());
    let pieces: Option<i64> = invoice_line::Entity::find()
        .select_only()
        .expr_as(sum_of(invoice_line::Column::Quantity), "pieces")
        .filter(invoice_line::Column::BusinessId.eq(actor.business_id))
        .filter(invoice_line::Column::InvoiceId.in_subquery(scope.ids()))
        .into_tuple()
        .one(connection)
        .await?;
    figures.pieces = pieces.unwrap_or_default();
    let fees: Option<i64> = ledger::Entity::find()
        .select_only()
        .expr_as(sum_of(ledger::Column::Fee), "fees")
        .filter(ledger::Column::BusinessId.eq(actor.business_id))
        .filter(ledger::Column::InvoiceId.in_subquery(scope.ids()))
        .into_tuple()
        .one(connection)
        .await?;
    figures.fees = money(fees.unwrap_or_default());
    let shipped = label::Entity::belongs_to(shipment::Entity)
        .from(label::Column::ShipmentId)
        .to(shipment::Column::Id)
        .into();
    let postage: Vec<(String, i64, i64)> = label::Entity::find()
        .select_only()
        .column(label::Column::Currency)
        .expr_as(sum_of((label::Entity, label::Column::Price)), "postage")
        .expr_as(Expr::col((label::Entity, label::Column::Id)).count(), "labels")
        .join(sea_orm::JoinType::InnerJoin, shipped)
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::State.eq(LabelState::Bought.as_str()))
        .filter(shipment::Column::InvoiceId.in_subquery(scope.ids()))
        .group_by(label::Column::Currency)
        .into_tuple()
        .all(connection)
        .await?;
    let mut elsewhere = BTreeMap::new();
    for (code, price, labels) in postage {
        figures.shipped = figures.shipped.saturating_add(labels);
        let postage = Money::new(price, currency(&code)?);
        match postage.currency == actor.currency {
            true => figures.postage = postage,
            false => drop(elsewhere.insert(code, postage)),
        }
    }
    figures.postage_elsewhere = elsewhere.into_values().collect();
    Ok(figures)
}
