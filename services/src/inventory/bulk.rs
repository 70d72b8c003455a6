//! Changing many items at once.

mod prices;

use domain::{
    inventory::{ItemsEdit, MAX_TAGS, StockList, StockQuery},
    lists::{BulkDone, BulkUndone, Chosen, ListName, PriceChange},
    problem::FieldCode,
    text::{self, fold},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, Set, prelude::Expr};
use uuid::Uuid;

use self::prices::Prices;
use super::{list::matching, search, tags_of};
use crate::{
    Result, Services,
    accounts::Actor,
    database::Write,
    entities::{item, item_tag},
    lists::bulk::{self, Change, Edit, TagOf, Tagged, Tags, Work, each, marked},
    new_id,
};

/// The longest category, as in the item's own form.
const MAX_CATEGORY: u32 = 60;

/// A change with what it is done with.
enum ItemsChange {
    Archived(Archived),
    Category(Category),
    Tagged(Tagged<ItemTags>),
    Prices(Prices),
}

impl Change for ItemsChange {
    type Kind = ItemsEdit;
    type Entity = item::Entity;
    const LIST: ListName = StockList::NAME;

    fn kind(word: &str) -> Option<ItemsEdit> {
        ItemsEdit::parse(word)
    }

    fn done_words(kind: ItemsEdit, count: i64) -> String {
        kind.done_words(count)
    }

    fn read(kind: ItemsEdit, value: &str, now: i64) -> Result<Self, FieldCode> {
        Ok(match kind {
            ItemsEdit::Archive => ItemsChange::Archived(Archived { at: Some(now) }),
            ItemsEdit::PutBack => ItemsChange::Archived(Archived { at: None }),
            // An empty one takes items out of theirs.
            ItemsEdit::Category => {
                ItemsChange::Category(Category { name: text::optional(value, MAX_CATEGORY)? })
            }
            ItemsEdit::AddTag => ItemsChange::Tagged(Tagged::read(value, true)?),
            ItemsEdit::RemoveTag => ItemsChange::Tagged(Tagged::read(value, false)?),
            ItemsEdit::Price => ItemsChange::Prices(Prices { change: PriceChange::parse(value)? }),
        })
    }

    fn matching(business_id: Uuid, query: &str) -> (Select<item::Entity>, item::Column) {
        let query = StockQuery::read(|name| bulk::parameter(query, name));
        (matching(business_id, &query), item::Column::Id)
    }

    async fn with<W: Work>(&self, work: W) -> Result<W::Done> {
        match self {
            ItemsChange::Archived(edit) => work.on(edit).await,
            ItemsChange::Category(edit) => work.on(edit).await,
            ItemsChange::Tagged(edit) => work.on(edit).await,
            ItemsChange::Prices(edit) => work.on(edit).await,
        }
    }
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
    bulk::change::<ItemsChange>(services, actor, kind, value, chosen).await
}

/// What was done, for the page after it.
pub async fn done(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkDone> {
    bulk::done::<ItemsChange>(services, actor, id).await
}

/// Undoes a change of many items.
pub async fn undo(services: &Services, actor: &Actor, id: Uuid) -> Result<BulkUndone> {
    bulk::undo::<ItemsChange>(services, actor, id).await
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

    fn change(&self, state: &Option<i64>) -> Option<i64> {
        marked(*state, self.at)
    }

    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, Option<i64>)],
        now: i64,
    ) -> Result<()> {
        let archived_at = each(item::Column::Id, rows, |at| Expr::value(*at), item::Column::ArchivedAt);
        item::Entity::update_many()
            .col_expr(item::Column::ArchivedAt, archived_at)
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
        let (id, as_typed, as_folded) =
            (item::Column::Id, item::Column::Category, item::Column::CategoryFolded);
        let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
        item::Entity::update_many()
            .col_expr(as_typed, each(id, rows, |name| Expr::value(name.as_str()), as_typed))
            .col_expr(as_folded, each(id, rows, |name| Expr::value(fold(name)), as_folded))
            .col_expr(item::Column::UpdatedAt, Expr::value(now))
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .exec(&**write)
            .await?;
        search::refresh(write, business_id, &ids).await
    }
}

/// The tags of items.
struct ItemTags;

impl Tags for ItemTags {
    const MOST: usize = MAX_TAGS;

    async fn known(write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(item::Entity::find()
            .select_only()
            .column(item::Column::Id)
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&**write)
            .await?)
    }

    async fn of(write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<TagOf>> {
        let tags = tags_of(&**write, business_id, ids).await?.into_values().flatten();
        Ok(tags.map(|row| TagOf { row: row.item_id, tag: row.tag, folded: row.tag_folded }).collect())
    }

    async fn replace(
        write: &Write,
        business_id: Uuid,
        ids: &[Uuid],
        folded: &str,
        added: Vec<(Uuid, String)>,
    ) -> Result<()> {
        item_tag::Entity::delete_many()
            .filter(item_tag::Column::BusinessId.eq(business_id))
            .filter(item_tag::Column::ItemId.is_in(ids.iter().copied()))
            .filter(item_tag::Column::TagFolded.eq(folded))
            .exec(&**write)
            .await?;
        item_tag::Entity::insert_many(added.into_iter().map(|(item_id, tag)| item_tag::ActiveModel {
            id: Set(new_id()),
            business_id: Set(business_id),
            item_id: Set(item_id),
            tag: Set(tag),
            tag_folded: Set(folded.to_owned()),
        }))
        .exec_without_returning(&**write)
        .await?;
        search::refresh(write, business_id, ids).await
    }
}
