//! What does not go on by itself, and what a member does about it: try again, or set it aside with a reason.

use std::collections::HashMap;

use domain::{
    invoices::number,
    page::Page,
    payments::AttemptState,
    problem::Code,
    reports::{DismissForm, Dismissed, Stuck, StuckView},
    time,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
    prelude::Expr,
    sea_query::{OnConflict, SelectStatement},
};
use uuid::Uuid;

use super::{
    JobKind, Lane, Reason, lanes,
    queue::{DISMISSED, QUEUED, STUCK},
};
use crate::{
    Result, Services,
    accounts::{Actor, members::names},
    database::Write,
    entities::{attempt, customer, dismissal, import, invoice, job, label, mail, picture, sale, shipment},
    error::{OrNotFound, stored},
    new_id,
    payments::check,
    shipping::LabelState,
};

/// Stuck things on one page of them.
const ON_A_PAGE: u64 = 25;
/// Dismissed things shown, the latest first.
const DISMISSED_SHOWN: u64 = 10;

/// Why a job gave up, in words for who has to do something about it.
pub(crate) fn why(kind: JobKind, reason: &str) -> &'static str {
    let reason = Reason::parse(reason).unwrap_or(Reason::Fault);
    match (kind, reason) {
        (JobKind::SendMail, Reason::Unavailable) => "The mail server did not answer for a long time.",
        (JobKind::SendMail, Reason::Refused) => "The mail server refused the address.",
        (JobKind::SendMail, Reason::Unauthorised) => {
            "The mail server did not accept this server's password. Tell whoever runs this server."
        }
        (JobKind::SendMail, Reason::Gone) => "No mail server is set. Tell whoever runs this server.",
        (JobKind::CheckAttempt | JobKind::ExpireAttempt, Reason::Unavailable) => {
            "The payment provider did not answer for a long time."
        }
        (JobKind::CheckAttempt | JobKind::ExpireAttempt, Reason::Unauthorised) => {
            "The payment provider did not accept the key that the page was made with."
        }
        (JobKind::CheckAttempt | JobKind::ExpireAttempt, Reason::Gone) => {
            "The payment provider does not know this page."
        }
        (JobKind::BuyLabel | JobKind::FetchLabel, Reason::Unavailable) => {
            "The carrier service did not answer for a long time."
        }
        (JobKind::BuyLabel | JobKind::FetchLabel, Reason::Unauthorised) => {
            "The carrier service did not accept the key."
        }
        (JobKind::FetchLabel, Reason::Gone) => "The label is not at the carrier service any more.",
        (_, reason) => reason.label(),
    }
}

/// The reason of what differs from what was asked.
const MISMATCH: &str = "The amount or the currency is another one, so it was not booked. Look at the payment provider's page. Until you dismiss this, the buyer is asked not to pay again.";

/// What a label is that was bought after all, and what is to be done about it.
const STRAY: &str = "A label was bought after all";
const STRAY_WHY: &str = "It was paid for, but its parcel goes without it. Ask the carrier service for the money back. It is not in your reports.";

/// Something that does not go on by itself.
enum Found {
    Job(job::Model),
    Mismatch(attempt::Model),
    Stray(label::Model),
}

impl Found {
    fn id(&self) -> Uuid {
        match self {
            Found::Job(job) => job.id,
            Found::Mismatch(attempt) => attempt.id,
            Found::Stray(label) => label.id,
        }
    }

    /// What it is called, why it is stuck, and whether trying again may help.
    fn words(&self) -> Result<(&'static str, &'static str, bool)> {
        Ok(match self {
            Found::Job(job) => {
                let kind = stored(JobKind::parse(&job.kind))?;
                (kind.label(), why(kind, &job.reason), true)
            }
            Found::Mismatch(_) => ("A payment differs from what was asked", MISMATCH, false),
            Found::Stray(_) => (STRAY, STRAY_WHY, false),
        })
    }
}

/// The jobs of a business in a state. A kind of a newer server is shown there.
fn jobs(actor: &Actor, state: &str) -> Select<job::Entity> {
    job::Entity::find()
        .filter(job::Column::BusinessId.eq(actor.business_id))
        .filter(job::Column::State.eq(state))
        .filter(job::Column::Kind.is_in(JobKind::ALL.iter().map(|kind| kind.as_str())))
}

