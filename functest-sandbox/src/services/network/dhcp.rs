// SPDX-License-Identifier: Apache-2.0
//! The ports from which guests learn their addresses, as the DHCP agent makes them.

use serde_json::{Value, json};

use super::{State, port, port_address, subnet};
use crate::api::{Document, Read};
use crate::services::Cloud;

/// Lets the network have a port for its DHCP server with an address in every subnet that needs one, or none.
pub(super) fn refresh(cloud: &mut Cloud, network_id: &str) {
    let Some(network) = cloud.network.networks.get(network_id) else { return };
    let project_id = network.text("project_id").to_owned();
    let served: Vec<Value> = subnet::of_network(&cloud.network, network_id)
        .iter()
        .filter_map(|id| cloud.network.subnets.get(id))
        .filter(|subnet| subnet.truth("enable_dhcp"))
        .map(|subnet| json!({"subnet_id": subnet["id"]}))
        .collect();
    match (server(&cloud.network, network_id), served.is_empty()) {
        (Some(id), true) => port::discard(cloud, &id),
        (None, true) => {}
        // A subnet that is full has no server, as with the real agent.
        (Some(id), false) => drop(port_address::assign(cloud, &id, Some(&served.into()))),
        (None, false) => {
            let device_id = format!("dhcp{}-{network_id}", super::agent::HOST_ID);
            drop(port::for_service(cloud, &project_id, network_id, port::DHCP, &device_id, served.into()));
        }
    }
}

/// The network's DHCP port.
pub(super) fn server(state: &State, network_id: &str) -> Option<String> {
    let device_id = format!("dhcp{}-{network_id}", super::agent::HOST_ID);
    let mut ports = state.ports_of_device.get(&device_id);
    let serves = |port: &Document| port.text("device_owner") == port::DHCP && port.text("network_id") == network_id;
    ports.find(|id| state.ports.get(id).is_some_and(serves)).map(str::to_owned)
}
