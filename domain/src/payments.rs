//! Paying through a gateway: what may be trusted, and what it means for an invoice.

use serde::{Deserialize, Serialize};

use crate::{
    money::{Currency, Money},
    problem::{Check, FieldCode, Problem},
    text,
};

stored_enum! {
    /// A service that takes buyers' money.
    Gateway {
        Stripe = "stripe", "Stripe";
    }
}

impl Gateway {
    /// The least that the gateway takes at once, where that is known. It may still refuse a little more, because the bound
    /// holds in the currency in which the account is settled.
    pub fn least(self, currency: Currency) -> Option<Money> {
        let minor = match self {
            // Stripe's table of minimum charge amounts.
            Gateway::Stripe => match currency {
                Currency::AUD
                | Currency::CAD
                | Currency::CHF
                | Currency::EUR
                | Currency::JPY
                | Currency::NZD
                | Currency::SGD
                | Currency::USD => 50,
                Currency::GBP => 30,
                Currency::MYR | Currency::PLN => 200,
                Currency::DKK => 250,
                Currency::NOK | Currency::SEK => 300,
                Currency::HKD => 400,
                Currency::MXN | Currency::THB => 1_000,
                Currency::CZK => 1_500,
                Currency::CNY | Currency::KRW | Currency::PHP | Currency::ZAR => return None,
            },
        };
        Some(Money::new(minor, currency))
    }

    /// Whether an amount is too small for the gateway.
    pub fn is_too_small(self, amount: Money) -> bool {
        self.least(amount.currency).is_some_and(|least| amount.minor < least.minor)
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
    /// Whether nothing more can come of it by itself.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            AttemptState::Paid | AttemptState::Expired | AttemptState::Refused | AttemptState::Mismatch
        )
    }

    /// Whether an attempt may go from here to `next`. Answers come late and twice, so one that says less than is known
    /// already changes nothing. Money that a gateway reports is believed from everywhere.
    pub fn may_become(self, next: AttemptState) -> bool {
        use AttemptState::{Created, Expired, Mismatch, Open, Paid, Pending, Refused};
        match self {
            Created => next != Created,
            Open => !matches!(next, Created | Open),
            Pending => matches!(next, Paid | Refused | Mismatch),
            Expired => matches!(next, Pending | Paid | Mismatch),
            Refused => matches!(next, Paid | Mismatch),
            // What did not match and does after another look has been put right at the gateway.
            Mismatch => next == Paid,
            Paid => false,
        }
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
    pub fee: Fee,
    /// When it was paid, UTC milliseconds; nothing where the gateway does not say.
    pub paid_at: Option<i64>,
    /// What was given back of it so far, minor units of the same currency.
    pub refunded: i64,
    /// Whether the buyer's bank has asked for it back, or did once.
    pub disputed: bool,
}

/// What a gateway keeps of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fee {
    /// Not told yet.
    #[default]
    Unknown,
    /// Minor units of the currency that was paid.
    Known(i64),
    /// Told for good, but in the currency in which the account is settled. It cannot be added to the others.
    Other {
        /// ISO code as the gateway wrote it.
        currency: String,
        /// Minor units.
        amount: i64,
    },
}

impl Fee {
    /// The fee, if it is in the currency that was paid.
    pub fn known(&self) -> Option<i64> {
        match self {
            Fee::Known(fee) => Some(*fee),
            Fee::Unknown | Fee::Other { .. } => None,
        }
    }
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

    /// The key for a gateway. What is another kind of key of the same gateway is told apart from what is none.
    pub fn parse_for(&self, gateway: Gateway) -> Result<String, Problem> {
        match gateway {
            Gateway::Stripe => {
                let typed = self.key.trim();
                let is_of = |prefixes: &[&str]| prefixes.iter().any(|prefix| typed.starts_with(prefix));
                if is_of(STRIPE_PUBLIC_PREFIXES) {
                    return Err(Problem::field("key", FieldCode::PublicKey(STRIPE_EXAMPLE_KEY.into())));
                }
                if is_of(STRIPE_OTHER_PREFIXES) || !typed.is_empty() && !is_of(STRIPE_KEY_PREFIXES) {
                    return Err(Problem::field("key", FieldCode::NotLike(STRIPE_EXAMPLE_KEY.into())));
                }
                self.parse(STRIPE_KEY_PREFIXES)
            }
        }
    }
}

