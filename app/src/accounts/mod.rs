//! Coming in, the frame of the signed-in house, and the settings.

pub mod address_fields;
pub mod business_frame;
#[cfg(feature = "ssr")]
pub mod cookie;
pub mod form_fields;
pub mod form_problems;
pub mod fresh;
pub mod live_search;
pub mod own_path;
pub mod register;
pub mod settings;
pub mod sign_in;
