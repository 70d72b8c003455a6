//! What an operator must be able to look up after an attack: who came in, who was kept out, and who changed what protects.
//!
//! All of it goes to the log under one target, so that it can be kept apart and longer than the rest. An e-mail address as
//! it was typed stands nowhere: people type their passwords into the wrong field.

use std::net::IpAddr;

use domain::stored_enum;
use tracing::field::display;
use uuid::Uuid;

use crate::accounts::Actor;

/// The target of every security event.
pub const TARGET: &str = "security";

stored_enum! {
    /// What happened.
    Event {
        SignIn = "sign-in", "Signing in";
        SignOut = "sign-out", "Signing out";
        Registration = "registration", "Registering a business";
        Origin = "origin", "A request that came from another site";
        Host = "host", "A request by a name that is not the server's";
        Webhook = "webhook", "An event that is not believed to come from its gateway";
        Role = "role", "Something that the member's role does not allow";
        Connect = "connect", "Storing the key of a provider";
        Disconnect = "disconnect", "Removing the key of a provider";
        ExportEverything = "export-everything", "Taking everything along";
    }
}

stored_enum! {
    /// How it ended.
    Outcome {
        Done = "done", "Done";
        /// Wrong credentials, or a form that was not right.
        Failed = "failed", "Failed";
        /// Too many tries before it.
        Throttled = "throttled", "Throttled";
        /// The server had its hands full.
        Busy = "busy", "Busy";
        /// Not allowed.
        Refused = "refused", "Refused";
    }
}

/// Who it was, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Who {
    pub member_id: Option<Uuid>,
    pub business_id: Option<Uuid>,
    pub client: Option<IpAddr>,
    /// Through whom it came, where the client is not known.
    pub peer: Option<IpAddr>,
}

impl Who {
    /// Nobody but an address: the client's or, where that is not known, the peer's.
    pub fn at(client: Option<IpAddr>, peer: Option<IpAddr>) -> Self {
        Who { client, peer, ..Who::default() }
    }
}

impl From<&Actor> for Who {
    fn from(actor: &Actor) -> Self {
        Who { member_id: Some(actor.member_id), business_id: Some(actor.business_id), ..Who::default() }
    }
}

/// Writes an event into the log: what was done as news, what was not as a warning.
pub fn note(event: Event, outcome: Outcome, who: Who) {
    note_about(event, outcome, who, "");
}

/// As [`note`], with what it was about: a provider, a path.
pub fn note_about(event: Event, outcome: Outcome, who: Who, about: &str) {
    let (event, outcome_word) = (event.as_str(), outcome.as_str());
    let member_id = who.member_id.map(display);
    let business_id = who.business_id.map(display);
    let client = who.client.map(display);
    let peer = who.peer.map(display);
    if outcome == Outcome::Done {
        tracing::info!(target: TARGET, event, outcome = outcome_word, about, member_id, business_id, client, peer);
    } else {
        tracing::warn!(target: TARGET, event, outcome = outcome_word, about, member_id, business_id, client, peer);
    }
}
