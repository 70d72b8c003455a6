//! What can go wrong in a use case, and what of it may be told.

use domain::problem::{Code, Problem};

use crate::{database, ports::PortError, vault::Unsealable};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case was not carried out. Only a [`Problem`] is for the outside; the rest is for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Problem(Problem),
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    #[error("outside: {0}")]
    Port(#[from] PortError),
    #[error("vault: {0}")]
    Vault(#[from] Unsealable),
    #[error("amounts: {0}")]
    Money(#[from] domain::money::MoneyError),
    /// Something that cannot be, with a sentence that says what.
    #[error("fault: {0}")]
    Fault(&'static str),
}

impl Error {
    /// The server was started without the adapter.
    pub(crate) const NO_ADAPTER: Error = Error::Fault("there is no adapter for this provider");

    /// What a person may be told.
    pub fn problem(&self) -> Problem {
        match self {
            Error::Problem(problem) => problem.clone(),
            Error::Port(error) if error.is_passing() => Code::ProviderUnavailable.into(),
            Error::Port(_) => Code::ProviderRefused.into(),
            Error::Database(error) if database::is_busy(error) => Code::Busy.into(),
            Error::Database(_) | Error::Vault(_) | Error::Money(_) | Error::Fault(_) => Code::Internal.into(),
        }
    }

    /// Whether it is a fault on our side, which belongs in the log.
    pub fn is_fault(&self) -> bool {
        self.problem().code == Code::Internal
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::Problem(problem)
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error::Problem(code.into())
    }
}

/// The one place where an absent row becomes "not found".
pub trait OrNotFound<T> {
    /// The value, or [`Code::NotFound`].
    fn or_not_found(self) -> Result<T>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self) -> Result<T> {
        self.ok_or(Error::Problem(Code::NotFound.into()))
    }
}

/// A stored word that no version of the program wrote.
pub(crate) fn stored<T>(parsed: Option<T>) -> Result<T> {
    parsed.ok_or(Error::Fault("a stored word is unknown"))
}
