//! Items and their stock.

pub mod item;
mod item_folds;
mod item_form;
pub mod list;
pub mod material;
pub mod materials;
mod price_part;
mod variants;
