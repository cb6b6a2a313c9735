// SPDX-License-Identifier: Apache-2.0
//! `juju status --format json` of Juju 2 and 3.

use std::collections::BTreeMap;

use functest_core::sut::{Access, Node, NodeStatus, Role};
use serde::Deserialize;

/// What a model has.
#[derive(Debug, Default, Deserialize)]
pub struct Status {
    /// Machines by number.
    #[serde(default)]
    machines: BTreeMap<String, Machine>,
    /// Applications by name. Juju 1 called them services.
    #[serde(default, alias = "services")]
    applications: BTreeMap<String, Application>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Machine {
    #[serde(default)]
    dns_name: Option<String>,
    #[serde(default)]
    ip_addresses: Vec<String>,
    #[serde(default)]
    instance_id: Option<String>,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    juju_status: Current,
    #[serde(default)]
    machine_status: Current,
    #[serde(default)]
    hardware: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Current {
    #[serde(default)]
    current: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Application {
    #[serde(default)]
    charm: String,
    #[serde(default)]
    charm_name: Option<String>,
    #[serde(default)]
    units: Option<BTreeMap<String, Unit>>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    charm_channel: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Unit {
    /// Absent from units of applications on Kubernetes.
    #[serde(default)]
    machine: Option<String>,
}

/// What charms are there for: a part of their name, and the role of the machine they run on.
const CHARMS: [(&str, Role); 9] = [
    ("nova-compute", Role::Compute),
    ("openstack-hypervisor", Role::Compute),
    ("nova-cloud-controller", Role::Controller),
    ("keystone", Role::Controller),
    ("sunbeam-machine", Role::Controller),
    ("neutron-gateway", Role::Network),
    ("ceph-osd", Role::Storage),
    ("microceph", Role::Storage),
    ("opendaylight", Role::Opendaylight),
];

impl Status {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The version that an application whose name has `part` in it says it has.
    pub fn version_of(&self, part: &str) -> Option<String> {
        let found = self.applications.iter().find(|(name, _)| name.contains(part))?;
        found.1.version.clone().filter(|version| !version.is_empty())
    }

    /// The channel that an application's charm comes from.
    pub fn channel_of(&self, application: &str) -> Option<String> {
        self.applications.get(application)?.charm_channel.clone()
    }

    /// Whether an application's name has `part` in it.
    pub fn has(&self, part: &str) -> bool {
        self.applications.keys().any(|name| name.contains(part))
    }

    /// The machines, with what runs on them or in containers on them, for `user`.
    pub fn nodes(&self, user: &str) -> Vec<Node> {
        self.machines.iter().map(|(number, machine)| self.node(number, machine, user)).collect()
    }

    fn node(&self, number: &str, machine: &Machine, user: &str) -> Node {
        let names = [&machine.hostname, &machine.display_name, &machine.instance_id];
        let name = names.into_iter().flatten().find(|name| !name.is_empty() && *name != "pending");
        let mut node = Node::new(number, name.map_or(number, String::as_str));
        node.addresses = machine.dns_name.iter().filter(|name| !name.is_empty()).cloned().collect();
        for address in &machine.ip_addresses {
            if !node.addresses.contains(address) {
                node.addresses.push(address.clone());
            }
        }
        node.access = node.addresses.first().map(|address| Access::new(address, user));
        node.status = match (machine.juju_status.current.as_str(), machine.machine_status.current.as_str()) {
            ("started", _) => NodeStatus::Active,
            ("down", _) => NodeStatus::Offline,
            (_, "provisioning error" | "error") => NodeStatus::Error,
            ("pending", _) => NodeStatus::Inactive,
            _ => NodeStatus::Unknown,
        };
        for (application, charm) in self.on(number) {
            let known = CHARMS.iter().filter(|(part, _)| application.contains(part) || charm.contains(part));
            known.for_each(|(_, role)| node.add_role(role.clone()));
            if application.contains("onos") {
                node.add_role(Role::Onos);
            }
        }
        let hardware = machine.hardware.iter().flat_map(|text| text.split_whitespace());
        for (key, value) in hardware.filter_map(|word| word.split_once('=')) {
            match (key, value) {
                ("arch", "amd64") => node.architecture = Some("x86_64".into()),
                ("arch", "arm64") => node.architecture = Some("aarch64".into()),
                ("arch", other) => node.architecture = Some(other.to_owned()),
                _ => drop(node.info.insert(key.to_owned(), value.to_owned())),
            }
        }
        node
    }

    /// Applications with a unit on the machine, or in a container on it (`0/lxd/3`).
    fn on<'a>(&'a self, number: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let is_there =
            move |unit: &Unit| unit.machine.as_deref().is_some_and(|machine| machine.split('/').next() == Some(number));
        self.applications
            .iter()
            .filter(move |(_, application)| application.units.iter().flat_map(BTreeMap::values).any(is_there))
            .map(|(name, application)| (name.as_str(), application.charm_name.as_deref().unwrap_or(&application.charm)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_containers_count_for_their_machine() {
        let text = r#"{"machines": {"0": {"juju-status": {"current": "started"}, "dns-name": "10.0.0.1",
            "ip-addresses": ["10.0.0.1", "fd00::1"], "display-name": "n0", "hardware": "arch=amd64 cores=4 mem=8192M"},
            "1": {"juju-status": {"current": "down"}, "instance-id": "pending"}},
            "applications": {"keystone": {"charm": "cs:keystone-1", "version": "13.0.4",
            "units": {"keystone/0": {"machine": "0/lxd/1"}}}, "nova-compute-kvm": {"charm": "x", "charm-name": "nova-compute",
            "units": {"a/0": {"machine": "0"}, "a/1": {"machine": "1"}}}, "ntp": {"charm": "ntp"}}}"#;
        let status = Status::read(text).unwrap();
        let nodes = status.nodes("ubuntu");
        assert_eq!(nodes[0].roles, [Role::Controller, Role::Compute]);
        assert_eq!((nodes[0].name.as_str(), nodes[0].addresses.len()), ("n0", 2));
        assert_eq!(
            (nodes[1].status, nodes[1].name.as_str(), nodes[1].access.is_none()),
            (NodeStatus::Offline, "1", true)
        );
        assert_eq!(status.version_of("keystone").as_deref(), Some("13.0.4"));
        assert!(Status::read("7").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,120}") {
            let _ = Status::read(&text);
        }
    }
}
