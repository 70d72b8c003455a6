//! Changing the prices of many items by per cent.

use std::collections::HashMap;

use domain::{inventory::Pricing, lists::PriceChange, money::MAX_MINOR};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Expr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Result,
    database::Write,
    entities::{item, variant},
    inventory::variants_of,
    lists::bulk::{Edit, each},
};

/// A change of the prices that an item has, its sale price and those of its variants among them. Prices by weight follow
/// their material's rate and are left alone.
pub(super) struct Prices {
    pub change: PriceChange,
}

/// What an item costs, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PriceState {
    price: i64,
    sale_price: Option<i64>,
    /// Those of variants that have a price of their own, in the order of their ids.
    variants: Vec<(Uuid, i64)>,
}

impl Edit for Prices {
    type State = PriceState;

    async fn load(&self, write: &Write, business_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, PriceState)>> {
        let items: Vec<(Uuid, i64, Option<i64>)> = item::Entity::find()
            .select_only()
            .columns([item::Column::Id, item::Column::Price, item::Column::SalePrice])
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(ids.iter().copied()))
            .filter(item::Column::Pricing.eq(Pricing::Fixed.as_str()))
            .into_tuple()
            .all(&**write)
            .await?;
        let mut variants: HashMap<Uuid, Vec<variant::Model>> =
            variants_of(&**write, business_id, ids).await?;
        let states = items.into_iter().map(|(id, price, sale_price)| {
            let variants = variants.remove(&id).unwrap_or_default();
            let mut variants: Vec<(Uuid, i64)> =
                variants.into_iter().filter_map(|row| Some((row.id, row.price?))).collect();
            variants.sort_unstable();
            (id, PriceState { price, sale_price, variants })
        });
        Ok(states.collect())
    }

    /// An item stays as it is if one of its prices would be more than any price may be, or if its sale price would not be
    /// below its price any more.
    fn change(&self, state: &PriceState) -> PriceState {
        let changed = PriceState {
            price: self.change.of(state.price),
            sale_price: state.sale_price.map(|price| self.change.of(price)),
            variants: state.variants.iter().map(|(id, price)| (*id, self.change.of(*price))).collect(),
        };
        let all = [changed.price].into_iter().chain(changed.variants.iter().map(|(_, price)| *price));
        let are_prices = all.into_iter().all(|price| (0..=MAX_MINOR).contains(&price));
        let is_below = changed.sale_price.is_none_or(|sale| sale < changed.price);
        if are_prices && is_below { changed } else { state.clone() }
    }

    async fn store(
        &self,
        write: &Write,
        business_id: Uuid,
        rows: &[(Uuid, PriceState)],
        now: i64,
    ) -> Result<()> {
        let (id, price, sale_price) = (item::Column::Id, item::Column::Price, item::Column::SalePrice);
        item::Entity::update_many()
            .col_expr(price, each(id, rows, |state| Expr::value(state.price), price))
            .col_expr(sale_price, each(id, rows, |state| Expr::value(state.sale_price), sale_price))
            .col_expr(item::Column::UpdatedAt, Expr::value(now))
            .filter(item::Column::BusinessId.eq(business_id))
            .filter(item::Column::Id.is_in(rows.iter().map(|(id, _)| *id)))
            .exec(&**write)
            .await?;
        let variants: Vec<(Uuid, i64)> =
            rows.iter().flat_map(|(_, state)| state.variants.iter().copied()).collect();
        for some in variants.chunks(crate::customers::handles::ROWS_AT_ONCE) {
            let price = each(variant::Column::Id, some, |price| Expr::value(*price), variant::Column::Price);
            variant::Entity::update_many()
                .col_expr(variant::Column::Price, price)
                .filter(variant::Column::BusinessId.eq(business_id))
                .filter(variant::Column::Id.is_in(some.iter().map(|(id, _)| *id)))
                .exec(&**write)
                .await?;
        }
        Ok(())
    }
}
