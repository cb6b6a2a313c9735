// SPDX-License-Identifier: Apache-2.0
//! Files from nodes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use functest_core::sut::Node;
use functest_installers::{NodeSelection, PARALLEL, Sut};
use functest_ssh::Command;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transfer::{Moved, NodeTransfer, TransferReport, options};
use super::{NodesListener, NodesProgress, NodesVerbs};
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// What is copied from nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// Which of its nodes.
    #[serde(default)]
    pub nodes: NodeSelection,
    /// The file or folder there.
    pub remote: String,
    /// Its place here; where it comes from several nodes, the folder that has a folder for each.
    pub local: PathBuf,
    /// As root.
    #[serde(default)]
    pub sudo: bool,
}

impl NodesVerbs<'_> {
    /// Copies a file or a folder from nodes: from one to `local`, from several to `local/NODE`. What goes wrong on one is in
    /// the report, and the others go on.
    ///
    /// # Errors
    /// When the installer cannot be asked, a node is meant that is not there, or the folder cannot be made.
    pub async fn get(&self, request: &GetRequest, listener: &NodesListener) -> Result<TransferReport, Error> {
        let (sut, nodes) = self.find(&request.sut, &request.nodes).await?;
        listener.tell(NodesProgress::Began { nodes: nodes.len() });
        let places = places(&nodes, &request.local)?;
        let (sut, places) = (&sut, &places);
        let done = sut.each(nodes, PARALLEL, |node| async move {
            let place = places.get(&node.id).unwrap_or(&request.local);
            NodeTransfer::of(&node, copy(sut, &node, request, place, listener).await)
        });
        Ok(TransferReport { version: 1, nodes: done.await })
    }
}

/// Where what comes from each node goes, by the node's id. Folders for several nodes are made.
fn places(nodes: &[Node], local: &Path) -> Result<HashMap<String, PathBuf>, Error> {
    if nodes.len() <= 1 {
        return Ok(nodes.iter().map(|node| (node.id.clone(), local.to_owned())).collect());
    }
    let mut places = HashMap::new();
    for (node, name) in nodes.iter().zip(functest_installers::file_names(nodes)) {
        let folder = local.join(name);
        std::fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        places.insert(node.id.clone(), folder);
    }
    Ok(places)
}

async fn copy(sut: &Sut, node: &Node, request: &GetRequest, place: &Path, listener: &NodesListener) -> Moved {
    let remote = request.remote.as_str();
    let session = sut.session(node).await?;
    let options = options(sut, node, request.sudo, listener);
    let is_folder = Command::new("test").arg("-d").arg(remote).sudo(options.sudo.clone());
    if !session.run(&is_folder).await?.status.success() {
        return Ok((1, session.get_file(remote, place, &options).await?));
    }
    let name = remote.trim_end_matches('/').rsplit('/').next().unwrap_or("root");
    let target = if place.is_dir() { place.join(name) } else { place.to_owned() };
    let report = session.get_tree(remote, &target, &options).await?;
    Ok((report.files, report.bytes))
}
