//! Moving in with a file and leaving with one.

pub mod export;
pub mod files;
pub mod import;
mod mapping;
pub mod past_sales;
mod results;
mod steps;
