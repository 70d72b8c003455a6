//! Changing many rows at once, in one write, and undoing it.
//!
//! What a row held before and after stands beside the action, row by row. Undoing it gives back what a row held before,
//! where the row still holds what the action gave it; what was changed since stays.

mod tags;

use domain::{
    lists::{BulkDone, BulkUndone, Chosen, ListName, MAX_BULK_ROWS, is_view_query, is_whole_search},
    problem::{Code, FieldCode, Problem},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
    prelude::Expr,
    sea_query::{CaseStatement, SimpleExpr},
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

pub(crate) use self::tags::{TagOf, Tagged, Tags};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    customers::handles::ROWS_AT_ONCE,
    database::Write,
    entities::{bulk_action, bulk_change},
    error::{OrNotFound, stored},
    once::Once,
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

/// All that can be done to many rows of one list: one of several edits.
pub(crate) trait Change: Sized + Send + Sync {
    /// What is done, without what it is done with.
    type Kind: Copy + Send;
    /// The rows.
    type Entity: EntityTrait;
    const LIST: ListName;

    /// The kind of a word.
    fn kind(word: &str) -> Option<Self::Kind>;

    /// How it ended, for so many rows.
    fn done_words(kind: Self::Kind, count: i64) -> String;

    /// The kind with what it is done with, as it is typed.
    fn read(kind: Self::Kind, value: &str, now: i64) -> Result<Self, FieldCode>;

    /// All rows that the list shows whose address has this query, and the column of their ids.
    fn matching(
        business_id: Uuid,
        query: &str,
    ) -> (Select<Self::Entity>, <Self::Entity as EntityTrait>::Column);

    /// Has `work` done with the edit that it is.
    fn with<W: Work>(&self, work: W) -> impl Future<Output = Result<W::Done>> + Send;
}

/// What is done with an edit, whichever it is.
pub(crate) trait Work: Send {
    type Done;

    fn on<E: Edit>(self, edit: &E) -> impl Future<Output = Result<Self::Done>> + Send;
}

/// Changes the chosen rows of a list.
///
/// # Errors
/// What it is done with, `value`, is wrong, or there are too many rows.
pub(crate) async fn change<C: Change>(
    services: &Services,
    actor: &Actor,
    word: &str,
    value: &str,
    chosen: &Chosen,
) -> Result<BulkDone> {
    actor.must_sell()?;
    let kind = C::kind(word).ok_or_else(|| Problem::field("kind", FieldCode::NotAChoice))?;
    let now = services.now();
    let change = C::read(kind, value, now).map_err(|code| Problem::field("value", code))?;
    let rows = Rows::of(chosen);
    let query = match &rows {
        Rows::Some(ids) if ids.is_empty() => {
            return Err(Problem::field("ids", FieldCode::Missing).into());
        }
        Rows::Some(ids) if ids.len() > MAX_BULK_ROWS => return Err(Code::TooLarge.into()),
        Rows::Some(_) => "",
        // A search of which only the beginning is looked for finds more rows than were meant.
        Rows::All if !is_view_query(&chosen.query) || !searches_as_a_whole(&chosen.query) => {
            return Err(Code::TooLarge.into());
        }
        Rows::All => chosen.query.as_str(),
    };
    let key = match chosen.key.as_str() {
        "" => None,
        key => Some(Uuid::parse_str(key).map_err(|_| Problem::field("key", FieldCode::BadCharacter))?),
    };
    let once = Once::new(key, asked::<C>(word, value, &rows, query));
    let write = services.database.write_by(actor).await?;
    if let Some(key) = key
        && let Some(known) = known(&write, actor, key).await?
    {
        return done_already::<C>(&known, &once);
    }
    let matching = C::matching(actor.business_id, query);
    let action = Action { once, list: C::LIST, kind: word, value };
    let work = CarryingOut { write: &write, actor, action, rows, matching, now };
    let (id, changed) = change.with(work).await?;
    if id.is_some() {
        write.commit().await?;
    }
    Ok(told(id, changed, |count| C::done_words(kind, count)))
}

/// What a form asks for: what is done, with what, and to which rows.
fn asked<'a, C: Change>(
    word: &'a str,
    value: &'a str,
    rows: &'a Rows,
    query: &'a str,
) -> impl Iterator<Item = &'a [u8]> {
    let ids = match rows {
        Rows::Some(ids) => ids.as_slice(),
        Rows::All => &[],
    };
    let rest = [C::LIST.as_str(), word, value, query].map(str::as_bytes);
    rest.into_iter().chain(ids.iter().map(|id| id.as_bytes().as_slice()))
}

/// What was done already with a key.
async fn known(write: &Write, actor: &Actor, key: Uuid) -> Result<Option<bulk_action::Model>> {
    let known = bulk_action::Entity::find_by_id(key)
        .filter(bulk_action::Column::BusinessId.eq(actor.business_id))
        .one(&**write)
        .await?;
    Ok(known)
}

