//! Billing everyone: one invoice per customer, joining one that is open and untouched.

use std::collections::{BTreeMap, HashMap};

use domain::{
    invoices::{Billed, InvoiceState, Line, number, total},
    money::Money,
    sales::claims::ClaimState,
    text::search_fold,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, prelude::Expr, sea_query::CaseStatement,
};
use uuid::Uuid;

use super::{invoice::lines_of, mail};
use crate::{
    Error, Result, Services,
    accounts::{Actor, business, session::random_token},
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{claim, customer, invoice, invoice_line},
    error::OrNotFound,
    new_id, payments,
    sales::sale::{Claimed, claimed},
};

/// Claims billed at once; the rest waits for the next press of the button.
const MAX_CLAIMS: u64 = 10_000;

/// Bills all held claims of the business.
pub async fn bill_everyone(services: &Services, actor: &Actor) -> Result<Billed> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let claims = claim::Entity::find()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::State.eq(ClaimState::Held.as_str()))
        .order_by_asc(claim::Column::Place)
        .limit(MAX_CLAIMS)
        .all(&*write)
        .await?;
    let what = claimed(&*write, actor.business_id, claims.iter().map(|claim| claim.variant_id)).await?;
    let mut by_customer: BTreeMap<Uuid, Vec<claim::Model>> = BTreeMap::new();
    for claim in claims {
        by_customer.entry(claim.customer_id).or_default().push(claim);
    }
    let customers: HashMap<Uuid, customer::Model> = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(actor.business_id))
        .filter(customer::Column::Id.is_in(by_customer.keys().copied()))
        .all(&*write)
        .await?
        .into_iter()
        .map(|customer| (customer.id, customer))
        .collect();
    let mut bills = Bills::begin(&write, actor, &customers, now).await?;
    for (customer_id, claims) in by_customer {
        bills.bill(customers.get(&customer_id).or_not_found()?, claims, &what)?;
    }
    let billed = bills.finish().await?;
    write.commit().await?;
    Ok(billed)
}

/// One invoice while it is being written.
struct Bill {
    row: invoice::Model,
    is_new: bool,
    /// Lines that stand already.
    known: Vec<invoice_line::Model>,
    new: Vec<invoice_line::Model>,
}

/// The invoices of one press of the button.
struct Bills<'a> {
    write: &'a Write,
    actor: &'a Actor,
    now: i64,
    shipping_fee: Money,
    next_sequence: i64,
    /// By customer.
    open: HashMap<Uuid, Bill>,
    bills: Vec<Bill>,
    without_email: i64,
    recipients: Vec<(Uuid, String)>,
}

