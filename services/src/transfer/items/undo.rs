//! Taking imported items back: new ones are removed, changed ones are as they were, unless somebody touched them since.

use std::collections::{HashMap, HashSet};

use domain::transfer::Reason;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    ItemWork, KnownItem,
    known::with_all,
    store::{ItemJournal, write_items},
};
use crate::{
    Result,
    database::Write,
    entities::{import_result, item, stock_movement, variant},
    inventory,
    transfer::{
        Importer,
        undo::{Going, Outcomes, remove_what_can_go},
    },
};

/// Undoes some items, and says which stay and why.
pub async fn undo(
    write: &Write,
    importer: &Importer,
    results: &[import_result::Model],
    now: i64,
) -> Result<Outcomes> {
    let business_id = importer.actor.business_id;
    let mut there = There::of(write, importer, results).await?;
    let mut outcomes = Outcomes::new();
    let (mut gone, mut back, mut materials) = (Vec::new(), Vec::new(), Vec::new());
    let mut variants = Vec::new();
    for result in results {
        let journal: Option<ItemJournal> = serde_json::from_str(&result.journal).ok();
        let (Some(journal), Some(item_id)) = (journal, result.subject_id) else {
            outcomes.insert(result.id, Some(Reason::ChangedSince));
            continue;
        };
        let reason = there.in_the_way(item_id, &journal);
        outcomes.insert(result.id, reason.clone());
        if reason.is_some() {
            continue;
        }
        materials.extend(journal.materials.iter().copied());
        match journal.form {
            None => gone.push((result.id, item_id)),
            Some(_) => {
                variants.extend(journal.new_variants.iter().map(|(variant, _)| (result.id, *variant)));
                back.push((result.id, item_id, journal));
            }
        }
    }
    stay(write, business_id, Going::Items, &gone, &mut outcomes).await?;
    stay(write, business_id, Going::Variants, &variants, &mut outcomes).await?;
    let removed: HashSet<Uuid> = variants.into_iter().map(|(_, variant)| variant).collect();
    let mut works = Vec::new();
    for (result_id, item_id, journal) in back {
        if outcomes.get(&result_id).is_some_and(Option::is_some) {
            continue;
        }
        match there.restored(importer, item_id, &journal, &removed) {
            Some(work) => works.push(work),
            None => {
                outcomes.insert(result_id, Some(Reason::ChangedSince));
            }
        }
    }
    let items: Vec<Uuid> = works.iter().filter_map(|work| Some(work.known.as_ref()?.row.id)).collect();
    write_items(write, &importer.actor, &works.iter().collect::<Vec<_>>(), now).await?;
    // Their new variants are gone, and with them the movements that had counted their pieces.
    inventory::stock::left::note_of(write, business_id, &items).await?;
    // One that something else is made of by now stays, and nothing is said of it.
    remove_what_can_go(write, business_id, Going::Materials, materials).await?;
    Ok(outcomes)
}

/// Removes rows, and notes the results of those that have to stay.
async fn stay(
    write: &Write,
    business_id: Uuid,
    going: Going,
    rows: &[(Uuid, Uuid)],
    outcomes: &mut Outcomes,
) -> Result<()> {
    let ids = rows.iter().map(|(_, id)| *id).collect();
    let staying: HashSet<Uuid> =
        remove_what_can_go(write, business_id, going, ids).await?.into_iter().collect();
    for (result_id, id) in rows {
        if staying.contains(id) {
            outcomes.insert(*result_id, Some(Reason::SpokenOf));
        }
    }
    Ok(())
}

/// The items as they are now.
struct There {
    items: HashMap<Uuid, KnownItem>,
    /// All variants of an item, those that were removed among them.
    variants: HashMap<Uuid, Vec<variant::Model>>,
    /// How many movements each variant has.
    movements: HashMap<Uuid, i64>,
}

impl There {
    async fn of(write: &Write, importer: &Importer, results: &[import_result::Model]) -> Result<There> {
        let actor = &importer.actor;
        let ids: Vec<Uuid> = results.iter().filter_map(|result| result.subject_id).collect();
        let rows = item::Entity::find()
            .filter(item::Column::BusinessId.eq(actor.business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .all(&**write)
            .await?;
        let materials = inventory::material::rows(&**write, actor.business_id).await?;
        let items = with_all(&**write, actor, rows, &materials).await?;
        let variants = variant::Entity::find()
            .filter(variant::Column::BusinessId.eq(actor.business_id))
            .filter(variant::Column::ItemId.is_in(ids))
            .all(&**write)
            .await?;
        let counts: Vec<(Uuid, i64)> = stock_movement::Entity::find()
            .select_only()
            .column(stock_movement::Column::VariantId)
            .column_as(stock_movement::Column::Id.count(), "movements")
            .filter(stock_movement::Column::BusinessId.eq(actor.business_id))
            .filter(stock_movement::Column::VariantId.is_in(variants.iter().map(|variant| variant.id)))
            .group_by(stock_movement::Column::VariantId)
            .into_tuple()
            .all(&**write)
            .await?;
        let variants = inventory::group(variants, |variant| variant.item_id);
        Ok(There { items, variants, movements: counts.into_iter().collect() })
    }

    /// Why an item has to stay as it is, if it has to.
    fn in_the_way(&self, item_id: Uuid, journal: &ItemJournal) -> Option<Reason> {
        let Some(known) = self.items.get(&item_id) else { return Some(Reason::GoneSince) };
        if known.row.updated_at != journal.at {
            return Some(Reason::ChangedSince);
        }
        let variants = self.variants.get(&item_id).map_or(&[][..], Vec::as_slice);
        let find = |id: Uuid| variants.iter().find(|variant| variant.id == id);
        let is_untouched = |(id, pieces): &(Uuid, i64)| {
            let movements = self.movements.get(id).copied().unwrap_or_default();
            find(*id).is_some_and(|variant| {
                (variant.on_hand, variant.held, variant.waitlisted, variant.sold) == (*pieces, 0, 0, 0)
                    && movements == i64::from(*pieces != 0)
            })
        };
        if !journal.new_variants.iter().all(is_untouched) {
            return Some(Reason::MovedSince);
        }
        let can_move_back = |(id, difference): &(Uuid, i64)| {
            find(*id).is_some_and(|variant| variant.on_hand - difference >= variant.held)
        };
        if !journal.moved.iter().all(can_move_back) {
            return Some(Reason::MovedSince);
        }
        let is_ours = |variant: &variant::Model| journal.new_variants.iter().any(|(id, _)| *id == variant.id);
        (journal.form.is_none() && !variants.iter().all(is_ours)).then_some(Reason::ChangedSince)
    }

    /// What makes an item what it was before. Pieces that came or went for other reasons stay counted.
    fn restored(
        &mut self,
        importer: &Importer,
        item_id: Uuid,
        journal: &ItemJournal,
        removed: &HashSet<Uuid>,
    ) -> Option<ItemWork> {
        let actor = &importer.actor;
        let mut known = self.items.remove(&item_id)?;
        known.variants.retain(|variant| !removed.contains(&variant.id));
        let mut input = journal.form.as_ref()?.parse(actor.currency, actor.weight_unit).ok()?;
        for variant in &mut input.variants {
            let row = known.variants.iter().find(|row| Some(row.id) == variant.id)?;
            let moved = journal.moved.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, by)| *by);
            variant.quantity = row.on_hand - moved;
        }
        // The moment at which it was archived first stays what it was.
        known.row.archived_at = journal.archived_at;
        Some(ItemWork { known: Some(known), before: None, input, archived: None, needs_code: false })
    }
}