/// The answer to a form that was sent before: what it did then.
///
/// # Errors
/// [`Code::WrongState`] where it was undone since, or something else was done with its key.
fn done_already<C: Change>(known: &bulk_action::Model, once: &Once) -> Result<BulkDone> {
    once.must_be_same(&known.asked, known.undone_at.is_some())?;
    let kind = stored(C::kind(&known.kind))?;
    Ok(told(Some(known.id), known.count, |count| C::done_words(kind, count)))
}

/// What an action did, for the page after it: nothing if it was undone meanwhile.
pub(crate) async fn done<C: Change>(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkDone> {
    let action = bulk_action::Entity::find_by_id(id)
        .filter(bulk_action::Column::BusinessId.eq(actor.business_id))
        .filter(bulk_action::Column::List.eq(C::LIST.as_str()))
        .filter(bulk_action::Column::UndoneAt.is_null())
        .one(services.database.read())
        .await?
        .or_not_found()?;
    let kind = stored(C::kind(&action.kind))?;
    Ok(told(Some(id), action.count, |count| C::done_words(kind, count)))
}

/// Undoes an action.
pub(crate) async fn undo<C: Change>(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkUndone> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let action = find(&write, actor, id, C::LIST).await?;
    let change = C::read(stored(C::kind(&action.kind))?, &action.value, now)
        .map_err(|_| Error::Problem(Code::WrongState.into()))?;
    let undone = change.with(Undoing { write: &write, actor, action, now }).await?;
    write.commit().await?;
    Ok(undone)
}

/// A mark with its moment, set or taken away: what bears it already keeps the moment.
pub(crate) fn marked(before: Option<i64>, at: Option<i64>) -> Option<i64> {
    if before.is_some() == at.is_some() { before } else { at }
}

/// For each row what it shall hold, and for others what stands in `otherwise`.
pub(crate) fn each<C: ColumnTrait, S>(
    id: C,
    rows: &[(Uuid, S)],
    value: impl Fn(&S) -> SimpleExpr,
    otherwise: C,
) -> SimpleExpr {
    let case = rows
        .iter()
        .fold(CaseStatement::new(), |case, (row, state)| case.case(Expr::col(id).eq(*row), value(state)));
    Expr::expr(case.finally(Expr::col(otherwise)))
}

/// Which rows are meant.
enum Rows {
    Some(Vec<Uuid>),
    /// All that the list shows, found stretch by stretch.
    All,
}

impl Rows {
    /// The rows of a form. Ids that are none belong to no row.
    fn of(chosen: &Chosen) -> Self {
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

/// Whether the search in a list's query is looked for as a whole.
fn searches_as_a_whole(query: &str) -> bool {
    parameter(query, "q").is_none_or(|search| is_whole_search(&search))
}

/// What an action is called in the table.
struct Action<'a> {
    once: Once,
    list: ListName,
    kind: &'a str,
    /// The tag, the category or the per cent that it is done with; may be empty.
    value: &'a str,
}

/// Changing the rows.
struct CarryingOut<'a, T: EntityTrait> {
    write: &'a Write,
    actor: &'a Actor,
    action: Action<'a>,
    rows: Rows,
    /// All that the list shows, and the column of their ids.
    matching: (Select<T>, T::Column),
    now: i64,
}

impl<T: EntityTrait> Work for CarryingOut<'_, T> {
    /// The action, if it changed anything, and how many rows it did.
    type Done = (Option<Uuid>, i64);

    async fn on<E: Edit>(self, edit: &E) -> Result<Self::Done> {
        carry_out(self, edit).await
    }
}

/// Giving the rows of an action back what they held.
struct Undoing<'a> {
    write: &'a Write,
    actor: &'a Actor,
    action: bulk_action::Model,
    now: i64,
}

impl Work for Undoing<'_> {
    type Done = BulkUndone;

    async fn on<E: Edit>(self, edit: &E) -> Result<BulkUndone> {
        take_back(self, edit).await
    }
}

async fn carry_out<E: Edit, T: EntityTrait>(
    work: CarryingOut<'_, T>,
    edit: &E,
) -> Result<(Option<Uuid>, i64)> {
    let CarryingOut { write, actor, action, rows, matching: (matching, id_column), now } = work;
    let id = action.once.id();
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
        asked: Set(action.once.asked),
    };
    let row = row.insert(&**write).await?;
    let mut changed = 0;
    match rows {
        Rows::Some(ids) => {
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
async fn find(write: &Write, actor: &Actor, id: Uuid, list: ListName) -> Result<bulk_action::Model> {
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

async fn take_back<E: Edit>(work: Undoing<'_>, edit: &E) -> Result<BulkUndone> {
    let Undoing { write, actor, action, now } = work;
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
fn told(action: Option<Uuid>, changed: i64, words: impl Fn(i64) -> String) -> BulkDone {
    let words = if changed == 0 { "Nothing had to be changed.".to_owned() } else { words(changed) };
    BulkDone { action, words }
}
