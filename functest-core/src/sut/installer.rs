// SPDX-License-Identifier: Apache-2.0
//! Installers: what deployed the system under test, and therefore knows its nodes.

use std::fmt::{self, Debug};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Access, Credentials, Deployment, DeploymentStatus, Node, SdnController};

/// What deployed the system under test. Answers are found when they are first asked for, and kept.
///
/// An installer has a name and names its nodes. What else it knows, it says; where it does not, it says that nobody knows, or
/// that it has no such thing.
#[async_trait]
pub trait Installer: Debug + Send + Sync {
    /// Its name, as `INSTALLER_TYPE` says it, such as `apex`.
    fn name(&self) -> &str;

    /// Whether this is what deployed the system, and how that was seen.
    ///
    /// # Errors
    /// When nobody can be asked.
    async fn probe(&self) -> Result<Probe, InstallerError> {
        Ok(Probe { found: true, evidence: "the program that runs the tests names it".into() })
    }

    /// The machine that the installer is on; `None` when it is none.
    ///
    /// # Errors
    /// When it cannot be asked.
    async fn installer_node(&self) -> Result<Option<Node>, InstallerError> {
        Ok(None)
    }

    /// The machines of the cloud, each with how it is logged in to. Nobody logs in to them for it.
    ///
    /// # Errors
    /// When the installer cannot be asked, or answers something else than it should.
    async fn nodes(&self) -> Result<Vec<Node>, InstallerError>;

    /// The same, with what only the machines themselves know: architecture and hardware, of those that let us in.
    ///
    /// # Errors
    /// As [`nodes`](Self::nodes).
    async fn nodes_in_depth(&self) -> Result<Vec<Node>, InstallerError> {
        self.nodes().await
    }

    /// The hosts on the way to a node, from here outwards; empty when it is reached directly.
    fn jump_path(&self, node: &Node) -> Vec<Access> {
        let mut path = Vec::new();
        let mut next = node.access.as_ref().and_then(|access| access.jump.as_deref());
        while let Some(hop) = next {
            path.insert(0, hop.clone());
            next = hop.jump.as_deref();
        }
        path
    }

    /// What to log in to the cloud with.
    ///
    /// # Errors
    /// When the installer cannot be asked, or has none.
    async fn credentials(&self) -> Result<Credentials, InstallerError> {
        Err(has_no(self.name(), "credentials of the cloud"))
    }

    /// The release of OpenStack; `None` when nothing there tells.
    ///
    /// # Errors
    /// When nobody can be asked.
    async fn openstack_version(&self) -> Result<Option<String>, InstallerError> {
        Ok(None)
    }

    /// The SDN controller; `None` when there is none, or nobody says.
    ///
    /// # Errors
    /// When nobody can be asked.
    async fn sdn_controller(&self) -> Result<Option<SdnController>, InstallerError> {
        Ok(None)
    }

    /// How the deployment is.
    ///
    /// # Errors
    /// When the installer cannot be asked.
    async fn status(&self) -> Result<DeploymentStatus, InstallerError> {
        Ok(DeploymentStatus::Unknown)
    }

    /// All that is known of the deployment. What cannot be found out is said in it.
    ///
    /// # Errors
    /// When not even the nodes are known.
    async fn deployment(&self) -> Result<Deployment, InstallerError> {
        Ok(Deployment {
            installer: self.name().to_owned(),
            installer_address: None,
            scenario: None,
            pod: None,
            status: self.status().await?,
            openstack_version: self.openstack_version().await?,
            sdn_controller: self.sdn_controller().await?,
            nodes: self.nodes().await?,
            problems: Vec::new(),
        })
    }

    /// The last `lines` lines of a service's log.
    ///
    /// # Errors
    /// When the node does not let us in, or has no such service.
    async fn service_log(&self, node: &Node, service: &str, lines: u32) -> Result<String, InstallerError> {
        let _ = (node, lines);
        Err(has_no(self.name(), &format!("log of the service {service}")))
    }

    /// How a service is.
    ///
    /// # Errors
    /// When the node does not let us in, or has no such service.
    async fn service_state(&self, node: &Node, service: &str) -> Result<ServiceState, InstallerError> {
        let _ = node;
        Err(has_no(self.name(), &format!("state of the service {service}")))
    }

    /// Stops, starts or restarts a service, which the cloud's users may notice. Returns how it is then.
    ///
    /// # Errors
    /// When the node does not let us in, has no such service, or does not do it.
    async fn control_service(
        &self,
        node: &Node,
        service: &str,
        action: ServiceAction,
        permission: &Permission,
    ) -> Result<ServiceState, InstallerError> {
        let _ = (node, permission);
        Err(has_no(self.name(), &format!("way to {} the service {service}", action.as_str())))
    }
}

fn has_no(installer: &str, what: &str) -> InstallerError {
    InstallerError::Unsupported(format!("the installer {installer} has no {what}"))
}

/// Whether an installer is the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probe {
    /// Whether it is.
    pub found: bool,
    /// What was seen, or missed.
    pub evidence: String,
}

/// What is done to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceAction {
    /// It runs afterwards.
    Start,
    /// It does not run afterwards.
    Stop,
    /// It runs anew afterwards.
    Restart,
}

impl ServiceAction {
    /// Its word, which systemd, Docker and Podman share.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
        }
    }
}

/// How a service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceState {
    /// Its name on the node.
    pub service: String,
    /// Whether it runs.
    pub running: bool,
    /// The node's own word for it, such as `active` or `exited`.
    pub state: String,
}

/// Somebody's word that the cloud may be disturbed. Without one nothing that runs is touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission(String);

impl Permission {
    /// Given by this, such as `--allow-disruption`; it is written to the log of what is done with it.
    pub fn given_by(who: impl Into<String>) -> Self {
        Self(who.into())
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why an installer does not answer. None of its texts holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum InstallerError {
    /// What was given to reach it is wrong.
    #[error("{0}")]
    Input(String),
    /// A host does not let us in, or is lost.
    #[error("{0}")]
    Unreachable(String),
    /// What was asked answered something else than it should.
    #[error("{0}")]
    Unexpected(String),
    /// This installer, or this node, has no such thing.
    #[error("{0}")]
    Unsupported(String),
}
