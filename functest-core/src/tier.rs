// SPDX-License-Identifier: Apache-2.0
//! A tier: test cases that run together, before the next tier starts.

use std::fmt::Debug;

use crate::catalogue::{CaseSpec, TierSpec};

/// A group of test cases. The next tier starts when this one's blocking cases have passed.
pub trait Tier: Debug + Send + Sync {
    /// Unique in a catalogue.
    fn name(&self) -> &str;

    /// For people; may be empty.
    fn description(&self) -> &str {
        ""
    }

    /// The number shown to people; it does not decide when the tier runs.
    fn order(&self) -> Option<i64> {
        None
    }

    /// The loops in which the tier runs, as a text in which the loop's name is searched for; `None` is every loop.
    fn ci_loop(&self) -> Option<&str> {
        None
    }

    /// The cases, in the published order.
    fn test_cases(&self) -> &[CaseSpec];
}

impl Tier for TierSpec {
    fn name(&self) -> &str {
        &self.name
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn order(&self) -> Option<i64> {
        self.order
    }

    fn ci_loop(&self) -> Option<&str> {
        self.ci_loop.as_deref()
    }

    fn test_cases(&self) -> &[CaseSpec] {
        &self.test_cases
    }
}
