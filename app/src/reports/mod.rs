//! The truth about the money: today's numbers, and the report of a sale or of everything.

mod chart;
pub mod report;
pub mod today;
