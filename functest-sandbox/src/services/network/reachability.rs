// SPDX-License-Identifier: Apache-2.0
//! What reaches what: what guests on the sandbox's networks would find if their packets were real.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::router::interfaces;
use super::security_group_rule::protocol_number;
use super::{State, allocation, dhcp, port, subnet, subnet_value};
use crate::api::{Document, Read};
use crate::fault::Lie;
use crate::services::Cloud;

/// Where something comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// From outside of the cloud, or over its edge.
    External(IpAddr),
    /// From a port.
    Port(String),
}

/// Whether a port's security groups let that in. `port` is the TCP or UDP port, where there is one.
pub(crate) fn may_receive(cloud: &Cloud, port_id: &str, protocol: &str, port: Option<u16>, from: &Source) -> bool {
    let state = &cloud.network;
    let Some(target) = state.ports.get(port_id) else { return false };
    if cloud.faults.lies(Lie::SecurityGroupsNotEnforced) || !target.truth("port_security_enabled") {
        return true;
    }
    let groups = target.items("security_groups").iter().filter_map(Value::as_str);
    let mut rules = groups.flat_map(|group| state.rules_of_group.get(group));
    rules
        .any(|rule| state.security_group_rules.get(rule).is_some_and(|rule| lets_in(state, rule, protocol, port, from)))
}

fn lets_in(state: &State, rule: &Document, protocol: &str, port: Option<u16>, from: &Source) -> bool {
    let wanted = protocol_number(rule.text("protocol"));
    let end = |key: &str| rule.get(key).and_then(Value::as_i64);
    let in_range = match (port.map(i64::from), end("port_range_min"), end("port_range_max")) {
        (Some(port), Some(least), Some(most)) => (least..=most).contains(&port),
        _ => true,
    };
    rule.text("direction") == "ingress"
        && (wanted.is_none() || wanted == protocol_number(protocol))
        && in_range
        && comes_from(state, rule, from)
}

/// Whether a rule is about that source.
fn comes_from(state: &State, rule: &Document, from: &Source) -> bool {
    let four = rule.text("ethertype") == "IPv4";
    let (addresses, groups) = match from {
        Source::External(address) => (vec![*address], &[][..]),
        Source::Port(id) => match state.ports.get(id) {
            Some(port) => (port::addresses(port).collect(), port.items("security_groups")),
            None => return false,
        },
    };
    let mut fitting = addresses.into_iter().filter(|address| address.is_ipv4() == four);
    let remote_group = rule.text("remote_group_id");
    if !remote_group.is_empty() {
        return fitting.next().is_some() && groups.iter().any(|group| group == remote_group);
    }
    match rule.text("remote_ip_prefix").parse::<IpNet>() {
        Ok(net) => fitting.any(|address| net.contains(&address)),
        Err(_) => fitting.next().is_some(),
    }
}

/// The port that a floating IP leads to, if there is a way.
pub(crate) fn floating_target(cloud: &Cloud, floating_ip_id: &str) -> Option<String> {
    if cloud.faults.lies(Lie::FloatingIpNowhere) {
        return None;
    }
    let state = &cloud.network;
    let floating = state.floating_ips.get(floating_ip_id)?;
    let port = state.ports.get(floating.text("port_id")).filter(|port| is_up(port))?;
    let is_its = |fixed: &&Value| fixed.text("ip_address") == floating.text("fixed_ip_address");
    let subnet_id = port.items("fixed_ips").iter().find(is_its)?.text("subnet_id");
    let router_id = router_between(state, subnet_id, floating.text("floating_network_id"))?;
    if !state.routers.get(&router_id).is_some_and(is_up) {
        return None;
    }
    let wrong = cloud.faults.lies(Lie::FloatingIpElsewhere).then(|| other_server(state, port)).flatten();
    Some(wrong.unwrap_or_else(|| port.text("id").to_owned()))
}

fn other_server(state: &State, port: &Document) -> Option<String> {
    let is_other = |other: &&Document| {
        other.text("device_owner").starts_with("compute:") && other.text("device_id") != port.text("device_id")
    };
    state.ports.values().find(is_other).map(|other| other.text("id").to_owned())
}

