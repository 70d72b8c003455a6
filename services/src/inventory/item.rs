//! One item: reading, saving, archiving.

use domain::{
    inventory::{ItemForm, ItemInput, ItemView, Stock, VariantForm, VariantInput},
    money::Money,
    problem::{Code, FieldCode, Problem},
    text::fold,
    weight,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Set,
};
use uuid::Uuid;

use super::{
    aliases_of,
    list::waitlisted,
    stock::{self, Movement},
    variants_of,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    database::{Write, is_taken},
    entities::{alias, item, material, variant},
    error::OrNotFound,
    new_id,
    sales::claims::serve_the_waiting,
};

/// Decimals of a weight in the form.
const WEIGHT_DECIMALS: u32 = 4;

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
    let mut variants = variants_of(read, actor.business_id, &[id]).await?.remove(&id).unwrap_or_default();
    variants.sort_by_key(|variant| variant.position);
    let aliases = aliases_of(read, actor.business_id, &[id]).await?.remove(&id).unwrap_or_default();
    let waiting =
        waitlisted(read, actor.business_id, variants.iter().map(|variant| variant.id).collect()).await?;
    let materials = materials(services, actor).await?;
    let material = match item.material_id {
        Some(id) => material::Entity::find_by_id(id).one(read).await?.map(|material| material.name),
        None => None,
    };
    let money = |minor| Money::new(minor, actor.currency).decimal();
    Ok(ItemView {
        id,
        stock: variants
            .iter()
            .map(|variant| Stock {
                on_hand: variant.on_hand,
                held: variant.held,
                waitlisted: waiting.get(&variant.id).copied().unwrap_or_default(),
                sold: variant.sold,
            })
            .collect(),
        form: ItemForm {
            code: item.code,
            title: item.title,
            description: item.description,
            price: money(item.price),
            weight: weight::decimal(item.weight, actor.weight_unit, WEIGHT_DECIMALS),
            material: material.unwrap_or_default(),
            aliases: aliases.into_iter().map(|alias| alias.alias).collect::<Vec<_>>().join(", "),
            variants: variants
                .into_iter()
                .map(|variant| VariantForm {
                    id: variant.id.to_string(),
                    name: variant.name,
                    price: variant.price.map(money).unwrap_or_default(),
                    quantity: variant.on_hand.to_string(),
                })
                .collect(),
        },
        archived: item.archived_at.is_some(),
        materials,
    })
}

/// The names of the business' materials.
pub async fn materials(services: &Services, actor: &Actor) -> Result<Vec<String>> {
    let materials = material::Entity::find()
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .order_by_asc(material::Column::NameFolded)
        .all(services.database.read())
        .await?;
    Ok(materials.into_iter().map(|material| material.name).collect())
}

/// Saves a new item (`id` is nothing) or changes one; gives its id.
pub async fn save(services: &Services, actor: &Actor, id: Option<Uuid>, form: &ItemForm) -> Result<Uuid> {
    actor.must_sell()?;
    let input = form.parse(actor.currency, actor.weight_unit)?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let material_id = material(&write, actor, &input.material).await?;
    let mut row = match id {
        Some(id) => find(&*write, actor, id).await?.into_active_model(),
        None => item::ActiveModel {
            id: Set(new_id()),
            business_id: Set(actor.business_id),
            archived_at: Set(None),
            created_at: Set(now),
            ..Default::default()
        },
    };
    row.search = Set(search_text(&input));
    row.code = Set(input.code.clone());
    row.code_folded = Set(fold(&input.code));
    row.title = Set(input.title.clone());
    row.description = Set(input.description.clone());
    row.price = Set(input.price.minor);
    row.weight = Set(input.weight);
    row.material_id = Set(material_id);
    row.updated_at = Set(now);
    let saved = if id.is_some() { row.update(&*write).await } else { row.insert(&*write).await };
    let item = saved.map_err(|error| match is_taken(&error) {
        true => Error::from(Problem::field("code", FieldCode::Taken)),
        false => error.into(),
    })?;
    save_aliases(&write, actor, item.id, &input.aliases).await?;
    save_variants(&write, actor, item.id, &input.variants, now).await?;
    write.commit().await?;
    Ok(item.id)
}

/// Everything that a search may find an item by.
fn search_text(input: &ItemInput) -> String {
    let mut words = vec![fold(&input.code), fold(&input.title)];
    words.extend(input.aliases.iter().map(|alias| fold(alias)));
    words.join(" ")
}

