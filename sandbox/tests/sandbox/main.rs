//! The sandbox from outside, over real HTTP and SMTP.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop at the first surprise")]

mod bench;
mod control;
mod easypost;
mod faults;
mod mail;
mod stripe;
