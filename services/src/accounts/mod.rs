//! Registration, sessions, and the business' own settings.

pub mod browsers;
pub mod business;
mod door;
mod likely_zone;
pub(crate) mod members;
pub mod password;
mod password_strength;
pub mod register;
pub mod session;
pub(crate) mod tries;
pub mod viewer;

use domain::{accounts::Role, money::Currency, problem::Code, weight::WeightUnit};
use uuid::Uuid;

use crate::{
    Result,
    error::stored,
    security_log::{Event, Outcome, note},
    zone::Zone,
};

/// Who asks, and for which business. Only a valid session yields one, so a use case that takes an actor is authorised
/// to act within that business and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub member_id: Uuid,
    pub member_name: String,
    pub business_id: Uuid,
    pub business_name: String,
    pub role: Role,
    pub currency: Currency,
    pub weight_unit: WeightUnit,
    /// By whose clock the business counts its days.
    pub zone: Zone,
}

impl Actor {
    /// Fails for a role that only ships.
    pub fn must_sell(&self) -> Result<()> {
        self.must(self.role.may_sell())
    }

    /// Fails for a role that may not change settings.
    pub fn must_own(&self) -> Result<()> {
        self.must(self.role.may_change_settings())
    }

    /// What a role refuses is a button that was not there, so it is noted.
    fn must(&self, may: bool) -> Result<()> {
        if may {
            return Ok(());
        }
        note(Event::Role, Outcome::Refused, self.into());
        Err(Code::NotAllowed.into())
    }
}

/// The time zone that a business was stored with.
pub(crate) fn zone(name: &str) -> Result<Zone> {
    stored(Zone::parse(name))
}

/// The currency that a business or row was stored with.
pub(crate) fn currency(code: &str) -> Result<Currency> {
    stored(Currency::parse(code))
}
