// SPDX-License-Identifier: Apache-2.0
//! Changes to the ports of a server, asked of Nova in its older way: as actions.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::refusal::body;
use super::find;
use crate::api::schema::{Type, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, document};
use crate::services::Cloud;
use crate::services::network::for_servers;

/// Adds a security group to all ports of a server, or takes it from them.
pub(super) fn change_group(cloud: &mut Cloud, call: &Call, action: &str) -> Answer {
    let asked = body(call, action, &[required("name", Type::Text(1, 255))])?;
    let server = find(&cloud.compute, call)?.clone();
    let name = asked.text("name");
    let missing = || ApiError::not_found(format!("Security group {name} not found."));
    let group = for_servers::security_group_named(cloud, &server.project_id, name).ok_or_else(missing)?;
    let adds = action == "addSecurityGroup";
    let mut found = false;
    for port in for_servers::ports_of_device(cloud, &server.id) {
        let mut groups = port.items("security_groups").to_vec();
        let has = groups.contains(&group["id"]);
        found |= has;
        if has == adds {
            continue;
        }
        if adds {
            groups.push(group["id"].clone())
        } else {
            groups.retain(|id| *id != group["id"])
        }
        for_servers::change_port(cloud, &port, document!({ "security_groups": groups }))?;
    }
    if !adds && !found {
        let message = format!("Security group {name} not associated with the instance {}", server.id);
        return Err(ApiError::not_found(message));
    }
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// Gives the port of a server on some network another address of it.
pub(super) fn add_fixed_ip(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "addFixedIp", &[required("networkId", Type::Any)])?;
    let server_id = find(&cloud.compute, call)?.id.clone();
    let ports = for_servers::ports_of_device(cloud, &server_id);
    let Some(port) = ports.iter().find(|port| port["network_id"] == asked["networkId"]) else {
        return Err(ApiError::bad_request(format!("Network is not attached to instance {server_id}")));
    };
    let mut ips = port.items("fixed_ips").to_vec();
    let subnet = ips.first().map_or(Value::Null, |ip| ip["subnet_id"].clone());
    ips.push(json!({ "subnet_id": subnet }));
    for_servers::change_port(cloud, port, document!({ "fixed_ips": ips }))?;
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// Takes an address from the port that has it.
pub(super) fn remove_fixed_ip(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "removeFixedIp", &[required("address", Type::Text(1, 45))])?;
    let server_id = find(&cloud.compute, call)?.id.clone();
    let has = |port: &&Document| port.items("fixed_ips").iter().any(|ip| ip["ip_address"] == asked["address"]);
    let ports = for_servers::ports_of_device(cloud, &server_id);
    let Some(port) = ports.iter().find(has) else {
        let message = format!("Fixed IP {} not found on instance {server_id}", asked.text("address"));
        return Err(ApiError::bad_request(message));
    };
    let mut ips = port.items("fixed_ips").to_vec();
    ips.retain(|ip| ip["ip_address"] != asked["address"]);
    for_servers::change_port(cloud, port, document!({ "fixed_ips": ips }))?;
    Ok(Reply::empty(StatusCode::ACCEPTED))
}
