//! What all long lists share: continuing by key in any order, views under a name, and changing many rows at once.

pub(crate) mod bulk;
pub(crate) mod keyset;
pub mod views;
