//! The handles of a customer.

use domain::{
    customers::{HandleForm, HandleInput, MAX_HANDLES},
    problem::{Check, FieldCode},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use crate::{
    Result,
    database::Write,
    entities::{customer, handle},
    new_id,
};

/// Rows written in one statement, well below the engines' limits on parameters.
pub(crate) const ROWS_AT_ONCE: usize = 500;

/// The handles of a customer in the order in which they were met.
pub(super) async fn of(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    customer_id: Uuid,
) -> Result<Vec<handle::Model>> {
    Ok(handle::Entity::find()
        .filter(handle::Column::BusinessId.eq(business_id))
        .filter(handle::Column::CustomerId.eq(customer_id))
        .order_by_asc(handle::Column::Id)
        .all(connection)
        .await?)
}

/// The row of a handle as it was typed. It stays the row `before` that it takes the place of, whose owner is known to the
/// platform as ever.
pub(crate) fn row(
    business_id: Uuid,
    customer_id: Uuid,
    input: &HandleInput,
    before: Option<&handle::Model>,
) -> handle::ActiveModel {
    let platform = input.platform.as_str();
    let known = before.filter(|row| row.platform == platform);
    handle::ActiveModel {
        id: Set(before.map_or_else(new_id, |row| row.id)),
        business_id: Set(business_id),
        customer_id: Set(customer_id),
        platform: Set(platform.into()),
        handle: Set(input.handle.clone()),
        handle_folded: Set(input.folded.clone()),
        profile: Set(known.and_then(|row| row.profile.clone())),
        shown_folded: Set(known.map_or_else(|| input.folded.clone(), |row| row.shown_folded.clone())),
    }
}

/// The rows of the form.
pub(super) fn forms(handles: &[handle::Model]) -> Vec<HandleForm> {
    let form = |row: &handle::Model| HandleForm {
        id: row.id.to_string(),
        platform: row.platform.clone(),
        handle: row.handle.clone(),
    };
    handles.iter().map(form).collect()
}

/// Stores what a form says of a customer's handles. Those that the form does not name stay; one that another customer has
/// is noted with whose it is, and then nothing may be committed.
pub(super) async fn store(
    write: &Write,
    customer: &customer::Model,
    inputs: &[HandleInput],
    check: &mut Check,
) -> Result<()> {
    let stored = of(&**write, customer.business_id, customer.id).await?;
    let taken = handle::Entity::find()
        .filter(handle::Column::BusinessId.eq(customer.business_id))
        .filter(handle::Column::HandleFolded.is_in(inputs.iter().map(|input| input.folded.as_str())))
        .filter(handle::Column::CustomerId.ne(customer.id))
        .all(&**write)
        .await?;
    let mut gone = Vec::new();
    let mut new = Vec::new();
    for input in inputs {
        let before = input.id.and_then(|id| stored.iter().find(|row| row.id == id));
        if input.folded.is_empty() {
            gone.extend(before.map(|row| row.id));
            continue;
        }
        let platform = input.platform.as_str();
        let is_this = |row: &&handle::Model| row.platform == platform && row.handle_folded == input.folded;
        if let Some(other) = taken.iter().find(is_this) {
            check
                .note(&format!("handles_{}_handle", input.row), FieldCode::TakenByAnother(other.customer_id));
            continue;
        }
        let is_same = |row: &handle::Model| row.platform == platform && row.handle == input.handle;
        if before.is_some_and(is_same) {
            continue;
        }
        // The same name in another row, which the form does not have or changes as well.
        let named = inputs.iter().filter_map(|input| input.id).collect::<Vec<_>>();
        if stored.iter().filter(is_this).any(|row| Some(row.id) != input.id && !named.contains(&row.id)) {
            continue;
        }
        gone.extend(before.map(|row| row.id));
        new.push(row(customer.business_id, customer.id, input, before));
    }
    if stored.len() - gone.len() + new.len() > MAX_HANDLES {
        check.note("handles", FieldCode::TooMuch(MAX_HANDLES as i64));
        return Ok(());
    }
    if !gone.is_empty() {
        handle::Entity::delete_many()
            .filter(handle::Column::BusinessId.eq(customer.business_id))
            .filter(handle::Column::Id.is_in(gone))
            .exec(&**write)
            .await?;
    }
    if !new.is_empty() {
        handle::Entity::insert_many(new).exec_without_returning(&**write).await?;
    }
    Ok(())
}
