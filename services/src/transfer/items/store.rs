//! Writing items in bulk: a few statements for hundreds of them.

use std::collections::{HashSet, hash_map::Entry};

use domain::{inventory::codes_after, text::fold, transfer::ResultKind};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Ids, ItemWork, Materials};
use crate::{
    Error, Result,
    accounts::Actor,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{alias, import_result, item, item_tag, material, variant},
    inventory::{
        self,
        item::{filled_in, stored_price},
        stock::{self, Cause, Movement, book::book},
        variants,
    },
    new_id,
    transfer::{
        plan::{Done, Planned, Reader, Work, to_journal},
        results::CHECK,
    },
};

/// Codes that are tried for each item that needs one.
const TRIED_CODES: usize = 50;

/// How an item was before an import, and what the import made of its stock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemJournal {
    /// The moment that the import wrote: whoever changes the item later writes another.
    pub at: i64,
    /// Nothing for a new item.
    pub form: Option<domain::inventory::ItemForm>,
    pub archived_at: Option<i64>,
    /// Variants that the import made, and their pieces.
    pub new_variants: Vec<(Uuid, i64)>,
    /// Variants of which it changed the pieces, and by how many.
    pub moved: Vec<(Uuid, i64)>,
    /// Materials that it made for this item.
    pub materials: Ids,
}

/// Writes what was planned.
pub async fn carry_out(
    reader: &Reader<'_>,
    write: &Write,
    mut planned: Vec<Planned>,
    now: i64,
) -> Result<Vec<Done>> {
    let actor = &reader.importer.actor;
    give_codes(reader, write, &mut planned).await?;
    let works: Vec<&ItemWork> = planned
        .iter()
        .filter_map(|one| match &one.work {
            Work::Item(work) => Some(&**work),
            _ => None,
        })
        .collect();
    let mut written = write_items(write, actor, &works, now).await?.into_iter();
    planned
        .into_iter()
        .map(|one| {
            let Planned { line, label, kind, problems, subject_id, work, .. } = one;
            let mut done = Done { line, label, kind, problems, subject_id, journal: String::new() };
            if let Work::Item(work) = work {
                let (id, mut journal) = written.next().ok_or(Error::Fault("an item was not written"))?;
                journal.form = work.before;
                if kind == ResultKind::Added {
                    done.label = format!("{} {}", work.input.code, work.input.title);
                }
                done.subject_id = Some(id);
                done.journal = to_journal(&journal)?;
            }
            Ok(done)
        })
        .collect()
}

/// Gives the next codes to items that have none, past those that are taken and those that the file itself has further down.
async fn give_codes(reader: &Reader<'_>, write: &Write, planned: &mut [Planned]) -> Result<()> {
    let needy = planned.iter().filter(|one| matches!(&one.work, Work::Item(work) if work.needs_code)).count();
    if needy == 0 {
        return Ok(());
    }
    let business_id = reader.importer.actor.business_id;
    let newest: Option<String> = item::Entity::find()
        .select_only()
        .column(item::Column::Code)
        .filter(item::Column::BusinessId.eq(business_id))
        .order_by_desc(item::Column::Id)
        .limit(1)
        .into_tuple()
        .one(&**write)
        .await?;
    let codes: Vec<String> = codes_after(newest.as_deref()).take(needy + TRIED_CODES).collect();
    let folded: Vec<String> = codes.iter().map(|code| fold(code)).collect();
    let items = item::Entity::find()
        .select_only()
        .column(item::Column::CodeFolded)
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::CodeFolded.is_in(&folded));
    let variants = variant::Entity::find()
        .select_only()
        .column(variant::Column::CodeFolded)
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::RemovedAt.is_null())
        .filter(variant::Column::CodeFolded.is_in(&folded));
    let mut taken: HashSet<String> = items.into_tuple().all(&**write).await?.into_iter().collect();
    taken.extend(variants.into_tuple::<String>().all(&**write).await?);
    let in_the_file: Vec<String> = import_result::Entity::find()
        .select_only()
        .column(import_result::Column::Journal)
        .filter(import_result::Column::BusinessId.eq(business_id))
        .filter(import_result::Column::ImportId.eq(reader.import_id))
        .filter(import_result::Column::Pass.eq(CHECK))
        .filter(import_result::Column::Kind.eq(ResultKind::Added.as_str()))
        .into_tuple()
        .all(&**write)
        .await?;
    taken.extend(in_the_file.iter().flat_map(|codes| codes.split('\n')).map(str::to_owned));
    let mut free = codes.into_iter().filter(|code| !taken.contains(&fold(code)));
    for one in planned {
        if let Work::Item(work) = &mut one.work
            && work.needs_code
        {
            work.input.code = free.next().ok_or(Error::Fault("no code is free"))?;
            work.needs_code = false;
        }
    }
    Ok(())
}

