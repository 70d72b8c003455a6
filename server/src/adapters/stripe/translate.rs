//! Stripe's forms and objects, and ours.

use domain::{
    payments::{CheckoutTruth, Fee, PaidTruth},
    time::SECOND,
};
use secrecy::SecretString;
use serde::Deserialize;
use services::ports::{
    PortError,
    gateway::{Checkout, CheckoutReport, CheckoutRequest, NotMade, WebhookEndpoint, WebhookRegistration},
};
use uuid::Uuid;

/// What SellTrac wants to be told about: everything that changes the truth about a page or about its payment.
const EVENTS: [&str; 13] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "refund.created",
    "refund.updated",
    "refund.failed",
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

/// The page for an attempt: the same form for the same request, whenever it is made.
///
/// Every currency that SellTrac handles has as many decimals at Stripe as in ISO 4217, so amounts go as they are.
pub fn create_form(request: &CheckoutRequest) -> Form {
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
    form.set("expires_at", request.expires_at.div_euclid(SECOND).to_string());
    form
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
    /// Seconds since 1970.
    created: i64,
    currency: String,
    #[serde(default)]
    amount_refunded: i64,
    #[serde(default)]
    disputed: bool,
    /// Absent until Stripe has booked the payment.
    #[serde(default)]
    balance_transaction: Option<Expandable<BalanceTransaction>>,
}

impl Charge {
    fn booked(&self) -> Option<&BalanceTransaction> {
        self.balance_transaction.as_ref().and_then(Expandable::object)
    }
}

#[derive(Deserialize)]
struct BalanceTransaction {
    /// Seconds since 1970. A bank debit is booked days after its charge was made.
    created: i64,
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
    let charge = intent.object().and_then(|intent| intent.latest_charge.as_ref()?.object());
    Ok(PaidTruth {
        reference,
        currency,
        amount,
        fee: charge.map(fee).unwrap_or_default(),
        paid_at: charge.map(paid_at),
        refunded: charge.map_or(0, |charge| charge.amount_refunded),
        disputed: charge.is_some_and(|charge| charge.disputed),
    })
}

/// The moment by which Stripe's own reports count a payment: when it was booked, which is told once it is.
fn paid_at(charge: &Charge) -> i64 {
    charge.booked().map_or(charge.created, |booked| booked.created).saturating_mul(SECOND)
}

/// What Stripe keeps, once it is booked.
fn fee(charge: &Charge) -> Fee {
    let Some(booked) = charge.booked() else { return Fee::Unknown };
    if booked.currency.eq_ignore_ascii_case(&charge.currency) {
        Fee::Known(booked.fee)
    } else {
        Fee::Other { currency: booked.currency.clone(), amount: booked.fee }
    }
}

/// A registered address. Stripe tells its secret here and never again.
#[derive(Deserialize)]
pub struct Registered {
    id: String,
    secret: Option<SecretText>,
}

/// A text that goes from the answer straight into a secret.
#[derive(Deserialize)]
struct SecretText(String);

/// The secret with which events will be signed.
pub fn registration(endpoint: Registered) -> Result<WebhookRegistration, PortError> {
    match endpoint.secret {
        Some(SecretText(secret)) if !secret.is_empty() => {
            Ok(WebhookRegistration { reference: endpoint.id, secret: SecretString::from(secret) })
        }
        _ => Err(nonsense("a registration without a secret")),
    }
}

/// A page of a list.
#[derive(Deserialize)]
pub struct List<T> {
    data: Vec<T>,
}

/// An address for events, as far as it matters here.
#[derive(Deserialize)]
pub struct Endpoint {
    id: String,
    url: String,
    /// Seconds since 1970.
    created: i64,
}

/// The addresses for events of an account.
pub fn endpoints(list: List<Endpoint>) -> Vec<WebhookEndpoint> {
    let endpoint = |Endpoint { id, url, created }| WebhookEndpoint {
        reference: id,
        url,
        created_at: created.saturating_mul(SECOND),
    };
    list.data.into_iter().map(endpoint).collect()
}

