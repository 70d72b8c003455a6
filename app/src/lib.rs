//! The screens of SellTrac: Leptos pages and components, and the server functions they call.
//!
//! A page asks for a view model with a server function and shows it; a form sends a server function. Each server function
//! first finds out who asks ([`server::signed_in`]), then calls one use case of `services`.

#![recursion_limit = "512"]

pub mod accounts;
pub mod customers;
pub mod demo;
pub mod error;
pub mod form;
pub mod inventory;
pub mod invoices;
pub mod lists;
pub mod live;
pub mod network;
pub mod privacy;
pub mod reports;
mod routes;
pub mod sales;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod shipping;
pub mod transfer;
pub mod ui;

pub use routes::App;
