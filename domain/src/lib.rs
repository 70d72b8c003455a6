//! The rules of SellTrac: money, weight, reading comments, invoices, parcels.
//!
//! Nothing here does I/O, reads a clock or draws a random number, so the same code runs in the browser and on the
//! server. Each feature is a module of the name that its screens and its work carry in the other crates.

// Money and weight are integers to the last step.
#![deny(clippy::float_arithmetic)]

#[macro_use]
mod stored;

pub mod accounts;
pub mod address;
pub mod client;
pub mod contact;
pub mod customers;
pub mod inventory;
pub mod invoices;
pub mod lists;
pub mod money;
pub mod page;
pub mod payments;
pub mod problem;
pub mod reports;
pub mod sales;
pub mod shipping;
pub mod text;
pub mod three_way;
pub mod time;
pub mod transfer;
pub mod weight;
