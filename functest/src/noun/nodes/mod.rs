// SPDX-License-Identifier: Apache-2.0
//! The nodes of the system under test: listed, and the same done on many at a time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use functest_core::Installer;
use functest_core::sut::Node;
use functest_installers::format::pod_yaml;
use functest_installers::{Candidate, NodeSelection, PARALLEL, Sut, detect};
use functest_ssh::Command;
use functest_ssh::transfer::Options;
use serde::{Deserialize, Serialize};

use crate::embed::Functest;
use crate::error::Error;
use crate::sut::{SutRequest, write_secret};

/// The nodes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NodeList {
    /// The version of this document's form.
    pub version: u32,
    /// What deployed them.
    pub installer: String,
    /// Each that was meant.
    pub nodes: Vec<Node>,
}

/// Every installer that was tried.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DetectReport {
    /// The version of this document's form.
    pub version: u32,
    /// Each, in the order in which they are preferred.
    pub candidates: Vec<Candidate>,
}

/// A command for nodes.
#[derive(Clone, Debug)]
pub struct ExecRequest {
    /// The line, as the shell there takes it.
    pub line: String,
    /// As root.
    pub sudo: bool,
    /// For how long it may run on a node.
    pub deadline: Duration,
    /// On how many nodes at a time; 0 is [`PARALLEL`].
    pub jobs: usize,
}

/// What became of a command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExecReport {
    /// The version of this document's form.
    pub version: u32,
    /// For each node, in the order of the installer.
    pub nodes: Vec<NodeExec>,
}

/// What became of a command on a node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NodeExec {
    /// The node's name.
    pub node: String,
    /// The exit status; signals are 128 and more, as in a shell. `None` when it did not run to its end.
    pub status: Option<u32>,
    /// What it wrote to standard output; what is no UTF-8 is replaced.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// Why it did not run to its end.
    pub error: Option<String>,
}

/// What became of files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TransferReport {
    /// The version of this document's form.
    pub version: u32,
    /// For each node, in the order of the installer.
    pub nodes: Vec<NodeTransfer>,
}

/// What became of files of a node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NodeTransfer {
    /// The node's name.
    pub node: String,
    /// How many files.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// What went wrong.
    pub error: Option<String>,
}

impl ExecReport {
    /// Whether it ended with 0 everywhere.
    pub fn all_well(&self) -> bool {
        self.nodes.iter().all(|node| node.status == Some(0))
    }
}

impl TransferReport {
    /// Whether everything was copied.
    pub fn all_well(&self) -> bool {
        self.nodes.iter().all(|node| node.error.is_none())
    }
}

impl Functest {
    /// The nodes that are meant; with `in_depth` also what only they themselves know.
    ///
    /// # Errors
    /// When the installer cannot be asked, or one is meant that is not there.
    pub async fn nodes(&self, sut: &Sut, selection: &NodeSelection, in_depth: bool) -> Result<NodeList, Error> {
        let mut nodes = sut.select(selection).await?;
        if in_depth {
            nodes = sut.each(nodes, PARALLEL, |node| sut.in_depth(node)).await;
        }
        Ok(NodeList { version: 1, installer: sut.name().to_owned(), nodes })
    }

    /// Which installers are recognised at the place that `request` names.
    ///
    /// # Errors
    /// When what is given is wrong.
    pub async fn detect(&self, request: &SutRequest) -> Result<DetectReport, Error> {
        let mut config = self.sut_config(request)?;
        config.installer = None;
        Ok(DetectReport { version: 1, candidates: detect(&config).await })
    }

    /// Runs a command on nodes. What goes wrong on one is in the report, and the others go on. `progress` hears of each node
    /// that is done.
    pub async fn exec(
        &self,
        sut: &Sut,
        nodes: Vec<Node>,
        request: &ExecRequest,
        progress: &(dyn Fn(&NodeExec) + Send + Sync),
    ) -> ExecReport {
        let jobs = if request.jobs == 0 { PARALLEL } else { request.jobs };
        let done = sut.each(nodes, jobs, |node| async move {
            let result = exec(sut, &node, request).await;
            progress(&result);
            result
        });
        ExecReport { version: 1, nodes: done.await }
    }

