// SPDX-License-Identifier: Apache-2.0
//! Nodes, as rows and as a page.

use comfy_table::Table;
use functest::core::sut::{Access, Node, NodeStatus, Role};
use functest::core::words::visible;
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::output::Output;
use crate::table::table;

/// A row for each node.
pub(crate) fn nodes(nodes: &[Node], output: &Output) -> Table {
    let in_depth = nodes.iter().any(|node| node.hardware.is_some());
    let headings: &[&str] = match in_depth {
        true => &["node", "address", "roles", "status", "arch", "cpus", "memory", "open vswitch"],
        false => &["node", "address", "roles", "status"],
    };
    let mut table = table(headings, output);
    for node in nodes {
        let status = match node.status {
            NodeStatus::Active => output.styles.good,
            NodeStatus::Error | NodeStatus::Offline => output.styles.bad,
            _ => output.styles.faint,
        };
        let mut row = vec![
            visible(&node.name),
            visible(node.addresses.first().map_or("", String::as_str)),
            visible(&roles(node)),
            node.status.style(status).to_string(),
        ];
        if in_depth {
            let hardware = node.hardware.clone().unwrap_or_default();
            row.push(node.architecture.clone().unwrap_or_default());
            row.push(hardware.cpus.map(|cpus| cpus.to_string()).unwrap_or_default());
            row.push(hardware.memory_kib.map(memory).unwrap_or_default());
            row.push(visible(&hardware.open_vswitch.unwrap_or_default()));
        }
        table.add_row(row);
    }
    table
}

/// All that is known of a node.
pub(crate) fn page(node: &Node, output: &Output) -> Result<(), Error> {
    output.line(visible(&node.name).style(output.styles.strong))?;
    let line = |key: &str, value: String| match value.is_empty() {
        true => Ok(()),
        false => output.line(format!("{key}: {}", visible(&value))),
    };
    line("Id", node.id.clone())?;
    line("Addresses", node.addresses.join(", "))?;
    line("Roles", roles(node))?;
    line("Status", node.status.to_string())?;
    line("Architecture", node.architecture.clone().unwrap_or_default())?;
    if let Some(hardware) = &node.hardware {
        let model = hardware.cpu_model.as_ref().map(|model| format!(" ({model})")).unwrap_or_default();
        line("Processors", hardware.cpus.map(|cpus| format!("{cpus}{model}")).unwrap_or_default())?;
        line("Memory", hardware.memory_kib.map(memory).unwrap_or_default())?;
        line("Open vSwitch", hardware.open_vswitch.clone().unwrap_or_default())?;
    }
    if let Some(access) = &node.access {
        line("Way", way(access))?;
    }
    node.info.iter().try_for_each(|(key, value)| line(key, value.clone()))
}

/// The hosts on the way, from here outwards.
fn way(access: &Access) -> String {
    let mut hops: Vec<String> = std::iter::successors(Some(access), |hop| hop.jump.as_deref()).map(host).collect();
    hops.reverse();
    hops.join(" -> ")
}

fn host(access: &Access) -> String {
    if access.port == 22 {
        format!("{}@{}", access.user, access.address)
    } else {
        format!("{}@{}:{}", access.user, access.address, access.port)
    }
}

fn roles(node: &Node) -> String {
    node.roles.iter().map(Role::as_str).collect::<Vec<_>>().join(", ")
}

fn memory(kib: u64) -> String {
    format!("{:.1} GiB", kib as f64 / f64::from(1 << 20))
}
