//! Hashes and keyed hashes, in hexadecimal.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The SHA-256 of all parts, each preceded by its length so that parts cannot flow into one another.
pub fn sha256(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

/// HMAC-SHA256 over the parts joined, in lower-case hexadecimal.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> String {
    // A key too long is hashed and a key too short is padded, so every length is good; the type still says
    // `Result`.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

/// Names the account behind an API key without keeping the key.
pub fn account(api_key: &str) -> String {
    let mut digest = sha256(&[api_key.as_bytes()]);
    digest.truncate(16);
    digest
}
