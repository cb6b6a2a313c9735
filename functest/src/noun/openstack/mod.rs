// SPDX-License-Identifier: Apache-2.0
//! `openstack`: a cloud, and what runs have left in it.

mod check;
mod check_request;
mod clean;

pub use self::check::{CaseReadiness, CheckReport};
pub use self::check_request::CheckRequest;
pub use self::clean::{CleanReport, CleanRequest, RunClean, RunCleanState};

use crate::embed::Functest;
use crate::error::Error;

/// What can be done about a cloud; see [`Functest::openstack`].
#[derive(Clone, Copy)]
pub struct OpenStackVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// A cloud.
    pub fn openstack(&self) -> OpenStackVerbs<'_> {
        OpenStackVerbs { functest: self }
    }
}

impl OpenStackVerbs<'_> {
    /// Connects to the cloud that `request` names, and looks at it. Nothing is made.
    ///
    /// # Errors
    /// When the cloud is not described, refuses, or does not answer.
    pub async fn check(&self, request: &CheckRequest) -> Result<CheckReport, Error> {
        self.functest.check(&request.as_run()).await
    }

    /// Deletes what dead runs left. Runs that live are left alone.
    ///
    /// # Errors
    /// When a run that is named does not exist, or the cloud that is named is not described. What goes wrong with one
    /// run is in the report, and the others go on.
    pub async fn clean(&self, request: &CleanRequest) -> Result<CleanReport, Error> {
        self.functest.clean(request).await
    }
}
