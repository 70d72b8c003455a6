//! Who is at the other end of a connection, and for whom a proxy speaks.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, header};
use domain::client::{SITE_BITS, SUBNET_BITS, is_private, network};
use ipnet::IpNet;
use services::places::{self, Place, Places};
use tokio::sync::Semaphore;

use crate::limits::Limits;

/// The header in which proxies name those for whom they ask, the last of them at the end.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// The most hops that are looked at.
const MAX_HOPS: usize = 32;

/// One that is counted as one: an address, or of IPv6 a network and the site that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    /// An address of IPv4, or a network of as many bits as one home has.
    pub subnet: IpAddr,
    /// The same address of IPv4, or a network of as many bits as one site has.
    pub site: IpAddr,
}

impl Peer {
    /// Nothing for this machine: what connects from there is a proxy or the operator.
    pub fn of(address: IpAddr) -> Option<Peer> {
        let peer = Peer { subnet: network(address, SUBNET_BITS), site: network(address, SITE_BITS) };
        (!address.to_canonical().is_loopback()).then_some(peer)
    }

    /// Whether the address may be shared by many clients, as a router's or a container host's is. Such a peer has no bound of
    /// its own, but gives connections up to clients with a public address as anybody does.
    pub fn may_be_shared(self) -> bool {
        is_private(self.subnet)
    }
}

/// How much each peer may do at the same time. Cheap to clone.
#[derive(Clone)]
pub struct PeerPlaces {
    subnets: Places<IpAddr>,
    sites: Places<IpAddr>,
}

impl PeerPlaces {
    pub fn new(limits: &Limits) -> Self {
        let each =
            |of_one| Places::new(places::Limits { at_once: Semaphore::MAX_PERMITS, of_one, waiting: 0 });
        PeerPlaces { subnets: each(limits.connections_of_a_peer), sites: each(limits.connections_of_a_site) }
    }

    /// A place, if the peer has one left. `None` for one whose address may be shared, which needs none.
    ///
    /// # Errors
    /// [`Code::Busy`](domain::problem::Code::Busy) if it has none.
    pub fn take(&self, peer: Peer) -> services::Result<Option<[Place; 2]>> {
        if peer.may_be_shared() {
            return Ok(None);
        }
        Ok(Some([self.subnets.take_free(peer.subnet)?, self.sites.take_free(peer.site)?]))
    }
}

/// The proxies whose word on their clients is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Addresses and networks, such as `127.0.0.1, 10.0.0.0/8`.
    pub fn parse(text: &str) -> Option<TrustedProxies> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network =
            |part: &str| part.parse().ok().or_else(|| Some(IpNet::from(part.parse::<IpAddr>().ok()?)));
        parts.map(network).collect::<Option<Vec<IpNet>>>().map(TrustedProxies)
    }

    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asks: the peer, or the last client whom the trusted proxies name. Whoever is named in no way that can be read is
    /// taken for the proxy, so that nobody escapes from being counted by what they send. Nothing if the peer is this machine,
    /// or seems to be a proxy that is not trusted: it would stand for everybody.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return (!peer.is_loopback() && !self.is_unnamed(peer, headers)).then_some(peer);
        }
        let mut nearest = peer;
        for hop in hops(headers).take(MAX_HOPS) {
            let Some(hop) = address_of(hop) else { break };
            nearest = hop;
            if !self.trusts(hop) {
                break;
            }
        }
        Some(nearest)
    }

    /// Whether a peer seems to be a proxy that the settings do not name: it stands near, and says for whom it asks.
    pub fn is_unnamed(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        !self.trusts(peer)
            && is_private(peer)
            && (headers.contains_key(FORWARDED_FOR) || headers.contains_key(header::FORWARDED))
    }

    /// Whether a peer is a trusted proxy that says nothing of whom it asks for.
    pub fn is_silent(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        self.trusts(peer) && !headers.contains_key(FORWARDED_FOR)
    }
}

/// What proxies wrote, from the last of them on. The first are the client's own to write, so each is read by itself.
fn hops(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines: Vec<&[u8]> = headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','))
}

