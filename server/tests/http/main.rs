//! The router as browsers, gateways and strangers meet it, called in process and without a socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod app;

mod accounts;
mod bounds;
mod buyers;
mod carried;
mod customers;
mod doors;
mod every_page;
mod forms;
mod formulas;
mod functions;
mod guards;
mod health;
mod invoices;
mod limits_page;
mod links;
mod live;
mod pages;
mod pictures;
mod policies;
mod refusals;
mod reports;
mod shipping;
mod signatures;
mod sockets;
mod stock;
mod stuck;
mod titles;
mod transfer;
mod webhooks;
