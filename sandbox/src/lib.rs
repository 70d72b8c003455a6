//! Local stand-ins for the services SellTrac talks to: Stripe, EasyPost and a mail server.
//!
//! They speak real HTTP and real SMTP on the loopback interface, remember what they were told, and misbehave
//! on demand (see [`Fault`]). No money moves, no postage is bought and no mail leaves the machine. Each
//! provider is one folder; another provider is another folder, its records in [`state`] and one line in the
//! router.
//!
//! What is on the HTTP port:
//!
//! | path | what |
//! |---|---|
//! | `/` | a page that says what this is and links to the rest |
//! | `/stripe/v1/…`, `/stripe/checkout/{id}`, `/stripe/sessions` | Stripe's API, its buyer's page, a list |
//! | `/stripe/keys`, `/stripe/checkout/{id}/refund`, `…/dispute` | what a seller does to keys and payments, and a bank |
//! | `/easypost/v2/…`, `/easypost/labels/{id}.png`, `/easypost/shipments` | EasyPost's API, its labels, a list |
//! | `/easypost/keys` | replaces the key of an account, which EasyPost's settings do |
//! | `/inbox`, `/inbox/{id}`, `/inbox.json` | the mail received |
//! | `/faults`, `/calls.json`, `/clock` | what tests turn and read |

mod authorization;
mod clock;
mod code128;
mod connection;
mod context;
mod control;
mod delivery;
mod easypost;
mod faults;
mod fingerprint;
mod intercept;
mod mail;
mod page;
mod state;
mod stripe;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use context::Context;
pub use faults::{Fault, FaultRule};

/// How often sessions past their time are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Where the sandbox listens and what it remembers.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address for HTTP; loopback only. Port 0 takes a free one.
    pub http: SocketAddr,
    /// The address for SMTP; loopback only. Port 0 takes a free one.
    pub smtp: SocketAddr,
    /// A JSON file that keeps sessions, shipments and mail over a restart; without it they are lost.
    pub state_file: Option<PathBuf>,
}

impl Default for Options {
    /// Free ports of 127.0.0.1, and no file.
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { http: any_port, smtp: any_port, state_file: None }
    }
}

/// A running sandbox. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    context: Context,
    smtp_address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Binds both ports, reads the state file if there is one, and serves in the background.
    ///
    /// # Errors
    /// `InvalidInput` for an address outside the loopback interface, `InvalidData` for a state file that
    /// cannot be understood, and whatever binding or reading may answer.
    pub async fn start(options: Options) -> io::Result<Sandbox> {
        for address in [options.http, options.smtp] {
            if !address.ip().is_loopback() {
                let message =
                    format!("{address} is not a loopback address; the sandbox is for this machine only");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        let http = TcpListener::bind(options.http).await?;
        let smtp = TcpListener::bind(options.smtp).await?;
        let smtp_address = smtp.local_addr()?;
        let context = Context::open(http.local_addr()?, options.state_file)?;

        let tasks = vec![
            tokio::spawn(connection::serve(http, router(context.clone()))),
            tokio::spawn(mail::smtp::serve(smtp, context.clone())),
            tokio::spawn(expire_sessions(context.clone())),
        ];
        Ok(Sandbox { context, smtp_address, tasks })
    }

    /// The root of the HTTP server, `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        self.context.url()
    }

    /// What stands in for `https://api.stripe.com`: append `/v1/…`.
    pub fn stripe_url(&self) -> String {
        format!("{}/stripe", self.url())
    }

    /// What stands in for `https://api.easypost.com/v2`: append `/shipments` and so on.
    pub fn easypost_url(&self) -> String {
        format!("{}/easypost/v2", self.url())
    }

    /// Where mail is accepted: plain SMTP, no TLS and no password.
    pub fn smtp_address(&self) -> SocketAddr {
        self.smtp_address
    }

    /// Stops listening, closes every connection, gives up webhooks still being delivered, and waits until
    /// that is done.
    pub async fn stop(mut self) {
        self.context.abort_background();
        for task in self.tasks.drain(..) {
            task.abort();
            // The only possible error is the cancellation just asked for.
            let _cancelled = task.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.context.abort_background();
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn router(context: Context) -> Router {
    Router::new()
        .nest("/stripe", stripe::router(&context))
        .nest("/easypost", easypost::router(&context))
        .merge(mail::inbox::router())
        .merge(control::router())
        .with_state(context)
}

/// Lets sessions expire on time even when nobody asks for them, so that their webhook is sent.
async fn expire_sessions(context: Context) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        stripe::sessions::expire_due(&context);
    }
}
