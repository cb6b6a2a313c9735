// SPDX-License-Identifier: Apache-2.0
//! What the calls to the cloud cost.

use functest_core::record::{ApiTiming, RunRecord};
use serde::Serialize;

use super::percent;
use crate::words;

/// The table of API calls.
#[derive(Debug, Serialize)]
pub(super) struct Api {
    calls: String,
    errors: String,
    has_errors: bool,
    took: String,
    routes: Vec<Route>,
}

/// One row: durations in milliseconds, but for the total.
#[derive(Debug, Serialize)]
struct Route {
    service: String,
    method: String,
    route: String,
    count: String,
    errors: String,
    has_errors: bool,
    p50: String,
    p90: String,
    p99: String,
    max: String,
    total: String,
    /// Of the row with the greatest total, in percent.
    share: String,
}

impl Api {
    /// The table; `None` when no call was made.
    pub(super) fn of(record: &RunRecord) -> Option<Self> {
        let greatest = record.api.iter().map(|timing| timing.total_ms).fold(0.0, f64::max);
        let errors: usize = record.api.iter().map(|timing| timing.errors).sum();
        let total: f64 = record.api.iter().map(|timing| timing.total_ms).sum();
        let calls: usize = record.api.iter().map(|timing| timing.count).sum();
        (!record.api.is_empty()).then(|| Self {
            calls: words::counted(calls as u64, "call"),
            errors: words::grouped(errors as u64),
            has_errors: errors > 0,
            took: words::duration(total.round() as u64),
            routes: record.api.iter().map(|timing| route(timing, greatest)).collect(),
        })
    }
}

fn route(timing: &ApiTiming, greatest: f64) -> Route {
    Route {
        service: timing.service.clone(),
        method: timing.method.clone(),
        route: timing.route.clone(),
        count: words::grouped(timing.count as u64),
        errors: words::grouped(timing.errors as u64),
        has_errors: timing.errors > 0,
        p50: words::milliseconds(timing.p50_ms),
        p90: words::milliseconds(timing.p90_ms),
        p99: words::milliseconds(timing.p99_ms),
        max: words::milliseconds(timing.max_ms),
        total: words::duration(timing.total_ms.round() as u64),
        share: percent(timing.total_ms, greatest),
    }
}
