//! Labels of which nobody can tell any more whether they were bought, because the account that knows is closed or changed.
//!
//! A member who knows better says that such a label was not bought, and the parcel can be posted with another one. It is asked
//! for a few more times, because it may turn out to be bought after all: then its parcel goes without it, and somebody has to
//! ask for the money back.

use domain::{
    money::Money,
    problem::Code,
    shipping::{GiveUpForm, GivenUp, LabelProblem, StrayLabel},
    time::{DAY, HOUR},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{
    LabelState,
    purchase::{fail_shipment, is_asked_in_vain, look_up, store_bought, unsure},
};
use crate::{
    Result, Services,
    accounts::{Actor, currency, members::names},
    database::Write,
    entities::label,
    jobs::{JobKind, Outcome, queue},
    ports::carrier::BoughtLabel,
};

/// When a label that was given up is asked for again, counted from that moment.
const LATER_LOOKS: [i64; 5] = [HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY];
/// Labels that a parcel goes without, as its page shows them.
const SHOWN: u64 = 10;

/// Says that the label of a parcel was not bought, though the carrier has not told for so long. The parcel needs another one.
///
/// # Errors
/// `NotAllowed` for who is not an owner. A reason is needed. `WrongState` where it is known whether the label was bought, or
/// it is still looked for.
pub async fn give_up(services: &Services, actor: &Actor, shipment_id: Uuid, form: &GiveUpForm) -> Result<()> {
    actor.must_own()?;
    let note = form.parse()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let label = unsure(&write, actor, shipment_id).await?.ok_or(Code::WrongState)?;
    if !is_asked_in_vain(label.look_at, label.asked_at, label.created_at, now) {
        return Err(Code::WrongState.into());
    }
    let label_id = label.id;
    let mut row = label.into_active_model();
    row.state = Set(LabelState::GivenUp.as_str().into());
    row.given_up_at = Set(Some(now));
    row.given_up_by = Set(Some(actor.member_id));
    row.given_up_note = Set(note);
    row.update(&*write).await?;
    fail_shipment(&write, actor.business_id, shipment_id, LabelProblem::GivenUp, now).await?;
    let [first, ..] = LATER_LOOKS;
    queue::enqueue(&write, actor.business_id, JobKind::BuyLabel, [label_id], now + first).await?;
    write.commit().await?;
    Ok(())
}

/// The job, for a label that was given up: asks the carrier once more, and comes again while it makes sense. That it cannot be
/// asked is no failure of which anybody needs to know.
pub(super) async fn look(services: &Services, label: label::Model) -> Result<Outcome> {
    if let Ok(Some(bought)) = look_up(services, &label).await? {
        return store_bought(services, label, bought).await;
    }
    let (given_up_at, now) = (label.given_up_at.unwrap_or(label.created_at), services.now());
    let next =
        LATER_LOOKS.into_iter().map(|pause| given_up_at.saturating_add(pause)).find(|look| *look > now);
    Ok(next.map_or(Outcome::Done, Outcome::Again))
}

/// Keeps what was bought after all. Its parcel went on without it, so it uses up no box and no pieces; a person is told.
pub(super) async fn store_stray(
    write: Write,
    label: label::Model,
    bought: BoughtLabel,
    now: i64,
) -> Result<Outcome> {
    tracing::error!(label = %label.id, quote = label.quote_reference, "a label was bought after it had been given up");
    let mut row = label.into_active_model();
    row.state = Set(LabelState::Stray.as_str().into());
    row.tracking_number = Set(bought.tracking_number);
    row.tracking_url = Set(bought.tracking_url);
    match bought.price {
        Some(price) => {
            row.price = Set(price.minor);
            row.currency = Set(price.currency.code().into());
        }
        None => row.is_price_of_rate = Set(true),
    }
    row.label_url = Set(bought.label_url);
    row.bought_at = Set(Some(now));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(Outcome::Done)
}

/// The labels that a parcel goes without though they are, or may be, bought; the latest first.
pub(super) async fn of_shipment(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    shipment_id: Uuid,
) -> Result<Vec<StrayLabel>> {
    let states = [LabelState::GivenUp, LabelState::Stray].map(LabelState::as_str);
    let labels = label::Entity::find()
        .filter(label::Column::BusinessId.eq(actor.business_id))
        .filter(label::Column::ShipmentId.eq(shipment_id))
        .filter(label::Column::State.is_in(states))
        .order_by_desc(label::Column::Id)
        .limit(SHOWN)
        .all(connection)
        .await?;
    if labels.is_empty() {
        return Ok(Vec::new());
    }
    let names = names(connection, labels.iter().filter_map(|label| label.given_up_by)).await?;
    let shown = |label: label::Model| {
        let given_up = label.given_up_at.map(|at| GivenUp {
            by: label.given_up_by.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            on: actor.zone.date(at),
            note: label.given_up_note,
        });
        Ok(StrayLabel {
            service: label.service,
            price: Money::new(label.price, currency(&label.currency)?),
            given_up,
            is_bought: label.state == LabelState::Stray.as_str(),
            tracking_number: label.tracking_number,
        })
    };
    labels.into_iter().map(shown).collect()
}
