//! Paying: accounts at gateways, attempts, webhooks, and booking what the gateways say.

pub mod account;
pub mod check;
pub(crate) mod endpoints;
pub mod pay;
pub mod reversals;
pub mod settle;
pub mod troubles;
pub mod webhook;
