//! What must happen outside: rows written in the transaction of their cause, carried out afterwards, at least once.
//!
//! A worker takes a job by a short lease and renews it while it works. A worker that dies leaves a lease that runs out, and
//! another takes the job again, so every job can be carried out twice without harm.

pub mod queue;
pub mod worker;

use domain::{
    stored_enum,
    time::{HOUR, SECOND},
};

use crate::Error;

stored_enum! {
    /// What a job does. Its subject is the row of the same name.
    JobKind {
        SendMail = "send-mail", "A mail could not be sent";
        CheckAttempt = "check-attempt", "A payment could not be checked";
        ExpireAttempt = "expire-attempt", "A payment page could not be closed";
        BuyLabel = "buy-label", "A label could not be bought";
        FetchLabel = "fetch-label", "A label could not be fetched";
        ReleaseClaims = "release-claims", "Claims could not be released";
        Import = "import", "An import stopped half-way";
        ForgetPicture = "forget-picture", "A removed picture could not be deleted";
    }
}

impl JobKind {
    /// How often it is tried before it waits for a person.
    fn max_tries(self) -> i64 {
        match self {
            JobKind::BuyLabel => 5,
            _ => 10,
        }
    }
}

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    Done,
    /// It is well, but there is more to come at this moment (UTC milliseconds).
    Again(i64),
    /// It failed. A passing failure is tried again.
    Failed(Error),
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Outcome::Failed(error)
    }
}

/// How long to wait after so many failed tries: two seconds, then four times as long each time, at most an hour.
fn pause(tries: i64) -> i64 {
    let exponent = u32::try_from((tries - 1).clamp(0, 8)).unwrap_or(8);
    (2 * SECOND * 4_i64.pow(exponent)).min(HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        assert_eq!([1, 2, 3, 9, 100].map(pause), [2 * SECOND, 8 * SECOND, 32 * SECOND, HOUR, HOUR]);
    }
}