impl<'a> Bills<'a> {
    async fn begin(
        write: &'a Write,
        actor: &'a Actor,
        customers: &HashMap<Uuid, customer::Model>,
        now: i64,
    ) -> Result<Bills<'a>> {
        let business = business::of(&**write, actor).await?;
        let rows = invoice::Entity::find()
            .filter(invoice::Column::BusinessId.eq(actor.business_id))
            .filter(invoice::Column::CustomerId.is_in(customers.keys().copied()))
            .filter(invoice::Column::State.eq(InvoiceState::Open.as_str()))
            .filter(invoice::Column::Paid.eq(0))
            .order_by_asc(invoice::Column::Sequence)
            .all(&**write)
            .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        // Where a bank pays the present sum, or nobody knows whether it was paid, it stays as it is.
        let in_doubt = payments::pay::all_in_doubt(&**write, actor.business_id, &ids).await?;
        let mut lines = lines_of(&**write, actor.business_id, &ids).await?;
        let open = rows
            .into_iter()
            .filter(|row| !in_doubt.contains(&row.id))
            .map(|row| {
                let known = lines.remove(&row.id).unwrap_or_default();
                (row.customer_id, Bill { row, is_new: false, known, new: Vec::new() })
            })
            .collect();
        Ok(Bills {
            write,
            actor,
            now,
            shipping_fee: Money::new(business.shipping_fee, actor.currency),
            next_sequence: business.next_invoice,
            open,
            bills: Vec::new(),
            without_email: 0,
            recipients: Vec::new(),
        })
    }

    fn bill(
        &mut self,
        customer: &customer::Model,
        claims: Vec<claim::Model>,
        what: &HashMap<Uuid, Claimed>,
    ) -> Result<()> {
        let mut bill = match self.open.remove(&customer.id) {
            Some(open) => open,
            None => self.new_bill(customer)?,
        };
        let first = i64::try_from(bill.known.len()).unwrap_or(i64::MAX);
        for (claim, position) in claims.into_iter().zip(first..) {
            let what = what.get(&claim.variant_id).or_not_found()?;
            bill.new.push(self.line(&bill.row, &claim, what, position)?);
        }
        self.add_up(&mut bill)?;
        if customer.email.is_empty() {
            self.without_email += 1;
        } else {
            self.recipients.push((bill.row.id, customer.email.clone()));
        }
        self.bills.push(bill);
        Ok(())
    }

    fn new_bill(&mut self, customer: &customer::Model) -> Result<Bill> {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let row = invoice::Model {
            id: new_id(),
            business_id: self.actor.business_id,
            sequence,
            customer_id: customer.id,
            state: InvoiceState::Open.as_str().into(),
            currency: self.actor.currency.code().into(),
            subtotal: 0,
            shipping: 0,
            total: 0,
            paid: 0,
            token: random_token()?,
            search: search_fold(&format!("{} {} {}", number(sequence), customer.name, customer.search)),
            issued_at: self.now,
            updated_at: self.now,
        };
        Ok(Bill { row, is_new: true, known: Vec::new(), new: Vec::new() })
    }

    fn line(
        &self,
        invoice: &invoice::Model,
        claim: &claim::Model,
        what: &Claimed,
        position: i64,
    ) -> Result<invoice_line::Model> {
        let description = match what.variant.name.as_str() {
            "" => what.item.title.clone(),
            name => format!("{} · {name}", what.item.title),
        };
        let total = Money::new(claim.price, self.actor.currency).times(claim.quantity)?;
        Ok(invoice_line::Model {
            id: new_id(),
            business_id: self.actor.business_id,
            invoice_id: invoice.id,
            claim_id: claim.id,
            code: what.item.code.clone(),
            description,
            quantity: claim.quantity,
            unit_price: claim.price,
            total: total.minor,
            weight: what.posted_weight().saturating_mul(claim.quantity),
            position,
        })
    }

    /// Adds the invoice up by the rules. What comes to nothing is paid.
    fn add_up(&self, bill: &mut Bill) -> Result<()> {
        let lines: Vec<Line> = bill
            .known
            .iter()
            .chain(&bill.new)
            .map(|line| super::invoice::line(line, self.actor.currency))
            .collect();
        let totals = total(self.actor.currency, &lines, self.shipping_fee)?;
        bill.row.subtotal = totals.subtotal.minor;
        bill.row.shipping = totals.shipping.minor;
        bill.row.total = totals.total.minor;
        bill.row.state = InvoiceState::of(totals.total.minor, bill.row.paid).as_str().into();
        bill.row.updated_at = self.now;
        Ok(())
    }

    /// Stores everything, and the jobs that tell the buyers.
    async fn finish(self) -> Result<Billed> {
        let Bills { write, actor, now, bills, recipients, next_sequence, without_email, .. } = self;
        let mut business = business::of(&**write, actor).await?.into_active_model();
        business.next_invoice = Set(next_sequence);
        business.update(&**write).await?;

        let (new, joined): (Vec<&Bill>, Vec<&Bill>) = bills.iter().partition(|bill| bill.is_new);
        for some in new.chunks(ROWS_AT_ONCE) {
            let rows = some.iter().map(|bill| bill.row.clone().into_active_model().reset_all());
            invoice::Entity::insert_many(rows).exec_without_returning(&**write).await?;
        }
        store_joined(write, &joined, now).await?;
        let lines: Vec<&invoice_line::Model> = bills.iter().flat_map(|bill| &bill.new).collect();
        for some in lines.chunks(ROWS_AT_ONCE) {
            let rows = some.iter().map(|line| (*line).clone().into_active_model().reset_all());
            invoice_line::Entity::insert_many(rows).exec_without_returning(&**write).await?;
            mark_invoiced(write, actor.business_id, some, now).await?;
        }
        mail::queue(write, actor.business_id, mail::MailKind::Invoice, recipients, now).await?;
        let joined_ids: Vec<Uuid> = joined.iter().map(|bill| bill.row.id).collect();
        // Pages that were opened for the old amount must not take money any more.
        payments::check::close_open_pages(write, actor.business_id, &joined_ids, None, now).await?;
        for bill in bills.iter().filter(|bill| bill.row.state == InvoiceState::Paid.as_str()) {
            payments::settle::settled(write, &bill.row, now).await?;
        }
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(Billed { invoices: count(bills.len()), joined: count(joined.len()), without_email })
    }
}

