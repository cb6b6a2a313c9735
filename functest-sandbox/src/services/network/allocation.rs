// SPDX-License-Identifier: Apache-2.0
//! Addresses: which of a subnet are taken, which is the next free one, what a subnet has room for.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Addresses as numbers from one to another, both included.
pub(super) type Range = (u128, u128);

/// Which addresses of a subnet are taken, and by which port.
#[derive(Debug, Default)]
pub(super) struct Space {
    taken: BTreeMap<u128, String>,
    /// Every address of the pools before this one is taken: nobody looks there again.
    next: u128,
}

impl Space {
    /// Who has that address.
    pub(super) fn holder(&self, address: u128) -> Option<&str> {
        self.taken.get(&address).map(String::as_str)
    }

    pub(super) fn take(&mut self, address: u128, port_id: &str) {
        self.taken.insert(address, port_id.to_owned());
    }

    pub(super) fn release(&mut self, address: u128) {
        self.taken.remove(&address);
        self.next = self.next.min(address);
    }

    /// The lowest free address of the pools, which are in order.
    pub(super) fn lowest(&mut self, pools: &[Range]) -> Option<u128> {
        for (start, end) in pools {
            let mut free = self.next.max(*start);
            if free > *end {
                continue;
            }
            for taken in self.taken.range(free..=*end).map(|(address, _)| *address) {
                if taken != free {
                    break;
                }
                free = free.saturating_add(1);
            }
            self.next = self.next.max(free);
            if free <= *end {
                return Some(free);
            }
        }
        None
    }

    /// Forgets where to look: the pools have changed.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    /// How many addresses are taken, inside and outside of the pools.
    pub(super) fn len(&self) -> usize {
        self.taken.len()
    }

    /// How many addresses of these ranges are taken.
    pub(super) fn used(&self, ranges: &[Range]) -> usize {
        ranges.iter().map(|(start, end)| self.taken.range(*start..=(*end).max(*start)).count()).sum()
    }

    /// The ports that have an address here.
    pub(super) fn holders(&self) -> impl Iterator<Item = &str> {
        self.taken.values().map(String::as_str)
    }
}

/// An address as a number.
pub(super) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// A number as an address of the family that the subnet has.
pub(super) fn address(net: &IpNet, number: u128) -> IpAddr {
    match net {
        IpNet::V4(_) => Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).into(),
        IpNet::V6(_) => Ipv6Addr::from(number).into(),
    }
}

/// The addresses of a subnet that a port can have.
pub(super) fn hosts(net: &IpNet) -> Range {
    let (first, last) = (number(net.network()), number(net.broadcast()));
    match net {
        IpNet::V4(net) if net.prefix_len() >= 31 => (first, last),
        IpNet::V4(_) => (first.saturating_add(1), last.saturating_sub(1)),
        IpNet::V6(net) if net.prefix_len() >= 127 => (first, last),
        IpNet::V6(_) => (first.saturating_add(1), last),
    }
}

/// The gateway that a subnet gets when nobody names one.
pub(super) fn default_gateway(net: &IpNet) -> IpAddr {
    match net {
        IpNet::V4(_) => address(net, hosts(net).0),
        IpNet::V6(_) => net.network(),
    }
}

/// The pools that a subnet gets when nobody names any: everything but the gateway.
pub(super) fn default_pools(net: &IpNet, gateway: Option<IpAddr>) -> Vec<Range> {
    let (first, last) = hosts(net);
    let without = match gateway.filter(|gateway| net.contains(gateway)).map(number) {
        Some(gateway) => {
            vec![(first, gateway.saturating_sub(1).min(last)), (gateway.saturating_add(1).max(first), last)]
        }
        None => vec![(first, last)],
    };
    without.into_iter().filter(|(start, end)| start <= end).collect()
}

/// The address that a guest with that MAC address gives itself in an IPv6 subnet.
pub(super) fn automatic(net: &IpNet, mac: &str) -> Option<IpAddr> {
    let IpNet::V6(net) = net else { return None };
    let bytes: Vec<u8> = mac.split(':').filter_map(|part| u8::from_str_radix(part, 16).ok()).collect();
    let [a, b, c, d, e, f] = <[u8; 6]>::try_from(bytes).ok()?;
    let interface = u64::from_be_bytes([a ^ 2, b, c, 0xff, 0xfe, d, e, f]);
    Some(Ipv6Addr::from(u128::from(net.network()) | u128::from(interface)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> IpNet {
        text.parse().unwrap()
    }

    fn texts(net: &IpNet, ranges: &[Range]) -> Vec<String> {
        ranges.iter().map(|(a, b)| format!("{}-{}", address(net, *a), address(net, *b))).collect()
    }

    #[test]
    fn the_lowest_free_address_is_given() {
        let (net, mut space) = (net("10.0.0.0/29"), Space::default());
        let pools = default_pools(&net, Some("10.0.0.3".parse().unwrap()));
        assert_eq!(texts(&net, &pools), ["10.0.0.1-10.0.0.2", "10.0.0.4-10.0.0.6"]);
        let mut given = Vec::new();
        while let Some(free) = space.lowest(&pools) {
            space.take(free, "port");
            given.push(address(&net, free).to_string());
        }
        assert_eq!(given, ["10.0.0.1", "10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
        space.release(number("10.0.0.2".parse().unwrap()));
        assert_eq!(space.lowest(&pools).map(|free| address(&net, free).to_string()).as_deref(), Some("10.0.0.2"));
    }

    #[test]
    fn the_edges_of_a_subnet() {
        let small = net("10.0.0.4/31");
        assert_eq!(texts(&small, &default_pools(&small, None)), ["10.0.0.4-10.0.0.5"]);
        let all = net("0.0.0.0/0");
        assert_eq!(texts(&all, &default_pools(&all, None)), ["0.0.0.1-255.255.255.254"]);
        let six = net("fd00:1::/64");
        let gateway = default_gateway(&six);
        assert_eq!(gateway.to_string(), "fd00:1::");
        assert_eq!(texts(&six, &default_pools(&six, Some(gateway))), ["fd00:1::1-fd00:1::ffff:ffff:ffff:ffff"]);
        let whole = net("::/0");
        assert!(Space::default().lowest(&default_pools(&whole, None)).is_some());
    }

    #[test]
    fn an_automatic_address_has_the_mac_address_in_it() {
        let address = automatic(&net("fd00:1::/64"), "fa:16:3e:ad:5a:0a").unwrap();
        assert_eq!(address.to_string(), "fd00:1::f816:3eff:fead:5a0a");
        assert_eq!(automatic(&net("fd00:1::/64"), "nonsense"), None);
        assert_eq!(automatic(&net("10.0.0.0/8"), "fa:16:3e:ad:5a:0a"), None);
    }
}
