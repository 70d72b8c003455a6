//! Reports: what was sold, collected, owed and shipped.

pub mod report;
pub mod today;
