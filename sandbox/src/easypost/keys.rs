//! The API keys of accounts: a key can be replaced by another one of the same account, as a person does in the settings of
//! EasyPost. There is no API for that there; tests turn it here.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::fingerprint;

/// What was done to keys. A key of which nothing is known here is the first one of an account of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Keys {
    /// Fingerprints of keys that are no longer taken.
    revoked: BTreeSet<String>,
    /// Of keys that came later: their fingerprint, and the account.
    later: BTreeMap<String, String>,
}

impl Keys {
    /// The account of a key, if the key is taken.
    pub fn account(&self, key: &str) -> Option<String> {
        let fingerprint = fingerprint::account(key);
        if self.revoked.contains(&fingerprint) {
            return None;
        }
        Some(self.later.get(&fingerprint).cloned().unwrap_or(fingerprint))
    }
}

/// Which key is replaced by which.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    old: String,
    new: String,
}

/// `POST /easypost/keys`: the old key is taken no longer, and the new one is of the same account.
pub async fn replace(State(context): State<Context>, Json(keys): Json<Replacement>) -> StatusCode {
    context.change(|state| {
        let Some(account) = state.easypost.keys.account(&keys.old) else { return StatusCode::CONFLICT };
        let known = &mut state.easypost.keys;
        known.revoked.insert(fingerprint::account(&keys.old));
        known.later.insert(fingerprint::account(&keys.new), account);
        StatusCode::NO_CONTENT
    })
}
