// SPDX-License-Identifier: Apache-2.0
//! What each API call cost.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::ApiCall;

/// The latency of one API call over a run, in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiTiming {
    /// Such as `compute`.
    pub service: String,
    /// Such as `POST`.
    pub method: String,
    /// Such as `/servers/{id}`.
    pub route: String,
    /// How often it was sent, repetitions included.
    pub count: usize,
    /// How often no answer came, or one of 500 and more.
    pub errors: usize,
    /// The sum of all.
    pub total_ms: f64,
    /// The median.
    pub p50_ms: f64,
    /// 90 of 100 took no longer.
    pub p90_ms: f64,
    /// 99 of 100 took no longer.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

/// Collects calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Timings(BTreeMap<(String, String, String), (Vec<f64>, usize)>);

impl Timings {
    pub(super) fn take(&mut self, call: &ApiCall) {
        let key = (call.service.clone(), call.method.clone(), call.route.clone());
        let (durations, errors) = self.0.entry(key).or_default();
        durations.push(call.duration_ms);
        *errors += usize::from(call.status.is_none_or(|status| status >= 500));
    }

    /// The most expensive in sum first.
    pub(super) fn summary(&self) -> Vec<ApiTiming> {
        let mut all: Vec<_> = self
            .0
            .iter()
            .map(|((service, method, route), (durations, errors))| {
                let mut sorted = durations.clone();
                sorted.sort_by(f64::total_cmp);
                ApiTiming {
                    service: service.clone(),
                    method: method.clone(),
                    route: route.clone(),
                    count: sorted.len(),
                    errors: *errors,
                    total_ms: sorted.iter().sum(),
                    p50_ms: percentile(&sorted, 50.0),
                    p90_ms: percentile(&sorted, 90.0),
                    p99_ms: percentile(&sorted, 99.0),
                    max_ms: percentile(&sorted, 100.0),
                }
            })
            .collect();
        all.sort_by(|a, b| b.total_ms.total_cmp(&a.total_ms));
        all
    }
}

/// The nearest-rank percentile: the smallest value that at least `percent` of all are not above.
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let sorted: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(percentile(&sorted, 50.0), 5.0);
        assert_eq!(percentile(&sorted, 90.0), 9.0);
        assert_eq!(percentile(&sorted, 99.0), 10.0);
        assert_eq!(percentile(&[7.0], 50.0), 7.0);
        assert_eq!(percentile(&[], 50.0), 0.0);
    }
}
