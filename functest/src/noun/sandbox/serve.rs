// SPDX-License-Identifier: Apache-2.0
//! A sandbox that other programs use.

use std::path::{Path, PathBuf};

use functest_results::{Readers, write_named};
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
    /// Where to write a clouds.yaml with `sandbox-admin` and `sandbox-demo`; `-` is standard output. A file that holds
    /// anything else is not overwritten.
    pub write_clouds: Option<PathBuf>,
    /// Overwrite that file whatever it holds.
    pub force: bool,
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
        if let Some(path) = request.write_clouds.as_deref().filter(|_| !request.force) {
            refuse_to_lose(path)?;
        }
        let sandbox = request.sandbox.start().await?;
        if let Some(path) = &request.write_clouds {
            write_named(path, sandbox.clouds_yaml().as_bytes(), Readers::OwnerAtFirst)?;
        }
        Ok(ServedSandbox { sandbox })
    }
}

/// A file that a sandbox wrote is written again; what somebody else has written there is not lost for it.
fn refuse_to_lose(path: &Path) -> Result<(), Error> {
    let is_file = std::fs::metadata(path).is_ok_and(|known| known.is_file() && known.len() > 0);
    if !is_file || functest_results::is_standard_output(path) {
        return Ok(());
    }
    let text = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    if holds_sandboxes_alone(&text) { Ok(()) } else { Err(Error::WouldBeLost { path: path.to_owned() }) }
}

fn holds_sandboxes_alone(text: &[u8]) -> bool {
    let Ok(serde_json::Value::Object(document)) = serde_yaml::from_slice(text) else { return false };
    let Some(serde_json::Value::Object(clouds)) = document.get("clouds") else { return false };
    let has_comments = text.split(|byte| *byte == b'\n').any(|line| line.trim_ascii_start().starts_with(b"#"));
    !has_comments
        && document.len() == 1
        && clouds.keys().all(|name| ["sandbox-admin", "sandbox-demo"].contains(&name.as_str()))
}
