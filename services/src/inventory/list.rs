//! The list of items.

#[cfg(all(test, feature = "testing"))]
mod plans;

use std::collections::HashMap;

use domain::{
    inventory::{ItemRow, ItemSort, Stock, StockChoices, StockList, StockQuery},
    lists::{Cursor, LIST_ROWS, Point, Stretch, search_words, searched},
    sales::claims::ClaimState,
    text::fold,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, IntoSimpleExpr, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    prelude::Expr,
    sea_query::{Alias, Func, LikeExpr, SimpleExpr},
};
use uuid::Uuid;

use super::{material::names, pictures, price::Prices, stock::low::is_low, variants_of};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{claim, item, item_tag, material, picture},
    lists::{
        keyset::{self, Bound, Sorting, ordered},
        views,
    },
    new_id,
};

/// The page of all items: a stretch of the list, and the views that are kept of it.
pub async fn show(services: &Services, actor: &Actor, query: &StockQuery) -> Result<StockList> {
    let items = list(services, actor, query).await?;
    let views = views::of_list(services.database.read(), actor.business_id, StockList::NAME).await?;
    Ok(StockList { items, views, key: new_id(), done: None })
}

/// A stretch of the items.
pub async fn list(services: &Services, actor: &Actor, query: &StockQuery) -> Result<Stretch<ItemRow>> {
    let read = services.database.read();
    let found = find(read, actor.business_id, query).await?;
    let rows = rows(read, actor, &found.rows).await?;
    Ok(found.of(rows))
}

/// The items that match a query, in no order.
pub(crate) fn matching(business_id: Uuid, query: &StockQuery) -> Select<item::Entity> {
    let mut select = item::Entity::find().filter(item::Column::BusinessId.eq(business_id));
    select = match query.archived {
        true => select.filter(item::Column::ArchivedAt.is_not_null()),
        false => select.filter(item::Column::ArchivedAt.is_null()),
    };
    for word in search_words(&query.search) {
        select = select.filter(Expr::col((item::Entity, item::Column::Search)).like(containing(&word)));
    }
    if !query.category.is_empty() {
        select = select.filter(item::Column::CategoryFolded.eq(fold(searched(&query.category))));
    }
    if !query.tag.is_empty() {
        let tagged = item_tag::Entity::find()
            .select_only()
            .column(item_tag::Column::ItemId)
            .filter(item_tag::Column::BusinessId.eq(business_id))
            .filter(item_tag::Column::TagFolded.eq(fold(searched(&query.tag))));
        select = select.filter(item::Column::Id.in_subquery(tagged.into_query()));
    }
    if !query.material.is_empty() {
        let named = material::Entity::find()
            .select_only()
            .column(material::Column::Id)
            .filter(material::Column::BusinessId.eq(business_id))
            .filter(material::Column::NameFolded.eq(fold(searched(&query.material))));
        select = select.filter(item::Column::MaterialId.in_subquery(named.into_query()));
    }
    if query.low {
        select = select.filter(is_low());
    }
    if query.without_picture {
        let pictured = picture::Entity::find()
            .select_only()
            .column(picture::Column::ItemId)
            .filter(picture::Column::BusinessId.eq(business_id))
            .filter(picture::Column::RemovedAt.is_null());
        select = select.filter(item::Column::Id.not_in_subquery(pictured.into_query()));
    }
    select
}

/// What the list is ordered by.
fn sorting(query: &StockQuery) -> Sorting<item::Column> {
    let (sort, is_opposite) = query.order();
    let by = match sort {
        ItemSort::Code => Some(item::Column::CodeFolded.into_simple_expr()),
        ItemSort::Title => Some(Func::lower(item::Column::Title.into_simple_expr()).into()),
        ItemSort::Newest => None,
        ItemSort::Left => Some(item::Column::PiecesLeft.into_simple_expr()),
        ItemSort::Price => Some(item::Column::Price.into_simple_expr()),
    };
    Sorting { by, id: item::Column::Id, ascending: (sort != ItemSort::Newest) != is_opposite }
}