/// Stores the new sums of invoices that were joined, and their states: what comes to nothing is paid. All with one statement.
async fn store_joined(write: &Write, joined: &[&Bill], now: i64) -> Result<()> {
    use invoice::Column::{BusinessId, Id, Shipping, State, Subtotal, Total, UpdatedAt};
    for some in joined.chunks(ROWS_AT_ONCE) {
        let by_id = |value: fn(&invoice::Model) -> Expr, column: invoice::Column| {
            let case = some.iter().fold(CaseStatement::new(), |case, bill| {
                case.case(Expr::col(Id).eq(bill.row.id), value(&bill.row))
            });
            Expr::expr(case.finally(Expr::col(column)))
        };
        let business_id = some.first().map(|bill| bill.row.business_id).ok_or(Error::Fault("no invoice"))?;
        invoice::Entity::update_many()
            .col_expr(Subtotal, by_id(|row| Expr::value(row.subtotal), Subtotal))
            .col_expr(Shipping, by_id(|row| Expr::value(row.shipping), Shipping))
            .col_expr(Total, by_id(|row| Expr::value(row.total), Total))
            .col_expr(State, by_id(|row| Expr::value(row.state.as_str()), State))
            .col_expr(UpdatedAt, Expr::value(now))
            .filter(BusinessId.eq(business_id))
            .filter(State.eq(InvoiceState::Open.as_str()))
            .filter(Id.is_in(some.iter().map(|bill| bill.row.id)))
            .exec(&**write)
            .await?;
    }
    Ok(())
}

/// Marks the claims of new lines as invoiced.
async fn mark_invoiced(
    write: &Write,
    business_id: Uuid,
    lines: &[&invoice_line::Model],
    now: i64,
) -> Result<()> {
    use claim::Column::{BusinessId, Id, InvoiceId, State, UpdatedAt};
    let invoice_of = lines.iter().fold(CaseStatement::new(), |case, line| {
        case.case(Expr::col(Id).eq(line.claim_id), Expr::value(line.invoice_id))
    });
    let marked = claim::Entity::update_many()
        .col_expr(State, Expr::value(ClaimState::Invoiced.as_str()))
        .col_expr(InvoiceId, Expr::expr(invoice_of.finally(Expr::col(InvoiceId))))
        .col_expr(UpdatedAt, Expr::value(now))
        .filter(BusinessId.eq(business_id))
        .filter(State.eq(ClaimState::Held.as_str()))
        .filter(Id.is_in(lines.iter().map(|line| line.claim_id)))
        .exec(&**write)
        .await?;
    if marked.rows_affected == lines.len() as u64 {
        Ok(())
    } else {
        Err(Error::Fault("a claim was billed twice"))
    }
}
