// SPDX-License-Identifier: Apache-2.0
//! The cases of a tier that wait for their turn.

use std::collections::VecDeque;

use functest_core::need::Exclusion;

use crate::plan::PlannedCase;

/// Cases in the published order; a later one may overtake one that something running excludes.
pub(crate) struct Queue {
    waiting: VecDeque<PlannedCase>,
    running: Vec<(String, Exclusion)>,
    at_a_time: usize,
}

impl Queue {
    pub(crate) fn new(cases: Vec<PlannedCase>, at_a_time: usize) -> Self {
        Self { waiting: cases.into(), running: Vec::new(), at_a_time: at_a_time.max(1) }
    }

    /// The next case that can start now; it counts as running from then on.
    pub(crate) fn next(&mut self) -> Option<PlannedCase> {
        if self.running.len() >= self.at_a_time {
            return None;
        }
        let index = self.waiting.iter().position(|case| self.fits(case))?;
        let case = self.waiting.remove(index)?;
        self.running.push((case.name.clone(), case.needs.excludes.clone()));
        Some(case)
    }

    fn fits(&self, case: &PlannedCase) -> bool {
        self.running.iter().all(|(_, excludes)| !excludes.forbids(&case.needs.excludes))
    }

    /// A case has ended, and what it held is free.
    pub(crate) fn ended(&mut self, name: &str) {
        self.running.retain(|(running, _)| running != name);
    }

    /// The cases that have not started, and now will not.
    pub(crate) fn give_up(&mut self) -> impl Iterator<Item = PlannedCase> {
        self.waiting.drain(..)
    }
}
