// SPDX-License-Identifier: Apache-2.0
//! Interfaces of servers: ports attached and detached while they run.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::availability_zone::DEFAULT;
use super::super::refusal::body;
use super::super::seed::HOST;
use super::{Server, find, find_mut, life, must_be_unlocked};
use crate::api::schema::{Field, Type, optional};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply};
use crate::services::Cloud;
use crate::services::network::for_servers;

const FIELDS: [Field; 4] = [
    optional("net_id", Type::Id),
    optional("port_id", Type::Id),
    optional("fixed_ips", Type::List(&Type::Object)),
    optional("tag", Type::Text(1, 60)),
];

fn view(port: &Document) -> Value {
    let ips: Vec<Value> = port
        .items("fixed_ips")
        .iter()
        .map(|ip| json!({"subnet_id": ip["subnet_id"], "ip_address": ip["ip_address"]}))
        .collect();
    json!({
        "net_id": port["network_id"], "port_id": port["id"], "mac_addr": port["mac_address"],
        "port_state": port["status"], "fixed_ips": ips,
    })
}

pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let id = find(&cloud.compute, call)?.id.clone();
    let ports: Vec<Value> = for_servers::ports_of_device(cloud, &id).iter().map(view).collect();
    Ok(Reply::ok(&json!({"interfaceAttachments": ports})))
}

/// The port of that name, if it is the server's.
fn port(cloud: &Cloud, server: &Server, port_id: &str) -> Option<Document> {
    let port = for_servers::port(cloud, port_id)?;
    (port.text("device_id") == server.id).then(|| port.clone())
}

pub(super) fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    let port_id = call.param("port_id");
    let missing = || ApiError::not_found(format!("Instance {} does not have a port with id {port_id}", server.id));
    let port = port(cloud, server, port_id).ok_or_else(missing)?;
    Ok(Reply::ok(&json!({"interfaceAttachment": view(&port)})))
}

pub(super) fn attach(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "interfaceAttachment", &FIELDS)?;
    let server = find(&cloud.compute, call)?.clone();
    must_be_unlocked(&server, call)?;
    if !matches!(server.vm_state, "active" | "paused" | "stopped") || server.task_state.is_some() {
        let message =
            format!("Cannot 'attach_interface' instance {} while it is in vm_state {}", server.id, server.vm_state);
        return Err(ApiError::conflict(message));
    }
    let port_id = match (asked.text("port_id"), asked.text("net_id")) {
        ("", network) => {
            let network = match network {
                "" => only_network(cloud, call)?,
                network if for_servers::may_use_network(cloud, call, network) => network.to_owned(),
                network => return Err(ApiError::not_found(format!("Network {network} could not be found."))),
            };
            let address = asked.items("fixed_ips").first().map(|ip| ip.text("ip_address").to_owned());
            let made =
                life::new_port(cloud, &server, &network, address.as_deref().filter(|address| !address.is_empty()))?;
            find_mut(&mut cloud.compute, call)?.own_ports.push(made.clone());
            made
        }
        (_, network) if !network.is_empty() => {
            return Err(ApiError::bad_request("Must not input both network_id and port_id"));
        }
        (port_id, _) => {
            let found = for_servers::port(cloud, port_id).filter(|port| call.may_touch(port.text("project_id")));
            let found = found.ok_or_else(|| ApiError::not_found(format!("Port {port_id} could not be found.")))?;
            if !found.text("device_id").is_empty() {
                return Err(ApiError::bad_request(format!("Port {port_id} is still in use.")));
            }
            port_id.to_owned()
        }
    };
    for_servers::attach_port(cloud, &port_id, &server.id, DEFAULT, HOST);
    let port = port(cloud, &server, &port_id).unwrap_or_default();
    Ok(Reply::ok(&json!({"interfaceAttachment": view(&port)})))
}

fn only_network(cloud: &Cloud, call: &Call) -> Result<String, ApiError> {
    match for_servers::networks_of(cloud, call.project_id()).as_slice() {
        [only] => Ok(only.text("id").to_owned()),
        [] => Err(ApiError::bad_request("No network to attach to")),
        _ => Err(ApiError::conflict("Multiple possible networks found, use a Network ID to be more specific.")),
    }
}

pub(super) fn detach(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?.clone();
    must_be_unlocked(&server, call)?;
    let port_id = call.param("port_id");
    if port(cloud, &server, port_id).is_none() {
        return Err(ApiError::not_found(format!("Port {port_id} is not attached to server {}", server.id)));
    }
    if server.own_ports.iter().any(|own| own == port_id) {
        for_servers::delete_port(cloud, port_id)
    } else {
        for_servers::detach_port(cloud, port_id)
    }
    find_mut(&mut cloud.compute, call)?.own_ports.retain(|own| own != port_id);
    Ok(Reply::empty(StatusCode::ACCEPTED))
}