fn mismatches(actor: &Actor) -> Select<attempt::Entity> {
    attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(actor.business_id))
        .filter(attempt::Column::State.eq(AttemptState::Mismatch.as_str()))
}

/// The things of a business that were set aside.
fn set_aside(business_id: Uuid) -> SelectStatement {
    dismissal::Entity::find()
        .select_only()
        .column(dismissal::Column::SubjectId)
        .filter(dismissal::Column::BusinessId.eq(business_id))
        .into_query()
}

/// Attempts whose payment differs and that nobody has set aside: money has come, and a person must say what becomes of it.
pub(crate) fn is_open_mismatch(business_id: Uuid) -> Condition {
    Condition::all()
        .add(attempt::Column::State.eq(AttemptState::Mismatch.as_str()))
        .add(Expr::col(attempt::Column::Id).not_in_subquery(set_aside(business_id)))
}

fn open_mismatches(actor: &Actor) -> Select<attempt::Entity> {
    attempt::Entity::find()
        .filter(attempt::Column::BusinessId.eq(actor.business_id))
        .filter(is_open_mismatch(actor.business_id))
}

/// Labels that were bought after their parcels had gone on without them.
fn strays(actor: &Actor) -> Select<label::Entity> {
    label::Entity::find()
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::State.eq(LabelState::Stray.as_str()))
}

/// Those that nobody has set aside.
fn open_strays(actor: &Actor) -> Select<label::Entity> {
    strays(actor).filter(Expr::col(label::Column::Id).not_in_subquery(set_aside(actor.business_id)))
}

/// Whether the thing that a dismissal is about is still one that is set aside. One that went on, or is not there any more,
/// is not.
fn still_holds() -> Condition {
    let subject = (dismissal::Entity, dismissal::Column::SubjectId);
    let job = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(Expr::col((job::Entity, job::Column::Id)).equals(subject))
        .filter(job::Column::State.eq(DISMISSED));
    let mismatch = attempt::Entity::find()
        .select_only()
        .column(attempt::Column::Id)
        .filter(Expr::col((attempt::Entity, attempt::Column::Id)).equals(subject))
        .filter(attempt::Column::State.eq(AttemptState::Mismatch.as_str()));
    let stray = label::Entity::find()
        .select_only()
        .column(label::Column::Id)
        .filter(Expr::col((label::Entity, label::Column::Id)).equals(subject))
        .filter(label::Column::State.eq(LabelState::Stray.as_str()));
    let ways = [job.into_query(), mismatch.into_query(), stray.into_query()];
    ways.into_iter().map(Expr::exists).fold(Condition::any(), Condition::add)
}

/// The dismissals that nothing stands behind any more.
pub(crate) fn orphans() -> Condition {
    still_holds().not()
}

/// Takes back that jobs were set aside, because they are queued anew.
pub(super) async fn forget_dismissals(
    write: &Write,
    business_id: Uuid,
    kind: JobKind,
    subjects: &[Uuid],
) -> Result<()> {
    let set_aside = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(job::Column::BusinessId.eq(business_id))
        .filter(job::Column::Kind.eq(kind.as_str()))
        .filter(job::Column::SubjectId.is_in(subjects.iter().copied()))
        .filter(job::Column::State.eq(DISMISSED));
    dismissal::Entity::delete_many()
        .filter(dismissal::Column::BusinessId.eq(business_id))
        .filter(dismissal::Column::SubjectId.in_subquery(set_aside.into_query()))
        .exec(&**write)
        .await?;
    Ok(())
}

/// How many things of a business are stuck.
pub(crate) async fn count(connection: &impl ConnectionTrait, actor: &Actor) -> Result<u64> {
    Ok(jobs(actor, STUCK).count(connection).await?
        + open_mismatches(actor).count(connection).await?
        + open_strays(actor).count(connection).await?)
}

