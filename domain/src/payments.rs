//! Paying through a gateway: what may be trusted, and what it means for an invoice.

use serde::{Deserialize, Serialize};

use crate::{
    money::Money,
    problem::{Check, FieldCode, Problem},
    text,
};

stored_enum! {
    /// A service that takes buyers' money.
    Gateway {
        Stripe = "stripe", "Stripe";
    }
}

stored_enum! {
    /// Where a try at paying stands.
    AttemptState {
        /// Stored; the gateway was not reached yet, or its answer was lost.
        Created = "created", "Preparing";
        /// The gateway's page is open to the buyer.
        Open = "open", "Waiting for the buyer";
        /// The buyer has paid, but the money is still on its way (a bank debit).
        Pending = "pending", "On its way";
        Paid = "paid", "Paid";
        Expired = "expired", "Expired";
        /// The gateway would not make a page, or the buyer's bank would not pay.
        Refused = "refused", "Refused";
        /// The gateway reported another amount or currency than was asked; a person must look.
        Mismatch = "mismatch", "Does not match";
    }
}

impl AttemptState {
    /// Whether nothing more can come of it.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            AttemptState::Paid | AttemptState::Expired | AttemptState::Refused | AttemptState::Mismatch
        )
    }
}

stored_enum! {
    /// What a row of the ledger records.
    LedgerKind {
        Payment = "payment", "Payment";
    }
}

/// What a gateway says about a try at paying, after it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckoutTruth {
    /// The page is open, nothing was paid.
    Open,
    /// Submitted; the money is on its way.
    Pending,
    /// The page is closed and nothing was paid.
    Expired,
    /// The buyer's bank would not pay in the end.
    Failed,
    /// Paid.
    Paid(PaidTruth),
}

/// A payment as the gateway reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidTruth {
    /// The gateway's own name of the payment, unique at the gateway.
    pub reference: String,
    /// ISO code as the gateway wrote it.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
    /// What the gateway keeps, where it is known already and is in the same currency.
    pub fee: Option<i64>,
}

impl PaidTruth {
    /// Whether exactly what was asked was paid.
    pub fn matches(&self, asked: Money) -> bool {
        self.amount == asked.minor && self.currency.eq_ignore_ascii_case(asked.currency.code())
    }
}

/// Credentials of an account elsewhere, as typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CredentialsForm {
    pub key: String,
}

impl std::fmt::Debug for CredentialsForm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CredentialsForm { key: … }")
    }
}

impl CredentialsForm {
    /// The key, if it starts with one of `prefixes` and could be a key at all.
    pub fn parse(&self, prefixes: &[&str]) -> Result<String, Problem> {
        let mut check = Check::new();
        let key = check.take(
            "key",
            text::required(&self.key, 300).and_then(|key| {
                let plausible = prefixes.iter().any(|prefix| key.starts_with(prefix)) && key.len() >= 12;
                let plain =
                    key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
                if plausible && plain { Ok(key) } else { Err(FieldCode::NotAChoice) }
            }),
        );
        check.finish(key)
    }
}

/// Prefixes of the keys that Stripe gives out; a restricted key (`rk_`) is what a seller should use.
pub const STRIPE_KEY_PREFIXES: &[&str] = &["rk_test_", "rk_live_", "sk_test_", "sk_live_"];

/// A connected account as the settings show it: never more of its key than its last characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedAccount {
    /// The provider's label.
    pub provider: String,
    /// The last four characters of the key.
    pub key_ends_with: String,
    pub live: bool,
    pub since: String,
    /// Whether the provider tells us about changes by itself.
    pub has_webhook: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn only_the_exact_amount_and_currency_match() {
        let asked = Money::new(4_820, Currency::USD);
        let paid = |amount, currency: &str| PaidTruth {
            reference: "pi_1".into(),
            currency: currency.into(),
            amount,
            fee: None,
        };
        assert!(paid(4_820, "usd").matches(asked));
        assert!(!paid(4_819, "usd").matches(asked));
        assert!(!paid(4_820, "cad").matches(asked));
    }

    #[test]
    fn a_key_never_shows_in_debug_output() {
        let form = CredentialsForm { key: "sk_test_verysecret".into() };
        assert!(!format!("{form:?}").contains("verysecret"));
        assert!(form.parse(STRIPE_KEY_PREFIXES).is_ok());
        assert!(CredentialsForm { key: "EZTK123456789012".into() }.parse(STRIPE_KEY_PREFIXES).is_err());
    }
}
