//! Checkout sessions and what a payment leaves behind, and how Stripe writes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Complete,
    Expired,
}

/// One Checkout Session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    /// Fingerprint of the API key that made it.
    pub account: String,
    pub status: Status,
    /// The names of what is bought, in order.
    pub item_names: Vec<String>,
    /// In smallest units of `currency`.
    pub amount_total: i64,
    /// Lower-case ISO 4217.
    pub currency: String,
    pub success_url: String,
    pub cancel_url: Option<String>,
    pub client_reference_id: Option<String>,
    pub customer_email: Option<String>,
    pub metadata: BTreeMap<String, String>,
    /// The metadata that the payment intent and its charge carry.
    pub intent_metadata: BTreeMap<String, String>,
    /// Seconds since 1970, like every time here.
    pub created: i64,
    pub expires_at: i64,
    pub intent: Option<Intent>,
}

/// What exists once a buyer tried to pay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Intent {
    pub id: String,
    pub created: i64,
    /// There only when the try succeeded.
    pub charge: Option<Charge>,
}

/// Money taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Charge {
    pub id: String,
    pub transaction_id: String,
    pub created: i64,
    /// In smallest units.
    #[serde(default)]
    pub amount_refunded: i64,
    #[serde(default)]
    pub disputed: bool,
}

/// Which ids in a session are to be written as whole objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expand {
    intent: bool,
    charge: bool,
    transaction: bool,
}

impl Expand {
    /// Reads the `expand[]` parameters; `prefix` is `data.` for lists. What Stripe could not expand is
    /// refused.
    pub fn parse(paths: &[String], prefix: &str) -> Result<Expand, Refusal> {
        let mut expand = Expand::default();
        for path in paths {
            let depth = match path.strip_prefix(prefix) {
                Some("payment_intent") => 1,
                Some("payment_intent.latest_charge") => 2,
                Some("payment_intent.latest_charge.balance_transaction") => 3,
                _ => return Err(Refusal::invalid(format!("This property cannot be expanded ({path})."))),
            };
            expand.intent = true;
            expand.charge |= depth >= 2;
            expand.transaction |= depth >= 3;
        }
        Ok(expand)
    }

    /// The resources that are written out besides the one asked for.
    pub fn resources(self) -> impl Iterator<Item = &'static str> {
        let intents = self.intent.then_some("payment_intents");
        let charges = self.charge.then_some("charges");
        intents.into_iter().chain(charges)
    }
}

impl Session {
    /// Whether money was taken.
    pub fn is_paid(&self) -> bool {
        self.intent.as_ref().is_some_and(|intent| intent.charge.is_some())
    }

    /// Where the buyer goes after paying.
    pub fn success_location(&self) -> String {
        self.success_url.replace("{CHECKOUT_SESSION_ID}", &self.id)
    }

    /// The session as the API answers it. `sandbox_url` is the root of this sandbox.
    pub fn to_json(&self, sandbox_url: &str, expand: Expand) -> Value {
        let url = (self.status == Status::Open).then(|| format!("{sandbox_url}/stripe/checkout/{}", self.id));
        let customer_details =
            self.customer_email.as_ref().map(|email| json!({ "email": email, "name": null }));
        let intent = self.intent.as_ref().map(|intent| match expand.intent {
            true => self.intent_json(intent, expand),
            false => Value::from(intent.id.as_str()),
        });
        json!({
            "id": self.id,
            "object": "checkout.session",
            "amount_subtotal": self.amount_total,
            "amount_total": self.amount_total,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.client_reference_id,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_details": customer_details,
            "customer_email": self.customer_email,
            "expires_at": self.expires_at,
            "livemode": false,
            "metadata": self.metadata,
            "mode": "payment",
            "payment_intent": intent,
            "payment_method_types": ["card"],
            "payment_status": if self.is_paid() { "paid" } else { "unpaid" },
            "status": self.status,
            "success_url": self.success_url,
            "url": url,
        })
    }

    /// The payment intent of this session; it carries the metadata meant for it.
    pub fn intent_json(&self, intent: &Intent, expand: Expand) -> Value {
        let charge = intent.charge.as_ref().map(|charge| match expand.charge {
            true => self.charge_json(intent, charge, expand),
            false => Value::from(charge.id.as_str()),
        });
        json!({
            "id": intent.id,
            "object": "payment_intent",
            "amount": self.amount_total,
            "amount_received": if charge.is_some() { self.amount_total } else { 0 },
            "created": intent.created,
            "currency": self.currency,
            "last_payment_error": match charge {
                Some(_) => Value::Null,
                None => json!({ "type": "card_error", "code": "card_declined", "decline_code": "generic_decline" }),
            },
            "status": if charge.is_some() { "succeeded" } else { "requires_payment_method" },
            "latest_charge": charge,
            "livemode": false,
            "metadata": self.intent_metadata,
        })
    }

    /// The charge behind a payment.
    pub fn charge_json(&self, intent: &Intent, charge: &Charge, expand: Expand) -> Value {
        let transaction = match expand.transaction {
            true => self.transaction_json(charge),
            false => Value::from(charge.transaction_id.as_str()),
        };
        json!({
            "id": charge.id,
            "object": "charge",
            "amount": self.amount_total,
            "amount_captured": self.amount_total,
            "amount_refunded": charge.amount_refunded,
            "balance_transaction": transaction,
            "captured": true,
            "created": charge.created,
            "currency": self.currency,
            "disputed": charge.disputed,
            "livemode": false,
            "metadata": self.intent_metadata,
            "paid": true,
            "payment_intent": intent.id,
            "payment_method_details": { "type": "card", "card": { "brand": "visa", "last4": "4242" } },
            "refunded": charge.amount_refunded == self.amount_total,
            "status": "succeeded",
        })
    }

    fn transaction_json(&self, charge: &Charge) -> Value {
        const TWO_DAYS: i64 = 2 * 24 * 60 * 60;
        let fee = processing_fee(self.amount_total);
        json!({
            "id": charge.transaction_id,
            "object": "balance_transaction",
            "amount": self.amount_total,
            "available_on": charge.created + TWO_DAYS,
            "created": charge.created,
            "currency": self.currency,
            "exchange_rate": null,
            "fee": fee,
            "fee_details": [{
                "amount": fee,
                "application": null,
                "currency": self.currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }],
            "net": self.amount_total - fee,
            "source": charge.id,
            "status": "pending",
            "type": "charge",
        })
    }
}

/// Stripe's price for a card in the United States: 2.9 % and 30, in smallest units, half a unit rounded up.
fn processing_fee(amount: i64) -> i64 {
    (amount * 29 + 500) / 1000 + 30
}

#[cfg(test)]
mod tests {
    use super::{Expand, processing_fee};

    #[test]
    fn the_fee_of_known_amounts() {
        assert_eq!(processing_fee(4820), 170, "139.78 rounds to 140");
        assert_eq!(processing_fee(10_000), 320);
        assert_eq!(processing_fee(50), 31, "1.45 rounds to 1");
    }

    #[test]
    fn what_cannot_be_expanded_is_refused() {
        let all = Expand::parse(&["payment_intent.latest_charge.balance_transaction".to_owned()], "");
        assert_eq!(all, Ok(Expand { intent: true, charge: true, transaction: true }));
        assert!(Expand::parse(&["payment_intent".to_owned()], "data.").is_err());
        assert!(Expand::parse(&["data.payment_intent".to_owned()], "data.").is_ok());
    }
}
