// SPDX-License-Identifier: Apache-2.0
//! Logs of nodes: of one service, or of all services into a folder.

use std::path::PathBuf;

use functest_core::Installer;
use functest_core::exit_code;
use functest_core::sut::{InstallerError, Node};
use functest_installers::{LogReport, NodeLog, NodeSelection, PARALLEL};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NodesListener, NodesProgress, NodesVerbs};
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// Which service's log is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogsRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// Which of its nodes.
    #[serde(default)]
    pub nodes: NodeSelection,
    /// The service: a container, a unit of systemd, or the beginning of a pod's name.
    pub service: String,
    /// How many lines of each log, from its end.
    #[serde(default = "usual_lines")]
    pub lines: u32,
}

fn usual_lines() -> u32 {
    100
}

/// The log of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogsReport {
    /// The version of this document's form.
    pub version: u32,
    /// For each node, in the order of the installer.
    pub nodes: Vec<NodeServiceLog>,
}

/// The log of a service on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeServiceLog {
    /// The node's name.
    pub node: String,
    /// The end of the log; empty when it cannot be had.
    pub text: String,
    /// Why it cannot be had.
    pub error: Option<String>,
}

/// Whose logs are collected, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectLogsRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// Which of its nodes.
    #[serde(default)]
    pub nodes: NodeSelection,
    /// The folder that the logs of all services go into, a file a node. It is made when it does not exist.
    pub folder: PathBuf,
}

/// What was collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CollectedLogs {
    /// The version of this document's form.
    pub version: u32,
    /// Each node that gave its logs.
    pub collected: Vec<NodeLog>,
    /// Each node that did not, and why.
    pub problems: Vec<String>,
}

impl LogsReport {
    /// What a process that read them ends with: whether every node gave its log.
    pub fn exit_code(&self) -> u8 {
        let all_well = self.nodes.iter().all(|node| node.error.is_none());
        if all_well { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

impl CollectedLogs {
    /// What a process that collected them ends with: whether every node gave its logs.
    pub fn exit_code(&self) -> u8 {
        if self.problems.is_empty() { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

impl NodesVerbs<'_> {
    /// The ends of a service's logs. A node that does not give its log is named in the report, with the reason.
    ///
    /// # Errors
    /// When the installer cannot be asked, or a node is meant that is not there.
    pub async fn logs(&self, request: &LogsRequest) -> Result<LogsReport, Error> {
        let (sut, nodes) = self.find(&request.sut, &request.nodes).await?;
        let sut = &sut;
        let done = sut.each(nodes, PARALLEL, |node| async move {
            let log = sut.service_log(&node, &request.service, request.lines).await;
            NodeServiceLog::of(&node, log)
        });
        Ok(LogsReport { version: 1, nodes: done.await })
    }

    /// Collects the ends of all services' logs into a folder. A node that does not give its logs is named in the report,
    /// and the others go on.
    ///
    /// # Errors
    /// When the installer cannot be asked, a node is meant that is not there, or the folder cannot be written.
    pub async fn collect_logs(
        &self,
        request: &CollectLogsRequest,
        listener: &NodesListener,
    ) -> Result<CollectedLogs, Error> {
        let (sut, nodes) = self.find(&request.sut, &request.nodes).await?;
        listener.tell(NodesProgress::Began { nodes: nodes.len() });
        let LogReport { collected, problems } = sut.collect_logs(nodes, &request.folder).await?;
        Ok(CollectedLogs { version: 1, collected, problems })
    }
}

impl NodeServiceLog {
    fn of(node: &Node, log: Result<String, InstallerError>) -> Self {
        let node = node.name.clone();
        match log {
            Ok(text) => Self { node, text, error: None },
            Err(error) => Self { node, text: String::new(), error: Some(error.to_string()) },
        }
    }
}
