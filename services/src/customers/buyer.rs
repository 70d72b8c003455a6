//! A buyer as a seller types one: found if known, made if new, and never guessed.

use std::collections::HashSet;

use domain::{
    problem::{Code, FieldCode, Problem},
    sales::Platform,
    text::fold,
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, prelude::Expr};
use uuid::Uuid;

use super::{customer::find, handles::customers_of};
use crate::{
    Result,
    database::Write,
    entities::{customer, handle},
    inventory::list::containing,
};

/// Customers whose words hold a name; one of them may have it.
const LOOKED_THROUGH: u64 = 1_000;

/// The customer that `typed` means: an id, a handle on this platform, a name, or a handle elsewhere, in this order. Who
/// is not known becomes a customer of this platform.
///
/// # Errors
/// Several customers can be meant; `buyer` is the field's name then.
pub(crate) async fn named(
    write: &Write,
    business_id: Uuid,
    platform: Platform,
    typed: &str,
    now: i64,
) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(typed) {
        let known = find(&**write, business_id, id).await?;
        return Ok(known.merged_into.unwrap_or(known.id));
    }
    let typed = typed.trim_start_matches('@');
    let folded = fold(typed);
    let handles = handle::Entity::find()
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::HandleFolded.eq(folded.as_str()))
        .all(&**write)
        .await?;
    if let Some(here) = handles.iter().find(|handle| handle.platform == platform.as_str()) {
        return Ok(here.customer_id);
    }
    let elsewhere: HashSet<Uuid> = handles.into_iter().map(|handle| handle.customer_id).collect();
    let of_this_name: HashSet<Uuid> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::Name])
        .filter(customer::Column::BusinessId.eq(business_id))
        .filter(customer::Column::MergedInto.is_null())
        .filter(Expr::col(customer::Column::Search).like(containing(&folded)))
        .limit(LOOKED_THROUGH)
        .into_tuple::<(Uuid, String)>()
        .all(&**write)
        .await?
        .into_iter()
        .filter(|(_, name)| fold(name) == folded)
        .map(|(id, _)| id)
        .collect();
    for known in [of_this_name, elsewhere] {
        match known.len() {
            0 => {}
            1 => return known.into_iter().next().ok_or(Code::NotFound.into()),
            _ => return Err(Problem::field("buyer", FieldCode::NotAChoice).into()),
        }
    }
    let made = customers_of(write, business_id, platform, [typed], now).await?;
    Ok(*made.get(&folded).ok_or(Code::NotFound)?)
}
