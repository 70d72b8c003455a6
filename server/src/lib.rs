//! The process around SellTrac: routes, webhooks, adapters for gateways, carriers and mail, settings, the command line.

pub mod adapters;
pub mod commands;
pub mod config;
pub mod http;
pub mod start;
