//! Whoever is at the other end of the network, as far as an address tells.

use std::net::{IpAddr, Ipv6Addr};

/// Bits of an IPv6 address that are one home's or one phone's: it chooses the others itself.
pub const SUBNET_BITS: u32 = 64;
/// Bits of an IPv6 address that are one site's: whoever rents a machine is often given as many subnets as these leave.
pub const SITE_BITS: u32 = 48;

/// The network that counts as one: an address of IPv4, the first bits of one of IPv6.
pub fn network(address: IpAddr, ipv6_bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let others = Ipv6Addr::BITS.saturating_sub(ipv6_bits);
            let kept = u128::MAX.checked_shl(others).unwrap_or_default();
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & kept))
        }
    }
}

/// Whether an address is this machine's or of a network that is not reached from outside. What connects from there often
/// stands for many: a proxy, a router, the host of a container.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            // Shared between the customers of a provider, or the machines of a data center.
            let is_shared = matches!(address.octets(), [100, 64..128, ..]);
            address.is_loopback() || address.is_private() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let subnet = |text| network(address(text), SUBNET_BITS).to_string();
        assert_eq!(subnet("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network(address("2001:db8:1:2:3::"), SITE_BITS).to_string(), "2001:db8:1::");
        assert_eq!(network(address("2001:db8::1"), 0).to_string(), "::");
        assert_eq!(network(address("2001:db8::1"), 128).to_string(), "2001:db8::1");
        assert_eq!(subnet("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(subnet("192.0.2.7"), subnet("192.0.2.8"));
    }

    #[test]
    fn addresses_that_nobody_outside_has_are_private() {
        for private in
            ["127.0.0.1", "::1", "172.17.0.1", "::ffff:10.0.0.1", "100.64.0.1", "fd00::1", "fe80::1"]
        {
            assert!(is_private(address(private)), "{private}");
        }
        for public in ["203.0.113.7", "100.128.0.1", "172.32.0.1", "2001:db8::1"] {
            assert!(!is_private(address(public)), "{public}");
        }
    }
}
