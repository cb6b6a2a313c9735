// SPDX-License-Identifier: Apache-2.0
//! Sunbeam (Canonical OpenStack): snaps and Juju, machines in one model, the control plane on Kubernetes in another.

use async_trait::async_trait;
use functest_core::sut::{Credentials, DeploymentStatus, Identity, Node, NodeStatus, Probe, Role};
use functest_ssh::Command;
use serde_yaml::Value;

use super::{HomeDefaults, Recipe, joid, no_credentials};
use crate::error::Error;
use crate::format::environment;
use crate::site::Site;

const NAME: &str = "sunbeam";
/// A snap's programs are not in the path of a shell without a terminal.
const SUNBEAM: &str = "PATH=\"$PATH:/snap/bin\" sunbeam";
/// The model of the machines.
const MODELS: [&str; 2] = ["openstack-machines", "admin/openstack-machines"];

/// Sunbeam.
#[derive(Debug)]
pub(super) struct Sunbeam;

#[async_trait]
impl Recipe for Sunbeam {
    fn name(&self) -> &'static str {
        NAME
    }

    fn home(&self) -> HomeDefaults {
        HomeDefaults::user("ubuntu")
    }

    async fn probe(&self, site: &Site) -> Result<Probe, Error> {
        let found = site.home().look(&format!("{SUNBEAM} cluster list -f yaml > /dev/null")).await?.is_some();
        let evidence = if found { "sunbeam has a cluster" } else { "sunbeam is not there, or has no cluster" };
        Ok(Probe { found, evidence: evidence.into() })
    }

    async fn nodes(&self, site: &Site) -> Result<Vec<Node>, Error> {
        let mut nodes = match joid::status(site, NAME, MODELS[0]).await {
            Ok(status) => status.nodes("ubuntu"),
            Err(_) => joid::status(site, NAME, MODELS[1]).await?.nodes("ubuntu"),
        };
        // Roles are Sunbeam's own: it puts charms on every machine.
        nodes.iter_mut().for_each(|node| node.roles.clear());
        let text = site.home().ask(Command::shell(format!("{SUNBEAM} cluster list -f yaml"))).await?;
        add_roles(&text, &mut nodes).map_err(|message| Error::Output {
            installer: NAME,
            what: "sunbeam cluster list".into(),
            message,
        })?;
        Ok(nodes)
    }

    async fn node_identities(&self, site: &Site) -> Result<Vec<Identity>, Error> {
        joid::identities(site).await
    }

    async fn credentials(&self, site: &Site, _nodes: &[Node]) -> Result<Credentials, Error> {
        // What it prints is for a shell: one there takes it.
        let inner = format!("set -a; eval \"$({SUNBEAM} openrc)\"; env -0");
        let line = format!("env -i HOME=\"$HOME\" PATH=\"$PATH\" bash -c {}", functest_ssh::quote(&inner));
        let variables = environment::openstack_variables(&site.home().ask(Command::shell(line)).await?);
        if variables.is_empty() {
            return Err(no_credentials(NAME, "what `sunbeam openrc` prints"));
        }
        Ok(Credentials { variables, ca_certificate: None, origin: format!("sunbeam openrc on {}", site.home().name()) })
    }

    async fn openstack_version(&self, site: &Site, _nodes: &[Node]) -> Result<Option<String>, Error> {
        // Its charms come from a channel of the release, such as `2024.1/stable`.
        let status = joid::status(site, NAME, MODELS[0]).await?;
        let channel = status.channel_of("openstack-hypervisor").or_else(|| status.channel_of("sunbeam-machine"));
        Ok(channel.and_then(|channel| channel.split('/').next().map(str::to_owned)))
    }

    async fn status(&self, site: &Site) -> Result<DeploymentStatus, Error> {
        Ok(joid::of_machines(&self.nodes(site).await?))
    }
}

/// The roles of `sunbeam cluster list -f yaml`: `model: {machine: {hostname, status: {compute, control, storage}}}`.
fn add_roles(text: &str, nodes: &mut [Node]) -> Result<(), String> {
    let value: Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    let models = value.as_mapping().ok_or("expected a map of models")?;
    for (id, machine) in models.values().filter_map(Value::as_mapping).flatten() {
        let id = id.as_str().map(str::to_owned).or_else(|| id.as_u64().map(|number| number.to_string()));
        let hostname = machine["hostname"].as_str().unwrap_or_default();
        let is_it = |node: &&mut Node| Some(&node.id) == id.as_ref() || node.name == hostname;
        let Some(node) = nodes.iter_mut().find(is_it) else { continue };
        if !hostname.is_empty() {
            node.name = hostname.to_owned();
        }
        for (key, role) in [("control", Role::Controller), ("compute", Role::Compute), ("storage", Role::Storage)] {
            if machine["status"][key].as_str().is_some_and(|state| !state.is_empty()) {
                node.add_role(role);
            }
        }
        if machine["status"]["machine"].as_str() == Some("down") {
            node.status = NodeStatus::Offline;
        }
    }
    Ok(())
}
