//! Codes and barcodes that something else has already, found for many items with two queries.

use std::collections::{HashMap, HashSet};

use domain::{
    problem::FieldCode,
    text::fold,
    transfer::{Field, ResultKind, RowProblem},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::ItemWork;
use crate::{
    Result,
    entities::{item, variant},
    transfer::plan::{Planned, Reader, Work},
};

/// Keys asked for at once, well below the engines' limits on parameters.
const KEYS_AT_ONCE: usize = 5_000;
/// What has a code: the item it belongs to, if it is stored, or its place among the planned ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Stored(Uuid),
    Planned(usize),
}

/// Refuses what would take a code or barcode from something else of the business, or of the same batch.
pub async fn find(
    connection: &impl ConnectionTrait,
    reader: &Reader<'_>,
    planned: &mut [Planned],
) -> Result<()> {
    let mut codes: HashSet<String> = HashSet::new();
    let mut barcodes: HashSet<String> = HashSet::new();
    for work in planned.iter().filter_map(work_of) {
        codes.extend(
            work.input.variants.iter().map(|variant| fold(&variant.code)).filter(|code| !code.is_empty()),
        );
        barcodes.extend(
            work.input.variants.iter().map(|variant| variant.barcode.clone()).filter(|code| !code.is_empty()),
        );
        if work.known.is_none() && !work.needs_code {
            codes.insert(fold(&work.input.code));
        }
    }
    let (mut code_owners, mut barcode_owners) = stored(connection, reader, codes, barcodes).await?;
    let mut refused = Vec::new();
    for (place, one) in planned.iter().enumerate() {
        let Some(work) = work_of(one) else { continue };
        let own = work.known.as_ref().map_or(Owner::Planned(place), |known| Owner::Stored(known.row.id));
        let mut wanted = Vec::new();
        if !work.needs_code {
            wanted.push((Field::Code, fold(&work.input.code)));
        }
        wanted.extend(work.input.variants.iter().map(|variant| (Field::VariantCode, fold(&variant.code))));
        wanted.extend(work.input.variants.iter().map(|variant| (Field::Barcode, variant.barcode.clone())));
        let taken = wanted.iter().find_map(|(field, code)| {
            let owners = if *field == Field::Barcode { &barcode_owners } else { &code_owners };
            let other = (!code.is_empty()).then(|| owners.get(code)).flatten();
            other.filter(|owner| **owner != own).map(|_| *field)
        });
        match taken {
            Some(field) => refused.push((place, field)),
            None => {
                for (field, code) in wanted.into_iter().filter(|(_, code)| !code.is_empty()) {
                    let owners = if field == Field::Barcode { &mut barcode_owners } else { &mut code_owners };
                    owners.insert(code, own);
                }
            }
        }
    }
    for (place, field) in refused {
        let one = &mut planned[place];
        one.kind = ResultKind::Problem;
        one.work = Work::None;
        one.codes.clear();
        one.problems = vec![RowProblem {
            line: one.line,
            column: reader.columns.column(field).or(reader.columns.column(Field::Code)),
            reason: FieldCode::Taken.into(),
        }];
    }
    Ok(())
}

fn work_of(planned: &Planned) -> Option<&ItemWork> {
    match &planned.work {
        Work::Item(work) => Some(work),
        _ => None,
    }
}

/// Who has these codes and barcodes now.
async fn stored(
    connection: &impl ConnectionTrait,
    reader: &Reader<'_>,
    codes: HashSet<String>,
    barcodes: HashSet<String>,
) -> Result<(HashMap<String, Owner>, HashMap<String, Owner>)> {
    let business_id = reader.importer.actor.business_id;
    let (mut code_owners, mut barcode_owners) = (HashMap::new(), HashMap::new());
    let codes: Vec<String> = codes.into_iter().collect();
    for some in codes.chunks(KEYS_AT_ONCE) {
        let items: Vec<(Uuid, String)> = item::Entity::find()
            .select_only()
            .columns([item::Column::Id, item::Column::CodeFolded])
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::CodeFolded.is_in(some))
            .into_tuple()
            .all(connection)
            .await?;
        code_owners.extend(items.into_iter().map(|(id, code)| (code, Owner::Stored(id))));
    }
    let barcodes: Vec<String> = barcodes.into_iter().collect();
    let asked = codes
        .chunks(KEYS_AT_ONCE)
        .map(|some| Condition::any().add(variant::Column::CodeFolded.is_in(some)))
        .chain(
            barcodes
                .chunks(KEYS_AT_ONCE)
                .map(|some| Condition::any().add(variant::Column::Barcode.is_in(some))),
        );
    for condition in asked {
        let variants: Vec<(Uuid, String, String)> = variant::Entity::find()
            .select_only()
            .columns([variant::Column::ItemId, variant::Column::CodeFolded, variant::Column::Barcode])
            .filter(variant::Column::BusinessId.eq(business_id))
            .filter(variant::Column::RemovedAt.is_null())
            .filter(condition)
            .into_tuple()
            .all(connection)
            .await?;
        for (item_id, code, barcode) in variants {
            code_owners.entry(code).or_insert(Owner::Stored(item_id));
            barcode_owners.entry(barcode).or_insert(Owner::Stored(item_id));
        }
    }
    Ok((code_owners, barcode_owners))
}
