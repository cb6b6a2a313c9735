// SPDX-License-Identifier: Apache-2.0
//! Subnets.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::allocation::{self, Range};
use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, change, routes, store, visible};
use super::network::Network;
use super::refusal::{bad, bad_request, conflict, invalid_input, missing};
use super::subnet_value::{self, MODES, gateway, net, ranges, shown_pools};
use super::validate::{Check, bare};
use super::{State, dhcp, port, port_address, subnet_pool};
use crate::api::{ApiError, Document, Read, Route};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(Subnet, "subnets");

/// How many a subnet may have: Neutron's defaults.
const MOST_NAMESERVERS: usize = 5;
const MOST_HOST_ROUTES: usize = 20;

/// Subnets as a kind.
pub(super) struct Subnet;

impl Kind for Subnet {
    const NAME: &'static str = "subnet";
    const COLLECTION: &'static str = "subnets";
    const FIRST_REVISION: u64 = 0;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("name", Check::Text(255), Initial::Text("")),
        Attribute::new("network_id", Check::Id, Initial::Required).fixed(),
        Attribute::new("ip_version", Check::By(subnet_value::ip_version), Initial::Required).fixed(),
        Attribute::new("cidr", Check::Any, Initial::Open).fixed(),
        Attribute::new("gateway_ip", Check::Or(&Check::Address), Initial::Open),
        Attribute::new("allocation_pools", Check::By(subnet_value::pools), Initial::Open),
        Attribute::new("dns_nameservers", Check::By(subnet_value::nameservers), Initial::List),
        Attribute::new("host_routes", Check::By(subnet_value::host_routes), Initial::List),
        Attribute::new("enable_dhcp", Check::Truth, Initial::Truth(true)),
        Attribute::new("ipv6_ra_mode", Check::OneOf(MODES), Initial::Null).fixed(),
        Attribute::new("ipv6_address_mode", Check::OneOf(MODES), Initial::Null).fixed(),
        Attribute::new("subnetpool_id", Check::Or(&Check::Id), Initial::Null).fixed(),
        Attribute::new("use_default_subnetpool", Check::Truth, Initial::Open).fixed(),
        Attribute::new("prefixlen", Check::Integer(0, 128), Initial::Open).fixed(),
        Attribute::new("service_types", Check::By(subnet_value::service_types), Initial::List).set_by_admin(),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.subnets
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.subnets
    }

    fn missing(id: &str) -> ApiError {
        missing("SubnetNotFound", format!("Subnet {id} could not be found."))
    }

    fn create(cloud: &mut Cloud, asker: &Asker, mut item: Document) -> Result<String, ApiError> {
        let network_id = item.text("network_id").to_owned();
        let network = visible::<Network>(&cloud.network, asker, &network_id)?;
        if !asker.is_admin && network.text("project_id") != asker.project_id {
            let project_id = &asker.project_id;
            let message = format!("Tenant {project_id} not allowed to create subnet on this network");
            return Err(ApiError::forbidden(message));
        }
        let net = range(&cloud.network, asker, &mut item)?;
        check_modes(&item, &net)?;
        check_dhcp(&item, &net)?;
        check_overlap(&cloud.network, &network_id, &net)?;
        complete(&mut item, &net)?;
        check_amounts("new subnet", &item)?;
        let pool_id = item.text("subnetpool_id").to_owned();
        let id = store::<Self>(cloud, item);
        cloud.network.subnets_of_pool.add(&pool_id, &id);
        cloud.network.spaces.insert(id.clone(), allocation::Space::default());
        list_in_network(cloud, &network_id, |subnets| subnets.push(json!(id)));
        port_address::welcome(cloud, &network_id, &id);
        dhcp::refresh(cloud, &network_id);
        Ok(id)
    }

    fn update(cloud: &mut Cloud, _: &Asker, id: &str, mut changes: Document) -> Result<(), ApiError> {
        let Some(subnet) = cloud.network.subnets.get(id) else { return Err(Self::missing(id)) };
        let Some(net) = net(subnet) else { return Err(Self::missing(id)) };
        let network_id = subnet.text("network_id").to_owned();
        let mut after = subnet.clone();
        after.extend(changes.clone());
        let pools = checked_pools(&after, &net)?;
        check_family(&after, &net)?;
        check_amounts(id, &after)?;
        if changes.contains_key("gateway_ip") {
            check_gateway(&cloud.network, id, subnet, &after)?;
        }
        if changes.contains_key("allocation_pools") {
            changes.insert("allocation_pools".into(), shown_pools(&net, &pools));
        }
        if changes.contains_key("enable_dhcp") {
            check_dhcp(&after, &net)?;
        }
        change::<Self>(cloud, id, changes);
        if let Some(space) = cloud.network.spaces.get_mut(id) {
            space.rewind();
        }
        dhcp::refresh(cloud, &network_id);
        Ok(())
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        let state = &cloud.network;
        let automatic = state.subnets.get(id).is_some_and(subnet_value::is_automatic);
        let holds_on = |port: &Document| match port.text("device_owner") {
            port::DHCP => false,
            port::ROUTER_INTERFACE => true,
            _ => !automatic,
        };
        let holders = state.spaces.get(id).into_iter().flat_map(allocation::Space::holders);
        if holders.filter_map(|port| state.ports.get(port)).any(holds_on) {
            let reason = "One or more ports have an IP allocation from this subnet";
            let message = format!("Unable to complete operation on subnet {id}: {reason}.");
            return Err(conflict("SubnetInUse", message));
        }
        discard(cloud, id);
        Ok(())
    }

    fn belongs(state: &State, item: &Document, project_id: &str) -> bool {
        let network = state.networks.get(item.text("network_id"));
        item.text("project_id") == project_id || network.is_some_and(|network| network.text("project_id") == project_id)
    }

    fn is_open(state: &State, item: &Document) -> bool {
        state.networks.get(item.text("network_id")).is_some_and(|network| network.truth("shared"))
    }

    fn within_reach<'s>(state: &'s State, project_id: &str) -> Vec<&'s Document> {
        let networks = Network::within_reach(state, project_id);
        let there = networks.into_iter().flat_map(|network| network.items("subnets")).filter_map(Value::as_str);
        let foreign =
            there.filter_map(|id| state.subnets.get(id)).filter(|subnet| subnet.text("project_id") != project_id);
        state.subnets.of(project_id).chain(foreign).collect()
    }
}

