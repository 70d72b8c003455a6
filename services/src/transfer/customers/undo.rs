//! Taking imported customers back: new ones are removed, changed ones are as they were, unless somebody touched them since.

use std::collections::HashSet;

use domain::transfer::Reason;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    CustomerWork,
    identify::with_all,
    store::{CustomerJournal, write_customers},
};
use crate::{
    Result,
    customers::phone,
    database::Write,
    entities::{claim, customer, import_result, invoice, past_sale, shipment},
    transfer::{
        Importer,
        undo::{Going, Outcomes, remove_what_can_go},
    },
};

/// Undoes some customers, and says who stay and why.
pub async fn undo(
    write: &Write,
    importer: &Importer,
    results: &[import_result::Model],
    now: i64,
) -> Result<Outcomes> {
    let business_id = importer.actor.business_id;
    let ids: Vec<Uuid> = results.iter().filter_map(|result| result.subject_id).collect();
    let rows = customer::Entity::find()
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::Id.is_in(ids.iter().copied()))
        .all(&**write)
        .await?;
    let mut there = with_all(&**write, business_id, rows).await?;
    let spoken_of = spoken_of(&**write, business_id, &ids).await?;
    let mut outcomes = Outcomes::new();
    let (mut gone, mut works) = (Vec::new(), Vec::new());
    for result in results {
        let journal: Option<CustomerJournal> = serde_json::from_str(&result.journal).ok();
        let known = result.subject_id.and_then(|id| there.remove(&id));
        let (journal, mut known) = match (journal, known) {
            (Some(journal), Some(known))
                if known.row.updated_at == journal.at && known.row.merged_into.is_none() =>
            {
                (journal, known)
            }
            (_, None) => {
                outcomes.insert(result.id, Some(Reason::GoneSince));
                continue;
            }
            _ => {
                outcomes.insert(result.id, Some(Reason::ChangedSince));
                continue;
            }
        };
        let Some(before) = journal.form else {
            match spoken_of.contains(&known.row.id) {
                true => {
                    outcomes.insert(result.id, Some(Reason::SpokenOf));
                }
                false => gone.push((result.id, known.row.id)),
            }
            continue;
        };
        let Ok(input) = before.parse() else {
            outcomes.insert(result.id, Some(Reason::ChangedSince));
            continue;
        };
        known.row.blocked_at = journal.blocked_at;
        let countries = [importer.country.as_str(), known.row.country.as_str()];
        let phone_e164 = phone::e164(&input.phone, &countries).unwrap_or_default();
        works.push(CustomerWork { known: Some(known), before: None, input, phone_e164, blocks: false });
    }
    let wanted = gone.iter().map(|(_, id)| *id).collect();
    let staying: HashSet<Uuid> =
        remove_what_can_go(write, business_id, Going::Customers, wanted).await?.into_iter().collect();
    for (result_id, id) in gone {
        if staying.contains(&id) {
            outcomes.insert(result_id, Some(Reason::SpokenOf));
        }
    }
    write_customers(write, business_id, &works.iter().collect::<Vec<_>>(), now).await?;
    Ok(outcomes)
}

/// Those customers of whom claims, invoices, parcels or past sales speak.
async fn spoken_of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let mut spoken_of: HashSet<Uuid> = HashSet::new();
    macro_rules! speakers {
        ($($table:ident),+) => {
            $(
                let found: Vec<Option<Uuid>> = $table::Entity::find()
                    .select_only()
                    .column($table::Column::CustomerId)
                    .distinct()
                    .filter($table::Column::BusinessId.eq(business_id))
                    .filter($table::Column::CustomerId.is_in(ids.iter().copied()))
                    .into_tuple()
                    .all(connection)
                    .await?;
                spoken_of.extend(found.into_iter().flatten());
            )+
        };
    }
    speakers!(claim, invoice, shipment, past_sale);
    Ok(spoken_of)
}
