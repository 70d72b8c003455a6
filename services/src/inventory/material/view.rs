//! What is seen of materials.

use std::collections::HashMap;

use domain::{
    inventory::{
        MadeOfIt, MaterialForm, MaterialRow, MaterialView, PastRate, Pricing, Rate, SHOWN_MADE_OF_IT,
        SHOWN_RATES, per_cent,
    },
    three_way::ThreeWay,
    time::age,
    weight::WeightUnit,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Expr,
};
use uuid::Uuid;

use super::{
    super::price::{unit, weight_rate},
    find, rows,
};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{item, material, material_rate, member},
    error::stored,
};

/// How many items are made of something, and how many of them follow its rate; archived ones among them.
pub(super) async fn uses(
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
                is_removed: row.removed_at.is_some(),
            })
        })
        .collect()
}

/// What is stored of a material, as a form.
pub(super) fn form_of(actor: &Actor, row: &material::Model) -> MaterialForm {
    let rate = row.rate.map(|micros| Rate { micros, currency: actor.currency }.decimal());
    MaterialForm {
        name: row.name.clone(),
        purity: row.purity.clone(),
        unit: row.unit.clone(),
        rate: rate.unwrap_or_default(),
        wastage: if row.wastage == 0 { String::new() } else { per_cent(row.wastage) },
        origin: row.origin.clone(),
        hs_code: row.hs_code.clone(),
        filled: String::new(),
    }
    .filled()
}

/// A material's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<MaterialView> {
    let read = services.database.read();
    let row = find(read, actor, id).await?;
    let (items, following) = uses(read, actor.business_id, [id]).await?.get(&id).copied().unwrap_or_default();
    let rates = history(services, actor, id).await?;
    let made_of_it = made_of(read, actor.business_id, id).await?;
    Ok(MaterialView {
        id,
        form: form_of(actor, &row),
        items,
        following,
        made_of_it,
        rates,
        is_removed: row.removed_at.is_some(),
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
                date: actor.zone.date(row.at),
                age: age(row.at, now),
            })
        })
        .collect()
}

/// The first of the items that are made of a material: those that are for sale before those that are archived.
async fn made_of(connection: &impl ConnectionTrait, business_id: Uuid, id: Uuid) -> Result<Vec<MadeOfIt>> {
    let items: Vec<(Uuid, String, String, String, Option<i64>)> = item::Entity::find()
        .select_only()
        .columns([item::Column::Id, item::Column::Code, item::Column::Title, item::Column::Pricing])
        .column(item::Column::ArchivedAt)
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::MaterialId.eq(id))
        .order_by_asc(item::Column::ArchivedAt.is_not_null())
        .order_by_asc(item::Column::CodeFolded)
        .limit(SHOWN_MADE_OF_IT)
        .into_tuple()
        .all(connection)
        .await?;
    let rows = items.into_iter().map(|(id, code, title, pricing, archived)| MadeOfIt {
        id,
        code,
        title,
        by_weight: pricing == Pricing::ByWeight.as_str(),
        is_archived: archived.is_some(),
    });
    Ok(rows.collect())
}
