// SPDX-License-Identifier: Apache-2.0
//! An installer that functest has never heard of: a site that keeps its machines in a file of its own.

use std::path::PathBuf;

use async_trait::async_trait;
use functest::core::Installer;
use functest::core::sut::{Access, Deployment, DeploymentStatus, Identity, InstallerError, Node, NodeStatus};

/// The site's list of machines: a line for each, with its name, its role, and where it is: `here`, or `USER@ADDRESS`.
#[derive(Debug)]
pub(crate) struct Rack {
    /// The file.
    pub(crate) list: PathBuf,
    /// The key that lets us in to the machines that are not here.
    pub(crate) key_file: Option<PathBuf>,
}

impl Rack {
    fn wrong(&self, line: usize, message: &str) -> InstallerError {
        InstallerError::Input(format!("{}:{line}: {message}", self.list.display()))
    }

    fn node(&self, number: usize, line: &str) -> Result<Node, InstallerError> {
        let [name, role, place] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            return Err(self.wrong(number, "expected a name, a role and a place"));
        };
        let mut node = Node::new(name, name);
        node.status = NodeStatus::Active;
        node.add_role(role.into());
        if place == "here" {
            // This is how nodes are run on without SSH.
            node.info.insert("connection".into(), "local".into());
            return Ok(node);
        }
        let Some((user, address)) = place.split_once('@') else {
            return Err(self.wrong(number, "expected `here` or USER@ADDRESS as the place"));
        };
        let mut access = Access::new(address, user);
        access.identities = self.key_file.iter().cloned().map(Identity::KeyFile).chain([Identity::Agent]).collect();
        node.addresses = vec![address.to_owned()];
        node.access = Some(access);
        Ok(node)
    }
}

/// What it does not say here, it does not know: the trait has an honest answer for that.
#[async_trait]
impl Installer for Rack {
    fn name(&self) -> &str {
        "rack"
    }

    async fn nodes(&self) -> Result<Vec<Node>, InstallerError> {
        let text = std::fs::read_to_string(&self.list)
            .map_err(|error| InstallerError::Input(format!("cannot read {}: {error}", self.list.display())))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines.map(|(index, line)| self.node(index + 1, line)).collect()
    }

    async fn status(&self) -> Result<DeploymentStatus, InstallerError> {
        Ok(DeploymentStatus::Active)
    }

    /// Conditions of catalogues look at the scenario and the pod.
    async fn deployment(&self) -> Result<Deployment, InstallerError> {
        Ok(Deployment {
            installer: self.name().to_owned(),
            installer_address: None,
            scenario: Some("os-nosdn-nofeature-noha".into()),
            pod: Some("rack-1".into()),
            status: self.status().await?,
            openstack_version: self.openstack_version().await?,
            sdn_controller: self.sdn_controller().await?,
            nodes: self.nodes().await?,
            problems: Vec::new(),
        })
    }
}
