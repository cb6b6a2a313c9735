// SPDX-License-Identifier: Apache-2.0
//! DevStack: OpenStack from its sources, in units of systemd, on the machine that it was started on, and maybe on more.

use async_trait::async_trait;
use functest_core::sut::{Access, Credentials, DeploymentStatus, Node, NodeStatus, Probe, Role};
use functest_ssh::Command;

use super::{HomeDefaults, Recipe, json, no_credentials};
use crate::error::Error;
use crate::site::Site;

const NAME: &str = "devstack";
/// Logs in to the cloud as its administrator.
const OPENSTACK: &str = "PATH=\"$PATH:/usr/local/bin:/opt/stack/data/venv/bin\" openstack --os-cloud devstack-admin";

/// DevStack.
#[derive(Debug)]
pub(super) struct DevStack;

#[async_trait]
impl Recipe for DevStack {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("stack")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        super::probe_file(site, "/opt/stack/devstack/.stackenv").await
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let home = site.home();
        let name = home.ask(Command::new("hostname")).await?.trim().to_owned();
        let address = home.look("sed -n 's/^HOST_IP=//p' /opt/stack/devstack/.stackenv").await?.unwrap_or_default();
        let mut first = Node::new(&name, &name);
        first.status = NodeStatus::Active;
        first.addresses = address.split_whitespace().map(str::to_owned).collect();
        first.roles = vec![Role::Controller, Role::Network];
        first.access = site.home_access().cloned();
        if first.access.is_none() {
            first.info.insert("connection".into(), "local".into());
        }
        let mut nodes = vec![first];
        let listing = format!("{OPENSTACK} hypervisor list -f json");
        for row in json(NAME, "openstack hypervisor list", &home.ask(Command::shell(listing)).await?)?
            .as_array()
            .into_iter()
            .flatten()
        {
            let text = |key: &str| row[key].as_str().unwrap_or_default();
            let (name, address) = (text("Hypervisor Hostname"), text("Host IP"));
            let status = if text("State") == "up" { NodeStatus::Active } else { NodeStatus::Offline };
            if let Some(known) =
                nodes.iter_mut().find(|node| node.name == name || node.addresses.iter().any(|a| a == address))
            {
                known.add_role(Role::Compute);
                continue;
            }
            let mut node = Node::new(name, name);
            node.addresses = vec![address.to_owned()];
            node.roles = vec![Role::Compute];
            node.status = status;
            let user = site.home_access().map_or("stack", |access| access.user.as_str());
            node.access = Some(Access::new(address, user));
            nodes.push(node);
        }
        Ok(nodes)
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        let line = "bash -c 'set -a; . /opt/stack/devstack/openrc admin admin > /dev/null 2>&1; env -0'";
        let text = site.home().ask(Command::shell(line)).await?;
        let variables = crate::format::environment::openstack_variables(&text);
        let path = "/opt/stack/devstack/openrc";
        if !variables.iter().any(|(name, _)| name == "OS_AUTH_URL") {
            let clouds = "/etc/openstack/clouds.yaml";
            return match site.home().file(clouds).await? {
                Some(text) => from_clouds_yaml(&text, "devstack-admin", clouds),
                None => Err(no_credentials(NAME, &format!("{path} and {clouds}"))),
            };
        }
        Ok(Credentials { variables, ca_certificate: None, origin: format!("{path} on {}", site.home().name()) })
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        let running = site.home().look("systemctl is-active 'devstack@keystone.service'").await?;
        Ok(if running.is_some() { DeploymentStatus::Active } else { DeploymentStatus::Failed })
    }
}

/// The entry of a `clouds.yaml` as variables.
fn from_clouds_yaml(text: &str, cloud: &str, origin: &str) -> Result<Credentials, Error> {
    let wrong = |message: String| Error::Output { installer: NAME, what: origin.to_owned(), message };
    let file: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let entry = &file["clouds"][cloud];
    let auth = entry["auth"].as_mapping().ok_or_else(|| wrong(format!("it has no cloud `{cloud}`")))?;
    let named =
        auth.iter().filter_map(|(key, value)| Some((format!("OS_{}", key.as_str()?.to_uppercase()), value.as_str()?)));
    let region = entry["region_name"].as_str().map(|region| ("OS_REGION_NAME".to_owned(), region));
    let variables = named.chain(region).map(|(name, value)| (name, value.to_owned().into())).collect();
    Ok(Credentials { variables, ca_certificate: None, origin: origin.to_owned() })
}
