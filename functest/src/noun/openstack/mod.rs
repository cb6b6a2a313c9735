// SPDX-License-Identifier: Apache-2.0
//! `openstack`: a cloud, and what runs have left in it.

mod check;
mod chosen;
mod clean;

pub use self::check::{CaseReadiness, CheckReport, CheckRequest};
pub(crate) use self::chosen::Chosen;
pub use self::chosen::SANDBOX;
pub use self::clean::{CleanReport, CleanRequest, RunClean, RunCleanState};

use crate::embed::Functest;

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
