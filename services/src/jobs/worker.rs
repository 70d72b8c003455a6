//! Carrying out jobs.

use std::time::Duration;

use tokio::{sync::watch, task::JoinSet};

use super::{
    JobKind, Lane, Outcome,
    queue::{RENEW_EVERY, finish, give_back, renew},
    take::{Taken, take, tell},
};
use crate::{
    Error, Result, Services,
    entities::job,
    error::stored,
    inventory::pictures,
    invoices::mail,
    payments::{check, endpoints},
    sales::release,
    shipping::purchase,
    transfer,
};

/// How long a worker rests when nothing is due.
const REST: Duration = Duration::from_millis(300);
/// How long it rests when the database does not answer.
const REST_AFTER_FAULT: Duration = Duration::from_secs(3);
/// How long a server that is told to stop waits for the jobs under way. Whoever stops it often kills it after ten seconds.
pub const STOP_PATIENCE: Duration = Duration::from_secs(6);

/// How a worker goes about its work.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often it renews the lease of the job in hand.
    pub renew_every: Duration,
    /// How long it stays with the job in hand when it is told to stop.
    pub stop_patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { renew_every: RENEW_EVERY, stop_patience: STOP_PATIENCE }
    }
}

/// Carries out one job that is due, of whatever lane. Tells whether there was one.
pub async fn run_one(services: &Services) -> Result<bool> {
    // Nobody tells it to stop.
    let (_keep, mut stop) = watch::channel(false);
    for lane in Lane::ALL {
        if run_one_of(services, *lane, Pace::default(), &mut stop).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Carries out all jobs that are due, one after the other, and tells how many there were.
pub async fn run_due(services: &Services) -> Result<u64> {
    let mut count = 0;
    while run_one(services).await? {
        count += 1;
    }
    Ok(count)
}

/// Works at a lane until it is told to stop. What is in hand then is brought to its end if that does not take long, else given
/// back.
pub async fn run_at(services: Services, lane: Lane, pace: Pace, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let rest = match run_one_of(&services, lane, pace, &mut stop).await {
            Ok(true) => continue,
            Ok(false) => REST,
            Err(error) => {
                tracing::error!(%error, "the job queue cannot be read");
                REST_AFTER_FAULT
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = told(&mut stop) => {}
        }
    }
}

/// Waits until the worker is told to stop, or nobody is left to tell it.
async fn told(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits for the end of what is done beside the work, unless the worker is told to stop.
async fn ended_or_told(beside: &mut JoinSet<()>, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = async { while beside.join_next().await.is_some() {} } => {}
        () = told(stop) => {}
    }
}

/// Carries out one job of a lane, if one is due. Tells whether there was one.
pub async fn run_one_of(
    services: &Services,
    lane: Lane,
    pace: Pace,
    stop: &mut watch::Receiver<bool>,
) -> Result<bool> {
    let Taken { job, given_up } = take(services, lane).await?;
    // Beside the job in hand, which must be renewed meanwhile. Where the worker is told to stop first, it ends with the set.
    let mut telling = JoinSet::new();
    telling.spawn(tell(services.clone(), given_up));
    let Some(job) = job else {
        ended_or_told(&mut telling, stop).await;
        return Ok(false);
    };
    let kind = stored(JobKind::parse(&job.kind))?;
    // A task of its own, whose panic is a failed try and no more. It ends with the set, whatever becomes of this worker.
    let mut task = JoinSet::new();
    task.spawn({
        let (services, job) = (services.clone(), job.clone());
        async move { carry_out(&services, kind, &job).await.unwrap_or_else(Outcome::Failed) }
    });
    let outcome = tokio::select! {
        ended = task.join_next() => match ended {
            Some(Ok(outcome)) => outcome,
            _ => Outcome::Failed(Error::Fault("the work panicked")),
        },
        () = lease_is_lost(services, &job, pace.renew_every) => {
            task.shutdown().await;
            tracing::warn!(kind = kind.as_str(), subject = %job.subject_id, "a job was taken over by another worker");
            return Ok(true);
        }
        () = async { told(stop).await; tokio::time::sleep(pace.stop_patience).await } => {
            task.shutdown().await;
            give_back(services, &job).await?;
            return Ok(true);
        }
    };
    if let Outcome::Failed(error) = &outcome {
        tracing::warn!(kind = kind.as_str(), subject = %job.subject_id, tries = job.tries, %error, "a job failed");
    }
    if !finish(services, &job, kind, outcome).await? {
        tracing::warn!(kind = kind.as_str(), subject = %job.subject_id, "a job ended that is another worker's by now");
    }
    ended_or_told(&mut telling, stop).await;
    Ok(true)
}

/// Renews the lease of a job until it cannot be renewed because the job is another worker's. The database may be away for a
/// moment.
async fn lease_is_lost(services: &Services, job: &job::Model, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        match renew(services, job).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
        }
    }
}

async fn carry_out(services: &Services, kind: JobKind, job: &job::Model) -> Result<Outcome> {
    match kind {
        JobKind::SendMail => mail::send(services, job.business_id, job.subject_id).await,
        JobKind::CheckAttempt => check::check(services, job.business_id, job.subject_id).await,
        JobKind::ExpireAttempt => check::expire(services, job.business_id, job.subject_id).await,
        JobKind::BuyLabel => purchase::buy(services, job.business_id, job.subject_id).await,
        JobKind::FetchLabel => purchase::fetch(services, job.business_id, job.subject_id).await,
        JobKind::ReleaseClaims => release::release(services, job.business_id, job.subject_id).await,
        JobKind::Import => transfer::work(services, job.business_id, job.subject_id).await,
        JobKind::TidyWebhooks => endpoints::tidy(services, job.business_id, job.subject_id).await,
        JobKind::ForgetPicture => pictures::forget(services, job.business_id, job.subject_id).await,
    }
}
