//! The bounds of a server as one value, so that a test can make them tiny. `docs/limits.md` lists them all.
//!
//! Bounds of bytes stand where the bytes are read, except `large_bodies`, which is shared: `http/functions.rs`,
//! `http/transfer.rs`, `http/pictures.rs`, `http/uploads.rs`, `http/webhooks.rs`.

use std::time::Duration;

use services::{jobs::worker::STOP_PATIENCE, places};
use tokio::sync::Semaphore;

/// How much may happen at once, and how long anybody may keep the server waiting.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at once. Whoever comes then has another closed for it, waits, or is closed: see `connections/open.rs`.
    pub connections: usize,
    /// Connections of one peer at once, where an IPv6 network of 64 bits is one peer; behind a trusted proxy, its requests
    /// under way. Private networks have no such bound; this machine and trusted proxies are not counted at all.
    pub connections_of_a_peer: usize,
    /// The same for an IPv6 network of 48 bits.
    pub connections_of_a_site: usize,
    /// How long newcomers whose address may be shared (this machine, a trusted proxy, a private network) wait for a connection's
    /// place. They wait together: the time begins anew when anybody was given a place.
    pub wait_of_shared_addresses: Duration,
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
    /// How long an event of a gateway may take as a whole. It is sent in one go, and others wait for its place.
    pub event: Duration,
    /// How long an event may wait for its turn to be taken in.
    pub event_turn: Duration,
    /// How long an answer may lie unread.
    pub unread_answer: Duration,
    /// How long requests under way are waited for when the server is told to stop.
    pub stopping: Duration,
    /// How long is then still waited for what is slow: a head, the rest of a body, a reader who takes nothing.
    pub last_wait: Duration,
    /// How long a worker stays with the job in hand when the server is told to stop; then it gives it back.
    pub ending_jobs: Duration,
    /// Open screens that listen for changes, by member.
    pub listeners: places::Limits,
    /// How often it is looked whether somebody who listens is still signed in; also a sign of life for proxies.
    pub listener_check: Duration,
    /// Forms with files, by business: from their beginning until what is in them is read.
    pub uploads: places::Limits,
    /// Bodies of forms that are held in memory, by business and in KiB.
    pub large_bodies: places::Limits,
    /// Events from gateways, by account. Each is held in memory.
    pub events: places::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: DEFAULT_CONNECTIONS,
            connections_of_a_peer: 100,
            connections_of_a_site: 300,
            wait_of_shared_addresses: Duration::from_secs(1),
            head: Duration::from_secs(30),
            head_of_a_proxy: Duration::from_secs(120),
            body_piece: Duration::from_secs(20),
            body: Duration::from_secs(5 * 60),
            upload: Duration::from_secs(20 * 60),
            event: Duration::from_secs(3),
            event_turn: Duration::from_secs(10),
            unread_answer: Duration::from_secs(60),
            stopping: Duration::from_secs(20),
            last_wait: Duration::from_secs(3),
            ending_jobs: STOP_PATIENCE,
            listeners: places::Limits { at_once: Semaphore::MAX_PERMITS, of_one: 20, waiting: 0 },
            listener_check: Duration::from_secs(20),
            uploads: places::Limits { at_once: 32, of_one: 4, waiting: 0 },
            large_bodies: places::Limits { at_once: 48 * 1024, of_one: 17 * 1024, waiting: 0 },
            events: places::Limits { at_once: 16, of_one: 4, waiting: 100 },
        }
    }
}

/// Connections at once, unless the settings say otherwise. Each needs a file descriptor and, as a rule, some tens of kilobytes.
pub const DEFAULT_CONNECTIONS: usize = 1_000;
