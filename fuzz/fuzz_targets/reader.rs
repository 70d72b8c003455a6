//! Any bytes as a paste, read by any preset and layout.

#![no_main]

#[allow(dead_code, reason = "each target has one of the two checks")]
#[path = "../../domain/tests/anything/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::reader(bytes));
