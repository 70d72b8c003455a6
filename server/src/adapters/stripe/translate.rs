//! Stripe's forms and objects, and ours.

use domain::{
    payments::{CheckoutTruth, PaidTruth},
    time::{DAY, HOUR, MINUTE, SECOND},
};
use secrecy::SecretString;
use serde::Deserialize;
use services::ports::{
    PortError,
    gateway::{Checkout, CheckoutReport, CheckoutRequest, WebhookRegistration},
};
use uuid::Uuid;

/// Stripe lets a page live 30 minutes to 24 hours; a minute less at both ends allows for clocks that differ.
const SHORTEST_LIFE: i64 = 31 * MINUTE;
const LONGEST_LIFE: i64 = DAY - MINUTE;

/// What SellTrac wants to be told about: everything that changes the truth about a page.
const EVENTS: [&str; 4] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
];

/// A form in Stripe's bracket notation. Names are ours and plain, so only values are escaped.
#[derive(Default)]
pub struct Form(Vec<(&'static str, String)>);

impl Form {
    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((name, value.into()));
    }

    /// `name=value&…`, as a body of `application/x-www-form-urlencoded`.
    pub fn encode(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            format!("{name}={value}")
        });
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// The page for an attempt. `now` is in UTC milliseconds.
///
/// Every currency that SellTrac handles has as many decimals at Stripe as in ISO 4217, so amounts go as they are.
pub fn create_form(request: &CheckoutRequest, now: i64) -> Result<Form, PortError> {
    if request.expires_at <= now {
        return Err(PortError::Refused("the time of this page has passed".into()));
    }
    // The latest time is a whole hour, so that a repeated call mostly sends the same and is known as the same.
    let latest = (now + LONGEST_LIFE).div_euclid(HOUR) * HOUR;
    let expires_at = request.expires_at.clamp(now + SHORTEST_LIFE, latest) / SECOND;
    let invoice_id = request.invoice_id.to_string();
    let attempt_id = request.attempt_id.to_string();
    let mut form = Form::default();
    form.set("mode", "payment");
    form.set("line_items[0][quantity]", "1");
    form.set("line_items[0][price_data][currency]", request.amount.currency.code().to_ascii_lowercase());
    form.set("line_items[0][price_data][unit_amount]", request.amount.minor.to_string());
    form.set("line_items[0][price_data][product_data][name]", format!("Invoice {}", request.invoice_number));
    form.set("client_reference_id", &*attempt_id);
    form.set("metadata[invoice_id]", &*invoice_id);
    form.set("metadata[attempt_id]", &*attempt_id);
    // Refunds, disputes and charges carry the metadata of the payment intent, not of the session.
    form.set("payment_intent_data[metadata][invoice_id]", &*invoice_id);
    form.set("payment_intent_data[metadata][attempt_id]", &*attempt_id);
    if !request.customer_email.is_empty() {
        form.set("customer_email", &*request.customer_email);
    }
    form.set("success_url", success_url(&request.return_url));
    form.set("cancel_url", &*request.cancel_url);
    form.set("expires_at", expires_at.to_string());
    Ok(form)
}

/// The return address with the placeholder that Stripe fills with the session's id.
fn success_url(return_url: &str) -> String {
    let mark = if return_url.contains('?') { '&' } else { '?' };
    format!("{return_url}{mark}session={{CHECKOUT_SESSION_ID}}")
}

/// The registration of an address for events, in the shapes of our version.
pub fn webhook_form(url: &str, api_version: &str) -> Form {
    let mut form = Form::default();
    form.set("url", url);
    form.set("api_version", api_version);
    for event in EVENTS {
        form.set("enabled_events[]", event);
    }
    form
}

/// A Checkout Session, as far as it matters here.
#[derive(Deserialize)]
pub struct Session {
    id: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    payment_status: Option<String>,
    #[serde(default)]
    payment_intent: Option<Expandable<PaymentIntent>>,
    #[serde(default)]
    amount_total: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    client_reference_id: Option<String>,
    /// Seconds since 1970.
    expires_at: i64,
}

#[derive(Deserialize)]
struct PaymentIntent {
    id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    latest_charge: Option<Expandable<Charge>>,
}

#[derive(Deserialize)]
struct Charge {
    currency: String,
    /// Absent until Stripe has booked the payment.
    #[serde(default)]
    balance_transaction: Option<Expandable<BalanceTransaction>>,
}

#[derive(Deserialize)]
struct BalanceTransaction {
    fee: i64,
    /// The currency in which the account is settled; the buyer may have paid in another.
    currency: String,
}

/// An object, or only its id where it was not asked for in full.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expandable<T> {
    Id(String),
    Object(Box<T>),
}

impl<T> Expandable<T> {
    fn object(&self) -> Option<&T> {
        match self {
            Expandable::Id(_) => None,
            Expandable::Object(object) => Some(object),
        }
    }
}

