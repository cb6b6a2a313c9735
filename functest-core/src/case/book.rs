// SPDX-License-Identifier: Apache-2.0
//! The account that the framework keeps of a case's checks, whoever wrote the case.
//!
//! A check that was declared and not made, one that has started and not ended, one that nobody declared, two of one name:
//! each is a breach, and a case with a breach cannot pass.

use std::collections::HashMap;
use std::time::Instant;

use super::CheckSpec;
use crate::verdict::{CheckOutcome, Tally};

/// What became of a name so far.
enum Progress {
    /// It is being made.
    Open {
        since: Instant,
        /// In which order it was started.
        number: usize,
    },
    /// It has ended.
    Ended,
}

/// The account of one case.
pub(super) struct Book {
    declared: Vec<CheckSpec>,
    /// Whether names that nobody declared are breaches.
    only_declared: bool,
    progress: HashMap<String, Progress>,
    started: usize,
    pub(super) tally: Tally,
    pub(super) breaches: Vec<String>,
    /// The case is over: what comes now comes too late.
    pub(super) closed: bool,
}

impl Book {
    pub(super) fn new(declared: Vec<CheckSpec>, only_declared: bool) -> Self {
        Self {
            declared,
            only_declared,
            progress: HashMap::new(),
            started: 0,
            tally: Tally::default(),
            breaches: Vec::new(),
            closed: false,
        }
    }

    /// Adds what a case's tool has listed.
    pub(super) fn declare(&mut self, listed: Vec<CheckSpec>) {
        self.declared.extend(listed);
    }

    pub(super) fn spec(&self, name: &str) -> Option<&CheckSpec> {
        self.declared.iter().find(|spec| spec.name == name)
    }

    /// Opens a check; `false` when it may not be made, because the case is over or has made it already.
    pub(super) fn open(&mut self, name: &str) -> bool {
        if self.closed {
            return false;
        }
        if self.progress.contains_key(name) {
            self.breaches.push(format!("the check `{name}` was made twice"));
            return false;
        }
        self.require_declared(name);
        let number = self.started;
        self.started += 1;
        self.progress.insert(name.to_owned(), Progress::Open { since: Instant::now(), number });
        true
    }

    /// Ends an open check; the time when it was opened, or `None` when it is not open any more.
    pub(super) fn end(&mut self, name: &str, outcome: &CheckOutcome) -> Option<Instant> {
        let Some(Progress::Open { since, .. }) = self.progress.get(name) else { return None };
        let since = *since;
        self.progress.insert(name.to_owned(), Progress::Ended);
        self.tally.count(name, outcome);
        Some(since)
    }

    /// Takes what was found out elsewhere; `false` when the case is over. A second one of a name is a breach, and counts: its
    /// failure must not vanish.
    pub(super) fn record(&mut self, name: &str, outcome: &CheckOutcome) -> bool {
        if self.closed {
            return false;
        }
        if self.progress.insert(name.to_owned(), Progress::Ended).is_some() {
            self.breaches.push(format!("there are two results for the check `{name}`"));
        }
        self.require_declared(name);
        self.tally.count(name, outcome);
        true
    }

    fn require_declared(&mut self, name: &str) {
        if self.only_declared && self.spec(name).is_none() {
            self.breaches.push(format!("the check `{name}` is not one that the case declares"));
        }
    }

    pub(super) fn is_open(&self, name: &str) -> bool {
        matches!(self.progress.get(name), Some(Progress::Open { .. }))
    }

    /// The checks that have started and not ended, in the order in which they started.
    pub(super) fn open_checks(&self) -> Vec<String> {
        let mut open: Vec<(usize, &String)> = self.progress.iter().filter_map(number_of_open).collect();
        open.sort_unstable();
        open.into_iter().map(|(_, name)| name.clone()).collect()
    }

    /// The declared checks of which nothing was heard.
    pub(super) fn unmade(&self, is_in_scope: impl Fn(&str) -> bool) -> Vec<CheckSpec> {
        let unmade = self.declared.iter().filter(|spec| !self.progress.contains_key(spec.name.as_ref()));
        unmade.filter(|spec| is_in_scope(&spec.name)).cloned().collect()
    }

    /// How many checks were declared.
    pub(super) fn declared(&self) -> usize {
        self.declared.len()
    }
}

fn number_of_open<'a>((name, progress): (&'a String, &Progress)) -> Option<(usize, &'a String)> {
    match progress {
        Progress::Open { number, .. } => Some((*number, name)),
        Progress::Ended => None,
    }
}
