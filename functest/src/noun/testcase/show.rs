// SPDX-License-Identifier: Apache-2.0
//! One test case of a catalogue.

use functest_core::Driver;
use functest_core::case::CheckSpec;
use functest_core::catalogue::{CaseSpec, Dependency};
use functest_core::driver::Checks;
use functest_core::need::Needs;
use functest_core::selection::{Choice, RequestError};
use functest_core::settings::SettingsSpec;
use functest_core::suggest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::TestCaseVerbs;
use crate::error::Error;
use crate::noun::run::with_deadline;
use crate::noun::tier::CatalogueRequest;

/// Which test case is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestCaseShowRequest {
    /// Its name.
    pub name: String,
    /// Of which catalogue, for which system.
    #[serde(default)]
    pub of: CatalogueRequest,
}

/// A test case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseInfo {
    /// The version of this document's form.
    pub version: u32,
    /// What it is, and what was decided about it.
    #[serde(flatten)]
    pub choice: Choice,
    /// For people.
    pub description: String,
    /// What runs it.
    pub driver: String,
    /// Where it can be run.
    pub dependencies: Vec<Dependency>,
    /// What the author of the inputs may want to know.
    pub warnings: Vec<String>,
    /// What it needs while it runs; `None` when it is not selected.
    pub needs: Option<Needs>,
    /// Its settings; empty when nothing here implements it.
    pub settings: Vec<SettingInfo>,
    /// Its checks; empty when nothing here implements it, and when they are known only while it runs.
    pub checks: Vec<CheckInfo>,
}

/// A setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SettingInfo {
    /// Its key.
    pub key: String,
    /// What it has in this plan, or by default.
    pub value: Value,
    /// For people.
    pub description: String,
    /// The environment variable that sets it too.
    pub variable: Option<String>,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckInfo {
    /// Its name.
    pub name: String,
    /// What the cloud must do.
    pub states: String,
    /// What the reader must know to compare it with the original of the same name.
    pub mark: Option<String>,
}

impl TestCaseVerbs<'_> {
    /// One test case of a catalogue: what it checks, what it needs, what can be set.
    ///
    /// # Errors
    /// When the catalogue is unreadable or wrong, or there is no such case.
    pub fn show(&self, request: &TestCaseShowRequest) -> Result<CaseInfo, Error> {
        let plan = self.functest.plan(&request.of.as_run())?;
        let name = request.name.as_str();
        let entry = plan.catalogue.cases().map(|(_, entry)| entry).find(|entry| entry.case_name == name);
        let choice = plan.selection.cases.iter().find(|choice| choice.case_name == name);
        let (Some(entry), Some(choice)) = (entry, choice) else {
            let known: Vec<String> = plan.catalogue.cases().map(|(_, entry)| entry.case_name.clone()).collect();
            return Err(unknown(name, &plan.catalogue.origin, &known));
        };
        let planned = plan.tiers.iter().flat_map(|tier| &tier.cases).find(|case| case.name == name);
        let driver = self.functest.drivers.find(&entry.driver);
        Ok(CaseInfo {
            version: 1,
            choice: choice.clone(),
            description: entry.description.clone(),
            driver: entry.driver.to_string(),
            dependencies: entry.dependencies.clone(),
            needs: planned.map(|case| case.needs.clone()),
            settings: driver
                .map(|driver| settings(driver.settings(entry), plan.settings.get(name)))
                .unwrap_or_default(),
            checks: driver.map(|driver| checks(driver.as_ref(), entry)).unwrap_or_default(),
            warnings: plan.warnings,
        })
    }
}

fn checks(driver: &dyn Driver, entry: &CaseSpec) -> Vec<CheckInfo> {
    match driver.checks(entry) {
        Checks::Known(checks) => checks.into_iter().map(check).collect(),
        Checks::Listed | Checks::AsReported => Vec::new(),
    }
}

fn check(spec: CheckSpec) -> CheckInfo {
    CheckInfo {
        name: spec.name.into_owned(),
        states: spec.states.into_owned(),
        mark: spec.mark.map(std::borrow::Cow::into_owned),
    }
}

fn settings(spec: SettingsSpec, values: Option<&Value>) -> Vec<SettingInfo> {
    let spec = with_deadline(spec);
    spec.defaults.iter().map(|(key, default)| setting(&spec, key, default, values)).collect()
}

fn setting(spec: &SettingsSpec, key: &str, default: &Value, values: Option<&Value>) -> SettingInfo {
    let variable = spec.environment.iter().find(|(name, _)| name == key);
    SettingInfo {
        key: key.to_owned(),
        value: values.and_then(|values| values.get(key)).unwrap_or(default).clone(),
        description: spec.description(key).unwrap_or("After this the case is ended, in seconds.").to_owned(),
        variable: variable.map(|(_, variable)| variable.clone()),
    }
}

/// That a catalogue has nothing of that name.
pub(crate) fn unknown(name: &str, catalogue: &str, known: &[String]) -> Error {
    let suggestion = suggest::did_you_mean(name, known.iter().map(String::as_str));
    RequestError::UnknownName { name: name.to_owned(), catalogue: catalogue.to_owned(), suggestion }.into()
}