/// The page that Stripe made.
pub fn checkout(session: &Session) -> Result<Checkout, PortError> {
    let url = session.url.clone().ok_or_else(|| nonsense("a new page has no address"))?;
    Ok(Checkout { reference: session.id.clone(), url, expires_at: session.expires_at.saturating_mul(SECOND) })
}

/// What became of the page `reference`.
pub fn report(session: &Session, reference: &str) -> Result<CheckoutReport, PortError> {
    if session.id != reference {
        return Err(nonsense("another page than the one asked for"));
    }
    let truth = match (session.status.as_deref(), session.payment_status.as_deref()) {
        (Some("open"), _) => CheckoutTruth::Open,
        (Some("expired"), _) => CheckoutTruth::Expired,
        (Some("complete"), Some("unpaid")) if bank_refused(session) => CheckoutTruth::Failed,
        (Some("complete"), Some("unpaid")) => CheckoutTruth::Pending,
        (Some("complete"), Some("paid")) => CheckoutTruth::Paid(paid(session)?),
        _ => return Err(nonsense("an unknown state")),
    };
    let attempt_id = session.client_reference_id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    Ok(CheckoutReport { attempt_id, truth })
}

/// Whether a bank debit has come back: the page stays complete for ever, and only the payment behind it tells.
fn bank_refused(session: &Session) -> bool {
    let intent = session.payment_intent.as_ref().and_then(Expandable::object);
    matches!(intent.and_then(|intent| intent.status.as_deref()), Some("requires_payment_method" | "canceled"))
}

fn paid(session: &Session) -> Result<PaidTruth, PortError> {
    let intent = session.payment_intent.as_ref().ok_or_else(|| nonsense("paid without a payment"))?;
    let amount = session.amount_total.ok_or_else(|| nonsense("paid without an amount"))?;
    let currency = session.currency.clone().ok_or_else(|| nonsense("paid without a currency"))?;
    let reference = match intent {
        Expandable::Id(id) => id.clone(),
        Expandable::Object(intent) => intent.id.clone(),
    };
    let fee = intent.object().and_then(fee);
    Ok(PaidTruth { reference, currency, amount, fee })
}

/// What Stripe keeps, if it is booked already and in the currency that was paid.
fn fee(intent: &PaymentIntent) -> Option<i64> {
    let charge = intent.latest_charge.as_ref()?.object()?;
    let booked = charge.balance_transaction.as_ref()?.object()?;
    booked.currency.eq_ignore_ascii_case(&charge.currency).then_some(booked.fee)
}

/// A registered address. Stripe tells its secret here and never again.
#[derive(Deserialize)]
pub struct WebhookEndpoint {
    secret: Option<SecretText>,
}

/// A text that goes from the answer straight into a secret.
#[derive(Deserialize)]
struct SecretText(String);

/// The secret with which events will be signed.
pub fn registration(endpoint: WebhookEndpoint) -> Result<WebhookRegistration, PortError> {
    match endpoint.secret {
        Some(SecretText(secret)) if !secret.is_empty() => {
            Ok(WebhookRegistration { secret: SecretString::from(secret) })
        }
        _ => Err(nonsense("a registration without a secret")),
    }
}

/// Stripe's word for what is wrong and the parameter it is about: `parameter_missing,customer_email`. The message is
/// left out, for it may repeat what was sent.
pub fn error_code(body: &[u8]) -> String {
    #[derive(Default, Deserialize)]
    struct Envelope {
        #[serde(default)]
        error: Error,
    }
    #[derive(Default, Deserialize)]
    struct Error {
        #[serde(default, rename = "type")]
        kind: Option<String>,
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        param: Option<String>,
    }
    let Error { kind, code, param } = serde_json::from_slice::<Envelope>(body).unwrap_or_default().error;
    [code.or(kind), param].into_iter().flatten().collect::<Vec<_>>().join(",")
}

