// SPDX-License-Identifier: Apache-2.0
//! The nodes as the installer knows them.

use std::path::PathBuf;

use functest_core::Installer;
use functest_core::sut::Node;
use functest_installers::format::pod_yaml;
use functest_installers::{NodeSelection, PARALLEL, Sut};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NodesVerbs;
use crate::error::Error;
use crate::noun::sut::SutRequest;
use crate::secret_file;

/// Which nodes are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NodeListRequest {
    /// How the system is reached.
    pub sut: SutRequest,
    /// Which of its nodes.
    pub nodes: NodeSelection,
    /// Log in to each node and ask it what only it knows: its architecture and hardware.
    pub in_depth: bool,
    /// Write them to a file, too.
    pub pod_yaml: Option<PodYaml>,
}

/// A `pod.yaml` of Yardstick's, which only its owner may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PodYaml {
    /// The file.
    pub file: PathBuf,
    /// With the passwords and keys that are not in files here.
    #[serde(default)]
    pub with_secrets: bool,
}

/// The nodes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NodeList {
    /// The version of this document's form.
    pub version: u32,
    /// What deployed them.
    pub installer: String,
    /// Each that was meant.
    pub nodes: Vec<Node>,
}

impl NodesVerbs<'_> {
    /// The nodes that are meant; with `in_depth` also what only they themselves know.
    ///
    /// # Errors
    /// When the installer cannot be asked, one is meant that is not there, or the file cannot be written.
    pub async fn list(&self, request: &NodeListRequest) -> Result<NodeList, Error> {
        let (sut, mut nodes) = self.find(&request.sut, &request.nodes).await?;
        if request.in_depth {
            nodes = in_depth(&sut, nodes).await;
        }
        if let Some(pod_yaml) = &request.pod_yaml {
            pod_yaml.write(&nodes)?;
        }
        Ok(NodeList::of(&sut, nodes))
    }
}

impl NodeList {
    pub(super) fn of(sut: &Sut, nodes: Vec<Node>) -> Self {
        Self { version: 1, installer: sut.name().to_owned(), nodes }
    }
}

impl PodYaml {
    fn write(&self, nodes: &[Node]) -> Result<(), Error> {
        let text = serde_yaml::to_string(&pod_yaml::write(nodes, self.with_secrets))
            .map_err(|error| Error::Write { path: self.file.clone(), source: std::io::Error::other(error) })?;
        secret_file::write(&self.file, &text)
    }
}

/// The same nodes, with what only they themselves know.
pub(super) async fn in_depth(sut: &Sut, nodes: Vec<Node>) -> Vec<Node> {
    sut.each(nodes, PARALLEL, |node| sut.in_depth(node)).await
}
