// SPDX-License-Identifier: Apache-2.0
//! The life of a server: scheduled, built, booted, stopped, started, deleted; and what goes wrong with it.

use std::time::Duration;

use serde_json::json;

use super::super::guest::{self, Machine};
use super::super::seed::HOST;
use super::create::Wish;
use super::view::PUT_ASIDE;
use super::{Server, find, find_mut, history, must_be_unlocked};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, document};
use crate::fault::Happens;
use crate::ground::stamp;
use crate::services::Cloud;
use crate::services::network::for_servers;

/// Starts to build one.
pub(super) fn begin(cloud: &mut Cloud, server: Server) {
    let (id, project) = (server.id.clone(), server.project_id.clone());
    cloud.compute.servers.insert(id.clone(), project, server);
    if !cloud.faults.happens(Happens::ServerStuckInBuild) {
        cloud.after(cloud.options.build_time, id, build);
    }
}

/// Connects it and lets it run.
fn build(cloud: &mut Cloud, id: &str) {
    let Some(server) = cloud.compute.servers.get(id).filter(|server| server.vm_state == "building").cloned() else {
        return;
    };
    if server.task_state == Some("deleting") {
        return;
    }
    let outcome = if cloud.faults.happens(Happens::ServerError) {
        Err("No valid host was found. There are not enough hosts available.".to_owned())
    } else {
        connect(cloud, &server)
    };
    let now = cloud.clock.now();
    let Some(server) = cloud.compute.servers.get_mut(id) else { return };
    server.task_state = None;
    server.updated = now;
    match outcome {
        Ok(own_ports) => {
            server.own_ports.extend(own_ports);
            server.vm_state = "active";
            server.power_state = 1;
            server.launched = Some(now);
            server.host = Some(HOST.to_owned());
            boot(cloud, id);
        }
        Err(message) => {
            server.vm_state = "error";
            server.fault = Some(fault(500, &message, &stamp(now)));
        }
    }
}

fn fault(code: u16, message: &str, created: &str) -> Document {
    document!({"code": code, "created": created, "message": message})
}

/// Makes and attaches the ports of a server; returns those that were made. On failure none of them is left, and those
/// that were there are free again.
fn connect(cloud: &mut Cloud, server: &Server) -> Result<Vec<String>, String> {
    let mut made = Vec::new();
    for wish in &server.wishes {
        let port_id = match wish {
            Wish::Port(id) => Ok(id.clone()),
            Wish::Network(network_id, address) => new_port(cloud, server, network_id, address.as_deref()),
        };
        match port_id {
            Ok(id) => {
                if matches!(wish, Wish::Network(..)) {
                    made.push(id.clone());
                }
                for_servers::attach_port(cloud, &id, &server.id, super::super::availability_zone::DEFAULT, HOST);
            }
            Err(error) => {
                release_ports(cloud, &server.id, &made);
                return Err(format!("Failed to allocate the network(s), not rescheduling. {}", error.message));
            }
        }
    }
    Ok(made)
}

/// Makes a port for a server on that network.
pub(super) fn new_port(
    cloud: &mut Cloud,
    server: &Server,
    network_id: &str,
    address: Option<&str>,
) -> Result<String, ApiError> {
    let mut request = document!({"network_id": network_id, "device_id": server.id, "device_owner": "compute:nova"});
    if let Some(address) = address {
        request.insert("fixed_ips".into(), json!([{ "ip_address": address }]));
    }
    if !server.group_ids.is_empty() {
        request.insert("security_groups".into(), json!(server.group_ids));
    }
    let port = for_servers::create_port(cloud, &server.project_id, request)?;
    Ok(port.text("id").to_owned())
}

/// Lets the guest of a running server boot.
pub(super) fn boot(cloud: &mut Cloud, id: &str) {
    cloud.after(cloud.options.boot_time, id, run_guest);
}

/// Boots the guest of a server, if it still runs.
fn run_guest(cloud: &mut Cloud, id: &str) {
    let Some(server) = cloud.compute.servers.get(id).filter(|server| server.is_running()) else { return };
    let machine = Machine {
        server_id: id,
        host_name: server.host_name(),
        public_key: server.public_key.as_deref(),
        user_data: server.user_data.as_deref(),
        config_drive: server.config_drive,
    };
    let (guest, console) = guest::boot(cloud, &machine);
    if let Some(server) = cloud.compute.servers.get_mut(id) {
        server.guest = guest;
        server.console = console;
    }
}

/// Takes a server's guest away: what it had in memory is gone, what the console showed is not.
pub(super) fn halt(cloud: &mut Cloud, id: &str) {
    if let Some(server) = cloud.compute.servers.get_mut(id) {
        server.guest = None;
    }
}

/// Puts a server into a state at once, with nothing going on.
pub(super) fn settle(cloud: &mut Cloud, id: &str, vm_state: &'static str, power_state: u8) {
    let now = cloud.clock.now();
    if let Some(server) = cloud.compute.servers.get_mut(id) {
        server.vm_state = vm_state;
        server.power_state = power_state;
        server.task_state = None;
        server.updated = now;
    }
}

/// Deletes one, or puts it aside for a while where the cloud is one that does so. What was never launched has nothing to keep.
pub(super) fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    must_be_unlocked(server, call)?;
    let (id, is_launched) = (server.id.clone(), server.launched.is_some());
    match if is_launched { cloud.faults.puts_aside() } else { None } {
        None => delete_now(cloud, call),
        Some(time) => {
            let entry = history::Entry::new("soft-delete", cloud, call)?;
            halt(cloud, &id);
            settle(cloud, &id, PUT_ASIDE, 0);
            find_mut(&mut cloud.compute, call)?.history.push(entry);
            cloud.after(time, id, vanish);
            Ok(Reply::no_content())
        }
    }
}

/// Deletes one, whatever the cloud does with others.
pub(super) fn delete_now(cloud: &mut Cloud, call: &Call) -> Answer {
    let server = find(&cloud.compute, call)?;
    let id = server.id.clone();
    must_be_unlocked(server, call)?;
    let entry = history::Entry::new("delete", cloud, call)?;
    if let Some(server) = cloud.compute.servers.get_mut(&id) {
        server.task_state = Some("deleting");
        server.history.push(entry);
    }
    if !cloud.faults.happens(Happens::ServerNotDeleted) {
        cloud.after(Duration::ZERO, id, vanish);
    }
    Ok(Reply::no_content())
}

/// The end of a server: its own ports go with it, the others are free again.
fn vanish(cloud: &mut Cloud, id: &str) {
    if let Some(server) = cloud.compute.servers.remove(id) {
        release_ports(cloud, id, &server.own_ports);
    }
}

/// Deletes a server's own ports, and takes the others out of it.
fn release_ports(cloud: &mut Cloud, server_id: &str, own_ports: &[String]) {
    for port in for_servers::ports_of_device(cloud, server_id) {
        if own_ports.iter().any(|own| own == port.text("id")) {
            for_servers::delete_port(cloud, port.text("id"))
        } else {
            for_servers::detach_port(cloud, port.text("id"))
        }
    }
}
