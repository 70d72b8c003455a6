//! Gateways, carriers and mailers that a test holds in its hand: they remember what they were asked and answer as told.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a poisoned lock is a failed test")]

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use domain::{
    money::{Currency, Money},
    payments::{CheckoutTruth, Fee, PaidTruth},
};
use secrecy::{ExposeSecret, SecretString};

use super::gate::{Gate, Held};
use crate::ports::{
    Answer, CarrierPort, GatewayPort, Mailer, PortError,
    carrier::{BoughtLabel, OfferedRate, Quote, RateRequest},
    gateway::{
        Checkout, CheckoutAnswer, CheckoutReport, CheckoutRequest, KeyReport, NotMade, WebhookEndpoint,
        WebhookEvent, WebhookRefused, WebhookRegistration,
    },
    mailer::OutgoingMail,
};

/// The key that the fakes take.
pub const STRIPE_KEY: &str = "rk_test_invented1234";
pub const EASYPOST_KEY: &str = "EZTKinvented12345678";
/// Another key of the same account at the carrier service.
pub const NEXT_EASYPOST_KEY: &str = "EZTKinvented87654321";

/// The account of [`STRIPE_KEY`] at the fake gateway.
const ACCOUNT: &str = "acct_1";

/// A gateway in memory.
#[derive(Clone, Default)]
pub struct FakeGateway {
    state: Arc<Mutex<GatewayState>>,
    gate: Gate,
}

#[derive(Default)]
struct GatewayState {
    pages: HashMap<String, Page>,
    created: u32,
    fetched: u32,
    next_error: Option<PortError>,
    next_refusal: Option<NotMade>,
    /// Keys beside [`STRIPE_KEY`], and the accounts they are of.
    keys: HashMap<String, String>,
    /// Keys that are not taken any more.
    refused_keys: Vec<String>,
    /// What the key may not do.
    missing_permission: Option<String>,
    /// Keys may look at pages, and neither make nor close them.
    only_looks: bool,
    closings_fail: Option<PortError>,
    endpoints: Vec<WebhookEndpoint>,
    endpoints_made: u32,
}

struct Page {
    account: String,
    request: CheckoutRequest,
    truth: CheckoutTruth,
}

impl GatewayState {
    /// The account of a key that is taken.
    fn account(&self, key: &SecretString) -> Result<String, PortError> {
        let key = key.expose_secret();
        if self.refused_keys.iter().any(|refused| refused == key) {
            return Err(PortError::Unauthorised("the key was revoked".into()));
        }
        match self.keys.get(key) {
            Some(account) => Ok(account.clone()),
            None if key == STRIPE_KEY => Ok(ACCOUNT.into()),
            None => Err(PortError::Unauthorised("wrong key".into())),
        }
    }

    /// The account of a key that may make and close pages.
    fn account_for_pages(&self, key: &SecretString) -> Result<String, PortError> {
        match self.only_looks {
            true => Err(PortError::Unauthorised("the key may not do this".into())),
            false => self.account(key),
        }
    }

    fn page(&mut self, key: &SecretString, reference: &str) -> Result<&mut Page, PortError> {
        let account = self.account(key)?;
        let page = self.pages.get_mut(reference).filter(|page| page.account == account);
        page.ok_or(PortError::Gone("no such page".into()))
    }

    fn create(&mut self, key: &SecretString, request: &CheckoutRequest) -> Result<CheckoutAnswer, PortError> {
        self.created += 1;
        let account = self.account_for_pages(key)?;
        if let Some(refusal) = self.next_refusal.take() {
            return Ok(CheckoutAnswer::NotMade(refusal));
        }
        let error = self.next_error.take();
        if let Some(error) = error.clone().filter(|error| !error.is_passing()) {
            return Err(error);
        }
        let reference = format!("cs_{}", request.attempt_id.simple());
        let page = self.pages.entry(reference.clone()).or_insert_with(|| Page {
            account,
            request: request.clone(),
            truth: CheckoutTruth::Open,
        });
        if page.request != *request {
            return Ok(CheckoutAnswer::NotMade(NotMade::Spent("another request with the same key".into())));
        }
        match error {
            Some(error) => Err(error),
            None => Ok(CheckoutAnswer::Made(Checkout {
                url: format!("https://gateway.example/{reference}"),
                expires_at: request.expires_at,
                reference,
            })),
        }
    }
}

