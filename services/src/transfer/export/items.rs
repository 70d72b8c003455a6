//! Items, one row a variant. What is said of the item stands in each of its rows.

use domain::{
    inventory::Pricing,
    money::{Currency, Money},
    transfer::{Field, export::ITEM_COLUMNS, values::list_cell},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Cell, Page};
use crate::{
    Result,
    accounts::Actor,
    entities::{item, material, variant},
    inventory::variants::{list_of, values},
    transfer::items::{KnownItem, with_all},
};

/// Variants whose items are read at once: fewer than rows of other tables, because each may be of another item with long texts.
const AT_ONCE: usize = 100;

/// The items that follow one.
pub async fn page(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    materials: &[material::Model],
    after: Uuid,
) -> Result<Page> {
    // Variants are counted and not items, of which one may have hundreds. The last item comes with all of its own.
    let mut ids: Vec<Uuid> = variant::Entity::find()
        .select_only()
        .column(variant::Column::ItemId)
        .filter(variant::Column::BusinessId.eq(actor.business_id))
        .filter(variant::Column::RemovedAt.is_null())
        .filter(variant::Column::ItemId.gt(after))
        .order_by_asc(variant::Column::ItemId)
        .limit(AT_ONCE as u64)
        .into_tuple::<Uuid>()
        .all(connection)
        .await?;
    let last = ids.last().copied().filter(|_| ids.len() >= AT_ONCE);
    ids.dedup();
    // Found by their keys alone and sorted out here: asked for those of the business, SQLite would rather read all of its items
    // each time.
    let mut items =
        item::Entity::find().filter(item::Column::Id.is_in(ids.iter().copied())).all(connection).await?;
    items.retain(|item| item.business_id == actor.business_id);
    let mut known = with_all(connection, actor, items, materials).await?;
    let currency = actor.currency;
    let rows = ids.into_iter().filter_map(move |id| known.remove(&id)).flat_map(move |mut item| {
        let variants = std::mem::take(&mut item.variants);
        variants.into_iter().map(move |variant| row(currency, &item, &variant))
    });
    Ok((Box::new(rows), last))
}

fn row(currency: Currency, known: &KnownItem, variant: &variant::Model) -> Vec<Cell> {
    let item = &known.row;
    let money =
        |minor: Option<i64>| minor.map_or_else(Cell::empty, |minor| Cell::money(Money::new(minor, currency)));
    let options = list_of(&item.options);
    let values = values(variant);
    let nth = |words: &[String], index: usize| Cell::text(words.get(index).cloned().unwrap_or_default());
    let by_weight = item.pricing == Pricing::ByWeight.as_str();
    let words = |words: &str| Cell::text(list_cell(words.split(", ").filter(|word| !word.is_empty())));
    let cell = |field: Field| match field {
        Field::Code => Cell::text(&item.code),
        Field::Title => Cell::text(&item.title),
        Field::Description => Cell::text(&item.description),
        Field::Category => Cell::text(&item.category),
        Field::Tags => words(&known.tags),
        Field::Aliases => words(&known.aliases),
        Field::Pricing => Cell::text(&item.pricing),
        // A price by weight is worked out wherever it is read.
        Field::Price => money((!by_weight).then_some(item.price)),
        Field::SalePrice => money(item.sale_price),
        Field::Cost => money(item.cost),
        Field::Currency => Cell::text(currency.code()),
        Field::Material => Cell::text(&known.material),
        Field::NetWeight => Cell::grams(item.net_weight),
        Field::Weight => Cell::grams((item.weight > 0).then_some(item.weight)),
        Field::WeightUnit => Cell::text("g"),
        Field::TaxClass => Cell::text(&item.tax_class),
        Field::Origin => Cell::text(&item.origin),
        Field::HsCode => Cell::text(&item.hs_code),
        Field::HandlingDays => Cell::optional(item.handling_days),
        Field::LowStock => Cell::optional(item.low_stock),
        Field::Note => Cell::text(&item.note),
        Field::Archived => Cell::truth(item.archived_at.is_some()),
        Field::Option1Name => nth(&options, 0),
        Field::Option2Name => nth(&options, 1),
        Field::Option3Name => nth(&options, 2),
        Field::Option1 => nth(&values, 0),
        Field::Option2 => nth(&values, 1),
        Field::Option3 => nth(&values, 2),
        Field::VariantCode => Cell::text(&variant.code),
        Field::VariantPrice => money(variant.price),
        Field::VariantNetWeight => Cell::grams(variant.net_weight),
        Field::VariantWeight => Cell::grams(variant.weight),
        Field::Barcode => Cell::text(&variant.barcode),
        Field::Quantity => Cell::count(variant.on_hand),
        _ => Cell::empty(),
    };
    let figures = [Cell::count(variant.held), Cell::count(variant.sold)];
    ITEM_COLUMNS.iter().map(|field| cell(*field)).chain(figures).collect()
}
