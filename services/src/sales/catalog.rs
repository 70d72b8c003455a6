//! What can be claimed in a sale: the items as the reader sees them.
//!
//! One-offs that are sold out stay in the stock for years, and a reader that knows them all would be slow and would find
//! doubles of every code. So an item leaves the catalog once nothing of it is left and nobody has or awaits any of it. It
//! stays as long as a claim on it can mean something: while a buyer holds it or waits for it, in a sale in which it was
//! claimed, and for a while after its own page was last saved, so that what was never in stock can be pre-ordered.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use domain::{
    sales::{CatalogItem, CatalogVariant},
    time::DAY,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IdenStatic, Iterable, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, prelude::Expr,
};
use uuid::Uuid;

use super::sale::IDS_AT_ONCE;
use crate::{
    Result,
    accounts::Actor,
    entities::{claim, item, variant},
    inventory::{aliases_of, pictures, price::Prices, variants_of},
};

/// The most items that a catalog has. Where there are more, those that were added last are in it, and the sale says how
/// many are not.
pub const MAX_CATALOG_ITEMS: u64 = 100_000;
/// The most variants of all its items together: with those of a full catalog it is some 25 MB as it is sent, besides its texts.
pub const MAX_CATALOG_VARIANTS: usize = 200_000;
/// The most bytes of all its texts: codes, titles, aliases and names of variants.
pub const MAX_CATALOG_BYTES: usize = 32 * 1024 * 1024;
/// Items read at once. One may have hundreds of variants.
const AT_ONCE: usize = 500;
/// How long an item of which nothing is left stays after it was last saved, in milliseconds.
const STAYS_SOLD_OUT: i64 = 30 * DAY;

/// The items as the reader sees them, and the stored ones they stand for, in the same order.
pub(crate) struct SaleCatalog {
    pub items: Vec<CatalogItem>,
    pub item_ids: Vec<Uuid>,
    /// Items that can be claimed and are more than a catalog has.
    pub left_out: u64,
}

/// The items that belong into a catalog: that of a sale, or of one that would be opened now.
fn claimable(business_id: Uuid, sale_id: Option<Uuid>, now: i64) -> Select<item::Entity> {
    let held_or_awaited = variant::Entity::find()
        .select_only()
        .column(variant::Column::ItemId)
        .filter(variant::Column::BusinessId.eq(business_id))
        .filter(variant::Column::RemovedAt.is_null())
        .filter(Condition::any().add(variant::Column::Held.gt(0)).add(variant::Column::Waitlisted.gt(0)))
        .into_query();
    let mut stays = Condition::any()
        .add(item::Column::PiecesLeft.gt(0))
        .add(item::Column::UpdatedAt.gt(now.saturating_sub(STAYS_SOLD_OUT)))
        .add(item::Column::Id.in_subquery(held_or_awaited));
    if let Some(sale_id) = sale_id {
        let claimed = claim::Entity::find()
            .select_only()
            .column(claim::Column::VariantId)
            .filter(claim::Column::BusinessId.eq(business_id))
            .filter(claim::Column::SaleId.eq(sale_id))
            .into_query();
        let of_sale = variant::Entity::find()
            .select_only()
            .column(variant::Column::ItemId)
            .filter(variant::Column::BusinessId.eq(business_id))
            .filter(variant::Column::Id.in_subquery(claimed))
            .into_query();
        stays = stays.add(item::Column::Id.in_subquery(of_sale));
    }
    item::Entity::find()
        .filter(item::Column::BusinessId.eq(business_id))
        .filter(item::Column::ArchivedAt.is_null())
        .filter(stays)
}

