//! Buying a label, at most once.
//!
//! That the carrier is asked is stored before it is asked. From then on the label is *unsure*: neither a lost answer nor an
//! error says that nothing was bought, and only a look-up that succeeds does. Until then the carrier is asked what became
//! of it, with growing pauses, and nothing else can be done with the parcel. Where it cannot be asked any more, a member may
//! say that nothing was bought: see [`given_up`].

use domain::{
    problem::Code,
    shipping::{Carrier, LabelProblem, ShipmentState},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use secrecy::SecretString;
use uuid::Uuid;

pub use super::document::document;
pub(crate) use super::document::fetch;
use super::{
    LabelState, WITHOUT_LABEL, account, find, forget_quotes_of, given_up, packaging, pieces, request::Rows,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    customers,
    database::Write,
    entities::{carrier_account, label, rate},
    error::{OrNotFound, stored},
    invoices::mail,
    jobs::{JobKind, Outcome, queue},
    new_id,
    ports::{CarrierPort, PortError, carrier::BoughtLabel},
};

/// The pause before the first look for a purchase whose answer was lost; each later one is three times as long.
const FIRST_PAUSE: i64 = 5 * SECOND;
/// The longest pause between two looks.
const LONGEST_PAUSE: i64 = HOUR;
/// How long a purchase is looked for before a person is asked to. It stays unsure all the same.
const LOOKED_FOR: i64 = DAY;
/// A look that did not come about for so long after its moment is not waited for: its job is stuck, or nothing works.
const OVERDUE: i64 = HOUR;
/// A purchase may still be under way for so long after it was asked for, perhaps though nobody listens any more: until then
/// "not bought" is not the last word. It is longer than an adapter waits for the answer.
const SETTLES_AFTER: i64 = 2 * MINUTE;
/// How often a carrier is asked to sell one label, each time after it said that it had not.
const MAX_ASKS: i64 = 5;

/// Orders the label of a rate. It is bought by a job.
///
/// # Errors
/// `WrongState` where a label is there or under way, or something changed since the rates were asked: then they are
/// forgotten.
pub async fn order(services: &Services, actor: &Actor, shipment_id: Uuid, rate_id: Uuid) -> Result<()> {
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let shipment = find(&*write, actor.business_id, shipment_id).await?;
    if !WITHOUT_LABEL.contains(&shipment.state.as_str()) {
        return Err(Code::WrongState.into());
    }
    let rate = rate::Entity::find_by_id(rate_id)
        .filter(rate::Column::BusinessId.eq(actor.business_id))
        .filter(rate::Column::ShipmentId.eq(shipment_id))
        .one(&*write)
        .await?
        .or_not_found()?;
    let rows = Rows::read(&*write, actor.business_id, shipment).await?;
    let question = rows.ingredients().question()?;
    let quoted = (rows.shipment.quote_reference.clone(), rows.shipment.quote_hash.clone());
    let (Ok(question), (Some(quote_reference), Some(quote_hash))) = (question, quoted) else {
        return forget(write, actor, shipment_id, now).await;
    };
    if question.hash != quote_hash {
        return forget(write, actor, shipment_id, now).await;
    }
    let recipient = serde_json::to_string(&question.recipient())
        .map_err(|_| Error::Fault("a recipient cannot be written"))?;
    let label = label::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        shipment_id: Set(shipment_id),
        state: Set(LabelState::Buying.as_str().into()),
        quote_reference: Set(quote_reference),
        rate_reference: Set(rate.reference),
        service: Set(format!("{} {}", rate.carrier, rate.service)),
        price: Set(rate.price),
        currency: Set(rate.currency),
        tracking_number: Set(String::new()),
        tracking_url: Set(String::new()),
        label_url: Set(String::new()),
        document: Set(None),
        created_at: Set(now),
        bought_at: Set(None),
        carrier_account_id: Set(Some(question.account.id)),
        request_hash: Set(quote_hash),
        recipient: Set(recipient),
        asked_at: Set(None),
        asks: Set(0),
        failed_looks: Set(0),
        look_at: Set(None),
        is_price_of_rate: Set(false),
        fetch_failed_at: Set(None),
        given_up_at: Set(None),
        given_up_by: Set(None),
        given_up_note: Set(String::new()),
    };
    let label = label.insert(&*write).await?;
    let mut row = rows.shipment.into_active_model();
    row.state = Set(ShipmentState::Buying.as_str().into());
    row.problem = Set(None);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    queue::enqueue(&write, actor.business_id, JobKind::BuyLabel, [label.id], now).await?;
    write.commit().await?;
    Ok(())
}