/// The stuck things of a business after the one with the key `after`, the oldest first.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    after: &str,
    limit: u64,
) -> Result<Page<Stuck>> {
    let (mut jobs, mut mismatches, mut strays) =
        (jobs(actor, STUCK), open_mismatches(actor), open_strays(actor));
    if let Ok(after) = Uuid::parse_str(after) {
        jobs = jobs.filter(job::Column::Id.gt(after));
        mismatches = mismatches.filter(attempt::Column::Id.gt(after));
        strays = strays.filter(label::Column::Id.gt(after));
    }
    let jobs = jobs.order_by_asc(job::Column::Id).limit(limit + 1).all(connection).await?;
    let mismatches = mismatches.order_by_asc(attempt::Column::Id).limit(limit + 1).all(connection).await?;
    let strays = strays.order_by_asc(label::Column::Id).limit(limit + 1).all(connection).await?;
    // Keys are time-ordered, so that all kinds stand in one order.
    let mut found = all_found(jobs, mismatches, strays);
    found.sort_by_key(Found::id);
    let page = Page::new(found, limit, |found| found.id().to_string());
    Ok(Page { rows: described(connection, actor, &page.rows).await?, next: page.next })
}

fn all_found(
    jobs: Vec<job::Model>,
    mismatches: Vec<attempt::Model>,
    strays: Vec<label::Model>,
) -> Vec<Found> {
    let jobs = jobs.into_iter().map(Found::Job);
    let mismatches = mismatches.into_iter().map(Found::Mismatch);
    jobs.chain(mismatches).chain(strays.into_iter().map(Found::Stray)).collect()
}

async fn described(connection: &impl ConnectionTrait, actor: &Actor, found: &[Found]) -> Result<Vec<Stuck>> {
    let mut places = places(connection, actor, found).await?;
    let describe = |found: &Found| {
        let (what, why, can_retry) = found.words()?;
        let Place { about, path, refused } = places.remove(&found.id()).unwrap_or_default();
        let why = refused
            .map_or_else(|| why.into(), |address| format!("The mail server refused the address {address}."));
        Ok(Stuck { id: found.id(), what: what.into(), about, why, path, can_retry })
    };
    found.iter().map(describe).collect()
}

/// One stuck thing.
pub async fn one(services: &Services, actor: &Actor, id: Uuid) -> Result<Stuck> {
    let read = services.database.read();
    let found = all_found(
        jobs(actor, STUCK).filter(job::Column::Id.eq(id)).all(read).await?,
        open_mismatches(actor).filter(attempt::Column::Id.eq(id)).all(read).await?,
        open_strays(actor).filter(label::Column::Id.eq(id)).all(read).await?,
    );
    described(read, actor, &found).await?.pop().or_not_found()
}

/// That mails wait at the moment, until when and why. Only mails all go through one server, so no other lane rests.
pub(crate) async fn mail_rests(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    now: i64,
) -> Result<Option<String>> {
    let stands = lanes::look(connection, Lane::Mail).await?;
    if stands.paused_until <= now {
        return Ok(None);
    }
    let why = match Reason::parse(&stands.reason) {
        Some(Reason::Unauthorised) => "the mail server does not accept this server's password",
        _ => "the mail server does not answer",
    };
    let until = actor.zone.date_and_time(stands.paused_until);
    Ok(Some(format!(
        "Mail is paused until {until}, because {why}. Nothing is lost; it is sent once that works again."
    )))
}

/// The page of everything that is stuck, and of what was set aside lately.
pub async fn view(services: &Services, actor: &Actor, after: &str) -> Result<StuckView> {
    let read = services.database.read();
    Ok(StuckView {
        count: count(read, actor).await?,
        mail_rests: mail_rests(read, actor, services.now()).await?,
        stuck: list(read, actor, after, ON_A_PAGE).await?,
        dismissed: dismissed(read, actor, services.now()).await?,
    })
}

