//! A sale: comments are read into claims on the items of a catalog.
//!
//! `layout` finds the comments in a paste, `grammar` reads one comment's text, `read` joins the two, and `claims` says
//! who gets how many.

pub mod by_hand;
pub mod catalog;
pub mod choices;
pub mod claims;
pub mod contest;
pub mod corrections;
mod fingerprint;
#[cfg(test)]
mod fixture;
pub mod grammar;
pub mod keywords;
pub mod known;
pub mod layout;
mod live;
pub mod order;
pub mod policy;
pub mod read;
pub mod reading;
pub mod reasons;
pub mod reply;
pub mod rules;
pub mod sale;

pub use catalog::{Catalog, CatalogItem, CatalogVariant};
pub use claims::{ClaimState, HoldPlan, allocate};
pub use fingerprint::fingerprints;
pub use grammar::Preset;
pub use layout::LayoutChoice;
pub use live::LiveReading;
pub use order::{InferredOrder, infer_order};
pub use read::{ReadSettings, Reader, Refused};
pub use reading::{
    Claim, ClaimKind, Comment, CommentOrder, Explained, Mark, MarkKind, ReadComment, Reading, Span, Status,
};
pub use sale::{NewSale, Platform, SaleForm};
pub mod view;
pub mod words;
