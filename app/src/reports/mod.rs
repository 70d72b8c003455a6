//! The truth about the money: today's numbers, what is stuck, and the report of a sale or of everything.

mod chart;
pub mod report;
pub mod stuck;
pub mod today;
