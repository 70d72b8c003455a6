//! What every page of the signed-in house knows.

use domain::{
    accounts::{Viewer, Waiting},
    sales::{ClaimState, Preset, Status},
    shipping::ShipmentState,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::{Actor, business};
use crate::{
    Result, Services,
    entities::{claim, comment, shipment},
    error::stored,
};

/// The viewer of a page.
pub async fn viewer(services: &Services, actor: &Actor) -> Result<Viewer> {
    let business = business::of(services.database.read(), actor).await?;
    Ok(Viewer {
        member_name: actor.member_name.clone(),
        business_name: business.name,
        role: actor.role,
        currency: actor.currency,
        weight_unit: actor.weight_unit,
        preset: stored(Preset::parse(&business.preset))?,
        waiting: waiting(services, actor).await?,
    })
}

/// What waits in each place.
pub async fn waiting(services: &Services, actor: &Actor) -> Result<Waiting> {
    let read = services.database.read();
    let to_review = comment::Entity::find()
        .filter(comment::Column::BusinessId.eq(actor.business_id))
        .filter(comment::Column::Status.eq(Status::Review.as_str()))
        .count(read)
        .await?;
    let to_bill = claim::Entity::find()
        .select_only()
        .column(claim::Column::CustomerId)
        .distinct()
        .filter(claim::Column::BusinessId.eq(actor.business_id))
        .filter(claim::Column::State.eq(ClaimState::Held.as_str()))
        .count(read)
        .await?;
    let to_ship = shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(
            shipment::Column::State.is_in([ShipmentState::Ready.as_str(), ShipmentState::Failed.as_str()]),
        )
        .count(read)
        .await?;
    let small = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(Waiting { to_review: small(to_review), to_bill: small(to_bill), to_ship: small(to_ship) })
}
