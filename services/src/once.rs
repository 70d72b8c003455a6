//! Forms that are carried out once, however often they are sent.
//!
//! A form brings a key, which becomes the id of what it makes. Whoever sends it again, because the answer was lost, gets the
//! answer of the first time. That is true of the same form only: with other rows or another amount in it, the first answer
//! would say that something was done which was not. So what was asked for is kept as a hash beside what was made.

use domain::problem::Code;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Result, new_id};

/// What a form asks for, and its key.
#[derive(Clone, Debug)]
pub(crate) struct Once {
    /// Nothing where the form brought none, so that it is carried out each time.
    pub key: Option<Uuid>,
    /// A hash of what is asked for; empty where that is compared with nothing.
    pub asked: String,
}

impl Once {
    /// A form with its key and all that it asks for.
    pub fn new<'a>(key: Option<Uuid>, asked: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in asked {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Once { key, asked: hex::encode(hash.finalize()) }
    }

    /// What no form with a key asks for.
    pub fn without_key() -> Self {
        Once { key: None, asked: String::new() }
    }

    /// The id of what is made.
    pub fn id(&self) -> Uuid {
        self.key.unwrap_or_else(new_id)
    }

    /// Whether what was made with the key is what is asked for again.
    ///
    /// # Errors
    /// [`Code::WrongState`] if something else was asked for with this key, or what was made was undone since.
    pub fn must_be_same(&self, asked: &str, is_undone: bool) -> Result<()> {
        if self.asked != asked || is_undone { Err(Code::WrongState.into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_elsewhere_is_asked_differently() {
        let once = |parts: &[&str]| Once::new(None, parts.iter().map(|part| part.as_bytes()));
        assert_eq!(once(&["a", "bc"]).asked, once(&["a", "bc"]).asked);
        assert_ne!(once(&["a", "bc"]).asked, once(&["ab", "c"]).asked);
        assert!(once(&["a"]).must_be_same(&once(&["a"]).asked, false).is_ok());
        assert!(once(&["a"]).must_be_same(&once(&["b"]).asked, false).is_err());
        assert!(once(&["a"]).must_be_same(&once(&["a"]).asked, true).is_err());
    }
}
