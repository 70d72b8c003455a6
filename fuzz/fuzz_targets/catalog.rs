//! Any bytes as a catalog and a paste that is read against it.

#![no_main]

#[allow(dead_code, reason = "each target has one of the two checks")]
#[path = "../../domain/tests/anything/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::catalog(bytes));
