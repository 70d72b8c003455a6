//! Places for slow work: so many at once on this server, so many for one of those who ask, and so many of theirs that wait.
//!
//! A place belongs to the work, not to whoever waits for it. A browser that hangs up ends the waiting at once, but not a
//! thread that computes; were the place given up with the waiting, hanging up would be a way round the limit.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use domain::problem::Code;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
};
use uuid::Uuid;

use crate::{Error, Result};

/// Those who ask that are remembered before the ones who neither work nor wait are forgotten.
const KEPT: usize = 1_000;

/// How much of one kind of work may go on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At once on this server.
    pub at_once: usize,
    /// At once for one of those who ask.
    pub of_one: usize,
    /// Waiting, for one of those who ask. Whoever comes after them is sent away.
    pub waiting: usize,
}

/// The places of one kind of work. `K` tells those who ask apart. Cheap to clone.
#[derive(Clone)]
pub struct Places<K = Uuid> {
    limits: Limits,
    all: Arc<Semaphore>,
    each: Arc<Mutex<HashMap<K, One>>>,
}

/// A line in which some of those who ask stand together before they come to the places of all. Only so many of it stand
/// there at a time, so that the others meet a few of them and not the whole crowd. Cheap to clone.
#[derive(Clone)]
pub struct Line(Arc<Semaphore>);

impl Line {
    /// A line of which at most `ahead` work, or stand where all wait.
    pub fn new(ahead: usize) -> Self {
        Line(Arc::new(Semaphore::new(ahead)))
    }
}

/// What one of those who ask may take up.
#[derive(Clone)]
struct One {
    /// Working and waiting together.
    queue: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A place in the queue. Dropped, it is free again.
pub struct Queued {
    /// One after the other; the server's places are the last.
    lines: Vec<Arc<Semaphore>>,
    of_one: Arc<Semaphore>,
    turn: OwnedSemaphorePermit,
}

/// A place to work at. It is free again when this is dropped, so it has to go where the work goes.
pub struct Place {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl<K: Eq + Hash> Places<K> {
    /// Places within limits.
    pub fn new(limits: Limits) -> Self {
        Places { limits, all: Arc::new(Semaphore::new(limits.at_once)), each: Arc::default() }
    }

    /// Joins the queue, without waiting.
    ///
    /// # Errors
    /// [`Code::Busy`] if too many of the same wait already.
    pub fn enter(&self, who: K) -> Result<Queued> {
        let one = {
            let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
            if each.len() >= KEPT {
                each.retain(|_, one| Arc::strong_count(&one.queue) > 1);
            }
            let Limits { of_one, waiting, .. } = self.limits;
            let new = || One {
                queue: Arc::new(Semaphore::new(of_one + waiting)),
                places: Arc::new(Semaphore::new(of_one)),
            };
            each.entry(who).or_insert_with(new).clone()
        };
        let turn = one.queue.try_acquire_owned().map_err(|_| Code::Busy)?;
        Ok(Queued { lines: vec![self.all.clone()], of_one: one.places, turn })
    }

    /// Waits in the queue for a place.
    ///
    /// # Errors
    /// [`Code::Busy`] if too many of the same wait already.
    pub async fn take(&self, who: K) -> Result<Place> {
        self.enter(who)?.place().await
    }

    /// Takes a place if one is free.
    ///
    /// # Errors
    /// [`Code::Busy`] if none is.
    pub fn take_free(&self, who: K) -> Result<Place> {
        let Queued { lines, of_one, turn } = self.enter(who)?;
        let mut permits = vec![turn, of_one.try_acquire_owned().map_err(|_| Code::Busy)?];
        for line in lines {
            permits.push(line.try_acquire_owned().map_err(|_| Code::Busy)?);
        }
        Ok(Place { _permits: permits })
    }

    /// Places of this server that nobody works at.
    #[cfg(any(test, feature = "testing"))]
    pub fn free(&self) -> usize {
        self.all.available_permits()
    }

    /// How many of one of those who ask work and wait together.
    #[cfg(any(test, feature = "testing"))]
    pub fn entered(&self, who: &K) -> usize {
        let each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let Limits { of_one, waiting, .. } = self.limits;
        each.get(who).map_or(0, |one| of_one + waiting - one.queue.available_permits())
    }
}

impl Queued {
    /// Stands in a line first, before those that were joined already.
    pub fn behind(mut self, line: &Line) -> Self {
        self.lines.insert(0, line.0.clone());
        self
    }