/// The port that has that address, if packets of the first one come there.
pub(crate) fn path(cloud: &Cloud, from_port_id: &str, to_address: IpAddr) -> Option<String> {
    let state = &cloud.network;
    let from = state.ports.get(from_port_id).filter(|port| is_up(port))?;
    if let Some(found) = on_network(state, from.text("network_id"), to_address) {
        return Some(found);
    }
    let mut open: Vec<String> = from.items("fixed_ips").iter().filter_map(|fixed| first_router(state, fixed)).collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(router_id) = open.pop() {
        let Some(router) = state.routers.get(&router_id).filter(|router| is_up(router)) else { continue };
        if !seen.insert(router_id.clone()) {
            continue;
        }
        let mut inside = interfaces(state, &router_id).filter(|port| is_up(port));
        if let Some(found) = inside.find_map(|interface| on_subnets(state, interface, to_address)) {
            return Some(found);
        }
        if let Some(found) = over_gateway(cloud, router, to_address) {
            return Some(found);
        }
        open.extend(next_routers(state, router, to_address));
    }
    None
}

/// What a port learns by DHCP: its address, the server's, and how long the prefix is.
pub(crate) fn dhcp_answer(cloud: &Cloud, port_id: &str) -> Option<(IpAddr, IpAddr, u8)> {
    if cloud.faults.lies(Lie::NoDhcp) {
        return None;
    }
    let state = &cloud.network;
    let port = state.ports.get(port_id)?;
    let server = state.ports.get(&dhcp::server(state, port.text("network_id"))?)?;
    port.items("fixed_ips").iter().find_map(|fixed| {
        let subnet = state.subnets.get(fixed.text("subnet_id")).filter(|subnet| subnet.truth("enable_dhcp"))?;
        let net = subnet_value::net(subnet)?;
        let own: IpAddr = fixed.text("ip_address").parse().ok()?;
        let server = port::addresses(server).find(|address| net.contains(address))?;
        let lease = if cloud.faults.lies(Lie::WrongAddress) { another(&net, own) } else { own };
        Some((lease, server, net.prefix_len()))
    })
}

/// Another address of the same range.
fn another(net: &IpNet, own: IpAddr) -> IpAddr {
    let ((first, last), own) = (allocation::hosts(net), allocation::number(own));
    allocation::address(net, if own == last { first } else { last })
}

/// A router that is on a subnet and has a way to an external network.
pub(super) fn router_between(state: &State, subnet_id: &str, external_network_id: &str) -> Option<String> {
    let network_id = state.subnets.get(subnet_id)?.text("network_id");
    let interfaces = state.interfaces_of_network.get(network_id).filter_map(|id| state.ports.get(id));
    let inside =
        interfaces.filter(|port| port.items("fixed_ips").iter().any(|fixed| fixed.text("subnet_id") == subnet_id));
    let mut routers = inside.filter_map(|port| state.routers.get(port.text("device_id")));
    let leads_out = |router: &&Document| {
        let gateway = state.ports.get(router.text("gateway_port"));
        gateway.is_some_and(|gateway| gateway.text("network_id") == external_network_id)
    };
    routers.find(leads_out).map(|router| router.text("id").to_owned())
}

fn is_up(item: &Document) -> bool {
    item.truth("admin_state_up")
}

/// The port with that address on a network.
fn on_network(state: &State, network_id: &str, address: IpAddr) -> Option<String> {
    let network = state.networks.get(network_id).filter(|network| is_up(network))?;
    let subnets = subnet::of_network(state, network.text("id"));
    subnets.iter().find_map(|subnet_id| holder(state, subnet_id, address))
}

fn holder(state: &State, subnet_id: &str, address: IpAddr) -> Option<String> {
    let range = subnet_value::net(state.subnets.get(subnet_id)?)?;
    if !range.contains(&address) {
        return None;
    }
    let id = state.spaces.get(subnet_id)?.holder(allocation::number(address))?;
    state.ports.get(id).filter(|port| is_up(port)).map(|_| id.to_owned())
}

