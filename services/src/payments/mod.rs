//! Paying: accounts at gateways, attempts, webhooks, and booking what the gateways say.

pub mod account;
pub mod check;
pub mod pay;
pub mod settle;
pub mod webhook;
