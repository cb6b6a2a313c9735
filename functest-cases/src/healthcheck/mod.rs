// SPDX-License-Identifier: Apache-2.0
//! The healthcheck tier: what Danube's cases of these names do, check by check.

mod api_check;
mod check;
mod connection_check;
mod image_source;
mod snaps_health_check;

use std::sync::Arc;

use functest_core::CaseFactory;

/// The cases of this tier.
pub fn factories() -> Vec<Arc<dyn CaseFactory>> {
    vec![Arc::new(connection_check::factory()), Arc::new(api_check::factory()), Arc::new(snaps_health_check::factory())]
}