/// The value of a cursor, to be compared with what the list is ordered by.
fn bound(query: &StockQuery, cursor: &Cursor) -> Bound {
    let number = || cursor.value.parse::<i64>().unwrap_or_default();
    let by = match query.order().0 {
        ItemSort::Code => Some(cursor.value.as_str().into()),
        ItemSort::Title => Some(Func::lower(cursor.value.as_str()).into()),
        ItemSort::Newest => None,
        ItemSort::Left | ItemSort::Price => Some(number().into()),
    };
    Bound { by, id: cursor.id }
}

/// What a row is ordered by.
fn cursor(query: &StockQuery, row: &item::Model) -> Cursor {
    let value = match query.order().0 {
        ItemSort::Code => row.code_folded.clone(),
        ItemSort::Title => row.title.clone(),
        ItemSort::Newest => String::new(),
        ItemSort::Left => row.pieces_left.to_string(),
        ItemSort::Price => row.price.to_string(),
    };
    Cursor { id: row.id, value }
}

/// The rows of a stretch.
async fn find(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    query: &StockQuery,
) -> Result<Stretch<item::Model>> {
    let mut point = Point::read(&query.after, &query.before);
    let mut found = search(connection, business_id, query, &point).await?;
    if keyset::is_short(&point, found.len()) {
        point = Point::Start;
        found = search(connection, business_id, query, &point).await?;
    }
    Ok(keyset::stretch(found, &point, |row| cursor(query, row)))
}

/// One row more than a stretch has, in the direction of the point. Where a word is searched for in the usual order, the
/// items whose codes begin with it come first: they are what is looked for most, and an index finds them without looking
/// through the others.
async fn search(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    query: &StockQuery,
    point: &Point,
) -> Result<Vec<item::Model>> {
    let sorting = sorting(query);
    let (backwards, cursor) = match point {
        Point::Start => (false, None),
        Point::After(cursor) => (false, Some(cursor)),
        Point::Before(cursor) => (true, Some(cursor)),
    };
    let matching = || matching(business_id, query);
    let from = |cursor: Option<&Cursor>| cursor.map(|cursor| bound(query, cursor));
    let word = fold(searched(&query.search));
    if word.is_empty() || word.contains(' ') || query.order() != (ItemSort::Code, false) {
        let select = ordered(matching(), &sorting, from(cursor), backwards);
        return Ok(select.all(connection).await?);
    }
    let begins = beginning(connection.get_database_backend(), &word);
    let mut parts = [matching().filter(begins.clone()), matching().filter(begins.not())];
    // The part in which the row stands from which it goes on; the other comes after it, or before it, as a whole.
    let mut first = usize::from(cursor.is_some_and(|cursor| !cursor.value.starts_with(&word)));
    if backwards {
        parts.reverse();
        first = 1 - first;
    }
    let mut found = Vec::new();
    for (index, part) in parts.into_iter().enumerate().skip(first) {
        let cursor = cursor.filter(|_| index == first);
        let select = ordered(part, &sorting, from(cursor), backwards);
        found.extend(select.all(connection).await?);
        if found.len() as u64 > LIST_ROWS {
            break;
        }
    }
    Ok(found)
}

/// Whether an item's code begins with a word.
fn beginning(backend: DbBackend, word: &str) -> SimpleExpr {
    let code = || Expr::col((item::Entity, item::Column::CodeFolded));
    match backend {
        // Here letters stand in their own order, and an index answers this better than a pattern.
        DbBackend::Sqlite => code().gte(word).and(code().lt(format!("{word}\u{10FFFF}"))),
        _ => code().like(LikeExpr::new(format!("{}%", escaped(word))).escape('\\')),
    }
}

