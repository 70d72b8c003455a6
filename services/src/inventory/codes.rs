//! Codes and barcodes: each stands for one thing of a business, however it is written.

use std::collections::{HashMap, HashSet};

use domain::{
    inventory::{ItemInput, codes_after},
    problem::{Check, FieldCode},
    text::fold,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Result,
    accounts::Actor,
    database::Write,
    entities::{item, variant},
};

/// How many codes after the newest one are tried until one is free.
const TRIED_CODES: usize = 100;
/// Characters of a name in a message.
const NAME_CHARACTERS: usize = 60;

/// The code that comes next: the newest item's pattern goes on, past codes that are taken. Empty where none is free.
pub(crate) async fn next(connection: &impl ConnectionTrait, business_id: Uuid) -> Result<String> {
    let newest: Option<String> = item::Entity::find()
        .select_only()
        .column(item::Column::Code)
        .filter(item::Column::BusinessId.eq(business_id))
        .order_by_desc(item::Column::Id)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await?;
    let codes: Vec<String> = codes_after(newest.as_deref()).take(TRIED_CODES).collect();
    let folded: Vec<String> = codes.iter().map(|code| fold(code)).collect();
    let mut taken: HashSet<String> = item::Entity::find()
        .select_only()
        .column(item::Column::CodeFolded)
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::CodeFolded.is_in(&folded))
        .into_tuple::<String>()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    taken.extend(
        variant::Entity::find()
            .select_only()
            .column(variant::Column::CodeFolded)
            .filter(variant::Column::BusinessId.eq(business_id))
            .filter(variant::Column::CodeFolded.is_in(&folded))
            .filter(variant::Column::RemovedAt.is_null())
            .into_tuple::<String>()
            .all(connection)
            .await?,
    );
    Ok(codes.into_iter().find(|code| !taken.contains(&fold(code))).unwrap_or_default())
}

/// Fails where something else of the business has a code or a barcode of the item, naming what has it. The item's own
/// variants were compared with each other when the form was checked.
pub(crate) async fn must_be_free(
    write: &Write,
    actor: &Actor,
    item_id: Option<Uuid>,
    input: &ItemInput,
) -> Result<()> {
    // Where each folded code stands in the form.
    let mut codes = HashMap::from([(fold(&input.code), "code".to_owned())]);
    let mut barcodes = HashMap::new();
    for variant in &input.variants {
        if !variant.code.is_empty() {
            codes.insert(fold(&variant.code), format!("variants_{}_code", variant.row));
        }
        if !variant.barcode.is_empty() {
            barcodes.insert(variant.barcode.clone(), format!("variants_{}_barcode", variant.row));
        }
    }
    let mut check = Check::new();
    let other_items = item::Entity::find()
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::CodeFolded.is_in(codes.keys()))
        .filter(item::Column::Id.ne(item_id.unwrap_or_default()))
        .all(&**write)
        .await?;
    for other in &other_items {
        if let Some(field) = codes.get(&other.code_folded) {
            check.note(field, FieldCode::TakenBy(name(other, "")));
        }
    }
    let other_variants = variant::Entity::find()
        .filter(variant::Column::BusinessId.eq(actor.business_id))
        .filter(variant::Column::ItemId.ne(item_id.unwrap_or_default()))
        .filter(variant::Column::RemovedAt.is_null())
        .filter(
            Condition::any()
                .add(variant::Column::CodeFolded.is_in(codes.keys()))
                .add(variant::Column::Barcode.is_in(barcodes.keys())),
        )
        .all(&**write)
        .await?;
    let owners: HashMap<Uuid, item::Model> = item::Entity::find()
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::Id.is_in(other_variants.iter().map(|variant| variant.item_id)))
        .all(&**write)
        .await?
        .into_iter()
        .map(|item| (item.id, item))
        .collect();
    for other in &other_variants {
        let Some(owner) = owners.get(&other.item_id) else { continue };
        for field in [codes.get(&other.code_folded), barcodes.get(&other.barcode)].into_iter().flatten() {
            check.note(field, FieldCode::TakenBy(name(owner, &other.name)));
        }
    }
    check.problem().map_or(Ok(()), |problem| Err(problem.into()))
}

/// How a thing is called in a message: `A12 Moon ring · 7`.
fn name(item: &item::Model, variant: &str) -> String {
    let name = format!("{} {}", item.code, item.title);
    let name: String = name.chars().take(NAME_CHARACTERS).collect();
    if variant.is_empty() { name } else { format!("{name} · {variant}") }
}