/// Forgets rates that hold no longer, and refuses what was asked for with them.
async fn forget(write: Write, actor: &Actor, shipment_id: Uuid, now: i64) -> Result<()> {
    forget_quotes_of(&write, actor.business_id, &[shipment_id], now).await?;
    write.commit().await?;
    Err(Code::WrongState.into())
}

pub(super) async fn label(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<label::Model> {
    label::Entity::find_by_id(id)
        .filter(label::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

fn state_of(label: &label::Model) -> Result<LabelState> {
    stored(LabelState::parse(&label.state))
}

/// The job: buys a label that was ordered, or finds out what became of one that the carrier was asked for already. What
/// the label says of that decides, never how often the job was tried.
pub(crate) async fn buy(services: &Services, business_id: Uuid, label_id: Uuid) -> Result<Outcome> {
    let label = label(services.database.read(), business_id, label_id).await?;
    match state_of(&label)? {
        LabelState::Bought | LabelState::Failed | LabelState::Stray => Ok(Outcome::Done),
        LabelState::GivenUp => given_up::look(services, label).await,
        LabelState::Buying => ask_to_buy(services, label).await,
        LabelState::Unsure => match look_up(services, &label).await? {
            Ok(Some(bought)) => store_bought(services, label, bought).await,
            Ok(None) => not_bought_yet(services, label).await,
            Err(error) => look_later(services, label, error).await,
        },
    }
}

/// The carrier said that a label was not bought: it is asked to sell it once more, unless an earlier purchase may still be
/// under way there, or it was asked often enough.
async fn not_bought_yet(services: &Services, label: label::Model) -> Result<Outcome> {
    let settled = label.asked_at.unwrap_or(label.created_at).saturating_add(SETTLES_AFTER);
    if services.now() < settled {
        return keep_looking(services, &label, 0, Some(settled)).await;
    }
    if label.asks >= MAX_ASKS {
        return fail(services, label, LabelProblem::Unavailable).await;
    }
    ask_to_buy(services, label).await
}

/// Notes that the carrier is asked, then asks it.
async fn ask_to_buy(services: &Services, label: label::Model) -> Result<Outcome> {
    let account =
        account::by_id(services.database.read(), label.business_id, label.carrier_account_id).await?;
    let (key, carrier) = reached_with(services, &account)?;
    let label = match note_asking(services, label).await? {
        Noted::Asking(label) => *label,
        Noted::Otherwise(outcome) => return Ok(outcome),
    };
    let error = match carrier.buy(&key, &label.quote_reference, &label.rate_reference).await {
        Ok(bought) => return store_bought(services, label, bought).await,
        Err(error) => error,
    };
    tracing::warn!(label = %label.id, asks = label.asks, %error, "a label was not sold, or its sale is not known");
    let is_of_key = matches!(error, PortError::Unauthorised(_) | PortError::LiveKeyElsewhere);
    if error.is_passing() || (is_of_key && label.asks > 1) {
        return look_later(services, label, error).await;
    }
    if is_of_key {
        // The only request that ever went out was turned away at the door.
        return fail(services, label, LabelProblem::Key).await;
    }
    // A carrier also refuses to sell what it sold before, each in its own words, so it is asked.
    match look_up(services, &label).await? {
        Ok(Some(bought)) => store_bought(services, label, bought).await,
        Ok(None) => fail(services, label, problem(&error)).await,
        Err(error) => look_later(services, label, error).await,
    }
}

/// What came of noting that a carrier is asked.
enum Noted {
    /// It may be asked now.
    Asking(Box<label::Model>),
    /// It may not, and the job ends so.
    Otherwise(Outcome),
}

/// Stores that the carrier is asked, before it is. Whatever changed since the rates were asked ends the purchase here.
async fn note_asking(services: &Services, seen: label::Model) -> Result<Noted> {
    let now = services.now();
    let write = services.database.write(seen.business_id).await?;
    let Some(label) = unchanged(&write, &seen, LabelState::Unsure).await? else {
        return Ok(Noted::Otherwise(superseded(&write, &seen, now).await?));
    };
    let shipment = find(&*write, label.business_id, label.shipment_id).await?;
    let rows = Rows::read(&*write, label.business_id, shipment).await?;
    let holds = rows.ingredients().question()?.is_ok_and(|question| question.hash == label.request_hash);
    if !holds {
        store_failed(&write, label, LabelProblem::Changed, now).await?;
        write.commit().await?;
        return Ok(Noted::Otherwise(Outcome::Done));
    }
    let asks = label.asks + 1;
    let mut row = label.into_active_model();
    row.state = Set(LabelState::Unsure.as_str().into());
    row.asked_at = Set(Some(now));
    row.asks = Set(asks);
    row.failed_looks = Set(0);
    row.look_at = Set(Some(now + FIRST_PAUSE));
    let label = row.update(&*write).await?;
    write.commit().await?;
    Ok(Noted::Asking(Box::new(label)))
}

/// The label as it is now, if it may become `next` and the carrier was not asked again since it was seen: what is known of
/// one asking says nothing of a later one.
async fn unchanged(write: &Write, seen: &label::Model, next: LabelState) -> Result<Option<label::Model>> {
    let label = label(&**write, seen.business_id, seen.id).await?;
    let is_so = label.asks == seen.asks && state_of(&label)?.may_become(next);
    Ok(is_so.then_some(label))
}

/// How a job ends whose label went on without it. While nothing is settled the job stays, because its row may be the one
/// that looks after the label.
async fn superseded(write: &Write, seen: &label::Model, now: i64) -> Result<Outcome> {
    Ok(match state_of(&label(&**write, seen.business_id, seen.id).await?)? {
        LabelState::Bought | LabelState::Failed | LabelState::GivenUp | LabelState::Stray => Outcome::Done,
        LabelState::Buying | LabelState::Unsure => Outcome::Again(now + FIRST_PAUSE),
    })
}

/// The key of an account and the port that takes it.
pub(super) fn reached_with<'a>(
    services: &'a Services,
    account: &carrier_account::Model,
) -> Result<(SecretString, &'a dyn CarrierPort)> {
    let key = account::key(services, account)?;
    Ok((key, services.carrier(stored(Carrier::parse(&account.carrier))?)?))
}

/// Asks the carrier what became of a label: the account with which it is bought or, where its key is no longer accepted,
/// the one that is connected by now, which is usually the same with another key. Another account does not know the
/// parcel, and says so.
pub(super) async fn look_up(
    services: &Services,
    label: &label::Model,
) -> Result<Result<Option<BoughtLabel>, PortError>> {
    let read = services.database.read();
    let account = account::by_id(read, label.business_id, label.carrier_account_id).await?;
    let answer = look_up_with(services, &account, label).await?;
    if !matches!(answer, Err(PortError::Unauthorised(_))) {
        return Ok(answer);
    }
    match account::connected(read, label.business_id).await? {
        Some(other) if other.id != account.id && other.carrier == account.carrier => {
            look_up_with(services, &other, label).await
        }
        _ => Ok(answer),
    }
}

/// Asks with the key of one account. One that cannot be opened, because it was sealed with another master key, is as good as
/// one that is not accepted.
async fn look_up_with(
    services: &Services,
    account: &carrier_account::Model,
    label: &label::Model,
) -> Result<Result<Option<BoughtLabel>, PortError>> {
    let (key, carrier) = match reached_with(services, account) {
        Ok(reached) => reached,
        Err(Error::Vault(error)) => {
            tracing::error!(account = %account.id, %error, "a stored key cannot be opened");
            return Ok(Err(PortError::Unauthorised("the stored key cannot be opened".into())));
        }
        Err(error) => return Err(error),
    };
    Ok(carrier.look_up(&key, &label.quote_reference).await)
}

/// How long to wait after so many looks in a row that failed.
fn pause(failed_looks: i64) -> i64 {
    let exponent = u32::try_from(failed_looks.clamp(0, 20)).unwrap_or_default();
    FIRST_PAUSE.saturating_mul(3_i64.saturating_pow(exponent)).min(LONGEST_PAUSE)
}

/// Whether a label was asked for so long ago that it is not looked for any more by itself.
fn was_long_ago(asked_at: Option<i64>, created_at: i64, now: i64) -> bool {
    now >= asked_at.unwrap_or(created_at).saturating_add(LOOKED_FOR)
}

/// Whether a label was looked for in vain for so long that a person may say what became of it; while a look is due, nobody
/// may.
pub(super) fn is_asked_in_vain(
    look_at: Option<i64>,
    asked_at: Option<i64>,
    created_at: i64,
    now: i64,
) -> bool {
    let is_due = look_at.is_some_and(|look_at| now < look_at.saturating_add(OVERDUE));
    !is_due && was_long_ago(asked_at, created_at, now)
}

/// It is not known whether the label was bought, so it is looked for later: with the growing pauses of this file, and once
/// it was looked for long enough, as jobs that fail are.
async fn look_later(services: &Services, label: label::Model, error: PortError) -> Result<Outcome> {
    let now = services.now();
    let is_looked_for = !was_long_ago(label.asked_at, label.created_at, now);
    let look_at = is_looked_for.then(|| now + pause(label.failed_looks));
    let outcome = keep_looking(services, &label, label.failed_looks + 1, look_at).await?;
    match (outcome, look_at) {
        (Outcome::Again(_), None) => Ok(Outcome::Failed(error.into())),
        (outcome, _) => Ok(outcome),
    }
}

/// Notes when a label is looked for next; nothing says that a person must.
async fn keep_looking(
    services: &Services,
    seen: &label::Model,
    failed_looks: i64,
    look_at: Option<i64>,
) -> Result<Outcome> {
    let now = services.now();
    let write = services.database.write(seen.business_id).await?;
    let Some(label) = unchanged(&write, seen, LabelState::Unsure).await? else {
        return superseded(&write, seen, now).await;
    };
    let mut row = find(&*write, label.business_id, label.shipment_id).await?.into_active_model();
    row.state = Set(ShipmentState::Unsure.as_str().into());
    row.updated_at = Set(now);
    row.update(&*write).await?;
    let mut row = label.into_active_model();
    row.failed_looks = Set(failed_looks);
    row.look_at = Set(look_at);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(Outcome::Again(look_at.unwrap_or(now)))
}

/// Looks at once for a label of which it is not known whether it was bought.
///
/// # Errors
/// `WrongState` where that is known.
pub async fn look_again(services: &Services, actor: &Actor, shipment_id: Uuid) -> Result<()> {
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let unsure = unsure(&write, actor, shipment_id).await?.ok_or(Code::WrongState)?;
    queue::enqueue(&write, actor.business_id, JobKind::BuyLabel, [unsure.id], now).await?;
    let mut row = unsure.into_active_model();
    row.look_at = Set(Some(now));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// The label of a parcel of which it is not known whether it was bought, if there is one.
pub(super) async fn unsure(write: &Write, actor: &Actor, shipment_id: Uuid) -> Result<Option<label::Model>> {
    let unsure = label::Entity::find()
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::ShipmentId.eq(shipment_id))
        .filter(label::Column::State.eq(LabelState::Unsure.as_str()))
        .one(&**write)
        .await?;
    Ok(unsure)
}

/// What a seller is told about a purchase that failed.
fn problem(error: &PortError) -> LabelProblem {
    match error {
        PortError::Gone(_) => LabelProblem::RateGone,
        PortError::PaymentRequired(_) => LabelProblem::Unpaid,
        PortError::Refused(_) => LabelProblem::Refused,
        PortError::Unauthorised(_) | PortError::LiveKeyElsewhere => LabelProblem::Key,
        _ => LabelProblem::Unavailable,
    }
}

/// Keeps what was bought, and queues fetching the label and telling the buyer.
pub(super) async fn store_bought(
    services: &Services,
    seen: label::Model,
    bought: BoughtLabel,
) -> Result<Outcome> {
    let now = services.now();
    let write = services.database.write(seen.business_id).await?;
    // Another worker may have kept it meanwhile; a box is used up once.
    let label = label(&*write, seen.business_id, seen.id).await?;
    let state = state_of(&label)?;
    if state.may_become(LabelState::Stray) {
        return given_up::store_stray(write, label, bought, now).await;
    }
    if !state.may_become(LabelState::Bought) {
        return Ok(Outcome::Done);
    }
    let shipment = find(&*write, label.business_id, label.shipment_id).await?;
    pieces::ship(&write, &shipment, now).await?;
    let customer = customers::customer::find(&*write, label.business_id, shipment.customer_id).await?;
    let (business_id, label_id, invoice_id) = (label.business_id, label.id, shipment.invoice_id);
    if let Some(packaging_id) = shipment.packaging_id {
        packaging::use_one(&write, business_id, packaging_id).await?;
    }
    let mut row = label.into_active_model();
    row.state = Set(LabelState::Bought.as_str().into());
    row.tracking_number = Set(bought.tracking_number);
    row.tracking_url = Set(bought.tracking_url);
    match bought.price {
        Some(price) => {
            row.price = Set(price.minor);
            row.currency = Set(price.currency.code().into());
        }
        None => {
            tracing::warn!(label = %label_id, "the price of a bought label cannot be read; the rate's is kept");
            row.is_price_of_rate = Set(true);
        }
    }
    row.label_url = Set(bought.label_url);
    row.bought_at = Set(Some(now));
    row.look_at = Set(None);
    row.update(&*write).await?;
    let mut row = shipment.into_active_model();
    row.state = Set(ShipmentState::Labelled.as_str().into());
    row.problem = Set(None);
    row.updated_at = Set(now);
    row.update(&*write).await?;
    queue::enqueue(&write, business_id, JobKind::FetchLabel, [label_id], now).await?;
    if !customer.email.is_empty() {
        let recipients = vec![(invoice_id, customer.email)];
        mail::queue(&write, business_id, mail::MailKind::Shipped, recipients, now).await?;
    }
    write.commit().await?;
    Ok(Outcome::Done)
}

/// Ends a purchase of which it is known that it did not happen, unless the label went on meanwhile.
async fn fail(services: &Services, seen: label::Model, problem: LabelProblem) -> Result<Outcome> {
    let now = services.now();
    let write = services.database.write(seen.business_id).await?;
    let Some(label) = unchanged(&write, &seen, LabelState::Failed).await? else {
        return superseded(&write, &seen, now).await;
    };
    tracing::warn!(label = %label.id, problem = problem.as_str(), "a label was not bought");
    store_failed(&write, label, problem, now).await?;
    write.commit().await?;
    Ok(Outcome::Done)
}

/// Notes that nothing was bought and why. The rates are forgotten: a parcel that was refused is asked about anew.
async fn store_failed(write: &Write, label: label::Model, problem: LabelProblem, now: i64) -> Result<()> {
    let (business_id, shipment_id) = (label.business_id, label.shipment_id);
    let mut row = label.into_active_model();
    row.state = Set(LabelState::Failed.as_str().into());
    row.look_at = Set(None);
    row.update(&**write).await?;
    fail_shipment(write, business_id, shipment_id, problem, now).await
}

/// Notes that a parcel has no label and why.
pub(super) async fn fail_shipment(
    write: &Write,
    business_id: Uuid,
    shipment_id: Uuid,
    problem: LabelProblem,
    now: i64,
) -> Result<()> {
    let mut row = find(&**write, business_id, shipment_id).await?.into_active_model();
    row.state = Set(ShipmentState::Failed.as_str().into());
    row.problem = Set(Some(problem.as_str().into()));
    row.update(&**write).await?;
    forget_quotes_of(write, business_id, &[shipment_id], now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_go_on_for_a_day_with_pauses_that_grow_to_an_hour() {
        assert_eq!([0, 1, 2, 3].map(pause), [5 * SECOND, 15 * SECOND, 45 * SECOND, 135 * SECOND]);
        assert_eq!([7, 100, i64::MAX].map(pause), [LONGEST_PAUSE; 3]);
    }
}