impl FakeGateway {
    fn state(&self) -> std::sync::MutexGuard<'_, GatewayState> {
        self.state.lock().unwrap()
    }

    /// The next call fails so; creating a page happens all the same if the error is a passing one, as with a lost answer.
    pub fn fail_next(&self, error: PortError) {
        self.state().next_error = Some(error);
    }

    /// The next page is not made, for this reason.
    pub fn refuse_next(&self, why: NotMade) {
        self.state().next_refusal = Some(why);
    }

    /// The answer of the next call waits until the test lets it go; what it says is fixed before.
    pub fn hold_next(&self) -> Held {
        self.gate.hold_next()
    }

    /// The gateway takes another key too: of the same account, or of another one.
    pub fn give_key(&self, key: &str, of_same_account: bool) {
        let account = if of_same_account { ACCOUNT.to_owned() } else { format!("acct_of_{key}") };
        self.state().keys.insert(key.into(), account);
    }

    /// The gateway takes a key no more.
    pub fn revoke_key(&self, key: &str) {
        self.state().refused_keys.push(key.into());
    }

    /// Keys lack this permission from now on.
    pub fn lack(&self, permission: &str) {
        self.state().missing_permission = Some(permission.into());
    }

    /// Keys may only look at pages from now on, or make and close them too.
    pub fn only_look(&self, only_looks: bool) {
        self.state().only_looks = only_looks;
    }

    /// All closings fail so from now on, and the pages stay as they are; with nothing they succeed again.
    pub fn fail_closings(&self, error: impl Into<Option<PortError>>) {
        self.state().closings_fail = error.into();
    }

    /// The buyer pays the only open page.
    pub fn pay(&self) {
        self.pay_with(|_| {});
    }

    /// The buyer pays the only open page, and the gateway reports what `change` makes of it.
    pub fn pay_with(&self, change: impl FnOnce(&mut PaidTruth)) {
        let mut state = self.state();
        let (reference, page) = state
            .pages
            .iter_mut()
            .find(|(_, page)| page.truth == CheckoutTruth::Open)
            .expect("a page is open");
        let mut paid = PaidTruth {
            reference: format!("pi_{reference}"),
            currency: page.request.amount.currency.code().to_lowercase(),
            amount: page.request.amount.minor,
            fee: Fee::Known(170),
            paid_at: None,
            refunded: 0,
            disputed: false,
        };
        change(&mut paid);
        page.truth = CheckoutTruth::Paid(paid);
    }

    /// The gateway tells something else of the only paid page from now on: its fee, a refund, a dispute.
    pub fn amend(&self, change: impl FnOnce(&mut PaidTruth)) {
        let mut state = self.state();
        let paid = state.pages.values_mut().find_map(|page| match &mut page.truth {
            CheckoutTruth::Paid(paid) => Some(paid),
            _ => None,
        });
        change(paid.expect("a page was paid"));
    }

    /// The gateway tells this about the page that the buyer has left, from now on.
    pub fn tell(&self, truth: CheckoutTruth) {
        let mut state = self.state();
        let page = state
            .pages
            .values_mut()
            .find(|page| matches!(page.truth, CheckoutTruth::Open | CheckoutTruth::Pending))
            .expect("a page is open or waits for a bank");
        page.truth = truth;
    }

    /// How many different pages were made.
    pub fn pages(&self) -> usize {
        self.state().pages.len()
    }

    /// How many pages are open.
    pub fn open_pages(&self) -> usize {
        self.state().pages.values().filter(|page| page.truth == CheckoutTruth::Open).count()
    }

    /// How often a page was asked for.
    pub fn created(&self) -> u32 {
        self.state().created
    }

    /// How often it was asked what became of a page.
    pub fn fetched(&self) -> u32 {
        self.state().fetched
    }

    /// The e-mail addresses with which pages were made.
    pub fn emails(&self) -> Vec<String> {
        self.state().pages.values().map(|page| page.request.customer_email.clone()).collect()
    }

    /// The addresses for events.
    pub fn endpoints(&self) -> Vec<WebhookEndpoint> {
        self.state().endpoints.clone()
    }

    /// An address for events that stands there from before.
    pub fn add_endpoint(&self, url: &str, created_at: i64) {
        let mut state = self.state();
        state.endpoints_made += 1;
        let reference = format!("we_{}", state.endpoints_made);
        state.endpoints.push(WebhookEndpoint { reference, url: url.into(), created_at });
    }
}

