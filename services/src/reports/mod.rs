//! Reports: today, and the truth about the money afterwards, on a page and as a file.

mod figures;
pub mod file;
mod lines;
mod period;
pub mod report;
pub mod today;
