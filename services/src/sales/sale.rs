//! Opening, listing and showing sales.

use std::collections::{HashMap, HashSet};

use domain::{
    inventory::posted_weight,
    page::{PAGE_ROWS, Page},
    problem::{FieldCode, Problem},
    sales::{
        CatalogItem, CatalogVariant, CommentOrder, LayoutChoice, Platform, Preset, ReadSettings, SaleForm,
        view::{SaleRow, SaleView},
    },
    time,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{MAX_CATALOG_ITEMS, actions, claims, policy, review, rules, tally, words};
use crate::{
    Result, Services,
    accounts::{Actor, business},
    entities::{item, sale, variant},
    error::{OrNotFound, stored},
    inventory::{aliases_of, pictures, price::Prices, variants_of},
    new_id,
};

/// Ids in one question to the database, well below the engines' limits on parameters.
pub(crate) const IDS_AT_ONCE: usize = 10_000;

pub(crate) async fn find(connection: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<sale::Model> {
    sale::Entity::find_by_id(id)
        .filter(sale::Column::BusinessId.eq(actor.business_id))
        .one(connection)
        .await?
        .or_not_found()
}

/// How a sale's comments are read.
pub(crate) async fn settings(connection: &impl ConnectionTrait, sale: &sale::Model) -> Result<ReadSettings> {
    Ok(ReadSettings {
        preset: stored(Preset::parse(&sale.preset))?,
        seller: sale.seller.clone(),
        order: stored(CommentOrder::parse(&sale.comment_order))?,
        words: words::for_reading(connection, sale).await?,
        rules: rules::for_reading(connection, sale.business_id).await?,
        layout: stored(LayoutChoice::parse(&sale.layout))?,
    })
}

/// How comments are read, and against what.
pub struct ReadBy {
    pub settings: ReadSettings,
    pub catalog: Vec<CatalogItem>,
}

/// By what the comments of a sale are read.
pub async fn reading(services: &Services, actor: &Actor, id: Uuid) -> Result<ReadBy> {
    let read = services.database.read();
    let settings = settings(read, &find(read, actor, id).await?).await?;
    Ok(ReadBy { settings, catalog: catalog(read, actor).await?.items })
}

/// By what the comments of a sale are read that is opened now with this preset.
pub async fn reading_of_business(services: &Services, actor: &Actor, preset: Preset) -> Result<ReadBy> {
    let read = services.database.read();
    let settings = ReadSettings {
        preset,
        words: words::view(services, actor).await?,
        rules: rules::for_reading(read, actor.business_id).await?,
        ..ReadSettings::default()
    };
    Ok(ReadBy { settings, catalog: catalog(read, actor).await?.items })
}

/// Opens a sale.
pub async fn open(services: &Services, actor: &Actor, form: &SaleForm) -> Result<Uuid> {
    actor.must_sell()?;
    let new = form.parse()?;
    let write = services.database.write(actor.business_id).await?;
    // The sale begins with the rules of the business and keeps them when those change.
    let policy = policy::of_business(&*write, actor.business_id).await?;
    let sale = sale::ActiveModel {
        id: Set(new_id()),
        business_id: Set(actor.business_id),
        title: Set(new.title),
        platform: Set(new.platform.as_str().into()),
        preset: Set(new.preset.as_str().into()),
        comment_order: Set(new.order.as_str().into()),
        seller: Set(new.seller),
        closed_at: Set(None),
        created_at: Set(services.now()),
        hold_hours: Set(policy.hold_hours),
        limit_per_buyer: Set(policy.limit_per_buyer),
        put_backs: Set(policy.put_backs),
        repeats: Set(policy.repeats),
        words: Set(String::new()),
        layout: Set(new.layout.as_str().into()),
    };
    let sale = sale.insert(&*write).await?;
    write.commit().await?;
    Ok(sale.id)
}

/// What can be changed about a sale, as its form.
pub async fn form(services: &Services, actor: &Actor, id: Uuid) -> Result<SaleForm> {
    let sale = find(services.database.read(), actor, id).await?;
    Ok(SaleForm {
        title: sale.title,
        platform: sale.platform,
        preset: sale.preset,
        order: sale.comment_order,
        layout: sale.layout,
        seller: sale.seller,
    })
}

/// Changes how a sale is called and read. Comments that were held stay as they were read, and so does the platform: the
/// names of the buyers are names there.
pub async fn edit(services: &Services, actor: &Actor, id: Uuid, form: &SaleForm) -> Result<()> {
    actor.must_sell()?;
    let stored = find(services.database.read(), actor, id).await?;
    let new = SaleForm { platform: stored.platform, ..form.clone() }.parse()?;
    let write = services.database.write(actor.business_id).await?;
    let mut sale = find(&*write, actor, id).await?.into_active_model();
    sale.title = Set(new.title);
    sale.preset = Set(new.preset.as_str().into());
    sale.comment_order = Set(new.order.as_str().into());
    sale.layout = Set(new.layout.as_str().into());
    sale.seller = Set(new.seller);
    sale.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Says in which order the comments of a sale are pasted.
pub async fn set_order(services: &Services, actor: &Actor, id: Uuid, order: &str) -> Result<()> {
    actor.must_sell()?;
    let order = CommentOrder::parse(order).ok_or_else(|| Problem::field("order", FieldCode::NotAChoice))?;
    let write = services.database.write(actor.business_id).await?;
    let mut sale = find(&*write, actor, id).await?.into_active_model();
    sale.comment_order = Set(order.as_str().into());
    sale.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// Closes a sale to further claims, or opens it again.
pub async fn close(services: &Services, actor: &Actor, id: Uuid, closed: bool) -> Result<()> {
    actor.must_sell()?;
    let write = services.database.write(actor.business_id).await?;
    let mut sale = find(&*write, actor, id).await?.into_active_model();
    sale.closed_at = Set(closed.then(|| services.now()));
    sale.update(&*write).await?;
    write.commit().await?;
    Ok(())
}

/// A stretch of the sales, the newest first.
pub async fn list(services: &Services, actor: &Actor, after: &str) -> Result<Page<SaleRow>> {
    let read = services.database.read();
    let now = services.now();
    let mut select = sale::Entity::find()
        .filter(sale::Column::BusinessId.eq(actor.business_id))
        .order_by_desc(sale::Column::Id)
        .limit(PAGE_ROWS + 1);
    if let Ok(after) = Uuid::parse_str(after) {
        select = select.filter(sale::Column::Id.lt(after));
    }
    let page = Page::new(select.all(read).await?, PAGE_ROWS, |sale| sale.id.to_string());
    let ids: Vec<Uuid> = page.rows.iter().map(|sale| sale.id).collect();
    let mut tallies = tally::of(read, actor, &ids).await?;
    let rows = page
        .rows
        .into_iter()
        .map(|sale| {
            Ok(SaleRow {
                id: sale.id,
                key: sale.id.to_string(),
                platform: stored(Platform::parse(&sale.platform))?,
                closed: sale.closed_at.is_some(),
                age: time::age(sale.created_at, now),
                tally: tallies.remove(&sale.id).unwrap_or_else(|| tally::empty(actor)),
                title: sale.title,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page { rows, next: page.next })
}

/// The page of one sale.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<SaleView> {
    let read = services.database.read();
    let sale = find(read, actor, id).await?;
    let shown = catalog(read, actor).await?;
    let mut pictures = pictures::main_of(read, actor.business_id, shown.item_ids.iter().copied()).await?;
    let pictures = (0..)
        .zip(&shown.item_ids)
        .filter_map(|(index, id)| Some((index, pictures.remove(id)?.token)))
        .collect();
    let tally = tally::of(read, actor, &[id]).await?.remove(&id).unwrap_or_else(|| tally::empty(actor));
    let (lines, more_claims) = claims::of_sale(read, actor, &sale, services.now()).await?;
    Ok(SaleView {
        id,
        platform: stored(Platform::parse(&sale.platform))?,
        closed: sale.closed_at.is_some(),
        settings: settings(read, &sale).await?,
        tally,
        review: review::of_sale(read, actor, id).await?,
        claims: lines,
        more_claims,
        actions: actions::list(services, actor, id).await?,
        catalog: shown.items,
        pictures,
        title: sale.title,
    })
}

/// What can be claimed: the items as the reader sees them, and the stored ones they stand for, in the same order.
pub(crate) struct SaleCatalog {
    pub items: Vec<CatalogItem>,
    pub item_ids: Vec<Uuid>,
}

/// The catalog of a business: every item that is not archived.
pub(crate) async fn catalog(connection: &impl ConnectionTrait, actor: &Actor) -> Result<SaleCatalog> {
    let rows = item::Entity::find()
        .filter(item::Column::BusinessId.eq(actor.business_id))
        .filter(item::Column::ArchivedAt.is_null())
        .order_by_asc(item::Column::CodeFolded)
        .limit(MAX_CATALOG_ITEMS)
        .all(connection)
        .await?;
    let item_ids: Vec<Uuid> = rows.iter().map(|item| item.id).collect();
    let mut variants = variants_of(connection, actor.business_id, &item_ids).await?;
    let mut aliases = aliases_of(connection, actor.business_id, &item_ids).await?;
    let prices = Prices::of(connection, actor.business_id, actor.currency, &rows).await?;
    let items = rows
        .into_iter()
        .map(|item| CatalogItem {
            aliases: aliases
                .remove(&item.id)
                .unwrap_or_default()
                .into_iter()
                .map(|alias| alias.alias)
                .collect(),
            variants: variants
                .remove(&item.id)
                .unwrap_or_default()
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
        })
        .collect();
    Ok(SaleCatalog { items, item_ids })
}

/// What is claimed: a variant with its item.
pub(crate) struct Claimed {
    pub variant: variant::Model,
    pub item: item::Model,
    price: i64,
}

impl Claimed {
    /// What one piece costs now, in minor units. A claim keeps it: what its material costs later changes nothing.
    pub fn price(&self) -> i64 {
        self.price
    }

    /// Milligrams of one piece as it is posted.
    pub fn posted_weight(&self) -> i64 {
        let net_weight = self.variant.net_weight.or(self.item.net_weight);
        posted_weight(self.item.weight, self.variant.weight, net_weight)
    }
}

/// Some variants with their items, archived and removed ones among them.
pub(crate) async fn claimed(
    connection: &impl ConnectionTrait,
    business_id: Uuid,
    variants: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Claimed>> {
    let ids: Vec<Uuid> = variants.into_iter().collect();
    let mut claimed = HashMap::with_capacity(ids.len());
    let currency = business::currency_of(connection, business_id).await?;
    for some in ids.chunks(IDS_AT_ONCE) {
        let variants = variant::Entity::find()
            .filter(variant::Column::BusinessId.eq(business_id))
            .filter(variant::Column::Id.is_in(some.iter().copied()))
            .all(connection)
            .await?;
        let items: HashSet<Uuid> = variants.iter().map(|variant| variant.item_id).collect();
        let items: HashMap<Uuid, item::Model> = item::Entity::find()
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(items))
            .all(connection)
            .await?
            .into_iter()
            .map(|item| (item.id, item))
            .collect();
        let prices = Prices::of(connection, business_id, currency, items.values()).await?;
        claimed.extend(variants.into_iter().filter_map(|variant| {
            let item = items.get(&variant.item_id)?.clone();
            let price = prices.of_one(&item, Some(&variant)).price.minor;
            Some((variant.id, Claimed { variant, item, price }))
        }));
    }
    Ok(claimed)
}
