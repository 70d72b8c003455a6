//! What items cost now. A price by weight is worked out wherever it is read, so that it follows its material's rate.

use std::collections::{HashMap, HashSet};

use domain::{
    inventory::{MaterialChoice, PriceFacts, Priced, Pricing, Rate, WeightRate},
    money::{Currency, Money},
    weight::WeightUnit,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    Result,
    entities::{item, material, variant},
    error::stored,
};

/// The rates by which the prices of some items are worked out.
pub(crate) struct Prices {
    currency: Currency,
    rates: HashMap<Uuid, WeightRate>,
}

impl Prices {
    /// Loads what the prices of these items need; nothing where none of them goes by weight.
    pub async fn of(
        connection: &impl ConnectionTrait,
        business_id: Uuid,
        currency: Currency,
        items: impl IntoIterator<Item = &item::Model>,
    ) -> Result<Self> {
        let materials: HashSet<Uuid> = items
            .into_iter()
            .filter(|item| item.pricing == Pricing::ByWeight.as_str())
            .filter_map(|item| item.material_id)
            .collect();
        let mut rates = HashMap::new();
        if !materials.is_empty() {
            let rows = material::Entity::find()
                .filter(material::Column::BusinessId.eq(business_id))
                .filter(material::Column::Id.is_in(materials))
                .all(connection)
                .await?;
            for row in rows {
                rates.extend(weight_rate(&row, currency)?.map(|rate| (row.id, rate)));
            }
        }
        Ok(Prices { currency, rates })
    }

    /// What one piece of an item costs, or of one of its variants.
    pub fn of_one(&self, item: &item::Model, variant: Option<&variant::Model>) -> Priced {
        let money = |minor| Money::new(minor, self.currency);
        let facts = PriceFacts {
            // A word that no version wrote is taken for the usual one: a price must be shown.
            pricing: Pricing::parse(&item.pricing).unwrap_or(Pricing::Fixed),
            price: money(item.price),
            sale_price: item.sale_price.map(money),
            own_price: variant.and_then(|variant| variant.price).map(money),
            rate: item.material_id.and_then(|id| self.rates.get(&id).copied()),
            net_weight: variant.and_then(|variant| variant.net_weight).or(item.net_weight),
        };
        facts.priced()
    }
}

/// What a material costs by weight, if it has a rate.
pub(crate) fn weight_rate(row: &material::Model, currency: Currency) -> Result<Option<WeightRate>> {
    let unit = unit(row)?;
    Ok(row.rate.map(|micros| WeightRate { rate: Rate { micros, currency }, unit, wastage: row.wastage }))
}

/// The unit in which a material is weighed.
pub(crate) fn unit(row: &material::Model) -> Result<WeightUnit> {
    stored(WeightUnit::parse(&row.unit))
}

/// A material as something to choose.
pub(crate) fn choice(row: material::Model, currency: Currency) -> Result<MaterialChoice> {
    Ok(MaterialChoice {
        unit: unit(&row)?,
        rate: weight_rate(&row, currency)?,
        name: row.name,
        origin: row.origin,
        hs_code: row.hs_code,
    })
}
