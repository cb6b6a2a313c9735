// SPDX-License-Identifier: Apache-2.0
//! How long requests may take, and how often they are sent again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::service::Service;

/// Deadlines and repetition. Every deadline is scaled by [`Policy::scaled`] once, when the run starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// For connecting.
    pub connect: Duration,
    /// For one request, answer included.
    pub request: Duration,
    /// Until what is deleted is gone.
    pub deletion: Duration,
    /// How often a request is sent again.
    pub repetitions: usize,
    /// Before the first repetition; doubled for each further one.
    pub first_delay: Duration,
    /// Services that must be there: a check that needs one which the catalog lacks fails, where it would be skipped.
    pub required_services: Vec<Service>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(60),
            deletion: Duration::from_secs(120),
            repetitions: 4,
            first_delay: Duration::from_millis(500),
            required_services: Vec::new(),
        }
    }
}

impl Policy {
    /// The same with every deadline multiplied.
    pub fn scaled(self, factor: f64) -> Self {
        let scaled = |deadline: Duration| deadline.mul_f64(factor);
        Self { connect: scaled(self.connect), request: scaled(self.request), deletion: scaled(self.deletion), ..self }
    }

    pub(crate) fn delays(&self) -> impl Iterator<Item = Duration> {
        ExponentialBuilder::default()
            .with_min_delay(self.first_delay)
            .with_max_times(self.repetitions)
            .with_jitter()
            .build()
    }
}