/// The port with that address on the subnets of an interface, if it knows the way back.
fn on_subnets(state: &State, interface: &Document, address: IpAddr) -> Option<String> {
    interface.items("fixed_ips").iter().find_map(|fixed| {
        let subnet_id = fixed.text("subnet_id");
        let subnet = state.subnets.get(subnet_id)?;
        let network_up = state.networks.get(subnet.text("network_id")).is_some_and(is_up);
        (network_up && subnet_value::gateway(subnet).is_some()).then(|| holder(state, subnet_id, address)).flatten()
    })
}

/// The router that is the gateway of a port's subnet.
fn first_router(state: &State, fixed: &Value) -> Option<String> {
    let subnet_id = fixed.text("subnet_id");
    let gateway = subnet_value::gateway(state.subnets.get(subnet_id)?)?;
    router_at(state, subnet_id, gateway)
}

/// The router that has that address on a subnet.
fn router_at(state: &State, subnet_id: &str, address: IpAddr) -> Option<String> {
    let port = state.ports.get(state.spaces.get(subnet_id)?.holder(allocation::number(address))?)?;
    let is_its = port.text("device_owner") == port::ROUTER_INTERFACE && is_up(port);
    is_its.then(|| port.text("device_id").to_owned())
}

/// What a router finds at an address outside.
fn over_gateway(cloud: &Cloud, router: &Document, address: IpAddr) -> Option<String> {
    let state = &cloud.network;
    let gateway = state.ports.get(router.text("gateway_port"))?;
    let found = on_network(state, gateway.text("network_id"), address)?;
    let port = state.ports.get(&found)?;
    match port.text("device_owner") {
        port::FLOATING_IP => floating_target(cloud, port.text("device_id")),
        _ => Some(found),
    }
}