/// What was set aside, the latest first.
async fn dismissed(connection: &impl ConnectionTrait, actor: &Actor, now: i64) -> Result<Vec<Dismissed>> {
    let rows = dismissal::Entity::find()
        .filter(dismissal::Column::BusinessId.eq(actor.business_id))
        .filter(still_holds())
        .order_by_desc(dismissal::Column::DismissedAt)
        .limit(DISMISSED_SHOWN)
        .all(connection)
        .await?;
    let ids = || rows.iter().map(|row| row.subject_id);
    let jobs = jobs(actor, DISMISSED).filter(job::Column::Id.is_in(ids())).all(connection).await?;
    let attempts = mismatches(actor).filter(attempt::Column::Id.is_in(ids())).all(connection).await?;
    let labels = strays(actor).filter(label::Column::Id.is_in(ids())).all(connection).await?;
    let found = all_found(jobs, attempts, labels);
    let mut places = places(connection, actor, &found).await?;
    let names = names(connection, rows.iter().map(|row| row.member_id)).await?;
    let mut dismissed = Vec::new();
    for row in rows {
        // Of a kind that a newer server knows, which shows it.
        let Some(found) = found.iter().find(|found| found.id() == row.subject_id) else { continue };
        let Place { about, path, .. } = places.remove(&row.subject_id).unwrap_or_default();
        dismissed.push(Dismissed {
            id: row.subject_id,
            what: found.words()?.0.into(),
            about,
            path,
            note: row.note,
            by: names.get(&row.member_id).cloned().unwrap_or_default(),
            age: time::age(row.dismissed_at, now),
        });
    }
    Ok(dismissed)
}

/// What a stuck thing is about, and where it is looked at.
#[derive(Default)]
struct Place {
    about: String,
    path: String,
    /// The address that a mail server did not take.
    refused: Option<String>,
}

