// SPDX-License-Identifier: Apache-2.0
//! Settings of `nodes_check`.

use std::collections::BTreeMap;

use functest_core::settings::{CaseSettings, Seconds};
use functest_core::sut::{Node, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of `nodes_check`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct NodesCheckSettings {
    /// How far a node's clock may be from the one here, in seconds.
    pub time_difference: Seconds,
    /// The file system that there must be room on, by an absolute path on it.
    pub disk_path: String,
    /// Room that the file system must have, in MiB.
    pub disk_free: u64,
    /// Memory that programs must be able to have without swapping, in MiB.
    pub memory_available: u64,
    /// Services that must run, by the role of the nodes that run them, such as `{compute: [nova-compute]}`. On nodes for
    /// which none are named, no unit of systemd and no container may have failed.
    pub services: BTreeMap<String, Vec<String>>,
    /// For each thing that a node is asked, in seconds.
    pub deadline: Seconds,
}

impl Default for NodesCheckSettings {
    fn default() -> Self {
        Self {
            time_difference: Seconds(1.0),
            disk_path: "/".into(),
            disk_free: 1024,
            memory_available: 256,
            services: BTreeMap::new(),
            deadline: Seconds(60.0),
        }
    }
}

impl CaseSettings for NodesCheckSettings {
    fn problem(&self) -> Option<(&'static str, String)> {
        let is_absolute = self.disk_path.starts_with('/');
        (!is_absolute).then(|| ("disk_path", format!("`{}` is not an absolute path", self.disk_path)))
    }
}

impl NodesCheckSettings {
    /// The services that are named for a node's roles.
    pub(super) fn services_of(&self, node: &Node) -> Vec<&str> {
        let of_role = |(role, _): &(&String, &Vec<String>)| node.is(&Role::from(role.as_str()));
        self.services.iter().filter(of_role).flat_map(|(_, services)| services).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_named_by_role_in_anybodys_words() {
        let services = BTreeMap::from([
            ("control".to_owned(), vec!["nova-api".to_owned()]),
            ("compute".to_owned(), vec!["nova-compute".to_owned()]),
        ]);
        let settings = NodesCheckSettings { services, ..NodesCheckSettings::default() };
        let mut node = Node::new("1", "a");
        assert!(settings.services_of(&node).is_empty());
        node.add_role(Role::Controller);
        assert_eq!(settings.services_of(&node), ["nova-api"]);
    }
}
