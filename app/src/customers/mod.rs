//! Buyers.

pub mod customer;
pub mod list;
