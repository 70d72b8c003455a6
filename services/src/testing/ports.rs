//! Gateways, carriers and mailers that a test holds in its hand: they remember what they were asked and answer as told.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a poisoned lock is a failed test")]

use std::{
    collections::{HashMap, HashSet},
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
/// Another key of the same account at the carrier service.
pub const NEXT_EASYPOST_KEY: &str = "EZTKinvented87654321";

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

/// A carrier service in memory. All keys that it takes are of one account.
#[derive(Clone, Default)]
pub struct FakeCarrier {
    state: Arc<Mutex<CarrierState>>,
    quotes: Gate,
    purchases: Gate,
    answers: Gate,
}

#[derive(Default)]
struct CarrierState {
    quotes: u32,
    asked: HashMap<String, RateRequest>,
    more_rates: Vec<OfferedRate>,
    bought: HashMap<String, BoughtLabel>,
    purchases: u32,
    looks: u32,
    next_error: Option<PortError>,
    next_answer: Option<PortError>,
    purchases_fail: Option<PortError>,
    looks_fail: Option<PortError>,
    revoked_keys: HashSet<String>,
    label_of_next: Option<fn(&mut BoughtLabel)>,
    dead_addresses: HashSet<String>,
}

impl CarrierState {
    /// What happens at the door: a key that is no longer taken, or the failure that a test ordered.
    fn enter(&mut self, key: &SecretString) -> Result<(), PortError> {
        if self.revoked_keys.contains(key.expose_secret()) {
            return Err(PortError::Unauthorised("the key was revoked".into()));
        }
        self.next_error.take().map_or(Ok(()), Err)
    }
}

impl FakeCarrier {
    /// The next call fails so, and nothing happens.
    pub fn fail_next(&self, error: PortError) {
        self.state.lock().unwrap().next_error = Some(error);
    }

    /// The next purchase happens, but its answer is lost.
    pub fn lose_next_answer(&self) {
        self.answer_next_purchase_with(PortError::Unavailable("the answer was lost".into()));
    }

    /// The next purchase happens, but is answered with this error.
    pub fn answer_next_purchase_with(&self, error: PortError) {
        self.state.lock().unwrap().next_answer = Some(error);
    }

    /// All purchases fail so from now on, and nothing is sold; with nothing they succeed again.
    pub fn fail_purchases(&self, error: impl Into<Option<PortError>>) {
        self.state.lock().unwrap().purchases_fail = error.into();
    }

    /// All look-ups fail so from now on; with nothing they succeed again.
    pub fn fail_looks(&self, error: impl Into<Option<PortError>>) {
        self.state.lock().unwrap().looks_fail = error.into();
    }

    /// What a test ordered to go wrong and what did not happen yet goes right.
    pub fn forget_faults(&self) {
        let mut state = self.state.lock().unwrap();
        (state.next_error, state.next_answer) = (None, None);
        (state.purchases_fail, state.looks_fail) = (None, None);
    }

    /// The next question for rates was read, but its answer waits until the test lets it go.
    pub fn hold_next_quote(&self) -> Held {
        self.quotes.hold_next()
    }

    /// The next purchase is on its way, and happens when the test lets it go.
    pub fn hold_next_purchase(&self) -> Held {
        self.purchases.hold_next()
    }

    /// The next purchase happens, but its answer waits until the test lets it go.
    pub fn hold_next_answer(&self) -> Held {
        self.answers.hold_next()
    }

    /// A key is taken no longer.
    pub fn revoke(&self, key: &str) {
        self.state.lock().unwrap().revoked_keys.insert(key.into());
    }

    /// This is offered too, from now on.
    pub fn offer(&self, rate: OfferedRate) {
        self.state.lock().unwrap().more_rates.push(rate);
    }

    /// The next label that is sold is what `change` makes of it.
    pub fn sell_next(&self, change: fn(&mut BoughtLabel)) {
        self.state.lock().unwrap().label_of_next = Some(change);
    }

    /// The pictures of all labels lie at another address from now on, and no longer at the one that was told.
    pub fn move_labels(&self) {
        let mut state = self.state.lock().unwrap();
        let CarrierState { bought, dead_addresses, .. } = &mut *state;
        for label in bought.values_mut() {
            let moved = format!("{}?moved", label.label_url);
            dead_addresses.insert(std::mem::replace(&mut label.label_url, moved));
        }
    }

    /// How many labels were paid for.
    pub fn purchases(&self) -> u32 {
        self.state.lock().unwrap().purchases
    }

    /// What the carrier was told about each parcel whose label was paid for.
    pub fn sold(&self) -> Vec<RateRequest> {
        let state = self.state.lock().unwrap();
        state.bought.keys().filter_map(|reference| state.asked.get(reference).cloned()).collect()
    }

    /// How often rates were asked for.
    pub fn quotes(&self) -> u32 {
        self.state.lock().unwrap().quotes
    }

    /// How often it was asked what became of a parcel.
    pub fn looks(&self) -> u32 {
        self.state.lock().unwrap().looks
    }
}

impl CarrierPort for FakeCarrier {
    fn quote<'a>(&'a self, key: &'a SecretString, request: &'a RateRequest) -> Answer<'a, Quote> {
        Box::pin(async move {
            let answer = {
                let mut state = self.state.lock().unwrap();
                state.enter(key)?;
                state.quotes += 1;
                let rate = |service: &str, minor, days| OfferedRate {
                    reference: format!("rate_{service}"),
                    carrier: "USPS".into(),
                    service: service.into(),
                    price: Money::new(minor, Currency::USD),
                    days: Some(days),
                };
                let mut rates = vec![rate("Priority", 1_101, 2), rate("GroundAdvantage", 820, 3)];
                rates.extend(state.more_rates.iter().cloned());
                let shipment_reference = format!("shp_{}", state.quotes);
                state.asked.insert(shipment_reference.clone(), request.clone());
                Quote { shipment_reference, rates }
            };
            self.quotes.pass().await;
            Ok(answer)
        })
    }

    fn buy<'a>(&'a self, key: &'a SecretString, shipment: &'a str, rate: &'a str) -> Answer<'a, BoughtLabel> {
        Box::pin(async move {
            self.purchases.pass().await;
            let answer = {
                let mut state = self.state.lock().unwrap();
                state.enter(key)?;
                if let Some(error) = &state.purchases_fail {
                    return Err(error.clone());
                }
                if let Some(label) = state.bought.get(shipment) {
                    return Ok(label.clone());
                }
                state.purchases += 1;
                let offered = state.more_rates.iter().find(|offered| offered.reference == rate);
                let price = match offered {
                    Some(offered) => offered.price,
                    None => Money::new(if rate == "rate_Priority" { 1_101 } else { 820 }, Currency::USD),
                };
                let mut label = BoughtLabel {
                    tracking_number: format!("TRACK{}", state.purchases),
                    tracking_url: "https://carrier.example/track".into(),
                    price: Some(price),
                    label_url: "https://carrier.example/label.png".into(),
                };
                if let Some(change) = state.label_of_next.take() {
                    change(&mut label);
                }
                state.bought.insert(shipment.into(), label.clone());
                state.next_answer.take().map_or(Ok(label), Err)
            };
            self.answers.pass().await;
            answer
        })
    }

    fn look_up<'a>(&'a self, key: &'a SecretString, shipment: &'a str) -> Answer<'a, Option<BoughtLabel>> {
        Box::pin(async move {
            let mut state = self.state.lock().unwrap();
            state.looks += 1;
            state.enter(key)?;
            match &state.looks_fail {
                Some(error) => Err(error.clone()),
                None => Ok(state.bought.get(shipment).cloned()),
            }
        })
    }

    fn fetch_label<'a>(&'a self, _: &'a SecretString, url: &'a str) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            match self.state.lock().unwrap().dead_addresses.contains(url) {
                true => Err(PortError::Gone("the label is no longer there".into())),
                false => Ok(b"%PDF-1.7 a label".to_vec()),
            }
        })
    }

    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, ()> {
        Box::pin(async move {
            match [EASYPOST_KEY, NEXT_EASYPOST_KEY].contains(&key.expose_secret()) {
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
