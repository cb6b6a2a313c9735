// SPDX-License-Identifier: Apache-2.0
//! A session on a node, for whoever sits at a terminal.

use functest_ssh::Session;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NodesVerbs, one};
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// Which node is logged in to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SshRequest {
    /// How the system is reached.
    #[serde(default)]
    pub sut: SutRequest,
    /// The node, by id, name or address.
    pub node: String,
}

impl NodesVerbs<'_> {
    /// An SSH session on a node. It is live and no document: a terminal is at its other end.
    ///
    /// # Errors
    /// When the installer cannot be asked, there is no such node, it does not let us in, or it is this machine.
    pub async fn ssh(&self, request: &SshRequest) -> Result<Session, Error> {
        let (sut, nodes) = self.find(&request.sut, &one(&request.node)).await?;
        let [node, ..] = nodes.as_slice() else {
            let (origin, message) = ("nodes".to_owned(), format!("there is no node `{}`", request.node));
            return Err(functest_installers::Error::Input { origin, message }.into());
        };
        Ok(sut.session(node).await?)
    }
}