/// The account's own name: its id where the key may ask for it, else what the refusal says. Stripe writes "… on account
/// 'acct_…'." there.
pub fn account_id(is_account: bool, body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Account {
        id: String,
    }
    let text = if is_account {
        serde_json::from_slice::<Account>(body).ok()?.id
    } else {
        serde_json::from_slice::<Envelope>(body).ok()?.error.message?
    };
    word_from(&text, "acct_", |character| character.is_ascii_alphanumeric())
}

/// What the permissions that SellTrac needs are called where a seller makes a key.
const PERMISSIONS: [(&str, &str); 4] = [
    ("rak_balance", "Balance"),
    ("rak_charge", "Charges"),
    ("rak_checkout_session", "Checkout Sessions"),
    ("rak_payment_intent", "PaymentIntents"),
];

/// The permission that a key lacks, as far as Stripe names it: "Having the 'rak_charge_read' permission would allow …".
pub fn missing_permission(body: &[u8]) -> Option<String> {
    let message = serde_json::from_slice::<Envelope>(body).ok()?.error.message?;
    let named = word_from(&message, "rak_", |character| character.is_ascii_lowercase() || character == '_')?;
    let label = PERMISSIONS.iter().find(|(start, _)| named.starts_with(start)).map(|(_, label)| *label);
    Some(label.map_or(named, str::to_owned))
}

/// The word of a text that starts so and goes on with such letters.
fn word_from(text: &str, start: &str, goes_on: fn(char) -> bool) -> Option<String> {
    let rest = text.get(text.find(start)? + start.len()..)?;
    let tail: String = rest.chars().take_while(|character| goes_on(*character)).take(MAX_WORD).collect();
    (!tail.is_empty()).then(|| format!("{start}{tail}"))
}

/// Letters of a name that is taken from a sentence.
const MAX_WORD: usize = 80;

/// Why there is no page, where another attempt may do better.
pub fn not_made(body: &[u8]) -> Option<NotMade> {
    let Error { kind, code, param, .. } = serde_json::from_slice::<Envelope>(body).ok()?.error;
    match (kind.as_deref(), code.as_deref(), param.as_deref()) {
        (Some("idempotency_error"), ..) => {
            Some(NotMade::Spent("Stripe knows this key by another request".into()))
        }
        (_, Some("email_invalid"), _) | (_, _, Some("customer_email")) => Some(NotMade::Email),
        (_, Some("amount_too_small"), _) => Some(NotMade::TooSmall),
        (_, Some("amount_too_large"), _) => Some(NotMade::TooLarge),
        _ => None,
    }
}

/// How Stripe says no.
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
    /// Read for the names in it and never passed on, for it may repeat what was sent.
    #[serde(default)]
    message: Option<String>,
}

/// Stripe's word for what is wrong and the parameter it is about: `parameter_missing,customer_email`. The message is
/// left out, for it may repeat what was sent.
pub fn error_code(body: &[u8]) -> String {
    let Error { kind, code, param, .. } = serde_json::from_slice::<Envelope>(body).unwrap_or_default().error;
    [code.or(kind), param].into_iter().flatten().collect::<Vec<_>>().join(",")
}

fn nonsense(what: &str) -> PortError {
    PortError::Nonsense(format!("Stripe: {what}"))
}

