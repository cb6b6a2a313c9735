// SPDX-License-Identifier: Apache-2.0
//! What Nova asks of Neutron for its servers.

use std::net::IpAddr;

use super::asker::Asker;
use super::kind::Kind;
use super::port::{self, Port};
use super::{attribute, floating_ip, network, quota, security_group};
use crate::api::{ApiError, Call, Document, Read, document};
use crate::services::Cloud;

/// Makes a port as that project would.
///
/// # Errors
/// As Neutron refuses it.
pub(crate) fn create_port(cloud: &mut Cloud, project_id: &str, request: Document) -> Result<Document, ApiError> {
    let asker = Asker::project(project_id);
    let item = attribute::for_creation(Port::ATTRIBUTES, Port::NAME, &asker, request)?;
    quota::admit::<Port>(cloud, project_id, 1)?;
    let id = Port::create(cloud, &asker, item)?;
    cloud.network.ports.get(&id).cloned().ok_or_else(|| Port::missing(&id))
}

/// Changes a port as its project would.
///
/// # Errors
/// As Neutron refuses it.
pub(crate) fn change_port(cloud: &mut Cloud, port: &Document, request: Document) -> Result<(), ApiError> {
    let asker = Asker::project(port.text("project_id"));
    let changes = attribute::for_change(Port::ATTRIBUTES, Port::NAME, &asker, request)?;
    Port::update(cloud, &asker, port.text("id"), changes)
}

/// The port with that id.
pub(crate) fn port<'c>(cloud: &'c Cloud, port_id: &str) -> Option<&'c Document> {
    cloud.network.ports.get(port_id)
}

/// Plugs a port into a server on a host.
pub(crate) fn attach_port(cloud: &mut Cloud, port_id: &str, server_id: &str, availability_zone: &str, host: &str) {
    plug(
        cloud,
        port_id,
        document!({
            "device_id": server_id, "device_owner": format!("compute:{availability_zone}"), "binding:host_id": host,
            "status": "ACTIVE",
        }),
    );
}

/// Takes a port out of the server that it is plugged into.
pub(crate) fn detach_port(cloud: &mut Cloud, port_id: &str) {
    let changes = document!({"device_id": "", "device_owner": "", "binding:host_id": "", "status": "DOWN"});
    plug(cloud, port_id, changes);
}

/// Removes a port.
pub(crate) fn delete_port(cloud: &mut Cloud, port_id: &str) {
    port::discard(cloud, port_id);
}

/// The ports of a server, the oldest first.
pub(crate) fn ports_of_device(cloud: &Cloud, device_id: &str) -> Vec<Document> {
    let state = &cloud.network;
    let mut ids: Vec<&str> = state.ports_of_device.get(device_id).collect();
    ids.sort_by_key(|id| state.ports.place(id));
    ids.into_iter().filter_map(|id| state.ports.get(id)).cloned().collect()
}

/// The networks that a project's server may be put on when nobody names one: its own and the shared ones.
pub(crate) fn networks_of(cloud: &Cloud, project_id: &str) -> Vec<Document> {
    let state = &cloud.network;
    let shared = network::open_to(state, project_id).filter(|network| network.truth("shared"));
    let inside = |network: &&Document| !network.truth("router:external");
    state.networks.of(project_id).chain(shared).filter(inside).cloned().collect()
}

/// A project's security group of that name or id.
pub(crate) fn security_group_named(cloud: &mut Cloud, project_id: &str, name_or_id: &str) -> Option<Document> {
    security_group::default_of(cloud, project_id);
    let mut groups = cloud.network.security_groups.of(project_id);
    groups.find(|group| group.text("id") == name_or_id || group.text("name") == name_or_id).cloned()
}

/// The floating IPs that lead to a port.
pub(crate) fn floating_ips_of_port(cloud: &Cloud, port_id: &str) -> Vec<Document> {
    let state = &cloud.network;
    state.floating_ips_of_port.get(port_id).filter_map(|id| state.floating_ips.get(id)).cloned().collect()
}

/// The floating IP with that address.
pub(crate) fn floating_ip_at(cloud: &Cloud, address: IpAddr) -> Option<Document> {
    let text = address.to_string();
    cloud.network.floating_ips.values().find(|ip| ip.text("floating_ip_address") == text).cloned()
}

/// The security group with that id.
pub(crate) fn security_group(cloud: &Cloud, id: &str) -> Option<Document> {
    cloud.network.security_groups.get(id).cloned()
}

/// Whether a caller may put servers on a network.
pub(crate) fn may_use_network(cloud: &Cloud, call: &Call, id: &str) -> bool {
    let usable = |network: &Document| {
        network.truth("shared") || network.truth("router:external") || call.may_touch(network.text("project_id"))
    };
    cloud.network.networks.get(id).is_some_and(usable)
}

/// The name of a network; empty when there is none.
pub(crate) fn network_name(cloud: &Cloud, id: &str) -> String {
    cloud.network.networks.get(id).map_or("", |network| network.text("name")).to_owned()
}

fn plug(cloud: &mut Cloud, port_id: &str, changes: Document) {
    port::alter(cloud, port_id, changes);
    floating_ip::refresh_port(cloud, port_id);
}
