// SPDX-License-Identifier: Apache-2.0
//! What a catalogue holds, and what would become of it here.

use functest_core::catalogue::{CaseSpec, Dependency};
use functest_core::selection::{Choice, Fact};
use functest_core::suggest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::embed::Functest;
use crate::error::Error;
use crate::noun::run::{Plan, RunRequest, with_deadline};
use functest_core::selection::RequestError;

/// The tiers of a catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TierList {
    /// The version of this document's form.
    pub version: u32,
    /// Where the catalogue came from.
    pub catalogue: String,
    /// The facts that conditions were checked against.
    pub facts: Vec<Fact>,
    /// What the author of the inputs may want to know.
    pub warnings: Vec<String>,
    /// The tiers, in the order in which they run.
    pub tiers: Vec<TierInfo>,
}

/// A tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TierInfo {
    /// Its name.
    pub name: String,
    /// The number shown to people.
    pub order: Option<i64>,
    /// The loops in which it runs.
    pub ci_loop: Option<String>,
    /// For people.
    pub description: String,
    /// Its cases with their decisions, in the published order.
    pub cases: Vec<Choice>,
}

/// A test case.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Its settings; empty when nothing here implements it.
    pub settings: Vec<SettingInfo>,
    /// Its checks; empty when nothing here implements it.
    pub checks: Vec<CheckInfo>,
}

/// A setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInfo {
    /// Its name.
    pub name: String,
    /// What the cloud must do.
    pub states: String,
    /// What the reader must know to compare it with the original of the same name.
    pub mark: Option<String>,
}

impl Functest {
    /// The tiers of the catalogue that `request` names, with what the request decides about each case.
    ///
    /// # Errors
    /// As [`Functest::plan`].
    pub(crate) fn tiers(&self, request: &RunRequest) -> Result<TierList, Error> {
        let Plan { catalogue, selection, warnings, .. } = self.plan(request)?;
        let mut choices = selection.cases.into_iter();
        let tiers = catalogue.tiers.iter().map(|tier| TierInfo {
            name: tier.name().to_owned(),
            order: tier.order(),
            ci_loop: tier.ci_loop().map(str::to_owned),
            description: tier.description().to_owned(),
            cases: choices.by_ref().take(tier.test_cases().len()).collect(),
        });
        let tiers = tiers.collect();
        Ok(TierList { version: 1, catalogue: selection.catalogue, facts: selection.facts, warnings, tiers })
    }

    /// One tier of the catalogue, as a list of one.
    ///
    /// # Errors
    /// As [`Functest::plan`], and when there is no such tier.
    pub(crate) fn tier_named(&self, request: &RunRequest, name: &str) -> Result<TierList, Error> {
        let mut list = self.tiers(request)?;
        let known: Vec<String> = list.tiers.iter().map(|tier| tier.name.clone()).collect();
        list.tiers.retain(|tier| tier.name == name);
        if list.tiers.is_empty() { Err(unknown(name, &list.catalogue, &known)) } else { Ok(list) }
    }

    /// One test case of the catalogue.
    ///
    /// # Errors
    /// As [`Functest::plan`], and when there is no such case.
    pub(crate) fn test_case(&self, request: &RunRequest, name: &str) -> Result<CaseInfo, Error> {
        let plan = self.plan(request)?;
        let catalogue = &plan.catalogue;
        let known: Vec<String> = catalogue.cases().map(|(_, case)| case.case_name.clone()).collect();
        let spec = catalogue.cases().map(|(_, case)| case).find(|case| case.case_name == name);
        let spec = spec.ok_or_else(|| unknown(name, &catalogue.origin, &known))?;
        let choice = plan.selection.cases.iter().find(|choice| choice.case_name == name).cloned();
        let choice = choice.ok_or_else(|| unknown(name, &catalogue.origin, &known))?;
        let values = plan.settings.get(name);
        let info = self.describe(spec, choice, values);
        Ok(CaseInfo { warnings: plan.warnings, ..info })
    }

    fn describe(&self, spec: &CaseSpec, choice: Choice, values: Option<&Value>) -> CaseInfo {
        let factory = self.registry.find(&spec.driver);
        let checks = factory.map(|factory| factory.checks()).unwrap_or_default();
        let check = |check: functest_core::case::CheckSpec| CheckInfo {
            name: check.name.to_owned(),
            states: check.states.to_owned(),
            mark: check.mark.map(str::to_owned),
        };
        CaseInfo {
            version: 1,
            choice,
            description: spec.description.clone(),
            driver: spec.driver.to_string(),
            dependencies: spec.dependencies.clone(),
            warnings: Vec::new(),
            settings: factory.map(|factory| settings(factory.settings(), values)).unwrap_or_default(),
            checks: checks.into_iter().map(check).collect(),
        }
    }
}

fn settings(spec: functest_core::settings::SettingsSpec, values: Option<&Value>) -> Vec<SettingInfo> {
    let spec = with_deadline(spec);
    let described = |key: &str| {
        let text = spec.schema.pointer(&format!("/properties/{key}/description")).and_then(Value::as_str);
        text.unwrap_or("After this the case is ended, in seconds.").to_owned()
    };
    let variable = |key: &str| spec.environment.iter().find(|(name, _)| *name == key).map(|(_, v)| (*v).to_owned());
    let setting = |(key, default): (&String, &Value)| SettingInfo {
        key: key.clone(),
        value: values.and_then(|values| values.get(key)).unwrap_or(default).clone(),
        description: described(key),
        variable: variable(key),
    };
    spec.defaults.iter().map(setting).collect()
}

fn unknown(name: &str, catalogue: &str, known: &[String]) -> Error {
    let suggestion = suggest::did_you_mean(name, known.iter().map(String::as_str));
    RequestError::UnknownName { name: name.to_owned(), catalogue: catalogue.to_owned(), suggestion }.into()
}