impl GatewayPort for FakeGateway {
    fn create_checkout<'a>(
        &'a self,
        key: &'a SecretString,
        request: &'a CheckoutRequest,
    ) -> Answer<'a, CheckoutAnswer> {
        Box::pin(async move {
            let answer = self.state().create(key, request);
            self.gate.pass().await;
            answer
        })
    }

    fn fetch_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, CheckoutReport> {
        Box::pin(async move {
            let answer = {
                let mut state = self.state();
                state.fetched += 1;
                match state.next_error.take() {
                    Some(error) => Err(error),
                    None => state.page(key, reference).map(|page| CheckoutReport {
                        attempt_id: Some(page.request.attempt_id),
                        truth: page.truth.clone(),
                    }),
                }
            };
            self.gate.pass().await;
            answer
        })
    }

    fn expire_checkout<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let answer = {
                let mut state = self.state();
                match (state.account_for_pages(key), state.closings_fail.clone()) {
                    (Err(error), _) | (Ok(_), Some(error)) => Err(error),
                    (Ok(_), None) => state.page(key, reference).map(|page| {
                        if page.truth == CheckoutTruth::Open {
                            page.truth = CheckoutTruth::Expired;
                        }
                    }),
                }
            };
            self.gate.pass().await;
            answer
        })
    }

    fn register_webhook<'a>(&'a self, _: &'a SecretString, url: &'a str) -> Answer<'a, WebhookRegistration> {
        Box::pin(async move {
            self.add_endpoint(url, super::world::BEGINNING);
            let reference = format!("we_{}", self.state().endpoints_made);
            Ok(WebhookRegistration { reference, secret: SecretString::from("whsec_invented") })
        })
    }

    fn list_webhooks<'a>(&'a self, key: &'a SecretString) -> Answer<'a, Vec<WebhookEndpoint>> {
        Box::pin(async move {
            let state = self.state();
            state.account(key)?;
            Ok(state.endpoints.clone())
        })
    }

    fn remove_webhook<'a>(&'a self, key: &'a SecretString, reference: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut state = self.state();
            state.account(key)?;
            state.endpoints.retain(|endpoint| endpoint.reference != reference);
            Ok(())
        })
    }

    fn check_key<'a>(&'a self, key: &'a SecretString) -> Answer<'a, KeyReport> {
        Box::pin(async move {
            let state = self.state();
            let account = state.account(key)?;
            Ok(match &state.missing_permission {
                Some(permission) => KeyReport::MayNot(permission.clone()),
                None => KeyReport::Good { external_id: Some(account) },
            })
        })
    }

    /// Believes an event whose header `signature` is `right`; the body is `<event id> <page or payment>`.
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
        let is_payment = reference.starts_with("pi_");
        let reference = Some(reference.to_owned());
        Ok(WebhookEvent {
            id: id.into(),
            kind: if is_payment { "charge.refunded" } else { "checkout.session.completed" }.into(),
            checkout_reference: reference.clone().filter(|_| !is_payment),
            payment_reference: reference.filter(|_| is_payment),
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
    look_ups: Gate,
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

    /// The next look-up finds what there is, but its answer waits until the test lets it go.
    pub fn hold_next_look(&self) -> Held {
        self.look_ups.hold_next()
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
            let answer = {
                let mut state = self.state.lock().unwrap();
                state.looks += 1;
                state.enter(key)?;
                match &state.looks_fail {
                    Some(error) => Err(error.clone()),
                    None => Ok(state.bought.get(shipment).cloned()),
                }
            };
            self.look_ups.pass().await;
            answer
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
