// SPDX-License-Identifier: Apache-2.0
//! What is to be run.

use std::sync::Arc;
use std::time::Duration;

use functest_core::TestCase;
use functest_core::criteria::Criteria;
use functest_core::driver::Checks;
use functest_core::event::RunHead;
use functest_core::need::Needs;
use functest_core::pattern::Pattern;

/// A run before it starts.
pub struct Plan {
    /// What is known before it starts; its first event.
    pub head: RunHead,
    /// The tiers, in order.
    pub tiers: Vec<PlannedTier>,
    /// How many cases may run at a time; 1 runs them in the published order.
    pub jobs: usize,
    /// How often a case that does not pass is tried in all; 1 tries nothing again.
    pub attempts: u32,
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
    /// Its cases that the rules select and nothing implements.
    pub without_driver: Vec<CaseWithoutDriver>,
}

/// A case that is selected and cannot run, because nothing implements it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseWithoutDriver {
    /// Its name.
    pub name: String,
    /// Whether nothing more starts when it does not pass.
    pub blocking: bool,
    /// Why it does not run, in words.
    pub reason: String,
}

/// A case of a plan.
pub struct PlannedCase {
    /// Its name.
    pub name: String,
    /// The case, with its settings.
    pub case: Arc<dyn TestCase>,
    /// What it needs.
    pub needs: Needs,
    /// What it can check.
    pub checks: Checks,
    /// When it counts as passed.
    pub criteria: Criteria,
    /// Whether nothing more starts when it does not pass.
    pub blocking: bool,
    /// After which it is ended, without preparation and clean-up; scaled already.
    pub deadline: Duration,
}
