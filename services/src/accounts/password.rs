//! Hashing passwords with Argon2id, off the async threads and a few at a time.

use std::{net::IpAddr, time::Duration};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use domain::problem::Code;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    Error, Result, new_id,
    places::{Limits, Line, Place, Places, Queued},
};

/// OWASP's first recommendation for Argon2id: 46 MiB, one pass, one lane.
const MEMORY_KIBIBYTES: u32 = 47_104;
const PASSES: u32 = 1;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Hashing at once at most, so that a crowd at the door does not take all memory; and of one member in known browsers, or of
/// one network of strangers, at once and waiting. So members and networks take turns, however many each of them sends.
const HASHING: Limits = Limits { at_once: 4, of_one: 1, waiting: 20 };
/// How many strangers hash at once, so that a browser that is known never waits for a crowd of them.
const STRANGERS: usize = 3;
/// How many of those hash at once that come from where somebody failed lately, so that a stranger who comes from elsewhere
/// never waits for a crowd of them. A crowd that guesses is soon in this line.
const DOUBTFUL: usize = 2;
/// How long a place is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who stands at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guest {
    /// This member, in a browser in which they signed in before.
    Known(Uuid),
    /// Anybody else.
    Stranger {
        /// Where they come from, or else through whom, if that is known.
        network: Option<IpAddr>,
        /// Whether somebody from there failed lately.
        is_doubtful: bool,
    },
}

/// Who takes turns with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    Member(Uuid),
    Network(IpAddr),
    /// Somebody who came over no connection, of whom it is not even known whether others are the same.
    Nobody(Uuid),
}

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Hasher {
    places: Places<Turn>,
    strangers: Line,
    doubtful: Line,
    memory_kibibytes: u32,
    patience: Duration,
}

impl Default for Hasher {
    fn default() -> Self {
        Hasher {
            places: Places::new(HASHING),
            strangers: Line::new(STRANGERS),
            doubtful: Line::new(DOUBTFUL),
            memory_kibibytes: MEMORY_KIBIBYTES,
            patience: PATIENCE,
        }
    }
}

impl Hasher {
    /// A hasher with hardly any cost, for tests that sign in hundreds of times. At its door one waits for as long as it takes.
    #[cfg(feature = "testing")]
    pub fn cheap() -> Self {
        Hasher { memory_kibibytes: 64, patience: Duration::from_secs(60 * 60), ..Default::default() }
    }

    /// The same door, at which nobody waits any longer than this.
    #[cfg(feature = "testing")]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Hasher { patience, ..self.clone() }
    }

    /// Where places are taken, so that a test can let everybody wait.
    #[cfg(feature = "testing")]
    pub fn places(&self) -> &Places<Turn> {
        &self.places
    }

    /// Joins the line of a member or network, without waiting. Nobody else waits for whoever stands there.
    ///
    /// # Errors
    /// [`Code::Busy`] if too many of the same wait already.
    pub fn enter(&self, guest: Guest) -> Result<Queued> {
        let (network, is_doubtful) = match guest {
            Guest::Known(member_id) => return self.places.enter(Turn::Member(member_id)),
            Guest::Stranger { network, is_doubtful } => (network, is_doubtful),
        };
        let queued = self.places.enter(network.map_or_else(|| Turn::Nobody(new_id()), Turn::Network))?;
        let queued = queued.behind(&self.strangers);
        Ok(if is_doubtful { queued.behind(&self.doubtful) } else { queued })
    }

    /// Waits for a place to hash at.
    ///
    /// # Errors
    /// [`Code::Busy`] after five seconds without one.
    pub async fn place(&self, queued: Queued) -> Result<Place> {
        timeout(self.patience, queued.place()).await.map_err(|_| Code::Busy)?
    }

    /// The hash of a password that is good, with its salt and parameters, as a PHC string. Whether it is good is asked at the
    /// same place, because that takes its time as well.
    ///
    /// # Errors
    /// What `is_good` says of it.
    pub async fn hash(
        &self,
        place: Place,
        password: String,
        is_good: impl FnOnce(&str) -> Result<()> + Send + 'static,
    ) -> Result<String> {
        self.with(place, move |argon2| {
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
    pub async fn verify(&self, place: Place, password: String, hash: Option<String>) -> Result<bool> {
        self.with(place, move |argon2| match hash {
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
        place: Place,
        work: impl FnOnce(&Argon2<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let parameters = Params::new(self.memory_kibibytes, PASSES, LANES, None)
            .map_err(|_| Error::Fault("wrong parameters for hashing"))?;
        place.work(move || work(&Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))).await?
    }
}