/// The id of a material, which is made if it is new.
async fn material(write: &Write, actor: &Actor, name: &str) -> Result<Option<Uuid>> {
    if name.is_empty() {
        return Ok(None);
    }
    let known = material::Entity::find()
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .filter(material::Column::NameFolded.eq(fold(name)))
        .one(&**write)
        .await?;
    if let Some(known) = known {
        return Ok(Some(known.id));
    }
    let material = material::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        name: Set(name.to_owned()),
        name_folded: Set(fold(name)),
    };
    Ok(Some(material.insert(&**write).await?.id))
}

async fn save_aliases(write: &Write, actor: &Actor, item_id: Uuid, aliases: &[String]) -> Result<()> {
    alias::Entity::delete_many()
        .filter(alias::Column::BusinessId.eq(actor.business_id))
        .filter(alias::Column::ItemId.eq(item_id))
        .exec(&**write)
        .await?;
    let rows = aliases.iter().zip(0..).map(|(alias, position)| alias::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        item_id: Set(item_id),
        alias: Set(alias.clone()),
        alias_folded: Set(fold(alias)),
        position: Set(position),
    });
    alias::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    Ok(())
}

/// Makes the variants those of the form: known ones are changed, new ones made, absent ones removed. A variant with held
/// pieces keeps at least those.
async fn save_variants(
    write: &Write,
    actor: &Actor,
    item_id: Uuid,
    variants: &[VariantInput],
    now: i64,
) -> Result<()> {
    let mut known =
        variants_of(&**write, actor.business_id, &[item_id]).await?.remove(&item_id).unwrap_or_default();
    let mut counted = Vec::new();
    for (input, position) in variants.iter().zip(0..) {
        let row = match input.id {
            Some(id) => {
                let index = known.iter().position(|variant| variant.id == id).ok_or(Code::WrongState)?;
                Some(known.swap_remove(index))
            }
            None => None,
        };
        if let Some(row) = &row
            && input.quantity < row.held
        {
            let field = format!("variants_{}_quantity", input.row);
            return Err(Problem::field(field, FieldCode::TooLittle(row.held)).into());
        }
        let before = row.as_ref().map_or(0, |row| row.on_hand);
        let saved = save_variant(write, actor, item_id, row, input, position).await?;
        if input.quantity != before {
            counted.push(Movement::count(saved, input.quantity - before));
        }
    }
    stock::carry_out(write, actor.business_id, &counted, now).await?;
    let counted: Vec<Uuid> = counted.iter().map(|movement| movement.variant_id).collect();
    serve_the_waiting(write, actor.business_id, &counted, now).await?;
    if known.iter().any(|variant| variant.held > 0) {
        return Err(Problem::field("variants", FieldCode::TooLittle(1)).into());
    }
    for absent in known {
        let mut row = absent.into_active_model();
        row.removed_at = Set(Some(now));
        row.update(&**write).await?;
    }
    Ok(())
}

/// Saves name, price and place of a variant; its stock is a matter of [`stock::carry_out`].
async fn save_variant(
    write: &Write,
    actor: &Actor,
    item_id: Uuid,
    row: Option<variant::Model>,
    input: &VariantInput,
    position: i64,
) -> Result<Uuid> {
    let is_new = row.is_none();
    let mut row = row.map_or_else(
        || variant::ActiveModel {
            id: Set(new_id()),
            business_id: Set(actor.business_id),
            item_id: Set(item_id),
            on_hand: Set(0),
            held: Set(0),
            sold: Set(0),
            removed_at: Set(None),
            ..Default::default()
        },
        IntoActiveModel::into_active_model,
    );
    row.name = Set(input.name.clone());
    row.name_folded = Set(fold(&input.name));
    row.position = Set(position);
    row.price = Set(input.price.map(|price| price.minor));
    let row = if is_new { row.insert(&**write).await? } else { row.update(&**write).await? };
    Ok(row.id)
}

/// Takes an item off the lists, or puts it back. Its claims and invoices stay.
pub async fn archive(services: &Services, actor: &Actor, id: Uuid, archived: bool) -> Result<()> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let mut item = find(&*write, actor, id).await?.into_active_model();
    item.archived_at = Set(archived.then_some(now));
    item.updated_at = Set(now);
    item.update(&*write).await?;
    write.commit().await?;
    Ok(())
}
