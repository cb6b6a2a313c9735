// SPDX-License-Identifier: Apache-2.0
//! The addresses that ports have of subnets.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::allocation::{self, Range};
use super::kind::{Kind, change};
use super::port::{self, Port};
use super::refusal::{bad, conflict, invalid_input};
use super::subnet::{self, Subnet};
use super::subnet_value::{is_automatic, net, ranges};
use super::{State, floating_ip};
use crate::api::{ApiError, Document, Read, document};
use crate::services::Cloud;

/// An address of a subnet, or any that is free there.
struct Wish {
    subnet_id: String,
    net: IpNet,
    address: Option<u128>,
    pools: Vec<Range>,
}

/// Gives a port the addresses that are wanted, or where nothing is said one of each family. What it had and no longer
/// wants is free afterwards; when something is refused, it has what it had.
pub(super) fn assign(cloud: &mut Cloud, port_id: &str, wanted: Option<&Value>) -> Result<(), ApiError> {
    let Some(port) = cloud.network.ports.get(port_id) else { return Err(Port::missing(port_id)) };
    let before = owned(port);
    let wishes = wishes(&cloud.network, port, wanted)?;
    let network_id = port.text("network_id").to_owned();
    let mut after: Vec<(String, u128)> = Vec::new();
    let mut shown: Vec<Value> = Vec::new();
    for wish in wishes {
        match grant(&mut cloud.network, port_id, &network_id, &wish, &before, &after) {
            Ok(number) => {
                shown.push(json!({
                    "subnet_id": wish.subnet_id, "ip_address": allocation::address(&wish.net, number),
                }));
                after.push((wish.subnet_id, number));
            }
            Err(error) => {
                let new: Vec<_> = after.into_iter().filter(|one| !before.contains(one)).collect();
                free(&mut cloud.network, &new);
                return Err(error);
            }
        }
    }
    let left: Vec<_> = before.into_iter().filter(|one| !after.contains(one)).collect();
    free(&mut cloud.network, &left);
    change::<Port>(cloud, port_id, document!({"fixed_ips": shown}));
    floating_ip::release_lost(cloud, port_id);
    Ok(())
}

/// Frees the addresses of a port that is gone.
pub(super) fn release(state: &mut State, port: &Document) {
    free(state, &owned(port));
}

/// Takes a subnet's addresses from whoever has one, because it is going.
pub(super) fn withdraw(cloud: &mut Cloud, subnet_id: &str) {
    let Some(space) = cloud.network.spaces.get(subnet_id) else { return };
    let holders: Vec<String> = space.holders().map(str::to_owned).collect();
    for id in holders {
        let Some(port) = cloud.network.ports.get(&id) else { continue };
        let left: Vec<Value> =
            port.items("fixed_ips").iter().filter(|fixed| fixed.text("subnet_id") != subnet_id).cloned().collect();
        change::<Port>(cloud, &id, document!({"fixed_ips": left}));
    }
}

/// Lets guests that are there already have their addresses in a new subnet in which they make them themselves.
pub(super) fn welcome(cloud: &mut Cloud, network_id: &str, subnet_id: &str) {
    let Some(subnet) = cloud.network.subnets.get(subnet_id).filter(|subnet| is_automatic(subnet)) else { return };
    let Some(net) = net(subnet) else { return };
    for id in cloud.network.ports_of_network.ids(network_id) {
        let Some(port) = cloud.network.ports.get(&id) else { continue };
        let Some(address) = allocation::automatic(&net, port.text("mac_address")) else { continue };
        if is_routers(port) || port.text("device_owner") == port::DHCP {
            continue;
        }
        let mut fixed = port.items("fixed_ips").to_vec();
        fixed.push(json!({"subnet_id": subnet_id, "ip_address": address}));
        if let Some(space) = cloud.network.spaces.get_mut(subnet_id) {
            space.take(allocation::number(address), &id);
        }
        change::<Port>(cloud, &id, document!({"fixed_ips": fixed}));
    }
}

