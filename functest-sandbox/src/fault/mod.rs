// SPDX-License-Identifier: Apache-2.0
//! What is broken on demand. A fault strikes a request on its way, or is something that the cloud does wrong.
//!
//! `docs/sandbox.md` has the list for users; [`Fault`] is the list. A new one is a line there, and a question to
//! [`Faults`] where it bites.

mod eventual;
mod file;
mod kind;
mod rule;
mod wire;

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub use self::file::{FaultFile, FaultFileError};
pub use self::kind::{Distribution, Fault, Happens, Lie};
pub use self::rule::Rule;
pub(crate) use self::wire::Ending;

/// Versions that catalogs went on listing when they were gone.
const OLD_VERSIONS: [(&str, &str); 2] = [("identity", "/v2.0"), ("image", "/v1")];

/// What is broken now.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<rule::Armed>,
    dice: StdRng,
    /// What was made a moment ago, and until when lists do not have it.
    fresh: Vec<(Instant, String)>,
}

impl Faults {
    pub(crate) fn new(file: FaultFile, seed: u64) -> Self {
        // Dice of their own: what ids a cloud gives does not depend on what is broken in it.
        let dice = StdRng::seed_from_u64(seed ^ 0xFA17);
        let mut faults = Self { rules: Vec::new(), dice, fresh: Vec::new() };
        faults.add(file);
        faults
    }

    /// More that is broken.
    pub(crate) fn add(&mut self, file: FaultFile) {
        self.rules.extend(file.faults.into_iter().map(rule::Armed::new));
    }

    /// Nothing is broken any more.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Each fault with how often it could have struck and how often it did.
    pub(crate) fn report(&self) -> Vec<serde_json::Value> {
        self.rules.iter().map(rule::Armed::report).collect()
    }

    /// Whether the cloud lies in that way.
    pub(crate) fn lies(&self, lie: Lie) -> bool {
        self.rules.iter().any(|armed| armed.rule.fault == Fault::Lie(lie))
    }

    /// Whether that goes wrong this time.
    pub(crate) fn happens(&mut self, what: Happens) -> bool {
        self.strike(|rule| rule.fault == Fault::Happens(what)).is_some()
    }

    /// Whether quotas of that service are full, whatever they are.
    pub(crate) fn quota_exceeded(&mut self, service: &str) -> bool {
        self.strike(|rule| matches!(&rule.fault, Fault::QuotaExceeded { service: of } if of.as_deref().is_none_or(|of| of == service)))
            .is_some()
    }

    /// How long tokens last, if not as long as they should.
    pub(crate) fn token_lifetime(&mut self) -> Option<Duration> {
        let seconds =
            self.strike(|rule| matches!(rule.fault, Fault::TokenExpires { .. })).map(|rule| rule.fault.clone());
        match seconds {
            Some(Fault::TokenExpires { seconds }) => Duration::try_from_secs_f64(seconds).ok(),
            _ => None,
        }
    }

    /// How wrong the clock is, in seconds.
    pub(crate) fn clock_skew(&self) -> f64 {
        let skew = self.rules.iter().find_map(|armed| match armed.rule.fault {
            Fault::ClockSkew { seconds } => Some(seconds),
            _ => None,
        });
        skew.unwrap_or_default()
    }

    /// The services that the catalog lists and that are not there.
    pub(crate) fn phantom_services(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter_map(|armed| match &armed.rule.fault {
            Fault::PhantomService { service } => Some(service.as_str()),
            _ => None,
        })
    }

    /// The services of which the catalog lists an old version, with that version.
    pub(crate) fn old_versions(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        OLD_VERSIONS.into_iter().filter(|(old, _)| {
            let is_old = |fault: &Fault| matches!(fault, Fault::OldVersion { service } if service == old);
            self.rules.iter().any(|armed| is_old(&armed.rule.fault))
        })
    }

    /// Whether the catalog has a second region.
    pub(crate) fn has_second_region(&self) -> bool {
        self.rules.iter().any(|armed| armed.rule.fault == Fault::SecondRegion)
    }

    /// For how long a server that is deleted now is put aside.
    pub(crate) fn puts_aside(&mut self) -> Option<Duration> {
        match self.strike(|rule| matches!(rule.fault, Fault::SoftDelete { .. }))?.fault {
            Fault::SoftDelete { seconds } => Duration::try_from_secs_f64(seconds).ok(),
            _ => None,
        }
    }

    /// A number from 0 up to 1.
    fn roll(&mut self) -> f64 {
        self.dice.random()
    }

    /// The first of these rules that strikes now.
    fn strike(&mut self, of: impl Fn(&Rule) -> bool) -> Option<Rule> {
        for place in 0..self.rules.len() {
            if of(&self.rules[place].rule) {
                let roll = self.roll();
                if self.rules[place].strikes(roll) {
                    return Some(self.rules[place].rule.clone());
                }
            }
        }
        None
    }
}
