//! The word to stop, which everything that works for long waits for.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

/// Whether the server was told to stop. Clones hear the same word.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// The word, and who may say it.
    pub fn new() -> (watch::Sender<bool>, Stop) {
        let (sender, receiver) = watch::channel(false);
        (sender, Stop(receiver))
    }

    /// For what is never told to stop, as a test's router.
    pub fn never() -> Stop {
        Stop::new().1
    }

    pub fn is_told(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the word. If there is nobody left who could say it, it is waited for ever.
    pub async fn told(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|told| *told).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits for the word, and then for so long.
    pub async fn told_and_after(&self, wait: Duration) {
        self.told().await;
        sleep(wait).await;
    }

    /// The word as background work takes it.
    pub fn receiver(&self) -> watch::Receiver<bool> {
        self.0.clone()
    }
}
