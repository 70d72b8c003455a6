//! The items of a sale as the reader sees them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An item that buyers can claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogItem {
    /// What buyers type, as the seller writes it.
    pub code: String,
    pub title: String,
    /// Other words that mean this item.
    pub aliases: Vec<String>,
    /// At least one; an item without choices has one variant with an empty name.
    pub variants: Vec<CatalogVariant>,
}

/// One size, colour… of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogVariant {
    /// The stored variant; nil where the catalog came from a file.
    pub id: Uuid,
    /// A code of its own, which means just this variant. May be empty.
    #[serde(default)]
    pub code: String,
    /// Empty for the only variant of an item.
    pub name: String,
    /// Pieces that can still be claimed.
    pub left: i64,
    /// Minor units of the business' currency.
    pub price: i64,
}

/// The items of a sale, in the order in which claims name them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    items: Vec<CatalogItem>,
}

impl Catalog {
    /// A catalog of these items.
    pub fn new(items: Vec<CatalogItem>) -> Self {
        Catalog { items }
    }

    /// The items in the order in which they were given; claims name them by their index.
    pub fn items(&self) -> &[CatalogItem] {
        &self.items
    }

    /// An item by its index.
    pub fn item(&self, index: u32) -> Option<&CatalogItem> {
        self.items.get(index as usize)
    }

    /// A variant by its item's index and its own.
    pub fn variant(&self, item: u32, variant: u32) -> Option<&CatalogVariant> {
        self.item(item)?.variants.get(variant as usize)
    }
}