/// Two columns of the rows of a business whose first column is one of `ids`.
async fn pairs<E: EntityTrait, V>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    columns: [E::Column; 2],
    business: (E::Column, Uuid),
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, V>>
where
    V: sea_orm::TryGetable + Send,
{
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let [id, _] = columns;
    let rows: Vec<(Uuid, V)> = select
        .select_only()
        .columns(columns)
        .filter(business.0.eq(business.1))
        .filter(id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The places of some stuck things, by their ids.
async fn places(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    found: &[Found],
) -> Result<HashMap<Uuid, Place>> {
    let business_id = actor.business_id;
    let subjects = |kinds: &[JobKind]| -> Vec<Uuid> {
        let of_kind = |job: &&job::Model| JobKind::parse(&job.kind).is_some_and(|kind| kinds.contains(&kind));
        let jobs = found.iter().filter_map(|found| match found {
            Found::Job(job) => Some(job),
            Found::Mismatch(_) | Found::Stray(_) => None,
        });
        jobs.filter(of_kind).map(|job| job.subject_id).collect()
    };
    let mut invoice_of: HashMap<Uuid, Uuid> = pairs(
        connection,
        mail::Entity::find(),
        [mail::Column::Id, mail::Column::InvoiceId],
        (mail::Column::BusinessId, business_id),
        subjects(&[JobKind::SendMail]),
    )
    .await?;
    let mut recipients: HashMap<Uuid, String> = pairs(
        connection,
        mail::Entity::find(),
        [mail::Column::Id, mail::Column::Recipient],
        (mail::Column::BusinessId, business_id),
        subjects(&[JobKind::SendMail]),
    )
    .await?;
    invoice_of.extend(
        pairs::<_, Uuid>(
            connection,
            attempt::Entity::find(),
            [attempt::Column::Id, attempt::Column::InvoiceId],
            (attempt::Column::BusinessId, business_id),
            subjects(&[JobKind::CheckAttempt, JobKind::ExpireAttempt]),
        )
        .await?,
    );
    let mut shipment_of: HashMap<Uuid, Uuid> = pairs(
        connection,
        label::Entity::find(),
        [label::Column::Id, label::Column::ShipmentId],
        (label::Column::BusinessId, business_id),
        subjects(&[JobKind::BuyLabel, JobKind::FetchLabel]),
    )
    .await?;
    shipment_of.extend(found.iter().filter_map(|found| match found {
        Found::Stray(label) => Some((label.id, label.shipment_id)),
        Found::Job(_) | Found::Mismatch(_) => None,
    }));
    let invoice_of_shipment: HashMap<Uuid, Uuid> = pairs(
        connection,
        shipment::Entity::find(),
        [shipment::Column::Id, shipment::Column::InvoiceId],
        (shipment::Column::BusinessId, business_id),
        shipment_of.values().copied().collect(),
    )
    .await?;
    let mismatched = found.iter().filter_map(|found| match found {
        Found::Mismatch(attempt) => Some(attempt.invoice_id),
        Found::Job(_) | Found::Stray(_) => None,
    });
    let invoices =
        invoice_of.values().chain(invoice_of_shipment.values()).copied().chain(mismatched).collect();
    let invoices = invoice_words(connection, actor, invoices).await?;
    let titles: HashMap<Uuid, String> = pairs(
        connection,
        sale::Entity::find(),
        [sale::Column::Id, sale::Column::Title],
        (sale::Column::BusinessId, business_id),
        subjects(&[JobKind::ReleaseClaims]),
    )
    .await?;
    let files: HashMap<Uuid, String> = pairs(
        connection,
        import::Entity::find(),
        [import::Column::Id, import::Column::FileName],
        (import::Column::BusinessId, business_id),
        subjects(&[JobKind::Import]),
    )
    .await?;
    let items: HashMap<Uuid, Uuid> = pairs(
        connection,
        picture::Entity::find(),
        [picture::Column::Id, picture::Column::ItemId],
        (picture::Column::BusinessId, business_id),
        subjects(&[JobKind::ForgetPicture]),
    )
    .await?;

    let about_invoice = |id: Option<&Uuid>| id.and_then(|id| invoices.get(id)).cloned().unwrap_or_default();
    let at = |area: &str, id: Option<&Uuid>| id.map_or_else(|| area.into(), |id| format!("{area}/{id}"));
    let at_parcel = |label: &Uuid| -> Place {
        let shipment = shipment_of.get(label);
        let invoice = shipment.and_then(|shipment| invoice_of_shipment.get(shipment));
        Place { about: about_invoice(invoice), path: at("/ship", shipment), refused: None }
    };
    let mut place = |found: &Found| -> Place {
        let job = match found {
            Found::Job(job) => job,
            Found::Mismatch(attempt) => {
                let invoice = Some(&attempt.invoice_id);
                return Place { about: about_invoice(invoice), path: at("/bill", invoice), refused: None };
            }
            Found::Stray(label) => return at_parcel(&label.id),
        };
        let subject = &job.subject_id;
        match JobKind::parse(&job.kind) {
            Some(JobKind::SendMail) => {
                let invoice = invoice_of.get(subject);
                let is_refused = Reason::parse(&job.reason) == Some(Reason::Refused);
                let refused = recipients.remove(subject).filter(|_| is_refused);
                Place { about: about_invoice(invoice), path: at("/bill", invoice), refused }
            }
            Some(JobKind::CheckAttempt | JobKind::ExpireAttempt) => {
                let invoice = invoice_of.get(subject);
                Place { about: about_invoice(invoice), path: at("/bill", invoice), refused: None }
            }
            Some(JobKind::BuyLabel | JobKind::FetchLabel) => at_parcel(subject),
            Some(JobKind::ReleaseClaims) => Place {
                about: titles.get(subject).cloned().unwrap_or_default(),
                path: at("/sell", titles.contains_key(subject).then_some(subject)),
                refused: None,
            },
            Some(JobKind::Import) => Place {
                about: files.get(subject).cloned().unwrap_or_default(),
                path: at("/import", files.contains_key(subject).then_some(subject)),
                refused: None,
            },
            Some(JobKind::TidyWebhooks) => Place { path: "/settings#payments".into(), ..Place::default() },
            Some(JobKind::ForgetPicture) | None => {
                Place { path: at("/stock", items.get(subject)), ..Place::default() }
            }
        }
    };
    Ok(found.iter().map(|found| (found.id(), place(found))).collect())
}

/// `INV-0012 · Ana Ruiz` for some invoices.
async fn invoice_words(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<(Uuid, i64, Uuid)> = invoice::Entity::find()
        .select_only()
        .columns([invoice::Column::Id, invoice::Column::Sequence, invoice::Column::CustomerId])
        .filter(invoice::Column::BusinessId.eq(actor.business_id))
        .filter(invoice::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    let names: HashMap<Uuid, String> = pairs(
        connection,
        customer::Entity::find(),
        [customer::Column::Id, customer::Column::Name],
        (customer::Column::BusinessId, actor.business_id),
        rows.iter().map(|(_, _, customer_id)| *customer_id).collect(),
    )
    .await?;
    let words = |(id, sequence, customer_id): (Uuid, i64, Uuid)| {
        let number = number(sequence);
        match names.get(&customer_id) {
            Some(name) => (id, format!("{number} · {name}")),
            None => (id, number),
        }
    };
    Ok(rows.into_iter().map(words).collect())
}

/// Makes all jobs of a business that gave up due again.
pub async fn retry_all(services: &Services, actor: &Actor) -> Result<()> {
    let write = services.database.write_by(actor).await?;
    retry(&write, jobs(actor, STUCK), services.now()).await?;
    write.commit().await?;
    Ok(())
}

/// Makes one job that gave up due again. One that goes on already is left alone.
pub async fn retry_one(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    let write = services.database.write_by(actor).await?;
    find_job(&write, actor, id).await?.or_not_found()?;
    retry(&write, jobs(actor, STUCK).filter(job::Column::Id.eq(id)), services.now()).await?;
    write.commit().await?;
    Ok(())
}

async fn retry(write: &Write, which: Select<job::Entity>, now: i64) -> Result<()> {
    let ids = which.select_only().column(job::Column::Id).into_query();
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(QUEUED))
        .col_expr(job::Column::RunAt, Expr::value(now))
        .col_expr(job::Column::Tries, Expr::value(0_i64))
        .filter(job::Column::Id.in_subquery(ids))
        .exec(&**write)
        .await?;
    Ok(())
}

async fn find_job(write: &Write, actor: &Actor, id: Uuid) -> Result<Option<job::Model>> {
    let select = job::Entity::find_by_id(id).filter(job::Column::BusinessId.eq(actor.business_id));
    Ok(select.one(&**write).await?)
}

async fn set_state(write: &Write, actor: &Actor, id: Uuid, from: &str, to: &str) -> Result<bool> {
    let changed = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(to))
        .filter(job::Column::BusinessId.eq(actor.business_id))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::State.eq(from))
        .exec(&**write)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Sets a stuck thing aside with a reason. Nothing is carried out or booked; it only waits for nobody any more.
///
/// # Errors
/// A reason is needed. What is not stuck (any more) cannot be set aside.
pub async fn dismiss(services: &Services, actor: &Actor, id: Uuid, form: &DismissForm) -> Result<()> {
    actor.must_sell()?;
    let note = form.parse()?;
    let write = services.database.write_by(actor).await?;
    match find_job(&write, actor, id).await? {
        Some(_) => {
            if !set_state(&write, actor, id, STUCK, DISMISSED).await? {
                return Err(Code::WrongState.into());
            }
        }
        None => {
            let mismatch = mismatches(actor).filter(attempt::Column::Id.eq(id)).one(&*write).await?;
            let stray = strays(actor).filter(label::Column::Id.eq(id)).one(&*write).await?;
            mismatch.map(drop).or(stray.map(drop)).or_not_found()?;
        }
    }
    let row = dismissal::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        subject_id: Set(id),
        note: Set(note),
        member_id: Set(actor.member_id),
        dismissed_at: Set(services.now()),
    };
    dismissal::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([dismissal::Column::BusinessId, dismissal::Column::SubjectId])
                .update_columns([
                    dismissal::Column::Note,
                    dismissal::Column::MemberId,
                    dismissal::Column::DismissedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// Takes a dismissal back: what was set aside is stuck as before.
pub async fn put_back(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write_by(actor).await?;
    let row = dismissal::Entity::find()
        .filter(dismissal::Column::BusinessId.eq(actor.business_id))
        .filter(dismissal::Column::SubjectId.eq(id))
        .one(&*write)
        .await?
        .or_not_found()?;
    dismissal::ActiveModel::from(row).delete(&*write).await?;
    set_state(&write, actor, id, DISMISSED, STUCK).await?;
    // It asks that nobody pays again, and the buyer may have got a page meanwhile.
    if let Some(mismatch) = mismatches(actor).filter(attempt::Column::Id.eq(id)).one(&*write).await? {
        let invoice = [mismatch.invoice_id];
        check::close_open_pages(&write, actor.business_id, &invoice, None, services.now()).await?;
    }
    write.commit().await?;
    Ok(())
}
