//! The list of items.

use std::collections::HashMap;

use domain::{
    inventory::{ItemRow, Stock, StockQuery},
    page::{PAGE_ROWS, Page},
    sales::claims::ClaimState,
    text::fold,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::Expr,
    sea_query::{Alias, LikeExpr},
};
use uuid::Uuid;

use super::{price::Prices, variants_of};
use crate::{
    Result, Services,
    accounts::Actor,
    entities::{claim, item, material},
};

/// A stretch of the items, by code.
pub async fn list(services: &Services, actor: &Actor, query: &StockQuery) -> Result<Page<ItemRow>> {
    let read = services.database.read();
    let mut select = item::Entity::find()
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .order_by_asc(item::Column::CodeFolded)
        .limit(PAGE_ROWS + 1);
    select = match query.archived {
        true => select.filter(item::Column::ArchivedAt.is_not_null()),
        false => select.filter(item::Column::ArchivedAt.is_null()),
    };
    for word in fold(&query.search).split(' ').filter(|word| !word.is_empty()) {
        select = select.filter(Expr::col(item::Column::Search).like(containing(word)));
    }
    if !query.after.is_empty() {
        select = select.filter(item::Column::CodeFolded.gt(&query.after));
    }
    let page = Page::new(select.all(read).await?, PAGE_ROWS, |item| item.code_folded.clone());

    let ids: Vec<Uuid> = page.rows.iter().map(|item| item.id).collect();
    let mut variants = variants_of(read, actor.business_id, &ids).await?;
    let variant_ids = variants.values().flatten().map(|variant| variant.id).collect();
    let waiting = waitlisted(read, actor.business_id, variant_ids).await?;
    let materials: HashMap<Uuid, String> = material::Entity::find()
        .filter(material::Column::BusinessId.eq(actor.business_id))
        .filter(material::Column::Id.is_in(page.rows.iter().filter_map(|item| item.material_id)))
        .all(read)
        .await?
        .into_iter()
        .map(|material| (material.id, material.name))
        .collect();
    let prices = Prices::of(read, actor.business_id, actor.currency, &page.rows).await?;
    let rows = page
        .rows
        .into_iter()
        .map(|item| {
            let priced = prices.of_one(&item, None);
            let variants = variants.remove(&item.id).unwrap_or_default();
            let mut stock = Stock::default();
            for variant in &variants {
                stock.on_hand += variant.on_hand;
                stock.held += variant.held;
                stock.sold += variant.sold;
                stock.waitlisted += waiting.get(&variant.id).copied().unwrap_or_default();
            }
            ItemRow {
                id: item.id,
                key: item.code_folded,
                code: item.code,
                title: item.title,
                material: item.material_id.and_then(|id| materials.get(&id).cloned()).unwrap_or_default(),
                price: priced.price,
                regular: priced.regular,
                told: priced.told,
                weight: item.weight,
                variants: variants
                    .into_iter()
                    .map(|variant| variant.name)
                    .filter(|name| !name.is_empty())
                    .collect(),
                stock,
            }
        })
        .collect();
    Ok(Page { rows, next: page.next })
}

/// A pattern for a folded column that contains `word`, whatever signs it has.
pub(crate) fn containing(word: &str) -> LikeExpr {
    let escaped: String = word
        .chars()
        .flat_map(|sign| ['\\'].into_iter().filter(move |_| "%_\\".contains(sign)).chain([sign]))
        .collect();
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
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
