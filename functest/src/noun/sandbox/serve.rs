// SPDX-License-Identifier: Apache-2.0
//! A sandbox that other programs use.

use std::path::PathBuf;

use functest_sandbox::Sandbox;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SandboxRequest;
use crate::embed::Functest;
use crate::error::Error;

/// What can be done with sandboxes; see [`Functest::sandbox`].
#[derive(Clone, Copy)]
pub struct SandboxVerbs<'a> {
    pub(super) functest: &'a Functest,
}

impl Functest {
    /// Clouds of our own.
    pub fn sandbox(&self) -> SandboxVerbs<'_> {
        SandboxVerbs { functest: self }
    }
}

/// What is served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServeRequest {
    /// What it is like.
    pub sandbox: SandboxRequest,
    /// Where to write a clouds.yaml with `sandbox-admin` and `sandbox-demo`.
    pub write_clouds: Option<PathBuf>,
}

/// Where a sandbox is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SandboxAddress {
    /// The version of this document's form.
    pub version: u32,
    /// The URL of its Keystone.
    pub auth_url: String,
    /// What everything random in it comes from.
    pub seed: u64,
    /// The port on which its guests answer SSH.
    pub guest_port: u16,
}

/// A sandbox that is served. It ends when this is dropped.
#[derive(Debug)]
pub struct ServedSandbox {
    sandbox: Sandbox,
}

impl ServedSandbox {
    /// Where it is.
    pub fn address(&self) -> SandboxAddress {
        SandboxAddress {
            version: 1,
            auth_url: self.sandbox.auth_url(),
            seed: self.sandbox.seed(),
            guest_port: self.sandbox.guest_port(),
        }
    }
}

impl SandboxVerbs<'_> {
    /// Serves a sandbox on loopback until the answer is dropped. Must be called on a tokio runtime, on which it runs.
    ///
    /// # Errors
    /// When its faults are not what they should be, its port is taken, or the file cannot be written.
    pub async fn serve(&self, request: &ServeRequest) -> Result<ServedSandbox, Error> {
        let sandbox = request.sandbox.start().await?;
        if let Some(path) = &request.write_clouds {
            sandbox.write_clouds(path).map_err(|source| Error::Write { path: path.clone(), source })?;
        }
        Ok(ServedSandbox { sandbox })
    }
}
