//! Changing many rows at once, in one write, and undoing it.
//!
//! What a row held before and after stands beside the action, row by row. Undoing it gives back what a row held before,
//! where the row still holds what the action gave it; what was changed since stays.

use domain::{
    lists::{BulkDone, BulkUndone, Chosen, ListName, MAX_BULK_ROWS},
    problem::Code,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    Select, Set,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{bulk_action, bulk_change},
    error::{OrNotFound, stored},
    new_id,
};

/// One kind of change, which reads and writes what it is about for some rows of a business at once.
pub(crate) trait Edit: Sync {
    /// What it is about: a mark, a word, a price.
    type State: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync;

    /// What the rows hold. Rows that are not there are left out, as are those that the change is not for.
    fn load(
        &self,
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<Vec<(Uuid, Self::State)>>> + Send;

    /// What a row shall hold instead.
    fn change(&self, state: &Self::State) -> Self::State;

    /// Gives rows what they shall hold.
    fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Self::State)],
        now: i64,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Which rows are meant.
pub(crate) enum Rows {
    Some(Vec<Uuid>),
    /// All that the list shows, found stretch by stretch.
    All,
}

impl Rows {
    /// The rows of a form. Ids that are none belong to no row.
    pub fn of(chosen: &Chosen) -> Self {
        if chosen.all == "1" {
            return Rows::All;
        }
        let mut ids: Vec<Uuid> = chosen.ids.iter().filter_map(|id| Uuid::parse_str(id).ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        Rows::Some(ids)
    }
}

/// The parameters of a list's query, as they stand in its address.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.trim_start_matches('?').as_bytes())
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// What an action is called in the table.
pub(crate) struct Action<'a> {
    pub list: ListName,
    pub kind: &'a str,
    /// The tag, the category or the per cent that it is done with; may be empty.
    pub value: &'a str,
}

/// Changes the rows. `matching` finds all that the list shows, and `id` is the column of their ids.
pub(crate) async fn carry_out<E: Edit, T: EntityTrait>(
    write: &Write,
    actor: &Actor,
    action: Action<'_>,
    edit: &E,
    rows: Rows,
    (matching, id_column): (Select<T>, T::Column),
    now: i64,
) -> Result<(Option<Uuid>, i64)> {
    let id = new_id();
    let row = bulk_action::ActiveModel {
        id: Set(id),
        business_id: Set(actor.business_id),
        member_id: Set(actor.member_id),
        list: Set(action.list.as_str().into()),
        kind: Set(action.kind.into()),
        value: Set(action.value.into()),
        count: Set(0),
        created_at: Set(now),
        undone_at: Set(None),
    };
    let row = row.insert(&**write).await?;
    let mut changed = 0;
    match rows {
        Rows::Some(ids) => {
            if ids.len() > MAX_BULK_ROWS {
                return Err(Code::TooLarge.into());
            }
            for some in ids.chunks(ROWS_AT_ONCE) {
                changed += change_some(write, actor, edit, id, some, now).await?;
            }
        }
        Rows::All => {
            let mut seen = 0;
            let mut last: Option<Uuid> = None;
            loop {
                let mut select = matching
                    .clone()
                    .select_only()
                    .column(id_column)
                    .order_by_asc(id_column)
                    .limit(ROWS_AT_ONCE as u64);
                if let Some(last) = last {
                    select = select.filter(id_column.gt(last));
                }
                let some: Vec<Uuid> = select.into_tuple().all(&**write).await?;
                seen += some.len();
                if seen > MAX_BULK_ROWS {
                    return Err(Code::TooLarge.into());
                }
                let Some(end) = some.last() else { break };
                last = Some(*end);
                changed += change_some(write, actor, edit, id, &some, now).await?;
            }
        }
    }
    let mut row = row.into_active_model();
    row.count = Set(changed);
    row.update(&**write).await?;
    Ok(((changed > 0).then_some(id), changed))
}

