// SPDX-License-Identifier: Apache-2.0
//! Which installer it was.

use functest_core::exit_code;
use functest_installers::Candidate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NodesVerbs;
use crate::error::Error;
use crate::noun::sut::SutRequest;

/// Where installers are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DetectRequest {
    /// How the system is reached. All installers are tried, whichever it names.
    pub sut: SutRequest,
}

/// Every installer that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DetectReport {
    /// The version of this document's form.
    pub version: u32,
    /// Each, in the order in which they are preferred.
    pub candidates: Vec<Candidate>,
}

impl DetectReport {
    /// What a process that looked ends with: whether any installer was recognised.
    pub fn exit_code(&self) -> u8 {
        let found = self.candidates.iter().any(|candidate| candidate.probe.found);
        if found { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}

impl NodesVerbs<'_> {
    /// Which installers are recognised at the place that `request` names.
    ///
    /// # Errors
    /// When what is given is wrong.
    pub async fn detect(&self, request: &DetectRequest) -> Result<DetectReport, Error> {
        let mut config = self.functest.sut().config(&request.sut)?;
        config.installer = None;
        Ok(DetectReport { version: 1, candidates: functest_installers::detect(&config).await? })
    }
}
