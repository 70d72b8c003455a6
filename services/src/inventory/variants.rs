//! Saving the variants of an item: all of them with a few statements, however many there are.

use std::collections::HashMap;

use domain::{
    inventory::{Stock, VariantForm, VariantInput},
    money::Money,
    problem::{Check, Code, FieldCode, Problem},
    text::fold,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, prelude::Expr,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    count,
    item::{net_weight_text, weight_text},
    stock::{self, Movement},
    variants_of,
};
use crate::{
    Error, Result, accounts::Actor, customers::handles::ROWS_AT_ONCE, database::Write, entities::variant,
    new_id, sales::claims::serve_the_waiting,
};

/// Makes the variants those given, which are all that the item has from now on: known ones are changed, new ones made, and
/// those that a form emptied removed. A variant with held pieces keeps at least those.
pub(super) async fn save(
    write: &Write,
    actor: &Actor,
    item_id: Uuid,
    variants: &[VariantInput],
    now: i64,
) -> Result<()> {
    let mut known =
        variants_of(&**write, actor.business_id, &[item_id]).await?.remove(&item_id).unwrap_or_default();
    let mut check = Check::new();
    let mut counted = Vec::new();
    // What they say afterwards.
    let mut figures = HashMap::new();
    let mut rows = Vec::with_capacity(variants.len());
    for (input, position) in variants.iter().zip(0..) {
        let row = match input.id {
            Some(id) => {
                let index = known.iter().position(|variant| variant.id == id).ok_or(Code::WrongState)?;
                known.swap_remove(index)
            }
            None => new_row(actor, item_id),
        };
        // What was counted is a difference to the pieces that were shown: those that came or went since then stay so.
        let difference = input.quantity - input.was.filter(|_| input.id.is_some()).unwrap_or(row.on_hand);
        if difference != 0 {
            if row.on_hand.saturating_add(difference) < row.held {
                let least = input.quantity.saturating_add(row.held - row.on_hand - difference);
                check.note(&format!("variants_{}_quantity", input.row), FieldCode::TooLittle(least));
            }
            counted.push(Movement::count(row.id, difference));
            figures.insert(row.id, row.on_hand + difference);
        }
        rows.push(filled_in(row, input, position)?);
    }
    if let Some(problem) = check.problem() {
        return Err(problem.into());
    }
    counted_or_corrected(write, actor.business_id, &mut counted, &figures).await?;
    // A row that is gone from the form cannot say so itself.
    let held: i64 = known.iter().map(|variant| variant.held).sum();
    if held > 0 {
        return Err(Problem::field("variants", FieldCode::Held(held)).into());
    }
    store(write, rows).await?;
    remove(write, actor, &known, now).await?;
    let gone = known.iter().filter(|row| row.on_hand > 0);
    counted.extend(gone.map(|row| Movement::remove(row.id, row.on_hand)));
    stock::carry_out(write, actor.business_id, &counted, now).await?;
    let counted: Vec<Uuid> = counted.iter().map(|movement| movement.variant_id).collect();
    serve_the_waiting(write, actor.business_id, &counted, now).await
}

/// Pieces that come to what a stock-take has counted already, or go from it, are no count of it: closing would take them
/// back. So they are a correction, unless the figure is what the stock-take found.
async fn counted_or_corrected(
    write: &Write,
    business_id: Uuid,
    movements: &mut [Movement],
    figures: &HashMap<Uuid, i64>,
) -> Result<()> {
    let changed: Vec<Uuid> = movements.iter().map(|movement| movement.variant_id).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let found = count::found_in_open(&**write, business_id, &changed).await?;
    for movement in movements.iter_mut() {
        let id = movement.variant_id;
        let (Some(found), Some(figure)) = (found.get(&id), figures.get(&id)) else { continue };
        if !found.contains(figure) {
            movement.cause = stock::Cause::Correction;
        }
    }
    Ok(())
}

pub(crate) fn new_row(actor: &Actor, item_id: Uuid) -> variant::Model {
    variant::Model {
        id: new_id(),
        business_id: actor.business_id,
        item_id,
        name: String::new(),
        name_folded: String::new(),
        values: String::new(),
        code: String::new(),
        code_folded: String::new(),
        net_weight: None,
        weight: None,
        barcode: String::new(),
        position: 0,
        price: None,
        on_hand: 0,
        held: 0,
        sold: 0,
        waitlisted: 0,
        shipped: 0,
        removed_at: None,
    }
}

/// A row with what was typed; its stock is a matter of [`stock::carry_out`].
pub(crate) fn filled_in(row: variant::Model, input: &VariantInput, position: i64) -> Result<variant::Model> {
    Ok(variant::Model {
        name: input.name.clone(),
        name_folded: fold(&input.name),
        values: list_text(&input.values)?,
        code: input.code.clone(),
        code_folded: fold(&input.code),
        net_weight: input.net_weight,
        weight: input.weight,
        barcode: input.barcode.clone(),
        position,
        price: input.price.map(|price| price.minor),
        ..row
    })
}

/// Adds rows, or changes those that are there; their figures of stock are left as they are.
pub(crate) async fn store(write: &Write, rows: Vec<variant::Model>) -> Result<()> {
    use variant::Column::{
        Barcode, Code, CodeFolded, Id, Name, NameFolded, NetWeight, Position, Price, Values, Weight,
    };
    let changed = [Name, NameFolded, Values, Code, CodeFolded, NetWeight, Weight, Barcode, Position, Price];
    for some in rows.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|row| row.clone().into_active_model().reset_all());
        variant::Entity::insert_many(rows)
            .on_conflict(OnConflict::column(Id).update_columns(changed).to_owned())
            .exec_without_returning(&**write)
            .await?;
    }
    Ok(())
}

async fn remove(write: &Write, actor: &Actor, rows: &[variant::Model], now: i64) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    variant::Entity::update_many()
        .col_expr(variant::Column::RemovedAt, Expr::value(now))
        .filter(variant::Column::BusinessId.eq(actor.business_id))
        .filter(variant::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(&**write)
        .await?;
    Ok(())
}

/// A list of words as it is stored; nothing for none.
pub(super) fn list_text(words: &[String]) -> Result<String> {
    if words.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(words).map_err(|_| Error::Fault("a list of words that is no text"))
}

/// A stored list of words. What no version wrote counts as none.
pub(crate) fn list_of(stored: &str) -> Vec<String> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// The values of a variant. One that was stored before there were options has its name as its only value.
pub(crate) fn values(row: &variant::Model) -> Vec<String> {
    if row.values.is_empty() && !row.name.is_empty() { vec![row.name.clone()] } else { list_of(&row.values) }
}

/// A variant as the form shows it.
pub(super) fn form(actor: &Actor, row: &variant::Model) -> VariantForm {
    VariantForm {
        id: row.id.to_string(),
        values: values(row),
        code: row.code.clone(),
        price: row.price.map(|price| Money::new(price, actor.currency).decimal()).unwrap_or_default(),
        net_weight: net_weight_text(actor, row.net_weight),
        weight: weight_text(actor, row.weight),
        barcode: row.barcode.clone(),
        quantity: row.on_hand.to_string(),
        was: row.on_hand.to_string(),
    }
}

/// The figures of a variant for whose pieces `waitlisted` wait.
pub(super) fn figures(row: &variant::Model, waitlisted: i64) -> Stock {
    Stock { on_hand: row.on_hand, held: row.held, waitlisted, sold: row.sold }
}
