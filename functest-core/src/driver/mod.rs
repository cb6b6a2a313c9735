// SPDX-License-Identifier: Apache-2.0
//! Drivers: who makes runnable cases of a catalogue's entries.
//!
//! The built-in cases are one driver; others run scripts, Python classes or whole test suites. A project that embeds
//! functest brings its own.

mod registry;
mod single;

use std::time::Duration;

pub use crate::case::Checks;
use crate::case::TestCase;
use crate::catalogue::{CaseSpec, DriverName};
use crate::need::Needs;
use crate::settings::{Settings, SettingsError, SettingsSpec};

pub use self::registry::Drivers;
pub use self::single::SingleCase;

/// Whether a driver runs the entries of a name. Stronger claims compare greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// It does not.
    No,
    /// It does, unless another driver knows exactly this one: "any Python class that can be imported".
    Fallback,
    /// It knows exactly this one.
    Exact,
}

/// Makes runnable cases of catalogue entries.
pub trait Driver: Send + Sync {
    /// Whether it runs entries that name this.
    fn claims(&self, name: &DriverName) -> Claim;

    /// The keys of the entry that can be set, with their defaults.
    fn settings(&self, entry: &CaseSpec) -> SettingsSpec;

    /// What the entry's case can check.
    fn checks(&self, entry: &CaseSpec) -> Checks;

    /// A case of the whole entry, with settings that are merged and complete. Nothing is connected to, started or made.
    ///
    /// # Errors
    /// When a value is not what the case can use.
    fn prepare(&self, entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError>;
}

/// A case that is ready to run.
pub struct Prepared {
    /// What it needs while it runs.
    pub needs: Needs,
    /// After how long it is ended, where its settings say so in a way of its own; it is scaled like every deadline. `None`
    /// leaves it to the setting `case_deadline`.
    pub deadline: Option<Duration>,
    /// The case.
    pub body: Box<dyn TestCase>,
}

impl Prepared {
    /// A case with these needs.
    pub fn new(needs: Needs, body: impl TestCase + 'static) -> Self {
        Self { needs, deadline: None, body: Box::new(body) }
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("needs", &self.needs).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
