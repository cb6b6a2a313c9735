// SPDX-License-Identifier: Apache-2.0
//! What stands for the sandbox in a functest that is built without it.

use functest_openstack::CloudConfig;

use super::SandboxRequest;
use crate::error::Error;

/// A sandbox, of which there is none.
#[derive(Debug)]
pub(crate) enum Embedded {}

impl Embedded {
    /// Says that there is none.
    pub(crate) async fn start(_request: &SandboxRequest) -> Result<Self, Error> {
        Err(Error::WithoutSandbox)
    }

    pub(crate) fn end(self) {
        match self {}
    }

    pub(crate) fn request(&self) -> &SandboxRequest {
        match *self {}
    }

    pub(crate) fn cloud(&self) -> Result<CloudConfig, Error> {
        match *self {}
    }
}
