//! What must happen outside: rows written in the transaction of their cause, carried out afterwards, at least once.
//!
//! A worker takes a job by a short lease and renews it while it works. A worker that dies leaves a lease that runs out, and
//! another takes the job again, so every job can be carried out twice without harm. Each time a job is taken its generation
//! rises, so that a worker that was thought dead and comes back ends nothing that is its successor's.
//!
//! Each kind belongs to one lane, and each lane has workers of its own: a mail server that is slow keeps no payment waiting.
//! Within a lane the businesses that have something due are served in turn.

mod lanes;
pub mod queue;
pub mod stuck;
mod take;
pub mod worker;

use domain::{
    stored_enum,
    time::{HOUR, MINUTE, SECOND},
};

use crate::{Error, ports::PortError};

stored_enum! {
    /// What a job does. Its subject is the row of the same name.
    JobKind {
        SendMail = "send-mail", "A mail could not be sent";
        CheckAttempt = "check-attempt", "A payment could not be checked";
        ExpireAttempt = "expire-attempt", "A payment page could not be closed";
        BuyLabel = "buy-label", "It is not known whether a label was bought";
        FetchLabel = "fetch-label", "A label could not be fetched";
        ReleaseClaims = "release-claims", "Claims could not be released";
        Import = "import", "An import stopped half-way";
        TidyWebhooks = "tidy-webhooks", "An old address for events could not be removed at the gateway";
        ForgetPicture = "forget-picture", "A removed picture could not be deleted";
    }
}

stored_enum! {
    /// Jobs that wait for one another. What waits for different things outside is in different lanes.
    Lane {
        Money = "money", "Payments";
        Labels = "labels", "Labels";
        Mail = "mail", "Mail";
        Files = "files", "Files";
    }
}

stored_enum! {
    /// Why a try failed, as far as it makes a difference to who reads it.
    Reason {
        Unavailable = "unavailable", "No answer for a long time.";
        Refused = "refused", "It was refused.";
        Gone = "gone", "It is not there any more.";
        Unauthorised = "unauthorised", "The key was not accepted.";
        PaymentRequired = "payment-required", "The account there has no money left.";
        Nonsense = "nonsense", "The answer could not be understood.";
        Lost = "lost", "The server stopped again and again while it was at it.";
        Fault = "fault", "Something failed on our side.";
    }
}

impl JobKind {
    /// How often it is tried before it waits for a person.
    fn max_tries(self) -> i64 {
        match self {
            JobKind::BuyLabel => 5,
            // Some mail servers put strangers off for hours.
            JobKind::SendMail => 20,
            _ => 10,
        }
    }

    /// The lane it belongs to.
    pub fn lane(self) -> Lane {
        match self {
            // Releasing claims asks nobody outside, and buyers wait for it.
            JobKind::CheckAttempt
            | JobKind::ExpireAttempt
            | JobKind::TidyWebhooks
            | JobKind::ReleaseClaims => Lane::Money,
            JobKind::BuyLabel | JobKind::FetchLabel => Lane::Labels,
            JobKind::SendMail => Lane::Mail,
            JobKind::Import | JobKind::ForgetPicture => Lane::Files,
        }
    }
}

impl Lane {
    /// Whether an error says that nothing of the lane can be done at the moment, whatever job is tried. Only mails all go
    /// through one server; gateways and carriers are a business' own.
    fn is_outage(self, error: &Error) -> bool {
        self == Lane::Mail
            && matches!(error, Error::Port(PortError::Unavailable(_) | PortError::Unauthorised(_)))
    }
}

impl Reason {
    fn of(error: &Error) -> Reason {
        match error {
            Error::Port(PortError::Unavailable(_) | PortError::Postponed(_)) => Reason::Unavailable,
            Error::Port(PortError::Refused(_)) => Reason::Refused,
            Error::Port(PortError::Gone(_)) => Reason::Gone,
            Error::Port(PortError::Unauthorised(_) | PortError::LiveKeyElsewhere) => Reason::Unauthorised,
            Error::Port(PortError::PaymentRequired(_)) => Reason::PaymentRequired,
            Error::Port(PortError::Nonsense(_)) => Reason::Nonsense,
            _ => Reason::Fault,
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

/// The longest rest of a whole lane.
const LONGEST_REST: i64 = 10 * MINUTE;

/// How long a lane rests after so many failures in a row: as [`pause`], at most ten minutes.
fn rest(failures: i64) -> i64 {
    pause(failures).min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        assert_eq!([1, 2, 3, 9, 100].map(pause), [2 * SECOND, 8 * SECOND, 32 * SECOND, HOUR, HOUR]);
    }

    #[test]
    fn a_lane_rests_ten_minutes_at_most() {
        assert_eq!([1, 2, 6, 100].map(rest), [2 * SECOND, 8 * SECOND, LONGEST_REST, LONGEST_REST]);
    }
}
