//! Boxes and mailers.

use domain::{
    money::{Currency, Money},
    problem::Problem,
    shipping::{Packaging, PackagingForm, packaging_stock, size_text},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set, prelude::Expr,
};
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::Actor,
    database::Write,
    entities::{packaging, shipment},
    error::OrNotFound,
    new_id,
};

/// Packagings of one business at most.
const SHOWN: u64 = 100;

/// Adds a packaging. Parcels that wait without one get it.
pub async fn add(services: &Services, actor: &Actor, form: &PackagingForm) -> Result<()> {
    let input = form.parse(actor.currency, actor.weight_unit)?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let row = packaging::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        name: Set(input.name),
        weight: Set(input.weight),
        length: Set(input.length),
        width: Set(input.width),
        height: Set(input.height),
        cost: Set(input.cost.map(|cost| cost.minor)),
        stock: Set(input.stock),
        created_at: Set(now),
        removed_at: Set(None),
    };
    let packaging = row.insert(&*write).await?;
    shipment::Entity::update_many()
        .col_expr(shipment::Column::PackagingId, Expr::value(packaging.id))
        .filter(shipment::Column::BusinessId.eq(actor.business_id))
        .filter(shipment::Column::PackagingId.is_null())
        .filter(shipment::Column::State.is_in(super::WITHOUT_LABEL))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(())
}

/// Takes a packaging off the list. Parcels that were packed in it keep it.
pub async fn remove(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    let write = services.database.write(actor.business_id).await?;
    let mut row = find(&*write, actor.business_id, id).await?.into_active_model();
    row.removed_at = Set(Some(services.now()));
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Says how many pieces of a packaging there are; with nothing typed they are counted no longer.
pub async fn count(services: &Services, actor: &Actor, id: Uuid, typed: &str) -> Result<()> {
    let stock = packaging_stock(typed).map_err(|code| Problem::field("stock", code))?;
    let write = services.database.write(actor.business_id).await?;
    let mut row = find(&*write, actor.business_id, id).await?.into_active_model();
    row.stock = Set(stock);
    row.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Takes one piece off the count of a packaging, if it is counted and any is left by that count.
pub(crate) async fn use_one(write: &Write, business_id: Uuid, id: Uuid) -> Result<()> {
    packaging::Entity::update_many()
        .col_expr(packaging::Column::Stock, Expr::col(packaging::Column::Stock).sub(1))
        .filter(packaging::Column::BusinessId.eq(business_id))
        .filter(packaging::Column::Id.eq(id))
        .filter(packaging::Column::Stock.gt(0))
        .exec(&**write)
        .await?;
    Ok(())
}

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    id: Uuid,
) -> Result<packaging::Model> {
    packaging::Entity::find_by_id(id)
        .filter(packaging::Column::BusinessId.eq(business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The packagings of a business, the first one first.
pub(crate) async fn rows(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
) -> Result<Vec<packaging::Model>> {
    Ok(packaging::Entity::find()
        .filter(packaging::Column::BusinessId.eq(business_id))
        .filter(packaging::Column::RemovedAt.is_null())
        .order_by_asc(packaging::Column::Id)
        .limit(SHOWN)
        .all(connection)
        .await?)
}

/// The packagings as shown.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<Packaging>> {
    let rows = rows(services.database.read(), actor.business_id).await?;
    Ok(rows.into_iter().map(|row| shown(row, actor.currency)).collect())
}

/// A packaging as shown.
pub(crate) fn shown(row: packaging::Model, currency: Currency) -> Packaging {
    Packaging {
        id: row.id,
        name: row.name,
        weight: row.weight,
        cost: row.cost.map(|cost| Money::new(cost, currency)),
        stock: row.stock,
        size: size_text(row.length, row.width, row.height),
    }
}

/// The packaging that a new parcel is thought to go in: the one used last, else the first.
pub(crate) async fn usual(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<Option<Uuid>> {
    let packagings = rows(connection, business_id).await?;
    let last: Option<Uuid> = shipment::Entity::find()
        .select_only()
        .column(shipment::Column::PackagingId)
        .filter(shipment::Column::BusinessId.eq(business_id))
        .filter(shipment::Column::PackagingId.is_in(packagings.iter().map(|packaging| packaging.id)))
        .order_by_desc(shipment::Column::Id)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await?;
    Ok(last.or(packagings.first().map(|packaging| packaging.id)))
}
