//! Opening, listing and showing sales.

use std::collections::{HashMap, HashSet};

use domain::{
    inventory::posted_weight,
    page::{PAGE_ROWS, Page},
    problem::{FieldCode, Problem},
    sales::{
        CatalogItem, CommentOrder, LayoutChoice, Platform, Preset, ReadSettings, SaleForm,
        view::{CatalogSent, KnownCatalog, SaleRow, SaleView, fits_in_page},
    },
    three_way::{self, ThreeWay},
    time,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{actions, catalog::catalog, claims, policy, review, rules, tally, words};
use crate::{
    Result, Services,
    accounts::{Actor, business},
    entities::{item, sale, variant},
    error::{OrNotFound, stored},
    inventory::price::Prices,
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
    let _place = services.places.reading.take(actor.business_id).await?;
    let read = services.database.read();
    let settings = settings(read, &find(read, actor, id).await?).await?;
    let catalog = catalog(read, actor, Some(id), services.now()).await?.items;
    Ok(ReadBy { settings, catalog })
}

/// By what the comments of a sale are read that is opened now with this preset.
pub async fn reading_of_business(services: &Services, actor: &Actor, preset: Preset) -> Result<ReadBy> {
    let _place = services.places.reading.take(actor.business_id).await?;
    let read = services.database.read();
    let settings = ReadSettings {
        preset,
        words: words::view(services, actor).await?,
        rules: rules::for_reading(read, actor.business_id).await?,
        ..ReadSettings::default()
    };
    let catalog = catalog(read, actor, None, services.now()).await?.items;
    Ok(ReadBy { settings, catalog })
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
    Ok(form_of(find(services.database.read(), actor, id).await?))
}

fn form_of(sale: sale::Model) -> SaleForm {
    SaleForm {
        title: sale.title,
        platform: sale.platform,
        preset: sale.preset,
        order: sale.comment_order,
        layout: sale.layout,
        seller: sale.seller,
        filled: String::new(),
    }
    .filled()
}

/// Changes how a sale is called and read. Comments that were held stay as they were read, and so does the platform: the
/// names of the buyers are names there.
///
/// # Errors
/// Names the fields that are wrong or were changed by somebody else meanwhile.
pub async fn edit(services: &Services, actor: &Actor, id: Uuid, form: &SaleForm) -> Result<()> {
    actor.must_sell()?;
    let stored = find(services.database.read(), actor, id).await?;
    let typed = SaleForm { platform: stored.platform, ..form.clone() };
    typed.parse()?;
    let write = services.database.write(actor.business_id).await?;
    let sale = find(&*write, actor, id).await?;
    let new = three_way::merged(&typed, &form_of(sale.clone()))?.parse()?;
    let mut sale = sale.into_active_model();
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

/// The page of one sale with its whole catalog.
pub async fn view(services: &Services, actor: &Actor, id: Uuid) -> Result<SaleView> {
    view_for(services, actor, id, &KnownCatalog::Nothing).await
}

/// The page of one sale. The catalog is large, so that who has it already gets only what is left of it.
pub async fn view_for(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    known: &KnownCatalog,
) -> Result<SaleView> {
    let read = services.database.read();
    let sale = find(read, actor, id).await?;
    // Also who has the catalog already and gets only what is left of it has it loaded here.
    let place = services.places.reading.take(actor.business_id).await?;
    let shown = catalog(read, actor, Some(id), services.now()).await?;
    let pictures = shown.pictures(read, actor).await?;
    let catalog_mark = shown.mark(&pictures);
    let left_out = i64::try_from(shown.left_out).unwrap_or(i64::MAX);
    let (sent, mark, catalog, pictures) = match known {
        KnownCatalog::Catalog(mark) if *mark == catalog_mark => {
            (CatalogSent::Left(shown.left()), catalog_mark, Vec::new(), Vec::new())
        }
        KnownCatalog::Page if !fits_in_page(&shown.items) => {
            (CatalogSent::Later, String::new(), Vec::new(), Vec::new())
        }
        _ => (CatalogSent::Whole, catalog_mark, shown.items, pictures),
    };
    drop(place);
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
        catalog,
        pictures,
        sent,
        catalog_mark: mark,
        left_out,
        title: sale.title,
    })
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
