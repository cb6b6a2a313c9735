// SPDX-License-Identifier: Apache-2.0
//! A guest's boot, as its console shows it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Guest, Interface, PASSWORD, USER, shell, user_data};
use crate::api::{Document, Read};
use crate::fault::Lie;
use crate::services::Cloud;
use crate::services::network::{for_servers, reachability};

/// How long a lease lasts, in seconds; Neutron's default.
const LEASE: u32 = 86_400;

/// Boots the guest of a server that runs.
pub(crate) fn boot(cloud: &mut Cloud, server_id: &str) {
    let Some(server) = cloud.compute.servers.get(server_id).filter(|server| server.is_running()).cloned() else {
        return;
    };
    let mut console =
        String::from("\nSYSLINUX 6.04 Copyright (C) 1994-2015 H. Peter Anvin et al\nLoading vmlinuz... ok\n");
    let guest = if cloud.faults.lies(Lie::NeverBoots) {
        console.push_str("Loading initrd...");
        None
    } else {
        let ports = for_servers::ports_of_device(cloud, server_id);
        let interfaces = ask_for_addresses(cloud, &ports, &mut console);
        let leased = interfaces.iter().any(|interface| interface.address.is_some());
        let metadata = read_metadata(cloud, leased, server.config_drive, &mut console);
        let injected = metadata && !cloud.faults.lies(Lie::KeyNotInjected);
        let host_name = if metadata { server.host_name() } else { "cirros".to_owned() };
        let mut guest = Guest {
            authorized_key: server.public_key.clone().filter(|_| injected),
            files: disk(&host_name),
            host_name,
            interfaces,
        };
        if metadata && !cloud.faults.lies(Lie::UserDataNotRun) {
            let script = server.user_data.as_deref().map(user_data::script).unwrap_or_default();
            for line in script {
                console.push_str(&shell::run(cloud, &mut guest, &line).output);
            }
        }
        let name = &guest.host_name;
        let _ = write!(
            console,
            "=== cirros: current=0.6.2 uptime=3.00 ===\nlogin as '{USER}' user. default password: '{PASSWORD}'. use 'sudo' for root.\n{name} login: "
        );
        Some(guest)
    };
    if cloud.faults.lies(Lie::EmptyConsole) {
        console.clear();
    }
    if let Some(server) = cloud.compute.servers.get_mut(server_id) {
        server.guest = guest;
        server.console = console;
    }
}

fn ask_for_addresses(cloud: &Cloud, ports: &[Document], console: &mut String) -> Vec<Interface> {
    let mut interfaces = Vec::new();
    for (number, port) in ports.iter().enumerate() {
        let _ =
            writeln!(console, "Starting network: eth{number}\nudhcpc: started, v1.35.0\nudhcpc: broadcasting discover");
        let lease = reachability::dhcp_answer(cloud, port.text("id"));
        let _ = match lease {
            Some((address, server, _)) => writeln!(
                console,
                "udhcpc: broadcasting select for {address}, server {server}\n\
                 udhcpc: lease of {address} obtained from {server}, lease time {LEASE}"
            ),
            None => writeln!(
                console,
                "udhcpc: broadcasting discover\nudhcpc: broadcasting discover\nudhcpc: no lease, failing"
            ),
        };
        interfaces.push(Interface {
            port_id: port.text("id").to_owned(),
            mac: port.text("mac_address").to_owned(),
            address: lease.map(|(address, _, prefix)| (address, prefix)),
        });
    }
    interfaces
}

/// Whether the guest finds metadata: over the network, where it has an address, or on a drive.
fn read_metadata(cloud: &Cloud, leased: bool, drive: bool, console: &mut String) -> bool {
    console.push_str("checking http://169.254.169.254/2009-04-04/instance-id\n");
    let found = !cloud.faults.lies(Lie::NoMetadata) && (leased || drive);
    console.push_str(match found {
        true => "successful after 1/20 tries: up 2.00. iid=i-00000001\n",
        false => "failed 1/20: up 2.00. request failed\nfailed to read iid from metadata. tried 20\n",
    });
    found
}

fn disk(host_name: &str) -> BTreeMap<String, String> {
    [
        ("/etc/hostname", format!("{host_name}\n")),
        ("/etc/cirros/version", "0.6.2\n".to_owned()),
        ("/etc/os-release", "NAME=\"CirrOS\"\nID=cirros\nVERSION_ID=0.6.2\n".to_owned()),
        ("/proc/uptime", "3.00 2.00\n".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect()
}
