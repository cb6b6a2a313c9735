// SPDX-License-Identifier: Apache-2.0
//! When a fault strikes.

use globset::GlobMatcher;
use serde_json::{Value, json};

use super::file::Written;
use super::kind::Fault;

/// A fault and when it strikes: on requests that match, and of those on the n-th, each n-th, at most so many, or by chance.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) fault: Fault,
    pub(super) written: Written,
    pub(super) path: Option<GlobMatcher>,
}

impl Rule {
    /// Whether it is about such a request; `path` begins with the service's type.
    pub(super) fn is_about(&self, method: &str, path: &str) -> bool {
        self.written.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|glob| glob.is_match(path))
    }
}

/// A rule that counts.
#[derive(Debug)]
pub(super) struct Armed {
    pub(super) rule: Rule,
    seen: u64,
    struck: u64,
}

impl Armed {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, seen: 0, struck: 0 }
    }

    /// Whether it strikes now, `roll` being a number from 0 up to 1.
    pub(super) fn strikes(&mut self, roll: f64) -> bool {
        self.seen += 1;
        let when = &self.rule.written;
        let strikes = when.nth.is_none_or(|nth| self.seen == nth)
            && when.every.is_none_or(|every| self.seen.is_multiple_of(every))
            && when.times.is_none_or(|times| self.struck < times)
            && when.probability.is_none_or(|probability| roll < probability);
        self.struck += u64::from(strikes);
        strikes
    }

    pub(super) fn report(&self) -> Value {
        let mut shown = serde_json::to_value(&self.rule.written).unwrap_or_default();
        shown["seen"] = json!(self.seen);
        shown["struck"] = json!(self.struck);
        shown
    }
}