/// The subnets of a network.
pub(super) fn of_network(state: &State, network_id: &str) -> Vec<String> {
    let Some(network) = state.networks.get(network_id) else { return Vec::new() };
    network.items("subnets").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Removes a subnet and what ports have of it.
pub(super) fn discard(cloud: &mut Cloud, id: &str) {
    let Some(subnet) = cloud.network.subnets.remove(id) else { return };
    let network_id = subnet.text("network_id").to_owned();
    list_in_network(cloud, &network_id, |subnets| subnets.retain(|other| other != id));
    port_address::withdraw(cloud, id);
    cloud.network.subnets_of_pool.remove(subnet.text("subnetpool_id"), id);
    cloud.network.spaces.remove(id);
    dhcp::refresh(cloud, &network_id);
}

fn list_in_network(cloud: &mut Cloud, network_id: &str, edit: impl FnOnce(&mut Vec<Value>)) {
    let Some(network) = cloud.network.networks.get(network_id) else { return };
    let mut subnets = network.items("subnets").to_vec();
    edit(&mut subnets);
    let mut changes = Document::new();
    changes.insert("subnets".into(), subnets.into());
    change::<Network>(cloud, network_id, changes);
}

/// The range that the request names, or one out of the pool that it names.
fn range(state: &State, asker: &Asker, item: &mut Document) -> Result<IpNet, ApiError> {
    let prefix_length = item.remove("prefixlen").and_then(|length| length.as_u64());
    item.remove("use_default_subnetpool");
    if !item.text("subnetpool_id").is_empty() {
        let net = subnet_pool::cut(state, asker, item, prefix_length)?;
        item.insert("cidr".into(), json!(net.to_string()));
        return Ok(net);
    }
    let cidr = item.get("cidr").cloned().unwrap_or_default();
    if cidr.is_null() {
        return Err(bad_request("subnets", "a subnetpool must be specified in the absence of a cidr"));
    }
    let text = bare(&cidr);
    let parsed = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let net = parsed.map_err(|_| invalid_input(format!("{text} is not in a CIDR format")))?.trunc();
    let version = item.get("ip_version").and_then(Value::as_u64).unwrap_or(4);
    if (version == 4) != matches!(net, IpNet::V4(_)) {
        return Err(invalid_input(format!("cidr '{text}' does not match the ip_version '{version}'")));
    }
    item.insert("cidr".into(), json!(net.to_string()));
    Ok(net)
}

fn check_modes(item: &Document, net: &IpNet) -> Result<(), ApiError> {
    let (ra, address) = (item.text("ipv6_ra_mode"), item.text("ipv6_address_mode"));
    for (name, mode) in [("ipv6_ra_mode", ra), ("ipv6_address_mode", address)] {
        if !mode.is_empty() && matches!(net, IpNet::V4(_)) {
            return Err(invalid_input(format!("{name} is not valid when ip_version is 4")));
        }
    }
    if ra.is_empty() && address.is_empty() {
        return Ok(());
    }
    if !item.truth("enable_dhcp") {
        let reason = "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False";
        return Err(invalid_input(reason));
    }
    if !ra.is_empty() && !address.is_empty() && ra != address {
        return Err(invalid_input(format!(
            "ipv6_ra_mode set to '{ra}' with ipv6_address_mode set to '{address}' is not valid. If both attributes are \
             set, they must be the same value"
        )));
    }
    if [ra, address].iter().any(|mode| ["slaac", "dhcpv6-stateless"].contains(mode)) && net.prefix_len() != 64 {
        return Err(invalid_input(format!(
            "Invalid CIDR {net} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the \
             prefix to be /64"
        )));
    }
    Ok(())
}

/// Whether guests could be given addresses of that range.
fn check_dhcp(item: &Document, net: &IpNet) -> Result<(), ApiError> {
    if !item.truth("enable_dhcp") {
        return Ok(());
    }
    let address = net.network();
    if address.is_multicast() {
        return Err(invalid_input("Multicast IP subnet is not supported if enable_dhcp is True"));
    }
    if address.is_loopback() {
        return Err(invalid_input("Loopback IP subnet is not supported if enable_dhcp is True"));
    }
    if address == IpAddr::from([0, 0, 0, 0]) {
        return Err(invalid_input("First IP '0.0.0.0' of network is not supported if enable_dhcp is True."));
    }
    if net.max_prefix_len().saturating_sub(net.prefix_len()) < 2 {
        return Err(invalid_input("Subnet has a prefix length that is incompatible with DHCP service enabled"));
    }
    Ok(())
}

fn check_overlap(state: &State, network_id: &str, wanted: &IpNet) -> Result<(), ApiError> {
    let others = of_network(state, network_id);
    let mut nets = others.iter().filter_map(|id| state.subnets.get(id)).filter_map(net);
    if nets.any(|other| other.contains(wanted) || wanted.contains(&other)) {
        Err(invalid_input(format!(
            "Requested subnet with cidr: {wanted} for network: {network_id} overlaps with another subnet"
        )))
    } else {
        Ok(())
    }
}

/// Adds gateway and pools, and checks those that are given.
fn complete(item: &mut Document, net: &IpNet) -> Result<(), ApiError> {
    item.entry("gateway_ip").or_insert_with(|| json!(allocation::default_gateway(net)));
    if item.get("allocation_pools").is_none_or(|pools| pools.as_array().is_none_or(Vec::is_empty)) {
        let pools = allocation::default_pools(net, gateway(item));
        item.insert("allocation_pools".into(), shown_pools(net, &pools));
    }
    check_family(item, net)?;
    let pools = checked_pools(item, net)?;
    item.insert("allocation_pools".into(), shown_pools(net, &pools));
    Ok(())
}

/// The pools in order, if they are inside the range, apart from each other and from the gateway.
fn checked_pools(item: &Document, net: &IpNet) -> Result<Vec<Range>, ApiError> {
    let (first, last) = allocation::hosts(net);
    let text = |(start, end): Range| format!("{}-{}", allocation::address(net, start), allocation::address(net, end));
    for pool in item.items("allocation_pools") {
        let (start, end) = (pool.text("start"), pool.text("end"));
        let ends = start.parse::<IpAddr>().ok().zip(end.parse::<IpAddr>().ok());
        let ordered = ends.is_some_and(|(start, end)| start.is_ipv4() == end.is_ipv4() && start <= end);
        if !ordered || ends.is_some_and(|(start, _)| start.is_ipv4() != net.addr().is_ipv4()) {
            let message = format!("The allocation pool {{'start': '{start}', 'end': '{end}'}} is not valid.");
            return Err(bad("InvalidAllocationPool", message));
        }
    }
    let pools = ranges(item);
    if let Some(pool) = pools.iter().find(|(start, end)| *start < first || *end > last) {
        let message = format!("The allocation pool {} spans beyond the subnet cidr {net}.", text(*pool));
        return Err(bad("OutOfBoundsAllocationPool", message));
    }
    if let Some([a, b]) = pools.windows(2).find(|pair| matches!(pair, [a, b] if a.1 >= b.0)) {
        let message = format!("Found overlapping allocation pools: {} {} for subnet {net}.", text(*a), text(*b));
        return Err(conflict("OverlappingAllocationPools", message));
    }
    let gateway = gateway(item).filter(|gateway| net.contains(gateway));
    let number = gateway.map(allocation::number);
    match pools.iter().find(|(start, end)| number.is_some_and(|number| (*start..=*end).contains(&number))) {
        Some(pool) => {
            let gateway = gateway.map(|gateway| gateway.to_string()).unwrap_or_default();
            let message = format!("Gateway ip {gateway} conflicts with allocation pool {}.", text(*pool));
            Err(conflict("GatewayConflictWithAllocationPools", message))
        }
        None => Ok(pools),
    }
}

/// Whether what goes with the range is of its family.
fn check_family(item: &Document, net: &IpNet) -> Result<(), ApiError> {
    let version = if net.addr().is_ipv4() { 4 } else { 6 };
    let fits = |text: &str| text.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4() == net.addr().is_ipv4());
    let wrong = |name: &str, text: &str| {
        Err(invalid_input(format!("{name} '{text}' does not match the ip_version '{version}'")))
    };
    let gateway = item.text("gateway_ip");
    if !gateway.is_empty() && !fits(gateway) {
        return wrong("gateway_ip", gateway);
    }
    if let Some(server) = item.items("dns_nameservers").iter().filter_map(Value::as_str).find(|server| !fits(server)) {
        return wrong("dns_nameserver", server);
    }
    match item.items("host_routes").iter().map(|route| route.text("nexthop")).find(|hop| !fits(hop)) {
        Some(hop) => wrong("next hop", hop),
        None => Ok(()),
    }
}