/// Items of a business without their long texts, which nobody claims by, those that were added last first. They are found by
/// their keys alone and sorted out here: asked for those of the business, SQLite would rather read all of its items each time.
async fn rows(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    ids: &[Uuid],
) -> Result<Vec<item::Model>> {
    let is_long = |column: &item::Column| {
        matches!(column, item::Column::Description | item::Column::Note | item::Column::Search)
    };
    let (long, short): (Vec<_>, Vec<_>) = item::Column::iter().partition(is_long);
    let select = item::Entity::find().filter(item::Column::Id.is_in(ids.iter().copied()));
    let mut select = select.select_only().columns(short);
    for column in long {
        select = select.expr_as(Expr::value(""), column.as_str());
    }
    let mut rows = select.order_by_desc(item::Column::Id).into_model::<item::Model>().all(connection).await?;
    rows.retain(|item| item.business_id == business_id);
    Ok(rows)
}

/// The catalog of a sale, or of one that would be opened now.
pub(crate) async fn catalog(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sale_id: Option<Uuid>,
    now: i64,
) -> Result<SaleCatalog> {
    let most = Most { items: MAX_CATALOG_ITEMS, variants: MAX_CATALOG_VARIANTS, bytes: MAX_CATALOG_BYTES };
    of_most(connection, actor, sale_id, now, most).await
}

/// How large a catalog is at most.
#[derive(Clone, Copy)]
struct Most {
    items: u64,
    variants: usize,
    bytes: usize,
}

impl Most {
    /// Makes room for an item, if there is so much.
    fn takes(&mut self, item: &CatalogItem) -> bool {
        let variants = self.variants.checked_sub(item.variants.len());
        let bytes = self.bytes.checked_sub(bytes_of(item));
        let Some((variants, bytes)) = variants.zip(bytes) else { return false };
        (self.variants, self.bytes) = (variants, bytes);
        true
    }
}

/// Bytes of the texts of an item.
fn bytes_of(item: &CatalogItem) -> usize {
    let CatalogItem { code, title, aliases, variants } = item;
    let of_variants = variants.iter().map(|variant| variant.code.len() + variant.name.len());
    code.len() + title.len() + aliases.iter().map(String::len).chain(of_variants).sum::<usize>()
}

async fn of_most(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sale_id: Option<Uuid>,
    now: i64,
    most: Most,
) -> Result<SaleCatalog> {
    let select = claimable(actor.business_id, sale_id, now);
    let newest = select.clone().select_only().column(item::Column::Id).order_by_desc(item::Column::Id);
    let ids: Vec<Uuid> = newest.limit(most.items).into_tuple::<Uuid>().all(connection).await?;
    let all = match ids.len() as u64 {
        found if found < most.items => found,
        _ => select.count(connection).await?,
    };
    let mut items = Vec::with_capacity(ids.len());
    let mut room = most;
    'ids: for some in ids.chunks(AT_ONCE) {
        let rows = rows(connection, actor.business_id, some).await?;
        let prices = Prices::of(connection, actor.business_id, actor.currency, &rows).await?;
        let mut variants = variants_of(connection, actor.business_id, some).await?;
        let mut aliases = aliases_of(connection, actor.business_id, some).await?;
        for item in rows {
            let variants = variants.remove(&item.id).unwrap_or_default();
            let shown = CatalogItem {
                aliases: aliases
                    .remove(&item.id)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|alias| alias.alias)
                    .collect(),
                variants: variants
                    .into_iter()
                    .map(|variant| CatalogVariant {
                        id: variant.id,
                        left: variant.on_hand - variant.held,
                        price: prices.of_one(&item, Some(&variant)).price.minor,
                        code: variant.code,
                        name: variant.name,
                    })
                    .collect(),
                code: item.code,
                title: item.title,
            };
            if !room.takes(&shown) {
                break 'ids;
            }
            items.push((item.code_folded, item.id, shown));
        }
    }
    items.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
    let left_out = all.saturating_sub(items.len() as u64);
    let (item_ids, items) = items.into_iter().map(|(_, id, item)| (id, item)).unzip();
    Ok(SaleCatalog { items, item_ids, left_out })
}

