// SPDX-License-Identifier: Apache-2.0
//! The healthcheck tier: what Danube's cases of these names do, check by check.

mod api_check;
mod check;
mod connection_check;
mod flavor_source;
mod image_source;
mod snaps_health_check;

use std::sync::Arc;

use functest_core::Driver;

/// The cases of this tier.
pub(crate) fn cases() -> Vec<Arc<dyn Driver>> {
    vec![Arc::new(connection_check::CASE), Arc::new(api_check::CASE), Arc::new(snaps_health_check::CASE)]
}
