//! What can be asked of the program on the command line.

mod check;
mod demo;
mod match_comments;
mod migrate;
mod seed;
mod serve;

use std::{io, net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

use crate::{config::ConfigError, private, start::StartError};

pub use match_comments::{MatchArguments, MatchError, read_to_json};

/// Sell smart, bill fast, ship easy.
#[derive(Parser)]
#[command(name = "selltrac", version, about)]
pub struct Arguments {
    /// The configuration file; without it, selltrac.toml of the working folder if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the back office, the buyers' pages and the webhooks, and carry out jobs.
    Serve,
    /// Serve a demo: a seeded business, with the sandbox standing in for the outside world.
    Demo(demo::DemoArguments),
    /// Bring the database to the present schema.
    Migrate,
    /// Compare every figure of the stock with the movements and claims behind it; change nothing.
    Check,
    /// Read a paste against a catalog and print the reading as JSON.
    Match(MatchArguments),
}

/// Why a command failed, in a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{0}")]
    Match(#[from] MatchError),
    #[error("{0}")]
    Service(#[from] services::Error),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error(
        "--address: whoever reaches a demo owns it, and {0} can be reached from other machines; \
         --open-to-network says that this is meant"
    )]
    OpenDemo(SocketAddr),
    #[error("the stock is not sound: {}; nothing was changed", counted(*disagreements, *businesses))]
    Unsound { disagreements: usize, businesses: usize },
}

/// `3 disagreements in 2 businesses`.
fn counted(disagreements: usize, businesses: usize) -> String {
    let found = if disagreements == 1 { "disagreement" } else { "disagreements" };
    let where_found = if businesses == 1 { "business" } else { "businesses" };
    format!("{disagreements} {found} in {businesses} {where_found}")
}

/// Runs a command to its end.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    private::keep_everything_private();
    match arguments.command {
        Command::Match(matching) => Ok(match_comments::run(matching)?),
        Command::Serve => serve::run(arguments.config),
        Command::Demo(demo) => demo::run(arguments.config, demo),
        Command::Check => check::run(arguments.config),
        Command::Migrate => migrate::run(arguments.config),
    }
}

/// A variable of the process' environment.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
