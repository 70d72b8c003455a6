//! Items, their variants, and what buyers may call them; materials, and what a piece of them costs.

mod code;
pub mod customs;
pub mod grid;
mod item;
mod keyword;
pub mod list;
mod material;
pub mod pictures;
mod price;
mod variant;

pub mod code128;
pub mod count;
pub mod shelf;
pub mod stock;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::{
    code::{MAX_CODE_CHARACTERS, codes_after},
    item::{ItemForm, ItemInput, MAX_ALIASES, MAX_HANDLING_DAYS, MAX_TAGS},
    keyword::KeywordQuery,
    list::{ItemRow, ItemSort, ItemsEdit, StockChoices, StockList, StockQuery},
    material::{
        MAX_MATERIALS, MadeOfIt, MaterialChoice, MaterialForm, MaterialInput, MaterialRow, MaterialView,
        PastRate, SHOWN_MADE_OF_IT, SHOWN_RATES,
    },
    price::{MAX_RATE_MICROS, MAX_WASTAGE, PriceFacts, Priced, Pricing, Rate, WeightRate, per_cent, wastage},
    variant::{MAX_OPTIONS, MAX_VARIANTS, UNNAMED_OPTION, VariantForm, VariantInput, variant_name},
};
use crate::{problem::FieldCode, sales::keywords::Keyword, text};

/// The most pieces of one variant.
pub const MAX_QUANTITY: i64 = 1_000_000;

stored_enum! {
    /// How a thing is taxed.
    TaxClass {
        Standard = "standard", "Standard";
        Reduced = "reduced", "Reduced";
        Zero = "zero", "Zero rate";
        Exempt = "exempt", "Exempt";
    }
}

/// Milligrams that one piece weighs as it is posted: the variant's own weight, else the item's, but never less than what is
/// sold of it.
pub fn posted_weight(item: i64, variant: Option<i64>, net_weight: Option<i64>) -> i64 {
    variant.unwrap_or_else(|| item.max(net_weight.unwrap_or_default()))
}

/// A number of pieces, which must be given.
pub(crate) fn quantity(typed: &str) -> Result<i64, FieldCode> {
    match text::tidy(typed) {
        typed if typed.is_empty() => Err(FieldCode::Missing),
        typed => whole(&typed, MAX_QUANTITY),
    }
}

/// A whole number from zero to `most`.
fn whole(typed: &str, most: i64) -> Result<i64, FieldCode> {
    match typed.parse::<i64>() {
        Ok(number) if number < 0 => Err(FieldCode::TooLittle(0)),
        Ok(number) if number > most => Err(FieldCode::TooMuch(most)),
        Ok(number) => Ok(number),
        Err(_) => Err(FieldCode::NotANumber),
    }
}

/// Pieces of a variant or of a whole item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// In the house and not paid for, held ones among them.
    pub on_hand: i64,
    /// Claimed and not yet paid.
    pub held: i64,
    /// Wanted by buyers who wait.
    pub waitlisted: i64,
    /// Paid.
    pub sold: i64,
}

impl Stock {
    /// Pieces that can still be claimed.
    pub fn left(&self) -> i64 {
        self.on_hand - self.held
    }
}

/// An item's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemView {
    pub id: Uuid,
    pub form: ItemForm,
    /// In the order of the form's variants, as the prices are.
    pub stock: Vec<Stock>,
    pub prices: Vec<Priced>,
    pub archived: bool,
    /// What its words match, and what else they could mean.
    pub keywords: Vec<Keyword>,
    pub setting: ItemSetting,
}

/// What an item's form is filled in with besides the item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemSetting {
    /// The code that comes next, for a new item.
    pub next_code: String,
    pub materials: Vec<MaterialChoice>,
    /// Categories that are in use.
    pub categories: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::posted_weight;

    #[test]
    fn what_is_posted_weighs_at_least_what_is_sold() {
        assert_eq!(posted_weight(5_000, None, None), 5_000);
        assert_eq!(posted_weight(0, None, Some(3_200)), 3_200);
        assert_eq!(posted_weight(5_000, Some(7_000), Some(3_200)), 7_000);
    }
}
