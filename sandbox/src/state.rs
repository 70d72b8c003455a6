//! Everything the sandbox remembers.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::faults::{Fault, FaultRule};
use crate::{easypost, mail, stripe};

/// The log of calls keeps this many; older ones are forgotten.
const CALLS_KEPT: usize = 10_000;

/// The whole memory. What is marked `skip` belongs to one run and is not written to the state file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    counters: BTreeMap<String, u64>,
    pub stripe: stripe::Records,
    pub easypost: easypost::Records,
    pub mail: mail::Records,
    #[serde(skip)]
    pub faults: Vec<FaultRule>,
    #[serde(skip)]
    pub calls: VecDeque<Call>,
}

/// One request received by a provider.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    /// `stripe`, `easypost` or `smtp`.
    pub provider: &'static str,
    /// The same names as in [`FaultRule::operation`].
    pub operation: &'static str,
    /// The HTTP method, or `DATA` for a mail.
    pub method: String,
    /// Path and query as received; for a mail, its sender.
    pub path: String,
    /// The header `Idempotency-Key`, if it was sent.
    pub idempotency_key: Option<String>,
    /// Seconds since 1970, by the sandbox's clock.
    pub at: i64,
}

impl State {
    /// The next id with this prefix: `cs_test_` gives `cs_test_000000000001`, then `cs_test_000000000002`.
    ///
    /// Ids are counted, not drawn, so that a test that does the same things sees the same ids.
    pub fn next_id(&mut self, prefix: &str) -> String {
        format!("{prefix}{:012}", self.next_number(prefix))
    }

    /// The next number of a named counter, from 1.
    pub fn next_number(&mut self, name: &str) -> u64 {
        let counter = self.counters.entry(name.to_owned()).or_default();
        *counter += 1;
        *counter
    }

    /// Writes a request into the log.
    pub fn log_call(&mut self, call: Call) {
        if self.calls.len() == CALLS_KEPT {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    /// Takes the oldest fault meant for this operation, and counts it as used.
    pub fn take_fault(&mut self, provider: &str, operation: &str) -> Option<Fault> {
        let position = self.faults.iter().position(|rule| rule.is_for(provider, operation))?;
        let rule = self.faults.get_mut(position)?;
        let fault = rule.fault;
        rule.times -= 1;
        if rule.times == 0 {
            self.faults.remove(position);
        }
        Some(fault)
    }
}
