// SPDX-License-Identifier: Apache-2.0
//! The ports that routers have on networks inside, and the routes that administrators of projects give them.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::State;
use super::asker::Asker;
use super::gateway::over_subnet;
use super::kind::{Kind, change, owned, shown, visible};
use super::port::{self, Port};
use super::refusal::{bad_request, conflict, missing};
use super::router::{Router, interfaces};
use super::subnet::Subnet;
use super::subnet_value::{self, net};
use super::validate::{Complaint, is_id};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::put("/v2.0/routers/{id}/add_router_interface", add),
    Route::put("/v2.0/routers/{id}/remove_router_interface", remove),
    Route::put("/v2.0/routers/{id}/add_extraroutes", add_routes),
    Route::put("/v2.0/routers/{id}/remove_extraroutes", remove_routes),
];

fn add(cloud: &mut Cloud, call: &Call) -> Answer {
    let (asker, id) = (Asker::of(call)?, call.param("id"));
    let router = owned::<Router>(&cloud.network, &asker, id, "add_router_interface")?;
    let project_id = router.text("project_id").to_owned();
    let (subnet_id, port_id) = place(call)?;
    let port_id = match (subnet_id, port_id) {
        (Some(_), Some(_)) => return Err(bad_request("router", "Cannot specify both subnet-id and port-id")),
        (Some(subnet_id), None) => by_subnet(cloud, &asker, id, &project_id, &subnet_id)?,
        (None, Some(port_id)) => by_port(cloud, &asker, id, port_id)?,
        (None, None) => return Err(neither()),
    };
    answer(id, &project_id, cloud.network.ports.get(&port_id).ok_or_else(|| Port::missing(&port_id))?)
}

fn remove(cloud: &mut Cloud, call: &Call) -> Answer {
    let (asker, id) = (Asker::of(call)?, call.param("id"));
    let router = owned::<Router>(&cloud.network, &asker, id, "remove_router_interface")?;
    let project_id = router.text("project_id").to_owned();
    let state = &cloud.network;
    let on = |port: &&Document, subnet_id: &str| {
        port.items("fixed_ips").iter().any(|fixed| fixed.text("subnet_id") == subnet_id)
    };
    let port = match place(call)? {
        (None, None) => return Err(neither()),
        (subnet_id, Some(port_id)) => {
            let found = interfaces(state, id).find(|port| port.text("id") == port_id);
            let port = found.ok_or_else(|| {
                let message = format!("Router {id} does not have an interface with id {port_id}");
                missing("RouterInterfaceNotFound", message)
            })?;
            if subnet_id.is_some_and(|subnet_id| !on(&port, &subnet_id)) {
                let message = format!("Requested subnet does not match that of port {port_id}");
                return Err(conflict("SubnetMismatchForPort", message));
            }
            port
        }
        (Some(subnet_id), None) => {
            visible::<Subnet>(state, &asker, &subnet_id)?;
            let found = interfaces(state, id).find(|port| on(port, &subnet_id));
            found.ok_or_else(|| {
                let message = format!("Router {id} has no interface on subnet {subnet_id}");
                missing("RouterInterfaceNotFoundForSubnet", message)
            })?
        }
    };
    check_unused(state, id, port)?;
    let port = port.clone();
    port::discard(cloud, port.text("id"));
    answer(id, &project_id, &port)
}

/// The subnet and the port that a request names.
fn place(call: &Call) -> Result<(Option<String>, Option<String>), ApiError> {
    let body = if call.bytes().is_empty() { json!({}) } else { call.json()? };
    let named = |key: &str| match body.get(key) {
        None => Ok(None),
        Some(Value::Null) => Err(bad_request("router", "'None' is not a valid UUID")),
        Some(Value::String(id)) if is_id(id) => Ok(Some(id.clone())),
        Some(other) => {
            let text = super::validate::bare(other);
            Err(ApiError::bad_request(format!("Invalid input for {key}. Reason: '{text}' is not a valid UUID.")))
        }
    };
    Ok((named("subnet_id")?, named("port_id")?))
}

fn neither() -> ApiError {
    bad_request("router", "Either subnet_id or port_id must be specified")
}

fn answer(router_id: &str, project_id: &str, port: &Document) -> Answer {
    let subnets: Vec<&str> = port.items("fixed_ips").iter().map(|fixed| fixed.text("subnet_id")).collect();
    Ok(Reply::ok(&json!({
        "id": router_id, "tenant_id": project_id, "port_id": port["id"], "network_id": port["network_id"],
        "subnet_id": subnets.first(), "subnet_ids": subnets,
    })))
}

fn by_subnet(
    cloud: &mut Cloud,
    asker: &Asker,
    id: &str,
    project_id: &str,
    subnet_id: &str,
) -> Result<String, ApiError> {
    let subnet = visible::<Subnet>(&cloud.network, asker, subnet_id)?;
    let Some(gateway) = subnet_value::gateway(subnet) else {
        return Err(bad_request("router", "Subnet for router interface must have a gateway IP"));
    };
    check_subnet(&cloud.network, id, subnet)?;
    let (network_id, wish) = (
        subnet.text("network_id").to_owned(),
        json!([{
            "subnet_id": subnet_id, "ip_address": gateway,
        }]),
    );
    port::for_service(cloud, project_id, &network_id, port::ROUTER_INTERFACE, id, wish)
}

