// SPDX-License-Identifier: Apache-2.0
//! The way into guests from outside: which floating IPs lead to one, and what a visitor may do in it.

use std::net::IpAddr;

use super::guest::{self, Guest};
pub(crate) use super::guest::{Outcome, PASSWORD, USER};
use crate::api::Read;
use crate::services::Cloud;
use crate::services::network::for_servers;
use crate::services::network::reachability::{self, Source};

/// The floating IPs behind which a guest runs.
pub(crate) fn reachable(cloud: &Cloud) -> Vec<IpAddr> {
    let running = cloud.compute.servers.values().filter(|server| server.guest.is_some());
    let ports = running.flat_map(|server| for_servers::ports_of_device(cloud, &server.id));
    let ips = ports.flat_map(|port| for_servers::floating_ips_of_port(cloud, port.text("id")));
    ips.filter_map(|ip| ip.text("floating_ip_address").parse().ok()).collect()
}

/// The server that whoever comes from there reaches on SSH's port of that floating IP.
pub(crate) fn behind(cloud: &Cloud, address: IpAddr, from: IpAddr) -> Option<String> {
    let floating = for_servers::floating_ip_at(cloud, address)?;
    let port_id = reachability::floating_target(cloud, floating.text("id"))?;
    if !reachability::may_receive(cloud, &port_id, "tcp", Some(22), &Source::External(from)) {
        return None;
    }
    let server_id = for_servers::port(cloud, &port_id)?.text("device_id").to_owned();
    guest_of(cloud, &server_id).map(|_| server_id)
}

/// The key that may log in to the guest of a server.
pub(crate) fn authorized_key<'c>(cloud: &'c Cloud, server_id: &str) -> Option<&'c str> {
    guest_of(cloud, server_id)?.authorized_key.as_deref()
}

/// Runs a line in the guest of a server. `None` when the guest is gone.
pub(crate) fn run(cloud: &mut Cloud, server_id: &str, line: &str) -> Option<Outcome> {
    // The guest is out of its server meanwhile, because its commands look at the rest of the cloud.
    let mut guest = cloud.compute.servers.get_mut(server_id)?.guest.take()?;
    let outcome = guest::run(cloud, &mut guest, line);
    cloud.compute.servers.get_mut(server_id)?.guest = Some(guest);
    Some(outcome)
}

fn guest_of<'c>(cloud: &'c Cloud, server_id: &str) -> Option<&'c Guest> {
    cloud.compute.servers.get(server_id)?.guest.as_ref()
}
