//! Places for slow work: so many at once on this server, so many for one of those who ask, and so many of theirs that wait.
//!
//! A place belongs to the work, not to whoever waits for it. A browser that hangs up ends the waiting at once, but not a
//! thread that computes; were the place given up with the waiting, hanging up would be a way round the limit.
//!
//! Where nobody waits for a turn, a place may be lent ([`Place::lend`]): when all are taken, whoever has most gives one up.

mod place;
mod server;

use std::{
    cmp::Reverse,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use domain::problem::Code;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use uuid::Uuid;

pub use place::{Lent, Place, Watch};
pub use server::ServerPlaces;

use place::{Held, give_up};

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
    /// How long one is waited for, if not for ever.
    patience: Option<Duration>,
    all: Arc<Semaphore>,
    each: Arc<Mutex<Each<K>>>,
}

/// All who ask. Places are taken without waiting, and asked back, under the one lock of this.
struct Each<K> {
    of: HashMap<K, One>,
    /// The number of the next place that is taken without waiting.
    next: u64,
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
struct One {
    /// Working and waiting together.
    queue: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// The places that were taken without waiting, the oldest first. Some may be lent.
    taken: Vec<Taken>,
}

/// A place that was taken without waiting.
struct Taken {
    /// Which of all it was; so the lower, the older it is.
    number: u64,
    held: Weak<Held>,
}

/// What one of those who ask may give up.
struct Holder {
    /// How many places, lent or not.
    has: usize,
    /// Those that are lent, by their numbers. The oldest is the last.
    lent: Vec<(u64, Arc<Held>)>,
}

/// A place in the queue. Dropped, it is free again.
pub struct Queued {
    /// One after the other; the server's places are the last.
    lines: Vec<Arc<Semaphore>>,
    of_one: Arc<Semaphore>,
    turn: OwnedSemaphorePermit,
}

impl<K: Copy + Eq + Hash> Places<K> {
    /// Places within limits.
    pub fn new(limits: Limits) -> Self {
        let all = Arc::new(Semaphore::new(limits.at_once));
        let each = Arc::new(Mutex::new(Each { of: HashMap::new(), next: 0 }));
        Places { limits, patience: None, all, each }
    }

    /// The same places, for which nobody waits longer than this in [`Places::take`].
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// As many as one of those who ask may have.
    pub fn of_one(&self) -> usize {
        self.limits.of_one
    }

    /// Joins the queue, without waiting.
    ///
    /// # Errors
    /// [`Code::Busy`] if too many of the same wait already.
    pub fn enter(&self, who: K) -> Result<Queued> {
        let mut each = self.each();
        let one = self.one(&mut each, who);
        let turn = one.queue.clone().try_acquire_owned().map_err(|_| Code::Busy)?;
        Ok(Queued { lines: vec![self.all.clone()], of_one: one.places.clone(), turn })
    }

