//! Items and their stock.

pub mod count;
pub mod find;
pub mod item;
mod item_folds;
mod item_form;
mod keyword_part;
pub mod list;
pub mod material;
pub mod materials;
mod price_part;
mod scan;
pub mod stock_section;
pub mod tag_sheet;
pub mod tags;
mod variants;
