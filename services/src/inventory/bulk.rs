//! Changing many items at once.

mod prices;

use domain::{
    inventory::{ItemsEdit, MAX_TAGS, StockList, StockQuery},
    lists::{BulkDone, BulkUndone, Chosen, PriceChange},
    problem::{Code, FieldCode, Problem},
    text::{self, fold},
};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set, prelude::Expr,
    sea_query::CaseStatement,
};
use uuid::Uuid;

use self::prices::Prices;
use super::{list::matching, search, tags_of};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    database::Write,
    entities::{bulk_action, item, item_tag},
    error::stored,
    lists::bulk::{self, Action, Edit, Rows},
    new_id,
};

/// The longest category and tag, as in the item's own form.
const MAX_CATEGORY: u32 = 60;
const MAX_TAG: u32 = 40;

/// A change with what it is done with.
enum ItemsChange {
    Archived(Archived),
    Category(Category),
    Tagged(Tagged),
    Prices(Prices),
}

impl ItemsChange {
    fn read(kind: ItemsEdit, value: &str, now: i64) -> Result<Self, FieldCode> {
        Ok(match kind {
            ItemsEdit::Archive => ItemsChange::Archived(Archived { at: Some(now) }),
            ItemsEdit::PutBack => ItemsChange::Archived(Archived { at: None }),
            // An empty one takes items out of theirs.
            ItemsEdit::Category => {
                ItemsChange::Category(Category { name: text::optional(value, MAX_CATEGORY)? })
            }
            ItemsEdit::AddTag => ItemsChange::Tagged(Tagged { tag: tag(value)?, wanted: true }),
            ItemsEdit::RemoveTag => ItemsChange::Tagged(Tagged { tag: tag(value)?, wanted: false }),
            ItemsEdit::Price => ItemsChange::Prices(Prices { change: PriceChange::parse(value)? }),
        })
    }
}

/// A tag as it is typed. Tags stand between commas elsewhere, so it has none.
fn tag(value: &str) -> Result<String, FieldCode> {
    let tag = text::required(value, MAX_TAG)?;
    if tag.contains(',') { Err(FieldCode::BadCharacter) } else { Ok(tag) }
}

/// Changes the chosen items.
///
/// # Errors
/// What it is done with, `value`, is wrong, or there are too many items.
pub async fn change(
    services: &Services,
    actor: &Actor,
    kind: &str,
    value: &str,
    chosen: &Chosen,
) -> Result<BulkDone> {
    actor.must_sell()?;
    let kind = ItemsEdit::parse(kind).ok_or_else(|| Problem::field("kind", FieldCode::NotAChoice))?;
    let now = services.now();
    let change = ItemsChange::read(kind, value, now).map_err(|code| Problem::field("value", code))?;
    let rows = Rows::of(chosen);
    if matches!(&rows, Rows::Some(ids) if ids.is_empty()) {
        return Err(Problem::field("ids", FieldCode::Missing).into());
    }
    let query = StockQuery::read(|name| bulk::parameter(&chosen.query, name));
    let write = services.database.write_by(actor).await?;
    let all = (matching(actor.business_id, &query), item::Column::Id);
    let action = Action { list: StockList::NAME, kind: kind.as_str(), value };
    let (id, changed) = match &change {
        ItemsChange::Archived(edit) => bulk::carry_out(&write, actor, action, edit, rows, all, now).await?,
        ItemsChange::Category(edit) => bulk::carry_out(&write, actor, action, edit, rows, all, now).await?,
        ItemsChange::Tagged(edit) => bulk::carry_out(&write, actor, action, edit, rows, all, now).await?,
        ItemsChange::Prices(edit) => bulk::carry_out(&write, actor, action, edit, rows, all, now).await?,
    };
    if id.is_some() {
        write.commit().await?;
    }
    Ok(bulk::done(id, changed, |count| kind.done_words(count)))
}

