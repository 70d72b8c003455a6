//! The connections that are open. Where all places are taken one of them is closed for whoever comes, if that is fair, so that
//! nobody keeps the others out by staying; otherwise whoever comes waits or is closed.

use std::{
    cmp::Reverse,
    collections::HashMap,
    future::pending,
    net::IpAddr,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::peers::Peer;

/// What there is for a newcomer when all places are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admission {
    /// Another connection was told to close for it.
    Evicted,
    /// No connection may be closed for this newcomer: nobody has at least two more than it has, or their requests may not be cut
    /// off for it. It waits for a place.
    Wait,
    /// No connection may be closed, and this client has one already: it is refused, so that those behind it need not wait.
    Refuse,
}

/// All open connections, and the places for others.
pub struct Open {
    places: Arc<Semaphore>,
    wait_of_shared_addresses: Duration,
    /// Until when newcomers whose address may be shared are waited for. They have one wait together, which begins anew when
    /// anybody was given a place: else each of a crowd would keep those behind it waiting.
    crowd_until: Option<Instant>,
    shared: Arc<Shared>,
}

/// What connections tell about themselves.
#[derive(Default)]
struct Shared {
    connections: Mutex<Connections>,
    /// Told when one more connection may be closed: its request ended, or it is known now for whom it asks.
    one_more_may_close: Notify,
}

#[derive(Default)]
struct Connections {
    next: u64,
    by_number: HashMap<u64, Connection>,
}

struct Connection {
    /// Nothing for this machine and for a trusted proxy.
    peer: Option<Peer>,
    /// For whom the request that is under way asks, where a trusted proxy says so.
    asks_for: Option<Peer>,
    /// Since when no request is under way but one that listens.
    idle_since: Option<Instant>,
    /// Whether its request only waits for news. Whoever listens comes again by themselves, and nothing is lost.
    listens: bool,
    closes: CancellationToken,
}

impl Connection {
    /// By whom it is counted.
    fn of(&self) -> Option<Peer> {
        self.peer.or(self.asks_for)
    }

    /// The lowest of several costs least to close: one that has idled longest, then one that listens, then one that is busy.
    fn cost(&self) -> (bool, bool, Option<Instant>) {
        (self.idle_since.is_none(), self.listens, self.idle_since)
    }
}

impl Open {
    pub fn new(places: usize, wait_of_shared_addresses: Duration) -> Self {
        Open {
            places: Arc::new(Semaphore::new(places)),
            wait_of_shared_addresses,
            crowd_until: None,
            shared: Arc::default(),
        }
    }

    /// A place for a new connection. If all are taken, another connection is closed for it; later ones wait in the system's
    /// queue meanwhile. `None` if the client has a connection and may not have another now, or if its address may be shared
    /// and such clients have waited for long enough.
    pub async fn place(&mut self, newcomer: Option<Peer>) -> Option<OwnedSemaphorePermit> {
        let place = match self.places.clone().try_acquire_owned() {
            Ok(place) => Some(place),
            Err(_) => self.place_of_another(newcomer).await,
        };
        if place.is_some() {
            self.crowd_until = None;
        }
        place
    }

    /// The place of a connection that is closed for a newcomer, or another that is free meanwhile.
    async fn place_of_another(&mut self, newcomer: Option<Peer>) -> Option<OwnedSemaphorePermit> {
        let until = match newcomer {
            Some(peer) if !peer.may_be_shared() => None,
            _ => {
                let wait = self.wait_of_shared_addresses;
                Some(*self.crowd_until.get_or_insert_with(|| Instant::now() + wait))
            }
        };
        let mut given_up = pin!(async {
            match until {
                Some(until) => sleep_until(until).await,
                None => pending().await,
            }
        });
        let mut place = pin!(self.places.clone().acquire_owned());
        loop {
            match self.evict_for(newcomer) {
                Admission::Evicted => return place.await.ok(),
                Admission::Refuse => return None,
                Admission::Wait => {}
            }
            tokio::select! {
                // Nobody is turned away while there is a place, or one may be made.
                biased;
                place = place.as_mut() => return place.ok(),
                () = self.shared.one_more_may_close.notified() => {}
                () = given_up.as_mut() => return None,
            }
        }
    }

