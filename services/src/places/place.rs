//! A place that somebody has, and that may be lent: then it can be asked back for somebody who has fewer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    select,
    sync::{Notify, OwnedSemaphorePermit},
    task::{self, AbortHandle},
    time::{Instant, timeout_at},
};

use crate::{Error, Result};

/// A place to work at. It is free again when this is dropped, so it has to go where the work goes.
pub struct Place(Arc<Held>);

/// What a place consists of.
pub(super) struct Held {
    /// How many places it stands for.
    pub several: usize,
    state: Mutex<State>,
    asked_back: Notify,
}

struct State {
    /// None once it was given up.
    permits: Vec<OwnedSemaphorePermit>,
    is_lent: bool,
}

/// A place that may be asked back until this is dropped.
pub struct Lent(Arc<Held>);

impl Held {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is there to be given up.
    pub fn is_lent(&self) -> bool {
        self.state().can_be_given_up()
    }

    /// Ends the lending. Whether the place is still held.
    fn take_back(&self) -> bool {
        let mut state = self.state();
        state.is_lent = false;
        !state.permits.is_empty()
    }
}

impl State {
    fn can_be_given_up(&self) -> bool {
        self.is_lent && !self.permits.is_empty()
    }
}

/// Makes places free for somebody else and tells whoever works at them, if all of them still are lent. Otherwise none is given
/// up: it would be in vain. Whether they were.
///
/// Nobody else locks several, and only one at a time may call this.
pub(super) fn give_up(places: &[Arc<Held>]) -> bool {
    let mut states: Vec<MutexGuard<'_, State>> = places.iter().map(|held| held.state()).collect();
    if !states.iter().all(|state| state.can_be_given_up()) {
        return false;
    }
    for (held, state) in places.iter().zip(&mut states) {
        state.permits.clear();
        held.asked_back.notify_one();
    }
    true
}

impl Place {
    pub(super) fn new(several: usize, permits: Vec<OwnedSemaphorePermit>) -> Self {
        let state = Mutex::new(State { permits, is_lent: false });
        Place(Arc::new(Held { several, state, asked_back: Notify::new() }))
    }

    pub(super) fn held(&self) -> &Arc<Held> {
        &self.0
    }

    /// Works at this place on a thread that may block. The place is free again when the work ends, whoever still waits for
    /// what comes of it.
    pub async fn work<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        task::spawn_blocking(move || {
            let done = work();
            drop(self);
            done
        })
        .await
        .map_err(|_| Error::Fault("work on a thread was interrupted"))
    }

    /// Lends it: where all places of the server are taken, whoever has most of them gives up the oldest of those that are lent
    /// for somebody who has fewer. Only a place that was taken without waiting (`take_free`, `take_several`) is ever asked back.
    pub fn lend(&self) -> Lent {
        self.0.state().is_lent = true;
        Lent(self.0.clone())
    }

    /// Does what may be given up, such as to wait for a form that comes slowly, with the place lent meanwhile. Nothing if it
    /// was asked back; the work ends then.
    pub async fn unless_needed<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let lent = self.lend();
        select! {
            biased;
            () = lent.asked_back() => None,
            done = work => lent.0.take_back().then_some(done),
        }
    }

    /// Whether it was asked back, and is somebody else's now.
    pub fn is_given_up(&self) -> bool {
        self.0.state().permits.is_empty()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whoever listens for it being asked back may be there for longer.
        self.0.state().permits.clear();
    }
}

impl Lent {
    /// Waits until it is asked back.
    pub async fn asked_back(&self) {
        self.0.asked_back.notified().await;
    }

    /// Lets go of what lies at the place when it is asked back or `end` has come, also while nobody asks for more of it. What
    /// `let_go` refers to should be weak: it may stay a little longer than the watch.
    pub fn watch(self, end: Option<Instant>, let_go: impl FnOnce() + Send + 'static) -> Watch {
        let watching = async move {
            match end {
                Some(end) => {
                    let _ = timeout_at(end, self.asked_back()).await;
                }
                None => self.asked_back().await,
            }
            let_go();
        };
        Watch(tokio::spawn(watching).abort_handle())
    }
}

/// Watches over a lent place until this is dropped.
pub struct Watch(AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.0.take_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::{Limits, Places};

    #[test]
    fn of_several_places_all_are_given_up_or_none() {
        let places = Places::new(Limits { at_once: 2, of_one: 2, waiting: 0 });
        let [first, second] = [0, 1].map(|_| places.take_free('a').unwrap());
        let chosen = [&first, &second].map(|place| place.held().clone());
        let (_lent, taken_back) = (first.lend(), second.lend());
        drop(taken_back);
        assert!(!give_up(&chosen) && !first.is_given_up() && !second.is_given_up());
        let _lent_again = second.lend();
        assert!(give_up(&chosen) && first.is_given_up() && second.is_given_up());
        assert_eq!(places.free(), 2);
        assert!(!give_up(&chosen), "they are gone already");
    }
}