/// What was done, for the page after it.
pub async fn done(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkDone> {
    let action = bulk::last(services, actor, StockList::NAME, id).await?;
    let kind = kind(&action)?;
    Ok(bulk::done(Some(id), action.count, |count| kind.done_words(count)))
}

fn kind(action: &bulk_action::Model) -> Result<ItemsEdit> {
    stored(ItemsEdit::parse(&action.kind))
}

/// Undoes a change of many items.
pub async fn undo(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkUndone> {
    actor.must_sell()?;
    let now = services.now();
    let write = services.database.write_by(actor).await?;
    let action = bulk::find(&write, actor, id, StockList::NAME).await?;
    let change = ItemsChange::read(kind(&action)?, &action.value, now)
        .map_err(|_| Error::Problem(Code::WrongState.into()))?;
    let undone = match &change {
        ItemsChange::Archived(edit) => bulk::undo(&write, actor, action, edit, now).await?,
        ItemsChange::Category(edit) => bulk::undo(&write, actor, action, edit, now).await?,
        ItemsChange::Tagged(edit) => bulk::undo(&write, actor, action, edit, now).await?,
        ItemsChange::Prices(edit) => bulk::undo(&write, actor, action, edit, now).await?,
    };
    write.commit().await?;
    Ok(undone)
}

/// Archiving, or putting back.
struct Archived {
    /// UTC milliseconds.
    at: Option<i64>,
}

impl Edit for Archived {
    type State = Option<i64>;

    async fn load(&self, write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, Option<i64>)>> {
        Ok(item::Entity::find()
            .select_only()
            .columns([item::Column::Id, item::Column::ArchivedAt])
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&**write)
            .await?)
    }

    /// What is archived already keeps its time.
    fn change(&self, state: &Option<i64>) -> Option<i64> {
        if state.is_some() == self.at.is_some() { *state } else { self.at }
    }

    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Option<i64>)],
        now: i64,
    ) -> Result<()> {
        let case = rows.iter().fold(CaseStatement::new(), |case, (id, at)| {
            case.case(Expr::col(item::Column::Id).eq(*id), Expr::value(*at))
        });
        item::Entity::update_many()
            .col_expr(item::Column::ArchivedAt, Expr::expr(case.finally(Expr::col(item::Column::ArchivedAt))))
            .col_expr(item::Column::UpdatedAt, Expr::value(now))
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(rows.iter().map(|(id, _)| *id)))
            .exec(&**write)
            .await?;
        Ok(())
    }
}

/// Setting the category.
struct Category {
    name: String,
}

impl Edit for Category {
    type State = String;

    async fn load(&self, write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
        Ok(item::Entity::find()
            .select_only()
            .columns([item::Column::Id, item::Column::Category])
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&**write)
            .await?)
    }

    fn change(&self, _: &String) -> String {
        self.name.clone()
    }

    async fn store(&self, write: &Write, business_id: Uuid, rows: &[(Uuid, String)], now: i64) -> Result<()> {
        let each = |value: fn(&str) -> String, otherwise: item::Column| {
            let case = rows.iter().fold(CaseStatement::new(), |case, (id, name)| {
                case.case(Expr::col(item::Column::Id).eq(*id), Expr::value(value(name)))
            });
            Expr::expr(case.finally(Expr::col(otherwise)))
        };
        let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
        item::Entity::update_many()
            .col_expr(item::Column::Category, each(str::to_owned, item::Column::Category))
            .col_expr(item::Column::CategoryFolded, each(fold, item::Column::CategoryFolded))
            .col_expr(item::Column::UpdatedAt, Expr::value(now))
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .exec(&**write)
            .await?;
        search::refresh(write, business_id, &ids).await
    }
}

/// Adding a tag, or removing it. The state is the tag as the item has it, or nothing.
struct Tagged {
    tag: String,
    wanted: bool,
}

impl Edit for Tagged {
    type State = Option<String>;

    async fn load(
        &self,
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Option<String>)>> {
        let tags = tags_of(&**write, business_id, ids).await?;
        let folded = fold(&self.tag);
        let known: Vec<Uuid> = item::Entity::find()
            .select_only()
            .column(item::Column::Id)
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&**write)
            .await?;
        let states = known.into_iter().filter_map(|id| {
            let tags = tags.get(&id).map_or(&[][..], Vec::as_slice);
            let tag = tags.iter().find(|tag| tag.tag_folded == folded).map(|tag| tag.tag.clone());
            // An item that has all the tags it may have gets no other.
            (tag.is_some() || !self.wanted || tags.len() < MAX_TAGS).then_some((id, tag))
        });
        Ok(states.collect())
    }

    fn change(&self, state: &Option<String>) -> Option<String> {
        match (state, self.wanted) {
            (Some(tag), true) => Some(tag.clone()),
            (None, true) => Some(self.tag.clone()),
            (_, false) => None,
        }
    }

    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Option<String>)],
        _: i64,
    ) -> Result<()> {
        let folded = fold(&self.tag);
        let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
        item_tag::Entity::delete_many()
            .filter(item_tag::Column::BusinessId.eq(business_id))
            .filter(item_tag::Column::ItemId.is_in(ids.iter().copied()))
            .filter(item_tag::Column::TagFolded.eq(folded.as_str()))
            .exec(&**write)
            .await?;
        let added = rows.iter().filter_map(|(id, tag)| Some((*id, tag.as_ref()?)));
        item_tag::Entity::insert_many(added.map(|(item_id, tag)| item_tag::ActiveModel {
            id: Set(new_id()),
            business_id: Set(business_id),
            item_id: Set(item_id),
            tag: Set(tag.clone()),
            tag_folded: Set(folded.clone()),
        }))
        .exec_without_returning(&**write)
        .await?;
        search::refresh(write, business_id, &ids).await
    }
}
