//! Who is at the other end of a connection, and for whom a proxy speaks.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The header in which proxies name those for whom they ask, the last of them at the end.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Whoever has an address of the sixth version has a network of them.
const NETWORK_BITS: u32 = 64;
/// The most hops that are looked at.
const MAX_HOPS: usize = 32;

/// One that is counted as one: an address, or a network where everybody has many addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer(IpAddr);

impl Peer {
    /// Nothing for this machine: what connects from here is a proxy or the operator.
    pub fn of(address: IpAddr) -> Option<Peer> {
        match address.to_canonical() {
            address if address.is_loopback() => None,
            IpAddr::V4(address) => Some(Peer(address.into())),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> (128 - NETWORK_BITS) << (128 - NETWORK_BITS);
                Some(Peer(Ipv6Addr::from(network).into()))
            }
        }
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

    /// Who asks: the peer, or the last client whom the trusted proxies name. Nothing if that cannot be told: a proxy names
    /// nobody, or the peer is this machine, where a proxy that is not trusted would stand for everybody.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return (!peer.is_loopback()).then_some(peer);
        }
        let lines: Vec<&str> =
            headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str()).collect::<Result<_, _>>().ok()?;
        let hops = lines.iter().flat_map(|line| line.split(',')).rev().take(MAX_HOPS);
        let mut nearest = None;
        for hop in hops {
            let hop = address_of(hop.trim())?;
            nearest = Some(hop);
            if !self.trusts(hop) {
                break;
            }
        }
        nearest
    }
}

/// An address as proxies write it: some add a port, and brackets.
fn address_of(hop: &str) -> Option<IpAddr> {
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
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
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
    fn an_unknown_client_is_nobody_rather_than_everybody() {
        assert_eq!(client("", "127.0.0.1", &["198.51.100.1"]), None, "a proxy that is not trusted");
        assert_eq!(client("127.0.0.1", "127.0.0.1", &[]), None, "a proxy that names nobody");
        assert_eq!(client("127.0.0.1", "127.0.0.1", &["198.51.100.1, unknown"]), None);
        assert_eq!(
            client("", "127.0.0.1", &[]),
            None,
            "a proxy that says nothing, or the operator's own browser"
        );
    }

    #[test]
    fn a_network_of_the_sixth_version_is_one_peer() {
        let peer = |address: &str| Peer::of(address.parse().unwrap());
        assert_eq!(peer("2001:db8:0:1::1"), peer("2001:db8:0:1:ffff::2"));
        assert_ne!(peer("2001:db8:0:1::1"), peer("2001:db8:0:2::1"));
        assert_eq!(peer("203.0.113.7"), peer("::ffff:203.0.113.7"));
        assert_ne!(peer("203.0.113.7"), peer("203.0.113.8"));
        assert_eq!((peer("127.0.0.1"), peer("::1")), (None, None));
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        assert!(TrustedProxies::parse("127.0.0.1, 10.0.0.0/8, fd00::/8").is_some());
        for wrong in ["proxy.example", "10.0.0.0/40", "127.0.0.1;10.0.0.1"] {
            assert_eq!(TrustedProxies::parse(wrong), None, "{wrong}");
        }
    }
}