    /// Tells a connection to close for a newcomer, if there is one that may be closed.
    fn evict_for(&self, newcomer: Option<Peer>) -> Admission {
        let connections = self.shared.lock();
        let chosen = connections.to_close(newcomer);
        if let Some(connection) = chosen.and_then(|number| connections.by_number.get(&number)) {
            connection.closes.cancel();
            return Admission::Evicted;
        }
        match newcomer.is_some_and(|peer| !peer.may_be_shared() && connections.has_one(peer)) {
            true => Admission::Refuse,
            false => Admission::Wait,
        }
    }

    /// Notes a connection that was opened.
    pub fn note(&self, peer: Option<Peer>) -> Noted {
        let closes = CancellationToken::new();
        let connection = Connection {
            peer,
            asks_for: None,
            idle_since: Some(Instant::now()),
            listens: false,
            closes: closes.clone(),
        };
        let mut connections = self.shared.lock();
        let number = connections.next;
        connections.next += 1;
        connections.by_number.insert(number, connection);
        Noted { shared: self.shared.clone(), number, closes }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_idle(&self, number: u64, idle_since: Option<Instant>) {
        if let Some(connection) = self.lock().by_number.get_mut(&number) {
            connection.idle_since = idle_since;
            connection.listens = false;
            // The next request of a proxy may be another one's.
            connection.asks_for = None;
        }
        if idle_since.is_some() {
            self.one_more_may_close.notify_one();
        }
    }
}

impl Connections {
    /// Whether the site of a peer has a connection.
    fn has_one(&self, peer: Peer) -> bool {
        self.by_number.values().filter_map(Connection::of).any(|of| of.site == peer.site)
    }

    /// Which connection to close. The client with most gives one up if it has at least two more than the newcomer: the one that
    /// has idled longest, or else its oldest. If there is no such client, the connection that has idled longest goes, and no
    /// request is cut off.
    ///
    /// A request of a client whose address may be shared is cut off only for one whose address is not: it might belong to an
    /// honest user, cut off for somebody at the same address who holds all the others.
    fn to_close(&self, newcomer: Option<Peer>) -> Option<u64> {
        let mut of_sites: HashMap<IpAddr, usize> = HashMap::new();
        for peer in self.by_number.values().filter_map(Connection::of) {
            *of_sites.entry(peer.site).or_default() += 1;
        }
        let count =
            |peer: Option<Peer>| peer.and_then(|peer| of_sites.get(&peer.site)).copied().unwrap_or_default();
        let newcomer_would_have = count(newcomer) + 1;
        let is_public = |peer: Option<Peer>| peer.is_some_and(|peer| !peer.may_be_shared());
        let may_close = |connection: &Connection| {
            connection.idle_since.is_some() || is_public(newcomer) || is_public(connection.of())
        };
        let of_most = self
            .open()
            .filter(|(_, connection)| count(connection.of()) > newcomer_would_have && may_close(connection))
            // Numbers are given in order, so the lowest is the oldest.
            .min_by_key(|(number, connection)| {
                let has_most = Reverse(count(connection.of()));
                (has_most, connection.cost(), **number)
            });
        match of_most {
            // It is a proxy's, with a request. An idle connection of a proxy belongs to no client, so it goes first.
            Some((number, connection)) if connection.peer.is_none() => {
                self.longest_idle(|connection| connection.of().is_none()).or(Some(*number))
            }
            Some((number, _)) => Some(*number),
            None => self.longest_idle(|_| true),
        }
    }

    /// Those that were not told to close.
    fn open(&self) -> impl Iterator<Item = (&u64, &Connection)> {
        self.by_number.iter().filter(|(_, connection)| !connection.closes.is_cancelled())
    }

