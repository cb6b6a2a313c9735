// SPDX-License-Identifier: Apache-2.0
//! Becoming root on nodes.

use functest_core::sut::Node;
use functest_ssh::Sudo;

/// What becomes root on a node.
pub(crate) fn sudo_of(node: &Node) -> Sudo {
    Sudo::root().password(node.access.as_ref().and_then(|access| access.sudo_password.clone()))
}