/// Prefixes of the keys that Stripe gives out; a restricted key (`rk_`) is what a seller should use.
pub const STRIPE_KEY_PREFIXES: &[&str] = &["rk_test_", "rk_live_", "sk_test_", "sk_live_"];
/// Prefixes of the keys that Stripe means for browsers: they may read nothing.
const STRIPE_PUBLIC_PREFIXES: &[&str] = &["pk_test_", "pk_live_"];
/// Prefixes of other secrets that stand beside the keys at Stripe.
const STRIPE_OTHER_PREFIXES: &[&str] = &["whsec_", "acct_", "ek_", "sk_org_"];
/// What a key of Stripe looks like, for a hint.
const STRIPE_EXAMPLE_KEY: &str = "rk_live_51H…";

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
    /// Whether the provider still took the key when it was last asked.
    pub works: bool,
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
            fee: Fee::Unknown,
            paid_at: None,
            refunded: 0,
            disputed: false,
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

    /// Every pair of states, written out: a row says where an attempt may go from its first state.
    #[test]
    fn an_attempt_moves_only_along_these_arrows() {
        use AttemptState::{Created, Expired, Mismatch, Open, Paid, Pending, Refused};
        let states = [Created, Open, Pending, Paid, Expired, Refused, Mismatch];
        let allowed = [
            (Created, "no yes yes yes yes yes yes"),
            (Open, "no no yes yes yes yes yes"),
            (Pending, "no no no yes no yes yes"),
            (Paid, "no no no no no no no"),
            (Expired, "no no yes yes no no yes"),
            (Refused, "no no no yes no no yes"),
            (Mismatch, "no no no yes no no no"),
        ];
        assert_eq!(states.len(), AttemptState::ALL.len(), "a new state needs a row");
        for (from, row) in allowed {
            for (to, word) in states.into_iter().zip(row.split(' ')) {
                assert_eq!(from.may_become(to), word == "yes", "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn the_least_that_a_gateway_takes_is_in_the_same_currency() {
        for currency in Currency::ALL {
            if let Some(least) = Gateway::Stripe.least(currency) {
                assert_eq!(least.currency, currency);
                assert!(!Gateway::Stripe.is_too_small(least));
                assert!(Gateway::Stripe.is_too_small(Money::new(least.minor - 1, currency)));
            } else {
                assert!(!Gateway::Stripe.is_too_small(Money::new(1, currency)), "what is not known is tried");
            }
        }
        assert_eq!(Gateway::Stripe.least(Currency::USD), Some(Money::new(50, Currency::USD)));
    }

    #[test]
    fn other_kinds_of_keys_are_told_apart() {
        let refused = |key: &str| {
            let form = CredentialsForm { key: key.into() };
            form.parse_for(Gateway::Stripe).map_err(|problem| problem.fields[0].code.clone()).err()
        };
        assert_eq!(refused(" rk_live_51Habcdef "), None);
        assert_eq!(refused("sk_test_51Habcdef"), None);
        assert!(matches!(refused("pk_live_51Habcdef"), Some(FieldCode::PublicKey(_))));
        for odd in ["whsec_51Habcdef", "acct_1H2345678", "my key", "EZTK123456789"] {
            assert!(matches!(refused(odd), Some(FieldCode::NotLike(_))), "{odd}");
        }
        assert_eq!(refused("rk_live_51H…"), Some(FieldCode::NotAChoice));
        assert_eq!(refused(""), Some(FieldCode::Missing));
    }
}
