// SPDX-License-Identifier: Apache-2.0
//! What is said of a sandbox.

use std::path::PathBuf;

use functest_sandbox::{FaultFile, Options, Sandbox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;

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

/// What is tried on broken sandboxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MatrixRequest {
    /// Cases and tiers by name; none is the whole catalogue.
    pub names: Vec<String>,
}

impl SandboxRequest {
    /// Whether nothing is wished of it.
    pub fn is_plain(&self) -> bool {
        self.port.is_none() && self.seed.is_none() && self.faults.is_none() && self.fault.is_empty()
    }

    /// Starts it.
    ///
    /// # Errors
    /// When its faults are not what they should be, or its port is taken.
    pub async fn start(&self) -> Result<Sandbox, Error> {
        let mut faults = match &self.faults {
            Some(file) => FaultFile::read(file)?,
            None => FaultFile::default(),
        };
        for words in &self.fault {
            faults.extend(FaultFile::from_words(words)?);
        }
        let options = Options { port: self.port.unwrap_or(0), seed: self.seed, faults, ..Options::default() };
        Ok(Sandbox::start(options).await?)
    }
}