    /// Waits for a place.
    pub async fn place(self) -> Result<Place> {
        let closed = |_| Error::Fault("places are closed");
        // The own places come first: who has many that wait must not keep the places of others meanwhile.
        let mut permits = vec![self.turn, self.of_one.acquire_owned().await.map_err(closed)?];
        for line in self.lines {
            permits.push(line.acquire_owned().await.map_err(closed)?);
        }
        Ok(Place { _permits: permits })
    }
}

impl Place {
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
}

/// Pastes read, words looked for in a catalog, and catalogs loaded for a page, at the same time. Each holds a catalog in memory.
/// What waits holds no catalog yet, but its paste, and whoever writes afterwards holds only what is needed of one. When a sale is
/// busy, each is served within milliseconds.
const READING: Limits = Limits { at_once: 4, of_one: 1, waiting: 1_000 };
/// Files of imports read at the same time. A workbook is unpacked to ten times its size.
const FILES: Limits = Limits { at_once: 4, of_one: 1, waiting: 2 };
/// Forms whose pictures are made at the same time, one file in memory each. As many of a business wait as it may send at once.
const PICTURES: Limits = Limits { at_once: 4, of_one: 1, waiting: 4 };
/// Downloads of one member and of all of them. Whoever wants more is told at once: a browser shows nothing of a wait.
const DOWNLOADS: Limits = Limits { at_once: 16, of_one: 2, waiting: 0 };

/// Large answers of one business, and of all of them, that lie in memory until they are read. They lie there already when they
/// ask for a place, so that none of them waits.
const ANSWERS: Limits = Limits { at_once: 8, of_one: 3, waiting: 0 };

/// The places of this server, by the kinds of work that need one.
#[derive(Clone)]
pub struct ServerPlaces {
    /// By business.
    pub reading: Places,
    /// By business.
    pub files: Places,
    /// By business.
    pub pictures: Places,
    /// By member.
    pub downloads: Places,
    /// By business.
    pub answers: Places,
}

impl Default for ServerPlaces {
    fn default() -> Self {
        ServerPlaces {
            reading: Places::new(READING),
            files: Places::new(FILES),
            pictures: Places::new(PICTURES),
            downloads: Places::new(DOWNLOADS),
            answers: Places::new(ANSWERS),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Poll};

    use tokio::sync::oneshot;

    use super::*;

    fn places() -> Places<char> {
        Places::new(Limits { at_once: 2, of_one: 1, waiting: 1 })
    }

    fn code<T>(outcome: Result<T>) -> Option<Code> {
        outcome.err().map(|error| error.problem().code)
    }

    #[tokio::test]
    async fn whoever_hangs_up_keeps_the_place_until_the_work_ends() {
        let places = places();
        let (started, has_started) = oneshot::channel();
        let (go_on, may_end) = std::sync::mpsc::channel::<()>();
        let place = places.take('a').await.unwrap();
        let waiting = tokio::spawn(place.work(move || {
            started.send(()).unwrap();
            let _ = may_end.recv();
        }));
        has_started.await.unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(places.free(), 1, "the work still goes on");
        assert_eq!(code(places.take_free('a')), Some(Code::Busy));
        drop(go_on);
        assert!(places.take('a').await.is_ok(), "the place comes back with the end of the work");
    }

    #[tokio::test]
    async fn nobody_takes_more_than_their_part_and_queues_are_bounded() {
        let places = places();
        let first = places.take('a').await.unwrap();
        let second = places.enter('a').unwrap();
        assert_eq!(code(places.enter('a')), Some(Code::Busy), "one works and one waits");
        assert_eq!(places.entered(&'a'), 2);
        let other = places.take('b').await.unwrap();
        assert_eq!(code(places.take_free('c')), Some(Code::Busy), "the server is full");
        drop((first, other));
        assert!(second.place().await.is_ok());
        assert!(places.take_free('c').is_ok());
    }

    #[tokio::test]
    async fn a_crowd_in_a_line_of_its_own_is_met_by_nobody() {
        let places = Places::new(Limits { at_once: 2, of_one: 1, waiting: 0 });
        let crowd = Line::new(1);
        let mut working = Vec::new();
        let mut waiting = Vec::new();
        for one in 'a'..='y' {
            let mut place = Box::pin(places.enter(one).unwrap().behind(&crowd).place());
            match poll_fn(|context| Poll::Ready(place.as_mut().poll(context))).await {
                Poll::Ready(place) => working.push(place.unwrap()),
                Poll::Pending => waiting.push(place),
            }
        }
        assert_eq!((working.len(), waiting.len()), (1, 24));
        let other = places.take_free('z').unwrap();
        assert_eq!(places.free(), 0);
        drop((other, working));
        assert!(waiting.remove(0).await.is_ok(), "and the next of the crowd has its turn");
    }
}
