//! From the names in a stream to customers.

use std::collections::{HashMap, HashSet};

use domain::{sales::Platform, text::fold};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::{
    Result,
    database::Write,
    entities::{customer, handle},
    new_id,
};

/// Rows written in one statement, well below the engines' limits on parameters.
pub(crate) const ROWS_AT_ONCE: usize = 500;

/// The customer of each author on a platform, by folded handle. Authors seen for the first time become customers.
pub async fn customers_of(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    authors: impl IntoIterator<Item = &str>,
    now: i64,
) -> Result<HashMap<String, Uuid>> {
    let mut seen = HashSet::new();
    let authors: Vec<(String, &str)> = authors
        .into_iter()
        .map(|author| (fold(author), author))
        .filter(|(folded, _)| !folded.is_empty() && seen.insert(folded.clone()))
        .collect();
    let mut customers = HashMap::new();
    for some in authors.chunks(ROWS_AT_ONCE) {
        let known = handle::Entity::find()
            .filter(handle::Column::BusinessId.eq(business_id))
            .filter(handle::Column::Platform.eq(platform.as_str()))
            .filter(handle::Column::HandleFolded.is_in(some.iter().map(|(folded, _)| folded)))
            .all(&**write)
            .await?;
        customers.extend(known.into_iter().map(|handle| (handle.handle_folded, handle.customer_id)));
        let new: Vec<(Uuid, &(String, &str))> = some
            .iter()
            .filter(|(folded, _)| !customers.contains_key(folded))
            .map(|author| (new_id(), author))
            .collect();
        customer::Entity::insert_many(new.iter().map(|(id, (folded, author))| customer::ActiveModel {
            id: Set(*id),
            business_id: Set(business_id),
            name: Set(domain::text::tidy(author).trim_start_matches('@').to_owned()),
            search: Set(folded.clone()),
            email: Set(String::new()),
            phone: Set(String::new()),
            note: Set(String::new()),
            created_at: Set(now),
            updated_at: Set(now),
            line1: Set(String::new()),
            line2: Set(String::new()),
            city: Set(String::new()),
            region: Set(String::new()),
            postal_code: Set(String::new()),
            country: Set(String::new()),
            blocked_at: Set(None),
        }))
        .exec_without_returning(&**write)
        .await?;
        handle::Entity::insert_many(new.iter().map(|(customer_id, (folded, author))| handle::ActiveModel {
            id: Set(new_id()),
            business_id: Set(business_id),
            customer_id: Set(*customer_id),
            platform: Set(platform.as_str().into()),
            handle: Set(domain::text::tidy(author)),
            handle_folded: Set(folded.clone()),
        }))
        .exec_without_returning(&**write)
        .await?;
        customers.extend(new.into_iter().map(|(id, (folded, _))| (folded.clone(), id)));
    }
    Ok(customers)
}