    /// Copies a file or a folder to nodes. What goes wrong on one is in the report, and the others go on.
    pub async fn put(
        &self,
        sut: &Sut,
        nodes: Vec<Node>,
        local: &Path,
        remote: &str,
        options: &Options,
    ) -> TransferReport {
        let is_tree = local.is_dir();
        let done = sut.each(nodes, PARALLEL, |node| async move {
            let copy = async {
                let session = sut.session(&node).await?;
                let options = as_root(sut, &node, options);
                let copied = match is_tree {
                    true => session.put_tree(local, remote, &options).await.map(|report| (report.files, report.bytes)),
                    false => session.put_file(local, remote, &options).await.map(|bytes| (1, bytes)),
                };
                Ok(copied.map_err(functest_installers::Error::from)?)
            };
            transferred(&node, copy.await)
        });
        TransferReport { version: 1, nodes: done.await }
    }

    /// Copies a file or a folder from nodes: from one to `local`, from several to `local/NODE`. What goes wrong on one is in
    /// the report, and the others go on.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub async fn get(
        &self,
        sut: &Sut,
        nodes: Vec<Node>,
        remote: &str,
        local: &Path,
        options: &Options,
    ) -> Result<TransferReport, Error> {
        let several = nodes.len() > 1;
        let places: HashMap<String, PathBuf> = nodes
            .iter()
            .zip(functest_installers::file_names(&nodes))
            .map(|(node, name)| (node.id.clone(), if several { local.join(name) } else { local.to_owned() }))
            .collect();
        for folder in places.values().filter(|_| several) {
            std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        }
        let places = &places;
        let done = sut.each(nodes, PARALLEL, |node| async move {
            let place = places.get(&node.id).cloned().unwrap_or_else(|| local.to_owned());
            let result = fetch(sut, &node, remote, &place, options).await;
            transferred(&node, result)
        });
        Ok(TransferReport { version: 1, nodes: done.await })
    }

    /// Writes nodes as a `pod.yaml` of Yardstick's, which only its owner may read; passwords and keys are in it only where
    /// `with_secrets`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_pod_yaml(&self, nodes: &[Node], path: &Path, with_secrets: bool) -> Result<(), Error> {
        let failed = |error| Error::Write { path: path.to_owned(), source: std::io::Error::other(error) };
        let text = serde_yaml::to_string(&pod_yaml::write(nodes, with_secrets)).map_err(failed)?;
        write_secret(path, &text)
    }
}

async fn exec(sut: &Sut, node: &Node, request: &ExecRequest) -> NodeExec {
    let sudo = request.sudo.then(|| sut.sudo(node));
    let command = Command::shell(&request.line).sudo(sudo).deadline(request.deadline);
    let result = match sut.shell(node) {
        Ok(shell) => shell.run(&command).await,
        Err(error) => Err(error),
    };
    let node = node.name.clone();
    match result {
        Ok(output) => NodeExec {
            node,
            status: Some(output.status.code()),
            stdout: output.stdout_text(),
            stderr: output.stderr_text(),
            error: None,
        },
        Err(error) => NodeExec {
            node,
            status: None,
            stdout: String::new(),
            stderr: String::new(),
            error: Some(error.to_string()),
        },
    }
}

async fn fetch(sut: &Sut, node: &Node, remote: &str, place: &Path, options: &Options) -> Result<(u64, u64), Error> {
    let session = sut.session(node).await?;
    let options = as_root(sut, node, options);
    let question = Command::new("test").arg("-d").arg(remote).sudo(options.sudo.clone());
    if !session.run(&question).await.map_err(functest_installers::Error::from)?.status.success() {
        return Ok((1, session.get_file(remote, place, &options).await.map_err(functest_installers::Error::from)?));
    }
    let name = remote.trim_end_matches('/').rsplit('/').next().unwrap_or("root");
    let target = if place.is_dir() { place.join(name) } else { place.to_owned() };
    let report = session.get_tree(remote, &target, &options).await.map_err(functest_installers::Error::from)?;
    Ok((report.files, report.bytes))
}

/// Where the transfer is to be as root, with the password that is known for the node.
fn as_root(sut: &Sut, node: &Node, options: &Options) -> Options {
    Options { sudo: options.sudo.as_ref().map(|_| sut.sudo(node)), ..options.clone() }
}

fn transferred(node: &Node, result: Result<(u64, u64), Error>) -> NodeTransfer {
    let node = node.name.clone();
    match result {
        Ok((files, bytes)) => NodeTransfer { node, files, bytes, error: None },
        Err(error) => NodeTransfer { node, files: 0, bytes: 0, error: Some(error.to_string()) },
    }
}
