//! A service through which postage is bought.

use domain::{address::PostalAddress, money::Money, shipping::Parcel};
use secrecy::SecretString;

use super::Answer;

/// One end of a delivery.
#[derive(Clone, Debug)]
pub struct Party {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub address: PostalAddress,
}

/// A parcel to be carried.
#[derive(Clone, Debug)]
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
    /// Offers in currencies that SellTrac knows.
    pub rates: Vec<OfferedRate>,
}

/// A label that was bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoughtLabel {
    pub tracking_number: String,
    /// A page where anyone can follow the parcel; may be empty.
    pub tracking_url: String,
    pub price: Money,
    /// Where the label's picture is to be fetched.
    pub label_url: String,
}

/// A carrier service. Implementations bound every call by a time-out and never repeat a purchase by themselves.
pub trait CarrierPort: Send + Sync {
    /// Asks for offers. Costs nothing.
    fn quote<'a>(&'a self, key: &'a SecretString, request: &'a RateRequest) -> Answer<'a, Quote>;

    /// Buys a label. After a passing error the caller looks the shipment up before trying again.
    fn buy<'a>(
        &'a self,
        key: &'a SecretString,
        shipment_reference: &'a str,
        rate_reference: &'a str,
    ) -> Answer<'a, BoughtLabel>;

    /// The label that was bought for a shipment, if one was.
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
