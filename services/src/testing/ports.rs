//! Gateways, carriers and mailers that a test holds in its hand: they remember what they were asked and answer as told.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a poisoned lock is a failed test")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use domain::{
    money::{Currency, Money},
    payments::{CheckoutTruth, PaidTruth},
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::gate::{Gate, Held};
use crate::ports::{
    Answer, CarrierPort, GatewayPort, Mailer, PortError,
    carrier::{BoughtLabel, OfferedRate, Quote, RateRequest},
    gateway::{Checkout, CheckoutReport, CheckoutRequest, WebhookEvent, WebhookRefused, WebhookRegistration},
    mailer::OutgoingMail,
};

/// The key that the fakes take.
pub const STRIPE_KEY: &str = "rk_test_invented1234";
pub const EASYPOST_KEY: &str = "EZTKinvented12345678";

/// A gateway in memory.
#[derive(Clone, Default)]
pub struct FakeGateway(Arc<Mutex<GatewayState>>);

#[derive(Default)]
struct GatewayState {
    pages: HashMap<String, Page>,
    created: u32,
    next_error: Option<PortError>,
}

struct Page {
    attempt_id: Uuid,
    amount: Money,
    truth: CheckoutTruth,
}

impl FakeGateway {
    /// The next call fails so; creating a page happens all the same if `PortError::Unavailable`, as with a lost answer.
    pub fn fail_next(&self, error: PortError) {
        self.0.lock().unwrap().next_error = Some(error);
    }

    /// The buyer pays the only open page.
    pub fn pay(&self) {
        self.pay_with(|_| {});
    }

    /// The buyer pays the only open page, and the gateway reports what `change` makes of it.
    pub fn pay_with(&self, change: impl FnOnce(&mut PaidTruth)) {
        let mut state = self.0.lock().unwrap();
        let (reference, page) = state
            .pages
            .iter_mut()
            .find(|(_, page)| page.truth == CheckoutTruth::Open)
            .expect("a page is open");
        let mut paid = PaidTruth {
            reference: format!("pi_{reference}"),
            currency: page.amount.currency.code().to_lowercase(),
            amount: page.amount.minor,
            fee: Some(170),
        };
        change(&mut paid);
        page.truth = CheckoutTruth::Paid(paid);
    }

    /// The gateway tells this about the page that the buyer has left, from now on.
    pub fn tell(&self, truth: CheckoutTruth) {
        let mut state = self.0.lock().unwrap();
        let page = state
            .pages
            .values_mut()
            .find(|page| matches!(page.truth, CheckoutTruth::Open | CheckoutTruth::Pending))
            .expect("a page is open or waits for a bank");
        page.truth = truth;
    }

    /// How many different pages were made.
    pub fn pages(&self) -> usize {
        self.0.lock().unwrap().pages.len()
    }

    /// How many pages are open.
    pub fn open_pages(&self) -> usize {
        self.0.lock().unwrap().pages.values().filter(|page| page.truth == CheckoutTruth::Open).count()
    }

    /// How often a page was asked for.
    pub fn created(&self) -> u32 {
        self.0.lock().unwrap().created
    }
}

impl GatewayPort for FakeGateway {
    fn create_checkout<'a>(
        &'a self,
        _: &'a SecretString,
        request: &'a CheckoutRequest,
    ) -> Answer<'a, Checkout> {
        Box::pin(async move {
            let mut state = self.0.lock().unwrap();
            state.created += 1;
            let reference = format!("cs_{}", request.attempt_id.simple());
            state.pages.entry(reference.clone()).or_insert(Page {
                attempt_id: request.attempt_id,
                amount: request.amount,
                truth: CheckoutTruth::Open,
            });
            match state.next_error.take() {
                Some(error) => Err(error),
                None => Ok(Checkout {
                    url: format!("https://gateway.example/{reference}"),
                    expires_at: request.expires_at,
                    reference,
                }),
            }
        })
    }

    fn fetch_checkout<'a>(&'a self, _: &'a SecretString, reference: &'a str) -> Answer<'a, CheckoutReport> {
        Box::pin(async move {
            let mut state = self.0.lock().unwrap();
            if let Some(error) = state.next_error.take() {
                return Err(error);
            }
            let page = state.pages.get(reference).ok_or(PortError::Gone("no such page".into()))?;
            Ok(CheckoutReport { attempt_id: Some(page.attempt_id), truth: page.truth.clone() })
        })
    }

    fn expire_checkout<'a>(&'a self, _: &'a SecretString, reference: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut state = self.0.lock().unwrap();
            let page = state.pages.get_mut(reference).ok_or(PortError::Gone("no such page".into()))?;
            if page.truth == CheckoutTruth::Open {
                page.truth = CheckoutTruth::Expired;
            }
            Ok(())
        })
    }

    fn register_webhook<'a>(&'a self, _: &'a SecretString, _: &'a str) -> Answer<'a, WebhookRegistration> {
        Box::pin(async { Ok(WebhookRegistration { secret: SecretString::from("whsec_invented") }) })
    }

    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, ()> {
        Box::pin(async move {
            match key.expose_secret() == STRIPE_KEY {
                true => Ok(()),
                false => Err(PortError::Unauthorised("wrong key".into())),
            }
        })
    }

    /// Believes an event whose header `signature` is `right`; the body is `<event id> <page>`.
    fn verify_webhook(
        &self,
        _: &SecretString,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        _: i64,
    ) -> Result<WebhookEvent, WebhookRefused> {
        if header("signature").as_deref() != Some("right") {
            return Err(WebhookRefused::Forged);
        }
        let body = String::from_utf8_lossy(body);
        let (id, reference) = body.split_once(' ').ok_or(WebhookRefused::Nonsense)?;
        Ok(WebhookEvent {
            id: id.into(),
            kind: "checkout.session.completed".into(),
            checkout_reference: Some(reference.into()),
        })
    }
}

