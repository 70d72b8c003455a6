//! Sales: comments held as claims.

pub mod allot;
pub mod claims;
pub mod comments;
pub mod hold;
pub mod review;
pub mod sale;
pub mod tally;

/// The most items that one sale's catalog has.
pub const MAX_CATALOG_ITEMS: u64 = 5_000;