fn nonsense(what: &str) -> PortError {
    PortError::Nonsense(format!("Stripe: {what}"))
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_392_000_000;

    fn request(expires_at: i64) -> CheckoutRequest {
        CheckoutRequest {
            attempt_id: Uuid::from_u128(1),
            invoice_id: Uuid::from_u128(2),
            invoice_number: "INV-1 & Söhne".into(),
            amount: Money::new(4_820, Currency::USD),
            customer_email: String::new(),
            return_url: "https://shop.example/pay/T".into(),
            cancel_url: "https://shop.example/pay/T".into(),
            expires_at,
        }
    }

    fn value(form: &Form, name: &str) -> Option<String> {
        form.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn the_form_is_escaped_and_keeps_its_brackets() {
        let form = create_form(&request(NOW + HOUR), NOW).unwrap().encode();
        assert!(form.contains("line_items[0][price_data][unit_amount]=4820&"), "{form}");
        assert!(form.contains("[product_data][name]=Invoice+INV-1+%26+S%C3%B6hne&"), "{form}");
        assert!(form.contains(
            "success_url=https%3A%2F%2Fshop.example%2Fpay%2FT%3Fsession%3D%7BCHECKOUT_SESSION_ID%7D&"
        ));
        assert!(!form.contains("customer_email"), "an empty address is not sent");
        assert_eq!(
            success_url("https://a.example/?b=1"),
            "https://a.example/?b=1&session={CHECKOUT_SESSION_ID}"
        );
    }

    #[test]
    fn a_page_lives_as_long_as_stripe_allows() {
        let sent =
            |expires_at| value(&create_form(&request(expires_at), NOW).unwrap(), "expires_at").unwrap();
        assert_eq!(sent(NOW + 2 * HOUR), ((NOW + 2 * HOUR) / SECOND).to_string());
        assert_eq!(sent(NOW + MINUTE), ((NOW + SHORTEST_LIFE) / SECOND).to_string());
        assert_eq!(sent(NOW + 3 * DAY), ((NOW + 23 * HOUR) / SECOND).to_string());
        assert!(matches!(create_form(&request(NOW), NOW), Err(PortError::Refused(_))));
    }

    #[test]
    fn the_decimals_of_every_currency_are_those_of_stripe() {
        // Stripe's list of currencies without decimals, as far as SellTrac handles them; none has three.
        for currency in Currency::ALL {
            let expected = if matches!(currency, Currency::JPY | Currency::KRW) { 0 } else { 2 };
            assert_eq!(currency.exponent(), expected, "{currency:?}");
        }
    }

    fn session(changes: serde_json::Value) -> Session {
        let mut session = json!({
            "id": "cs_1", "status": "complete", "payment_status": "paid", "amount_total": 4820, "currency": "usd",
            "client_reference_id": Uuid::from_u128(1), "expires_at": 1_795_399_200, "url": null,
            "payment_intent": { "id": "pi_1", "latest_charge": {
                "id": "ch_1", "currency": "usd", "balance_transaction": { "fee": 170, "currency": "usd" } } },
        });
        session.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(session).unwrap()
    }

    fn truth(changes: serde_json::Value) -> Result<CheckoutTruth, PortError> {
        report(&session(changes), "cs_1").map(|report| report.truth)
    }

    #[test]
    fn every_state_has_its_meaning() {
        let paid = |fee| PaidTruth { reference: "pi_1".into(), currency: "usd".into(), amount: 4_820, fee };
        assert_eq!(truth(json!({})), Ok(CheckoutTruth::Paid(paid(Some(170)))));
        assert_eq!(truth(json!({ "payment_intent": "pi_1" })), Ok(CheckoutTruth::Paid(paid(None))));
        assert_eq!(truth(json!({ "status": "open", "payment_status": "unpaid" })), Ok(CheckoutTruth::Open));
        assert_eq!(
            truth(json!({ "status": "expired", "payment_status": "unpaid" })),
            Ok(CheckoutTruth::Expired)
        );
        assert_eq!(truth(json!({ "payment_status": "unpaid" })), Ok(CheckoutTruth::Pending));
        let behind = |status| json!({ "payment_status": "unpaid", "payment_intent": { "id": "pi_1", "status": status } });
        assert_eq!(truth(behind("processing")), Ok(CheckoutTruth::Pending));
        assert_eq!(truth(behind("requires_payment_method")), Ok(CheckoutTruth::Failed));
        for odd in [
            json!({ "payment_status": "no_payment_required" }),
            json!({ "status": "of the art" }),
            json!({ "status": null }),
            json!({ "payment_intent": null }),
            json!({ "amount_total": null }),
            json!({ "id": "cs_2" }),
        ] {
            assert!(matches!(truth(odd.clone()), Err(PortError::Nonsense(_))), "{odd}");
        }
    }

    #[test]
    fn a_fee_in_another_currency_is_not_a_fee() {
        let settled_in_euros = json!({ "payment_intent": { "id": "pi_1", "latest_charge": {
            "currency": "usd", "balance_transaction": { "fee": 150, "currency": "eur" } } } });
        assert!(matches!(truth(settled_in_euros), Ok(CheckoutTruth::Paid(PaidTruth { fee: None, .. }))));
        let not_booked = json!({ "payment_intent": { "id": "pi_1", "latest_charge": {
            "currency": "usd", "balance_transaction": null } } });
        assert!(matches!(truth(not_booked), Ok(CheckoutTruth::Paid(PaidTruth { fee: None, .. }))));
    }

    #[test]
    fn a_page_that_is_not_ours_names_no_attempt() {
        let foreign = report(&session(json!({ "client_reference_id": "order 7" })), "cs_1").unwrap();
        assert_eq!(foreign.attempt_id, None);
        assert_eq!(report(&session(json!({})), "cs_1").unwrap().attempt_id, Some(Uuid::from_u128(1)));
    }

    #[test]
    fn an_error_is_told_by_code_and_parameter() {
        let body = br#"{"error":{"type":"invalid_request_error","code":"email_invalid","param":"customer_email","message":"ana@"}}"#;
        assert_eq!(error_code(body), "email_invalid,customer_email");
        assert_eq!(error_code(br#"{"error":{"type":"api_error"}}"#), "api_error");
        assert_eq!(error_code(b"<html>"), "");
    }
}
