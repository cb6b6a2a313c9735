// SPDX-License-Identifier: Apache-2.0
//! A driver of one case from its parts.

use super::{Checks, Claim, Driver, Prepared};
use crate::case::{CheckSpec, TestCase};
use crate::catalogue::{CaseSpec, DriverName};
use crate::need::Needs;
use crate::settings::{CaseSettings, Settings, SettingsError, SettingsSpec};

/// A case that has a name of its own: what it checks and needs, and how it is made of its settings.
#[derive(Debug)]
pub struct SingleCase<S> {
    /// The name by which catalogues call for it.
    pub name: &'static str,
    /// The Python module and class of Danube and Euphrates that did the same, if there is one.
    pub class: Option<(&'static str, &'static str)>,
    /// Everything it checks, in its usual order.
    pub checks: fn() -> Vec<CheckSpec>,
    /// What it needs with these settings.
    pub needs: fn(&S) -> Needs,
    /// The case with these settings.
    pub body: fn(S) -> Box<dyn TestCase>,
}

impl<S: CaseSettings> Driver for SingleCase<S> {
    fn claims(&self, name: &DriverName) -> Claim {
        let is_this = match name {
            DriverName::Name { name } => name == self.name,
            DriverName::Class { module, class } => self.class == Some((module, class)),
            DriverName::Unsaid => false,
        };
        if is_this { Claim::Exact } else { Claim::No }
    }

    fn settings(&self, _entry: &CaseSpec) -> SettingsSpec {
        SettingsSpec::of::<S>()
    }

    fn checks(&self, _entry: &CaseSpec) -> Checks {
        Checks::Known((self.checks)())
    }

    fn prepare(&self, _entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError> {
        let settings: S = settings.read()?;
        Ok(Prepared { needs: (self.needs)(&settings), deadline: None, body: (self.body)(settings) })
    }
}
