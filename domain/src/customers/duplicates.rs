//! Customers who may be the same person.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

stored_enum! {
    /// What two customers have in common, the surest first.
    Likeness {
        Email = "email", "Same e-mail";
        Phone = "phone", "Same phone number";
        NameAndPlace = "name-and-place", "Same name and place";
        Handle = "handle", "Same name on two platforms";
    }
}

/// One of two customers who may be the same, as told apart by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    pub id: Uuid,
    pub name: String,
    /// E-mail, place and names on platforms, as far as they are known.
    pub facts: Vec<String>,
}

/// Two customers who may be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Who was met first.
    pub first: Twin,
    pub second: Twin,
    /// Everything that speaks for it.
    pub likeness: Vec<Likeness>,
}

/// Pairs, and whether there are more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    pub pairs: Vec<Pair>,
    pub more: bool,
}

/// Somebody who may be the same as the customer whose page is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    pub id: Uuid,
    pub name: String,
    pub likeness: Vec<Likeness>,
}
