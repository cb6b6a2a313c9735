// SPDX-License-Identifier: Apache-2.0
//! Nodes, as rows.

use comfy_table::Table;
use functest::core::sut::{Node, NodeStatus, Role};
use functest::core::words::visible;
use owo_colors::OwoColorize;

use crate::output::Output;
use crate::table::table;

/// A row for each node.
pub(crate) fn nodes(nodes: &[Node], output: &Output) -> Table {
    let in_depth = nodes.iter().any(|node| node.hardware.is_some());
    let headings: &[&str] = if in_depth {
        &["node", "address", "roles", "status", "arch", "cpus", "memory", "open vswitch"]
    } else {
        &["node", "address", "roles", "status"]
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

/// What it does, in words.
pub(crate) fn roles(node: &Node) -> String {
    node.roles.iter().map(Role::as_str).collect::<Vec<_>>().join(", ")
}

/// So much memory, in words.
pub(crate) fn memory(kib: u64) -> String {
    format!("{:.1} GiB", kib as f64 / f64::from(1 << 20))
}
