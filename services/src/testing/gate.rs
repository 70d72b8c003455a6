//! Calls that wait until a test lets them go, so that what happens meanwhile can be tried without sleeping.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a poisoned lock is a failed test")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::sync::oneshot;

/// Where the calls of a fake pass: it awaits [`Gate::pass`] once in each call, without a lock of its own in its hand.
#[derive(Clone, Default)]
pub struct Gate(Arc<Mutex<VecDeque<Waiting>>>);

/// The gate's end of a call that is to be held.
struct Waiting {
    arrived: oneshot::Sender<()>,
    release: oneshot::Receiver<()>,
}

/// The test's end of a call that is held. Dropped, it lets the call go, so that a failed test does not hang.
pub struct Held {
    arrived: Option<oneshot::Receiver<()>>,
    release: oneshot::Sender<()>,
}

impl Gate {
    /// The next call waits until the test lets it go; of several, each holds one more.
    pub fn hold_next(&self) -> Held {
        let (arrived, is_there) = oneshot::channel();
        let (release, may_go) = oneshot::channel();
        self.0.lock().unwrap().push_back(Waiting { arrived, release: may_go });
        Held { arrived: Some(is_there), release }
    }

    /// Waits if the test wants this call to.
    pub async fn pass(&self) {
        let waiting = self.0.lock().unwrap().pop_front();
        if let Some(Waiting { arrived, release }) = waiting {
            // A test that does not look, or is over, holds nobody up.
            let _ = arrived.send(());
            let _ = release.await;
        }
    }
}

impl Held {
    /// Waits until the call has begun.
    pub async fn arrived(&mut self) {
        if let Some(arrived) = self.arrived.take() {
            arrived.await.expect("the gate stands until the call has come");
        }
    }

    /// Lets the call go on.
    pub fn release(self) {
        // Whoever made the call may have given it up.
        let _ = self.release.send(());
    }

    /// Waits until whoever made the call has given it up.
    pub async fn given_up(&mut self) {
        self.release.closed().await;
    }
}
