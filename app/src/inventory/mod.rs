//! Items and their stock.

pub mod item;
mod item_form;
pub mod list;
pub mod pictures;
mod upload;
mod variants;
