// SPDX-License-Identifier: Apache-2.0
//! Files to nodes.

use std::path::PathBuf;

use functest_core::sut::Node;
use functest_installers::{NodeSelection, PARALLEL, Sut};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transfer::{Moved, NodeTransfer, TransferReport, options};
use super::{NodesListener, NodesProgress, NodesVerbs};
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// What is copied to nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// Which of its nodes.
    #[serde(default)]
    pub nodes: NodeSelection,
    /// The file or folder here.
    pub local: PathBuf,
    /// Its place there: the folder that a file goes into, with a `/` at the end, or its name; a folder is put in place of
    /// that name, or into what is there already.
    pub remote: String,
    /// As root.
    #[serde(default)]
    pub sudo: bool,
}

impl NodesVerbs<'_> {
    /// Copies a file or a folder to nodes. What goes wrong on one is in the report, and the others go on.
    ///
    /// # Errors
    /// When there is no such file here, the installer cannot be asked, or a node is meant that is not there.
    pub async fn put(&self, request: &PutRequest, listener: &NodesListener) -> Result<TransferReport, Error> {
        // Before anybody is asked for anything.
        let is_tree = std::fs::metadata(&request.local)
            .map_err(|source| Error::Read { path: request.local.clone(), source })?
            .is_dir();
        let (sut, nodes) = self.find(&request.sut, &request.nodes).await?;
        listener.tell(NodesProgress::Began { nodes: nodes.len() });
        let sut = &sut;
        let done = sut.each(nodes, PARALLEL, |node| async move {
            let moved = copy(sut, &node, request, is_tree, listener).await;
            NodeTransfer::of(&node, moved)
        });
        Ok(TransferReport { version: 1, nodes: done.await })
    }
}

async fn copy(sut: &Sut, node: &Node, request: &PutRequest, is_tree: bool, listener: &NodesListener) -> Moved {
    let session = sut.session(node).await?;
    let options = options(sut, node, request.sudo, listener);
    if is_tree {
        let report = session.put_tree(&request.local, &request.remote, &options).await?;
        Ok((report.files, report.bytes))
    } else {
        Ok((1, session.put_file(&request.local, &request.remote, &options).await?))
    }
}
