//! Faults that can be ordered: what a provider shall do wrong, in which operation, and how often.

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Nothing is done and this HTTP or SMTP status (400 to 599) is answered.
    Status { status: u16 },
    /// The work is done at once and the answer comes this many milliseconds later. A webhook is sent later.
    DelayMs { delay_ms: u64 },
    /// The work is done and the connection closed without an answer. A webhook is lost.
    DropAfterCommit,
    /// The work is done and what is answered cannot be understood. A webhook's body is not JSON, though
    /// signed.
    Nonsense,
    /// The webhook is sent twice.
    Duplicate,
    /// The work is done, and the answer (or the webhook) names an amount that is 1.00 too high.
    WrongAmount,
}

/// A fault, the place it is meant for, and the number of times it is still to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// `stripe`, `easypost` or `smtp`.
    pub provider: String,
    /// One of [`OPERATIONS`] of that provider, or `any`.
    pub operation: String,
    pub fault: Fault,
    /// How many times; 1 if left out.
    #[serde(default = "once")]
    pub times: u32,
}

/// The operations of each provider that a fault can be ordered for, besides `any`.
pub const OPERATIONS: [(&str, &[&str]); 3] =
    [("stripe", crate::stripe::OPERATIONS), ("easypost", crate::easypost::OPERATIONS), ("smtp", &["send"])];

/// The operation of sending a webhook, for every provider that sends any.
pub const WEBHOOK: &str = "webhook";

/// The operations whose answer names an amount.
const AMOUNT_OPERATIONS: [&str; 8] = [
    "create_session",
    "get_session",
    "list_sessions",
    "create_shipment",
    "get_shipment",
    "rerate",
    "buy",
    WEBHOOK,
];

/// A delay longer than this would outlive every test and every patience.
const LONGEST_DELAY_MS: u64 = 120_000;

const MOST_TIMES: u32 = 10_000;

fn once() -> u32 {
    1
}

impl FaultRule {
    /// Refuses, with the reason, a rule that could never happen.
    pub fn check(&self) -> Result<(), String> {
        let Some((_, operations)) = OPERATIONS.iter().find(|(provider, _)| *provider == self.provider) else {
            return Err(format!("provider must be one of {:?}", OPERATIONS.map(|(provider, _)| provider)));
        };
        if self.operation != "any" && !operations.contains(&self.operation.as_str()) {
            return Err(format!("operation of {} must be \"any\" or one of {operations:?}", self.provider));
        }
        if self.times == 0 || self.times > MOST_TIMES {
            return Err(format!("times must be 1 to {MOST_TIMES}"));
        }
        let possible = self.operation == "any"
            && operations.iter().any(|operation| self.fault.can_happen_in(operation))
            || self.fault.can_happen_in(&self.operation);
        match self.fault {
            Fault::Status { status } if !(400..=599).contains(&status) => {
                Err("status must be 400 to 599".to_owned())
            }
            Fault::DelayMs { delay_ms } if delay_ms > LONGEST_DELAY_MS => {
                Err(format!("delay_ms must be at most {LONGEST_DELAY_MS}"))
            }
            _ if !possible => Err(format!("this fault cannot happen in {}", self.operation)),
            _ => Ok(()),
        }
    }

    /// Whether the rule is meant for this operation, and its fault can happen there.
    pub fn is_for(&self, provider: &str, operation: &str) -> bool {
        self.provider == provider
            && (self.operation == "any" || self.operation == operation)
            && self.fault.can_happen_in(operation)
    }
}

impl Fault {
    fn can_happen_in(self, operation: &str) -> bool {
        match self {
            Fault::Status { .. } => operation != WEBHOOK,
            Fault::DelayMs { .. } | Fault::DropAfterCommit | Fault::Nonsense => true,
            Fault::Duplicate => operation == WEBHOOK,
            Fault::WrongAmount => AMOUNT_OPERATIONS.contains(&operation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultRule};

    fn rule(provider: &str, operation: &str, fault: Fault) -> FaultRule {
        FaultRule { provider: provider.to_owned(), operation: operation.to_owned(), fault, times: 1 }
    }

    #[test]
    fn rules_that_could_never_happen_are_refused() {
        for impossible in [
            rule("nobody", "any", Fault::Nonsense),
            rule("stripe", "buy", Fault::Nonsense),
            rule("smtp", "send", Fault::Duplicate),
            rule("smtp", "any", Fault::WrongAmount),
            rule("stripe", "webhook", Fault::Status { status: 500 }),
            rule("stripe", "any", Fault::Status { status: 200 }),
            FaultRule { times: 0, ..rule("stripe", "any", Fault::Nonsense) },
        ] {
            assert!(impossible.check().is_err(), "{impossible:?}");
        }
        assert_eq!(rule("stripe", "any", Fault::Duplicate).check(), Ok(()));
        assert_eq!(rule("easypost", "label", Fault::Nonsense).check(), Ok(()));
    }

    #[test]
    fn a_duplicate_waits_for_a_webhook() {
        let duplicate = rule("stripe", "any", Fault::Duplicate);
        assert!(!duplicate.is_for("stripe", "create_session"));
        assert!(duplicate.is_for("stripe", "webhook"));
    }
}
