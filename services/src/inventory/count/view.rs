//! A stock-take's page: what there is to count, and what was counted.

use std::collections::HashMap;

use domain::{
    inventory::count::{CountLine, CountQuery, CountView, what},
    lists::search_words,
    page::Page,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, prelude::Expr, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::find;
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{item, stock_count, stock_count_line, variant},
    inventory::{list::containing, variants_of},
};

/// Items shown at once, with all their variants.
const ITEMS_AT_ONCE: u64 = 25;

/// The items that a stock-take counts.
fn items_of(count: &stock_count::Model) -> Select<item::Entity> {
    let mut select = item::Entity::find()
        .filter(item::Column::BusinessId.eq(count.business_id))
        .filter(item::Column::ArchivedAt.is_null());
    for word in search_words(&count.search) {
        select = select.filter(matches(&word));
    }
    select
}

/// Whether an item has a word in what a search finds it by, or in its category.
fn matches(word: &str) -> SimpleExpr {
    Expr::col(item::Column::Search)
        .like(containing(word))
        .or(Expr::col(item::Column::CategoryFolded).like(containing(word)))
}

/// How many variants a stock-take counts.
pub(super) async fn variants_to_count(
    connection: &impl ConnectionTrait,
    count: &stock_count::Model,
) -> Result<i64> {
    let items = items_of(count).select_only().column(item::Column::Id).into_query();
    let variants = variant::Entity::find()
        .filter(variant::Column::BusinessId.eq(count.business_id))
        .filter(variant::Column::RemovedAt.is_null())
        .filter(variant::Column::ItemId.in_subquery(items))
        .count(connection)
        .await?;
    Ok(i64::try_from(variants).unwrap_or(i64::MAX))
}

/// A stretch of what there is to count, by code.
pub async fn view(services: &Services, actor: &Actor, id: Uuid, query: &CountQuery) -> Result<CountView> {
    let read = services.database.read();
    let count = find(read, actor, id).await?;
    let mut select = items_of(&count).order_by_asc(item::Column::CodeFolded).limit(ITEMS_AT_ONCE + 1);
    for word in search_words(&query.search) {
        select = select.filter(matches(&word));
    }
    if !query.after.is_empty() {
        select = select.filter(item::Column::CodeFolded.gt(&query.after));
    }
    let page = Page::new(select.all(read).await?, ITEMS_AT_ONCE, |item| item.code_folded.clone());
    let items: Vec<Uuid> = page.rows.iter().map(|item| item.id).collect();
    let mut variants = variants_of(read, actor.business_id, &items).await?;
    let ids = variants.values().flatten().map(|variant| variant.id);
    let lines: HashMap<Uuid, stock_count_line::Model> = stock_count_line::Entity::find()
        .filter(stock_count_line::Column::BusinessId.eq(actor.business_id))
        .filter(stock_count_line::Column::CountId.eq(id))
        .filter(stock_count_line::Column::VariantId.is_in(ids))
        .all(read)
        .await?
        .into_iter()
        .map(|line| (line.variant_id, line))
        .collect();
    let counted = stock_count_line::Entity::find()
        .filter(stock_count_line::Column::BusinessId.eq(actor.business_id))
        .filter(stock_count_line::Column::CountId.eq(id))
        .count(read)
        .await?;
    let rows = page
        .rows
        .into_iter()
        .flat_map(|item| {
            let variants = variants.remove(&item.id).unwrap_or_default();
            variants.into_iter().map(move |variant| (item.clone(), variant))
        })
        .map(|(item, variant)| {
            let line = lines.get(&variant.id);
            CountLine {
                variant_id: variant.id,
                item_id: item.id,
                code: item.code,
                title: item.title,
                variant: variant.name,
                expected: (!count.blind).then_some(variant.on_hand),
                to_ship: variant.sold - variant.shipped,
                counted: line.map(|line| line.counted),
                unsure: line.is_some_and(|line| line.unsure),
            }
        })
        .collect();
    Ok(CountView {
        id,
        what: what(&count.search),
        blind: count.blind,
        closed: count.closed_at.is_some(),
        lines: Page { rows, next: page.next },
        counted: i64::try_from(counted).unwrap_or(i64::MAX),
        of: variants_to_count(read, &count).await?,
        search: count.search,
    })
}