/// An address as proxies write it: some add a port, and brackets.
fn address_of(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim();
    let bare = match hop.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if hop.matches(':').count() == 1 => hop.split(':').next().unwrap_or_default(),
        None => hop,
    };
    bare.parse().ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> Option<String> {
        let lines: Vec<&[u8]> = forwarded.iter().map(|line| line.as_bytes()).collect();
        client_of_bytes(trusted, peer, &lines)
    }

    fn client_of_bytes(trusted: &str, peer: &str, forwarded: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
        }
        let proxies = TrustedProxies::parse(trusted).unwrap();
        proxies.client(peer.parse().unwrap(), &headers).map(|address| address.to_string())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let told = |trusted, peer, forwarded: &[&str]| client(trusted, peer, forwarded).unwrap_or_default();
        assert_eq!(told("", "203.0.113.7", &[]), "203.0.113.7");
        assert_eq!(told("", "203.0.113.7", &["198.51.100.1"]), "203.0.113.7", "a stranger's word is nothing");
        assert_eq!(told("127.0.0.1", "127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(told("127.0.0.1", "::ffff:127.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(told("::1", "::1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        // What the client wrote itself stands before what the proxy added.
        assert_eq!(told("10.0.0.0/8", "10.0.0.2", &["192.0.2.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(told("10.0.0.0/8", "10.0.0.2", &["192.0.2.1, 198.51.100.1", "10.0.0.3"]), "198.51.100.1");
        assert_eq!(told("10.0.0.0/8", "10.0.0.2", &["10.0.0.4, 10.0.0.3"]), "10.0.0.4", "within the house");
    }

    #[test]
    fn nobody_hides_behind_what_they_send() {
        let garbled = |lines: &[&[u8]]| client_of_bytes("127.0.0.1", "127.0.0.1", lines);
        let named = Some("198.51.100.1".to_owned());
        assert_eq!(garbled(&[b"\xff, 198.51.100.1"]), named);
        assert_eq!(garbled(&[b"\xff", b"198.51.100.1"]), named);
        assert_eq!(garbled(&[b"198.51.100.2", b"x, , 198.51.100.1"]), named);
        // Whom the proxy does not name is counted as the proxy.
        let proxy = Some("127.0.0.1".to_owned());
        assert_eq!(garbled(&[]), proxy);
        assert_eq!(garbled(&[b"198.51.100.1, unknown"]), proxy);
        assert_eq!(garbled(&[b"198.51.100.1, \xff"]), proxy);
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", &["unknown, 10.0.0.3"]), Some("10.0.0.3".into()));
    }

    #[test]
    fn a_proxy_that_is_not_named_is_nobody_rather_than_everybody() {
        for peer in ["127.0.0.1", "172.17.0.1", "fd00::1"] {
            assert_eq!(client("", peer, &["198.51.100.1"]), None, "{peer}");
        }
        assert_eq!(
            client("", "127.0.0.1", &[]),
            None,
            "one that says nothing, or the operator's own browser"
        );
        assert_eq!(client("", "192.168.1.7", &[]), Some("192.168.1.7".into()), "somebody in the house");
    }

    #[test]
    fn networks_of_the_sixth_version_are_one_peer() {
        let peer = |address: &str| Peer::of(address.parse().unwrap());
        assert_eq!(peer("2001:db8:0:1::1"), peer("2001:db8:0:1:ffff::2"));
        assert_ne!(peer("2001:db8:0:1::1"), peer("2001:db8:0:2::1"));
        assert_eq!(peer("203.0.113.7"), peer("::ffff:203.0.113.7"));
        assert_ne!(peer("203.0.113.7"), peer("203.0.113.8"));
        assert_eq!((peer("127.0.0.1"), peer("::1")), (None, None));
        assert_ne!(peer("172.17.0.1"), peer("172.17.0.2"));
    }

    #[test]
    fn a_site_has_more_places_than_one_of_its_networks_and_not_many_times_as_many() {
        let places = PeerPlaces::new(&Limits {
            connections_of_a_peer: 2,
            connections_of_a_site: 3,
            ..Limits::default()
        });
        let take = |address: &str| places.take(Peer::of(address.parse().unwrap()).unwrap());
        let held = [take("2001:db8:0:1::1"), take("2001:db8:0:1::2"), take("2001:db8:0:2::1")];
        assert!(held.iter().all(Result::is_ok));
        assert!(take("2001:db8:0:1::3").is_err() && take("2001:db8:0:3::1").is_err());
        assert!(take("2001:db8:1:1::1").is_ok());
        drop(held);
        assert!(take("2001:db8:0:3::1").is_ok());
    }

    #[test]
    fn a_private_network_may_have_as_much_as_there_is() {
        let places = PeerPlaces::new(&Limits { connections_of_a_peer: 1, ..Limits::default() });
        for (address, most) in [("203.0.113.1", 1), ("172.17.0.1", 3), ("100.64.0.1", 3), ("fd00::1", 3)] {
            let peer = Peer::of(address.parse().unwrap()).unwrap();
            let held: Vec<_> = (0..3).map_while(|_| places.take(peer).ok()).collect();
            assert_eq!(held.len(), most, "{address}");
        }
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        assert!(TrustedProxies::parse("127.0.0.1, 10.0.0.0/8, fd00::/8").is_some());
        for wrong in ["proxy.example", "10.0.0.0/40", "127.0.0.1;10.0.0.1"] {
            assert_eq!(TrustedProxies::parse(wrong), None, "{wrong}");
        }
    }
}
