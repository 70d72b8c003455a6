//! Invoices: billing, showing, mailing.

pub mod bill;
pub mod invoice;
pub mod list;
pub mod mail;
pub mod pay_page;
