//! What a seller does to the stock of a variant by hand, and undoing it.

use domain::{
    inventory::{
        MAX_QUANTITY,
        stock::{Booked, HandKind, StockChange, StockForm, told},
    },
    problem::{Code, FieldCode, Problem},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, prelude::Expr};
use uuid::Uuid;

use super::{
    Cause, Movement,
    book::{book, from_json, served, take_back, to_json},
};
use crate::{
    Result, Services,
    accounts::Actor,
    database::Write,
    entities::{stock_movement, variant},
    error::{OrNotFound, stored},
    new_id,
};

/// A variant that is still on its item.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<variant::Model> {
    variant::Entity::find_by_id(id)
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::RemovedAt.is_null())
        .one(connection)
        .await?
        .or_not_found()
}

/// The causes of what is done by hand and can be undone.
pub(super) const BY_HAND: [Cause; 4] = [Cause::Restock, Cause::Elsewhere, Cause::Return, Cause::Correction];

/// Changes the stock of a variant. What comes in goes to those who wait for it, in their order. A form that is sent twice
/// does its work once.
pub async fn change(services: &Services, actor: &Actor, form: &StockForm) -> Result<Booked> {
    actor.must_sell()?;
    let change = form.parse()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let variant = find(&*write, actor.business_id, change.variant_id).await?;
    if let Some(key) = change.key
        && let Some(known) = made_with(&write, actor, key).await?
    {
        return done(&write, actor, &change, &known).await;
    }
    must_be_possible(&change, &variant)?;
    let id = new_id();
    let movement =
        Movement { id: Some(id), form_key: change.key, note: change.note.clone(), ..of(&change, &variant) };
    let changes = book(&write, actor.business_id, &[movement], now).await?;
    if !changes.is_empty() {
        stock_movement::Entity::update_many()
            .col_expr(stock_movement::Column::Changes, Expr::value(to_json(&changes)?))
            .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
            .filter(stock_movement::Column::Id.eq(id))
            .exec(&*write)
            .await?;
    }
    write.commit().await?;
    let told = told(change.kind, change.quantity, served(&changes));
    Ok(Booked { movement: id.to_string(), told })
}

/// What was done already with the key of a form.
///
/// # Errors
/// [`Code::WrongState`] if the form asks for something else than what was done, or that was undone since.
async fn done(
    write: &Write,
    actor: &Actor,
    change: &StockChange,
    known: &stock_movement::Model,
) -> Result<Booked> {
    let on_hand = match change.kind {
        HandKind::Elsewhere => -change.quantity,
        HandKind::Restock | HandKind::Return | HandKind::Correction => change.quantity,
    };
    let asked = (change.variant_id, change.kind.cause().as_str(), on_hand, change.note.as_str());
    let made = (known.variant_id, known.cause.as_str(), known.on_hand, known.note.as_str());
    if asked != made || is_undone(write, actor, known.id).await? {
        return Err(Code::WrongState.into());
    }
    let told = told(change.kind, change.quantity, served(&from_json(&known.changes)?));
    Ok(Booked { movement: known.id.to_string(), told })
}

/// Fails where the figures do not allow it, with the most or least that they do.
fn must_be_possible(change: &StockChange, variant: &variant::Model) -> Result<()> {
    let left = variant.on_hand - variant.held;
    let room = MAX_QUANTITY - variant.on_hand;
    let wrong = match change.kind {
        HandKind::Elsewhere if change.quantity > left => Some(FieldCode::TooMuch(left)),
        HandKind::Return if change.quantity > variant.sold => Some(FieldCode::TooMuch(variant.sold)),
        HandKind::Correction if change.quantity < -left => Some(FieldCode::TooLittle(-left)),
        HandKind::Restock | HandKind::Return | HandKind::Correction if change.quantity > room => {
            Some(FieldCode::TooMuch(room))
        }
        _ => None,
    };
    wrong.map_or(Ok(()), |code| Err(Problem::field("quantity", code).into()))
}

/// What a change does to the figures.
fn of(change: &StockChange, variant: &variant::Model) -> Movement {
    let quantity = change.quantity;
    let blank = Movement::new(change.variant_id, change.kind.cause());
    match change.kind {
        HandKind::Restock | HandKind::Correction => Movement { on_hand: quantity, ..blank },
        // It is handed over where it is sold, so it waits for no parcel.
        HandKind::Elsewhere => Movement { on_hand: -quantity, sold: quantity, shipped: quantity, ..blank },
        // A buyer may bring back what was never sent: a piece fetched in person.
        HandKind::Return => {
            let shipped = -Ord::min(quantity, variant.shipped);
            Movement { on_hand: quantity, sold: -quantity, shipped, ..blank }
        }
    }
}

async fn movement(write: &Write, actor: &Actor, id: Uuid) -> Result<Option<stock_movement::Model>> {
    let row = stock_movement::Entity::find_by_id(id)
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .one(&**write)
        .await?;
    Ok(row)
}

/// The movement that a form with this key made.
async fn made_with(write: &Write, actor: &Actor, key: Uuid) -> Result<Option<stock_movement::Model>> {
    let row = stock_movement::Entity::find()
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::FormKey.eq(key))
        .one(&**write)
        .await?;
    Ok(row)
}

async fn is_undone(write: &Write, actor: &Actor, id: Uuid) -> Result<bool> {
    let undone = stock_movement::Entity::find()
        .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
        .filter(stock_movement::Column::Undoes.eq(id))
        .one(&**write)
        .await?;
    Ok(undone.is_some())
}

/// Undoes a change that was made by hand: the opposite is booked, and buyers who were served by it wait again in their old
/// places.
///
/// # Errors
/// [`Code::WrongState`] where it was undone already, or what came later stands in the way: the pieces were claimed, or a
/// claim that they served was billed or changed.
pub async fn undo(services: &Services, actor: &Actor, movement_id: Uuid) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let row = movement(&write, actor, movement_id).await?.or_not_found()?;
    find(&*write, actor.business_id, row.variant_id).await?;
    let cause = stored(Cause::parse(&row.cause))?;
    if is_undone(&write, actor, movement_id).await? || row.undoes.is_some() || !BY_HAND.contains(&cause) {
        return Err(Code::WrongState.into());
    }
    let against = vec![Movement::against(&row, cause)];
    take_back(&write, actor.business_id, &from_json(&row.changes)?, against, now).await?;
    write.commit().await?;
    Ok(())
}
