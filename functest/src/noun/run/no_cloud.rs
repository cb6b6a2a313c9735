// SPDX-License-Identifier: Apache-2.0
//! A cloud that did not let the run in. Its run is a run all the same: with a record, a report and an exit code.

use async_trait::async_trait;
use functest_core::Provider;
use functest_core::case::Resources;
use functest_core::need::Requirement;
use functest_core::provider::{ForCase, Offer, ProviderError};

use crate::error::{Error, ErrorKind};

/// In the place of the cloud: each case that needs it is errored, for this reason.
#[derive(Clone, Debug)]
pub(super) struct NoCloud(String);

impl NoCloud {
    /// What is wrong with the cloud.
    ///
    /// # Errors
    /// With the error itself when something else is wrong: what the user gave, or this machine.
    pub(super) fn of(error: Error) -> Result<Self, Error> {
        match error.kind() {
            ErrorKind::Refused | ErrorKind::Unreachable | ErrorKind::Unexpected | ErrorKind::Unsupported => {
                Ok(Self(format!("there is no connection to the cloud: {error}")))
            }
            _ => Err(error),
        }
    }

    pub(super) fn reason(&self) -> &str {
        &self.0
    }
}

#[async_trait]
impl Provider for NoCloud {
    fn name(&self) -> &str {
        "cloud"
    }

    /// A case that needs a cloud is not skipped for want of one: it fails to get the one that was asked for.
    async fn offers(&self, requirement: &Requirement) -> Offer {
        if requirement.is_of_a_cloud() { Offer::Met } else { Offer::NotMine }
    }

    async fn open(&self, case: ForCase<'_>, _resources: &mut Resources) -> Result<(), ProviderError> {
        if case.needs.a_cloud() { Err(ProviderError::new(self.0.clone())) } else { Ok(()) }
    }
}
