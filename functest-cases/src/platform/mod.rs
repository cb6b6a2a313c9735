// SPDX-License-Identifier: Apache-2.0
//! The platform tier: whether the machines that the cloud is made of are sound.

mod nodes_check;

use std::sync::Arc;

use functest_core::Driver;

/// The cases of this tier.
pub(crate) fn cases() -> Vec<Arc<dyn Driver>> {
    vec![Arc::new(nodes_check::NodesCheckDriver)]
}
