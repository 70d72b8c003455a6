//! One item: reading, saving, archiving.

use domain::{
    inventory::{ItemForm, ItemInput, ItemSetting, ItemView, KeywordQuery, Pricing, UNNAMED_OPTION},
    money::Money,
    problem::{FieldCode, Problem},
    text::{fold, search_fold},
    three_way::{self, ThreeWay},
    weight,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{
    codes, keywords,
    list::waitlisted,
    material,
    price::{self, Prices, weight_rate},
    variants::{self, list_of, list_text},
    variants_of, words,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    database::is_taken,
    entities::{self, item, variant},
    error::OrNotFound,
    new_id,
};

/// Categories that are offered at most.
const SHOWN_CATEGORIES: u64 = 200;

async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<item::Model> {
    item::Entity::find_by_id(id)
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// The item's page.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<ItemView> {
    let read = services.database.read();
    let item = find(read, actor, id).await?;
    let variants = variants_of(read, actor.business_id, &[id]).await?.remove(&id).unwrap_or_default();
    let waiting =
        waitlisted(read, actor.business_id, variants.iter().map(|variant| variant.id).collect()).await?;
    let mut materials = material::rows(read, actor.business_id).await?;
    // What was removed is offered to nothing but what is made of it.
    materials.retain(|material| material.removed_at.is_none() || Some(material.id) == item.material_id);
    let made_of = materials.iter().find(|material| Some(material.id) == item.material_id).cloned();
    let prices = Prices::of(read, actor.business_id, actor.currency, [&item]).await?;
    let stock = variants
        .iter()
        .map(|row| variants::figures(row, waiting.get(&row.id).copied().unwrap_or_default()))
        .collect();
    let prices = variants.iter().map(|row| prices.of_one(&item, Some(row))).collect();
    let archived = item.archived_at.is_some();
    let form = form(
        actor,
        item,
        made_of.map(|material| material.name).unwrap_or_default(),
        words::aliases_text(read, actor, id).await?,
        words::tags_text(read, actor, id).await?,
        &variants,
    )
    .filled();
    let keywords = keywords::check(services, actor, Some(id), &KeywordQuery::of(&form)).await?;
    let setting = setting_with(read, actor, materials, String::new()).await?;
    Ok(ItemView { id, form, stock, prices, archived, keywords, setting })
}

/// An item as its form shows it.
pub(crate) fn form(
    actor: &Actor,
    item: item::Model,
    material: String,
    aliases: String,
    tags: String,
    variants: &[variant::Model],
) -> ItemForm {
    let money = |minor| Money::new(minor, actor.currency).decimal();
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let mut options = list_of(&item.options);
    if options.is_empty() && variants.iter().any(|variant| !variant.name.is_empty()) {
        options.push(UNNAMED_OPTION.to_owned());
    }
    let by_weight = item.pricing == Pricing::ByWeight.as_str();
    ItemForm {
        price: if by_weight { String::new() } else { money(item.price) },
        sale_price: item.sale_price.map(money).unwrap_or_default(),
        cost: item.cost.map(money).unwrap_or_default(),
        net_weight: net_weight_text(actor, item.net_weight),
        weight: weight_text(actor, (item.weight > 0).then_some(item.weight)),
        handling_days: number(item.handling_days),
        low_stock: number(item.low_stock),
        variants: variants.iter().map(|row| variants::form(actor, row)).collect(),
        code: item.code,
        title: item.title,
        description: item.description,
        category: item.category,
        pricing: item.pricing,
        tax_class: item.tax_class,
        origin: item.origin,
        hs_code: item.hs_code,
        note: item.note,
        tags,
        material,
        aliases,
        options,
        values: Vec::new(),
        filled: String::new(),
    }
}

/// What is stored of an item, as its form shows it.
async fn stored_form(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    item: &item::Model,
) -> Result<ItemForm> {
    let id = item.id;
    let variants = variants_of(connection, actor.business_id, &[id]).await?.remove(&id).unwrap_or_default();
    let material = material::names(connection, actor.business_id, item.material_id).await?;
    Ok(form(
        actor,
        item.clone(),
        material.into_values().next().unwrap_or_default(),
        words::aliases_text(connection, actor, id).await?,
        words::tags_text(connection, actor, id).await?,
        &variants,
    ))
}

/// A weight as a form shows it: in the business' unit, and so that it is read back as it is.
pub(super) fn weight_text(actor: &Actor, weight: Option<i64>) -> String {
    weight.map(|weight| weight::exact(weight, actor.weight_unit)).unwrap_or_default()
}

/// A net weight as a form shows it: who posts in ounces may weigh silver in grams.
pub(super) fn net_weight_text(actor: &Actor, weight: Option<i64>) -> String {
    weight.map(|weight| weight::natural(weight, actor.weight_unit)).unwrap_or_default()
}

/// What the form of a new item is filled in with.
pub async fn setting(services: &Services, actor: &Actor) -> Result<ItemSetting> {
    let read = services.database.read();
    let next_code = codes::next(read, actor.business_id).await?;
    let mut materials = material::rows(read, actor.business_id).await?;
    materials.retain(|material| material.removed_at.is_none());
    setting_with(read, actor, materials, next_code).await
}

async fn setting_with(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    materials: Vec<entities::material::Model>,
    next_code: String,
) -> Result<ItemSetting> {
    let mut categories: Vec<(String, String)> = item::Entity::find()
        .select_only()
        .column(item::Column::CategoryFolded)
        .column_as(item::Column::Category.max(), "category")
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::CategoryFolded.ne(""))
        .group_by(item::Column::CategoryFolded)
        .order_by_asc(item::Column::CategoryFolded)
        .limit(SHOWN_CATEGORIES)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ItemSetting {
        next_code,
        materials: materials
            .into_iter()
            .map(|row| price::choice(row, actor.currency))
            .collect::<Result<Vec<_>>>()?,
        categories: categories.drain(..).map(|(_, category)| category).collect(),
    })
}

