// SPDX-License-Identifier: Apache-2.0
//! Fuel of the MCP kind: a Salt master, whose pillars say what each minion does.

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Node, NodeStatus, Probe, Role, SdnController};
use functest_ssh::Command;
use serde_json::Value;

use super::{HomeDefaults, Recipe, json, no_credentials};
use crate::error::Error;
use crate::site::Site;

const NAME: &str = "fuel-mcp";
/// What each minion's pillars say, as one document. Keys that one has not are empty.
const PILLARS: [&str; 7] = [
    "_param:pxe_admin_address",
    "_param:single_address",
    "nova:controller:enabled",
    "nova:compute:enabled",
    "opendaylight:server:enabled",
    "salt:master:enabled",
    "maas:region:enabled",
];

/// Fuel of the MCP kind.
#[derive(Debug)]
pub(super) struct FuelMcp;

#[async_trait]
impl Recipe for FuelMcp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("ubuntu")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_program(site, "salt").await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let command =
            Command::new("salt").arg("*").arg("pillar.item").args(PILLARS).args(["--out", "json", "--static"]);
        let output = site.home().run(&command.sudo(Some(site.home_sudo())).repeatable()).await?;
        // It ends with 1 when a minion does not answer.
        let answers = json(NAME, "salt '*' pillar.item", &output.stdout_text())?;
        let answers = answers.as_object().ok_or_else(|| Error::Output {
            installer: NAME,
            what: "salt '*' pillar.item".into(),
            message: "expected a map of minions".into(),
        })?;
        Ok(answers.iter().map(|(name, pillar)| node(name, pillar)).collect())
    }

    async fn credentials(&self, site: &Site, nodes: &[Node]) -> Result<Credentials, Error> {
        let path = "/root/keystonercv3";
        for node in nodes.iter().filter(|node| node.is(&Role::Controller)) {
            let found = super::openrc(&site.node(node)?, Some(&crate::sudo::sudo_of(node)), &[path]).await;
            if let Ok(Some(mut found)) = found {
                found.ca_certificate = site.home().file("/etc/ssl/certs/os_cacert").await?;
                return Ok(found);
            }
        }
        Err(no_credentials(NAME, &format!("{path} of a controller")))
    }

    async fn sdn_controller(&self, site: &Site, nodes: &[Node]) -> Result<Option<SdnController>, Error> {
        if !nodes.iter().any(|node| node.is(&Role::Opendaylight)) {
            return Ok(None);
        }
        let words =
            ["-I", "opendaylight:server:enabled:True", "pkg.version", "opendaylight", "--out", "json", "--static"];
        let command = Command::new("salt").args(words).sudo(Some(site.home_sudo())).repeatable();
        let answers = json(NAME, "salt pkg.version opendaylight", &site.home().run(&command).await?.stdout_text())?;
        let versions = answers.as_object().into_iter().flat_map(|map| map.values());
        let version = versions.filter_map(Value::as_str).find(|version| !version.is_empty()).map(str::to_owned);
        Ok(Some(SdnController { name: "opendaylight".into(), version }))
    }

    async fn status(&self, _site: &Site) -> Result<DeploymentStatus, Error> {
        // Salt applies states; that a deployment was complete it does not keep.
        Ok(DeploymentStatus::Unknown)
    }
}

fn node(name: &str, pillar: &Value) -> Node {
    let mut node = Node::new(name, name);
    // A minion that does not answer is a text, or false.
    if !pillar.is_object() {
        node.status = NodeStatus::Offline;
        return node;
    }
    node.status = NodeStatus::Active;
    let address = ["_param:pxe_admin_address", "_param:single_address"]
        .iter()
        .find_map(|key| pillar[*key].as_str().filter(|a| !a.is_empty()));
    node.addresses = address.map(str::to_owned).into_iter().collect();
    node.access = address.map(|address| Access::new(address, "ubuntu"));
    for (key, role) in [
        ("nova:controller:enabled", Role::Controller),
        ("nova:compute:enabled", Role::Compute),
        ("opendaylight:server:enabled", Role::Opendaylight),
        ("salt:master:enabled", Role::Installer),
        ("maas:region:enabled", Role::Installer),
    ] {
        if pillar[key] == Value::Bool(true)
            || pillar[key].as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
        {
            node.add_role(role);
        }
    }
    node
}