fn owned(port: &Document) -> Vec<(String, u128)> {
    let one = |fixed: &Value| {
        let address: IpAddr = fixed.text("ip_address").parse().ok()?;
        Some((fixed.text("subnet_id").to_owned(), allocation::number(address)))
    };
    port.items("fixed_ips").iter().filter_map(one).collect()
}

fn free(state: &mut State, addresses: &[(String, u128)]) {
    for (subnet_id, number) in addresses {
        if let Some(space) = state.spaces.get_mut(subnet_id) {
            space.release(*number);
        }
    }
}

fn is_routers(port: &Document) -> bool {
    [port::ROUTER_INTERFACE, port::ROUTER_GATEWAY, port::FLOATING_IP].contains(&port.text("device_owner"))
}

fn wishes(state: &State, port: &Document, wanted: Option<&Value>) -> Result<Vec<Wish>, ApiError> {
    let subnets: Vec<&Document> =
        subnet::of_network(state, port.text("network_id")).iter().filter_map(|id| state.subnets.get(id)).collect();
    let Some(wanted) = wanted.and_then(Value::as_array) else {
        return Ok(unsaid(state, port, &subnets));
    };
    let mut wishes = Vec::new();
    for item in wanted {
        wishes.push(wish(state, port, &subnets, item)?);
    }
    if !wanted.is_empty() && !is_routers(port) && port.text("device_owner") != port::DHCP {
        let named = |subnet: &&&Document| wishes.iter().any(|wish: &Wish| wish.subnet_id == subnet.text("id"));
        let more: Vec<Wish> = subnets
            .iter()
            .filter(|subnet| is_automatic(subnet) && !named(subnet))
            .filter_map(|subnet| automatic(port, subnet))
            .collect();
        wishes.extend(more);
    }
    Ok(wishes)
}

/// One address of each family, and those that guests make themselves.
fn unsaid(state: &State, port: &Document, subnets: &[&Document]) -> Vec<Wish> {
    let of_family = |family| roomy(state, port.text("network_id"), family);
    let chosen = [4, 6].into_iter().filter_map(of_family).filter_map(|id| state.subnets.get(&id));
    let mut wishes: Vec<Wish> = chosen.filter_map(anywhere).collect();
    wishes.extend(subnets.iter().filter(|subnet| is_automatic(subnet)).filter_map(|subnet| automatic(port, subnet)));
    wishes
}

/// The first subnet of a family that has a free address; the first of all if none has.
pub(super) fn roomy(state: &State, network_id: &str, family: u64) -> Option<String> {
    let of_family = |subnet: &&Document| subnet.get("ip_version").and_then(Value::as_u64) == Some(family);
    let subnets = subnet::of_network(state, network_id);
    let fitting = subnets.iter().filter_map(|id| state.subnets.get(id)).filter(of_family);
    let fitting: Vec<&Document> = fitting.filter(|subnet| !is_automatic(subnet)).collect();
    let found = fitting.iter().find(|subnet| has_room(state, subnet)).or(fitting.first());
    found.map(|subnet| subnet.text("id").to_owned())
}

fn has_room(state: &State, subnet: &Document) -> bool {
    let pools = ranges(subnet);
    let size =
        pools.iter().fold(0_u128, |sum, (start, end)| sum.saturating_add(end.saturating_sub(*start).saturating_add(1)));
    let Some(space) = state.spaces.get(subnet.text("id")) else { return false };
    // Counting is a walk; a space that has fewer addresses taken than there are in all needs none.
    size > space.len() as u128 || (space.used(&pools) as u128) < size
}

fn anywhere(subnet: &Document) -> Option<Wish> {
    Some(Wish { subnet_id: subnet.text("id").into(), net: net(subnet)?, address: None, pools: ranges(subnet) })
}

