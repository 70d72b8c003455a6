//! `selltrac`: the command line.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use server::commands::{Arguments, run};

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done for somebody who closed the stream in which errors are told.
            let _ = writeln!(std::io::stderr(), "selltrac: {error}");
            ExitCode::FAILURE
        }
    }
}
