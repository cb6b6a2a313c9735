// SPDX-License-Identifier: Apache-2.0
//! The ways of routers to the networks outside.

use serde_json::{Value, json};

use super::asker::Asker;
use super::kind::{change, visible};
use super::network::Network;
use super::port;
use super::refusal::{bad_request, conflict};
use super::router::{Router, interfaces};
use super::{State, port_address};
use crate::api::{ApiError, Document, Read, document, truth};
use crate::services::Cloud;

/// A router's way outside, as it is shown.
pub(super) fn info(state: &State, router: &Document) -> Value {
    let Some(port) = state.ports.get(router.text("gateway_port")) else { return Value::Null };
    json!({
        "network_id": port["network_id"], "external_fixed_ips": port["fixed_ips"],
        "enable_snat": router.truth("translates"),
    })
}

/// Gives a router the way outside that is wanted; null is none.
pub(super) fn set(cloud: &mut Cloud, asker: &Asker, router_id: &str, wanted: &Value) -> Result<(), ApiError> {
    if wanted.is_null() {
        return clear(cloud, router_id);
    }
    let network_id = wanted.text("network_id");
    let network = visible::<Network>(&cloud.network, asker, network_id)?;
    if !network.truth("router:external") {
        return Err(bad_request("router", format!("Network {network_id} is not an external network")));
    }
    let addresses = wanted.get("external_fixed_ips").filter(|addresses| addresses.is_array());
    let snat = wanted.get("enable_snat").map(|snat| snat.as_bool().or_else(|| truth(snat.as_str()?)));
    let present = cloud.network.routers.get(router_id).map_or("", |router| router.text("gateway_port")).to_owned();
    let stays = cloud.network.ports.get(&present).is_some_and(|port| port.text("network_id") == network_id);
    let port_id = if stays {
        if addresses.is_some() {
            port_address::assign(cloud, &present, addresses)?;
        }
        present
    } else {
        check_unused(&cloud.network, router_id)?;
        let addresses = addresses.cloned().unwrap_or_default();
        // Where this is refused, the router keeps the way that it has.
        let new = port::for_service(cloud, "", network_id, port::ROUTER_GATEWAY, router_id, addresses)?;
        clear(cloud, router_id)?;
        new
    };
    let translates = snat.flatten().unwrap_or(true);
    change::<Router>(cloud, router_id, document!({"gateway_port": port_id, "translates": translates}));
    Ok(())
}

/// Takes a router's way outside.
pub(super) fn clear(cloud: &mut Cloud, router_id: &str) -> Result<(), ApiError> {
    check_unused(&cloud.network, router_id)?;
    let router = cloud.network.routers.get(router_id);
    let port_id = router.map_or("", |router| router.text("gateway_port")).to_owned();
    if cloud.network.ports.contains(&port_id) {
        port::discard(cloud, &port_id);
        change::<Router>(cloud, router_id, document!({"gateway_port": "", "translates": true}));
    }
    Ok(())
}

/// Whether no floating IP needs a router's way outside.
fn check_unused(state: &State, router_id: &str) -> Result<(), ApiError> {
    let router = state.routers.get(router_id);
    let Some(port) = router.and_then(|router| state.ports.get(router.text("gateway_port"))) else { return Ok(()) };
    let network_id = port.text("network_id");
    if leads_in(state, router_id, network_id) {
        let message = format!(
            "Gateway cannot be updated for router {router_id}, since a gateway to external network {network_id} is \
             required by one or more floating IPs."
        );
        return Err(conflict("RouterExternalGatewayInUseByFloatingIp", message));
    }
    Ok(())
}

/// Whether a floating IP of that network goes over the router.
fn leads_in(state: &State, router_id: &str, network_id: &str) -> bool {
    interfaces(state, router_id).any(|interface| {
        interface.items("fixed_ips").iter().any(|fixed| {
            over_subnet(state, router_id, fixed.text("subnet_id"))
                .any(|floating| floating.text("floating_network_id") == network_id)
        })
    })
}

/// The floating IPs that go over a router into a subnet.
pub(super) fn over_subnet<'s>(
    state: &'s State,
    router_id: &'s str,
    subnet_id: &'s str,
) -> impl Iterator<Item = &'s Document> {
    let holders = state.spaces.get(subnet_id).into_iter().flat_map(super::allocation::Space::holders);
    let floating = holders.flat_map(|port| state.floating_ips_of_port.get(port));
    let floating = floating.filter_map(|id| state.floating_ips.get(id));
    floating.filter(move |floating| {
        let address = floating.text("fixed_ip_address");
        let port = state.ports.get(floating.text("port_id"));
        let inside = |port: &Document| {
            port.items("fixed_ips")
                .iter()
                .any(|fixed| fixed.text("ip_address") == address && fixed.text("subnet_id") == subnet_id)
        };
        floating.text("router_id") == router_id && port.is_some_and(inside)
    })
}
