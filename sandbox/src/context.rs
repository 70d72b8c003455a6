//! What every handler shares: the state, the address, the clock, and the work that goes on in the background.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::clock;
use crate::state::State;

/// How long a receiver of webhooks may take to answer.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// A handle on the running sandbox; cheap to clone.
#[derive(Debug, Clone)]
pub struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    state_file: Option<PathBuf>,
    state: Mutex<State>,
    seconds_ahead: AtomicI64,
    background: Mutex<JoinSet<()>>,
    client: reqwest::Client,
}

impl Context {
    /// Reads the state file, if there is one, and prepares the client that delivers webhooks.
    pub fn open(address: SocketAddr, state_file: Option<PathBuf>) -> io::Result<Context> {
        let state = match &state_file {
            Some(path) => read_state(path)?,
            None => State::default(),
        };
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(WEBHOOK_TIMEOUT)
            .build()
            .map_err(io::Error::other)?;
        Ok(Context(Arc::new(Inner {
            address,
            state_file,
            state: Mutex::new(state),
            seconds_ahead: AtomicI64::new(0),
            background: Mutex::new(JoinSet::new()),
            client,
        })))
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// The HTTP client for webhooks: no proxy, no redirects, a time limit.
    pub fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    /// The sandbox's time in seconds since 1970: the machine's, and as far ahead as `/clock` was told to be.
    pub fn now(&self) -> i64 {
        clock::unix_seconds() + self.0.seconds_ahead.load(Ordering::Relaxed)
    }

    /// Moves the sandbox's clock forward; answers how far ahead it now is.
    pub fn advance(&self, seconds: u32) -> i64 {
        self.0.seconds_ahead.fetch_add(i64::from(seconds), Ordering::Relaxed) + i64::from(seconds)
    }

    /// Looks at the state.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&lock(&self.0.state))
    }

    /// Changes the state and writes it to the state file before anybody else sees it.
    ///
    /// A file that cannot be written is logged and does not fail the request: the sandbox goes on from
    /// memory.
    pub fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = lock(&self.0.state);
        let result = work(&mut state);
        if let Some(path) = &self.0.state_file
            && let Err(error) = write_state(path, &state)
        {
            tracing::error!(%error, path = %path.display(), "the sandbox cannot write its state file");
        }
        result
    }

    /// Changes only what is never written to the file: faults and the log of calls.
    pub fn change_unsaved<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut lock(&self.0.state))
    }

    /// Runs a task until it ends or the sandbox stops.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut background = lock(&self.0.background);
        while background.try_join_next().is_some() {}
        background.spawn(task);
    }

    /// Ends every background task.
    pub fn abort_background(&self) {
        lock(&self.0.background).abort_all();
    }
}

/// A panic while the lock was held leaves the state as it was at that moment; a stand-in may go on from
/// there.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read_state(path: &Path) -> io::Result<State> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error),
    }
}

/// Writes beside the file and renames, so that a crash leaves either the old file or the new one.
fn write_state(path: &Path, state: &State) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".tmp");
    std::fs::write(&beside, serde_json::to_vec(state)?)?;
    std::fs::rename(&beside, path)
}
