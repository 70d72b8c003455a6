//! The bounds of a server as one value, so that a test can make them tiny. `docs/limits.md` lists them all.
//!
//! Bounds of bytes stand where the bytes are read: `http/functions.rs`, `http/transfer.rs`, `http/pictures.rs`,
//! `http/webhooks.rs`.

use std::time::Duration;

use services::jobs::worker::STOP_PATIENCE;

/// How much may happen at once, and how long anybody may keep the server waiting.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at once. Who comes then waits until another ends.
    pub connections: usize,
    /// Connections of one peer at once, where an IPv6 network of 64 bits is one peer. This machine and trusted proxies
    /// are not counted.
    pub connections_of_a_peer: usize,
    /// How long the head of a request may take, from the answer before it; so it is also how long a connection may idle.
    pub head: Duration,
    /// The same for a trusted proxy, which keeps connections for whoever comes next.
    pub head_of_a_proxy: Duration,
    /// How long a body may stand still.
    pub body_piece: Duration,
    /// How long a body may take as a whole.
    pub body: Duration,
    /// How long a form with files may take as a whole.
    pub upload: Duration,
    /// How long an answer may lie unread.
    pub unread_answer: Duration,
    /// How long requests under way are waited for when the server is told to stop.
    pub stopping: Duration,
    /// How long a worker stays with the job in hand when the server is told to stop; then it gives it back.
    pub ending_jobs: Duration,
    /// Open screens of one member that listen for changes.
    pub listeners_of_a_member: usize,
    /// How often it is looked whether somebody who listens is still signed in; also a sign of life for proxies.
    pub listener_check: Duration,
    /// Forms with files that one business may send at once.
    pub uploads_of_a_business: usize,
    /// Forms with files that the server receives at once.
    pub uploads: usize,
    /// Large bodies of one business that are held in memory at once.
    pub large_bodies_of_a_business: usize,
    /// Large bodies that are held in memory at once.
    pub large_bodies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: DEFAULT_CONNECTIONS,
            connections_of_a_peer: 100,
            head: Duration::from_secs(30),
            head_of_a_proxy: Duration::from_secs(120),
            body_piece: Duration::from_secs(20),
            body: Duration::from_secs(5 * 60),
            upload: Duration::from_secs(20 * 60),
            unread_answer: Duration::from_secs(60),
            stopping: Duration::from_secs(20),
            ending_jobs: STOP_PATIENCE,
            listeners_of_a_member: 20,
            listener_check: Duration::from_secs(20),
            uploads_of_a_business: 4,
            uploads: 32,
            large_bodies_of_a_business: 2,
            large_bodies: 4,
        }
    }
}

/// Connections at once, unless the settings say otherwise. Each needs a file descriptor and some tens of kilobytes.
pub const DEFAULT_CONNECTIONS: usize = 1_000;
