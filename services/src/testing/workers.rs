//! Workers that a test holds in the midst of a job.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use tokio::{sync::watch, task::JoinHandle};

use crate::{
    Services,
    jobs::{
        Lane,
        worker::{Pace, run_one_of},
    },
};

/// The pace of a worker that renews its lease no more than a machine that sleeps. Others are taken for dead by the test's clock,
/// and must not renew by the real one meanwhile.
pub fn asleep() -> Pace {
    Pace { renew_every: Duration::from_secs(3_600), ..Pace::default() }
}

/// A worker in a task of its own that takes one job of a lane. Gives whether there was one.
pub fn worker(services: &Services, lane: Lane, pace: Pace) -> JoinHandle<bool> {
    let services = services.clone();
    tokio::spawn(async move {
        let (_keep, mut stop) = watch::channel(false);
        run_one_of(&services, lane, pace, &mut stop).await.expect("the queue answers")
    })
}