/// The rows as they are shown.
async fn rows(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    items: &[item::Model],
) -> Result<Vec<ItemRow>> {
    let business_id = actor.business_id;
    let ids: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let mut variants = variants_of(connection, business_id, &ids).await?;
    let prices = Prices::of(connection, business_id, actor.currency, items).await?;
    let materials = names(connection, business_id, items.iter().filter_map(|item| item.material_id)).await?;
    let mut pictures = pictures::main_of(connection, business_id, ids).await?;
    let rows = items.iter().map(|item| {
        let variants = variants.remove(&item.id).unwrap_or_default();
        let mut stock = Stock::default();
        for variant in &variants {
            stock.on_hand += variant.on_hand;
            stock.held += variant.held;
            stock.sold += variant.sold;
            stock.waitlisted += variant.waitlisted;
        }
        let priced = prices.of_one(item, None);
        let names = variants.into_iter().map(|variant| variant.name).filter(|name| !name.is_empty());
        ItemRow {
            id: item.id,
            code: item.code.clone(),
            title: item.title.clone(),
            material: item.material_id.and_then(|id| materials.get(&id).cloned()).unwrap_or_default(),
            price: priced.price,
            regular: priced.regular,
            told: priced.told,
            weight: item.weight,
            variants: names.collect(),
            is_low: item.low_stock.is_some_and(|mark| item.archived_at.is_none() && stock.left() <= mark),
            stock,
            picture: pictures.remove(&item.id).map(|picture| picture.token),
        }
    });
    Ok(rows.collect())
}

/// What the filters of the list can be set to.
pub async fn choices(services: &Services, actor: &Actor) -> Result<StockChoices> {
    let read = services.database.read();
    let categories = item::Entity::find()
        .select_only()
        .column(item::Column::Category)
        .distinct()
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::Category.ne(""))
        .order_by_asc(item::Column::Category)
        .limit(MAX_CHOICES);
    let tags = item_tag::Entity::find()
        .select_only()
        .column(item_tag::Column::Tag)
        .distinct()
        .filter(item_tag::Column::BusinessId.eq(actor.business_id))
        .order_by_asc(item_tag::Column::Tag)
        .limit(MAX_CHOICES);
    let made_of = item::Entity::find()
        .select_only()
        .column(item::Column::MaterialId)
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::MaterialId.is_not_null())
        .into_query();
    // One that was removed is still looked for where something is made of it.
    let materials = material::Entity::find()
        .select_only()
        .column(material::Column::Name)
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .filter(material::Column::RemovedAt.is_null().or(material::Column::Id.in_subquery(made_of)))
        .order_by_asc(material::Column::NameFolded)
        .limit(MAX_CHOICES);
    Ok(StockChoices {
        categories: each_once(categories.into_tuple().all(read).await?),
        tags: each_once(tags.into_tuple().all(read).await?),
        materials: materials.into_tuple().all(read).await?,
    })
}

/// Words that a filter offers at most.
pub(crate) const MAX_CHOICES: u64 = 200;

/// Words that differ in case alone are one choice.
pub(crate) fn each_once(words: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    words.into_iter().filter(|word| seen.insert(fold(word))).collect()
}

fn escaped(word: &str) -> String {
    word.chars()
        .flat_map(|sign| ['\\'].into_iter().filter(move |_| "%_\\".contains(sign)).chain([sign]))
        .collect()
}

/// A pattern for a folded column that contains `word`, whatever signs it has.
pub(crate) fn containing(word: &str) -> LikeExpr {
    LikeExpr::new(format!("%{}%", escaped(word))).escape('\\')
}

/// Pieces that buyers wait for, by variant.
pub(crate) async fn waitlisted(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: Vec<Uuid>,
) -> Result<HashMap<Uuid, i64>> {
    let sums: Vec<(Uuid, i64)> = claim::Entity::find()
        .select_only()
        .column(claim::Column::VariantId)
        .expr_as(sum_of(claim::Column::Quantity), "pieces")
        .filter(claim::Column::BusinessId.eq(business_id))
        .filter(claim::Column::VariantId.is_in(variants))
        .filter(claim::Column::State.eq(ClaimState::Waitlisted.as_str()))
        .group_by(claim::Column::VariantId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(sums.into_iter().collect())
}

/// The sum of a column as a whole number, zero over no rows: PostgreSQL's own sum of `bigint` is a `numeric`.
pub(crate) fn sum_of(column: impl sea_orm::sea_query::IntoColumnRef) -> sea_orm::sea_query::SimpleExpr {
    Expr::col(column).sum().if_null(0).cast_as(Alias::new("bigint"))
}
