//! `selltrac-sandbox [--http ADDRESS] [--smtp ADDRESS] [--state FILE]`: serves until it is interrupted.

use std::io::{self, Write};
use std::process::ExitCode;

use sandbox::{Options, Sandbox};

const USAGE: &str = "usage: selltrac-sandbox [--http 127.0.0.1:PORT] [--smtp 127.0.0.1:PORT] [--state FILE]";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody left to tell if even this cannot be written.
            let _written = writeln!(io::stderr(), "selltrac-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> io::Result<()> {
    let sandbox = Sandbox::start(read_options(std::env::args().skip(1))?).await?;
    writeln!(io::stdout(), "sandbox {} smtp {}", sandbox.url(), sandbox.smtp_address())?;
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}

fn read_options(mut arguments: impl Iterator<Item = String>) -> io::Result<Options> {
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidInput, format!("{what}\n{USAGE}"));
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| wrong(format!("{name} needs a value")))?;
        let address = || value.parse().map_err(|_| wrong(format!("{value} is not an address with its port")));
        match name.as_str() {
            "--http" => options.http = address()?,
            "--smtp" => options.smtp = address()?,
            "--state" => options.state_file = Some(value.into()),
            _ => return Err(wrong(format!("{name} is not known"))),
        }
    }
    Ok(options)
}
