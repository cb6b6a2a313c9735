// SPDX-License-Identifier: Apache-2.0
//! What is said of a sandbox.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a sandbox is like, where one is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxRequest {
    /// The port of its APIs; left out, a free one.
    pub port: Option<u16>,
    /// What everything random in it comes from; left out, a new seed.
    pub seed: Option<u64>,
    /// A file of faults.
    pub faults: Option<PathBuf>,
    /// More faults, each as words: `status status=503 path=/compute/**`.
    pub fault: Vec<String>,
}

impl SandboxRequest {
    /// Whether nothing is wished of it.
    pub fn is_plain(&self) -> bool {
        self.port.is_none() && self.seed.is_none() && self.faults.is_none() && self.fault.is_empty()
    }
}
