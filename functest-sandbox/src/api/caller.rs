// SPDX-License-Identifier: Apache-2.0
//! Who asks.

/// Who asks, as far as the services need to know. Which tokens are good is no matter of this module.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) token_id: String,
    pub(crate) user_id: String,
    pub(crate) project_id: Option<String>,
    pub(crate) domain_id: Option<String>,
    /// The names of the caller's roles.
    pub(crate) roles: Vec<String>,
    /// Whether one of them is `admin`.
    pub(crate) is_admin: bool,
    /// Whether the borders between projects are open to this caller, which they are to nobody in a healthy cloud.
    pub(crate) borderless: bool,
}
