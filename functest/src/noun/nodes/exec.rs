// SPDX-License-Identifier: Apache-2.0
//! A command on nodes, side by side.

use std::num::NonZeroUsize;

use functest_core::exit_code;
use functest_core::settings::Seconds;
use functest_core::sut::Node;
use functest_installers::{NodeSelection, PARALLEL, Sut};
use functest_ssh::{Command, Output};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NodesListener, NodesProgress, NodesVerbs};
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// A command for nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// Which of its nodes.
    #[serde(default)]
    pub nodes: NodeSelection,
    /// The line, as the shell there takes it.
    pub line: String,
    /// As root.
    #[serde(default)]
    pub sudo: bool,
    /// For how long it may run on a node, in seconds; then it is killed.
    #[serde(default = "usual_deadline")]
    pub deadline: Seconds,
    /// On how many nodes at a time; 64 where it is left out.
    #[serde(default)]
    pub jobs: Option<NonZeroUsize>,
}

fn usual_deadline() -> Seconds {
    Seconds(120.0)
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExecReport {
    /// The version of this document's form.
    pub version: u32,
    /// For each node, in the order of the installer.
    pub nodes: Vec<NodeExec>,
}

/// What became of a command on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeExec {
    /// The node's name.
    pub node: String,
    /// The exit status; signals are 128 and more, as in a shell. Null when it did not run to its end.
    pub status: Option<u32>,
    /// What it wrote to standard output; what is not UTF-8 is replaced.
    pub stdout: String,
    /// What it wrote to standard error; what is not UTF-8 is replaced.
    pub stderr: String,
    /// Why it did not run to its end.
    pub error: Option<String>,
}

impl ExecRequest {
    /// That line, on all nodes of the system that variables name, as whoever logs in there, for at most two minutes.
    pub fn new(line: impl Into<String>) -> Self {
        Self {
            sut: SutRequest::default(),
            nodes: NodeSelection::default(),
            line: line.into(),
            sudo: false,
            deadline: usual_deadline(),
            jobs: None,
        }
    }
}

impl ExecReport {
    /// What a process that ran it ends with: whether it ended with 0 everywhere.
    pub fn exit_code(&self) -> u8 {
        let all_well = self.nodes.iter().all(|node| node.status == Some(0));
        if all_well { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

impl NodesVerbs<'_> {
    /// Runs a command on nodes. What goes wrong on one is in the report, and the others go on. `listener` hears of each
    /// node that is done.
    ///
    /// # Errors
    /// When the installer cannot be asked, or a node is meant that is not there.
    pub async fn exec(&self, request: &ExecRequest, listener: &NodesListener) -> Result<ExecReport, Error> {
        let (sut, nodes) = self.find(&request.sut, &request.nodes).await?;
        listener.tell(NodesProgress::Began { nodes: nodes.len() });
        let sut = &sut;
        let jobs = request.jobs.map_or(PARALLEL, NonZeroUsize::get);
        let done = sut.each(nodes, jobs, |node| async move {
            let done = NodeExec::of(&node, run(sut, &node, request).await);
            listener.tell(NodesProgress::Ended(&done));
            done
        });
        Ok(ExecReport { version: 1, nodes: done.await })
    }
}

async fn run(sut: &Sut, node: &Node, request: &ExecRequest) -> Result<Output, functest_installers::Error> {
    let sudo = request.sudo.then(|| sut.sudo(node));
    let command = Command::shell(&request.line).sudo(sudo).deadline(request.deadline.into());
    sut.shell(node)?.run(&command).await
}

impl NodeExec {
    fn of(node: &Node, result: Result<Output, functest_installers::Error>) -> Self {
        let node = node.name.clone();
        match result {
            Ok(output) => Self {
                node,
                status: Some(output.status.code()),
                stdout: output.stdout_text(),
                stderr: output.stderr_text(),
                error: None,
            },
            Err(error) => {
                let (stdout, stderr) = (String::new(), String::new());
                Self { node, status: None, stdout, stderr, error: Some(error.to_string()) }
            }
        }
    }
}
