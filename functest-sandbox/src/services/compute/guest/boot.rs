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

/// What a server gives its guest to boot with.
pub(crate) struct Machine<'s> {
    pub(crate) server_id: &'s str,
    /// What metadata calls it.
    pub(crate) host_name: String,
    /// The key that metadata has.
    pub(crate) public_key: Option<&'s str>,
    /// In base64.
    pub(crate) user_data: Option<&'s str>,
    /// Whether metadata is on a drive, too.
    pub(crate) config_drive: bool,
}

/// Boots a guest: what runs then, if it comes so far, and what its console shows.
pub(crate) fn boot(cloud: &Cloud, machine: &Machine<'_>) -> (Option<Guest>, String) {
    let mut console =
        String::from("\nSYSLINUX 6.04 Copyright (C) 1994-2015 H. Peter Anvin et al\nLoading vmlinuz... ok\n");
    let guest = if cloud.faults.lies(Lie::NeverBoots) {
        console.push_str("Loading initrd...");
        None
    } else {
        Some(start(cloud, machine, &mut console))
    };
    if cloud.faults.lies(Lie::EmptyConsole) {
        console.clear();
    }
    (guest, console)
}

/// What a guest does once its kernel runs, up to the prompt of its login.
fn start(cloud: &Cloud, machine: &Machine<'_>, console: &mut String) -> Guest {
    let ports = for_servers::ports_of_device(cloud, machine.server_id);
    let interfaces = ask_for_addresses(cloud, &ports, console);
    let leased = interfaces.iter().any(|interface| interface.address.is_some());
    let metadata = read_metadata(cloud, leased, machine.config_drive, console);
    let injected = metadata && !cloud.faults.lies(Lie::KeyNotInjected);
    let host_name = if metadata { machine.host_name.clone() } else { "cirros".to_owned() };
    let mut guest = Guest {
        authorized_key: machine.public_key.filter(|_| injected).map(str::to_owned),
        files: disk(&host_name),
        host_name,
        interfaces,
    };
    if metadata && !cloud.faults.lies(Lie::UserDataNotRun) {
        run_user_data(cloud, machine, &mut guest, console);
    }
    let name = &guest.host_name;
    let _ = write!(
        console,
        "=== cirros: current=0.6.2 uptime=3.00 ===\nlogin as '{USER}' user. default password: '{PASSWORD}'. use 'sudo' for root.\n{name} login: "
    );
    guest
}

fn run_user_data(cloud: &Cloud, machine: &Machine<'_>, guest: &mut Guest, console: &mut String) {
    let script = machine.user_data.map(user_data::script).unwrap_or_default();
    for line in script {
        console.push_str(&shell::run(cloud, guest, &line).output);
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
    console.push_str(if found {
        "successful after 1/20 tries: up 2.00. iid=i-00000001\n"
    } else {
        "failed 1/20: up 2.00. request failed\nfailed to read iid from metadata. tried 20\n"
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
