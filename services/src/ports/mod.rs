//! What lies outside, as traits. The adapters in the server implement them; this crate knows no vendor and no HTTP client.

pub mod carrier;
pub mod gateway;
pub mod mailer;
pub mod store;

pub use carrier::CarrierPort;
pub use gateway::GatewayPort;
pub use mailer::Mailer;
pub use store::Store;

use std::{future::Future, pin::Pin};

/// The answer of a port, in a box, so that a port can be a trait object.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, PortError>> + Send + 'a>>;

/// Why something outside did not do what was asked. The texts are for the log; they hold no secret and no buyer's data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// No answer, or an answer that says "later": a time-out, a broken connection, 429, 5xx. The request may have been
    /// carried out all the same.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// It answers, and says "later" about this one thing: a mailbox that is full, a sender that is put off.
    #[error("postponed: {0}")]
    Postponed(String),
    /// The provider says no, and would say no again.
    #[error("refused: {0}")]
    Refused(String),
    /// The thing asked for does not exist there (any more).
    #[error("gone: {0}")]
    Gone(String),
    /// The key is wrong, or may not do this.
    #[error("not authorised: {0}")]
    Unauthorised(String),
    /// The account has no money left to buy with.
    #[error("payment required: {0}")]
    PaymentRequired(String),
    /// The answer cannot be understood. The request may have been carried out.
    #[error("nonsense: {0}")]
    Nonsense(String),
    /// A live key must not be sent to an address that is not the vendor's.
    #[error("a live key is only sent to the vendor's own host")]
    LiveKeyElsewhere,
}

impl PortError {
    /// Whether trying again later can help.
    pub fn is_passing(&self) -> bool {
        matches!(self, PortError::Unavailable(_) | PortError::Postponed(_) | PortError::Nonsense(_))
    }
}
