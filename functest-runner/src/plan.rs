// SPDX-License-Identifier: Apache-2.0
//! What is to be run.

use std::time::Duration;

use functest_core::TestCase;
use functest_core::case::{CheckSpec, Needs};
use functest_core::event::RunHead;
use functest_core::pattern::Pattern;

/// A run before it starts.
pub struct Plan {
    /// What is known before it starts; its first event.
    pub head: RunHead,
    /// The tiers, in order.
    pub tiers: Vec<PlannedTier>,
    /// How many cases may run at a time; 1 runs them in the published order.
    pub jobs: usize,
    /// The checks that are asked for; `None` is all.
    pub scope: Option<Pattern>,
    /// Multiplies every deadline.
    pub deadline_factor: f64,
}

/// A tier of a plan.
pub struct PlannedTier {
    /// Its name.
    pub name: String,
    /// Its cases that run, in the published order.
    pub cases: Vec<PlannedCase>,
    /// Its cases that the rules select and nothing implements: name, blocking, and why they do not run.
    pub without_driver: Vec<(String, bool, String)>,
}

/// A case of a plan.
pub struct PlannedCase {
    /// Its name.
    pub name: String,
    /// The case, with its settings.
    pub case: Box<dyn TestCase>,
    /// What it needs.
    pub needs: Needs,
    /// What it can check.
    pub checks: Vec<CheckSpec>,
    /// When it counts as passed.
    pub criteria: functest_core::criteria::Criteria,
    /// Whether nothing more starts when it does not pass.
    pub blocking: bool,
    /// After which it is ended, without preparation and clean-up; scaled already.
    pub deadline: Duration,
}
