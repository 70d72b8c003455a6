//! The vendors, behind the ports that the services declare.
//!
//! One folder a vendor: its `mod.rs` carries requests, its `translate.rs` turns the vendor's words into ours and back.
//! What is the same for all vendors stands in [`http`].

pub mod easypost;
pub mod http;
pub mod label_pdf;
pub mod no_mail;
pub mod pictures;
pub mod smtp;
pub mod store;
pub mod stripe;

pub use easypost::EasyPost;
pub use smtp::Smtp;
pub use stripe::Stripe;
