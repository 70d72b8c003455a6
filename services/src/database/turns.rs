//! The line in which the writers of this process wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::problem::Code;
use sea_orm::DbBackend;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::{Error, Result};

/// How long the writes of this server may follow one another before it lets other processes write to SQLite's file. Those do
/// not stand in a line: each asks again from time to time, and would have to hit the moment between two writes of ours.
const RUN_OF_WRITES: Duration = Duration::from_secs(2);
/// How long others are let in then: as long as it takes until SQLite has asked again, which it does after a tenth of a second
/// at the latest, if their threads wake up late.
const PAUSE_FOR_OTHERS: Duration = Duration::from_millis(150);
/// Businesses whose queues are kept before those that nobody stands in are forgotten.
const QUEUES_KEPT: usize = 1_000;

/// Where writers of this process queue in turn before they take a connection. Without it they would wake up by chance, and
/// on PostgreSQL the many writers of one busy business would wait with a connection each, until none is left to read with.
#[derive(Clone)]
pub(super) enum Turns {
    /// SQLite has one writer.
    One(Arc<tokio::sync::Mutex<Run>>),
    /// PostgreSQL has one for each business, because of its revision.
    OfBusiness(Arc<Mutex<HashMap<Uuid, Arc<Semaphore>>>>),
}

/// The right to write, until it is dropped.
pub(super) enum Turn {
    OnSqlite(OwnedMutexGuard<Run>),
    OnPostgresql { _permit: Option<OwnedSemaphorePermit> },
}

/// Writes that follow one another without a pause in which another process could have written.
pub(super) struct Run {
    began: Instant,
    ended: Instant,
}

impl Turns {
    pub(super) fn new(backend: DbBackend) -> Self {
        let now = Instant::now();
        match backend {
            DbBackend::Sqlite => {
                Turns::One(Arc::new(tokio::sync::Mutex::new(Run { began: now, ended: now })))
            }
            _ => Turns::OfBusiness(Arc::default()),
        }
    }

    /// Waits for a turn to write to a business. A write that belongs to none waits only where there is one writer.
    ///
    /// # Errors
    ///
    /// [`Code::Busy`] if the turn did not come within `patience`.
    pub(super) async fn take(&self, business_id: Option<Uuid>, patience: Duration) -> Result<Turn> {
        match self {
            Turns::One(line) => {
                let mut run = tokio::time::timeout(patience, line.clone().lock_owned())
                    .await
                    .map_err(|_| Code::Busy)?;
                if let Some(pause) = run.pause(Instant::now()) {
                    tokio::time::sleep(pause).await;
                }
                Ok(Turn::OnSqlite(run))
            }
            Turns::OfBusiness(queues) => {
                let Some(business_id) = business_id else { return Ok(Turn::OnPostgresql { _permit: None }) };
                let turn = queue_of(queues, business_id).acquire_owned();
                let turn = tokio::time::timeout(patience, turn).await.map_err(|_| Code::Busy)?;
                Ok(Turn::OnPostgresql {
                    _permit: Some(turn.map_err(|_| Error::Fault("the database is closed"))?),
                })
            }
        }
    }
}

fn queue_of(queues: &Mutex<HashMap<Uuid, Arc<Semaphore>>>, business_id: Uuid) -> Arc<Semaphore> {
    let mut queues = queues.lock().unwrap_or_else(PoisonError::into_inner);
    if queues.len() >= QUEUES_KEPT {
        queues.retain(|_, queue| Arc::strong_count(queue) > 1);
    }
    queues.entry(business_id).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Turn::OnSqlite(run) = self {
            run.ended = Instant::now();
        }
    }
}

impl Run {
    /// How long others are to be let in before a write that would begin now.
    fn pause(&mut self, now: Instant) -> Option<Duration> {
        let goes_on = now.saturating_duration_since(self.ended) < PAUSE_FOR_OTHERS;
        if goes_on && now.saturating_duration_since(self.began) < RUN_OF_WRITES {
            return None;
        }
        self.began = now;
        goes_on.then_some(PAUSE_FOR_OTHERS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_turn_is_not_waited_for_without_end() {
        let busy = Uuid::from_u128(1);
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let turns = Turns::new(backend);
            let held = turns.take(Some(busy), PATIENCE).await.unwrap();
            let refused = turns.take(Some(busy), Duration::ZERO).await.err().unwrap();
            assert_eq!(refused.problem().code, Code::Busy);
            drop(held);
            turns.take(Some(busy), Duration::ZERO).await.unwrap();
        }
    }

    #[test]
    fn other_processes_are_let_in_between_writes_that_follow_one_another() {
        let mut now = Instant::now();
        let mut run = Run { began: now, ended: now };
        let mut paused_before = Vec::new();
        for number in 0..20 {
            if let Some(pause) = run.pause(now) {
                paused_before.push(number);
                now += pause;
            }
            now += Duration::from_millis(300);
            run.ended = now;
        }
        assert_eq!(paused_before, [7, 14], "seven writes are the first that take longer than two seconds");

        now += PAUSE_FOR_OTHERS;
        assert_eq!(run.pause(now), None, "there was a pause by itself");
        run.ended = now;
        assert_eq!(run.pause(now + Duration::from_millis(1)), None, "and a new run began after it");
    }
}
