// SPDX-License-Identifier: Apache-2.0
//! Which nodes are meant.

use functest_core::suggest::did_you_mean;
use functest_core::sut::{Node, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Which nodes are meant: those that are named and those of the roles; all where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NodeSelection {
    /// By id, name or address.
    pub names: Vec<String>,
    /// By role.
    pub roles: Vec<Role>,
}

impl NodeSelection {
    /// The nodes that are meant, in the order of the installer.
    ///
    /// # Errors
    /// When a name is no node's, or no node has any of the roles.
    pub fn of(&self, nodes: &[Node]) -> Result<Vec<Node>, Error> {
        let is = |node: &Node, name: &str| {
            node.id == name || node.name == name || node.addresses.iter().any(|address| address == name)
        };
        let known = || nodes.iter().map(|node| node.name.as_str());
        for name in &self.names {
            if !nodes.iter().any(|node| is(node, name)) {
                let suggestion = did_you_mean(name, known());
                let known = known().collect::<Vec<_>>().join(", ");
                return Err(Error::UnknownNode { name: name.clone(), suggestion, known });
            }
        }
        let all = self.names.is_empty() && self.roles.is_empty();
        let is_meant = |node: &&Node| {
            all || self.names.iter().any(|name| is(node, name)) || self.roles.iter().any(|role| node.is(role))
        };
        let meant: Vec<Node> = nodes.iter().filter(is_meant).cloned().collect();
        if meant.is_empty() {
            let roles: Vec<&str> = self.roles.iter().map(Role::as_str).collect();
            let mut there: Vec<&str> = nodes.iter().flat_map(|node| &node.roles).map(Role::as_str).collect();
            there.sort_unstable();
            there.dedup();
            let message = format!("no node has the role {}; there are: {}", roles.join(" or "), there.join(", "));
            return Err(Error::Input { origin: "--role".into(), message });
        }
        Ok(meant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_roles_select() {
        let mut nodes = vec![Node::new("1", "control01"), Node::new("2", "compute01")];
        nodes[1].roles = vec![Role::Compute];
        nodes[1].addresses = vec!["10.0.0.2".into()];
        let select = |names: &[&str], roles: &[&str]| {
            let selection = NodeSelection {
                names: names.iter().map(|name| name.to_string()).collect(),
                roles: roles.iter().map(|role| Role::from(*role)).collect(),
            };
            selection.of(&nodes).map(|nodes| nodes.into_iter().map(|node| node.id).collect::<Vec<_>>())
        };
        assert_eq!(select(&[], &[]).unwrap(), ["1", "2"]);
        assert_eq!(select(&["10.0.0.2"], &[]).unwrap(), ["2"]);
        assert_eq!(select(&["control01"], &["compute"]).unwrap(), ["1", "2"]);
        let error = select(&["compute1"], &[]).unwrap_err().to_string();
        assert_eq!(error, "there is no node `compute1`; did you mean `compute01`?; there are: control01, compute01");
        let error = select(&[], &["storage"]).unwrap_err().to_string();
        assert_eq!(error, "--role: no node has the role storage; there are: compute");
    }
}
