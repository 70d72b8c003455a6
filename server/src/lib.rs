//! The process around SellTrac: routes, webhooks, adapters for gateways, carriers and mail, settings, the command line.

pub mod adapters;
pub mod commands;
pub mod config;
pub mod connections;
pub mod http;
pub mod limits;
mod private;
pub mod start;
pub mod stop;
mod wait;
