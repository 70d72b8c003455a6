//! Taking imported past sales back, and the customers that were made for them.

use std::collections::HashMap;

use domain::transfer::Reason;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{SaleJournal, restored, store};
use crate::{
    Result,
    database::Write,
    entities::{import_result, past_sale},
    transfer::{
        Importer,
        undo::{Going, Outcomes, remove_what_can_go},
    },
};

/// Undoes some past sales, and says which stay and why.
pub async fn undo(
    write: &Write,
    importer: &Importer,
    results: &[import_result::Model],
    now: i64,
) -> Result<Outcomes> {
    let business_id = importer.actor.business_id;
    let ids = results.iter().filter_map(|result| result.subject_id);
    let mut there: HashMap<Uuid, past_sale::Model> = past_sale::Entity::find()
        .filter(past_sale::Column::BusinessId.eq(business_id))
        .filter(past_sale::Column::Id.is_in(ids))
        .all(&**write)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut outcomes = Outcomes::new();
    let (mut gone, mut back, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for result in results {
        let journal: Option<SaleJournal> = serde_json::from_str(&result.journal).ok();
        let row = result.subject_id.and_then(|id| there.remove(&id));
        let (Some(journal), Some(row)) = (journal, row) else {
            outcomes.insert(result.id, Some(Reason::GoneSince));
            continue;
        };
        if row.updated_at != journal.at {
            outcomes.insert(result.id, Some(Reason::ChangedSince));
            continue;
        }
        made.extend(journal.made);
        match journal.before {
            None => gone.push(row.id),
            Some(before) => back.push(restored(row, before, now)),
        }
    }
    past_sale::Entity::delete_many()
        .filter(past_sale::Column::BusinessId.eq(business_id))
        .filter(past_sale::Column::Id.is_in(gone))
        .exec(&**write)
        .await?;
    store(write, back).await?;
    // A customer of whom something else speaks by now stays, and nothing is said of it.
    remove_what_can_go(write, business_id, Going::Customers, made).await?;
    Ok(outcomes)
}
