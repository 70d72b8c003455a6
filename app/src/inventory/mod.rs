//! Items and their stock.

pub mod count;
pub mod find;
pub mod item;
mod item_form;
pub mod list;
mod scan;
pub mod stock_section;
pub mod tag_sheet;
pub mod tags;
mod variants;
