// SPDX-License-Identifier: Apache-2.0
//! Pharos' description of a pod, the PDF (opnfv/pharos `config/pdf/pod1.yaml`): machines before anything is deployed on them.

use functest_core::sut::{Access, Hardware, Node, NodeStatus, Role};
use serde::Deserialize;

#[derive(Deserialize)]
struct Pdf {
    #[serde(default)]
    jumphost: Option<Machine>,
    nodes: Vec<Machine>,
}

#[derive(Deserialize)]
struct Machine {
    name: String,
    #[serde(default)]
    node: Parameters,
    #[serde(default)]
    interfaces: Vec<Interface>,
    #[serde(default)]
    remote_management: Management,
}

#[derive(Default, Deserialize)]
struct Parameters {
    #[serde(default)]
    arch: Option<String>,
    #[serde(default)]
    cpus: Option<u32>,
    #[serde(default)]
    cores: Option<u32>,
    #[serde(default)]
    memory: Option<String>,
    #[serde(default)]
    vendor: Option<String>,
    #[serde(default)]
    model: Option<String>,
}

#[derive(Default, Deserialize)]
struct Management {
    #[serde(default)]
    address: Option<String>,
}

#[derive(Deserialize)]
struct Interface {
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    mac_address: Option<String>,
}

/// The machines of a PDF: the jump host as installer, then the nodes. Roles are not in it.
///
/// # Errors
/// What is wrong, with its line, and what was expected.
pub fn read(text: &str) -> Result<Vec<Node>, String> {
    // Merge keys (`<<`) are widespread in these files.
    let mut value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    value.apply_merge().map_err(|error| error.to_string())?;
    let pdf: Pdf = serde_yaml::from_value(value).map_err(|error| error.to_string())?;
    let jump = pdf.jumphost.map(|machine| {
        let mut node = node(machine);
        node.add_role(Role::Installer);
        node
    });
    Ok(jump.into_iter().chain(pdf.nodes.into_iter().map(node)).collect())
}

fn node(machine: Machine) -> Node {
    let mut node = Node::new(&machine.name, &machine.name);
    node.status = NodeStatus::Unknown;
    // With or without the length of the prefix.
    let addresses = machine.interfaces.iter().filter_map(|interface| interface.address.as_deref());
    node.addresses = addresses.filter_map(|text| text.split('/').next()).map(str::to_owned).collect();
    node.access = node.addresses.first().map(|address| Access::new(address, "root"));
    node.architecture = machine.node.arch;
    let cpus = machine.node.cpus.zip(machine.node.cores).and_then(|(cpus, cores)| cpus.checked_mul(cores));
    let memory_kib = machine.node.memory.as_deref().and_then(kibibytes);
    if cpus.is_some() || memory_kib.is_some() {
        node.hardware = Some(Hardware { cpus, memory_kib, ..Hardware::default() });
    }
    let mac = machine.interfaces.into_iter().find_map(|interface| interface.mac_address);
    let management = machine.remote_management.address;
    let told =
        [("vendor", machine.node.vendor), ("model", machine.node.model), ("mac", mac), ("management", management)];
    node.info = told.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    node
}

/// `62G`, `131072M`.
fn kibibytes(text: &str) -> Option<u64> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number: u64 = digits.parse().ok()?;
    let factor = match text[digits.len()..].trim().chars().next().map(|c| c.to_ascii_uppercase()) {
        Some('T') => 1 << 30,
        Some('G') => 1 << 20,
        Some('M') => 1 << 10,
        Some('K') => 1,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_read() {
        let text = "jumphost:\n  name: j\n  interfaces: [{address: 10.0.0.1, mac_address: 'a:b'}]\n\
                    nodes:\n- name: n1\n  node: &p {arch: x86_64, cpus: 2, cores: 22, memory: 62G, vendor: V}\n  interfaces: [{address: 10.0.0.2/24}, {}]\n\
                    - name: n2\n  node: {<<: *p, arch: aarch64}\n  interfaces: []\n";
        let nodes = read(text).unwrap();
        assert_eq!(nodes[0].roles, [Role::Installer]);
        assert_eq!(nodes[1].addresses, ["10.0.0.2"]);
        let hardware = nodes[1].hardware.as_ref().unwrap();
        assert_eq!((hardware.cpus, hardware.memory_kib), (Some(44), Some(62 << 20)));
        assert_eq!((nodes[2].architecture.as_deref(), nodes[2].access.is_none()), (Some("aarch64"), true));
        assert!(read("nodes: x").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,120}", memory in ".{0,12}") {
            let _ = read(&text);
            kibibytes(&memory);
        }
    }
}
