// SPDX-License-Identifier: Apache-2.0
//! Who implements which case.

use std::sync::Arc;

use functest_core::CaseFactory;
use functest_core::catalogue::DriverName;
use functest_core::selection::Drivers;

/// The case factories that are known; later ones win.
#[derive(Clone, Default)]
pub(crate) struct Registry(Vec<Arc<dyn CaseFactory>>);

impl Registry {
    pub(crate) fn add(&mut self, factory: Arc<dyn CaseFactory>) {
        self.0.push(factory);
    }

    pub(crate) fn find(&self, driver: &DriverName) -> Option<&Arc<dyn CaseFactory>> {
        self.0.iter().rev().find(|factory| factory.drivers().contains(driver))
    }
}

impl Drivers for Registry {
    fn checks(&self, driver: &DriverName) -> Option<Vec<String>> {
        let factory = self.find(driver)?;
        Some(factory.checks().iter().map(|check| check.name.to_owned()).collect())
    }
}
