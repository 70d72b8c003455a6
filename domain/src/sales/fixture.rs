//! A small catalog for the tests of what stands beside the reader.

use uuid::Uuid;

use super::{Catalog, CatalogItem, CatalogVariant, ReadSettings, Reader};

/// Reads against A12 in the sizes 6 (the variant 1) and 7 (2), and B27, which has none (3).
pub fn reader() -> Reader {
    let variant = |id: u128, name: &str| CatalogVariant {
        id: Uuid::from_u128(id),
        code: String::new(),
        name: name.into(),
        left: 3,
        price: 100,
    };
    let item = |code: &str, variants: Vec<CatalogVariant>| CatalogItem {
        code: code.into(),
        title: String::new(),
        aliases: Vec::new(),
        variants,
    };
    let catalog = Catalog::new(vec![
        item("A12", vec![variant(1, "6"), variant(2, "7")]),
        item("B27", vec![variant(3, "")]),
    ]);
    Reader::new(catalog, &ReadSettings::default())
}
