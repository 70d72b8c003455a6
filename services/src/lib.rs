//! The work of SellTrac: use cases in transactions, queries, jobs, and the ports for what lies outside.
//!
//! Every use case takes an [`accounts::Actor`], which only a session yields, and asks each query for its business: a row
//! of another tenant is not found.

// Money and weight are integers to the last step.
#![deny(clippy::float_arithmetic)]

pub mod accounts;
pub mod clock;
pub mod customers;
pub mod database;
pub mod entities;
pub mod error;
pub mod inventory;
pub mod invoices;
pub mod jobs;
pub mod lists;
pub mod live;
mod once;
pub mod payments;
pub mod places;
pub mod ports;
pub mod reports;
pub mod retention;
pub mod sales;
pub mod security_log;
pub mod shipping;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transfer;
pub mod vault;
pub mod zone;

use std::{collections::HashMap, sync::Arc};

use domain::{payments::Gateway, shipping::Carrier};

pub use crate::error::{Error, Result};
use crate::{
    accounts::password::Hasher,
    clock::Clock,
    database::Database,
    live::Live,
    places::ServerPlaces,
    ports::{CarrierPort, GatewayPort, Mailer, Store},
    vault::Vault,
};

/// Everything a use case needs, cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

/// What [`Services`] are made of.
pub struct Parts {
    pub database: Database,
    pub clock: Clock,
    pub vault: Vault,
    pub hasher: Hasher,
    pub places: ServerPlaces,
    pub gateways: HashMap<Gateway, Box<dyn GatewayPort>>,
    pub carriers: HashMap<Carrier, Box<dyn CarrierPort>>,
    pub mailer: Box<dyn Mailer>,
    pub store: Box<dyn Store>,
    pub live: Live,
    pub settings: Settings,
}

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where buyers and providers reach this server, without a slash at the end.
    pub public_url: String,
    /// Whether strangers may register a business.
    pub registration: bool,
}

impl Services {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Services(Arc::new(parts))
    }

    /// The moment, in UTC milliseconds.
    pub fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// The adapter of a gateway.
    pub fn gateway(&self, gateway: Gateway) -> Result<&dyn GatewayPort> {
        self.0.gateways.get(&gateway).map(AsRef::as_ref).ok_or(Error::NO_ADAPTER)
    }

    /// The adapter of a carrier service.
    pub fn carrier(&self, carrier: Carrier) -> Result<&dyn CarrierPort> {
        self.0.carriers.get(&carrier).map(AsRef::as_ref).ok_or(Error::NO_ADAPTER)
    }
}

impl std::ops::Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// A new key for a row: time-ordered, so that rows written together lie together.
pub fn new_id() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