impl SaleCatalog {
    /// The token of the main picture of those items that have one, by their index.
    pub async fn pictures(
        &self,
        connection: &impl ConnectionTrait,
        actor: &Actor,
    ) -> Result<Vec<(u32, String)>> {
        let mut pictures: HashMap<Uuid, String> = HashMap::new();
        for some in self.item_ids.chunks(IDS_AT_ONCE) {
            let found = pictures::main_of(connection, actor.business_id, some.iter().copied()).await?;
            pictures.extend(found.into_iter().map(|(id, picture)| (id, picture.token)));
        }
        let of_items = (0..).zip(&self.item_ids);
        Ok(of_items.filter_map(|(index, id)| Some((index, pictures.remove(id)?))).collect())
    }

    /// A mark of the catalog and its pictures, but for what is left: who has a catalog with the same mark has this one.
    pub fn mark(&self, pictures: &[(u32, String)]) -> String {
        let mut hasher = DefaultHasher::new();
        for item in &self.items {
            let CatalogItem { code, title, aliases, variants } = item;
            (code, title, aliases, variants.len()).hash(&mut hasher);
            for CatalogVariant { id, code, name, left: _, price } in variants {
                (id, code, name, price).hash(&mut hasher);
            }
        }
        pictures.hash(&mut hasher);
        format!("{:x}-{}", hasher.finish(), self.items.len())
    }

