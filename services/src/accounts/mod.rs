//! Registration, sessions, and the business' own settings.

pub mod business;
pub mod password;
pub mod register;
pub mod session;
pub mod viewer;

use domain::{accounts::Role, money::Currency, problem::Code, weight::WeightUnit};
use uuid::Uuid;

use crate::{Result, error::stored};

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
}

impl Actor {
    /// Fails for a role that only ships.
    pub fn must_sell(&self) -> Result<()> {
        if self.role.may_sell() { Ok(()) } else { Err(Code::NotAllowed.into()) }
    }

    /// Fails for a role that may not change settings.
    pub fn must_own(&self) -> Result<()> {
        if self.role.may_change_settings() { Ok(()) } else { Err(Code::NotAllowed.into()) }
    }
}

/// The currency that a business or row was stored with.
pub(crate) fn currency(code: &str) -> Result<Currency> {
    stored(Currency::parse(code))
}
