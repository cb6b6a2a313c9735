// SPDX-License-Identifier: Apache-2.0
//! How an installer's machine is reached unless somebody says otherwise.

/// What an installer takes for granted about its machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HomeDefaults {
    /// Where it is; `None` is this machine.
    pub(crate) address: Option<&'static str>,
    /// Who logs in.
    pub(crate) user: &'static str,
    /// With which password.
    pub(crate) password: Option<&'static str>,
}

impl HomeDefaults {
    /// Nothing but this machine.
    pub(crate) const fn here() -> Self {
        Self::user("root")
    }

    pub(crate) const fn user(user: &'static str) -> Self {
        Self { address: None, user, password: None }
    }
}
