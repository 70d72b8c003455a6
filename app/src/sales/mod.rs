//! Selling: the list of sales, and one sale from pasted comments to held claims.

mod claims;
mod keys;
mod lines;
pub mod list;
pub mod new;
mod paste;
mod reader;
mod reading;
mod review;
pub mod sale;
mod stock_strip;
mod told;
