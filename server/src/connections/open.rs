//! The connections that are open. Where all places are taken one of them is closed for whoever comes, so that nobody keeps the
//! others out by staying.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{sync::Notify, time::Instant};

use super::peers::Peer;

/// All open connections. Cheap to clone.
#[derive(Clone, Default)]
pub struct Open(Arc<Shared>);

#[derive(Default)]
struct Shared {
    connections: Mutex<Connections>,
    /// Told when a request ended, after which its connection idles.
    idles: Notify,
}

#[derive(Default)]
struct Connections {
    next: u64,
    by_number: HashMap<u64, Connection>,
}

struct Connection {
    /// Nothing for one that is not counted.
    peer: Option<Peer>,
    since: Instant,
    /// Since when no request is under way.
    idle_since: Option<Instant>,
    closes: Arc<Notify>,
    /// Whether it was told to close.
    is_closing: bool,
}

impl Open {
    /// Notes a connection that was opened.
    pub fn note(&self, peer: Option<Peer>) -> Noted {
        let (now, closes) = (Instant::now(), Arc::new(Notify::new()));
        let connection =
            Connection { peer, since: now, idle_since: Some(now), closes: closes.clone(), is_closing: false };
        let mut connections = self.lock();
        let number = connections.next;
        connections.next += 1;
        connections.by_number.insert(number, connection);
        Noted { open: self.clone(), number, closes }
    }

    /// Tells a connection to close, so that somebody who comes has a place. Tells whether there was one that may be closed.
    pub fn make_room(&self, newcomer: Option<Peer>) -> bool {
        let mut connections = self.lock();
        let chosen = connections.to_close(newcomer);
        let Some(connection) = chosen.and_then(|number| connections.by_number.get_mut(&number)) else {
            return false;
        };
        connection.is_closing = true;
        connection.closes.notify_one();
        true
    }

    /// Waits until a request has ended, or several have since it was waited for last.
    pub async fn one_idles(&self) {
        self.0.idles.notified().await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connections> {
        self.0.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_idle(&self, number: u64, idle_since: Option<Instant>) {
        if let Some(connection) = self.lock().by_number.get_mut(&number) {
            connection.idle_since = idle_since;
        }
        if idle_since.is_some() {
            self.0.idles.notify_one();
        }
    }
}

impl Connections {
    /// Whoever has most gives one up, if it has more than the newcomer would have: the one that has idled longest, or else
    /// the oldest. Where all have the same, one that idles is closed, and nobody whose request is under way.
    fn to_close(&self, newcomer: Option<Peer>) -> Option<u64> {
        let mut of_sites = HashMap::new();
        for peer in self.by_number.values().filter_map(|connection| connection.peer) {
            *of_sites.entry(peer.site).or_insert(0_usize) += 1;
        }
        let of_newcomer = newcomer.and_then(|peer| of_sites.get(&peer.site)).copied().unwrap_or_default();
        let most = of_sites.into_iter().max_by_key(|(_, connections)| *connections);
        let open = || self.by_number.iter().filter(|(_, connection)| !connection.is_closing);
        if let Some((site, _)) = most.filter(|(_, connections)| *connections > of_newcomer + 1) {
            let of_site =
                open().filter(|(_, connection)| connection.peer.is_some_and(|peer| peer.site == site));
            // Those that idle come before the others.
            let order = |connection: &Connection| match connection.idle_since {
                Some(since) => (false, since),
                None => (true, connection.since),
            };
            return of_site.min_by_key(|(_, connection)| order(connection)).map(|(number, _)| *number);
        }
        open()
            .filter_map(|(number, connection)| Some((connection.idle_since?, *number)))
            .min()
            .map(|(_, number)| number)
    }
}

/// A connection that is noted until this is dropped.
pub struct Noted {
    open: Open,
    number: u64,
    closes: Arc<Notify>,
}

impl Noted {
    /// Notes that a request is under way, until what is given is dropped.
    pub fn request(&self) -> UnderWay {
        self.open.set_idle(self.number, None);
        UnderWay { open: self.open.clone(), number: self.number }
    }

    /// Waits until the connection is told to close.
    pub async fn must_close(&self) {
        self.closes.notified().await;
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.open.lock().by_number.remove(&self.number);
    }
}

/// A request that is under way.
pub struct UnderWay {
    open: Open,
    number: u64,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.open.set_idle(self.number, Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Option<Peer> {
        Some(Peer::of(address.parse().unwrap()).unwrap())
    }

    fn chosen(open: &Open, newcomer: &str) -> Option<u64> {
        open.lock().to_close(peer(newcomer))
    }

    #[test]
    fn whoever_has_most_gives_one_up() {
        let open = Open::default();
        let one = open.note(peer("203.0.113.1"));
        // One site with many subnets.
        let subnets: Vec<Noted> = (1..=3).map(|n| open.note(peer(&format!("2001:db8:1:{n}::1")))).collect();
        assert_eq!(chosen(&open, "198.51.100.1"), Some(subnets[0].number), "the one that has idled longest");
        let busy: Vec<UnderWay> = subnets.iter().map(Noted::request).collect();
        assert_eq!(chosen(&open, "198.51.100.1"), Some(subnets[0].number), "or that has stayed longest");
        assert_eq!(
            chosen(&open, "2001:db8:1:9::1"),
            Some(one.number),
            "nobody takes more from others than they have"
        );
        drop(subnets);
        let working = one.request();
        assert_eq!(chosen(&open, "198.51.100.1"), None, "who has one keeps it while it works");
        drop((working, busy));
        assert_eq!(chosen(&open, "198.51.100.1"), Some(one.number));
    }

    #[test]
    fn one_that_is_closing_is_not_told_again() {
        let open = Open::default();
        let (first, second) = (open.note(peer("203.0.113.1")), open.note(None));
        assert!(open.make_room(None));
        assert_eq!(chosen(&open, "198.51.100.1"), Some(second.number));
        assert!(open.make_room(None));
        assert!(!open.make_room(None));
        drop((first, second));
        assert!(open.lock().by_number.is_empty());
    }
}