/// Saves a new item (`id` is nothing) or changes one; gives its id. Variants that the form does not name stay.
///
/// # Errors
/// Names the fields that are wrong or were changed by somebody else meanwhile.
pub async fn save(services: &Services, actor: &Actor, id: Option<Uuid>, form: &ItemForm) -> Result<Uuid> {
    actor.must_sell()?;
    let mut input = form.parse(actor.currency, actor.weight_unit)?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let before = match id {
        Some(id) => Some(find(&*write, actor, id).await?),
        None => None,
    };
    if let Some(before) = &before {
        let present = stored_form(&*write, actor, before).await?;
        input = three_way::merged(form, &present)?.parse(actor.currency, actor.weight_unit)?;
    }
    let made_of = before.as_ref().and_then(|row| row.material_id);
    let row = match before {
        Some(row) => row.into_active_model(),
        None => item::ActiveModel {
            id: Set(new_id()),
            business_id: Set(actor.business_id),
            archived_at: Set(None),
            created_at: Set(now),
            ..Default::default()
        },
    };
    codes::must_be_free(&write, actor, id, &input).await?;
    let material = material::by_name(&write, actor, &input.material).await?;
    // Who names a removed one again wants it back; who keeps what an item is made of does not say so.
    let named_anew = material.iter().filter(|row| Some(row.id) != made_of);
    material::put_back(&write, actor.business_id, named_anew).await?;
    let price = stored_price(actor, &input, material.as_ref())?;
    let mut row = filled_in(row, &input)?;
    row.price = Set(price);
    row.material_id = Set(material.map(|material| material.id));
    row.updated_at = Set(now);
    let saved = if id.is_some() { row.update(&*write).await } else { row.insert(&*write).await };
    let item = saved.map_err(|error| match is_taken(&error) {
        true => Error::from(Problem::field("code", FieldCode::Taken)),
        false => error.into(),
    })?;
    words::save_aliases(&write, actor, item.id, &input.aliases).await?;
    words::save_tags(&write, actor, item.id, &input.tags).await?;
    variants::save(&write, actor, item.id, &input.variants, now).await?;
    write.commit().await?;
    Ok(item.id)
}

/// The price that is stored: for one by weight what it comes to now, which shows whether it can be worked out at all.
pub(crate) fn stored_price(
    actor: &Actor,
    input: &ItemInput,
    material: Option<&entities::material::Model>,
) -> Result<i64> {
    if input.pricing == Pricing::Fixed {
        return Ok(input.price.minor);
    }
    let rate = material.map(|material| weight_rate(material, actor.currency)).transpose()?.flatten();
    let rate = rate.ok_or_else(|| Problem::field("material", FieldCode::NoRate))?;
    let priced = |field: String, weight: i64| {
        let most = domain::money::MAX_MINOR / 10_i64.pow(actor.currency.exponent());
        rate.price(weight)
            .map(|price| price.minor)
            .ok_or_else(|| Error::from(Problem::field(field, FieldCode::TooMuch(most))))
    };
    let mut own = Vec::new();
    for variant in &input.variants {
        if let Some(weight) = variant.net_weight {
            own.push(priced(format!("variants_{}_net_weight", variant.row), weight)?);
        }
    }
    match input.net_weight {
        Some(weight) => priced("net_weight".into(), weight),
        None => Ok(own.first().copied().unwrap_or_default()),
    }
}

/// A row with what was typed, but for its price and its material.
pub(crate) fn filled_in(mut row: item::ActiveModel, input: &ItemInput) -> Result<item::ActiveModel> {
    row.search = Set(search_text(input));
    row.code = Set(input.code.clone());
    row.code_folded = Set(fold(&input.code));
    row.title = Set(input.title.clone());
    row.description = Set(input.description.clone());
    row.category = Set(input.category.clone());
    row.category_folded = Set(fold(&input.category));
    row.pricing = Set(input.pricing.as_str().into());
    row.sale_price = Set(input.sale_price.map(|price| price.minor));
    row.cost = Set(input.cost.map(|cost| cost.minor));
    row.net_weight = Set(input.net_weight);
    row.weight = Set(input.weight);
    row.tax_class = Set(input.tax_class.as_str().into());
    row.origin = Set(input.origin.clone());
    row.hs_code = Set(input.hs_code.clone());
    row.handling_days = Set(input.handling_days);
    row.note = Set(input.note.clone());
    row.low_stock = Set(input.low_stock);
    row.options = Set(list_text(&input.options)?);
    Ok(row)
}

/// Everything that a search may find an item by.
fn search_text(input: &ItemInput) -> String {
    let variants = input.variants.iter().flat_map(|variant| [&variant.code, &variant.barcode]);
    let words: Vec<String> = [&input.code, &input.title]
        .into_iter()
        .chain(&input.aliases)
        .chain(&input.tags)
        .chain([&input.category, &input.material])
        .chain(variants)
        .map(|word| search_fold(word))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Takes an item off the lists, or puts it back. Its claims and invoices stay.
pub async fn archive(services: &Services, actor: &Actor, id: Uuid, archived: bool) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write(actor.business_id).await?;
    let mut item = find(&*write, actor, id).await?.into_active_model();
    item.archived_at = Set(archived.then_some(now));
    item.updated_at = Set(now);
    item.update(&*write).await?;
    write.commit().await?;
    Ok(())
}
