//! Mails to buyers about their invoices.

use std::collections::{HashMap, HashSet};

use domain::{
    address::PostalAddress,
    invoices::number,
    money::{Currency, Money},
    stored_enum,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::invoice::{find, lines_of, pay_path};
use crate::{
    Result, Services,
    accounts::{Actor, currency},
    customers,
    database::Write,
    entities::{business, customer, invoice, invoice_line, job, mail, shipment},
    error::{OrNotFound, stored},
    jobs::{JobKind, Outcome, queue, stuck},
    new_id,
    ports::mailer::OutgoingMail,
    shipping::LabelFacts,
};

stored_enum! {
    /// What a mail is about.
    MailKind {
        Invoice = "invoice", "Invoice";
        Shipped = "shipped", "Tracking number";
    }
}

/// Queues a mail for each invoice and recipient. One that is not sent yet is not joined by a second: it is written and
/// addressed when it is sent, so it will say what is true then.
pub(crate) async fn queue(
    write: &Write,
    business_id: Uuid,
    kind: MailKind,
    recipients: Vec<(Uuid, String)>,
    now: i64,
) -> Result<()> {
    for some in recipients.chunks(customers::handles::ROWS_AT_ONCE) {
        let waiting =
            waiting(write, business_id, kind, some.iter().map(|(invoice_id, _)| *invoice_id)).await?;
        let mut due = Vec::new();
        let mut rows = Vec::new();
        for (invoice_id, recipient) in some {
            match waiting.get(invoice_id) {
                Some(mail) => {
                    due.push(mail.id);
                    if mail.recipient != *recipient {
                        let mut row = mail.clone().into_active_model();
                        row.recipient = Set(recipient.clone());
                        row.update(&**write).await?;
                    }
                }
                None => {
                    let id = new_id();
                    due.push(id);
                    rows.push(mail::ActiveModel {
                        id: Set(id),
                        business_id: Set(business_id),
                        invoice_id: Set(*invoice_id),
                        kind: Set(kind.as_str().into()),
                        recipient: Set(recipient.clone()),
                        created_at: Set(now),
                        sent_at: Set(None),
                        told_lines: Set(None),
                    });
                }
            }
        }
        if !rows.is_empty() {
            mail::Entity::insert_many(rows).exec_without_returning(&**write).await?;
        }
        queue::enqueue(write, business_id, JobKind::SendMail, due, now).await?;
    }
    Ok(())
}

/// The mails of a kind that are not sent yet, by invoice. One that a worker has in hand may be written already and is not
/// among them; none of the others is taken in hand before the write ends.
async fn waiting(
    write: &Write,
    business_id: Uuid,
    kind: MailKind,
    invoices: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, mail::Model>> {
    let unsent = mail::Entity::find()
        .filter(mail::Column::BusinessId.eq(business_id))
        .filter(mail::Column::InvoiceId.is_in(invoices))
        .filter(mail::Column::Kind.eq(kind.as_str()))
        .filter(mail::Column::SentAt.is_null())
        .order_by_asc(mail::Column::Id)
        .all(&**write)
        .await?;
    let ids: Vec<Uuid> = unsent.iter().map(|mail| mail.id).collect();
    let free: HashSet<Uuid> =
        queue::not_running(write, business_id, JobKind::SendMail, &ids).await?.into_iter().collect();
    let free = unsent.into_iter().filter(|mail| free.contains(&mail.id));
    Ok(free.map(|mail| (mail.invoice_id, mail)).collect())
}

/// Why the mails among these that were given up could not be sent, by mail.
pub(super) async fn given_up(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    mails: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, &'static str>> {
    let jobs: Vec<(Uuid, String)> = job::Entity::find()
        .select_only()
        .columns([job::Column::SubjectId, job::Column::Reason])
        .filter(job::Column::BusinessId.eq(business_id))
        .filter(job::Column::SubjectId.is_in(mails))
        .filter(job::Column::Kind.eq(JobKind::SendMail.as_str()))
        .filter(job::Column::State.is_in([queue::STUCK, queue::DISMISSED]))
        .into_tuple()
        .all(connection)
        .await?;
    let why = |reason: &str| stuck::why(JobKind::SendMail, reason);
    Ok(jobs.into_iter().map(|(mail_id, reason)| (mail_id, why(&reason))).collect())
}

/// Mails an invoice once more, or for the first time after the buyer's address became known.
pub async fn mail_again(services: &Services, actor: &Actor, invoice_id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let invoice = find(&*write, actor.business_id, invoice_id).await?;
    let customer = customers::customer::find(&*write, actor.business_id, invoice.customer_id).await?;
    if customer.email.is_empty() {
        return Err(domain::problem::Problem::field("email", domain::problem::FieldCode::Missing).into());
    }
    queue(&write, actor.business_id, MailKind::Invoice, vec![(invoice_id, customer.email)], services.now())
        .await?;
    write.commit().await?;
    Ok(())
}

/// The job: hands the mail over, then notes that it was sent. A crash between the two sends it twice, with the same
/// message id.
pub(crate) async fn send(services: &Services, business_id: Uuid, mail_id: Uuid) -> Result<Outcome> {
    let read = services.database.read();
    let mail = mail::Entity::find_by_id(mail_id)
        .filter(mail::Column::BusinessId.eq(business_id))
        .one(read)
        .await?
        .or_not_found()?;
    if mail.sent_at.is_some() {
        return Ok(Outcome::Done);
    }
    let kind = stored(MailKind::parse(&mail.kind))?;
    let letter = Letter::read(services, &mail).await?;
    let mail = addressed(services, mail, &letter.customer).await?;
    services.mailer.send(&letter.compose(&mail, &services.settings.public_url)?).await?;

    let (now, write) = (services.now(), services.database.write(business_id).await?);
    let present = mail::Entity::find_by_id(mail_id)
        .filter(mail::Column::BusinessId.eq(business_id))
        .one(&*write)
        .await?
        .or_not_found()?;
    // Where this worker was thought dead, another may have sent it meanwhile, and told more.
    let told = letter.told_lines(kind).max(present.told_lines);
    let mut row = present.into_active_model();
    row.sent_at = Set(Some(now));
    row.told_lines = Set(told);
    let mail = row.update(&*write).await?;
    if let Some(told) = told {
        tell_the_rest(&write, mail, told, now).await?;
    }
    write.commit().await?;
    Ok(Outcome::Done)
}

/// Queues a mail about the lines of an invoice that no mail tells. While a worker was thought dead its mail was in nobody's
/// hand, so what joined the invoice queued no other.
async fn tell_the_rest(write: &Write, mail: mail::Model, told: i64, now: i64) -> Result<()> {
    let lines = invoice_line::Entity::find()
        .filter(invoice_line::Column::BusinessId.eq(mail.business_id))
        .filter(invoice_line::Column::InvoiceId.eq(mail.invoice_id))
        .count(&**write)
        .await?;
    let lines = i64::try_from(lines).unwrap_or(i64::MAX);
    if lines <= told {
        return Ok(());
    }
    let tells_them =
        Condition::any().add(mail::Column::SentAt.is_null()).add(mail::Column::ToldLines.gte(lines));
    let another = mail::Entity::find()
        .filter(mail::Column::BusinessId.eq(mail.business_id))
        .filter(mail::Column::InvoiceId.eq(mail.invoice_id))
        .filter(mail::Column::Kind.eq(MailKind::Invoice.as_str()))
        .filter(mail::Column::Id.ne(mail.id))
        .filter(tells_them)
        .one(&**write)
        .await?;
    if another.is_some() {
        return Ok(());
    }
    let recipients = vec![(mail.invoice_id, mail.recipient)];
    queue(write, mail.business_id, MailKind::Invoice, recipients, now).await
}

/// A mail with the customer's present address, which is stored before it is tried, so that what is told of a refusal is true.
/// What was queued or refused may have waited for days, and the address may have been put right meanwhile. Where the customer
/// has none any more, the one that was known is kept.
async fn addressed(
    services: &Services,
    mail: mail::Model,
    customer: &customer::Model,
) -> Result<mail::Model> {
    if customer.email.is_empty() || customer.email == mail.recipient {
        return Ok(mail);
    }
    let write = services.database.write(mail.business_id).await?;
    let mut row = mail.into_active_model();
    row.recipient = Set(customer.email.clone());
    let mail = row.update(&*write).await?;
    write.commit().await?;
    Ok(mail)
}

/// What a mail is written from.
struct Letter {
    business: business::Model,
    customer: customer::Model,
    invoice: invoice::Model,
    lines: Vec<invoice_line::Model>,
    /// What the buyer was not mailed before; nothing where this is the first mail about the invoice, or where it says the same
    /// again.
    added: Option<Added>,
    label: Option<LabelFacts>,
    currency: Currency,
}

/// What has joined an invoice since it was mailed last.
struct Added {
    pieces: i64,
    /// How many lines the buyer knows: those from there on are new.
    known: usize,
}

impl Added {
    /// Lines only ever join an invoice at its end, so what follows those that were mailed has joined since.
    async fn read(
        read: &impl ConnectionTrait,
        mail: &mail::Model,
        lines: &[invoice_line::Model],
    ) -> Result<Option<Added>> {
        let told: Vec<Option<i64>> = mail::Entity::find()
            .select_only()
            .column(mail::Column::ToldLines)
            .filter(mail::Column::BusinessId.eq(mail.business_id))
            .filter(mail::Column::InvoiceId.eq(mail.invoice_id))
            .filter(mail::Column::Kind.eq(MailKind::Invoice.as_str()))
            .filter(mail::Column::SentAt.is_not_null())
            .into_tuple()
            .all(read)
            .await?;
        // Mails may be sent in another order than they were made, so the one that tells most counts.
        let Some(known) = told.into_iter().flatten().max() else { return Ok(None) };
        let known = usize::try_from(known).unwrap_or_default();
        let added = lines.get(known..).unwrap_or_default();
        Ok((!added.is_empty()).then(|| Added { pieces: added.iter().map(|line| line.quantity).sum(), known }))
    }

    /// `2 pieces added`.
    fn in_words(&self) -> String {
        if self.pieces == 1 { "1 piece added".into() } else { format!("{} pieces added", self.pieces) }
    }
}

impl Letter {
    async fn read(services: &Services, mail: &mail::Model) -> Result<Letter> {
        let read = services.database.read();
        let invoice = find(read, mail.business_id, mail.invoice_id).await?;
        let shipment = shipment::Entity::find()
            .filter(shipment::Column::BusinessId.eq(mail.business_id))
            .filter(shipment::Column::InvoiceId.eq(invoice.id))
            .one(read)
            .await?;
        let label = match shipment {
            Some(shipment) => crate::shipping::bought_label(read, mail.business_id, shipment.id).await?,
            None => None,
        };
        let lines =
            lines_of(read, mail.business_id, &[invoice.id]).await?.remove(&invoice.id).unwrap_or_default();
        Ok(Letter {
            added: Added::read(read, mail, &lines).await?,
            business: business::Entity::find_by_id(mail.business_id).one(read).await?.or_not_found()?,
            customer: customers::customer::find(read, mail.business_id, invoice.customer_id).await?,
            lines,
            currency: currency(&invoice.currency)?,
            label,
            invoice,
        })
    }

    /// How many lines of the invoice the mail tells; nothing where it is about something else.
    fn told_lines(&self, kind: MailKind) -> Option<i64> {
        match kind {
            MailKind::Invoice => i64::try_from(self.lines.len()).ok(),
            MailKind::Shipped => None,
        }
    }

    fn compose(&self, mail: &mail::Model, public_url: &str) -> Result<OutgoingMail> {
        let number = number(self.invoice.sequence);
        let (subject, text) = match stored(MailKind::parse(&mail.kind))? {
            MailKind::Invoice => {
                let subject = format!("{number} from {}", self.business.name);
                let subject = match &self.added {
                    Some(added) => format!("Updated: {subject}, {}", added.in_words()),
                    None => subject,
                };
                (subject, self.invoice_text(&number, public_url))
            }
            MailKind::Shipped => (format!("On its way: {number}"), self.shipped_text(&number)),
        };
        Ok(OutgoingMail {
            message_id: mail.id.to_string(),
            from_name: self.business.name.clone(),
            reply_to: self.business.email.clone(),
            to_name: self.customer.name.clone(),
            to: mail.recipient.clone(),
            subject,
            text,
        })
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    fn invoice_text(&self, number: &str, public_url: &str) -> String {
        let mut text = format!("Hello {},\n\n", self.customer.name);
        let known = self.added.as_ref().map_or(self.lines.len(), |added| added.known);
        let (before, new) = self.lines.split_at(known.min(self.lines.len()));
        match &self.added {
            None => text += "Thank you! This is what you got:\n\n",
            Some(_) => {
                text += &format!("Thank you! This was added to your order {number}:\n\n");
                text.extend(new.iter().map(|line| self.line_text(line)));
                text += "\nWhat you got before:\n\n";
            }
        }
        text.extend(before.iter().map(|line| self.line_text(line)));
        let (delivery, total) = match &self.added {
            Some(_) => ("Delivery ", "New total"),
            None => ("Delivery", "Total   "),
        };
        text += &format!(
            "\n  {delivery}  {}\n  {total}  {}\n",
            self.money(self.invoice.shipping),
            self.money(self.invoice.total)
        );
        text += &format!("\nPay {number} here:\n{public_url}{}\n", pay_path(&self.invoice));
        text + &self.signature()
    }

    /// `  2 × C3 Amber candle  $18.00`, a line.
    fn line_text(&self, line: &invoice_line::Model) -> String {
        let total = self.money(line.total);
        format!("  {} × {} {}  {total}\n", line.quantity, line.code, line.description)
    }

    fn shipped_text(&self, number: &str) -> String {
        let mut text = format!("Hello {},\n\nYour order {number} is on its way.\n", self.customer.name);
        if let Some(label) = &self.label {
            if !label.tracking_number.is_empty() {
                text += &format!("\nTracking number: {}\n", label.tracking_number);
            }
            if !label.tracking_url.is_empty() {
                text += &format!("Follow it here: {}\n", label.tracking_url);
            }
        }
        text + &self.signature()
    }

    /// Buyers may write back, and commercial mail names where its sender is.
    fn signature(&self) -> String {
        let business = &self.business;
        let address = PostalAddress {
            line1: business.line1.clone(),
            line2: business.line2.clone(),
            city: business.city.clone(),
            region: business.region.clone(),
            postal_code: business.postal_code.clone(),
            country: business.country.clone(),
        };
        format!("\nQuestions? Just answer this mail.\n\n{}\n{}\n", business.name, address.lines().join(", "))
    }
}
