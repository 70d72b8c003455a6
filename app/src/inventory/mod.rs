//! Items and their stock.

pub mod item;
mod item_form;
pub mod list;
mod variants;
