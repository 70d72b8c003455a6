//! Any bytes as a paste, read by any preset and layout.

#![no_main]

#[path = "../../domain/tests/anything/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::reader(bytes));