fn automatic(port: &Document, subnet: &Document) -> Option<Wish> {
    let wish = anywhere(subnet)?;
    let address = allocation::automatic(&wish.net, port.text("mac_address")).map(allocation::number);
    Some(Wish { address, ..wish })
}

/// What one item of a request asks for.
fn wish(state: &State, port: &Document, subnets: &[&Document], item: &Value) -> Result<Wish, ApiError> {
    let (subnet_id, address) = (item.text("subnet_id"), item.text("ip_address").parse::<IpAddr>().ok());
    let subnet = match (subnet_id, address) {
        ("", Some(address)) => {
            let holds = |subnet: &&&Document| net(subnet).is_some_and(|net| fits(&net, address));
            *subnets.iter().find(holds).ok_or_else(|| {
                let message =
                    format!("IP address {address} is not a valid IP for any of the subnets on the specified network.");
                bad("InvalidIpForNetwork", message)
            })?
        }
        (id, _) => {
            let subnet = state.subnets.get(id).ok_or_else(|| Subnet::missing(id))?;
            let network_id = port.text("network_id");
            if subnet.text("network_id") != network_id {
                return Err(invalid_input(format!(
                    "Failed to create port on network {network_id}, because fixed_ips included invalid subnet {id}"
                )));
            }
            subnet
        }
    };
    let Some(wish) = anywhere(subnet) else { return Err(Subnet::missing(subnet_id)) };
    let own = automatic(port, subnet).filter(|_| is_automatic(subnet) && !is_routers(port));
    match (address, own) {
        (None, Some(own)) => Ok(own),
        (None, None) => Ok(wish),
        (Some(address), Some(own)) if own.address != Some(allocation::number(address)) => {
            let subnet_id = own.subnet_id;
            let message = format!(
                "IPv6 address {address} cannot be directly assigned to a port on subnet {subnet_id} as the subnet is \
                 configured for automatic addresses"
            );
            Err(bad("AllocationOnAutoAddressSubnet", message))
        }
        (Some(address), _) if !fits(&wish.net, address) && !is_routers(port) => {
            let message = format!("IP address {address} is not a valid IP for the specified subnet.");
            Err(bad("InvalidIpForSubnet", message))
        }
        (Some(address), _) => Ok(Wish { address: Some(allocation::number(address)), ..wish }),
    }
}

/// Whether a port can have that address in that range.
fn fits(net: &IpNet, address: IpAddr) -> bool {
    let (first, last) = allocation::hosts(net);
    net.contains(&address) && (first..=last).contains(&allocation::number(address))
}

/// The address that a wish is granted with; it is taken then.
fn grant(
    state: &mut State,
    port_id: &str,
    network_id: &str,
    wish: &Wish,
    before: &[(String, u128)],
    after: &[(String, u128)],
) -> Result<u128, ApiError> {
    let kept = before.iter().filter(|one| one.0 == wish.subnet_id && !after.contains(one)).map(|one| one.1);
    let mut kept = kept.filter(|number| wish.address.is_none_or(|wanted| wanted == *number));
    if let Some(number) = kept.next() {
        return Ok(number);
    }
    let exhausted = || {
        let message = format!("No more IP addresses available on network {network_id}.");
        conflict("IpAddressGenerationFailure", message)
    };
    let space = state.spaces.get_mut(&wish.subnet_id).ok_or_else(exhausted)?;
    let number = match wish.address {
        Some(number) if space.holder(number).is_some() => {
            let (address, subnet_id) = (allocation::address(&wish.net, number), &wish.subnet_id);
            let message = format!("IP address {address} already allocated in subnet {subnet_id}");
            return Err(conflict("IpAddressAlreadyAllocated", message));
        }
        Some(number) => number,
        None => space.lowest(&wish.pools).ok_or_else(exhausted)?,
    };
    space.take(number, port_id);
    Ok(number)
}