fn by_port(cloud: &mut Cloud, asker: &Asker, id: &str, port_id: String) -> Result<String, ApiError> {
    let state = &cloud.network;
    let port = visible::<Port>(state, asker, &port_id)?;
    let device_id = port.text("device_id");
    if !device_id.is_empty() {
        let network_id = port.text("network_id");
        let message = format!(
            "Unable to complete operation on port {port_id} for network {network_id}. Port already has an attached \
             device {device_id}."
        );
        return Err(conflict("PortInUse", message));
    }
    let subnets = port.items("fixed_ips").iter().filter_map(|fixed| state.subnets.get(fixed.text("subnet_id")));
    let subnets: Vec<&Document> = subnets.collect();
    if subnets.is_empty() {
        return Err(bad_request("router", "Router port must have at least one fixed IP"));
    }
    if subnets.iter().filter(|subnet| subnet.get("ip_version") == Some(&json!(4))).count() > 1 {
        return Err(bad_request("router", "Cannot have multiple IPv4 subnets on router port"));
    }
    for subnet in subnets {
        check_subnet(state, id, subnet)?;
    }
    let changes = document!({
        "device_id": id, "device_owner": port::ROUTER_INTERFACE, "status": "ACTIVE",
        "binding:host_id": super::agent::HOST,
    });
    port::alter(cloud, &port_id, changes);
    Ok(port_id)
}

/// Whether a router can have an interface on a subnet besides those that it has.
fn check_subnet(state: &State, id: &str, subnet: &Document) -> Result<(), ApiError> {
    let (subnet_id, wanted) = (subnet.text("id"), net(subnet));
    let ports = state.ports_of_device.get(id).filter_map(|port| state.ports.get(port));
    for fixed in ports.flat_map(|port| port.items("fixed_ips")) {
        let other_id = fixed.text("subnet_id");
        if other_id == subnet_id {
            return Err(bad_request("router", format!("Router already has a port on subnet {subnet_id}")));
        }
        let overlaps = |a: &IpNet, b: &IpNet| a.contains(b) || b.contains(a);
        match (wanted, state.subnets.get(other_id).and_then(net)) {
            (Some(wanted), Some(other)) if overlaps(&wanted, &other) => {
                let reason =
                    format!("Cidr {wanted} of subnet {subnet_id} overlaps with cidr {other} of subnet {other_id}");
                return Err(bad_request("router", reason));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether nothing needs the interface.
fn check_unused(state: &State, id: &str, port: &Document) -> Result<(), ApiError> {
    let routes = state.routers.get(id).map(|router| router.items("routes")).unwrap_or_default();
    for subnet_id in port.items("fixed_ips").iter().map(|fixed| fixed.text("subnet_id")) {
        let refuse = |kind, why: &str| {
            let what = format!("Router interface for subnet {subnet_id} on router {id}");
            Err(conflict(kind, format!("{what} cannot be deleted, as it is required by one or more {why}.")))
        };
        let range = state.subnets.get(subnet_id).and_then(net);
        let inside = |hop: &str| range.zip(hop.parse::<IpAddr>().ok()).is_some_and(|(range, hop)| range.contains(&hop));
        let hop: fn(&Value) -> &str = |route| route.text("nexthop");
        if routes.iter().map(hop).any(inside) {
            return refuse("RouterInterfaceInUseByRoute", "routes");
        }
        if over_subnet(state, id, subnet_id).next().is_some() {
            return refuse("RouterInterfaceInUseByFloatingIP", "floating IPs");
        }
    }
    Ok(())
}

fn add_routes(cloud: &mut Cloud, call: &Call) -> Answer {
    edit_routes(cloud, call, |present, wanted| {
        let mut routes = present.to_vec();
        routes.extend(wanted.iter().filter(|route| !present.contains(route)).cloned());
        routes
    })
}

fn remove_routes(cloud: &mut Cloud, call: &Call) -> Answer {
    edit_routes(cloud, call, |present, wanted| {
        present.iter().filter(|route| !wanted.contains(route)).cloned().collect()
    })
}

fn edit_routes(cloud: &mut Cloud, call: &Call, edit: fn(&[Value], &[Value]) -> Vec<Value>) -> Answer {
    let (asker, id) = (Asker::of(call)?, call.param("id"));
    let router = owned::<Router>(&cloud.network, &asker, id, "update")?;
    let request = call.object("router")?;
    let wanted =
        subnet_value::host_routes(request.get("routes").unwrap_or(&Value::Null)).map_err(|error| match error {
            Complaint::Refusal(error) => error,
            Complaint::Reason(reason) => ApiError::bad_request(format!("Invalid input for routes. Reason: {reason}.")),
        })?;
    let routes = edit(router.items("routes"), wanted.as_array().map(Vec::as_slice).unwrap_or_default());
    if call.path.ends_with("add_extraroutes") {
        Router::update(cloud, &asker, id, document!({"routes": routes}))?;
    } else {
        change::<Router>(cloud, id, document!({"routes": routes}));
    }
    let router = visible::<Router>(&cloud.network, &asker, id)?;
    Ok(Reply::ok(&json!({"router": shown::<Router>(&cloud.network, &asker, router, &[])})))
}