/// Writes items that are new or known. Gives the id of each and what was done to its stock, in their order.
pub async fn write_items(
    write: &Write,
    actor: &Actor,
    works: &[&ItemWork],
    now: i64,
) -> Result<Vec<(Uuid, ItemJournal)>> {
    if works.is_empty() {
        return Ok(Vec::new());
    }
    let (materials, mut made) = materials(write, actor, works).await?;
    let mut written = Vec::with_capacity(works.len());
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for work in works {
        let id = work.known.as_ref().map_or_else(new_id, |known| known.row.id);
        let material = materials.get(&fold(&work.input.material));
        let before = work.known.as_ref().and_then(|known| known.row.archived_at);
        let row = match &work.known {
            Some(known) => known.row.clone().into_active_model().reset_all(),
            None => item::ActiveModel {
                id: Set(id),
                business_id: Set(actor.business_id),
                created_at: Set(now),
                // As the ledger will find it once the pieces are stored.
                pieces_left: Set(work.input.variants.iter().map(|variant| variant.quantity).sum()),
                ..Default::default()
            },
        };
        let mut row = filled_in(row, &work.input)?;
        row.price = Set(stored_price(actor, &work.input, material)?);
        row.material_id = Set(material.map(|material| material.id));
        row.updated_at = Set(now);
        row.archived_at = Set(match work.archived {
            Some(true) => before.or(Some(now)),
            Some(false) => None,
            None => before,
        });
        if work.known.is_some() { &mut known } else { &mut new }.push(row);
        // A material goes with the first item that it was made for.
        let of_this = material.map(|material| material.id).filter(|id| made.remove(id));
        let journal = ItemJournal {
            at: now,
            archived_at: before,
            materials: of_this.into_iter().collect(),
            ..Default::default()
        };
        written.push((id, journal));
    }
    insert(write, new, known).await?;
    write_words(write, actor, works, &written).await?;
    write_variants(write, actor, works, &mut written, now).await?;
    Ok(written)
}

