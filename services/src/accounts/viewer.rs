//! What every page of the signed-in house knows.

use domain::{
    accounts::{Viewer, Waiting},
    sales::{ClaimState, Preset, Status},
    shipping::ShipmentState,
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select,
    prelude::Expr,
};

use super::Actor;
use crate::{
    Result, Services,
    entities::{business, claim, comment, shipment},
    error::{OrNotFound, stored},
};

/// What is read of a business for the frame around its pages.
#[derive(FromQueryResult)]
struct Found {
    name: String,
    preset: String,
    revision: i64,
    to_review: i64,
    to_bill: i64,
    to_ship: i64,
}

/// The viewer of a page.
pub async fn viewer(services: &Services, actor: &Actor) -> Result<Viewer> {
    let found = found(services, actor).await?;
    Ok(Viewer {
        member_id: actor.member_id,
        member_name: actor.member_name.clone(),
        business_name: found.name,
        role: actor.role,
        currency: actor.currency,
        weight_unit: actor.weight_unit,
        preset: stored(Preset::parse(&found.preset))?,
        revision: found.revision,
        waiting: Waiting { to_review: found.to_review, to_bill: found.to_bill, to_ship: found.to_ship },
    })
}

/// What waits in each place.
pub async fn waiting(services: &Services, actor: &Actor) -> Result<Waiting> {
    let Found { to_review, to_bill, to_ship, .. } = found(services, actor).await?;
    Ok(Waiting { to_review, to_bill, to_ship })
}

/// Every page asks for this, so it is one question.
async fn found(services: &Services, actor: &Actor) -> Result<Found> {
    let to_review = counted(comment::Entity::find(), Expr::col(comment::Column::Id).count())
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::Status.eq(Status::Review.as_str()));
    let to_bill = counted(claim::Entity::find(), Expr::col(claim::Column::CustomerId).count_distinct())
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::State.eq(ClaimState::Held.as_str()));
    let to_ship = counted(shipment::Entity::find(), Expr::col(shipment::Column::Id).count())
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::State.is_in([
            ShipmentState::Ready.as_str(),
            ShipmentState::Failed.as_str(),
            ShipmentState::Unsure.as_str(),
        ]));
    business::Entity::find_by_id(actor.business_id)
        .select_only()
        .columns([business::Column::Name, business::Column::Preset, business::Column::Revision])
        .expr_as(asked(to_review), "to_review")
        .expr_as(asked(to_bill), "to_bill")
        .expr_as(asked(to_ship), "to_ship")
        .into_model::<Found>()
        .one(services.database.read())
        .await?
        .or_not_found()
}

/// A question within a question.
fn asked<E: EntityTrait>(select: Select<E>) -> Expr {
    Expr::SubQuery(None, Box::new(select.into_query().into()))
}

/// A question for a number alone.
fn counted<E: EntityTrait>(select: Select<E>, number: Expr) -> Select<E> {
    select.select_only().expr(number)
}
