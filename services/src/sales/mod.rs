//! Sales: comments held as claims.

pub mod actions;
pub mod allot;
pub mod by_hand;
pub mod catalog;
pub mod claims;
pub mod comments;
pub mod contest;
mod demands;
pub mod hold;
mod judge;
pub mod policy;
pub mod release;
pub mod replies;
pub mod review;
pub mod rules;
pub mod sale;
pub mod tally;
pub mod words;
