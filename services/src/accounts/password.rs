//! Hashing passwords with Argon2id, off the async threads and a few at a time.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::{
    Error, Result,
    places::{Limits, Places, Queued},
};

/// OWASP's first recommendation for Argon2id: 46 MiB, one pass, one lane.
const MEMORY_KIBIBYTES: u32 = 47_104;
const PASSES: u32 = 1;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Hashing at once at most, so that a crowd at the door does not take all memory; and those at each door that wait, which is
/// about half a second's work. Whoever comes after them is asked to come back in a moment.
const HASHING: Limits = Limits { at_once: 4, of_one: 4, waiting: 20 };

/// The doors at which one waits to be let in. A crowd of strangers fills its own only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// For browsers in which the member signed in before.
    Known,
    Stranger,
}

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    places: Places<Door>,
    memory_kibibytes: u32,
}

impl Default for Hasher {
    fn default() -> Self {
        Hasher { places: Places::new(HASHING), memory_kibibytes: MEMORY_KIBIBYTES }
    }
}

impl Hasher {
    /// A hasher with hardly any cost, for tests that sign in hundreds of times.
    #[cfg(feature = "testing")]
    pub fn cheap() -> Self {
        Hasher { memory_kibibytes: 64, ..Default::default() }
    }

    /// Where places are taken, so that a test can let everybody wait.
    #[cfg(feature = "testing")]
    pub fn places(&self) -> &Places<Door> {
        &self.places
    }

    /// Joins the queue at a door, without waiting.
    ///
    /// # Errors
    /// [`Code::Busy`](domain::problem::Code::Busy) if it is full.
    pub fn enter(&self, door: Door) -> Result<Queued> {
        self.places.enter(door)
    }

    /// The hash of a password that is good, with its salt and parameters, as a PHC string. Whether it is good is asked at the
    /// same place, because that takes its time as well.
    ///
    /// # Errors
    /// What `is_good` says of it.
    pub async fn hash(
        &self,
        queued: Queued,
        password: String,
        is_good: impl FnOnce(&str) -> Result<()> + Send + 'static,
    ) -> Result<String> {
        self.with(queued, move |argon2| {
            is_good(&password)?;
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
    pub async fn verify(&self, queued: Queued, password: String, hash: Option<String>) -> Result<bool> {
        self.with(queued, move |argon2| match hash {
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
        queued: Queued,
        work: impl FnOnce(&Argon2<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let parameters = Params::new(self.memory_kibibytes, PASSES, LANES, None)
            .map_err(|_| Error::Fault("wrong parameters for hashing"))?;
        let place = queued.place().await?;
        place.work(move || work(&Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))).await?
    }
}