    /// What is left of each variant, in the order of the catalog.
    pub fn left(&self) -> Vec<i64> {
        self.items.iter().flat_map(|item| &item.variants).map(|variant| variant.left).collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::allow_attributes, reason = "what the macro imports, not every test uses")]

    use super::*;
    use crate::{
        database_tests,
        inventory::item as items,
        sales::{hold::hold, sale},
        testing::World,
    };

    async fn codes(world: &World, shop: &Actor, sale_id: Option<Uuid>, most: u64) -> (Vec<String>, u64) {
        let (read, now) = (world.services.database.read(), world.services.now());
        let most = Most { items: most, variants: MAX_CATALOG_VARIANTS, bytes: MAX_CATALOG_BYTES };
        let catalog = of_most(read, shop, sale_id, now, most).await.unwrap();
        (catalog.items.into_iter().map(|item| item.code).collect(), catalog.left_out)
    }

    async fn empty(world: &World, shop: &Actor, code: &str) {
        let coded = crate::entities::item::Column::Code.eq(code);
        let found = crate::entities::item::Entity::find().filter(coded);
        let id = found.one(world.services.database.read()).await.unwrap().unwrap().id;
        let mut form = items::view(&world.services, shop, id).await.unwrap().form;
        form.variants.iter_mut().for_each(|variant| variant.quantity = "0".into());
        items::save(&world.services, shop, Some(id), &form).await.unwrap();
    }

    database_tests! {
        async fn what_is_sold_out_leaves_unless_a_claim_on_it_means_something(database: TestDatabase) {
            let world = World::new(database);
            let shop = world.shop("olive@moonlit.example").await;
            let sale = world.sale(&shop).await;
            empty(&world, &shop, "A12").await;
            assert_eq!(codes(&world, &shop, Some(sale), 9).await.0, ["A12", "B27", "C3"], "it was just saved");
            world.services.clock.advance(STAYS_SOLD_OUT);
            assert_eq!(codes(&world, &shop, Some(sale), 9).await.0, ["B27", "C3"]);
            // All towers are held, then nobody has one any more.
            hold(&world.services, &shop, sale, "Ana Ruiz: sold B27 x3".into()).await.unwrap();
            let another = world.sale(&shop).await;
            assert_eq!(codes(&world, &shop, Some(another), 9).await.0, ["B27", "C3"], "she holds it");
            let late = hold(&world.services, &shop, another, "Kim Lee: sold B27".into()).await.unwrap();
            assert_eq!((late.waitlisted, late.to_review), (1, 0), "who comes later still waits for it");
            hold(&world.services, &shop, another, "Kim Lee: cancel B27".into()).await.unwrap();
            crate::invoices::bill::bill_everyone(&world.services, &shop).await.unwrap();
            let invoice = crate::entities::invoice::Entity::find().one(world.services.database.read()).await.unwrap().unwrap();
            crate::payments::pay::start(&world.services, &invoice.token, domain::payments::Gateway::Stripe).await.unwrap();
            world.gateway.pay();
            world.later(DAY).await;
            let third = world.sale(&shop).await;
            assert_eq!(codes(&world, &shop, Some(third), 9).await.0, ["C3"], "it is sold");
            assert_eq!(codes(&world, &shop, None, 9).await.0, ["C3"]);
            assert_eq!(codes(&world, &shop, Some(sale), 9).await.0, ["B27", "C3"], "it was claimed in this sale");
        }

        async fn a_catalog_that_is_full_has_the_newest_and_says_so(database: TestDatabase) {
            let world = World::new(database);
            let shop = world.shop("olive@moonlit.example").await;
            let sale = world.sale(&shop).await;
            assert_eq!(codes(&world, &shop, Some(sale), 2).await, (vec!["B27".to_owned(), "C3".to_owned()], 1));
            assert_eq!(codes(&world, &shop, Some(sale), 3).await.1, 0);
            let (read, now) = (world.services.database.read(), world.services.now());
            let most = Most { items: 9, variants: 3, bytes: MAX_CATALOG_BYTES };
            let full = of_most(read, &shop, Some(sale), now, most).await.unwrap();
            let shown: Vec<&str> = full.items.iter().map(|item| item.code.as_str()).collect();
            assert_eq!((shown, full.item_ids.len(), full.left_out), (vec!["B27", "C3"], 2, 1), "a ring has two sizes");
            assert_eq!(sale::view(&world.services, &shop, sale).await.unwrap().left_out, 0);
            // Its texts have a bound of their own.
            let of_two: usize = full.items.iter().map(bytes_of).sum();
            for (bytes, left_out) in [(of_two, 1), (of_two - 1, 2)] {
                let most = Most { items: 9, variants: 9, bytes };
                let full = of_most(read, &shop, Some(sale), now, most).await.unwrap();
                assert_eq!(full.left_out, left_out, "{bytes} bytes");
            }
            let texts = |texts: [&str; 5]| {
                let [code, title, alias, own, name] = texts.map(str::to_owned);
                let variant = CatalogVariant { id: Uuid::nil(), code: own, name, left: 1, price: 0 };
                bytes_of(&CatalogItem { code, title, aliases: vec![alias], variants: vec![variant] })
            };
            assert_eq!(texts(["A1", "Ring", "band", "A1x", "7"]), 14, "all of them count");
        }

        async fn who_has_the_catalog_gets_only_what_is_left(database: TestDatabase) {
            use domain::sales::view::{CatalogSent, KnownCatalog};

            let world = World::new(database);
            let shop = world.shop("olive@moonlit.example").await;
            let services = &world.services;
            let id = world.sale(&shop).await;
            let first = sale::view_for(services, &shop, id, &KnownCatalog::Page).await.unwrap();
            assert_eq!((first.sent.clone(), first.catalog.len()), (CatalogSent::Whole, 3));
            hold(services, &shop, id, "Ana Ruiz: sold C3 x2".into()).await.unwrap();
            let known = KnownCatalog::Catalog(first.catalog_mark.clone());
            let next = sale::view_for(services, &shop, id, &known).await.unwrap();
            assert_eq!((next.sent.clone(), next.catalog.len()), (CatalogSent::Left(vec![2, 1, 3, 98]), 0));
            assert_eq!(next.over(&first), sale::view(services, &shop, id).await.unwrap());
            world.item(&shop, "D4", "Jade heart", "3.00", &[("", "1")]).await;
            let whole = sale::view_for(services, &shop, id, &known).await.unwrap();
            assert_eq!((whole.sent, whole.catalog.len()), (CatalogSent::Whole, 4));
        }
    }
}
