// SPDX-License-Identifier: Apache-2.0
//! What stands for the sandbox in a functest that is built without it.

use functest_openstack::CloudConfig;

use super::SandboxRequest;
use crate::error::Error;

/// A sandbox, of which there is none.
#[derive(Debug)]
pub(crate) enum Embedded {}

impl Embedded {
    /// What one like it is asked for by.
    pub(crate) fn request(&self) -> &SandboxRequest {
        match *self {}
    }

    pub(crate) fn cloud(&self) -> Result<CloudConfig, Error> {
        match *self {}
    }
}
