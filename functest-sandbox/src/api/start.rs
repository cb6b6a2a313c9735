// SPDX-License-Identifier: Apache-2.0
//! What services are told when a cloud begins.

use super::Api;

/// What services are told when a cloud begins, so that none has to know which others there are.
#[derive(Debug)]
pub(crate) struct Start<'s, W: 'static> {
    /// Where the cloud is reached, such as `http://127.0.0.1:5001`.
    pub(crate) root: &'s str,
    /// What the catalog lists, in its order.
    pub(crate) catalog: &'s [&'static Api<W>],
}
