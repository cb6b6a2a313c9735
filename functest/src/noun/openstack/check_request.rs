// SPDX-License-Identifier: Apache-2.0
//! Which cloud is looked at, and what the answer means for a process.

use functest_core::exit_code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::CheckReport;
use crate::noun::run::RunRequest;
use crate::noun::sandbox::SandboxRequest;

/// Which cloud is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckRequest {
    /// A name in `clouds.yaml`, or the path of an openrc file; left out, it is that of `OS_CLOUD` or of the `OS_*` variables.
    pub cloud: Option<String>,
    /// What the sandbox is like, where `cloud` is one.
    pub sandbox: SandboxRequest,
    /// Settings of the run, each as `run.KEY=VALUE`.
    pub set: Vec<String>,
}

impl CheckRequest {
    /// The whole catalogue on that cloud: which of its cases could run is part of the answer.
    pub(super) fn as_run(&self) -> RunRequest {
        RunRequest {
            cloud: self.cloud.clone(),
            sandbox: self.sandbox.clone(),
            set: self.set.clone(),
            ..RunRequest::default()
        }
    }
}

impl CheckReport {
    /// What a process that looked ends with: whether every service that the cloud lists can be used.
    pub fn exit_code(&self) -> u8 {
        let healthy = self.report.services.iter().all(|service| service.problem.is_none());
        if healthy { exit_code::OK } else { exit_code::NOT_PASSED }
    }
}