/// The routers that a router's routes send an address to.
fn next_routers(state: &State, router: &Document, address: IpAddr) -> Vec<String> {
    let fitting = router.items("routes").iter().filter(|route| {
        route.text("destination").parse::<IpNet>().is_ok_and(|destination| destination.contains(&address))
    });
    let hops = fitting.filter_map(|route| route.text("nexthop").parse::<IpAddr>().ok());
    let subnets: Vec<&str> = interfaces(state, router.text("id"))
        .flat_map(|interface| interface.items("fixed_ips"))
        .map(|fixed| fixed.text("subnet_id"))
        .collect();
    hops.flat_map(|hop| subnets.iter().filter_map(move |subnet_id| router_at(state, subnet_id, hop))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::document;
    use crate::options::Options;
    use crate::services::network::asker::Asker;
    use crate::services::network::attribute;
    use crate::services::network::floating_ip::FloatingIp;
    use crate::services::network::for_servers::create_port;
    use crate::services::network::kind::Kind;
    use crate::services::network::network::Network;
    use crate::services::network::port::{ROUTER_INTERFACE, addresses, for_service};
    use crate::services::network::router::Router;
    use crate::services::network::security_group_rule::SecurityGroupRule;
    use crate::services::network::subnet::Subnet;

    struct Fixture {
        cloud: Cloud,
        project: String,
    }

    impl Fixture {
        fn new() -> Self {
            let cloud = Cloud::new(
                Options::default(),
                "http://127.0.0.1:1",
                1,
                ipnet::Ipv4Net::new_assert([127, 77, 0, 0].into(), 16),
            );
            let project = cloud.identity.project_id("demo");
            Self { cloud, project }
        }

        fn make<K: Kind>(&mut self, request: Document) -> String {
            let asker = Asker::project(&self.project);
            let item = attribute::for_creation(K::ATTRIBUTES, K::NAME, &asker, request).unwrap();
            K::create(&mut self.cloud, &asker, item).unwrap()
        }

        /// A network with a subnet, and a port on it.
        fn segment(&mut self, cidr: &str) -> (String, String, String) {
            let network = self.make::<Network>(document!({}));
            let subnet = self.make::<Subnet>(document!({"network_id": network, "ip_version": 4, "cidr": cidr}));
            let port = create_port(&mut self.cloud, &self.project, document!({"network_id": network})).unwrap();
            (network, subnet, port.text("id").to_owned())
        }

        fn external(&self) -> String {
            let networks = self.cloud.network.networks.values();
            let mut external = networks.filter(|network| network.truth("router:external"));
            external.next().unwrap().text("id").to_owned()
        }

        fn join(&mut self, router: &str, network: &str, subnet: &str, address: &str) {
            let wish = json!([{"subnet_id": subnet, "ip_address": address}]);
            let project = self.project.clone();
            for_service(&mut self.cloud, &project, network, ROUTER_INTERFACE, router, wish).unwrap();
        }

        fn address(&self, port: &str) -> IpAddr {
            addresses(&self.cloud.network.ports[port]).next().unwrap()
        }
    }

    impl std::ops::Index<&str> for crate::ground::Table<Document> {
        type Output = Document;
        fn index(&self, id: &str) -> &Document {
            self.get(id).unwrap()
        }
    }

    #[test]
    fn a_router_joins_two_networks() {
        let mut fixture = Fixture::new();
        let (a_net, a_sub, a) = fixture.segment("10.1.0.0/24");
        let (b_net, b_sub, b) = fixture.segment("10.2.0.0/24");
        let there = fixture.address(&b);
        assert_eq!(there.to_string(), "10.2.0.3");
        assert_eq!(path(&fixture.cloud, &a, there), None);
        let router = fixture.make::<Router>(document!({}));
        fixture.join(&router, &a_net, &a_sub, "10.1.0.1");
        fixture.join(&router, &b_net, &b_sub, "10.2.0.1");
        assert_eq!(path(&fixture.cloud, &a, there), Some(b.clone()));
        let down = document!({"admin_state_up": false});
        Router::update(&mut fixture.cloud, &Asker::service(""), &router, down).unwrap();
        assert_eq!(path(&fixture.cloud, &a, there), None);
        assert_eq!(path(&fixture.cloud, &a, fixture.address(&a)), Some(a));
    }

    #[test]
    fn a_floating_ip_needs_the_whole_way() {
        let mut fixture = Fixture::new();
        let (network, subnet, port) = fixture.segment("10.1.0.0/24");
        let external = fixture.external();
        let router = fixture.make::<Router>(document!({"external_gateway_info": {"network_id": external}}));
        fixture.join(&router, &network, &subnet, "10.1.0.1");
        let floating = fixture.make::<FloatingIp>(document!({"floating_network_id": external, "port_id": port}));
        assert_eq!(floating_target(&fixture.cloud, &floating), Some(port.clone()));
        let down = document!({"admin_state_up": false});
        crate::services::network::port::alter(&mut fixture.cloud, &port, down);
        assert_eq!(floating_target(&fixture.cloud, &floating), None);
    }

    #[test]
    fn security_groups_let_in_what_they_name() {
        let mut fixture = Fixture::new();
        let (_, _, port) = fixture.segment("10.1.0.0/24");
        let outside = Source::External("127.0.0.1".parse().unwrap());
        let ssh = |fixture: &Fixture, from: &Source| may_receive(&fixture.cloud, &port, "tcp", Some(22), from);
        assert!(!ssh(&fixture, &outside));
        assert!(ssh(&fixture, &Source::Port(port.clone())));
        let group = fixture.cloud.network.ports[&port].items("security_groups")[0].clone();
        fixture.make::<SecurityGroupRule>(document!({
            "security_group_id": group, "direction": "ingress", "protocol": "tcp", "port_range_min": 22,
            "port_range_max": 22, "remote_ip_prefix": "127.0.0.0/8",
        }));
        assert!(ssh(&fixture, &outside));
        assert!(!may_receive(&fixture.cloud, &port, "tcp", Some(80), &outside));
        assert!(!may_receive(&fixture.cloud, &port, "udp", Some(22), &outside));
        assert!(!ssh(&fixture, &Source::External("192.0.2.1".parse().unwrap())));
    }

    #[test]
    fn guests_learn_their_addresses() {
        let mut fixture = Fixture::new();
        let (_, subnet, port) = fixture.segment("10.1.0.0/24");
        let answer = dhcp_answer(&fixture.cloud, &port);
        assert_eq!(answer, Some((fixture.address(&port), "10.1.0.2".parse().unwrap(), 24)));
        let off = document!({"enable_dhcp": false});
        Subnet::update(&mut fixture.cloud, &Asker::service(""), &subnet, off).unwrap();
        assert_eq!(dhcp_answer(&fixture.cloud, &port), None);
    }
}
