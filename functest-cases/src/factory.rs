// SPDX-License-Identifier: Apache-2.0
//! A case factory from its parts.

use functest_core::case::{CheckSpec, Needs};
use functest_core::catalogue::DriverName;
use functest_core::settings::{self, CaseSettings, SettingsError, SettingsSpec};
use functest_core::{CaseFactory, TestCase};
use serde_json::Value;

/// A built-in case: what it is called, what it checks and needs, and how it is made of its settings.
pub(crate) struct BuiltIn<S> {
    /// Its own driver name.
    pub(crate) name: &'static str,
    /// The Python classes of Danube and Euphrates that did the same.
    pub(crate) class: (&'static str, &'static str),
    pub(crate) checks: fn() -> Vec<CheckSpec>,
    pub(crate) needs: Needs,
    pub(crate) build: fn(S) -> Box<dyn TestCase>,
}

impl<S: CaseSettings> CaseFactory for BuiltIn<S> {
    fn drivers(&self) -> Vec<DriverName> {
        let (module, class) = (self.class.0.to_owned(), self.class.1.to_owned());
        vec![DriverName::Name { name: self.name.to_owned() }, DriverName::Class { module, class }]
    }

    fn checks(&self) -> Vec<CheckSpec> {
        (self.checks)()
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }

    fn settings(&self) -> SettingsSpec {
        SettingsSpec::of::<S>()
    }

    fn build(&self, settings: Value) -> Result<Box<dyn TestCase>, SettingsError> {
        settings::read(self.name, settings).map(self.build)
    }
}
