// SPDX-License-Identifier: Apache-2.0
//! On whose behalf something is done.

use crate::api::{ApiError, Call};

/// On whose behalf something is done: a caller, or a service that acts for a project.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    pub(super) project_id: String,
    pub(super) is_admin: bool,
    /// Whether other projects' things are shown too.
    pub(super) borderless: bool,
}

impl Asker {
    /// Whoever sent the call.
    pub(super) fn of(call: &Call) -> Result<Self, ApiError> {
        let caller = call.caller()?;
        Ok(Self { project_id: call.project_id().to_owned(), is_admin: caller.is_admin, borderless: caller.borderless })
    }

    /// Whether nothing is hidden from it.
    pub(super) fn sees_everything(&self) -> bool {
        self.is_admin || self.borderless
    }

    /// A project, without an administrator's rights.
    pub(super) fn project(project_id: &str) -> Self {
        Self { project_id: project_id.to_owned(), is_admin: false, borderless: false }
    }

    /// Neutron itself, for a project.
    pub(super) fn service(project_id: &str) -> Self {
        Self { is_admin: true, ..Self::project(project_id) }
    }
}
