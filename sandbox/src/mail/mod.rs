//! A mail server that delivers to nobody: it takes every mail and shows it.

pub mod inbox;
mod message;
pub mod smtp;

use serde::{Deserialize, Serialize};

use crate::state::State;

/// The inbox keeps this many; older mail is forgotten.
const MESSAGES_KEPT: usize = 1000;

/// What the sandbox remembers of mail.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Records {
    /// Oldest first.
    pub messages: Vec<Message>,
}

/// One mail as it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    pub id: String,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body. What is not UTF-8 was replaced; mail in other encodings comes encoded as ASCII
    /// anyway.
    pub raw: String,
    /// Seconds since 1970.
    pub received_at: i64,
}

/// Puts a mail into the inbox.
fn store(state: &mut State, from: String, to: Vec<String>, raw: String, received_at: i64) {
    let id = state.next_id("mail_");
    let messages = &mut state.mail.messages;
    if messages.len() == MESSAGES_KEPT {
        messages.remove(0);
    }
    messages.push(Message { id, from, to, raw, received_at });
}