/// The materials that items are made of, and the ids of those that had to be made.
async fn materials(write: &Write, actor: &Actor, works: &[&ItemWork]) -> Result<(Materials, HashSet<Uuid>)> {
    let rows = inventory::material::rows(&**write, actor.business_id).await?;
    let mut materials: Materials = rows.into_iter().map(|row| (row.name_folded.clone(), row)).collect();
    let mut new = Vec::new();
    for name in works.iter().map(|work| &work.input.material).filter(|name| !name.is_empty()) {
        let folded = fold(name);
        if let Entry::Vacant(place) = materials.entry(folded.clone()) {
            let row = material::Model {
                id: new_id(),
                business_id: actor.business_id,
                name: name.clone(),
                name_folded: folded,
                purity: String::new(),
                unit: actor.weight_unit.symbol().into(),
                rate: None,
                wastage: 0,
                origin: String::new(),
                hs_code: String::new(),
                removed_at: None,
            };
            new.push(row.clone());
            place.insert(row);
        }
    }
    let made = new.iter().map(|row| row.id).collect();
    if !new.is_empty() {
        let rows = new.into_iter().map(|row| row.into_active_model().reset_all());
        material::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    let named_anew = works.iter().filter_map(|work| {
        let folded = fold(&work.input.material);
        let is_kept = work.known.as_ref().is_some_and(|known| fold(&known.material) == folded);
        materials.get(&folded).filter(|_| !is_kept)
    });
    inventory::material::put_back(write, actor.business_id, named_anew).await?;
    Ok((materials, made))
}

async fn insert(write: &Write, new: Vec<item::ActiveModel>, known: Vec<item::ActiveModel>) -> Result<()> {
    for some in new.chunks(ROWS_AT_ONCE) {
        item::Entity::insert_many(some.to_vec()).exec_without_returning(&**write).await?;
    }
    let kept = |column: &item::Column| {
        !matches!(
            column,
            item::Column::Id
                | item::Column::BusinessId
                | item::Column::CreatedAt
                // What is left is a matter of the ledger.
                | item::Column::PiecesLeft
        )
    };
    for some in known.chunks(ROWS_AT_ONCE) {
        let changed = item::Column::iter().filter(kept);
        item::Entity::insert_many(some.to_vec())
            .on_conflict(OnConflict::column(item::Column::Id).update_columns(changed).to_owned())
            .exec_without_returning(&**write)
            .await?;
    }
    Ok(())
}

/// Makes the aliases and tags of the items those of the file.
async fn write_words(
    write: &Write,
    actor: &Actor,
    works: &[&ItemWork],
    written: &[(Uuid, ItemJournal)],
) -> Result<()> {
    let known: Vec<Uuid> = works.iter().filter_map(|work| Some(work.known.as_ref()?.row.id)).collect();
    for some in known.chunks(ROWS_AT_ONCE) {
        alias::Entity::delete_many()
            .filter(alias::Column::BusinessId.eq(actor.business_id))
            .filter(alias::Column::ItemId.is_in(some.iter().copied()))
            .exec(&**write)
            .await?;
        item_tag::Entity::delete_many()
            .filter(item_tag::Column::BusinessId.eq(actor.business_id))
            .filter(item_tag::Column::ItemId.is_in(some.iter().copied()))
            .exec(&**write)
            .await?;
    }
    let (mut aliases, mut tags) = (Vec::new(), Vec::new());
    for (work, (item_id, _)) in works.iter().zip(written) {
        aliases.extend(work.input.aliases.iter().zip(0..).map(|(word, position)| alias::ActiveModel {
            id: Set(new_id()),
            business_id: Set(actor.business_id),
            item_id: Set(*item_id),
            alias: Set(word.clone()),
            alias_folded: Set(fold(word)),
            position: Set(position),
        }));
        tags.extend(work.input.tags.iter().map(|word| item_tag::ActiveModel {
            id: Set(new_id()),
            business_id: Set(actor.business_id),
            item_id: Set(*item_id),
            tag: Set(word.clone()),
            tag_folded: Set(fold(word)),
        }));
    }
    for some in aliases.chunks(ROWS_AT_ONCE) {
        alias::Entity::insert_many(some.to_vec()).exec_without_returning(&**write).await?;
    }
    for some in tags.chunks(ROWS_AT_ONCE) {
        item_tag::Entity::insert_many(some.to_vec()).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Writes the variants. New ones are stored with their pieces; of others the difference is booked, and buyers who wait are
/// served.
async fn write_variants(
    write: &Write,
    actor: &Actor,
    works: &[&ItemWork],
    written: &mut [(Uuid, ItemJournal)],
    now: i64,
) -> Result<()> {
    let (mut rows, mut first, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    let movement = |variant_id, on_hand| Movement { on_hand, ..Movement::new(variant_id, Cause::Import) };
    for (work, (item_id, journal)) in works.iter().zip(written) {
        let known = work.known.as_ref().map_or(&[][..], |known| &known.variants);
        for (input, position) in work.input.variants.iter().zip(0..) {
            let row = input.id.and_then(|id| known.iter().find(|row| row.id == id)).cloned();
            let row = match row {
                Some(row) => {
                    let difference = input.quantity - row.on_hand;
                    if difference != 0 {
                        moved.push(movement(row.id, difference));
                        journal.moved.push((row.id, difference));
                    }
                    row
                }
                None => {
                    let row =
                        variant::Model { on_hand: input.quantity, ..variants::new_row(actor, *item_id) };
                    if input.quantity != 0 {
                        first.push(movement(row.id, input.quantity));
                    }
                    journal.new_variants.push((row.id, input.quantity));
                    row
                }
            };
            rows.push(variants::filled_in(row, input, position)?);
        }
    }
    variants::store(write, rows).await?;
    stock::explain(write, actor.business_id, &first, now).await?;
    book(write, actor.business_id, &moved, now).await?;
    Ok(())
}
