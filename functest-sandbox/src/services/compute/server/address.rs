// SPDX-License-Identifier: Apache-2.0
//! Addresses of servers, fixed and floating, by network.

use serde_json::{Value, json};

use super::find;
use crate::api::{Answer, ApiError, Call, Document, Read, Reply};
use crate::services::Cloud;
use crate::services::network::for_servers;

/// The addresses of a server by the names of its networks; `detailed` as a server's own view has them.
pub(super) fn of(cloud: &Cloud, server_id: &str, detailed: bool) -> Document {
    let mut networks = Document::new();
    for port in for_servers::ports_of_device(cloud, server_id) {
        let name = for_servers::network_name(cloud, port.text("network_id"));
        let list = networks.entry(name).or_insert_with(|| json!([]));
        let Value::Array(list) = list else { continue };
        let entry = |address: &str, kind: &str| {
            let version = if address.contains(':') { 6 } else { 4 };
            if detailed {
                json!({
                    "version": version, "addr": address, "OS-EXT-IPS:type": kind,
                    "OS-EXT-IPS-MAC:mac_addr": port["mac_address"],
                })
            } else {
                json!({"version": version, "addr": address})
            }
        };
        list.extend(port.items("fixed_ips").iter().map(|ip| entry(ip.text("ip_address"), "fixed")));
        let floating = for_servers::floating_ips_of_port(cloud, port.text("id"));
        list.extend(floating.iter().map(|ip| entry(ip.text("floating_ip_address"), "floating")));
    }
    networks
}

/// Every address of a server.
pub(super) fn flat(cloud: &Cloud, server_id: &str) -> Vec<String> {
    let networks = of(cloud, server_id, false);
    networks
        .values()
        .flat_map(|list| list.as_array().into_iter().flatten())
        .map(|ip| ip.text("addr").to_owned())
        .collect()
}

pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    Ok(Reply::ok(&json!({"addresses": of(cloud, &server.id, false)})))
}

pub(super) fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    let name = call.param("network");
    match of(cloud, &server.id, false).remove(name) {
        Some(list) => Ok(Reply::ok(&json!({ name: list }))),
        None => Err(ApiError::not_found("Network name not found")),
    }
}