#[cfg(test)]
mod tests {
    use domain::{
        money::{Currency, Money},
        time::{DAY, HOUR},
    };
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
        let form = create_form(&request(NOW + HOUR)).encode();
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
    fn the_same_request_makes_the_same_form() {
        let form = create_form(&request(NOW + 23 * HOUR + 999)).encode();
        assert_eq!(form, create_form(&request(NOW + 23 * HOUR + 999)).encode());
        let sent = value(&create_form(&request(NOW + 23 * HOUR + 999)), "expires_at");
        assert_eq!(sent, Some(((NOW + 23 * HOUR) / SECOND).to_string()));
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
                "id": "ch_1", "created": 1_795_392_000, "currency": "usd",
                "balance_transaction": { "created": 1_795_392_002, "fee": 170, "currency": "usd" } } },
        });
        session.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(session).unwrap()
    }

    fn truth(changes: serde_json::Value) -> Result<CheckoutTruth, PortError> {
        report(&session(changes), "cs_1").map(|report| report.truth)
    }

    #[test]
    fn every_state_has_its_meaning() {
        let paid = |fee, paid_at| PaidTruth {
            reference: "pi_1".into(),
            currency: "usd".into(),
            amount: 4_820,
            fee,
            paid_at,
            refunded: 0,
            disputed: false,
        };
        assert_eq!(truth(json!({})), Ok(CheckoutTruth::Paid(paid(Fee::Known(170), Some(NOW + 2 * SECOND)))));
        assert_eq!(
            truth(json!({ "payment_intent": "pi_1" })),
            Ok(CheckoutTruth::Paid(paid(Fee::Unknown, None)))
        );
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

    fn paid_by(changes: serde_json::Value) -> PaidTruth {
        let mut charge = json!({ "created": 1_795_392_000, "currency": "usd" });
        charge.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        match truth(json!({ "payment_intent": { "id": "pi_1", "latest_charge": charge } })) {
            Ok(CheckoutTruth::Paid(paid)) => paid,
            other => panic!("it was paid, not {other:?}"),
        }
    }

    #[test]
    fn a_fee_in_another_currency_is_told_apart() {
        let settled_in = |transaction| paid_by(json!({ "balance_transaction": transaction })).fee;
        let euros = Fee::Other { currency: "eur".into(), amount: 150 };
        assert_eq!(settled_in(json!({ "created": 1, "fee": 150, "currency": "eur" })), euros);
        assert_eq!(settled_in(json!({ "created": 1, "fee": 150, "currency": "usd" })), Fee::Known(150));
        assert_eq!(settled_in(json!(null)), Fee::Unknown);
    }

    #[test]
    fn a_payment_bears_the_moment_in_which_it_was_booked() {
        assert_eq!(paid_by(json!({})).paid_at, Some(NOW), "not booked yet");
        let booked =
            json!({ "balance_transaction": { "created": 1_795_651_200, "fee": 40, "currency": "usd" } });
        assert_eq!(paid_by(booked).paid_at, Some(NOW + 3 * DAY));
    }

    #[test]
    fn what_was_given_back_stands_on_the_charge() {
        let paid = paid_by(json!({ "amount_refunded": 2_000, "disputed": true }));
        assert_eq!((paid.refunded, paid.disputed), (2_000, true));
        let paid = paid_by(json!({}));
        assert_eq!((paid.refunded, paid.disputed), (0, false));
    }

    #[test]
    fn names_are_taken_from_refusals_and_nothing_else_of_them() {
        let message = "The provided key 'rk_test_**x' does not have the required permissions for this endpoint on account \
                       'acct_1Nuz'. Having the 'rak_charge_read' permission would allow this request to continue.";
        let body = json!({ "error": { "type": "invalid_request_error", "message": message } }).to_string();
        assert_eq!(missing_permission(body.as_bytes()), Some("Charges".into()));
        assert_eq!(account_id(false, body.as_bytes()), Some("acct_1Nuz".into()));
        assert_eq!(account_id(true, br#"{"id":"acct_2","email":"olive@x"}"#), Some("acct_2".into()));
        assert_eq!(account_id(true, b"{}"), None);
        assert_eq!(missing_permission(br#"{"error":{"message":"no"}}"#), None);
    }

    #[test]
    fn refusals_that_another_attempt_may_escape_are_told_apart() {
        let why = |error: serde_json::Value| not_made(json!({ "error": error }).to_string().as_bytes());
        assert_eq!(why(json!({ "code": "email_invalid", "param": "customer_email" })), Some(NotMade::Email));
        assert_eq!(why(json!({ "param": "customer_email" })), Some(NotMade::Email));
        assert_eq!(why(json!({ "code": "amount_too_small" })), Some(NotMade::TooSmall));
        assert_eq!(why(json!({ "code": "amount_too_large" })), Some(NotMade::TooLarge));
        assert!(matches!(why(json!({ "type": "idempotency_error" })), Some(NotMade::Spent(_))));
        assert_eq!(why(json!({ "type": "invalid_request_error", "param": "mode" })), None);
        assert_eq!(not_made(b"<html>"), None);
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
