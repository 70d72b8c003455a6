//! Moving in with a file and out with one, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod items;
mod people;
mod support;
mod trouble;
