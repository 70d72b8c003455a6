//! Carrying out jobs.

use std::{convert::Infallible, time::Duration};

use uuid::Uuid;

use super::{
    JobKind, Outcome,
    queue::{RENEW_EVERY, finish, renew, take},
};
use crate::{
    Result, Services, entities::job, error::stored, inventory::pictures, invoices::mail, payments::check,
    sales::release, shipping::purchase, transfer,
};

/// How long a worker rests when nothing is due.
const REST: Duration = Duration::from_millis(300);
/// How long it rests when the database does not answer.
const REST_AFTER_FAULT: Duration = Duration::from_secs(3);

/// Carries out one job that is due. Tells whether there was one.
pub async fn run_one(services: &Services) -> Result<bool> {
    let Some(job) = take(services).await? else { return Ok(false) };
    let kind = stored(JobKind::parse(&job.kind))?;
    let outcome = tokio::select! {
        outcome = carry_out(services, kind, &job) => outcome.unwrap_or_else(Outcome::Failed),
        never = keep_lease(services, job.id) => match never {},
    };
    if let Outcome::Failed(error) = &outcome {
        tracing::warn!(kind = kind.as_str(), subject = %job.subject_id, tries = job.tries, %error, "a job failed");
    }
    finish(services, &job, kind, outcome).await?;
    Ok(true)
}

/// Renews the lease of a job for as long as it is waited for.
async fn keep_lease(services: &Services, job_id: Uuid) -> Infallible {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        if let Err(error) = renew(services, job_id).await {
            tracing::warn!(%error, "a lease could not be renewed");
        }
    }
}

async fn carry_out(services: &Services, kind: JobKind, job: &job::Model) -> Result<Outcome> {
    match kind {
        JobKind::SendMail => mail::send(services, job.business_id, job.subject_id).await,
        JobKind::CheckAttempt => check::check(services, job.business_id, job.subject_id).await,
        JobKind::ExpireAttempt => check::expire(services, job.business_id, job.subject_id).await,
        JobKind::BuyLabel => {
            purchase::buy(
                services,
                job.business_id,
                job.subject_id,
                job.tries > 1,
                job.tries >= kind.max_tries(),
            )
            .await
        }
        JobKind::FetchLabel => purchase::fetch(services, job.business_id, job.subject_id).await,
        JobKind::ReleaseClaims => release::release(services, job.business_id, job.subject_id).await,
        JobKind::Import => transfer::work(services, job.business_id, job.subject_id).await,
        JobKind::ForgetPicture => pictures::forget(services, job.business_id, job.subject_id).await,
    }
}

/// Carries out all jobs that are due, one after the other, and tells how many there were.
pub async fn run_due(services: &Services) -> Result<u64> {
    let mut count = 0;
    while run_one(services).await? {
        count += 1;
    }
    Ok(count)
}

/// Works for ever.
pub async fn run(services: Services) {
    loop {
        match run_one(&services).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(REST).await,
            Err(error) => {
                tracing::error!(%error, "the job queue cannot be read");
                tokio::time::sleep(REST_AFTER_FAULT).await;
            }
        }
    }
}
