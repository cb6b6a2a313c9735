// SPDX-License-Identifier: Apache-2.0
//! One node, with all that is known of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::list::{NodeList, in_depth};
use super::{NodesVerbs, one};
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// Which node is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeShowRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// The node, by id, name or address.
    pub node: String,
}

impl NodesVerbs<'_> {
    /// One node, with what only it itself knows, as a list of one. Only where several nodes share the name, there are more.
    ///
    /// # Errors
    /// When the installer cannot be asked, or there is no such node.
    pub async fn show(&self, request: &NodeShowRequest) -> Result<NodeList, Error> {
        let (sut, nodes) = self.find(&request.sut, &one(&request.node)).await?;
        let nodes = in_depth(&sut, nodes).await;
        Ok(NodeList::of(&sut, nodes))
    }
}
