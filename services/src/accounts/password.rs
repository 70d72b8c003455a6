//! Hashing passwords with Argon2id, off the async threads and a few at a time.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::{sync::Semaphore, task};

use crate::{Error, Result};

/// OWASP's first recommendation for Argon2id: 46 MiB, one pass, one lane.
const MEMORY_KIBIBYTES: u32 = 47_104;
const PASSES: u32 = 1;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Hashing at once at most, so that a crowd at the door does not take all memory.
const AT_ONCE: usize = 4;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    places: Arc<Semaphore>,
    memory_kibibytes: u32,
}

impl Default for Hasher {
    fn default() -> Self {
        Hasher { places: Arc::new(Semaphore::new(AT_ONCE)), memory_kibibytes: MEMORY_KIBIBYTES }
    }
}

impl Hasher {
    /// A hasher with hardly any cost, for tests that sign in hundreds of times.
    #[cfg(feature = "testing")]
    pub fn cheap() -> Self {
        Hasher { memory_kibibytes: 64, ..Default::default() }
    }

    /// The hash of a password, with its salt and parameters, as a PHC string.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.with(move |argon2| {
            let mut salt = [0; SALT_BYTES];
            getrandom::fill(&mut salt).map_err(|_| Error::Fault("no random numbers"))?;
            let hash = argon2
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map_err(|_| Error::Fault("hashing a password failed"))?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password has this hash. Without a hash the same work is done, so that an unknown e-mail address answers
    /// no sooner than a wrong password.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.with(move |argon2| match hash {
            Some(hash) => Ok(argon2.verify_password(password.as_bytes(), hash.as_str()).is_ok()),
            None => {
                let _ = argon2.hash_password_with_salt(password.as_bytes(), &[0; SALT_BYTES]);
                Ok(false)
            }
        })
        .await
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _place = self.places.acquire().await.map_err(|_| Error::Fault("the hasher is closed"))?;
        let parameters = Params::new(self.memory_kibibytes, PASSES, LANES, None)
            .map_err(|_| Error::Fault("wrong parameters for hashing"))?;
        task::spawn_blocking(move || work(&Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)))
            .await
            .map_err(|_| Error::Fault("hashing was interrupted"))?
    }
}