    /// The one of some that has idled longest.
    fn longest_idle(&self, is_one: impl Fn(&Connection) -> bool) -> Option<u64> {
        let some = self.open().filter(|(_, connection)| is_one(connection));
        let idle = some.filter(|(_, connection)| connection.idle_since.is_some());
        idle.min_by_key(|(number, connection)| (connection.cost(), **number)).map(|(number, _)| *number)
    }
}

/// A connection that is noted until this is dropped.
pub struct Noted {
    shared: Arc<Shared>,
    number: u64,
    closes: CancellationToken,
}

impl Noted {
    /// Notes that a request is under way, until what is given is dropped.
    pub fn request(&self) -> UnderWay {
        self.shared.set_idle(self.number, None);
        UnderWay(Asks { shared: self.shared.clone(), number: self.number })
    }

    /// Waits until the connection is told to close.
    pub async fn must_close(&self) {
        self.closes.cancelled().await;
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.shared.lock().by_number.remove(&self.number);
    }
}

/// A request's word to its connection. It is told before anything of the request waits.
#[derive(Clone)]
pub struct Asks {
    shared: Arc<Shared>,
    number: u64,
}

impl Asks {
    /// Says for whom a trusted proxy asks. That is how its connection is counted until the request has ended.
    pub fn on_behalf_of(&self, client: Peer) {
        if let Some(connection) = self.shared.lock().by_number.get_mut(&self.number) {
            connection.asks_for = Some(client);
            self.shared.one_more_may_close.notify_one();
        }
    }

