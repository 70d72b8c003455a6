//! Moving in with one file and leaving with one.
//!
//! A file is read once, into rows that are kept with the import (`stage`). What its columns hold is guessed and chosen
//! (`steps`), then a job goes through the rows and notes what would become of each (`check`), does it in batches
//! (`carry_out`), or takes it back (`undo`). Each batch is one write that also moves the import's cursor, so a job that was
//! cut off goes on where it stopped, and no row is taken twice.

mod check;
mod customers;
pub mod export;
mod feed;
mod file;
mod items;
mod plan;
mod results;
pub mod sales;
mod seen;
pub mod stage;
pub mod steps;
mod undo;
pub mod view;
mod work;

pub(crate) use work::work;

use domain::{accounts::Role, transfer::ImportState, weight::WeightUnit};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    Result,
    accounts::{Actor, currency, zone},
    entities::{business, import, member, membership},
    error::{OrNotFound, stored},
};

/// An import of a business.
async fn find(connection: &impl ConnectionTrait, business_id: Uuid, id: Uuid) -> Result<import::Model> {
    import::Entity::find_by_id(id)
        .filter(import::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

fn state(import: &import::Model) -> Result<ImportState> {
    stored(ImportState::parse(&import.state))
}

/// Who imports, and into which business: a job acts for the member who asked for it.
struct Importer {
    actor: Actor,
    /// Where the business is: addresses and phone numbers that name no country are of this one.
    country: String,
}

async fn importer(connection: &impl ConnectionTrait, import: &import::Model) -> Result<Importer> {
    let member = member::Entity::find_by_id(import.member_id).one(connection).await?.or_not_found()?;
    let business = business::Entity::find_by_id(import.business_id).one(connection).await?.or_not_found()?;
    let membership = membership::Entity::find_by_id((import.member_id, import.business_id))
        .one(connection)
        .await?
        .or_not_found()?;
    let actor = Actor {
        member_id: member.id,
        member_name: member.name,
        business_id: business.id,
        business_name: business.name,
        role: stored(Role::parse(&membership.role))?,
        currency: currency(&business.currency)?,
        weight_unit: stored(WeightUnit::parse(&business.weight_unit))?,
        zone: zone(&business.time_zone)?,
    };
    actor.must_sell()?;
    Ok(Importer { actor, country: business.country })
}