    fn each(&self) -> MutexGuard<'_, Each<K>> {
        self.each.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What one of those who ask may take up.
    fn one<'a>(&self, each: &'a mut Each<K>, who: K) -> &'a mut One {
        if each.of.len() >= KEPT {
            each.of.retain(|_, one| Arc::strong_count(&one.queue) > 1);
        }
        let Limits { of_one, waiting, .. } = self.limits;
        let new = || One {
            queue: Arc::new(Semaphore::new(of_one + waiting)),
            places: Arc::new(Semaphore::new(of_one)),
            taken: Vec::new(),
        };
        each.of.entry(who).or_insert_with(new)
    }

    /// Waits in the queue for a place.
    ///
    /// # Errors
    /// [`Code::Busy`] if too many of the same wait already, or the turn does not come in time.
    pub async fn take(&self, who: K) -> Result<Place> {
        let place = self.enter(who)?.place();
        match self.patience {
            Some(patience) => timeout(patience, place).await.map_err(|_| Code::Busy)?,
            None => place.await,
        }
    }

    /// Takes a place if one is free, or if somebody who has more gives up one that is lent.
    ///
    /// # Errors
    /// [`Code::Busy`] if there is none.
    pub fn take_free(&self, who: K) -> Result<Place> {
        self.take_several(who, 1)
    }

    /// Takes several places as one, such as one for each KiB of what is to lie in memory, as [`Places::take_free`] takes one.
    ///
    /// # Errors
    /// [`Code::Busy`] if there are not so many.
    pub fn take_several(&self, who: K, several: u32) -> Result<Place> {
        // What is given up for one is taken by no other meanwhile.
        let mut each = self.each();
        let one = self.one(&mut each, who);
        let mut permits = Vec::with_capacity(3);
        for own in [&one.queue, &one.places] {
            permits.push(own.clone().try_acquire_many_owned(several).map_err(|_| Code::Busy)?);
        }
        let several_places = several as usize;
        let would_have = self.limits.of_one - one.places.available_permits();
        self.make_room(&each, several_places, would_have);
        permits.push(self.all.clone().try_acquire_many_owned(several).map_err(|_| Code::Busy)?);
        let place = Place::new(several_places, permits);
        let number = each.next;
        each.next += 1;
        if let Some(one) = each.of.get_mut(&who) {
            one.taken.retain(|taken| taken.held.strong_count() > 0);
            one.taken.push(Taken { number, held: Arc::downgrade(place.held()) });
        }
        Ok(place)
    }

    /// Asks lent places back until `wanted` are free. Whoever has most gives up the oldest, if that is more than the newcomer
    /// would have. If that cannot free enough, nothing is asked back. A holder who keeps at least as much as the newcomer would
    /// have is asked first, so that a business's only large form does not go for another's small one.
    fn make_room(&self, each: &Each<K>, wanted: usize, would_have: usize) {
        while let Some(chosen) = self.choose(each, wanted, would_have) {
            if give_up(&chosen) {
                return;
            }
            // One of them was taken back or became free meanwhile.
        }
    }

    /// The places to be asked back. Nothing if there is room, or cannot be made.
    fn choose(&self, each: &Each<K>, wanted: usize, would_have: usize) -> Option<Vec<Arc<Held>>> {
        let mut missing = wanted.saturating_sub(self.all.available_permits());
        if missing == 0 {
            return None;
        }
        let mut holders: Vec<Holder> = each.of.values().map(|one| self.holder(one)).collect();
        let mut chosen = Vec::new();
        while missing > 0 {
            let ranked = holders.iter_mut().filter(|holder| holder.has > would_have).filter_map(|holder| {
                let (number, oldest) = holder.lent.last()?;
                let keeps_enough = holder.has.saturating_sub(oldest.several) >= would_have;
                // Of those who would keep less, one whose oldest is room enough by itself: then nobody else loses anything.
                let is_enough = keeps_enough || oldest.several >= missing;
                // Of equals the oldest goes: it had the most time to come to its end.
                Some(((keeps_enough, is_enough, holder.has, Reverse(*number)), holder))
            });
            let (_, most) = ranked.max_by_key(|(rank, _)| *rank)?;
            let (_, oldest) = most.lent.pop()?;
            most.has = most.has.saturating_sub(oldest.several);
            missing = missing.saturating_sub(oldest.several);
            chosen.push(oldest);
        }
        Some(chosen)
    }

    fn holder(&self, one: &One) -> Holder {
        let held = one.taken.iter().rev().filter_map(|taken| Some((taken.number, taken.held.upgrade()?)));
        Holder {
            has: self.limits.of_one - one.places.available_permits(),
            lent: held.filter(|(_, held)| held.is_lent()).collect(),
        }
    }

    /// Places of this server that nobody works at.
    #[cfg(any(test, feature = "testing"))]
    pub fn free(&self) -> usize {
        self.all.available_permits()
    }

    /// How many of one of those who ask work and wait together.
    #[cfg(any(test, feature = "testing"))]
    pub fn entered(&self, who: &K) -> usize {
        let Limits { of_one, waiting, .. } = self.limits;
        self.each().of.get(who).map_or(0, |one| of_one + waiting - one.queue.available_permits())
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
        Ok(Place::new(1, permits))
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
    async fn a_turn_that_does_not_come_in_time_is_given_up() {
        let places = places().with_patience(Duration::ZERO);
        let working = places.take('a').await.unwrap();
        assert_eq!(code(places.take('a').await), Some(Code::Busy));
        assert_eq!(places.entered(&'a'), 1, "it stands in the queue no more");
        drop(working);
        assert!(places.take('a').await.is_ok());
        let pastes = ServerPlaces::default().reading;
        assert!(pastes.patience.is_some(), "what waits to be read keeps its weight meanwhile");
    }

    #[test]
    fn what_is_heavy_takes_several_places_or_none() {
        let places = Places::new(Limits { at_once: 10, of_one: 6, waiting: 0 });
        let heavy = places.take_several('a', 5).unwrap();
        assert_eq!(code(places.take_several('a', 2)), Some(Code::Busy), "it would be more than one may have");
        assert_eq!(code(places.take_several('b', 6)), Some(Code::Busy), "it would be more than there is");
        assert_eq!((places.free(), places.entered(&'a'), places.entered(&'b')), (5, 5, 0), "nothing stays");
        let rest = places.take_several('b', 5).unwrap();
        drop((heavy, rest));
        assert_eq!(places.free(), 10);
    }

    #[tokio::test]
    async fn whoever_has_most_gives_up_the_oldest_that_is_lent() {
        let places = Places::new(Limits { at_once: 5, of_one: 3, waiting: 0 });
        let most = [0, 1, 2].map(|_| places.take_free('a').unwrap());
        let other = [0, 1].map(|_| places.take_free('b').unwrap());
        assert_eq!(code(places.take_free('c')), Some(Code::Busy), "nobody lends any");
        let lent: Vec<Lent> = most[1..].iter().chain(&other).map(Place::lend).collect();
        let first = places.take_free('c').unwrap();
        let given_up = |places: &[Place]| places.iter().map(Place::is_given_up).collect::<Vec<_>>();
        assert_eq!((given_up(&most), given_up(&other)), (vec![false, true, false], vec![false, false]));
        lent[0].asked_back().await;
        assert_eq!(code(places.take_free('c')), Some(Code::Busy), "others have no more than it would have");
        assert_eq!(places.entered(&'a'), 2);
        drop((first, most));
        assert_eq!(places.free(), 3, "what was given up is free once and not twice");
        drop((lent, other));
        assert_eq!(places.free(), 5);
    }

    #[tokio::test]
    async fn what_is_done_at_a_lent_place_ends_when_it_is_asked_back() {
        let places = Places::new(Limits { at_once: 2, of_one: 2, waiting: 0 });
        let (old, new) = (places.take_free('a').unwrap(), places.take_free('a').unwrap());
        assert_eq!(new.unless_needed(async { 7 }).await, Some(7));
        assert_eq!(code(places.take_free('b')), Some(Code::Busy), "what is done is kept");
        let mut waiting = Box::pin(old.unless_needed(std::future::pending::<()>()));
        assert!(poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending())).await);
        let other = places.take_free('b').unwrap();
        assert_eq!(waiting.await, None);
        assert!(old.is_given_up() && !new.is_given_up() && !other.is_given_up());
    }

    #[test]
    fn nobody_gives_up_anything_in_vain() {
        let places = Places::new(Limits { at_once: 12, of_one: 6, waiting: 0 });
        let light = [0; 6].map(|_| places.take_free('a').unwrap());
        let heavy = places.take_several('b', 6).unwrap();
        let lent: Vec<Lent> = light.iter().map(Place::lend).collect();
        // One who would have four takes what somebody else has more of than that, and no more.
        assert_eq!(code(places.take_several('c', 4)), Some(Code::Busy));
        assert!(light.iter().all(|place| !place.is_given_up()));
        let three = places.take_several('c', 3).unwrap();
        assert_eq!(light.iter().filter(|place| place.is_given_up()).count(), 3);
        assert_eq!(places.free(), 0);
        drop((lent, heavy, three));
    }

    #[test]
    fn an_only_large_form_is_not_given_up_for_a_small_one() {
        let places = Places::new(Limits { at_once: 48, of_one: 16, waiting: 0 });
        let heavy = places.take_several('a', 16).unwrap();
        let mut light = Vec::new();
        for who in 'b'..='e' {
            light.extend([0; 8].map(|_| places.take_free(who).unwrap()));
        }
        let lent: Vec<Lent> = light.iter().chain([&heavy]).map(Place::lend).collect();
        let new = places.take_free('f').unwrap();
        assert!(!heavy.is_given_up(), "others have as much without one of theirs");
        assert_eq!(light.iter().filter(|place| place.is_given_up()).count(), 1);
        drop((lent, new));
    }

    #[test]
    fn of_those_who_have_one_form_only_whoever_has_most_for_longest_gives_it_up() {
        let places = Places::new(Limits { at_once: 48, of_one: 17, waiting: 0 });
        let held = [('a', 16), ('b', 16), ('c', 12), ('h', 4)]
            .map(|(who, several)| places.take_several(who, several).unwrap());
        let lent: Vec<Lent> = held.iter().map(Place::lend).collect();
        let new = places.take_free('d').unwrap();
        assert_eq!(held.each_ref().map(Place::is_given_up), [true, false, false, false]);
        drop((lent, new));
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
