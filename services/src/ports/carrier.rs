//! A service through which postage is bought.

use domain::{address::PostalAddress, money::Money, shipping::Parcel};
use secrecy::SecretString;
use serde::Serialize;

use super::Answer;

/// One end of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub address: PostalAddress,
}

/// A parcel to be carried. All of it is in the fingerprint by which is known whether an answer still holds, so whatever a
/// carrier is told belongs in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateRequest {
    pub from: Party,
    pub to: Party,
    pub parcel: Parcel,
    /// Our name of the shipment, kept by the carrier service.
    pub reference: String,
}

/// One offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedRate {
    pub reference: String,
    pub carrier: String,
    pub service: String,
    pub price: Money,
    pub days: Option<i64>,
}

/// All offers for one parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The service's name of the shipment; rates and label hang on it.
    pub shipment_reference: String,
    /// Offers whose price can be read and is in a currency that SellTrac knows.
    pub rates: Vec<OfferedRate>,
}

/// A label that was bought. It was paid for, so nothing that is odd about it makes it an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoughtLabel {
    /// Empty for what is not tracked, such as letters.
    pub tracking_number: String,
    /// A page where anyone can follow the parcel; may be empty.
    pub tracking_url: String,
    /// Nothing where it cannot be read to the currency's last decimal, or is in a currency that SellTrac does not know.
    pub price: Option<Money>,
    /// Where the label's picture is to be fetched; empty where the service has not drawn it yet.
    pub label_url: String,
}

/// A carrier service. Implementations bound every call by a time-out and never repeat a purchase by themselves. A purchase
/// may take a minute at least, because what is carried out after nobody listens any more has to be looked up.
pub trait CarrierPort: Send + Sync {
    /// Asks for offers. Costs nothing.
    fn quote<'a>(&'a self, key: &'a SecretString, request: &'a RateRequest) -> Answer<'a, Quote>;

    /// Buys a label. After an error the caller looks the shipment up before trying again: of most it does not follow that
    /// nothing was bought. A shipment that was bought already answers with its label.
    fn buy<'a>(
        &'a self,
        key: &'a SecretString,
        shipment_reference: &'a str,
        rate_reference: &'a str,
    ) -> Answer<'a, BoughtLabel>;

    /// The label that was bought for a shipment, if one was. Only `Ok(None)` says that none was; no error does.
    fn look_up<'a>(
        &'a self,
        key: &'a SecretString,
        shipment_reference: &'a str,
    ) -> Answer<'a, Option<BoughtLabel>>;

    /// Fetches the label and makes it a PDF page of 4 × 6 inches.
    fn fetch_label<'a>(&'a self, key: &'a SecretString, label_url: &'a str) -> Answer<'a, Vec<u8>>;

    /// Asks something harmless, to find out whether the key works.
    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, ()>;
}
