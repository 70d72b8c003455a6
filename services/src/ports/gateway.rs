//! A service that takes buyers' money on pages of its own.

use domain::{money::Money, payments::CheckoutTruth};
use secrecy::SecretString;
use uuid::Uuid;

use super::Answer;

/// What the gateway's page shall ask for. The same attempt is always asked for with the same values, because a gateway
/// refuses a key that comes back with another request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// The attempt: the idempotency key, and what the gateway gives back with its events.
    pub attempt_id: Uuid,
    pub invoice_id: Uuid,
    pub invoice_number: String,
    pub amount: Money,
    /// May be empty.
    pub customer_email: String,
    /// Where the buyer goes after paying.
    pub return_url: String,
    /// Where the buyer goes when they change their mind.
    pub cancel_url: String,
    /// UTC milliseconds after which the page takes no money.
    pub expires_at: i64,
}

/// The gateway's page for one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The gateway's name of the page.
    pub reference: String,
    /// Where the buyer pays.
    pub url: String,
    /// UTC milliseconds.
    pub expires_at: i64,
}

/// What came of asking for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckoutAnswer {
    Made(Checkout),
    /// There is no page that anybody could see, and this attempt will never have one.
    NotMade(NotMade),
}

/// Why a gateway will not make a page for an attempt, where another attempt may do better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotMade {
    /// It does not take the buyer's e-mail address, which is a convenience only.
    Email,
    /// The amount is less than it takes at once.
    TooSmall,
    /// The amount is more than it takes at once.
    TooLarge,
    /// It failed, or knows the attempt by another request, and gives the same answer to the same attempt for hours. The
    /// text is for the log.
    Spent(String),
}

/// What a gateway knows of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutReport {
    /// The attempt that the page was made for, as the gateway kept it; nothing if it is not one of ours.
    pub attempt_id: Option<Uuid>,
    pub truth: CheckoutTruth,
}

/// An event whose signature was found right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// Unique at the gateway.
    pub id: String,
    /// The gateway's word for what happened.
    pub kind: String,
    /// The page it is about, if it is about one.
    pub checkout_reference: Option<String>,
    /// The payment it is about, if it is about one: a refund, a dispute.
    pub payment_reference: Option<String>,
}

/// Why an event is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    #[error("the signature is missing or wrong")]
    Forged,
    #[error("the signature is too old")]
    Stale,
    #[error("the event cannot be read")]
    Nonsense,
}

/// A registered address for events.
pub struct WebhookRegistration {
    /// The gateway's name of the registration.
    pub reference: String,
    /// With which events are signed.
    pub secret: SecretString,
}

/// An address for events that an account at a gateway has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// The gateway's name of the registration.
    pub reference: String,
    pub url: String,
    /// UTC milliseconds.
    pub created_at: i64,
}

/// What was found out about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyReport {
    /// It may do what is needed, as far as that can be found out without doing it.
    Good {
        /// The gateway's own name of the account, if the key may ask for it.
        external_id: Option<String>,
    },
    /// It lacks this permission, by the gateway's name.
    MayNot(String),
}

/// A gateway. Implementations bound every call by a time-out.
pub trait GatewayPort: Send + Sync {
    /// Makes the page for an attempt. Calling it twice for one attempt gives the same page.
    fn create_checkout<'a>(
        &'a self,
        key: &'a SecretString,
        request: &'a CheckoutRequest,
    ) -> Answer<'a, CheckoutAnswer>;

    /// Asks what became of a page.
    fn fetch_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, CheckoutReport>;

    /// Closes a page that is still open; a page that is closed already is no error.
    fn expire_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, ()>;

    /// Asks the gateway to send its events to `url`.
    fn register_webhook<'a>(&'a self, key: &'a SecretString, url: &'a str)
    -> Answer<'a, WebhookRegistration>;

    /// The addresses for events that the account has.
    fn list_webhooks<'a>(&'a self, key: &'a SecretString) -> Answer<'a, Vec<WebhookEndpoint>>;

    /// Asks the gateway to send no more events there; a registration that is gone already is no error.
    fn remove_webhook<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, ()>;

    /// Asks what later looks will ask, to find out whether the key works and may do what is needed. A key that the gateway
    /// does not know is `Unauthorised`.
    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, KeyReport>;

    /// Verifies an event over its raw body. `header` finds a header by its lower-case name; `now` is in UTC milliseconds.
    fn verify_webhook(
        &self,
        secret: &SecretString,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: i64,
    ) -> Result<WebhookEvent, WebhookRefused>;
}