async fn change_some<E: Edit>(
    write: &Write,
    actor: &Actor,
    edit: &E,
    action_id: Uuid,
    ids: &[Uuid],
    now: i64,
) -> Result<i64> {
    let loaded = edit.load(write, actor.business_id, ids).await?;
    let mut changes = Vec::new();
    let mut rows = Vec::new();
    for (id, before) in loaded {
        let after = edit.change(&before);
        if before == after {
            continue;
        }
        changes.push(bulk_change::ActiveModel {
            action_id: Set(action_id),
            subject_id: Set(id),
            before: Set(written(&before)?),
            after: Set(written(&after)?),
        });
        rows.push((id, after));
    }
    if rows.is_empty() {
        return Ok(0);
    }
    edit.store(write, actor.business_id, &rows, now).await?;
    bulk_change::Entity::insert_many(changes).exec_without_returning(&**write).await?;
    Ok(rows.len() as i64)
}

fn written<T: Serialize>(state: &T) -> Result<String> {
    serde_json::to_string(state).map_err(|_| Error::Fault("a change cannot be written as JSON"))
}

/// An action that can be undone.
pub(crate) async fn find(
    write: &Write,
    actor: &Actor,
    id: Uuid,
    list: ListName,
) -> Result<bulk_action::Model> {
    let action = bulk_action::Entity::find_by_id(id)
        .filter(bulk_action::Column::BusinessId.eq(actor.business_id))
        .filter(bulk_action::Column::List.eq(list.as_str()))
        .one(&**write)
        .await?
        .or_not_found()?;
    if action.undone_at.is_some() {
        return Err(Code::WrongState.into());
    }
    Ok(action)
}

/// Undoes an action.
pub(crate) async fn undo<E: Edit>(
    write: &Write,
    actor: &Actor,
    action: bulk_action::Model,
    edit: &E,
    now: i64,
) -> Result<BulkUndone> {
    let mut undone = BulkUndone { restored: 0, left: 0 };
    let mut last = None;
    loop {
        let mut select = bulk_change::Entity::find()
            .filter(bulk_change::Column::ActionId.eq(action.id))
            .order_by_asc(bulk_change::Column::SubjectId)
            .limit(ROWS_AT_ONCE as u64);
        if let Some(last) = last {
            select = select.filter(bulk_change::Column::SubjectId.gt(last));
        }
        let changes = select.all(&**write).await?;
        let Some(end) = changes.last() else { break };
        last = Some(end.subject_id);
        let ids: Vec<Uuid> = changes.iter().map(|change| change.subject_id).collect();
        let now_held: std::collections::HashMap<Uuid, E::State> =
            edit.load(write, actor.business_id, &ids).await?.into_iter().collect();
        let mut rows = Vec::new();
        for change in &changes {
            let (before, after): (E::State, E::State) = (read(&change.before)?, read(&change.after)?);
            if now_held.get(&change.subject_id) == Some(&after) {
                rows.push((change.subject_id, before));
            }
        }
        undone.restored += rows.len() as i64;
        undone.left += (changes.len() - rows.len()) as i64;
        if !rows.is_empty() {
            edit.store(write, actor.business_id, &rows, now).await?;
        }
    }
    let mut row = action.into_active_model();
    row.undone_at = Set(Some(now));
    row.update(&**write).await?;
    Ok(undone)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    stored(serde_json::from_str(text).ok())
}

/// How an action ended, in words.
pub(crate) fn done(action: Option<Uuid>, changed: i64, words: impl Fn(i64) -> String) -> BulkDone {
    let words = if changed == 0 { "Nothing had to be changed.".to_owned() } else { words(changed) };
    BulkDone { action, words }
}

/// What was done, for the page after it: nothing if it was undone meanwhile.
pub(crate) async fn last(
    services: &Services,
    actor: &Actor,
    list: ListName,
    id: Uuid,
) -> Result<bulk_action::Model> {
    bulk_action::Entity::find_by_id(id)
        .filter(bulk_action::Column::BusinessId.eq(actor.business_id))
        .filter(bulk_action::Column::List.eq(list.as_str()))
        .filter(bulk_action::Column::UndoneAt.is_null())
        .one(services.database.read())
        .await?
        .or_not_found()
}
