// SPDX-License-Identifier: Apache-2.0
//! A service on nodes: how it is, and what is done to it.

use std::collections::BTreeMap;

use functest_core::Installer;
use functest_core::exit_code;
use functest_core::sut::{InstallerError, Node, Permission, ServiceAction, ServiceState};
use functest_installers::{NodeSelection, PARALLEL, Sut};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NodesVerbs;
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// What is done to a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeServiceRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// Which of its nodes.
    #[serde(default)]
    pub nodes: NodeSelection,
    /// The service: a container, a unit of systemd, or the beginning of a pod's name.
    pub service: String,
    /// What is done.
    pub action: ServiceVerb,
    /// Whose word it is that the cloud's users may notice, such as `--allow-disruption`; it is written to the log. Without
    /// one, a service is only looked at.
    #[serde(default)]
    pub permission: Option<String>,
}

/// What is done to a service, looking included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceVerb {
    /// It is looked at.
    Status,
    /// It is started.
    Start,
    /// It is stopped.
    Stop,
    /// It is stopped and started.
    Restart,
}

/// How a service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeServiceReport {
    /// The version of this document's form.
    pub version: u32,
    /// How it is on each node, by the node's name.
    pub services: BTreeMap<String, ServiceState>,
    /// What went wrong; each names the node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl ServiceVerb {
    /// What changes something; `None` only looks.
    fn change(self) -> Option<ServiceAction> {
        match self {
            Self::Status => None,
            Self::Start => Some(ServiceAction::Start),
            Self::Stop => Some(ServiceAction::Stop),
            Self::Restart => Some(ServiceAction::Restart),
        }
    }
}

impl NodeServiceReport {
    /// What a process that looked or changed it ends with: whether every node answered.
    pub fn exit_code(&self) -> u8 {
        if self.problems.is_empty() { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

/// Something that is allowed.
#[derive(Clone, Debug)]
enum Allowed {
    Look,
    Change(ServiceAction, Permission),
}

impl NodesVerbs<'_> {
    /// Looks at a service, or stops, starts or restarts it. What goes wrong on one node is in the report, and the others go
    /// on.
    ///
    /// # Errors
    /// [`Error::Disruption`] when it would be disturbed without permission; when the installer cannot be asked, or a node is
    /// meant that is not there.
    pub async fn service(&self, request: &NodeServiceRequest) -> Result<NodeServiceReport, Error> {
        // Before anybody is asked for anything.
        let allowed = allowed(request)?;
        let (sut, nodes) = self.find(&request.sut, &request.nodes).await?;
        let (sut, allowed) = (&sut, &allowed);
        let done = sut.each(nodes, PARALLEL, |node| async move {
            let state = act(sut, &node, &request.service, allowed).await;
            (node.name, state)
        });
        let mut report = NodeServiceReport { version: 1, services: BTreeMap::new(), problems: Vec::new() };
        for (node, state) in done.await {
            match state {
                Ok(state) => drop(report.services.insert(node, state)),
                Err(error) => report.problems.push(error.to_string()),
            }
        }
        Ok(report)
    }
}

fn allowed(request: &NodeServiceRequest) -> Result<Allowed, Error> {
    match (request.action.change(), &request.permission) {
        (None, _) => Ok(Allowed::Look),
        (Some(action), Some(who)) => Ok(Allowed::Change(action, Permission::given_by(who))),
        (Some(_), None) => Err(Error::Disruption),
    }
}

async fn act(sut: &Sut, node: &Node, service: &str, allowed: &Allowed) -> Result<ServiceState, InstallerError> {
    match allowed {
        Allowed::Look => sut.service_state(node, service).await,
        Allowed::Change(action, permission) => sut.control_service(node, service, *action, permission).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_disturbed_without_permission() {
        let request = |action, permission: Option<&str>| NodeServiceRequest {
            sut: SutRequest::default(),
            nodes: NodeSelection::default(),
            service: "nova-api".into(),
            action,
            permission: permission.map(str::to_owned),
        };
        assert!(matches!(allowed(&request(ServiceVerb::Status, None)), Ok(Allowed::Look)));
        assert!(matches!(allowed(&request(ServiceVerb::Status, Some("me"))), Ok(Allowed::Look)));
        for action in [ServiceVerb::Start, ServiceVerb::Stop, ServiceVerb::Restart] {
            assert!(matches!(allowed(&request(action, None)), Err(Error::Disruption)));
            assert!(matches!(allowed(&request(action, Some("me"))), Ok(Allowed::Change(..))));
        }
    }
}
