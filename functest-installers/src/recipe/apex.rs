// SPDX-License-Identifier: Apache-2.0
//! Apex, which is TripleO: an undercloud, whose Nova (or Ironic) has the nodes as its servers.

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Node, NodeStatus, Probe, Role};
use functest_ssh::Command;
use serde_json::Value;

use super::{HomeDefaults, Recipe, json, no_credentials, openrc};
use crate::error::Error;
use crate::site::Site;

const NAME: &str = "apex";
/// Logs in to the undercloud's own OpenStack.
const OPENSTACK: &str = ". ~stack/stackrc && openstack";

/// Apex.
#[derive(Debug)]
pub(super) struct Apex;

#[async_trait]
impl Recipe for Apex {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("stack")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_file(site, "~stack/stackrc").await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let command = Command::new("bash").args(["-c", &format!("{OPENSTACK} server list -f json")]);
        let text = site.home().ask(command).await?;
        let list = json(NAME, "openstack server list", &text)?;
        Ok(list.as_array().into_iter().flatten().map(node).collect())
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let line = "echo ~stack";
        let folder = site.home().ask(Command::shell(line)).await?;
        let paths = ["overcloudrc.v3", "overcloudrc"].map(|name| format!("{}/{name}", folder.trim()));
        let found = openrc(site.home(), None, &[&paths[0], &paths[1]]).await?;
        found.ok_or_else(|| no_credentials(NAME, &paths[1]))
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        let command = Command::new("bash").args(["-c", &format!("{OPENSTACK} stack list -f json")]);
        let text = site.home().ask(command).await?;
        let list = json(NAME, "openstack stack list", &text)?;
        let states: Vec<&str> =
            list.as_array().into_iter().flatten().filter_map(|stack| stack["Stack Status"].as_str()).collect();
        Ok(match states.as_slice() {
            [] => DeploymentStatus::Unknown,
            states if states.iter().any(|state| state.ends_with("FAILED")) => DeploymentStatus::Failed,
            states if states.iter().any(|state| state.ends_with("IN_PROGRESS")) => DeploymentStatus::Deploying,
            _ => DeploymentStatus::Active,
        })
    }
}

fn node(row: &Value) -> Node {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let mut node = Node::new(text("ID"), text("Name"));
    node.status = match text("Status") {
        "ACTIVE" => NodeStatus::Active,
        "ERROR" => NodeStatus::Error,
        "SHUTOFF" => NodeStatus::Offline,
        _ => NodeStatus::Inactive,
    };
    node.addresses = addresses(&row["Networks"]);
    node.access = node.addresses.first().map(|address| Access::new(address, "heat-admin"));
    let name = node.name.to_lowercase();
    for (part, role) in [
        ("control", Role::Controller),
        ("compute", Role::Compute),
        ("storage", Role::Storage),
        ("opendaylight", Role::Opendaylight),
        ("network", Role::Network),
    ] {
        if name.contains(part) {
            node.add_role(role);
        }
    }
    node
}

/// `ctlplane=192.0.2.8` of older clients, `{"ctlplane": ["192.0.2.8"]}` of newer ones.
fn addresses(networks: &Value) -> Vec<String> {
    match networks {
        Value::String(text) => {
            let of_network = text.split(';').flat_map(|part| part.rsplit('=').next().unwrap_or_default().split(','));
            of_network.map(|address| address.trim().to_owned()).filter(|address| !address.is_empty()).collect()
        }
        Value::Object(map) => {
            let lists = map.values().flat_map(|list| list.as_array().into_iter().flatten());
            lists.filter_map(|address| address.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn networks_are_read_in_both_forms() {
        for networks in [
            json!("ctlplane=192.0.2.8, fd00::8; other=10.0.0.1"),
            json!({"a": ["192.0.2.8", "fd00::8"], "b": ["10.0.0.1"]}),
        ] {
            assert_eq!(addresses(&networks), ["192.0.2.8", "fd00::8", "10.0.0.1"]);
        }
        assert!(addresses(&json!("")).is_empty() && addresses(&json!(7)).is_empty());
        let node = node(&json!({"ID": "1", "Name": "overcloud-novacompute-0", "Status": "SHUTOFF", "Networks": ""}));
        assert_eq!(
            (node.status, node.roles.as_slice(), node.access.is_none()),
            (NodeStatus::Offline, &[Role::Compute][..], true)
        );
    }
}
