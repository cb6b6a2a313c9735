// SPDX-License-Identifier: Apache-2.0
//! What was deployed, by what.

use functest_core::Installer;
use functest_core::sut::{Deployment, Node};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SutRequest, SutVerbs};
use crate::error::Error;

/// Which system is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SutInfoRequest {
    /// How it is reached.
    pub sut: SutRequest,
}

/// What a system under test is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SutInfo {
    /// The version of this document's form.
    pub version: u32,
    /// The installer's machine; `None` when it is this one.
    pub installer_node: Option<Node>,
    /// What was deployed.
    #[serde(flatten)]
    pub deployment: Deployment,
}

impl SutVerbs<'_> {
    /// All that is known of the system under test. Logs in to its installer and to some nodes.
    ///
    /// # Errors
    /// When what is given is wrong, no installer is recognised, or not even the nodes are known.
    pub async fn info(&self, request: &SutInfoRequest) -> Result<SutInfo, Error> {
        let sut = self.open(&request.sut).await?;
        let (deployment, installer_node) = futures::future::join(sut.deployment(), sut.installer_node()).await;
        let mut deployment = deployment?;
        let installer_node = installer_node.unwrap_or_else(|error| {
            deployment.problems.push(error.to_string());
            None
        });
        Ok(SutInfo { version: 1, installer_node, deployment })
    }
}