    /// Says that from now on the request only waits for news.
    pub fn listens(&self) {
        if let Some(connection) = self.shared.lock().by_number.get_mut(&self.number) {
            (connection.idle_since, connection.listens) = (Some(Instant::now()), true);
            self.shared.one_more_may_close.notify_one();
        }
    }
}

/// A request that is under way.
pub struct UnderWay(Asks);

impl UnderWay {
    pub fn asks(&self) -> Asks {
        self.0.clone()
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.shared.set_idle(self.0.number, Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use super::*;
    use crate::wait::polled;

    /// For what must happen without any wait.
    const HOUR: Duration = Duration::from_secs(3_600);

    /// Connections that have all places.
    fn full() -> Open {
        Open::new(0, HOUR)
    }

    fn peer(address: &str) -> Option<Peer> {
        Some(Peer::of(address.parse().unwrap()).unwrap())
    }

    fn chosen(open: &Open, newcomer: &str) -> Option<u64> {
        open.shared.lock().to_close(peer(newcomer))
    }

    #[test]
    fn whoever_has_most_gives_one_up() {
        let open = full();
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
    fn a_private_client_gives_one_up_as_anybody_does() {
        let open = full();
        for (private, newcomer) in
            [("192.168.1.7", "203.0.113.1"), ("100.64.0.7", "198.51.100.1"), ("fd00::7", "2001:db8::1")]
        {
            let held: Vec<Noted> = (0..3).map(|_| open.note(peer(private))).collect();
            let _busy: Vec<UnderWay> = held.iter().map(Noted::request).collect();
            let chosen = chosen(&open, newcomer);
            assert!(held.iter().any(|noted| Some(noted.number) == chosen), "{private}");
        }
    }

    #[test]
    fn nobody_is_cut_off_for_one_whose_address_may_be_shared() {
        let open = full();
        // All come through the host of the containers, directly or by a proxy that sees nobody else.
        for connects_as in [peer("172.17.0.1"), None] {
            let held: Vec<Noted> = (0..3).map(|_| open.note(connects_as)).collect();
            let mut busy: Vec<UnderWay> = held.iter().map(Noted::request).collect();
            for under_way in &busy {
                under_way.asks().on_behalf_of(peer("172.17.0.1").unwrap());
            }
            for newcomer in [None, peer("172.17.0.1"), peer("192.168.1.8")] {
                assert_eq!(open.evict_for(newcomer), Admission::Wait, "{newcomer:?} waits");
            }
            drop(busy.remove(1));
            for newcomer in [None, peer("172.17.0.1"), peer("192.168.1.8")] {
                assert_eq!(open.shared.lock().to_close(newcomer), Some(held[1].number), "{newcomer:?}");
            }
        }
    }

    #[test]
    fn whoever_may_not_be_cut_off_shields_nobody_else() {
        let open = full();
        let addresses = ["172.17.0.1", "172.17.0.1", "172.17.0.1", "203.0.113.1", "203.0.113.1"];
        let held = addresses.map(|address| open.note(peer(address)));
        let _busy: Vec<UnderWay> = held.iter().map(Noted::request).collect();
        for newcomer in [None, peer("192.168.1.8")] {
            let chosen = open.shared.lock().to_close(newcomer);
            assert_eq!(chosen, Some(held[3].number), "the oldest of a public client");
        }
    }

    #[test]
    fn whoever_is_giving_all_up_shields_nobody_else() {
        let open = full();
        let many = [(); 3].map(|()| open.note(peer("203.0.113.1")));
        let idles = open.note(peer("203.0.113.2"));
        for one in &many {
            assert_eq!(chosen(&open, "198.51.100.1"), Some(one.number));
            assert_eq!(open.evict_for(peer("198.51.100.1")), Admission::Evicted);
        }
        assert_eq!(chosen(&open, "198.51.100.1"), Some(idles.number));
    }

    #[test]
    fn whoever_listens_gives_up_before_anything_is_cut_off_and_after_all_that_idle() {
        let open = full();
        let held = [(); 3].map(|()| open.note(peer("203.0.113.1")));
        let mut busy: Vec<UnderWay> = held.iter().map(Noted::request).collect();
        busy[1].asks().listens();
        assert_eq!(chosen(&open, "198.51.100.1"), Some(held[1].number), "the others do something");
        busy.pop();
        assert_eq!(chosen(&open, "198.51.100.1"), Some(held[2].number), "it idles, though not for as long");
        drop((busy, held));
        let listening = open.note(peer("203.0.113.1"));
        let request = listening.request();
        request.asks().listens();
        assert_eq!(chosen(&open, "203.0.113.1"), Some(listening.number), "nobody has more");
    }

    #[test]
    fn of_those_who_have_as_many_one_that_idles_gives_up() {
        let open = full();
        let clients: Vec<[Noted; 2]> =
            (1..=9).map(|n| [(); 2].map(|()| open.note(peer(&format!("203.0.113.{n}"))))).collect();
        let mut busy: Vec<UnderWay> = clients.iter().flatten().map(Noted::request).collect();
        assert_eq!(chosen(&open, "198.51.100.1"), Some(clients[0][0].number), "or else the oldest of all");
        busy.pop();
        assert_eq!(chosen(&open, "198.51.100.1"), Some(clients[8][1].number));
    }

    #[test]
    fn connections_of_a_proxy_are_counted_by_whom_it_asks_for() {
        let open = full();
        let of_the_proxy: Vec<Noted> = (0..5).map(|_| open.note(None)).collect();
        let mut busy = Vec::new();
        let clients = ["203.0.113.1", "203.0.113.1", "203.0.113.1", "203.0.113.2"];
        for (noted, client) in of_the_proxy.iter().zip(clients) {
            let under_way = noted.request();
            under_way.asks().on_behalf_of(peer(client).unwrap());
            busy.push(under_way);
        }
        let chosen = || open.shared.lock().to_close(None);
        assert_eq!(chosen(), Some(of_the_proxy[4].number), "one through which nobody asks");
        busy.push(of_the_proxy[4].request());
        assert_eq!(chosen(), Some(of_the_proxy[0].number), "or else one of whoever has most");
        // Two of the first one's requests end.
        drop(busy.drain(1..3));
        let idles = [of_the_proxy[1].number, of_the_proxy[2].number];
        assert!(chosen().is_some_and(|number| idles.contains(&number)), "what idles is counted by nobody");
        busy.extend(of_the_proxy[1..3].iter().map(Noted::request));
        assert_eq!(chosen(), None, "each has one");
    }

    #[test]
    fn one_that_is_closing_is_not_told_again() {
        let open = full();
        let (first, second) = (open.note(peer("203.0.113.1")), open.note(None));
        assert_eq!(open.evict_for(None), Admission::Evicted);
        assert_eq!(chosen(&open, "198.51.100.1"), Some(second.number));
        assert_eq!(open.evict_for(None), Admission::Evicted);
        assert_eq!(open.evict_for(None), Admission::Wait);
        drop((first, second));
        assert!(open.shared.lock().by_number.is_empty());
    }

    #[tokio::test]
    async fn whoever_may_have_no_other_connection_keeps_nobody_behind_waiting() {
        let mut open = full();
        let places = open.places.clone();
        let two_of_each = ["203.0.113.1", "203.0.113.1", "203.0.113.2", "203.0.113.2"];
        let held = two_of_each.map(|address| open.note(peer(address)));
        let _busy: Vec<UnderWay> = held.iter().map(Noted::request).collect();
        for address in ["203.0.113.1", "203.0.113.2"] {
            let told = polled(open.place(peer(address))).await;
            assert!(matches!(told, Poll::Ready(None)), "{address}");
        }
        let closed = async {
            held[0].must_close().await;
            places.add_permits(1);
        };
        let (place, ()) = tokio::join!(open.place(peer("198.51.100.1")), closed);
        assert!(place.is_some(), "one who has none gets one of theirs");
    }

    #[tokio::test]
    async fn a_first_connection_is_waited_for() {
        let mut open = full();
        let places = open.places.clone();
        let only = open.note(peer("203.0.113.1"));
        let works = only.request();
        let mut first = pin!(open.place(peer("198.51.100.1")));
        assert!(polled(first.as_mut()).await.is_pending());
        drop(works);
        let closed = async {
            only.must_close().await;
            places.add_permits(1);
        };
        let (place, ()) = tokio::join!(first, closed);
        assert!(place.is_some());
    }

    #[tokio::test]
    async fn a_crowd_waits_together_and_keeps_nobody_else_waiting() {
        let (mut open, host) = (full(), peer("172.17.0.1"));
        let places = open.places.clone();
        let held = [(); 2].map(|()| open.note(host));
        let _busy: Vec<UnderWay> = held.iter().map(Noted::request).collect();
        for newcomer in [host, None] {
            let mut waiting = pin!(open.place(newcomer));
            assert!(polled(waiting.as_mut()).await.is_pending(), "it is not turned away at once");
            // It has the next place that is free.
            places.add_permits(1);
            waiting.await.unwrap().forget();
        }
        assert_eq!(open.crowd_until, None, "somebody was given a place");
        assert!(polled(open.place(host)).await.is_pending());
        let until = open.crowd_until;
        assert!(until.is_some());
        assert!(polled(open.place(None)).await.is_pending());
        assert_eq!(open.crowd_until, until, "a second one is not waited for longer than the first");
        // The wait is over.
        open.crowd_until = Some(Instant::now());
        for _ in 0..20 {
            assert!(open.place(host).await.is_none());
        }
        let closed = async {
            held[0].must_close().await;
            places.add_permits(1);
        };
        let (place, ()) = tokio::join!(open.place(peer("198.51.100.1")), closed);
        assert!(place.is_some(), "one with a public address is behind them");
        assert_eq!(open.crowd_until, None, "the next of the crowd is waited for again");
    }

    #[tokio::test]
    async fn the_place_of_a_connection_that_closes_is_waited_for() {
        let mut open = full();
        let places = open.places.clone();
        let idles = open.note(peer("203.0.113.1"));
        let over = Instant::now();
        open.crowd_until = Some(over);
        let mut waiting = pin!(open.place(None));
        assert!(polled(waiting.as_mut()).await.is_pending());
        idles.must_close().await;
        // Whatever waits until then is told by now.
        sleep_until(over).await;
        assert!(polled(waiting.as_mut()).await.is_pending());
        places.add_permits(1);
        assert!(waiting.await.is_some());
    }

    #[tokio::test]
    async fn a_connection_may_close_once_it_is_known_for_whom_it_asks() {
        let mut open = full();
        let of_the_proxy = [open.note(None), open.note(None)];
        let requests = of_the_proxy.each_ref().map(Noted::request);
        requests[0].asks().on_behalf_of(peer("203.0.113.1").unwrap());
        let mut waiting = pin!(open.place(peer("198.51.100.1")));
        assert!(polled(waiting.as_mut()).await.is_pending());
        requests[1].asks().on_behalf_of(peer("203.0.113.1").unwrap());
        assert!(polled(waiting.as_mut()).await.is_pending());
        of_the_proxy[0].must_close().await;
    }
}
