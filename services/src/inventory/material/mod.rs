//! Materials and their rates: saving them, and what a new rate does.

mod remove;
mod view;

use std::collections::HashMap;

use domain::{
    inventory::{MAX_MATERIALS, MaterialForm, MaterialInput, Pricing, Rate},
    problem::{Code, FieldCode, Problem},
    text::fold,
    three_way,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set, prelude::Expr, sea_query::CaseStatement,
};
use uuid::Uuid;

pub(crate) use self::remove::put_back;
use self::view::{form_of, uses};
pub use self::{
    remove::{remove, restore},
    view::{list, view},
};
use super::{
    price::{unit, weight_rate},
    search,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{item, material, material_rate},
    error::OrNotFound,
    new_id,
};

async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<material::Model> {
    material::Entity::find_by_id(id)
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// Every material of a business, by name, removed ones among them.
pub(crate) async fn rows(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
) -> Result<Vec<material::Model>> {
    let rows = material::Entity::find()
        .filter(material::Column::BusinessId.eq(business_id))
        .order_by_asc(material::Column::NameFolded)
        .limit(MAX_MATERIALS)
        .all(connection)
        .await?;
    Ok(rows)
}

/// The names of some materials.
pub(crate) async fn names(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let mut ids: Vec<Uuid> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names: Vec<(Uuid, String)> = material::Entity::find()
        .select_only()
        .columns([material::Column::Id, material::Column::Name])
        .filter(material::Column::BusinessId.eq(business_id))
        .filter(material::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(names.into_iter().collect())
}

/// Saves a new material (`id` is nothing) or changes one; gives its id.
///
/// # Errors
/// Names the fields that are wrong or were changed by somebody else meanwhile.
pub async fn save(services: &Services, actor: &Actor, id: Option<Uuid>, form: &MaterialForm) -> Result<Uuid> {
    actor.must_sell()?;
    let mut input = form.parse(actor.currency)?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let before = match id {
        Some(id) => Some(find(&*write, actor, id).await?),
        None => None,
    };
    if let Some(before) = &before {
        input = three_way::merged(form, &form_of(actor, before))?.parse(actor.currency)?;
    }
    let saved = store(&write, actor, before, &input, now).await?;
    write.commit().await?;
    Ok(saved)
}

/// Sets what one unit of a material costs and leaves everything else as it is.
pub async fn set_rate(services: &Services, actor: &Actor, id: Uuid, typed: &str) -> Result<()> {
    actor.must_sell()?;
    let rate = Rate::parse(typed, actor.currency).map_err(|code| Problem::field("rate", code))?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let before = find(&*write, actor, id).await?;
    let input = MaterialInput {
        name: before.name.clone(),
        purity: before.purity.clone(),
        unit: unit(&before)?,
        rate: Some(rate),
        wastage: before.wastage,
        origin: before.origin.clone(),
        hs_code: before.hs_code.clone(),
    };
    store(&write, actor, Some(before), &input, now).await?;
    write.commit().await?;
    Ok(())
}

async fn store(
    write: &Write,
    actor: &Actor,
    before: Option<material::Model>,
    input: &MaterialInput,
    now: i64,
) -> Result<Uuid> {
    let price_before =
        before.as_ref().map(|row| (row.rate, row.unit.clone(), row.wastage)).unwrap_or_default();
    let (is_new, name_before) = (before.is_none(), before.as_ref().map(|row| row.name_folded.clone()));
    let mut row = match before {
        Some(before) => {
            if input.rate.is_none() {
                must_not_be_followed(write, actor, before.id).await?;
            }
            before.into_active_model()
        }
        None => new_row(write, actor).await?,
    };
    row.name = Set(input.name.clone());
    row.name_folded = Set(fold(&input.name));
    row.purity = Set(input.purity.clone());
    row.unit = Set(input.unit.symbol().into());
    row.rate = Set(input.rate.map(|rate| rate.micros));
    row.wastage = Set(input.wastage);
    row.origin = Set(input.origin.clone());
    row.hs_code = Set(input.hs_code.clone());
    must_be_free(write, actor, &row).await?;
    let row = if is_new { row.insert(&**write).await } else { row.update(&**write).await }?;
    let (rate_before, unit_before, wastage_before) = price_before;
    if row.rate != rate_before || (row.rate.is_some() && row.unit != unit_before) {
        let past = material_rate::ActiveModel {
            id: Set(new_id()),
            business_id: Set(actor.business_id),
            material_id: Set(row.id),
            member_id: Set(Some(actor.member_id)),
            rate: Set(row.rate),
            unit: Set(row.unit.clone()),
            at: Set(now),
        };
        past.insert(&**write).await?;
    }
    let price_now = (row.rate, &row.unit, row.wastage);
    if !is_new && price_now != (rate_before, &unit_before, wastage_before) {
        note_prices(write, actor, &row).await?;
    }
    if name_before.is_some_and(|before| before != row.name_folded) {
        note_name(write, actor, row.id).await?;
    }
    Ok(row.id)
}

/// Fails where another material has the name. One that was removed has it still: it is put back rather than made twice.
async fn must_be_free(write: &Write, actor: &Actor, row: &material::ActiveModel) -> Result<()> {
    let other = material::Entity::find()
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .filter(material::Column::NameFolded.eq(row.name_folded.clone().take().unwrap_or_default()))
        .filter(material::Column::Id.ne(row.id.clone().take().unwrap_or_default()))
        .one(&**write)
        .await?;
    let taken = other.map(|other| match other.removed_at {
        Some(_) => FieldCode::TakenByRemoved,
        None => FieldCode::Taken,
    });
    taken.map_or(Ok(()), |code| Err(Problem::field("name", code).into()))
}

/// A material that is not there yet, if there is room for one.
async fn new_row(write: &Write, actor: &Actor) -> Result<material::ActiveModel> {
    let count = material::Entity::find()
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .count(&**write)
        .await?;
    if count >= MAX_MATERIALS {
        return Err(Problem::field("name", FieldCode::TooMuch(MAX_MATERIALS as i64)).into());
    }
    Ok(material::ActiveModel { id: Set(new_id()), business_id: Set(actor.business_id), ..Default::default() })
}

/// The rate that prices follow cannot be taken away.
async fn must_not_be_followed(write: &Write, actor: &Actor, id: Uuid) -> Result<()> {
    match uses(&**write, actor.business_id, [id]).await?.get(&id) {
        Some((_, following)) if *following > 0 => {
            Err(Problem::field("rate", FieldCode::RateNeeded(*following)).into())
        }
        _ => Ok(()),
    }
}

/// Notes beside each item that follows a material what it costs now, which is what lists are sorted by. What is shown and
/// claimed is worked out anew.
async fn note_prices(write: &Write, actor: &Actor, material: &material::Model) -> Result<()> {
    let Some(rate) = weight_rate(material, actor.currency)? else { return Ok(()) };
    let mut after = Uuid::nil();
    loop {
        let items: Vec<(Uuid, Option<i64>)> = item::Entity::find()
            .select_only()
            .column(item::Column::Id)
            .column(item::Column::NetWeight)
            .filter(item::Column::BusinessId.eq(actor.business_id))
            .filter(item::Column::MaterialId.eq(material.id))
            .filter(item::Column::Pricing.eq(Pricing::ByWeight.as_str()))
            .filter(item::Column::Id.gt(after))
            .order_by_asc(item::Column::Id)
            .limit(ROWS_AT_ONCE as u64)
            .into_tuple()
            .all(&**write)
            .await?;
        let Some((last, _)) = items.last() else { return Ok(()) };
        after = *last;
        let priced: Vec<(Uuid, i64)> =
            items.iter().filter_map(|(id, weight)| Some((*id, rate.price((*weight)?)?.minor))).collect();
        if priced.is_empty() {
            continue;
        }
        let price = priced.iter().fold(CaseStatement::new(), |case, (id, price)| {
            case.case(Expr::col(item::Column::Id).eq(*id), *price)
        });
        item::Entity::update_many()
            .col_expr(item::Column::Price, price.finally(Expr::col(item::Column::Price)).into())
            .filter(item::Column::BusinessId.eq(actor.business_id))
            .filter(item::Column::Id.is_in(priced.into_iter().map(|(id, _)| id)))
            .exec(&**write)
            .await?;
    }
}

/// Items are found by what they are made of, so those of a material that is called differently now are noted anew.
async fn note_name(write: &Write, actor: &Actor, id: Uuid) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let items: Vec<Uuid> = item::Entity::find()
            .select_only()
            .column(item::Column::Id)
            .filter(item::Column::BusinessId.eq(actor.business_id))
            .filter(item::Column::MaterialId.eq(id))
            .filter(item::Column::Id.gt(after))
            .order_by_asc(item::Column::Id)
            .limit(ROWS_AT_ONCE as u64)
            .into_tuple()
            .all(&**write)
            .await?;
        let Some(last) = items.last() else { return Ok(()) };
        after = *last;
        search::refresh(write, actor.business_id, &items).await?;
    }
}

/// The material of a name, which is made if it is new, without a rate.
pub(crate) async fn by_name(write: &Write, actor: &Actor, name: &str) -> Result<Option<material::Model>> {
    if name.is_empty() {
        return Ok(None);
    }
    let known = material::Entity::find()
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .filter(material::Column::NameFolded.eq(fold(name)))
        .one(&**write)
        .await?;
    if known.is_some() {
        return Ok(known);
    }
    let mut row = new_row(write, actor).await.map_err(|error| match error {
        Error::Problem(problem) if problem.code == Code::Invalid => {
            Error::from(Problem::field("material", FieldCode::TooMuch(MAX_MATERIALS as i64)))
        }
        error => error,
    })?;
    row.name = Set(name.to_owned());
    row.name_folded = Set(fold(name));
    row.purity = Set(String::new());
    row.unit = Set(actor.weight_unit.symbol().into());
    row.rate = Set(None);
    row.wastage = Set(0);
    row.origin = Set(String::new());
    row.hs_code = Set(String::new());
    Ok(Some(row.insert(&**write).await?))
}
