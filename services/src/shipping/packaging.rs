//! Boxes and mailers.

use domain::{
    money::{Currency, Money},
    problem::{FieldCode, Problem},
    shipping::{
        MAX_PACKAGINGS, Packaging, PackagingForm, PackagingInput, PackagingView, SHOWN_REMOVED, centimetres,
        packaging_stock, size_text,
    },
    three_way::{self, ThreeWay},
    weight,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set, prelude::Expr,
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

/// Adds a packaging. Parcels that wait without one get it.
pub async fn add(services: &Services, actor: &Actor, form: &PackagingForm) -> Result<()> {
    let input = form.parse(actor.currency, actor.weight_unit)?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    must_have_room(&write, actor.business_id).await?;
    let row = packaging::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        created_at: Set(now),
        removed_at: Set(None),
        ..Default::default()
    };
    let stock = input.stock;
    let mut row = filled_in(row, input);
    row.stock = Set(stock);
    let packaging = row.insert(&*write).await?;
    give_to_the_unpacked(&write, &packaging).await?;
    write.commit().await?;
    Ok(())
}

/// Changes a packaging. Rates that were asked for parcels in it hold no longer where its weight or its size is another.
pub async fn save(services: &Services, actor: &Actor, id: Uuid, form: &PackagingForm) -> Result<()> {
    form.parse(actor.currency, actor.weight_unit)?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let before = find(&*write, actor.business_id, id).await?;
    let merged = three_way::merged(form, &form_of(actor, &before))?;
    let input = merged.parse(actor.currency, actor.weight_unit)?;
    let measures = |row: &packaging::Model| (row.weight, row.length, row.width, row.height);
    let measured_before = measures(&before);
    let stock = form.is_counted_anew().then_some(input.stock);
    let mut row = filled_in(before.into_active_model(), input);
    row.stock = stock.map_or(row.stock, Set);
    let row = row.update(&*write).await?;
    if measures(&row) != measured_before {
        let in_it = Condition::all().add(shipment::Column::PackagingId.eq(id));
        super::forget_quotes_where(&write, actor.business_id, in_it, now).await?;
    }
    write.commit().await?;
    Ok(())
}

/// A row with what was typed, but for how many there are.
fn filled_in(mut row: packaging::ActiveModel, input: PackagingInput) -> packaging::ActiveModel {
    row.name = Set(input.name);
    row.weight = Set(input.weight);
    row.length = Set(input.length);
    row.width = Set(input.width);
    row.height = Set(input.height);
    row.cost = Set(input.cost.map(|cost| cost.minor));
    row
}

async fn must_have_room(write: &Write, business_id: Uuid) -> Result<()> {
    let there = packaging::Entity::find()
        .filter(packaging::Column::BusinessId.eq(business_id))
        .filter(packaging::Column::RemovedAt.is_null())
        .count(&**write)
        .await?;
    if there >= MAX_PACKAGINGS {
        return Err(Problem::field("name", FieldCode::TooMuch(MAX_PACKAGINGS as i64)).into());
    }
    Ok(())
}

/// Parcels that wait for a label, in no order.
fn waiting(business_id: Uuid) -> Select<shipment::Entity> {
    shipment::Entity::find()
        .filter(shipment::Column::BusinessId.eq(business_id))
        .filter(shipment::Column::State.is_in(super::WITHOUT_LABEL))
}

/// Packs the parcels that wait without a packaging in one.
async fn give_to_the_unpacked(write: &Write, packaging: &packaging::Model) -> Result<()> {
    shipment::Entity::update_many()
        .col_expr(shipment::Column::PackagingId, Expr::value(packaging.id))
        .filter(shipment::Column::BusinessId.eq(packaging.business_id))
        .filter(shipment::Column::PackagingId.is_null())
        .filter(shipment::Column::State.is_in(super::WITHOUT_LABEL))
        .exec(&**write)
        .await?;
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

/// Puts a removed packaging back on the list. Parcels that wait without one get it.
pub async fn restore(services: &Services, actor: &Actor, id: Uuid) -> Result<()> {
    let write = services.database.write(actor.business_id).await?;
    let row = find(&*write, actor.business_id, id).await?;
    if row.removed_at.is_none() {
        return Ok(());
    }
    must_have_room(&write, actor.business_id).await?;
    let mut row = row.into_active_model();
    row.removed_at = Set(None);
    let packaging = row.update(&*write).await?;
    give_to_the_unpacked(&write, &packaging).await?;
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
        .limit(MAX_PACKAGINGS)
        .all(connection)
        .await?)
}

/// The packagings as shown.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<Packaging>> {
    let rows = rows(services.database.read(), actor.business_id).await?;
    Ok(rows.into_iter().map(|row| shown(row, actor.currency)).collect())
}

/// Those that were removed, the one removed last first.
pub async fn removed(services: &Services, actor: &Actor) -> Result<Vec<Packaging>> {
    let rows = packaging::Entity::find()
        .filter(packaging::Column::BusinessId.eq(actor.business_id))
        .filter(packaging::Column::RemovedAt.is_not_null())
        .order_by_desc(packaging::Column::RemovedAt)
        .order_by_desc(packaging::Column::Id)
        .limit(SHOWN_REMOVED)
        .all(services.database.read())
        .await?;
    Ok(rows.into_iter().map(|row| shown(row, actor.currency)).collect())
}

/// The page on which a packaging is changed.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<PackagingView> {
    let read = services.database.read();
    let row = find(read, actor.business_id, id).await?;
    let waiting = waiting(actor.business_id).filter(shipment::Column::PackagingId.eq(id)).count(read).await?;
    Ok(PackagingView {
        id,
        form: form_of(actor, &row),
        waiting: i64::try_from(waiting).unwrap_or(i64::MAX),
        is_removed: row.removed_at.is_some(),
    })
}

fn form_of(actor: &Actor, row: &packaging::Model) -> PackagingForm {
    let cost = row.cost.map(|cost| Money::new(cost, actor.currency).decimal());
    let stock = row.stock.map(|stock| stock.to_string()).unwrap_or_default();
    PackagingForm {
        name: row.name.clone(),
        weight: weight::exact(row.weight, actor.weight_unit),
        length: centimetres(row.length),
        width: centimetres(row.width),
        height: centimetres(row.height),
        cost: cost.unwrap_or_default(),
        was: stock.clone(),
        stock,
        filled: String::new(),
    }
    .filled()
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
