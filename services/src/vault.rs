//! Sealing secrets: AES-256-GCM with a random nonce, bound to the place where the secret is stored.
//!
//! A sealed secret is `v1.<key id>.<nonce and ciphertext in base64>`. The additional data names table, column and row, so
//! that a sealed text copied to another row, or another tenant's, does not open.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const VERSION: &str = "v1";
const NONCE_BYTES: usize = 12;

/// Seals and opens secrets with the server's master key.
pub struct Vault {
    cipher: Aes256Gcm,
    key_id: String,
}

/// Where a secret is stored.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub table: &'static str,
    pub column: &'static str,
    pub row: Uuid,
}

impl Place {
    fn additional_data(&self) -> Vec<u8> {
        format!("{}.{}.{}", self.table, self.column, self.row).into_bytes()
    }
}

/// Why a sealed secret does not open, or none can be sealed. What was in it is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    #[error("the sealed text is malformed")]
    Malformed,
    #[error("it was sealed with another master key")]
    OtherKey,
    #[error("it was changed, or belongs elsewhere")]
    Changed,
    #[error("the machine has no random numbers")]
    NoRandomness,
}

impl Vault {
    /// A vault with a master key of 32 random bytes.
    pub fn new(master_key: &[u8; 32]) -> Self {
        let key_id = hex::encode(&Sha256::digest(master_key)[..4]);
        Vault { cipher: Aes256Gcm::new(master_key.into()), key_id }
    }

    /// Seals a secret for its place.
    pub fn seal(&self, secret: &SecretString, place: Place) -> Result<String, Unsealable> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| Unsealable::NoRandomness)?;
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &place.additional_data() };
        let ciphertext = self.cipher.encrypt(&nonce.into(), payload).map_err(|_| Unsealable::Malformed)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(ciphertext);
        Ok(format!("{VERSION}.{}.{}", self.key_id, BASE64_STANDARD.encode(bytes)))
    }

    /// Opens a secret that was sealed for this place.
    pub fn open(&self, sealed: &str, place: Place) -> Result<SecretString, Unsealable> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(VERSION), Some(key_id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Unsealable::Malformed);
        };
        if key_id != self.key_id {
            return Err(Unsealable::OtherKey);
        }
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| Unsealable::Malformed)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_BYTES).ok_or(Unsealable::Malformed)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| Unsealable::Malformed)?;
        let payload = Payload { msg: ciphertext, aad: &place.additional_data() };
        let plain = self.cipher.decrypt(&nonce.into(), payload).map_err(|_| Unsealable::Changed)?;
        String::from_utf8(plain).map(SecretString::from).map_err(|_| Unsealable::Malformed)
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Vault {{ key_id: {} }}", self.key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: u128) -> Place {
        Place { table: "gateway_accounts", column: "sealed_key", row: Uuid::from_u128(row) }
    }

    #[test]
    fn a_sealed_secret_opens_only_in_its_place() {
        let vault = Vault::new(&[7; 32]);
        let secret = SecretString::from("rk_test_invented");
        let sealed = vault.seal(&secret, place(1)).expect("sealing works");
        assert!(!sealed.contains("invented"));
        assert_eq!(vault.open(&sealed, place(1)).expect("it opens").expose_secret(), "rk_test_invented");
        assert_eq!(vault.open(&sealed, place(2)).err(), Some(Unsealable::Changed));
        let elsewhere = Place { column: "sealed_webhook_secret", ..place(1) };
        assert_eq!(vault.open(&sealed, elsewhere).err(), Some(Unsealable::Changed));
        assert_eq!(Vault::new(&[8; 32]).open(&sealed, place(1)).err(), Some(Unsealable::OtherKey));
    }

    #[test]
    fn two_seals_of_one_secret_differ_and_a_changed_one_does_not_open() {
        let vault = Vault::new(&[7; 32]);
        let secret = SecretString::from("rk_test_invented");
        let first = vault.seal(&secret, place(1)).expect("sealing works");
        assert_ne!(first, vault.seal(&secret, place(1)).expect("sealing works"));
        let mut changed = first.clone().into_bytes();
        let last = changed.len() - 3;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("still text");
        assert!(vault.open(&changed, place(1)).is_err());
        for nonsense in ["", "v1", "v1.x.y", "v2.a.b", "v1.00000000.AAAA"] {
            assert!(vault.open(nonsense, place(1)).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn debug_output_has_no_key() {
        assert!(!format!("{:?}", Vault::new(&[7; 32])).contains("07"));
    }
}
