// SPDX-License-Identifier: Apache-2.0
//! Who drives which entry.

use std::sync::Arc;

use super::{Checks, Claim, Driver, Prepared};
use crate::catalogue::{CaseSpec, DriverName};
use crate::selection::Implementations;
use crate::settings::{Settings, SettingsError, SettingsSpec};

/// Drivers as one: the strongest claim wins, and among equals the one that was added last.
#[derive(Clone, Default)]
pub struct Drivers(Vec<Arc<dyn Driver>>);

impl Drivers {
    /// These drivers, the last one preferred.
    pub fn new(drivers: Vec<Arc<dyn Driver>>) -> Self {
        Self(drivers)
    }

    /// Adds one, preferred to those that are there.
    pub fn push(&mut self, driver: Arc<dyn Driver>) {
        self.0.push(driver);
    }

    /// The driver of entries that name this. Those that come before one that knows exactly this name are not asked, because
    /// to know what they can run may cost them something.
    pub fn find(&self, name: &DriverName) -> Option<&Arc<dyn Driver>> {
        if *name == DriverName::Unsaid {
            return None;
        }
        let mut fallback = None;
        for driver in self.0.iter().rev() {
            match driver.claims(name) {
                Claim::Exact => return Some(driver),
                Claim::Fallback => fallback = fallback.or(Some(driver)),
                Claim::No => {}
            }
        }
        fallback
    }
}

impl std::fmt::Debug for Drivers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Drivers({})", self.0.len())
    }
}

/// A set of drivers is a driver itself: that of everything one of them claims.
impl Driver for Drivers {
    fn claims(&self, name: &DriverName) -> Claim {
        self.find(name).map_or(Claim::No, |driver| driver.claims(name))
    }

    fn settings(&self, entry: &CaseSpec) -> SettingsSpec {
        self.find(&entry.driver).map(|driver| driver.settings(entry)).unwrap_or_default()
    }

    fn checks(&self, entry: &CaseSpec) -> Checks {
        self.find(&entry.driver).map_or(Checks::AsReported, |driver| driver.checks(entry))
    }

    fn prepare(&self, entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError> {
        match self.find(&entry.driver) {
            Some(driver) => driver.prepare(entry, settings),
            None => Err(settings.error("run", format!("nothing here implements `{}`", entry.driver))),
        }
    }
}

impl Implementations for Drivers {
    fn checks_of(&self, entry: &CaseSpec) -> Option<Vec<String>> {
        match self.find(&entry.driver)?.checks(entry) {
            Checks::Known(checks) => Some(checks.into_iter().map(|check| check.name.into_owned()).collect()),
            Checks::Listed | Checks::AsReported => Some(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Claiming(&'static str, Claim);

    impl Driver for Claiming {
        fn claims(&self, name: &DriverName) -> Claim {
            let fits = self.0 == "*" || matches!(name, DriverName::Name { name } if name == self.0);
            if fits { self.1 } else { Claim::No }
        }

        fn settings(&self, _entry: &CaseSpec) -> SettingsSpec {
            SettingsSpec::default()
        }

        fn checks(&self, _entry: &CaseSpec) -> Checks {
            Checks::Known(vec![crate::case::CheckSpec::new(self.0, "")])
        }

        fn prepare(&self, _entry: &CaseSpec, settings: Settings) -> Result<Prepared, SettingsError> {
            Err(settings.error("x", "no"))
        }
    }

    #[test]
    fn an_exact_claim_beats_a_fallback_wherever_it_stands() {
        let name = |name: &str| DriverName::Name { name: name.into() };
        let all: Vec<Arc<dyn Driver>> =
            vec![Arc::new(Claiming("a", Claim::Exact)), Arc::new(Claiming("*", Claim::Fallback))];
        let mut drivers = Drivers::new(all);
        assert_eq!(drivers.find(&name("a")).unwrap().claims(&name("a")), Claim::Exact);
        assert_eq!(drivers.find(&name("b")).unwrap().claims(&name("b")), Claim::Fallback);
        assert_eq!(drivers.claims(&name("b")), Claim::Fallback);
        drivers.push(Arc::new(Claiming("b", Claim::Exact)));
        assert_eq!(drivers.claims(&name("b")), Claim::Exact);
        assert!(Drivers::default().find(&name("a")).is_none());
    }
}
