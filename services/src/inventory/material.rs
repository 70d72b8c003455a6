//! Materials and their rates.

use std::collections::HashMap;

use domain::{
    inventory::{
        MAX_MATERIALS, MaterialForm, MaterialInput, MaterialRow, MaterialView, PastRate, Pricing, Rate,
        SHOWN_RATES, per_cent,
    },
    problem::{Code, FieldCode, Problem},
    text::fold,
    time::{age, date},
    weight::WeightUnit,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set, prelude::Expr, sea_query::CaseStatement,
};
use uuid::Uuid;

use super::price::{unit, weight_rate};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    customers::handles::ROWS_AT_ONCE,
    database::{Write, is_taken},
    entities::{item, material, material_rate, member},
    error::{OrNotFound, stored},
    new_id,
};

async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<material::Model> {
    material::Entity::find_by_id(id)
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// Every material of a business, by name.
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

/// How many items are made of something, and how many of them follow its rate; archived ones among them.
async fn uses(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    materials: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, (i64, i64)>> {
    let counts: Vec<(Uuid, String, i64)> = item::Entity::find()
        .select_only()
        .column(item::Column::MaterialId)
        .column(item::Column::Pricing)
        .expr_as(Expr::col(item::Column::Id).count(), "items")
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::MaterialId.is_in(materials))
        .group_by(item::Column::MaterialId)
        .group_by(item::Column::Pricing)
        .into_tuple()
        .all(connection)
        .await?;
    let mut uses: HashMap<Uuid, (i64, i64)> = HashMap::new();
    for (material, pricing, count) in counts {
        let (items, following) = uses.entry(material).or_default();
        *items += count;
        *following += if pricing == Pricing::ByWeight.as_str() { count } else { 0 };
    }
    Ok(uses)
}

/// The list of materials.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<MaterialRow>> {
    let (read, now) = (services.database.read(), services.now());
    let rows = rows(read, actor.business_id).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let uses = uses(read, actor.business_id, ids.iter().copied()).await?;
    let changed: Vec<(Uuid, i64)> = material_rate::Entity::find()
        .select_only()
        .column(material_rate::Column::MaterialId)
        .expr_as(Expr::col(material_rate::Column::At).max(), "changed")
        .filter(material_rate::Column::BusinessId.eq(actor.business_id))
        .filter(material_rate::Column::MaterialId.is_in(ids))
        .group_by(material_rate::Column::MaterialId)
        .into_tuple()
        .all(read)
        .await?;
    let changed: HashMap<Uuid, i64> = changed.into_iter().collect();
    rows.into_iter()
        .map(|row| {
            let (items, following) = uses.get(&row.id).copied().unwrap_or_default();
            Ok(MaterialRow {
                unit: unit(&row)?,
                rate: weight_rate(&row, actor.currency)?,
                items,
                following,
                changed: changed.get(&row.id).map(|at| age(*at, now)),
                id: row.id,
                name: row.name,
                purity: row.purity,
                wastage: row.wastage,
            })
        })
        .collect()
}

/// A material's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<MaterialView> {
    let read = services.database.read();
    let row = find(read, actor, id).await?;
    let (items, following) = uses(read, actor.business_id, [id]).await?.get(&id).copied().unwrap_or_default();
    let rates = history(services, actor, id).await?;
    let rate = row.rate.map(|micros| Rate { micros, currency: actor.currency }.decimal());
    Ok(MaterialView {
        id,
        form: MaterialForm {
            name: row.name,
            purity: row.purity,
            unit: row.unit,
            rate: rate.unwrap_or_default(),
            wastage: if row.wastage == 0 { String::new() } else { per_cent(row.wastage) },
            origin: row.origin,
            hs_code: row.hs_code,
        },
        items,
        following,
        rates,
    })
}

/// The rates that a material had, the newest first.
async fn history(services: &Services, actor: &Actor, id: Uuid) -> Result<Vec<PastRate>> {
    let (read, now) = (services.database.read(), services.now());
    let rates = material_rate::Entity::find()
        .filter(material_rate::Column::BusinessId.eq(actor.business_id))
        .filter(material_rate::Column::MaterialId.eq(id))
        .order_by_desc(material_rate::Column::Id)
        .limit(SHOWN_RATES)
        .all(read)
        .await?;
    let members: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::Id.is_in(rates.iter().filter_map(|rate| rate.member_id)))
        .all(read)
        .await?
        .into_iter()
        .map(|member| (member.id, member.name))
        .collect();
    rates
        .into_iter()
        .map(|row| {
            Ok(PastRate {
                rate: row.rate.map(|micros| Rate { micros, currency: actor.currency }),
                unit: stored(WeightUnit::parse(&row.unit))?,
                by: row.member_id.and_then(|id| members.get(&id).cloned()).unwrap_or_default(),
                date: date(row.at),
                age: age(row.at, now),
            })
        })
        .collect()
}

/// Saves a new material (`id` is nothing) or changes one; gives its id.
pub async fn save(services: &Services, actor: &Actor, id: Option<Uuid>, form: &MaterialForm) -> Result<Uuid> {
    actor.must_sell()?;
    let input = form.parse(actor.currency)?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let before = match id {
        Some(id) => Some(find(&*write, actor, id).await?),
        None => None,
    };
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
    let is_new = before.is_none();
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
    let saved = if is_new { row.insert(&**write).await } else { row.update(&**write).await };
    let row = saved.map_err(|error| match is_taken(&error) {
        true => Error::from(Problem::field("name", FieldCode::Taken)),
        false => error.into(),
    })?;
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
    Ok(row.id)
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