/// A carrier service in memory.
#[derive(Clone, Default)]
pub struct FakeCarrier(Arc<Mutex<CarrierState>>);

#[derive(Default)]
struct CarrierState {
    quotes: u32,
    bought: HashMap<String, BoughtLabel>,
    purchases: u32,
    next_error: Option<PortError>,
    lose_next_answer: bool,
}

impl FakeCarrier {
    /// The next call fails so, and nothing happens.
    pub fn fail_next(&self, error: PortError) {
        self.0.lock().unwrap().next_error = Some(error);
    }

    /// The next purchase happens, but its answer is lost.
    pub fn lose_next_answer(&self) {
        self.0.lock().unwrap().lose_next_answer = true;
    }

    /// How many labels were paid for.
    pub fn purchases(&self) -> u32 {
        self.0.lock().unwrap().purchases
    }

    /// How often rates were asked for.
    pub fn quotes(&self) -> u32 {
        self.0.lock().unwrap().quotes
    }
}

impl CarrierPort for FakeCarrier {
    fn quote<'a>(&'a self, _: &'a SecretString, _: &'a RateRequest) -> Answer<'a, Quote> {
        Box::pin(async move {
            let mut state = self.0.lock().unwrap();
            if let Some(error) = state.next_error.take() {
                return Err(error);
            }
            state.quotes += 1;
            let rate = |service: &str, minor, days| OfferedRate {
                reference: format!("rate_{service}"),
                carrier: "USPS".into(),
                service: service.into(),
                price: Money::new(minor, Currency::USD),
                days: Some(days),
            };
            let rates = vec![rate("Priority", 1_101, 2), rate("GroundAdvantage", 820, 3)];
            Ok(Quote { shipment_reference: format!("shp_{}", state.quotes), rates })
        })
    }

    fn buy<'a>(&'a self, _: &'a SecretString, shipment: &'a str, rate: &'a str) -> Answer<'a, BoughtLabel> {
        Box::pin(async move {
            let mut state = self.0.lock().unwrap();
            if let Some(error) = state.next_error.take() {
                return Err(error);
            }
            state.purchases += 1;
            let label = BoughtLabel {
                tracking_number: format!("TRACK{}", state.purchases),
                tracking_url: "https://carrier.example/track".into(),
                price: Money::new(if rate == "rate_Priority" { 1_101 } else { 820 }, Currency::USD),
                label_url: "https://carrier.example/label.png".into(),
            };
            state.bought.insert(shipment.into(), label.clone());
            match std::mem::take(&mut state.lose_next_answer) {
                true => Err(PortError::Unavailable("the answer was lost".into())),
                false => Ok(label),
            }
        })
    }

    fn look_up<'a>(&'a self, _: &'a SecretString, shipment: &'a str) -> Answer<'a, Option<BoughtLabel>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().bought.get(shipment).cloned()) })
    }

    fn fetch_label<'a>(&'a self, _: &'a SecretString, _: &'a str) -> Answer<'a, Vec<u8>> {
        Box::pin(async { Ok(b"%PDF-1.7 a label".to_vec()) })
    }

    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, ()> {
        Box::pin(async move {
            match key.expose_secret() == EASYPOST_KEY {
                true => Ok(()),
                false => Err(PortError::Unauthorised("wrong key".into())),
            }
        })
    }
}

/// A mailer that keeps what it is given.
#[derive(Clone, Default)]
pub struct FakeMailer {
    state: Arc<Mutex<MailerState>>,
    gate: Gate,
}

#[derive(Default)]
struct MailerState {
    sent: Vec<OutgoingMail>,
    asked: u32,
    next_error: Option<PortError>,
    down: Option<PortError>,
    panics: bool,
}

impl FakeMailer {
    /// The next mail fails so.
    pub fn fail_next(&self, error: PortError) {
        self.state.lock().unwrap().next_error = Some(error);
    }

    /// Every mail fails so from now on, or none if nothing is given.
    pub fn fail_always(&self, error: Option<PortError>) {
        self.state.lock().unwrap().down = error;
    }

    /// Every mail panics from now on, or none does.
    pub fn panic_always(&self, panics: bool) {
        self.state.lock().unwrap().panics = panics;
    }

    /// The next mail is taken, but the answer waits until the test lets it go.
    pub fn hold_next(&self) -> Held {
        self.gate.hold_next()
    }

    /// Everything that was sent.
    pub fn sent(&self) -> Vec<OutgoingMail> {
        self.state.lock().unwrap().sent.clone()
    }

    /// How often it was asked to send one.
    pub fn asked(&self) -> u32 {
        self.state.lock().unwrap().asked
    }
}

impl Mailer for FakeMailer {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Answer<'a, ()> {
        Box::pin(async move {
            let answer = {
                let mut state = self.state.lock().unwrap();
                state.asked += 1;
                match (state.next_error.take(), state.down.clone()) {
                    (Some(error), _) | (None, Some(error)) => Err(error),
                    (None, None) if state.panics => Ok(false),
                    (None, None) => {
                        state.sent.push(mail.clone());
                        Ok(true)
                    }
                }
            };
            assert!(answer?, "told to panic");
            self.gate.pass().await;
            Ok(())
        })
    }
}