/// Guests are told so much and no more.
fn check_amounts(id: &str, item: &Document) -> Result<(), ApiError> {
    let limits = [
        ("dns_nameservers", MOST_NAMESERVERS, "DNSNameServersExhausted", "DNS nameservers"),
        ("host_routes", MOST_HOST_ROUTES, "HostRoutesExhausted", "host routes"),
    ];
    match limits.iter().find(|(key, most, ..)| item.items(key).len() > *most) {
        Some((_, most, kind, what)) => {
            let reason = format!("The number of {what} exceeds the limit {most}.");
            Err(bad(kind, format!("Unable to complete operation for {id}. {reason}")))
        }
        None => Ok(()),
    }
}

/// A gateway that a router has stays.
fn check_gateway(state: &State, id: &str, before: &Document, after: &Document) -> Result<(), ApiError> {
    let Some(old) = gateway(before).filter(|old| gateway(after) != Some(*old)) else { return Ok(()) };
    let holder = state.spaces.get(id).and_then(|space| space.holder(allocation::number(old)));
    let port = holder.and_then(|port| state.ports.get(port));
    match port.filter(|port| port.text("device_owner") == port::ROUTER_INTERFACE) {
        Some(port) => {
            let message =
                format!("Current gateway ip {old} already in use by port {}. Unable to update.", port.text("id"));
            Err(conflict("GatewayIpInUse", message))
        }
        None => Ok(()),
    }
}
