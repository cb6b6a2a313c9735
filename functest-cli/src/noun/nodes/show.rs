// SPDX-License-Identifier: Apache-2.0
//! `functest nodes show`.

use functest::core::exit_code;
use functest::core::sut::{Access, Hardware, Node};
use functest::core::words::visible;
use functest::{Functest, NodeShowRequest};
use owo_colors::OwoColorize;

use crate::error::Error;
use crate::node_table::{memory, roles};
use crate::noun::sut::SutArgs;
use crate::output::Output;
use crate::runtime::{block_on, interruptible};

/// Show one node: addresses, roles, hardware, the way to it.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:
  functest nodes show compute01 --inventory /etc/kolla/multinode")]
pub(crate) struct Args {
    /// The node, by name, id or address.
    #[arg(value_name = "NODE")]
    name: String,
    #[command(flatten)]
    sut: SutArgs,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(functest: &Functest, args: Args, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer and the node ...");
    let request = NodeShowRequest { sut: args.sut.request(), node: args.name };
    let list = block_on(interruptible(functest.nodes().show(&request)))?;
    if args.json {
        output.json(&list)?;
    } else if let Some(node) = list.nodes.first() {
        print(node, output)?;
    }
    Ok(exit_code::OK)
}

/// All that is known of a node; what is not known has no line.
fn print(node: &Node, output: &Output) -> Result<(), Error> {
    output.line(visible(&node.name).style(output.styles.strong))?;
    for (key, value) in lines(node) {
        if !value.is_empty() {
            output.line(format!("{key}: {}", visible(&value)))?;
        }
    }
    Ok(())
}

fn lines(node: &Node) -> Vec<(&str, String)> {
    let mut lines = vec![
        ("Id", node.id.clone()),
        ("Addresses", node.addresses.join(", ")),
        ("Roles", roles(node)),
        ("Status", node.status.to_string()),
        ("Architecture", node.architecture.clone().unwrap_or_default()),
    ];
    if let Some(hardware) = &node.hardware {
        lines.push(("Processors", processors(hardware)));
        lines.push(("Memory", hardware.memory_kib.map(memory).unwrap_or_default()));
        lines.push(("Open vSwitch", hardware.open_vswitch.clone().unwrap_or_default()));
    }
    if let Some(access) = &node.access {
        lines.push(("Way", way(access)));
    }
    lines.extend(node.info.iter().map(|(key, value)| (key.as_str(), value.clone())));
    lines
}

fn processors(hardware: &Hardware) -> String {
    match (hardware.cpus, &hardware.cpu_model) {
        (Some(cpus), Some(model)) => format!("{cpus} ({model})"),
        (Some(cpus), None) => cpus.to_string(),
        (None, _) => String::new(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_what_is_known() {
        let mut node = Node::new("7", "compute01");
        let hop = Access::new("192.0.2.1", "stack");
        let mut access = Access::new("192.0.2.7", "heat-admin");
        (access.port, access.jump) = (2222, Some(Box::new(hop)));
        node.access = Some(access);
        node.hardware = Some(Hardware { cpus: Some(4), cpu_model: Some("Xeon".into()), ..Hardware::default() });
        let known: Vec<_> = lines(&node).into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let words = [
            ("Id", "7"),
            ("Status", "unknown"),
            ("Processors", "4 (Xeon)"),
            ("Way", "stack@192.0.2.1 -> heat-admin@192.0.2.7:2222"),
        ];
        assert_eq!(known, words.map(|(key, value)| (key, value.to_owned())));
    }
}
